"""Names are taken apart only where the parts are certain."""

from __future__ import annotations

import pytest

from recommender.domain import Author
from recommender.export.author_names import NameParts, known_names, name_parts


@pytest.mark.parametrize(
    ("author", "parts"),
    [
        (Author("van der Berg", "Jan"), NameParts("Jan", "van der", "Berg")),
        (Author("de la Fuente III", "Ana"), NameParts("Ana", "de la", "Fuente", "III")),
        (Author("'t Hooft", "G."), NameParts("G.", "'t", "Hooft")),
        (Author("d'Arcy", "Ann"), NameParts("Ann", "", "d'Arcy")),
        (Author("van den", "Jo"), NameParts("Jo", "van", "den")),
        (Author("hooks", "bell"), NameParts("bell", "", "hooks")),
        (Author("García Márquez", "G."), NameParts("G.", "", "García Márquez")),
        (Author("Lee", "Bo, Jr."), NameParts("Bo", "", "Lee", "Jr.")),
        (Author("Jr.", "Lee"), NameParts("Lee", "", "Jr.")),
        (Author("", "Cher"), NameParts(literal="Cher")),
        (Author(literal="Toy, Inc."), NameParts(literal="Toy, Inc.")),
    ],
)
def test_a_name_falls_into_its_parts(author, parts):
    assert name_parts(author) == parts


def test_authors_without_any_name_are_left_out():
    assert known_names((Author(), Author("Ng", "A"), Author(" ", "\n"))) == [
        NameParts("A", "", "Ng")
    ]
