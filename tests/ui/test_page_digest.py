"""Digest: a preview that stores nothing, an issued week that stays, earlier weeks."""

from __future__ import annotations

from collections.abc import Callable

from libraries import Library
from streamlit.testing.v1 import AppTest

from recommender.domain import EventKind
from ui import state

Opener = Callable[..., AppTest]


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label == label).click().run()
    assert not app.exception, app.exception[0].value
    return app


def titles(app: AppTest) -> list[str]:
    return [x.value for x in app.subheader][1:]


def captions(app: AppTest) -> str:
    return " ".join(x.value for x in app.caption)


def test_a_preview_shows_papers_and_stores_nothing(library: Library, opened: Opener) -> None:
    app = opened("digest")
    assert titles(app)
    assert "A preview" in captions(app)
    assert state.store().digests.weeks("me") == []
    assert state.store().feedback.slates("me", surface="digest") == []


def test_an_issued_digest_stays_as_it_is(library: Library, opened: Opener) -> None:
    app = press(opened("digest"), "Issue it now")
    issued = titles(app)
    assert state.store().digests.weeks("me") == ["2026-W47"]
    assert "Issued" in captions(app)
    press(app, "Like")
    assert titles(app.run()) == issued
    assert [e.kind for e in state.store().feedback.events("me")] == [EventKind.like]


def test_an_earlier_week_can_be_looked_at(library: Library, opened: Opener) -> None:
    press(opened("digest"), "Issue it now")
    later = state.now().replace(day=25)
    state.configure(library.settings, lambda: later)
    app = opened("digest")
    assert app.selectbox(key="week").options == ["This week, 2026-W48", "2026-W47"]
    app.selectbox(key="week").select("2026-W47").run()
    assert "Issued" in captions(app)


def test_every_file_of_the_digest_is_offered(library: Library, opened: Opener) -> None:
    names = [x.proto.label for x in opened("digest").get("download_button")]
    assert names == ["HTML", "Text", "Markdown"]


def test_an_empty_week_says_why_and_what_to_do(empty_library: Library, opened: Opener) -> None:
    app = opened("digest")
    assert titles(app) == ["No papers this week."]
    assert any("holds no papers" in x.value for x in app.markdown)
    assert [x.label for x in app.get("page_link")] == ["Import papers"]
