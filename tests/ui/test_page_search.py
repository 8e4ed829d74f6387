"""Search: words, neighbours of a paper, and what can be done to a result."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from libraries import HOSTILE, Library
from streamlit.testing.v1 import AppTest

from recommender.domain import EventKind
from ui import state
from ui.text import native

Opener = Callable[..., AppTest]


def titles(app: AppTest) -> list[str]:
    return [x.value for x in app.subheader]


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label == label).click().run()
    assert not app.exception, app.exception[0].value
    return app


def test_words_find_papers(library: Library, opened: Opener) -> None:
    app = opened("search")
    app.text_input(key="q").set_value("moraine").run()
    assert titles(app)
    assert all("glaciers" in x for x in titles(app))


def test_the_address_holds_the_words(library: Library, opened: Opener) -> None:
    app = opened("search", q="moraine")
    assert app.text_input(key="q").value == "moraine"
    assert titles(app)


def test_before_any_words_the_page_says_what_can_be_found(library: Library, opened: Opener) -> None:
    assert any("36 papers in the library" in x.value for x in opened("search").caption)


@pytest.mark.parametrize("query", ["C++", "a:b", "-x", "*", '"', "AND OR", "x" * 300, "bees'); --"])
def test_any_text_is_a_query(library: Library, opened: Opener, query: str) -> None:
    app = opened("search")
    app.text_input(key="q").set_value(query).run()
    assert not app.exception


def test_words_that_no_paper_has_get_an_answer(library: Library, opened: Opener) -> None:
    app = opened("search")
    app.text_input(key="q").set_value("zygomorphic").run()
    assert titles(app) == ["No paper has these words"]


def test_more_like_this_shows_neighbours(library: Library, opened: Opener) -> None:
    paper = next(x for x in state.store().catalogue.papers() if "bees" in x.title)
    app = opened("search", like=paper.paper_id)
    assert titles(app)[0] == native(paper.title)
    assert len(titles(app)) == 11
    assert sum("bees" in x for x in titles(app)[1:6]) >= 4


def test_more_like_an_unknown_paper_gets_an_answer(library: Library, opened: Opener) -> None:
    assert titles(opened("search", like="doi:10.1/none")) == ["This paper is not in the library"]


def test_a_like_in_the_results_counts_once_and_keeps_the_order(
    library: Library, opened: Opener
) -> None:
    app = opened("search", q="hive")
    before = titles(app)
    press(app, "Like")
    assert [e.kind for e in state.store().feedback.events("me")] == [EventKind.like]
    assert titles(app) == before
    press(app, "Undo")
    assert [e.kind for e in state.store().feedback.events("me")][1:] == [EventKind.undo]


def test_opening_a_paper_is_noted(library: Library, opened: Opener) -> None:
    app = opened("search", q="hive")
    link = next(x for x in app.link_button if x.label == "Open")
    assert link.url.startswith("https://doi.org/10.5555/bees")


def test_hostile_titles_are_escaped_and_hostile_links_replaced(
    hostile_library: Library, opened: Opener
) -> None:
    app = opened("search", q="hive repeats")
    shown = titles(app)
    assert len(shown) == len(HOSTILE)
    assert set(shown) == {native(x) for x in HOSTILE}
    assert all(x.url.startswith("https://arxiv.org/search/") for x in app.link_button)
