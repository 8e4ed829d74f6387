"""The API where readers sign in: tokens work as they are, and nothing else opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from libraries import NOW, Library
from served_app import serving_of
from starlette.testclient import TestClient

from recommender.store import Store
from ui import app_state
from ui.api.table import PREFIX
from ui.sign_in import CLOSED, SECRETS

AUTH = """
[auth]
redirect_uri = "http://localhost/oauth2callback"
cookie_secret = "a secret of the tests, long enough"
client_id = "x"
client_secret = "y"
server_metadata_url = "http://localhost/nowhere"
"""
LIKE = {"events": [{"kind": "like", "paper_id": "doi:10.5555/bees.0"}]}


@pytest.fixture
def secrets(library: Library) -> Path:
    path = library.settings.data_dir / SECRETS
    path.write_text(AUTH)
    app_state.configure(library.settings, lambda: NOW)
    return path


@pytest.fixture
def client(library: Library, secrets: Path) -> Iterator[TestClient]:
    with serving_of(library) as served:
        assert app_state.sign_in().required
        yield served


@pytest.fixture
def store(client: TestClient) -> Store:
    return app_state.store()


def status(client: TestClient, method: str, path: str, token: str | None, **more: object) -> int:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return client.request(method, PREFIX + path, headers=headers, **more).status_code  # type: ignore[arg-type]


def test_a_token_acts_for_its_reader_without_a_sign_in(client: TestClient, store: Store) -> None:
    other = store.readers.add("other", NOW).reader_id
    mine = store.api_tokens.create("me", "t", ["read", "feedback"], NOW)
    theirs = store.api_tokens.create(other, "t", ["read"], NOW)
    for token, reader_id in ((mine, "me"), (theirs, other)):
        answer = client.get(f"{PREFIX}/reader", headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["reader_id"]) == (200, reader_id)
    assert status(client, "POST", "/feedback", mine, json=LIKE) == 200
    assert len(store.feedback.events("me")) == 1
    assert store.feedback.events(other) == []


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (lambda _: None, 401),
        (lambda _: "plp_mistyped", 401),
        (lambda x: x.create("me", "t", ["feedback"], NOW - timedelta(days=9), 7), 401),
        (lambda x: x.create("me", "t", ["read"], NOW), 403),
    ],
    ids=["missing", "wrong", "expired", "too narrow"],
)
def test_what_is_no_token_for_it_is_refused_and_writes_nothing(
    client: TestClient, store: Store, token: Callable[..., str | None], expected: int
) -> None:
    given = token(store.api_tokens)
    assert status(client, "POST", "/feedback", given, json=LIKE) == expected
    assert status(client, "POST", "/lists", given, json={"name": "X"}) == expected
    assert store.feedback.events("me") == []
    assert store.reading_lists.list("me") == []


def test_a_sign_in_by_cookie_opens_nothing(client: TestClient, store: Store) -> None:
    client.cookies.update({"_streamlit_user": "signed by Streamlit"})
    assert status(client, "GET", "/reader", None) == 401


def test_a_revoked_token_ends_at_once(client: TestClient, store: Store) -> None:
    token = store.api_tokens.create("me", "t", ["read"], NOW)
    assert status(client, "GET", "/reader", token) == 200
    (held,) = store.api_tokens.list("me")
    store.api_tokens.revoke("me", held.number)
    assert status(client, "GET", "/reader", token) == 401


def test_the_api_is_closed_with_the_pages(client: TestClient, store: Store, secrets: Path) -> None:
    token = store.api_tokens.create("me", "t", ["read"], NOW)
    secrets.write_text("[auth")
    answer = client.get(f"{PREFIX}/reader", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, CLOSED in answer.text) == (503, True)
