"""Tables that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nasty_papers import NASTY, papers

from recommender.domain import Author, Paper
from recommender.escaping import one_line, original_cell, safe_cell
from recommender.export import render


def read(some: list[Paper] | tuple[Paper, ...]) -> list[dict[str, str]]:
    bytes_of_file = render(some, "csv").encode()
    return list(csv.DictReader(io.StringIO(bytes_of_file.decode("utf-8-sig"), newline="")))


def test_a_byte_order_mark_tells_excel_that_it_is_utf_8():
    assert render([Paper("Ångström")], "csv").encode().startswith(b"\xef\xbb\xbfid,title")


@given(papers)
def test_title_year_and_ids_come_back(paper):
    (row,) = read([paper])
    assert original_cell(row["title"]) == one_line(paper.title)
    assert row["year"] == str(paper.year or "")
    assert row["id"] == paper.paper_id
    assert (row["doi"], row["arxiv"]) == (paper.identifier("doi"), paper.identifier("arxiv"))
    others = {x for x in paper.identifiers if not x.startswith(("doi:", "arxiv:"))}
    assert set(row["identifiers"].split()) >= others


@given(papers)
def test_no_cell_begins_like_a_formula_and_none_breaks_its_line(paper):
    text = render([paper], "csv")
    assert len(text.splitlines()) == 2
    assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in read([paper])[0].values())


@given(st.text(alphabet="'=+-@a ＝\t", max_size=6))
def test_the_apostrophe_can_be_taken_off_again(text):
    assert original_cell(safe_cell(text)) == text


UNSEEN = [
    "\u200b",
    "\ufeff",
    "\u2060",
    "\u202e",
    "\u00ad",
    "\u00a0",
    "\ufe0f",
    "\U000e0020",
    "\u3164",
    "\U0001bca0",
    "\U0001d173",
]


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "﹦"])
def test_a_formula_behind_what_is_not_seen_is_a_formula(unseen, sign):
    title = f"{unseen}{unseen}{sign}HYPERLINK(1)"
    assert safe_cell(title) == f"'{title}"
    (row,) = read([Paper(title=title)])
    assert original_cell(row["title"]) == one_line(title)
    assert row["title"].startswith("'")


@given(st.text(alphabet=["'", "=", "a", *UNSEEN], max_size=6))
def test_the_apostrophe_can_be_taken_off_again_behind_what_is_not_seen(text):
    assert original_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["'quoted' word", "plain", "", "'", "3 = 3", "a@b"])
def test_what_is_no_formula_is_written_as_it_is(text):
    assert safe_cell(text) == text


def test_authors_stand_in_order_and_corporate_names_whole():
    assert read(NASTY)[0]["authors"].split("; ")[:4] == [
        "van der Berg, Jan",
        "King Jr., Martin Luther",
        "{Meta Labs, Inc. and Friends}",
        "Souza e Silva, María José",
    ]


def test_a_negative_year_and_an_author_called_minus_are_no_formulas():
    (row,) = read([Paper(title="T", year=-44, authors=(Author(literal="-2+3"),))])
    assert (row["year"], row["authors"]) == ("'-44", "{-2+3}")


def test_a_summary_of_ours_is_marked():
    assert [x["abstract_is_summary"] for x in read(NASTY)][:2] == ["", "true"]
