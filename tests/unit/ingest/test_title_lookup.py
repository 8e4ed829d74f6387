"""The first minutes of a reader: pasted lines, a sentence, picks to choose from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from libraries import NOW, Library, make_library, papers_on_all

from recommender.domain import Event, EventKind, Paper, Slate
from recommender.errors import UnknownReader
from recommender.ingest.title_lookup import MAX_LINES, match
from recommender.recommend.recommender import Recommender
from recommender.store import Store

SUBJECTS = ("bees", "bridges", "glaciers")
GENERAL = "me/general"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Library:
    papers = papers_on_all()
    named = Paper(
        "Der lange Weg: über die Bienen des Nordens, neu betrachtet",
        identifiers=("arxiv:2401.00007",),
    )
    return make_library(tmp_path_factory.mktemp("library"), [*papers, named])


@pytest.fixture
def store(folder: Library) -> Iterator[Store]:
    store = folder.open()
    store.readers.forget("me")
    store.readers.ensure("me", NOW)
    yield store
    store.close()


@pytest.fixture
def recommender(folder: Library, store: Store) -> Recommender:
    return Recommender(store, folder.settings)


def like(store: Store, *paper_ids: str) -> None:
    for x in paper_ids:
        store.feedback.append(Event(f"k{x}", "me", GENERAL, x, EventKind.like, NOW))


def on(subject: str, slate: Slate) -> int:
    return sum(subject in x.paper_id for x in slate.items)


@pytest.mark.parametrize(
    "line",
    [
        "arXiv:2401.00007v2",
        "https://arxiv.org/abs/2401.00007",
        "  3. Der lange Weg: über die Bienen des Nordens, neu betrachtet",
        "- der lange weg - UBER DIE BIENEN des nordens neu betrachtet.",
        "[12] A. Madeup (2024). Der lange Weg: über die Bienen des Nordens, neu betrachtet. JIR 3.",
        "Der lange Weg: über die Biene des Nordens, neu betrachtet",
    ],
)
def test_a_line_names_its_paper_however_it_is_written(store: Store, line: str) -> None:
    found = match(store, line).found
    assert [paper_id for _, paper_id in found] == ["arxiv:2401.00007"]
    assert found[0][0] in line


def test_what_is_not_there_or_too_little_is_unknown(store: Store) -> None:
    text = "bees\nAn unheard of treatise on otters\n\n<script>alert(1)</script>\n%s' OR 1=1 --\n"
    matches = match(store, text)
    assert matches.found == ()
    assert len(matches.unknown) == 4


def test_lines_keep_their_order_and_papers_come_once(store: Store) -> None:
    text = (
        "10.5555/bees.3\nnothing like this at all\nhttps://doi.org/10.5555/BEES.1\n10.5555/bees.3"
    )
    matches = match(store, text)
    assert [x for _, x in matches.found] == ["doi:10.5555/bees.3", "doi:10.5555/bees.1"]
    assert matches.unknown == ("nothing like this at all",)


def test_no_lines_are_no_matches_and_a_book_is_cut(store: Store) -> None:
    assert match(store, " \n\t\n") == match(store, "")
    surplus = match(store, "\n".join(f"10.5555/none.{i}" for i in range(MAX_LINES + 3)))
    assert len(surplus.unknown) == MAX_LINES + 3


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_first_slate_follows_the_sentence(
    store: Store, recommender: Recommender, subject: str
) -> None:
    words = {
        "bees": "nectar and pollen",
        "bridges": "a corroded girder with corrosion and fatigue",
        "glaciers": "ice and moraine",
    }[subject]
    store.readers.describe(GENERAL, f"I study {subject}, {words}.")
    slate = recommender.recommend("me", n=8, now=NOW)
    assert on(subject, slate) >= 7
    assert all(x.reasons[0].kind == "about" for x in slate.items[:5])
    assert slate.items[0].reasons[0].text.startswith("Matches what you said you work on: “")
    named = " ".join(slate.items[0].reasons[0].words).split()
    assert set(named) & {subject, *words.split()}


def test_no_slate_shows_a_sentence_or_needs_one_that_says_nothing(
    store: Store, recommender: Recommender
) -> None:
    before = recommender.recommend("me", n=5, now=NOW)
    store.readers.describe(GENERAL, "zyxw qwertz")
    assert recommender.recommend("me", n=5, now=NOW).items == before.items
    store.readers.describe(GENERAL, "bees and bridges and glaciers")
    everything = recommender.recommend("me", n=100, now=NOW)
    assert {x.paper_id for x in everything.items} <= set(store.catalogue.ids())


@pytest.mark.slow
def test_likes_outweigh_the_sentence_and_taking_it_back_leaves_no_trace(
    store: Store, recommender: Recommender
) -> None:
    likes = [f"doi:10.5555/bridges.{i}" for i in range(6)]
    like(store, *likes)
    alone = recommender.recommend("me", n=10, now=NOW)
    store.readers.describe(GENERAL, "bees")
    assert on("bridges", recommender.recommend("me", n=5, now=NOW)) >= 4
    store.readers.describe(GENERAL, "")
    assert recommender.recommend("me", n=10, now=NOW).items == alone.items


def test_the_sentence_gives_way_from_the_first_like_on(
    store: Store, recommender: Recommender
) -> None:
    store.readers.describe(GENERAL, "bees, hive and nectar")
    lead = []
    for i in range(5):
        items = recommender.recommend("me", n=40, now=NOW).items
        bees, glaciers = (
            np.mean([x.rank for x in items if subject in x.paper_id])
            for subject in ("bees", "glaciers")
        )
        lead.append(glaciers - bees)
        like(store, f"doi:10.5555/glaciers.{i}")
    assert lead[0] > 10
    assert max(lead[1:]) < -5


@pytest.mark.slow
def test_a_paper_that_comes_later_stands_beside_a_sentence(
    store: Store, recommender: Recommender
) -> None:
    store.readers.describe(GENERAL, "bees and their hive")
    recommender.recommend("me", n=5, now=NOW)
    new = Paper("What bees of one hive tell the next", identifiers=("doi:10.5555/bees.later",))
    later = store.catalogue.add([new], NOW)[0].paper_id
    slate = recommender.recommend("me", n=20, now=NOW)
    assert later in {x.paper_id for x in slate.items}


def test_picks_cover_the_subjects_and_are_told_apart(
    store: Store, recommender: Recommender
) -> None:
    three = recommender.onboarding_items("me", n=3, now=NOW)
    assert {subject for subject in SUBJECTS for x in three if subject in x} == set(SUBJECTS)
    many = recommender.onboarding_items("me", n=100, now=NOW)
    assert many[:3] == three
    assert len(set(many)) == len(many) == store.catalogue.count()
    assert many[-1] == "arxiv:2401.00007", "no other paper has its words, so it comes last"


def test_picks_pass_over_what_was_judged_and_its_subject(
    store: Store, recommender: Recommender
) -> None:
    like(store, *(f"doi:10.5555/bees.{i}" for i in range(4)))
    picked = recommender.onboarding_items("me", n=2, now=NOW)
    assert not any("bees" in x for x in picked)
    everything = recommender.onboarding_items("me", n=100, now=NOW)
    assert len(everything) == len(set(everything)) == store.catalogue.count() - 4


def test_picks_are_somebodys(recommender: Recommender) -> None:
    with pytest.raises(UnknownReader):
        recommender.onboarding_items("nobody", now=NOW)
