from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reading import reader_of

from recommender.domain import Author


@pytest.fixture
def read(tmp_path):
    return reader_of("refworks", tmp_path)


def test_a_record_becomes_a_paper(read):
    (one,) = read(
        "Exported\nRT Journal Article\nSR Electronic(1)\nA1 Lund,Siri\nA1 Queue Society\n"
        "T1 Queues\nthat walk\nJF Journal of Things\nYR 2012\nFD May 9\nAB Wait.\n"
        "DO 10.5555/queue\nUL https://example.org/q\n"
    ).all
    paper = one.paper
    assert one.line == 2
    assert paper.title == "Queues that walk"
    assert paper.authors == (Author("Lund", "Siri"), Author(literal="Queue Society"))
    assert paper.published_at == datetime(2012, 5, 9, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("Journal of Things", "article-journal")
    assert paper.identifiers == ("doi:10.5555/queue",)
    assert (paper.url, paper.abstract) == ("https://example.org/q", "Wait.")


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Book, Section", "chapter"),
        ("Book, Whole", "book"),
        ("Dissertation/Thesis", "thesis"),
        ("Conference Proceedings", "paper-conference"),
        ("Music Score", ""),
    ],
)
def test_the_reference_type_becomes_a_kind(read, written, kind):
    assert read(f"RT {written}\nT1 T\n").papers[0].kind == kind


def test_a_record_begins_with_its_type_whatever_stands_between(read):
    assert read("RT Book\nT1 A\n\nRT Book\nT1 B\nRT Book\nT1 C\n").titles == ["A", "B", "C"]


def test_a_date_of_another_year_is_not_the_papers(read):
    (paper,) = read("RT Book\nT1 T\nYR 2012\nFD 2011-12-30\n").papers
    assert (paper.year, paper.published_at) == (2012, None)
