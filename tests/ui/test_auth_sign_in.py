"""A sign-in is decided at the start and never turns itself off."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from libraries import NOW, Library
from served_app import APP, serving_of
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.testing.v1 import AppTest

from recommender.errors import RecommenderError
from ui import app_state, session
from ui.sign_in import CLOSED, SECRETS, SignIn

GOOD = """
[auth]
redirect_uri = "http://localhost/oauth2callback"
cookie_secret = "a secret of the tests, long enough"
client_id = "x"
client_secret = "y"
server_metadata_url = "http://localhost/nowhere"
"""
STREAM = "ws://127.0.0.1/_stcore/stream"
SIGNED_IN = {"_streamlit_user": "signed by Streamlit"}

BREAKS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_text(""),
    "gone": lambda path: path.unlink(),
    "unreadable": lambda path: (path.unlink(), path.mkdir()),
    "broken": lambda path: path.write_text("[auth"),
    "not text": lambda path: path.write_bytes(b"\xff\xfe"),
    "without the section": lambda path: path.write_text("x = 1"),
    "without a secret": lambda path: path.write_text('[auth]\nredirect_uri = "x"'),
    "another type": lambda path: path.write_text("auth = true"),
}


@pytest.fixture
def secrets(library: Library) -> Path:
    """The file of secrets of a library behind a sign-in."""
    path = library.settings.data_dir / SECRETS
    path.write_text(GOOD)
    app_state.configure(library.settings, lambda: NOW)
    return path


@pytest.fixture
def client(library: Library, secrets: Path) -> Iterator[TestClient]:
    with serving_of(library) as served:
        yield served


def put_right(path: Path) -> None:
    if path.is_dir():
        path.rmdir()
    path.write_text(GOOD)


def connects(client: TestClient) -> bool:
    try:
        with client.websocket_connect(STREAM):
            return True
    except WebSocketDisconnect:
        return False


def post(client: TestClient, token: str, key: str, cookies: dict[str, str]) -> Any:
    paper_id = app_state.store().catalogue.ids()[0]
    body = {"token": token, "events": [{"key": key, "kind": "like", "paper_id": paper_id}]}
    client.cookies.clear()
    client.cookies.update(cookies)
    return client.post("/api/feedback", json=body)


def test_everything_is_refused_while_the_secrets_are_not_right(
    client: TestClient, secrets: Path, caplog: pytest.LogCaptureFixture
) -> None:
    token = app_state.tokens().issue("me", app_state.sign_in().mark(SIGNED_IN))
    for name, breaks in BREAKS.items():
        breaks(secrets)
        with caplog.at_level(logging.ERROR):
            for path in ("/", "/search?reader=me", "/feed/x.atom", "/f/x", "/_stcore/health"):
                answer = client.get(path)
                assert (answer.status_code, CLOSED in answer.text) == (503, True), (name, path)
        assert client.get("/readyz").json() == {"status": "not ready", "error": CLOSED}
        assert post(client, token, name, SIGNED_IN).status_code == 503
        assert not connects(client)
        assert client.get("/healthz").status_code == 200
        assert str(secrets) in caplog.text
        put_right(secrets)
        assert client.get("/").status_code == 200
        assert client.get("/readyz").status_code == 200
        assert connects(client)
    assert app_state.store().feedback.events("me") == []


@pytest.mark.parametrize("name", BREAKS)
def test_no_page_falls_back_to_a_choice_of_readers(
    library: Library, secrets: Path, name: str
) -> None:
    BREAKS[name](secrets)
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["reader"] = "me"
    app.run()
    assert [x.value.replace("\\", "") for x in app.error] == [CLOSED]
    assert not app.selectbox
    assert not app.get("bidi_component")


def test_a_page_that_is_open_says_nothing_more(library: Library, secrets: Path) -> None:
    secrets.unlink()
    with pytest.raises(RecommenderError, match="cannot be used just now"):
        session.reader()


def test_streamlit_without_the_section_lets_no_one_in(library: Library, secrets: Path) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert [x.label for x in app.button] == ["Sign in"]
    assert not app.selectbox


def test_a_sign_in_is_not_turned_on_half_way(library: Library) -> None:
    with serving_of(library) as client:
        assert client.get("/").status_code == 200
        (library.settings.data_dir / SECRETS).write_text(GOOD)
        assert client.get("/").status_code == 503
        (library.settings.data_dir / SECRETS).unlink()
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("name", [x for x in BREAKS if x not in ("gone", "empty")])
def test_a_server_does_not_start_with_secrets_it_cannot_use(tmp_path: Path, name: str) -> None:
    (tmp_path / SECRETS).write_text(GOOD)
    BREAKS[name](tmp_path / SECRETS)
    if name == "without the section":
        assert not SignIn(tmp_path / SECRETS).required
        return
    with pytest.raises(RecommenderError, match=SECRETS):
        SignIn(tmp_path / SECRETS)


def test_a_token_ends_with_the_sign_in_it_was_made_for(client: TestClient) -> None:
    token = app_state.tokens().issue("me", app_state.sign_in().mark(SIGNED_IN))
    assert post(client, token, "a", SIGNED_IN).status_code == 200
    for cookies in ({}, {"_streamlit_user": "another sign-in"}, {"other": "x"}):
        answer = post(client, token, "b", cookies)
        assert answer.status_code == 401
        assert "sign-in has ended" in answer.json()["error"]
    unbound = app_state.tokens().issue("me")
    assert post(client, unbound, "c", SIGNED_IN).status_code == 401
    assert post(client, unbound, "d", {}).status_code == 401
    assert [x.client_key for x in app_state.store().feedback.events("me")] == ["a"]


def test_a_sign_in_in_pieces_is_one(secrets: Path) -> None:
    mark = app_state.sign_in().mark
    pieces = {"_streamlit_user": "a", "_streamlit_user__1": "b"}
    assert mark(pieces) == mark(dict(reversed(pieces.items()))) != mark({"_streamlit_user": "a"})
    assert mark({"theme": "dark"}) == ""
