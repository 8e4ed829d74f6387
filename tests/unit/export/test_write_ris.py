"""What we write as RIS, read back by rispy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import rispy
from hypothesis import given
from nasty_papers import NASTY, papers

from recommender.domain import Author, Details, Paper
from recommender.domain.citation_keys import citation_key
from recommender.escaping import one_line
from recommender.export import render


def read(text: str) -> list[dict]:
    return rispy.loads(text)


def test_every_nasty_paper_is_one_record_with_its_title():
    assert [x["title"] for x in read(render(NASTY, "ris"))] == [x.title for x in NASTY]


@given(papers)
def test_title_authors_year_and_ids_come_back(paper):
    (record,) = read(render([paper], "ris"))
    assert record["title"] == one_line(paper.title)
    assert len(record.get("authors", [])) == len(paper.authors)
    assert record.get("year", "") == str(paper.year or "")
    assert record["id"] == citation_key(paper)
    assert record.get("doi", "") == paper.identifier("doi")
    assert record.get("accession_number", "arXiv:") == f"arXiv:{paper.identifier('arxiv')}"


@given(papers)
def test_every_field_is_one_line_with_a_tag(paper):
    lines = render([paper], "ris").splitlines()
    assert all(line[2:6] == "  - " for line in lines)
    assert [x[:2] for x in lines].count("ER") == 1


def test_authors_stand_in_order_with_suffix_last():
    (record, *_) = read(render(NASTY, "ris"))
    assert record["authors"] == [
        "van der Berg, Jan",
        "King, Martin Luther, Jr.",
        "Meta Labs, Inc. and Friends",
        "Souza e Silva, María José",
        "Plato",
        "d'Arcy, Ann-Marie",
        "Øster-Łuk, Żółć",
    ]


def test_the_day_of_publication_is_written_where_it_is_known():
    assert "DA  - 2024/01/03/\r\n" in render(NASTY[:1], "ris")
    assert "DA" not in render([Paper(title="T", year=2024)], "ris")


def test_a_day_of_another_year_than_the_papers_is_not_written():
    early = Paper(title="T", year=2025, published_at=datetime(2024, 12, 30, tzinfo=UTC))
    text = render([early], "ris")
    assert "PY  - 2025\r\n" in text
    assert "DA" not in text


def test_the_year_is_taken_from_the_date_where_it_is_all_that_is_known():
    dated = Paper(title="T", published_at=datetime(2024, 12, 30, tzinfo=UTC))
    assert "PY  - 2024\r\n" in render([dated], "ris")


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("article-journal", "TY  - JOUR\n|T2  - V\n"),
        ("paper-conference", "TY  - CONF\n|T2  - V\n"),
        ("book", "TY  - BOOK\n|PB  - V\n"),
        ("thesis", "TY  - THES\n|PB  - V\n"),
        ("", "TY  - GEN\n|T2  - V\n"),
    ],
)
def test_type_and_venue_follow_what_the_paper_is(kind, lines):
    text = render([Paper(title="T", kind=kind, venue="V")], "ris").replace("\r\n", "\n")
    assert all(line in text for line in lines.split("|"))


def test_a_line_break_in_a_name_cannot_begin_a_field():
    paper = Paper(title="T\nER  - \nTY  - BOOK", authors=(Author("A\nAU  - B", "C"),))
    (record,) = read(render([paper], "ris"))
    assert record["authors"] == ["A AU - B, C"]


def test_lines_end_and_records_end_as_the_specification_has_it():
    text = render(NASTY, "ris")
    assert text.count("\n") == text.count("\r\n")
    assert text.count("\r\nER  - \r\n") == len(NASTY)


@pytest.mark.parametrize(
    ("details", "lines"),
    [
        (Details(pages="12-19"), ["SP  - 12", "EP  - 19"]),
        (Details(pages="e17"), ["SP  - e17"]),
        (Details(pages="1-3, 7-9"), ["SP  - 1-3, 7-9"]),
        (Details(month="11"), ["DA  - 2019/11//"]),
        (Details(month="Spring"), ["DA  - 2019///Spring"]),
        (Details(keywords=("a", "b"), note="n"), ["KW  - a", "KW  - b", "N1  - n"]),
        (Details(files=(":/home/x/t.pdf:PDF", "/y.pdf")), ["L1  - /home/x/t.pdf", "L1  - /y.pdf"]),
        (Details(volume="3", number="2", publisher="H"), ["VL  - 3", "IS  - 2", "PB  - H"]),
    ],
)
def test_details_have_their_tags(details, lines):
    text = render([Paper("T", year=2019, kind="article-journal", details=details)], "ris")
    assert text.split("\r\n")[4:-2] == lines
