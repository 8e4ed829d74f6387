from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reading import reader_of

from recommender.domain import Author


@pytest.fixture
def read(tmp_path):
    return reader_of("refer", tmp_path)


def test_a_record_becomes_a_paper(read):
    (paper,) = read(
        "%0 Journal Article\n%A Lund, Siri\n%A Jan van Dam\n%A Society of Rooms,\n%E Ed, N.\n"
        "%T Carpets\n%J Journal of Things\n%D 2016\n%8 June 3\n%R 10.5555/carpet\n"
        "%X Carpets swallow\nsound.\n%U https://example.org/c\n"
    ).papers
    assert paper.title == "Carpets"
    assert paper.authors == (
        Author("Lund", "Siri"),
        Author("van Dam", "Jan"),
        Author(literal="Society of Rooms"),
    )
    assert paper.published_at == datetime(2016, 6, 3, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("Journal of Things", "article-journal")
    assert paper.abstract == "Carpets swallow sound."
    assert paper.identifiers == ("doi:10.5555/carpet",)


def test_a_type_or_a_blank_line_begins_a_record(read):
    text = "%T A\n%D 2001\n\n%T B\n%0 Book\n%T C\n"
    assert read(text).titles == ["A", "B", "C"]
    assert [x.line for x in read(text).all] == [1, 4, 5]


def test_what_is_no_doi_is_no_identifier(read):
    assert read("%T T\n%R URN:NBN:1\n%R oai:x:10\n").papers[0].identifiers == ()


def test_a_record_without_title_is_refused(read):
    assert read("%E someone").refused == {1: "it has no title"}


def test_a_blank_line_inside_a_record_does_not_end_it(read):
    found = read("%0 Book\n%T A\n\n%A Lund, Siri\n\n%A Dam, Jan\n%T B\n%0 Book\n%D 2001\n")
    assert [(x.title, x.authors[0].family) for x in found.papers] == [("A", "Lund"), ("B", "Dam")]
    assert found.papers[1].year == 2001
