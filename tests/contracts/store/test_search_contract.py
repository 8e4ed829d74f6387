"""Words to papers, on every database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, event
from stores import NOW, paper

from recommender.domain import Author, Listing
from recommender.store import Store
from recommender.store.catalogue import search

RECORDS = [
    paper("Long-tailed recognition", "arxiv:2401.00001", abstract="Classes with few samples."),
    paper("Learning from few samples", "arxiv:2401.00002", abstract="Recognition is long studied."),
    paper("A compiler for C++ templates", "arxiv:2401.00003", author="Müller"),
    paper("Graph neural networks", "doi:10.1000/xyz", authors=(Author(literal="The Rays Group"),)),
]

OPERATORS = ["*", '"', "'", '"unclosed', "(", "^a", "a*b*", "%_", "\\", "&|!<->", "a:b"]
OPERATORS += ["NOT", "OR", "'';--", "{a}:", "+", "日本"]
HOSTILE = [*OPERATORS, "", " ", "a OR", "NEAR(a b)", "AND AND", "'; DROP TABLE paper; --"]
HOSTILE += ["\x00", "\ud800", "x" * 10_000, "a " * 5_000]


def test_of_very_many_papers_with_a_word_the_last_ones_are_ranked_and_it_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [paper(f"Bees of hive {i}", f"arxiv:2401.{i:05}") for i in range(8)]
    records[1] = paper("Bees and bees and more bees", "arxiv:2401.00001")
    store.catalogue.add(records, NOW)
    assert ids(store, "bees")[0] == "arxiv:2401.00001"
    monkeypatch.setattr(search, "MAX_RANKED", 5)
    found = store.catalogue.find("bees", 3)
    last = {f"arxiv:2401.{i:05}" for i in range(3, 8)}
    assert {x for x, _ in found.hits} < last
    assert found.total == 5
    assert found.notes == (search.CAPPED.format(5),)
    assert len(ids(store, "bees")) == 8, "who asks for more gets all of them"
    narrow = store.catalogue.find("bees author:nobody", 3)
    assert not narrow.capped
    assert store.catalogue.find("bees year:2000-", 3).notes == ()
    assert store.catalogue.find("hive bees", 3).capped


def test_what_is_limited_costs_two_statements_and_is_not_counted_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.catalogue.add([paper(f"Bees of hive {i}", f"arxiv:2401.{i:05}") for i in range(8)], NOW)
    monkeypatch.setattr(search, "MAX_RANKED", 5)
    asked: list[str] = []

    def listen(*given: Any) -> None:
        asked.append(given[2])

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        assert store.catalogue.find("bees", 3).total == 5
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    looked = [x for x in asked if "wanted" in x or "MATCH" in x]
    assert len(looked) == 2
    assert "OFFSET" in looked[0]
    assert not any("count(*)" in x for x in looked)


@pytest.fixture
def library(store: Store) -> Store:
    store.catalogue.add(RECORDS, NOW)
    return store


def ids(store: Store, query: str, n: int = 20) -> list[str]:
    return [paper_id for paper_id, _ in store.catalogue.search(query, n)]


def test_a_word_in_the_title_weighs_more_than_in_the_abstract(library: Store) -> None:
    assert ids(library, "recognition") == ["arxiv:2401.00001", "arxiv:2401.00002"]
    assert ids(library, "few samples") == ["arxiv:2401.00002", "arxiv:2401.00001"]


def test_all_words_come_before_any_word(library: Store) -> None:
    assert ids(library, "graph networks") == ["doi:10.1000/xyz"]
    assert set(ids(library, "graph templates")) == {"doi:10.1000/xyz", "arxiv:2401.00003"}


def test_words_match_in_other_forms_and_by_their_beginning(library: Store) -> None:
    assert ids(library, "GRAPHS NETWORK") == ["doi:10.1000/xyz"]
    assert ids(library, "templ") == ["arxiv:2401.00003"]


def test_authors_are_found(library: Store) -> None:
    assert ids(library, "müller") == ["arxiv:2401.00003"]
    assert ids(library, "rays group") == ["doi:10.1000/xyz"]


def test_an_identifier_finds_its_paper(library: Store) -> None:
    for query in ("2401.00003v2", "https://arxiv.org/abs/2401.00003", "arxiv:2401.00003"):
        assert ids(library, query) == ["arxiv:2401.00003"]
    assert ids(library, "10.1000/XYZ") == ["doi:10.1000/xyz"]


def test_scores_fall_and_stay_above_zero(library: Store) -> None:
    scores = [score for _, score in library.catalogue.search("few samples recognition learning")]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0
    assert len(ids(library, "recognition", 1)) == 1
    assert ids(library, "recognition", 0) == []


@pytest.mark.parametrize(
    "query", ["C++", "c++ templates", "a:compiler", "title:compiler", "- compiler", "c-compiler"]
)
def test_punctuation_is_not_an_operator(library: Store, query: str) -> None:
    assert "arxiv:2401.00003" in ids(library, query)


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_is_an_error(library: Store, query: str) -> None:
    assert isinstance(library.catalogue.search(query), list)
    assert library.catalogue.count() == 4


def test_the_index_follows_changes_and_merges(library: Store) -> None:
    add = library.catalogue.add
    add([paper("Graph neural networks", "doi:10.1000/xyz", abstract="About molecules.")], NOW)
    assert ids(library, "molecules") == ["doi:10.1000/xyz"]
    add([paper("Graph neural network survey", "doi:10.1000/xyz", "arxiv:2401.00002")], NOW)
    # The three are versions of one work, which shows the published one.
    assert ids(library, "graph neural molecules") == ["arxiv:2401.00002"]
    assert ids(library, "few samples") == ["arxiv:2401.00001"]


FIELDED = [
    paper("Rays in old glass", "arxiv:2001.00001", author="Müller", year=2020, venue="NeurIPS"),
    paper("Rays in new glass", "arxiv:2301.00002", author="Muller", year=2023, venue="ICML 2023"),
    paper(
        "Müller and the rays",
        "doi:10.1000/two",
        year=2021,
        venue="Journal of Glass",
        authors=(Author(family="Will", given="Ann"),),
        listings=(Listing("hf-daily-papers", NOW),),
    ),
    paper("No year on old rays of glass", "doi:10.1000/none", abstract="Old rays, new glass."),
]
OLD, NEW, TWO, NONE = "arxiv:2001.00001", "arxiv:2301.00002", "doi:10.1000/two", "doi:10.1000/none"


@pytest.fixture
def fielded(store: Store) -> Store:
    store.catalogue.add(FIELDED, NOW)
    return store


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("author:müller", {OLD, NEW}),
        ("author:MULLER rays", {OLD, NEW}),
        ("-author:muller rays", {TWO, NONE}),
        ('author:"ada muller"', {OLD, NEW}),
        ("author:will", {TWO}),
        ("title:muller", {TWO}),
        ("müller", {OLD, NEW, TWO}),
        ("year:2020", {OLD}),
        ("year:2020..2021", {OLD, TWO}),
        ("year:2021..2020", {OLD, TWO}),
        ("year:2021..", {NEW, TWO}),
        ("year:..2021 rays", {OLD, TWO}),
        ("-year:2020..2022", {NEW, NONE}),
        ("venue:neurips", {OLD}),
        ('venue:"journal of glass"', {TWO}),
        ("venue:icml rays", {NEW}),
        ("source:daily", {TWO}),
        ("source:hf-daily-papers", {TWO}),
        ("source:arxiv", {OLD, NEW}),
        ("-source:arxiv glass", {TWO, NONE}),
        ("source:doi year:2021", {TWO}),
        ('"old glass"', {OLD}),
        ('"glass old"', set()),
        ('rays -"old glass"', {NEW, TWO, NONE}),
        ("rays -new", {OLD, TWO}),
        ("-rays", set()),
        ("AUTHOR:müller Year:2020", {OLD}),
    ],
)
def test_operators_choose(fielded: Store, query: str, expected: set[str]) -> None:
    assert set(ids(fielded, query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        "author:",
        "year:",
        "year:x",
        "year:2020..x",
        "year:99999",
        'author:"',
        'source:"%_\\',
        "-",
        "--",
        "- -",
        '-"',
        '"""',
        "source:%",
        "source:_",
        "year:1..2..3",
        "author:author:author:",
        "venue:'';--",
        "½ ⑴ ŉ ﷺ",
        "title:½",
    ],
)
def test_half_an_operator_is_no_error(fielded: Store, query: str) -> None:
    assert isinstance(fielded.catalogue.search(f"{query}"), list)
    assert isinstance(fielded.catalogue.search(f"rays {query} glass"), list)


