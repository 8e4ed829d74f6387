"""Words to papers, on every database."""

from __future__ import annotations

import pytest
from stores import NOW, paper

from recommender.domain import Author
from recommender.store import Store

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
    assert ids(library, "graph neural molecules") == []
    assert ids(library, "few samples") == ["arxiv:2401.00002", "arxiv:2401.00001"]
