"""Where the words of a search stand in a text."""

from __future__ import annotations

import pytest

from recommender.store.catalogue.highlight import excerpt, hits
from recommender.store.catalogue.search_query import parse


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        (
            "predict",
            "We predicted what predictions predict.",
            ["predicted", "predictions", "predict"],
        ),
        ("ZOË", "Zoe and zoë", ["Zoe", "zoë"]),
        ("pretraining", "Pre-training, pretrained", ["Pre-training", "pretrained"]),
        ("pre-training", "Pretraining before training", ["Pretraining", "training"]),
        ("covid19", "COVID-19 and COVID", ["COVID-19"]),
        ('"neural nets"', "Neural net of nets; neural deep nets", ["Neural net"]),
        ("潮汐预测", "基于潮汐预测的潮汐", ["潮汐预测"]),
        ("T细胞", "用于T细胞受体", ["T", "细胞"]),
        ("rain -snow", "rain and snow", ["rain"]),
        ("author:rain snow", "rain and snow", ["snow"]),
        ("title:rain OR snow", "rain and snow", ["rain", "snow"]),
        ("year:2020", "2020", []),
        ("", "text", []),
        ("x", "", []),
    ],
)
def test_hits_in_a_title(query: str, text: str, expected: list[str]) -> None:
    found = hits(text, parse(query), "title")
    assert [text[a:b] for a, b in found] == expected


def test_names_are_marked_as_they_are_written() -> None:
    text = "Sergey Levine, Bo Levin"
    for query in ("author:levine", "levine"):
        assert [text[a:b] for a, b in hits(text, parse(query), "author")] == ["Levine"]


def test_beginnings_are_marked_in_a_loosened_search_alone() -> None:
    text = "Template metaprogramming"
    assert hits(text, parse("templ"), "title") == []
    assert hits(text, parse("templ"), "title", loosened=True) == [(0, 8)]


def test_an_excerpt_is_around_the_first_hit() -> None:
    text = "word " * 200 + "moraine " + "word " * 200
    piece, spans = excerpt(text, hits(text, parse("moraine"), "abstract"), 100)
    assert [piece[a:b] for a, b in spans] == ["moraine"]
    assert len(piece) <= 104
    assert piece.startswith("… word")
    assert piece.endswith(" …")
    assert excerpt("short moraine", [(6, 13)]) == ("short moraine", [(6, 13)])
