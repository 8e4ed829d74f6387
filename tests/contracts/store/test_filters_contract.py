"""What every store's filters let through, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stores import NOW

from recommender.domain import Listing, Paper
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
