"""Citation keys: readable, unique, and the same whatever else is exported."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nasty_papers import NASTY, papers

from recommender.domain import Author, Paper
from recommender.domain.citation_keys import is_citation_key
from recommender.export.citation_keys import citation_keys

TWIN_A = Paper("Toy models of reading", "doi:10.1000/a", authors=(Author("Ng", "A."),), year=2020)
TWIN_B = Paper("Toy Models of Reading", "doi:10.1000/b", authors=(Author("Ng", "B."),), year=2020)


@pytest.mark.parametrize(
    ("paper", "key"),
    [
        (
            Paper("Deep Residual Learning for Images", authors=(Author("He", "K."),), year=2016),
            "he2016DeepResidualLearning",
        ),
        (
            Paper("The art of BERT", authors=(Author("van der Łuk-Öst", "J."),), year=2020),
            "lukost2020ArtBERT",
        ),
        (Paper("A gift", authors=(Author(literal="Toy Lab, Inc."),)), "toyGift"),
        (Paper("No author", year=1999), "1999NoAuthor"),
        (Paper("On the A", year=None), "OnTheA"),
    ],
)
def test_a_key_is_author_year_and_three_words_with_a_mark(paper, key):
    (made,) = citation_keys([paper])
    assert made[:-5] == key
    assert re.fullmatch(r"-[a-z2-9]{4}", made[-5:])


def test_a_paper_keeps_the_key_it_came_with():
    own = replace(TWIN_A, citation_key="ng:toys+2020")
    assert citation_keys([own, TWIN_B]) == ["ng:toys+2020", *citation_keys([TWIN_B])]


@pytest.mark.parametrize("key", ["a b", "a,b", "a{b", "a#b", "", "...", "a\\b", "a'b", "k" * 201])
def test_what_some_program_cannot_read_is_no_key(key):
    assert not is_citation_key(key)


def test_twins_are_told_apart_by_their_own_ids_in_any_order():
    first, second = citation_keys([TWIN_A, TWIN_B])
    assert first != second
    assert citation_keys([TWIN_B, TWIN_A]) == [second, first]
    assert citation_keys([TWIN_A]) == [first]


def test_other_papers_do_not_change_a_key():
    alone = [citation_keys([x])[0] for x in NASTY]
    assert citation_keys(NASTY) == alone


def test_a_title_without_latin_letters_has_a_key_all_the_same():
    (key,) = citation_keys([Paper("論文", "title:1", year=2001)])
    assert key.startswith("paper2001-")


@given(st.lists(papers, max_size=6))
def test_keys_are_plain_ascii_and_differ_without_regard_to_case(some):
    keys = citation_keys(some)
    assert len({x.casefold() for x in keys}) == len(some)
    assert all(x.isascii() and x.replace("-", "").isalnum() for x in keys)
