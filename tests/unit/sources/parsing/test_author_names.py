from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Author
from recommender.sources.parsing.author_names import bibtex_authors, plain_authors

HALL_VAN_IVES = [Author("Hall", "Ada"), Author("van Ives", "Ben")]


@pytest.mark.parametrize(
    ("field", "authors"),
    [
        ("Fox, Dee and Eve Gray", [Author("Fox", "Dee"), Author("Gray", "Eve")]),
        ("Ludwig van der Berg", [Author("van der Berg", "Ludwig")]),
        ("de la Ros{\\'a}, Ana", [Author("de la Rosá", "Ana")]),
        ("King, Jr., Ola", [Author("King Jr.", "Ola")]),
        ("{Tea and Biscuits Ltd.}", [Author(literal="Tea and Biscuits Ltd.")]),
        ("{\\'E}mile Zorn and others", [Author("Zorn", "Émile")]),
        ("Fran\\c cois~S. Lund", [Author("Lund", "François S.")]),
        ("S{\\o}ren  \n Aa", [Author("Aa", "Søren")]),
        ("family=Berg, prefix=van, given=Jan", [Author("van Berg", "Jan")]),
        ("family=Berg, given=Jan, prefix=van, useprefix=false", [Author("van Berg", "Jan")]),
        ("Plato", [Author("Plato")]),
        ("", []),
        ("{", []),
    ],
)
def test_bibtex_names_are_taken_apart(field, authors):
    assert bibtex_authors(field) == tuple(authors)


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        (["Ada Hall", "Ben van Ives", "et al."], HALL_VAN_IVES),
        ("Ada Hall and Ben Ives", [Author("Hall", "Ada"), Author("Ives", "Ben")]),
        ("Hall, Ada; Ives, Ben", [Author("Hall", "Ada"), Author("Ives", "Ben")]),
        ("Hall, Ada", [Author("Hall", "Ada")]),
        ("Ada Hall, Ben van Ives", HALL_VAN_IVES),
        ("Hall A., Ives B.C.", [Author("Hall", "A."), Author("Ives", "B.C.")]),
        ("Hall, A., Ives, B.", [Author("Hall", "A."), Author("Ives", "B.")]),
        ("['Hall, Ada', \"O'Neill, Bo\"]", [Author("Hall", "Ada"), Author("O'Neill", "Bo")]),
        ("Ada Hall Jr.", [Author("Hall Jr.", "Ada")]),
        ("van Ives", [Author("van Ives")]),
        ([{"family": "Hall", "given": "Ada"}, {"name": "Ben Ives"}, {"literal": "The Club"}],
         [Author("Hall", "Ada"), Author("Ives", "Ben"), Author(literal="The Club")]),
        (None, []),
        ("", []),
    ],
)  # fmt: skip
def test_plain_names_are_taken_apart(value, authors):
    assert plain_authors(value) == tuple(authors)


@pytest.mark.parametrize("value", [7, {"name": "Ada"}, ["Ada", 7], True])
def test_what_holds_no_names_is_told_apart(value):
    assert plain_authors(value) is None


@given(st.text(st.sampled_from("ab{}\\\"', and.;[]~"), max_size=50))
def test_any_text_gives_names_that_are_not_empty(text):
    for authors in (bibtex_authors(text), plain_authors(text)):
        assert all(author.name for author in authors)
