"""Names as features: one person is one name, however a file writes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from recommender.domain import Author, Paper
from recommender.features import Features
from recommender.features.authors import (
    MAX_AUTHORS,
    AuthorFeatures,
    may_be_one,
    names_of,
    surely_one,
)


@pytest.mark.parametrize(
    "author",
    [
        Author("Lovelace", "Ada"),
        Author("Lovelace", "Ada K."),
        Author(literal="Ada Lovelace"),
        Author(literal="Lovelace, Ada"),
        Author("Lovelace Jr.", "Ada"),
        Author("LOVELACE", "Áda"),
    ],
    ids=str,
)
def test_one_person_is_known_by_the_same_names(author: Author) -> None:
    assert names_of(author) == ("lovelace a", "lovelace ada")


@pytest.mark.parametrize(
    ("author", "names"),
    [
        (Author("Lovelace", "A."), ("lovelace a",)),
        (Author("van der Berg", "Jan"), ("berg j", "berg jan")),
        (Author(literal="Jan van der Berg"), ("berg j", "berg jan")),
        (Author(literal="Plato"), ("plato",)),
        (Author(literal="王伟"), ("王伟",)),
        (Author("O'Neil", "Jean-Luc"), ("neil j", "neil jean")),
        (Author(literal="42 & <b>"), ("b",)),
        (Author(literal="—"), ()),
        (Author(), ()),
    ],
    ids=str,
)
def test_names_of_all_kinds(author: Author, names: tuple[str, ...]) -> None:
    assert names_of(author) == names


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("Shuo Yang", "Shuo Yang", True),
        ("Shuo Yang", "Shuai Yang", False),
        ("S. Yang", "Shuai Yang", True),
        ("Shuo Yang", "Yang, S.", True),
        ("Shuo Yang", "Shuo Wang", False),
        ("Plato", "Plato", True),
        ("—", "—", False),
    ],
)
def test_given_names_that_differ_are_two_people(one: str, other: str, may: bool) -> None:
    assert may_be_one(Author(literal=one), Author(literal=other)) is may


def test_initials_meet_full_names_and_full_names_tell_people_apart() -> None:
    papers = [
        Paper("a", "x:1", authors=(Author("Wang", "Wei"),)),
        Paper("b", "x:2", authors=(Author("Wang", "W."),)),
        Paper("c", "x:3", authors=(Author("Wang", "Wen"),)),
    ]
    rows = AuthorFeatures.fit(papers).transform(papers)
    products = (rows @ rows.T).toarray()
    assert products[0, 1] > products[0, 2] > 0


def test_the_same_people_come_to_one_and_a_name_on_every_second_paper_to_little() -> None:
    pair = (Author("Lovelace", "Ada"), Author("Bell", "Bob"))
    papers = [Paper("a", f"x:{i}", authors=(Author(literal="Anonymous"),)) for i in range(50)]
    papers += [Paper("b", f"y:{i}", authors=(Author(literal="N" + "o" * i),)) for i in range(48)]
    papers += [Paper("c", f"z:{i}", authors=pair) for i in range(2)]
    rows = AuthorFeatures.fit(papers).transform(papers)
    assert (rows[0] @ rows[1].T).toarray()[0, 0] < 0.15
    assert 0.7 < (rows[98] @ rows[99].T).toarray()[0, 0] <= 1


def test_a_name_that_was_never_seen_and_a_paper_by_nobody_are_empty_rows() -> None:
    known = AuthorFeatures.fit([Paper("a", "x:1", authors=(Author(literal="Ada L"),))])
    rows = known.transform([Paper("b", "x:2", authors=(Author(literal="Bob M"),)), Paper("c", "x")])
    assert rows.nnz == 0


def test_of_thousands_of_authors_the_first_ones_count() -> None:
    crowd = Paper("a", "x:1", authors=tuple(Author(literal=f"N{i}") for i in range(3000)))
    letters = tuple(Author(literal="Q" + chr(97 + i % 26) + chr(97 + i // 26)) for i in range(600))
    assert len(AuthorFeatures.fit([crowd]).terms_) == 1
    assert len(AuthorFeatures.counted(Paper("a", "x:1", authors=letters))) == MAX_AUTHORS


def test_features_keep_the_authors_through_growth_and_storage() -> None:
    papers = [
        Paper("ant bee", "x:1", authors=(Author("Lovelace", "Ada"),)),
        Paper("ant cow", "x:2"),
        Paper("dog", "x:3", authors=(Author("Hopper", "Grace"),)),
    ]
    later = Paper("elk", "x:4", authors=(Author("Hopper", "G."), Author("New", "Nell")))
    features = Features.of_papers(papers).with_papers([later])
    again = Features.from_arrays(features.arrays())
    for found in (features, again):
        assert found.authors.terms_ == ("hopper g", "hopper grace", "lovelace a", "lovelace ada")
        assert np.diff(found.paper_authors.indptr).tolist() == [2, 0, 2, 1]


def catalogue_of(*names: str) -> AuthorFeatures:
    authors = [Paper(title=f"t{i}", authors=(Author(literal=x),)) for i, x in enumerate(names)]
    return AuthorFeatures.fit(authors)


COMMON = [f"{x} Wang" for x in ("Lei", "Lin", "Li", "Ling", "Long", "Luo", "Liang")]


@pytest.mark.parametrize(
    ("author", "other", "others", "surely"),
    [
        ("Ada Lovelace", "Ada Lovelace", (), True),
        ("Ada Lovelace", "A. Lovelace", (), True),
        ("A. Lovelace", "A. Lovelace", (), True),
        ("Ada Lovelace", "Alan Lovelace", (), False),
        ("Shuo Yang", "Shuo Yang", ("Shuai Yang",), True),
        ("Shuo Yang", "S. Yang", ("Shuai Yang",), False),
        ("S. Yang", "S. Yang", ("Shuai Yang",), True),
        ("S. Yang", "S. Yang", ("Shuai Yang", "Shuo Yang"), False),
        ("L. Wang", "L. Wang", ("L. Wang",) * 9 + ("Ada Lovelace",), False),
        ("Lei Wang", "Lei Wang", COMMON, False),
    ],
)
def test_a_common_name_or_initials_of_several_people_prove_nobody(
    author: str, other: str, others: Sequence[str], surely: bool
) -> None:
    mine, theirs = Author(literal=author), Author(literal=other)
    known = catalogue_of(author, other, *others)
    assert surely_one(mine, [theirs], [mine], known) is surely


def test_a_common_name_is_the_same_person_where_a_coauthor_is() -> None:
    lei, ada = Author(literal="Lei Wang"), Author(literal="Ada Lovelace")
    known = catalogue_of("Lei Wang", "Ada Lovelace", *COMMON)
    assert surely_one(lei, [lei, ada], [ada, lei], known)
    assert not surely_one(lei, [lei, ada], [lei], known)
    assert not surely_one(Author(literal="L. Wang"), [lei, ada], [ada], known)
