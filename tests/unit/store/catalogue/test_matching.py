"""Which records are one work, and what their union looks like."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from stores import NOW, paper

from recommender.domain import Author, Listing, Paper
from recommender.store.catalogue.matching import (
    best_match,
    fingerprint,
    first_author,
    identifying_aliases,
    may_be_same,
    merge_listings,
    merge_papers,
    same_work,
    year_of,
)

TITLE = "A study of long tails"


@pytest.mark.parametrize(
    ("author", "words"),
    [
        (Author("García Márquez", "Gabriel"), ("gabriel", "garcia", "marquez")),
        (Author(literal="Ada Lovelace"), ("ada", "lovelace")),
        (Author("Plato"), ("plato",)),
    ],
)
def test_the_first_author_is_plain_words_family_last(author: Author, words: object) -> None:
    assert first_author(paper(TITLE, authors=(author, Author("Other")))) == words


def test_a_year_comes_from_the_day_where_it_is_not_given() -> None:
    day = datetime(2023, 5, 1, tzinfo=UTC)
    assert year_of(paper(TITLE, published_at=day)) == 2023
    assert year_of(paper(TITLE, published_at=day, year=2024)) == 2024
    assert year_of(paper(TITLE)) is None


@pytest.mark.parametrize(("years", "same"), [((2000, 2001), True), ((2000, 2002), False)])
def test_years_may_differ_by_one(years: tuple[int, int], same: bool) -> None:
    assert same_work(*(paper(TITLE, year=x) for x in years)) is same


def test_a_shared_identifier_outweighs_another_of_the_same_scheme() -> None:
    one = paper(TITLE, "doi:10.1/a", "doi:10.1/b")
    assert same_work(one, paper(TITLE, "doi:10.1/b"))
    assert not same_work(one, paper(TITLE, "doi:10.1/c"))


def test_of_several_possible_papers_only_the_exact_one_is_taken() -> None:
    papers = [paper(TITLE, author="Lee", year=2000), paper(TITLE, author="Kim", year=2000)]
    assert best_match(paper(TITLE, author="Kim", year=2001), papers) == 1
    assert best_match(paper(TITLE, year=2000), papers) is None
    assert best_match(paper(TITLE, year=2000), [*papers, paper(TITLE, year=2000)]) == 2
    assert best_match(paper(TITLE), []) is None


def test_papers_unlike_in_title_and_author_are_not_plausibly_one() -> None:
    soil = paper("Soil acidity over decades", author="Kim")
    assert not may_be_same(paper("Deep nets for vision", author="Lee"), soil)
    assert may_be_same(paper("Deep nets for vision", author="Kim"), soil)
    assert may_be_same(paper("Deep nets for vision"), soil)
    assert may_be_same(paper("Soil acidity revisited", author="Lee"), soil)


def test_a_record_is_evidence_by_its_identifiers_or_its_fingerprint() -> None:
    bare = paper(TITLE, author="Lee", year=2000)
    assert identifying_aliases(paper(TITLE, "s2:1")) == ("s2:1",)
    assert identifying_aliases(bare) == (fingerprint(bare),)
    assert fingerprint(bare) == fingerprint(paper(TITLE.upper(), author="LEE", year=2000))
    for other in (paper(TITLE, author="Lee"), paper(TITLE, year=2000), paper("Of long tails")):
        assert fingerprint(other) != fingerprint(bare)


def test_merging_a_paper_with_itself_changes_nothing() -> None:
    whole = paper(TITLE, "s2:1", abstract="Text.", listings=(Listing("daily", NOW),), year=2000)
    whole = replace(whole, paper_id="s2:1", added_at=NOW)
    assert merge_papers(whole, whole) == whole
    assert merge_papers(whole, Paper(title="")) == whole


def test_a_summary_never_replaces_an_abstract_even_an_absent_one_does() -> None:
    summary = paper(TITLE, abstract="Ours.", abstract_is_summary=True)
    assert merge_papers(paper(TITLE), summary).abstract_is_summary
    assert merge_papers(summary, paper(TITLE)) == replace(summary, paper_id=summary.paper_id)


def test_one_moment_in_two_zones_is_one_listing() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    both = merge_listings([Listing("daily", NOW)], [Listing("daily", east, byline="by Ada")])
    assert both == (Listing("daily", NOW, byline="by Ada"),)


def test_listings_are_sorted_by_day_then_source() -> None:
    days = [
        Listing("b", NOW),
        Listing("a", NOW),
        Listing("z", None),
        Listing("a", NOW - timedelta(1)),
    ]
    assert [(x.source, x.listed_at) for x in merge_listings(days, ())] == [
        ("z", None),
        ("a", NOW - timedelta(1)),
        ("a", NOW),
        ("b", NOW),
    ]


LONG = "A long and particular abstract of one study, told in more words than any formula has. " * 2


def test_a_short_title_with_the_same_abstract_is_one_work() -> None:
    one, other = paper("Hyper-Connections", abstract=LONG), paper("Hyperconnections")
    assert not same_work(replace(one, abstract=""), paper("Hyperconnections", author="Lee"))
    assert same_work(one, replace(other, abstract=LONG.upper(), authors=(Author("Lee"),)))


def test_first_authors_that_changed_places_are_one_work() -> None:
    authors = Author("Long", "J."), Author("Shelhamer", "E.")
    one = paper("Networks for the segmentation of scenes", authors=authors, year=2014)
    other = replace(one, authors=authors[::-1], year=2015)
    assert same_work(one, other)
    assert not same_work(one, replace(other, authors=(Author("Shelhamer"), Author("Kim"))))


def test_an_identifier_that_title_and_authors_speak_against_is_wrong() -> None:
    authors = Author("Tompson"), Author("Goroshin")
    one = paper("Object localization by networks", authors=authors)
    other = paper("Unsupervised coherent metrics", authors=authors[::-1])
    assert not may_be_same(one, other)
    assert may_be_same(one, replace(other, title="Coherent object metrics"))
    assert may_be_same(one, replace(other, authors=authors))
    assert may_be_same(one, replace(other, authors=()))


def test_of_versions_by_one_author_the_nearest_is_chosen() -> None:
    title = "A study of many years"
    versions = [paper(title, author="Lee", year=x) for x in (2014, 2016)]
    assert best_match(paper(title, author="Lee", year=2015), versions) == 0
    assert best_match(paper(title, year=2015), versions) is None
