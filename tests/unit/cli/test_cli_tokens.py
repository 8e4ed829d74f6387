"""Tokens from the command line: made, listed, revoked."""

from __future__ import annotations

from shells import Shell

from recommender.store import Store


def test_a_token_is_shown_once_listed_and_revoked(shell: Shell) -> None:
    token = shell.run("token", "create", "note book", "--scope", "feedback", "--days", "3")
    listed = shell.run("token", "ls").stdout
    assert "note book: feedback; valid until" in listed
    assert token.stdout.strip() not in listed
    (found,) = shell.json("token", "ls")["tokens"]
    assert (found["name"], found["scopes"], found["reader_id"]) == ("note book", ["feedback"], "me")
    store = Store(f"sqlite:///{shell.folder / 'paperloop.sqlite3'}")
    held = store.api_tokens.find(token.stdout.strip())
    assert held is not None
    assert held.number == found["number"]
    shell.run("token", "revoke", str(found["number"]))
    assert store.api_tokens.find(token.stdout.strip()) is None
    store.close()
    assert "no token" in shell.run("token", "revoke", str(found["number"]), code=2).stderr
    assert shell.json("token", "ls") == {"tokens": []}


def test_a_token_reads_unless_it_is_told_more_and_an_unknown_scope_is_refused(
    shell: Shell,
) -> None:
    assert "admin" in shell.run("token", "create", "x", "--scope", "admin", code=1).stderr
    shell.run("token", "create", "x", "--days", "0", code=2)
    assert shell.json("token", "ls") == {"tokens": []}
    shell.run("token", "create", "x")
    (found,) = shell.json("token", "ls")["tokens"]
    assert found["scopes"] == ["read"]
