"""One paper as the deck shows it: plain text, and formulas as trees."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from recommender.domain import EventKind, Paper, Recommendation
from recommender.domain.history import PaperState
from recommender.domain.status import badges
from recommender.escaping import web_url
from recommender.export import render
from recommender.recommend.fellow_readers import fellow_likes
from ui import app_state, math_rendering, paper_links, paper_text

LEARNS = (
    "Like or skip a few papers: each answer re-orders what comes next, at once. "
    "A like asks for more of the kind, a skip for a little less."
)

_STANDS = {
    EventKind.like: "You liked this paper.",
    EventKind.skip: "You skipped this paper.",
    EventKind.dislike: "You were not interested in this paper.",
}


def card(
    paper: Paper, item: Recommendation | None = None, slate_id: str | None = None
) -> dict[str, Any]:
    """Return one paper as the deck shows it; every value is text to be set as text.

    `rich` holds title and abstract with their formulas, where they have any.
    """
    return {**_content(paper), **standing_in_slate(item, slate_id)}


@lru_cache(maxsize=1024)
def _content(paper: Paper) -> dict[str, Any]:
    """Return what a card says of its paper alone; readers of one library see the same papers."""
    content: dict[str, Any] = {
        "paper_id": paper.paper_id,
        "title": paper_text.plain(paper.title),
        "authors": paper_text.authors(paper),
        "meta": paper_text.facts(paper),
        "status": [
            {"says": x.says, "label": x.label, "word": x.word, "link": web_url(x.link)}
            for x in badges(paper.statements)
        ],
        "abstract": paper_text.plain(paper.abstract),
        "origin": paper_text.origin(paper),
        "link": paper_links.link(paper),
        "bibtex": bibtex(paper),
        "doors": [list(x) for x in paper_links.links(paper)],
    }
    parts = {
        "title": math_rendering.rich(paper.title),
        "abstract": math_rendering.rich(paper.abstract),
    }
    content["rich"] = {k: v for k, v in parts.items() if v is not None}
    return content


@lru_cache(maxsize=4096)
def bibtex(paper: Paper) -> str:
    """Return the entry to copy; every rerun hands over those of all papers shown."""
    return render([paper], "bibtex")


def standing_in_slate(item: Recommendation | None, slate_id: str | None) -> dict[str, Any]:
    """Return what a slate says of one paper: why, how probably liked, for which interest."""
    reasons = item.reasons if item else ()
    said: dict[str, Any] = {
        "reasons": [paper_text.plain(x.text) for x in reasons],
        "words": list(dict.fromkeys(paper_text.plain(w) for x in reasons for w in x.words)),
        "chance": chance(item),
    }
    if slate_id is not None:
        said["slate_id"] = slate_id
    if item is not None and item.interest_id is not None:
        said["interest_id"] = item.interest_id
    return said


def fellows(reader_id: str, paper_ids: Sequence[str]) -> dict[str, str]:
    """Return who else liked or saved papers, in words; see `recommend.fellow_readers`."""
    found = fellow_likes(app_state.store(), reader_id, paper_ids)
    return {x: paper_text.plain(str(likes)) for x, likes in found.items()}


def chance(item: Recommendation | None) -> str:
    """Return how probable a like is, in words; ``""`` while it is not known."""
    if item is None or item.chance is None:
        return ""
    return f"Chance of a like: {round(100 * item.chance)} %"


def standing(held: PaperState | None) -> str:
    """Say what the reader has done with a paper; ``""`` for nothing."""
    if held is None or not held.judged:
        return ""
    return _STANDS[held.verdict] if held.verdict else "You saved this paper."
