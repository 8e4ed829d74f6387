"""Searches cut into terms, and operators written into them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.store.catalogue.search_query import (
    Query,
    Term,
    Years,
    format_operator,
    operator_value,
    parse,
    replace_operator,
)


def test_a_search_is_cut_into_its_terms() -> None:
    asked = parse('rays "old glass" -lens author:"Ada Müller" year:2020..2023 -venue:ICML')
    assert asked.terms == (
        Term(("rays",)),
        Term(("old", "glass"), phrase=True),
        Term(("lens",), negated=True),
        Term(("Ada", "Müller"), "author"),
        Term(("ICML",), "venue", negated=True),
    )
    assert asked.years == (Years(2020, 2023),)
    assert asked.free_words == ["rays"]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("year:2020", Years(2020, 2020)),
        ("year:2020-2022", Years(2020, 2022)),
        ("year:2022..2020", Years(2020, 2022)),
        ("year:..2020", Years(None, 2020)),
        ("-year:2020..", Years(2020, None, True)),
        ('year:"2020"', Years(2020, 2020)),
    ],
)
def test_years(text: str, years: Years) -> None:
    assert parse(text) == Query(((years,),))


@pytest.mark.parametrize("text", ["year:soon", "year:", "author:", "year:..", "venue:+", "-year:x"])
def test_an_operator_without_sense_is_named(text: str) -> None:
    asked = parse(f"rays {text}")
    assert (asked.free_words, asked.years, asked.invalid) == (["rays"], (), (text,))


def test_what_is_no_operator_is_words() -> None:
    assert parse("a:b C++ x-ray").free_words == ["a", "b", "C", "x-ray"]
    assert parse('""').empty


def test_words_beyond_the_bound_are_left_out() -> None:
    assert len(parse("a " * 500).free_words) == 64


def test_operators_are_written_read_and_replaced() -> None:
    assert format_operator("author", 'Ada "M" Müller') == 'author:"Ada M Müller"'
    assert format_operator("venue", "  ") == ""
    text = replace_operator("rays", "author", "Ada Müller")
    assert text == 'rays author:"Ada Müller"'
    assert operator_value(text, "author") == "Ada Müller"
    assert replace_operator(text, "author", "Bo") == "rays author:Bo"
    assert replace_operator("rays -author:Bo author:Cy", "author", "") == "rays -author:Bo"


@given(st.text(max_size=80))
def test_every_text_is_a_search(text: str) -> None:
    asked = parse(text)
    assert all(term.words for term in asked.terms)


@given(st.text(max_size=30), st.sampled_from(["author", "venue", "source", "title"]))
def test_a_written_operator_is_read_as_one_term(value: str, operator: str) -> None:
    terms = parse(format_operator(operator, value)).terms
    assert len(terms) <= 1
    assert all(term.field == operator for term in terms)
