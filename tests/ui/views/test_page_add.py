"""Add a paper: shown without storing, stored by a press, said what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from libraries import HOSTILE, Library
from page_rows import rows
from paper_pages import ONLY_AN_ID, PAGES, UNREADABLE, PaperPage
from streamlit.testing.v1 import AppTest

from recommender.domain import EventKind
from recommender.ingest import subprocess_fetch
from recommender.ingest.reports import FetchReport
from ui import app_state, bookmarklet

Opener = Callable[..., AppTest]


def sent(page: PaperPage) -> dict[str, str]:
    return {"address": page.address, "title": page.title, "tags": json.dumps(page.tags)}


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label == label).click().run()
    assert not app.exception, app.exception[0].value
    return app


def events() -> list[tuple[EventKind, str]]:
    return [(x.kind, x.paper_id) for x in app_state.store().feedback.events("me")]


def said(app: AppTest) -> str:
    return "\n".join(x.value for x in (*app.markdown, *app.caption, *app.subheader, *app.warning))


@pytest.mark.parametrize(("label", "kind"), [("Like", "like"), ("Save", "save")])
def test_looking_stores_nothing_and_a_press_stores_paper_and_event(
    library: Library, opened: Opener, label: str, kind: str
) -> None:
    before = app_state.store().catalogue.count()
    page = PAGES["arxiv"]
    app = opened("add", **sent(page))
    assert "Otters as Librarians" in said(app)
    assert (app_state.store().catalogue.count(), events()) == (before, [])
    app = press(app, label)
    assert events() == [(EventKind(kind), page.paper_id)]
    assert [x["paper_id"] for x in rows(app)] == [page.paper_id]
    opened("add", **sent(page))
    assert len(events()) == 1


def test_add_only_adds_and_a_known_paper_is_shown_with_its_actions(
    library: Library, opened: Opener
) -> None:
    app = press(opened("add", **sent(PAGES["pubmed"])), "Add only")
    assert events() == []
    assert [x["paper_id"] for x in rows(app)] == [PAGES["pubmed"].paper_id]
    app = opened("add", address="https://doi.org/10.5555/bees.1")
    assert [x["paper_id"] for x in rows(app)] == ["doi:10.5555/bees.1"]


def test_a_page_that_cannot_be_read_says_what_was_found_and_what_is_missing(
    library: Library, opened: Opener
) -> None:
    app = opened("add", **sent(UNREADABLE))
    text = said(app)
    assert "Leek soup" in text
    assert "Missing: an identifier" in text
    assert [x.label for x in app.button if x.label in ("Like", "Save")] == []
    assert "No page was sent" in said(opened("add"))


def test_a_paper_known_by_its_id_alone_is_fetched_on_a_press(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def fetch(settings: object, query: object, **more: object) -> FetchReport:
        asked.append(query)
        return FetchReport("arxiv", "", error="arXiv is away. Try again later.")

    monkeypatch.setattr(subprocess_fetch, "fetch_in_child", fetch)
    app = opened("add", **sent(ONLY_AN_ID))
    assert "Missing: a title" in said(app)
    assert asked == []
    app = press(app, "Fetch from arXiv")
    assert len(asked) == 1
    assert "arXiv is away" in said(app)


def test_hostile_text_is_shown_as_text(library: Library, opened: Opener) -> None:
    tags = [["citation_title", HOSTILE], ["citation_doi", "10.5555/hostile"]]
    app = opened("add", address="javascript:alert(1)", title=HOSTILE, tags=json.dumps(tags))
    assert "<script" not in said(app)
    press(app, "Like")
    assert events() == [(EventKind.like, "doi:10.5555/hostile")]


@pytest.mark.parametrize("page", ["https://x.example/p/add?", "https://x/\"</script>'add?"])
def test_the_code_is_one_line_and_the_address_cannot_end_it(page: str) -> None:
    code = bookmarklet.code(page)
    assert code.startswith("javascript:")
    assert "\n" not in code
    assert "PAGE" not in code
    assert "</script>" not in code
    assert "%" not in code.replace("%23", "").replace("%25", "").replace("%60", "")


def test_the_settings_show_the_bookmarklet_for_this_app(library: Library, opened: Opener) -> None:
    app = opened("settings")
    code = next(x.value for x in app.code if x.value.startswith("javascript:"))
    assert "/add?" in code
    assert "reader=" not in code
