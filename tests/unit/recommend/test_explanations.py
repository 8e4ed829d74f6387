"""Reasons as readers see them: the liked paper, and who wrote both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from libraries import NOW, make_library, papers_on

from recommender.domain import Author, Event, EventKind, Paper, Recommendation
from recommender.recommend.recommender import Recommender

ADA, BOB, EVE = (Author(given=x, family=y) for x, y in zip("ABE", ("Lu", "Bé", "Ng"), strict=True))
PLACES = {"one": (ADA,), "two": (ADA, BOB), "three": (ADA, BOB, EVE), "nobody": ()}


def by(paper: Paper, authors: Sequence[Author]) -> Paper:
    return replace(paper, authors=tuple(authors))


def suggested(
    folder: Path, authors: Sequence[Author], also: Sequence[Author] | None = None
) -> list[Recommendation]:
    """Like the first paper on bees by some people; the last one is by them, or by `also`."""
    first, *rest, last = papers_on("bees")
    others = [*authors, Author("Z", "Q")] if also is None else also
    papers = [by(first, authors), *(by(x, ()) for x in rest), by(last, others)]
    library = make_library(folder, [*papers, *papers_on("bridges")])
    store = library.open()
    store.feedback.append(Event("k", "me", "me/general", "doi:10.5555/bees.0", EventKind.like, NOW))
    slate = Recommender(store, library.settings).recommend("me", n=11, now=NOW)
    store.close()
    return list(slate.items)


@pytest.mark.parametrize(
    ("authors", "also"),
    [
        ("one", ", also by A Lu."),
        ("two", ", also by A Lu and B Bé."),
        ("three", ", also by A Lu, B Bé and others."),
        ("nobody", "."),
    ],
)
def test_a_reason_names_who_wrote_both_papers(tmp_path: Path, authors: str, also: str) -> None:
    found = suggested(tmp_path, PLACES[authors])
    last = next(x for x in found if x.paper_id == "doi:10.5555/bees.11")
    assert last.reasons[0].text.endswith("”" + also)
    others = [x for x in found if x != last]
    assert not any("also by" in reason.text for x in others for reason in x.reasons)


def test_nobody_is_named_for_initials_alone_where_given_names_differ(tmp_path: Path) -> None:
    found = suggested(tmp_path, [Author("Yang", "Shuo")], also=[Author("Yang", "Shuai")])
    last = next(x for x in found if x.paper_id == "doi:10.5555/bees.11")
    assert last.parts["authors"] > 0
    assert not any("also by" in reason.text for reason in last.reasons)