def test_an_operator_without_sense_is_left_out(fielded: Store) -> None:
    assert set(ids(fielded, "title:glass year:soon author:")) == {OLD, NEW, NONE}


def test_filters_hold_when_words_are_looked_for_one_by_one(fielded: Store) -> None:
    assert ids(fielded, "glass unheard year:2020") == [OLD]
    assert ids(fielded, 'glass unheard "new glass"') == [NEW, NONE]


def test_the_newest_come_first_where_nothing_ranks_or_it_is_asked_for(fielded: Store) -> None:
    assert ids(fielded, "author:muller") == [NEW, OLD]
    found = fielded.catalogue.search("rays glass", newest=True)
    assert [x for x, _ in found] == [NEW, TWO, OLD, NONE]


def test_the_index_of_venues_follows_changes(fielded: Store) -> None:
    fielded.catalogue.add([paper("No year on old rays of glass", NONE, venue="Opticon")], NOW)
    assert ids(fielded, "venue:opticon") == [NONE]


def test_a_paper_without_a_year_is_of_the_year_it_was_first_listed(store: Store) -> None:
    listed = (Listing("hf-daily-papers", NOW), Listing("feed", NOW.replace(year=2024)))
    store.catalogue.add([paper("Rays", "arxiv:2401.00001", listings=listed)], NOW)
    assert ids(store, "year:2024 rays") == ["arxiv:2401.00001"]
    assert ids(store, "year:2026") == []
    assert ids(store, "-year:2024") == []
