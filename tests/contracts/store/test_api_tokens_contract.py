"""What every store promises of API tokens and idempotency keys, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stores import NOW, fill

from recommender.errors import InvalidValue, RequestRunning, UnknownReader
from recommender.store import Store
from recommender.store.idempotency_keys import CLAIM, KEPT


def test_a_token_opens_until_it_is_revoked(store: Store) -> None:
    fill(store)
    token = store.api_tokens.create("me", "notebook", ["write", "read"], NOW, days=2)
    found = store.api_tokens.find(token)
    assert found is not None
    assert (found.reader_id, found.name, found.scopes) == ("me", "notebook", ("read", "write"))
    assert found.expires_at - found.created_at == timedelta(days=2)
    for other in (token[:-1], f"{token}x", "", "\ud800", found.name):
        assert store.api_tokens.find(other) is None
    store.readers.ensure("Bob", NOW)
    assert not store.api_tokens.revoke("bob", found.number)
    assert store.api_tokens.list("me") == [found]
    assert store.api_tokens.revoke("me", found.number)
    assert store.api_tokens.find(token) is None
    assert store.api_tokens.list("me") == []


def test_a_token_is_nowhere_in_the_library_and_goes_with_its_reader(store: Store) -> None:
    fill(store)
    token = store.api_tokens.create("me", "notebook", ["read"], NOW)
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_token").all()
    assert len(rows) == 1
    assert token not in repr(rows)
    store.readers.forget("me")
    assert store.api_tokens.find(token) is None


@pytest.mark.parametrize(
    ("name", "scopes", "days", "says"),
    [
        ("", ["read"], 1, "Token"),
        ("x", ["read", "admin"], 1, "admin"),
        ("x", [], 1, "at least one"),
        ("x", ["read"], 0, "days"),
        ("x", ["read"], 3_661, "days"),
    ],
)
def test_a_token_that_cannot_be_is_refused(
    store: Store, name: str, scopes: list[str], days: int, says: str
) -> None:
    fill(store)
    with pytest.raises(InvalidValue, match=says):
        store.api_tokens.create("me", name, scopes, NOW, days)
    assert store.api_tokens.list("me") == []


def test_no_token_is_made_for_an_unknown_reader(store: Store) -> None:
    with pytest.raises(UnknownReader):
        store.api_tokens.create("nobody", "x", ["read"], NOW)


def test_the_same_request_again_brings_the_first_answer(store: Store) -> None:
    fill(store)
    keys = store.idempotency_keys
    assert keys.claim("me", "a", "hash", NOW) is None
    with pytest.raises(RequestRunning):
        keys.claim("me", "a", "hash", NOW)
    keys.keep("me", "a", "answer")
    assert keys.claim("me", "a", "hash", NOW) == "answer"
    with pytest.raises(InvalidValue, match="another request"):
        keys.claim("me", "a", "other hash", NOW)
    store.readers.ensure("Bob", NOW)
    assert keys.claim("bob", "a", "other hash", NOW) is None


def test_a_key_is_free_after_a_failure_a_cut_off_request_and_a_week(store: Store) -> None:
    fill(store)
    keys = store.idempotency_keys
    assert keys.claim("me", "a", "hash", NOW) is None
    keys.release("me", "a")
    assert keys.claim("me", "a", "other hash", NOW) is None
    assert keys.claim("me", "a", "other hash", NOW + CLAIM) is None
    keys.keep("me", "a", "answer")
    keys.release("me", "a")
    assert keys.claim("me", "a", "other hash", NOW + CLAIM) == "answer"
    assert keys.claim("me", "a", "hash", NOW + CLAIM + KEPT + timedelta(seconds=1)) is None
