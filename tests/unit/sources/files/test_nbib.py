from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reading import reader_of

from recommender.domain import Author


@pytest.fixture
def read(tmp_path):
    return reader_of("nbib", tmp_path)


def test_a_record_becomes_a_paper(read):
    found = read(
        "\nPMID- 99000001\nOWN - NLM\nTI  - Hiccups in choirs: a sung\n      study.\n"
        "DP  - 2018 Oct 9\nAB  - BACKGROUND: Choirs\n      hiccup.\n"
        "FAU - Lund, Siri B\nAU  - Lund SB\nCN  - Group for Silent Music\n"
        "FAU - van der Meer, Jan\nPT  - Journal Article\nJT  - Annals of medicine\nTA  - Ann Med\n"
        "LID - S0140-1 [pii]\nLID - 10.5555/Hiccup [doi]\n"
    )
    (one,) = found.all
    assert one.line == 2
    paper = one.paper
    assert paper.title == "Hiccups in choirs: a sung study."
    assert paper.abstract == "BACKGROUND: Choirs hiccup."
    assert paper.authors == (
        Author("Lund", "Siri B."),
        Author(literal="Group for Silent Music"),
        Author("van der Meer", "Jan"),
    )
    assert paper.published_at == datetime(2018, 10, 9, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("Annals of medicine", "article-journal")
    assert paper.identifiers == ("doi:10.5555/hiccup", "pmid:99000001")


def test_short_names_serve_where_no_full_one_stands(read):
    (paper,) = read("PMID- 1\nTI  - T\nAU  - van der Meer J\nAU  - Leipzig, Jeremy\n").papers
    assert paper.authors == (Author("van der Meer", "J"), Author("Leipzig", "Jeremy"))


@pytest.mark.parametrize("between", ["\n", "\n\n\n", ""])
def test_the_next_number_or_a_blank_line_begins_a_record(read, between):
    found = read(f"PMID- 1\nTI  - A\n{between}PMID- 2\nTI  - B\n")
    assert [x.identifiers for x in found.papers] == [("pmid:1",), ("pmid:2",)]


def test_the_electronic_day_serves_where_the_issue_has_none(read):
    assert read("PMID- 1\nTI  - T\nDP  - 2016 May\nDEP - 20160217\n").papers[0].published_at == (
        datetime(2016, 2, 17, tzinfo=UTC)
    )
    assert read("PMID- 1\nTI  - T\nDP  - 2016 May\nDEP - 20151217\n").papers[0].published_at is None


def test_a_book_is_titled_as_a_book(read):
    (paper,) = read("PMID- 1\nBTI - Whole\nPT  - Book\n").papers
    assert (paper.title, paper.kind) == ("Whole", "book")


def test_tags_may_be_written_without_blanks(read):
    found = read("PMID-12\nTI-T\nPMC -3\n")
    assert found.titles == ["T"]
    assert found.papers[0].identifiers == ("pmid:12",)


def test_a_record_without_title_is_refused_by_its_line(read):
    assert read("\n\nPMID- 1\nPT  - Editorial\n").refused == {3: "it has no title"}


def test_a_blank_line_inside_a_record_does_not_end_it(read):
    found = read("PMID- 1\nTI  - A\nAB  - One.\n\nFAU - Lund, Siri\n\nPMID- 2\nTI  - B\n")
    assert found.titles == ["A", "B"]
    assert [x.name for x in found.papers[0].authors] == ["Siri Lund"]


def test_records_without_numbers_are_told_apart(read):
    assert read("OWN - E\nTI  - A\nAU  - Lund S\n\nOWN - E\nTI  - B\n").titles == ["A", "B"]
