"""What every store's filters let through, on every database."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from stores import NOW

from recommender.domain import Listing, Paper
from recommender.errors import UnknownVenue
from recommender.store import Store

DAY = timedelta(days=1)


@pytest.fixture
def filled(store: Store) -> Store:
    store.catalogue.add(
        [
            Paper(
                "Robust speech recognition",
                abstract="Microphones far away.",
                published_at=NOW - 9 * DAY,
                listings=(Listing("arxiv", NOW - 2 * DAY),),
                identifiers=("doi:10.5555/a",),
            ),
            Paper(
                "Graphs at night",
                abstract="A recognition of speech, not of graphs.",
                published_at=NOW - 3 * DAY,
                listings=(Listing("hf-daily-papers", NOW - 30 * DAY),),
                identifiers=("doi:10.5555/b",),
            ),
            Paper("Speeches", published_at=NOW - 400 * DAY, identifiers=("doi:10.5555/c",)),
        ],
        NOW,
    )
    return store


def test_a_word_is_found_in_title_and_abstract_in_any_inflection(filled: Store) -> None:
    found = {"doi:10.5555/a", "doi:10.5555/b", "doi:10.5555/c"}
    assert filled.filters.mentioning("Speech") == found


def test_words_of_a_phrase_stand_side_by_side(filled: Store) -> None:
    assert filled.filters.mentioning("speech recognition") == {"doi:10.5555/a"}


@pytest.mark.parametrize("phrase", ["", " ", '"', "*", "-", "()", ":"])
def test_what_holds_no_word_is_mentioned_nowhere(filled: Store, phrase: str) -> None:
    assert filled.filters.mentioning(phrase) == frozenset()


@pytest.mark.parametrize("phrase", ['gra" OR "speech', "NEAR(a b)", "title: graphs", "graphs*"])
def test_no_character_of_a_phrase_is_an_operator(filled: Store, phrase: str) -> None:
    assert filled.filters.mentioning(phrase) <= {"doi:10.5555/b"}


def test_sources_and_what_they_have_listed(filled: Store) -> None:
    assert filled.filters.sources() == ["arxiv", "hf-daily-papers"]
    assert filled.filters.listed_by("arxiv") == {"doi:10.5555/a"}
    assert filled.filters.listed_by("nowhere") == frozenset()


def test_appeared_is_published_or_listed(filled: Store) -> None:
    assert filled.filters.appeared(NOW - 7 * DAY, NOW) == {"doi:10.5555/a", "doi:10.5555/b"}
    assert filled.filters.appeared(NOW - 500 * DAY, NOW - 300 * DAY) == {"doi:10.5555/c"}


TITLES = (
    "Bees and their hives",
    "Bridges under load",
    "Glaciers that calve",
    "Tides of the open sea",
    "Soils after rain",
    "Owls by night",
    "Maps of old towns",
)


@pytest.fixture
def programmes(store: Store) -> Store:
    """A conference in four spellings over two years, a journal, a preprint server."""
    named = [
        ("ACL 2024", 2024),
        ("Proceedings of the 62nd Annual Meeting of the Association for Computational "
         "Linguistics (Volume 1: Long Papers)", 2024),
        ("ACL (1)", 2023),
        ("ACL", None),
        ("Annals of Widgets", 2024),
        ("arXiv", 2024),
        ("", 2024),
    ]  # fmt: skip
    papers = [
        Paper(TITLES[i], venue=x, year=year, identifiers=(f"doi:10.5555/venue.{i}",))
        for i, (x, year) in enumerate(named)
    ]
    store.catalogue.add(papers, NOW)
    return store


def of(*places: int) -> set[str]:
    return {f"doi:10.5555/venue.{i}" for i in places}


def test_venues_are_one_in_all_spellings(programmes: Store) -> None:
    found = [(x.name, x.n_papers, dict(x.years)) for x in programmes.filters.venues()]
    assert found == [("ACL", 4, {2024: 2, 2023: 1}), ("Annals of Widgets", 1, {2024: 1})]


@pytest.mark.parametrize("spelling", ["ACL", "acl", "Proc. ACL 2019", "Annual Meeting of the ACL"])
def test_papers_of_a_venue_by_any_spelling(programmes: Store, spelling: str) -> None:
    assert programmes.filters.of_venue(spelling) == of(0, 1, 2, 3)
    assert programmes.filters.of_venue(spelling, 2024) == of(0, 1)


@pytest.mark.parametrize(
    ("name", "year", "says"),
    [
        ("Anals of Widgets", None, "there are Annals of Widgets"),
        ("arXiv", None, "No paper is of the venue"),
        ("", None, "No paper is of the venue"),
        ("ACL", 1999, "No paper of ACL is of 1999; there are 2024, 2023."),
        ("' OR 1=1 --", None, "No paper is of the venue"),
    ],
)
def test_what_is_no_venue_is_told(
    programmes: Store, name: str, year: int | None, says: str
) -> None:
    with pytest.raises(UnknownVenue, match=re.escape(says)):
        programmes.filters.of_venue(name, year)


def test_venues_follow_the_catalogue(programmes: Store) -> None:
    assert len(programmes.filters.venues()) == 2
    late = Paper("Late", venue="NIPS 2017", year=2017, identifiers=("doi:10.5555/late",))
    programmes.catalogue.add([late], NOW)
    assert programmes.filters.of_venue("NeurIPS", 2017) == {"doi:10.5555/late"}
