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
    folder: Path,
    authors: Sequence[Author],
    also: Sequence[Author] | None = None,
    crowd: Sequence[Author] = (),
) -> list[Recommendation]:
    """Like the first paper on bees by some people; the last one is by them, or by `also`.

    The first paper on bridges is by the `crowd`.
    """
    first, *rest, last = papers_on("bees")
    others = [*authors, Author("Z", "Q")] if also is None else also
    papers = [by(first, authors), *(by(x, ()) for x in rest), by(last, others)]
    bridges = papers_on("bridges")
    library = make_library(folder, [*papers, by(bridges[0], crowd), *bridges[1:]])
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


def test_nobody_with_a_common_name_is_named_without_a_second_author(tmp_path: Path) -> None:
    wang = Author(given="Lei", family="Wang")
    crowd = [Author(given=f"L{x}", family="Wang") for x in ("in", "ing", "ong", "uo", "iang", "u")]
    found = suggested(tmp_path, [wang], crowd=crowd)
    last = next(x for x in found if x.paper_id == "doi:10.5555/bees.11")
    assert last.parts["authors"] > 0
    assert not any("also by" in reason.text for reason in last.reasons)


def test_words_are_spelled_as_the_suggested_paper_spells_them(tmp_path: Path) -> None:
    for item in suggested(tmp_path, [ADA]):
        number = int(item.paper_id.rpartition(".")[2])
        subject = "bees" if "bees" in item.paper_id else "bridges"
        paper = papers_on(subject)[number]
        for reason in item.reasons:
            assert all(w in f"{paper.title} {paper.abstract}" for w in reason.words)


def test_of_the_readers_own_words_single_common_ones_are_not_named(tmp_path: Path) -> None:
    library = make_library(tmp_path, [*papers_on("bees"), *papers_on("bridges")])
    store = library.open()
    store.readers.describe("me/general", "A survey and model of the waggle of the foraging queen")
    slate = Recommender(store, library.settings).recommend("me", n=11, now=NOW)
    store.close()
    words = {w.casefold() for item in slate.items for r in item.reasons for w in r.words}
    assert words & {"waggle", "foraging", "queen"}
    assert not words & {"survey", "model"}
