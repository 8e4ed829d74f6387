"""Signing in: who is let in, and that a reader is the account and nothing the page is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from libraries import Library
from page_rows import deck_of
from served_app import APP
from streamlit.testing.v1 import AppTest

from recommender.config import load_settings
from recommender.errors import RecommenderError
from ui import app_state, auth
from ui.server import serve
from ui.sign_in import SECRETS

SECTION = {"cookie_secret": "not so secret at all", "redirect_uri": "http://localhost/x"}


class User(dict[str, Any]):
    """What the provider says of somebody, as ``st.user`` holds it."""

    @property
    def is_logged_in(self) -> bool:
        return bool(self)


@pytest.fixture
def visit(library: Library, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Open For you as somebody; without claims, as nobody."""

    def visited(query: dict[str, str] | None = None, **claims: Any) -> AppTest:
        monkeypatch.setattr(auth.st, "user", User(claims))
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.secrets["auth"] = SECTION
        for key, value in (query or {}).items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception[0].value
        return app

    return visited


def reader_of(app: AppTest) -> str:
    data = deck_of(app)
    assert app_state.tokens().reader_of(data["token"]) == data["reader"]
    return str(data["reader"])


def started() -> None:
    for reader in app_state.store().readers.list():
        app_state.store().preferences.set(reader.reader_id, "started", True)


def test_nobody_sees_anything_before_the_sign_in(visit: Any) -> None:
    app = visit()
    assert [x.label for x in app.button] == ["Sign in"]
    assert not app.get("bidi_component")
    assert not app.selectbox


def test_an_account_is_one_reader_whatever_the_address_says(visit: Any) -> None:
    first = access_reader(visit, iss="a", sub="1", email="ann@example.org")
    again = access_reader(visit, iss="a", sub="1", email="ann.married@example.org")
    other = access_reader(visit, {"reader": first}, iss="a", sub="2", email="bo@example.org")
    assert first == again
    assert other not in (first, "me")


def test_a_subject_of_another_issuer_is_somebody_else(visit: Any) -> None:
    first = access_reader(visit, iss="a", sub="1", email="ann@example.org")
    assert access_reader(visit, iss="b", sub="1", email="ann@example.org") != first


def test_a_library_from_before_goes_to_a_verified_address_only(visit: Any) -> None:
    app_state.store().readers.rename("me", "ann@example.org")
    stranger = access_reader(visit, iss="a", sub="1", email="ann@example.org")
    assert stranger != "me"
    owner = {"email": "Ann@Example.org", "email_verified": True}
    assert access_reader(visit, iss="a", sub="2", **owner) == "me"
    assert access_reader(visit, iss="a", sub="3", **owner) != "me"


def test_the_chooser_of_names_is_gone(visit: Any) -> None:
    app = visit(iss="a", sub="1", email="ann@example.org")
    assert "Reader" not in [x.label for x in app.selectbox]
    assert "Sign out" in [x.label for x in app.button]


def test_a_sign_in_without_a_subject_is_refused(visit: Any) -> None:
    app = visit(iss="a", email="ann@example.org")
    assert "whose account" in app.error[0].value


def test_without_the_section_names_are_chosen_and_it_is_said(library: Library) -> None:
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    (chooser,) = [x for x in app.selectbox if x.label == "Reader"]
    assert "There is no login" in chooser.help


def test_a_file_of_secrets_that_cannot_be_read_stops_the_server(tmp_path: Path) -> None:
    (tmp_path / SECRETS).write_text("[auth\n")
    with pytest.raises(RecommenderError, match="cannot be read"):
        serve(load_settings(data_dir=tmp_path), port=0, open_browser=False)


def access_reader(visit: Any, query: dict[str, str] | None = None, **claims: Any) -> str:
    visit(query, **claims)
    started()
    return reader_of(visit(query, **claims))
