from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reading import reader_of

from recommender.domain import Author
from recommender.sources.parsing import tagged_lines


@pytest.fixture
def read(tmp_path):
    return reader_of("web-of-science", tmp_path)


def test_a_record_becomes_a_paper(read):
    (one,) = read(
        "FN Somebody\nVR 1.0\nPT J\nAU Lund, SB\n   Moss, L\nAF Lund, Siri B.\n   Moss, Lou\n"
        "CA Puddle Group\nTI Puddles as\n   mirrors\nSO JOURNAL OF THINGS\nDT Article\n"
        "AB They show\n   the sky.\nPD OCT 9\nPY 2013\nDI 10.5555/puddle\nPM 77\nER\n\nEF\n"
    ).all
    paper = one.paper
    assert one.line == 3
    assert paper.title == "Puddles as mirrors"
    assert paper.abstract == "They show the sky."
    assert paper.authors == (
        Author("Lund", "Siri B."),
        Author("Moss", "Lou"),
        Author(literal="Puddle Group"),
    )
    assert paper.published_at == datetime(2013, 10, 9, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("JOURNAL OF THINGS", "article-journal")
    assert paper.identifiers == ("doi:10.5555/puddle", "pmid:77")


def test_the_larger_of_two_counts_of_citations_is_kept(read):
    counted = read("PT J\nTI A\nTC 3\nZ9 5\nER\nPT J\nTI B\nTC many\nER\nPT J\nTI C\nTC 0\nER\n")
    assert [x.citations for x in counted.papers] == [5, None, 0]


def test_short_names_and_semicolons_serve_too(read):
    (paper,) = read("PT J\nAU Lund, SB\n   Moss, L\nTI T\nER\n").papers
    assert paper.authors == (Author("Lund", "S. B."), Author("Moss", "L."))
    (paper,) = read("PT J\nAU Lund, Siri; Moss, Lou\nTI T\nER\n").papers
    assert [x.family for x in paper.authors] == ["Lund", "Moss"]


def test_a_month_is_no_day(read):
    (paper,) = read("PT J\nTI T\nPD OCT\nPY 2013\nER\n").papers
    assert (paper.year, paper.published_at) == (2013, None)


def test_a_record_that_is_not_closed_is_kept(read):
    assert read("PT J\nTI A\nPT J\nTI B\nER\nPT J\nTI C").titles == ["A", "B", "C"]


def test_a_record_too_long_is_left_out_and_named(read, monkeypatch):
    monkeypatch.setattr(tagged_lines, "MAX_RECORD", 1_000)
    found = read("PT J\nTI A\nER\nPT J\nTI B\n" + "   word\n" * 900 + "ER\nPT J\nTI C\nER\n")
    assert found.titles == ["A", "C"]
    assert list(found.document.damaged) == [4]


def test_a_record_needs_neither_its_type_nor_its_end(read):
    text = (
        "FN X\nVR 1.0\nTI A\nAU Lund, S\nPY 2001\nER\n\nsome remark\n"
        "PT J\nTI B\n\nPY 2002\nPT J\nTI C\n"
    )
    years = [(x.title, x.year) for x in read(text).papers]
    assert years == [("A", 2001), ("B", 2002), ("C", None)]
