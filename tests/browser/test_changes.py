"""The quiet line: what it counts, run as it is in Chromium."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from conftest import ROOT
from playwright.sync_api import Page

Say = Callable[..., str]


@pytest.fixture
def said(page: Page) -> Say:
    page.goto("about:blank")
    source = (ROOT / "ui" / "deck" / "changes.js").read_text("utf-8")
    page.add_script_tag(content=source)

    def change_note(
        kind: str,
        before: Sequence[str],
        after: Sequence[str],
        *words: str,
        earlier: Sequence[str] | None = None,
    ) -> str:
        cards = [{"paper_id": x, "words": list(words)} for x in after]
        given = [kind, list(before), cards, earlier]
        return str(page.evaluate("(given) => changeNote(...given)", given))

    return change_note


def test_papers_that_moved_up_are_counted_and_their_words_named(said: Say) -> None:
    line = said("like", "bcde", "debc", "ice", "snow", "firn")
    assert line == "Liked. More on ice, snow; 2 papers moved up."


def test_a_skip_names_no_subject(said: Say) -> None:
    assert said("skip", "bc", "cb", "ice") == "Skipped. 1 paper moved up."


def test_a_paper_that_only_fills_the_gap_has_not_moved(said: Say) -> None:
    assert said("like", "bc", ["b", "c", "new"]) == "Liked. The queue keeps its order."


def test_a_new_paper_that_overtakes_has_moved_up(said: Say) -> None:
    assert said("like", "bc", ["new", "b", "c"]) == "Liked. 1 paper moved up."


def test_an_undo_says_the_queue_is_back_only_where_it_is(said: Say) -> None:
    back = "Undone. The queue is as it was before."
    assert said("undo", "acb", "abc", earlier=list("abc")) == back
    assert said("undo", "acb", "abc", earlier=list("acb")) == "Undone. 1 paper moved up."
    assert said("undo", "abc", "abc") == "Undone. The queue keeps its order."
