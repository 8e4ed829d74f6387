"""What we write as RIS, read back by rispy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import rispy
from hypothesis import given
from nasty_papers import NASTY, papers

from recommender.domain import Author, Paper
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
    assert record["id"] == paper.paper_id
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
    assert "DA  - 2024/01/03/\n" in render(NASTY[:1], "ris")
    assert "DA" not in render([Paper(title="T", year=2024)], "ris")


def test_a_day_of_another_year_than_the_papers_is_not_written():
    early = Paper(title="T", year=2025, published_at=datetime(2024, 12, 30, tzinfo=UTC))
    text = render([early], "ris")
    assert "PY  - 2025\n" in text
    assert "DA" not in text


def test_the_year_is_taken_from_the_date_where_it_is_all_that_is_known():
    dated = Paper(title="T", published_at=datetime(2024, 12, 30, tzinfo=UTC))
    assert "PY  - 2024\n" in render([dated], "ris")


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
    text = render([Paper(title="T", kind=kind, venue="V")], "ris")
    assert all(line in text for line in lines.split("|"))


def test_a_line_break_in_a_name_cannot_begin_a_field():
    paper = Paper(title="T\nER  - \nTY  - BOOK", authors=(Author("A\nAU  - B", "C"),))
    (record,) = read(render([paper], "ris"))
    assert record["authors"] == ["A AU - B, C"]
