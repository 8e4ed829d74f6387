"""A paper's status stands wherever the paper is shown, and a retracted like is said once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from libraries import NOW, Library, papers_on
from page_rows import rows
from streamlit.testing.v1 import AppTest

from recommender.domain import Event, EventKind, Paper, StatusStatement
from recommender.domain.status import CORRECTED, RETRACTED, RETRACTION_NOTICE
from ui import app_state, paper_text
from ui.deck.cards import card

Opener = Callable[..., AppTest]
ONE = "doi:10.5555/bees.1"
HOSTILE_LINK = "https://example.org/a)b](c)<script>"


def marked(says: str, link: str = "doi:10.5555/n") -> Paper:
    return replace(papers_on("bees")[1], statements=(StatusStatement(says, "crossref", link),))


def mark(says: str, link: str = "doi:10.5555/n") -> None:
    app_state.store().catalogue.add([marked(says, link)], NOW)


def said(app: AppTest) -> str:
    assert not app.exception, app.exception[0].value
    return "\n".join(x.value for x in (*app.markdown, *app.caption))


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label == label).click().run()
    assert not app.exception, app.exception[0].value
    return app


@pytest.mark.parametrize(
    ("says", "badge"),
    [
        (RETRACTED, ("Retracted", "notice")),
        (CORRECTED, ("Corrected", "notice")),
        (RETRACTION_NOTICE, ("Retraction notice", "about")),
    ],
)
def test_badges_stand_on_the_page_of_the_paper_and_in_a_search(
    library: Library, opened: Opener, says: str, badge: tuple[str, str]
) -> None:
    mark(says)
    for page in (opened("paper", paper=ONE), opened("search", q="doi:10.5555/bees.1")):
        (shown,) = rows(page)[0]["status"]
        assert (shown["label"], shown["word"]) == badge
        assert shown["link"] == "https://doi.org/10.5555/n"


def test_the_card_of_the_deck_has_a_badge_and_a_link() -> None:
    assert card(marked(RETRACTED))["status"] == [
        {
            "says": "retracted",
            "label": "Retracted",
            "word": "notice",
            "link": "https://doi.org/10.5555/n",
        }
    ]
    assert card(papers_on("bees")[1])["status"] == []


def test_a_hostile_link_stays_one_link() -> None:
    text = paper_text.status(marked(RETRACTED, HOSTILE_LINK))
    assert text.endswith("(https://example.org/a%29b%5D%28c%29%3Cscript%3E)")
    assert paper_text.status(marked(RETRACTED, "javascript:alert(1)")) == ":red-badge[Retracted]"


def test_the_page_says_who_says_so_and_a_reader_can_deny_it(
    library: Library, opened: Opener
) -> None:
    mark(RETRACTED)
    app = opened("paper", paper=ONE)
    assert "**Retracted**, said by Crossref, read on 18 Nov 2026" in said(app)
    app = press(app, "This is not true")
    assert rows(app)[0]["status"] == []
    assert app_state.store().catalogue.not_suggested() == frozenset()
    app = press(app, "Let it count again")
    assert [x["says"] for x in rows(app)[0]["status"]] == [RETRACTED]


def test_a_like_that_is_retracted_later_is_said_on_every_page_until_dismissed(
    library: Library, opened: Opener
) -> None:
    earlier = NOW - timedelta(hours=1)
    like = Event("k1", "me", "general", ONE, EventKind.like, earlier)
    app_state.store().feedback.append(like)
    assert "Since you liked" not in said(opened("search"))
    mark(RETRACTED)
    app = opened("search")
    assert "Since you liked them: 1 paper retracted or in doubt" in said(app)
    assert "Since you liked" in said(opened("library"))
    app = press(app, "Dismiss")
    assert "Since you liked" not in said(app)
    assert "Since you liked" not in said(opened("library"))
