from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Author
from recommender.sources.parsing.author_names import bibtex_byline, plain_author, plain_authors

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
    assert bibtex_byline(field)[0] == tuple(authors)


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
    for authors in (bibtex_byline(text)[0], plain_authors(text)):
        assert all(author.name for author in authors)


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Vogel, Mo and \\v{C}apek, Karel and \\L ukasz, Jan", "Mo Vogel;Karel Čapek;Jan Łukasz"),
        ('\\AA{}berg, A and \\"Ozt\\"urk, B and {\\O}st, C', "A Åberg;B Öztürk;C Øst"),
        ("Mo Vogel and \\'Emile Zola and \\O st", "Mo Vogel;Émile Zola;Øst"),
        ("\\c{S}en, A and \\k{A}x, B and \\DJ or, C and \\TH or, D", "A Şen;B Ąx;C Đor;D Þor"),
    ],
)
def test_no_name_loses_a_letter_that_is_a_latex_command(field, names):
    assert [x.name for x in bibtex_byline(field)[0]] == names.split(";")


@pytest.mark.parametrize(
    "byline",
    [
        "Mo Vogel; Ines Larsen; Chi Okafor",
        "Vogel, Mo; Larsen, Ines; Okafor, Chi;",
        "Vogel, Mo and and Larsen, Ines and Okafor, Chi and",
        "Vogel, Mo AND Larsen, Ines\n and\n Okafor, Chi",
        "Mo Vogel, Ines Larsen and Chi Okafor",
        "Mo Vogel, Ines Larsen, and Chi Okafor",
        "Mo Vogel, Ines Larsen, Chi Okafor, et al.",
        "Mo Vogel, Ines Larsen \\& Chi Okafor",
        "Vogel, Mo, Larsen, Ines, Okafor, Chi",
        "Vogel, Mo, Larsen, Ines \\& Okafor, Chi, et~al.",
        "Mo Vogel and Ines Larsen and Chi Okafor \\emph{et al.}",
        "Mo Vogel and Ines Larsen and Chi Okafor and {et al.}",
        "Mo Vogel and Ines Larsen and Chi Okafor and 12 others, ",
    ],
)
def test_bylines_are_taken_apart_as_people_write_them(byline):
    assert [x.name for x in bibtex_byline(byline)[0]] == ["Mo Vogel", "Ines Larsen", "Chi Okafor"]


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("{Ministry for Rivers and Lakes; Waters, Ponds}", Author(literal="Ministry for Rivers "
         "and Lakes; Waters, Ponds")),
        ("Procter \\& Gamble", Author(literal="Procter & Gamble")),
        ("Garc{\\'\\i}a M\\'arquez, Gabriel Jos\\'e", Author("García Márquez", "Gabriel José")),
        ("de la Cruz, Juan, III", Author("de la Cruz III", "Juan")),
        ("G&oacute;mez, Jos&eacute;", Author("Gómez", "José")),
        ("Mehta, U. A.", Author("Mehta", "U. A.")),
        ("Ines Larsen, PhD", Author("Larsen", "Ines")),
    ],
)  # fmt: skip
def test_one_name_stays_one(byline, author):
    assert bibtex_byline(byline) == ((author,), True)


def test_a_byline_that_is_not_certain_stays_one_literal():
    authors, understood = bibtex_byline("Carpenter, G. Grossberg, S. and Vogel, Mo")
    assert authors == (Author(literal="Carpenter, G. Grossberg, S."), Author("Vogel", "Mo"))
    assert not understood


def test_plain_text_bylines_end_in_no_others():
    assert plain_authors("Ada Hall, Ben van Ives, et al.") == tuple(HALL_VAN_IVES)
    assert plain_authors("Ada Hall and and Ben van Ives") == tuple(HALL_VAN_IVES)


def test_a_degree_after_a_name_is_no_given_name():
    assert plain_author("Ada Hall, M.D.") == Author("Hall", "Ada")
    assert plain_author("Hall, Md") == Author("Hall", "Md")


@pytest.mark.parametrize("byline", ["Vogel M.; Larsen I. K.; et al.", "Vogel M. and Larsen I. K."])
def test_initials_at_the_end_are_given_names(byline):
    assert bibtex_byline(byline)[0] == (Author("Vogel", "M."), Author("Larsen", "I. K."))
    assert bibtex_byline("M. Vogel and Malcolm X")[0] == (
        Author("Vogel", "M."),
        Author("X", "Malcolm"),
    )
