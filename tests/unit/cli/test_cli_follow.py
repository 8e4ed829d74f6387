"""Following authors and searches on the command line."""

from __future__ import annotations

from shells import Shell

from recommender.store import Store


def test_authors_and_searches_are_followed_listed_and_left(shell: Shell) -> None:
    assert "Nothing is followed." in shell.run("follow").stderr
    shell.run("follow", "Ada  Lovelace")
    shell.run("follow", "Ice", "--search", "moraine OR firn")
    assert shell.json("follow")["followed"] == [
        {"name": "Ada Lovelace", "query": "", "author": True},
        {"name": "Ice", "query": "moraine OR firn", "author": False},
    ]
    assert "Ice: moraine OR firn" in shell.run("follow").stdout
    store = Store(f"sqlite:///{shell.folder}/paperloop.sqlite3")
    (asked,) = store.fetches.list()
    assert (asked.source, asked.query, asked.every_hours) == ("openalex", "by Ada Lovelace", 168)
    shell.run("follow", "ada lovelace", "--remove")
    assert [x["name"] for x in shell.json("follow")["followed"]] == ["Ice"]
    assert store.fetches.list() == []
    store.close()


def test_what_cannot_be_followed_is_said_in_a_sentence(shell: Shell) -> None:
    assert "nothing of this name" in shell.run("follow", "Nobody", "--remove", code=2).stderr
    assert "needs a name" in shell.run("follow", "", "--search", "x", code=1).stderr
    assert "at most" in shell.run("follow", "x" * 81, code=1).stderr
