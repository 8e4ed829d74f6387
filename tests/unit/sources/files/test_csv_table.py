from __future__ import annotations

import pytest
from reading import reader_of

from recommender.domain import Author
from recommender.errors import SourceError


@pytest.fixture
def read(tmp_path):
    return reader_of("csv", tmp_path)


def test_a_screening_table_is_read_and_its_own_columns_passed_over(read):
    found = read(
        "record_id,title,abstract,year,label_included,duplicate_record_id\n"
        '1,"Toys, or not",<p>A &amp; B.</p>,2006,1,\n'
        "2,Blocks,,2007,0,1\n"
    )
    assert [(x.title, x.abstract, x.year) for x in found.papers] == [
        ("Toys, or not", "A & B.", 2006),
        ("Blocks", "", 2007),
    ]
    assert not found.refused


@pytest.mark.parametrize(
    "name", ["citations", "Cited by", "Times Cited", "n_citation", "citationCount"]
)
def test_a_count_of_citations_goes_by_many_names(read, name):
    found = read(f"title,{name}\nA,12\nB,0\nC,-1\nD,{'9' * 30}\nE,\n")
    assert [x.citations for x in found.papers] == [12, 0, None, None, None]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read, delimiter):
    rows = [["Title ", "AUTHORS", "Publication Year"], ["T", "A Roe", "2001"]]
    found = read("\n".join(delimiter.join(row) for row in rows))
    assert found.papers[0].authors == (Author("Roe", "A"),)
    assert found.papers[0].year == 2001


def test_a_cell_may_span_lines_and_rows_are_numbered_by_their_first(read):
    found = read('title,abstract\nA,"one\n\ntwo"\nB,"say ""hi"""\n')
    assert [(x.line, x.paper.abstract) for x in found.all] == [(2, "one two"), (5, 'say "hi"')]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("A,b,c,d", "4 cells where the header has 3"),
        ("A,b", "2 cells where the header has 3"),
        (",b,2001", "no title"),
        ('"A" x,b,2001', "no row"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_rest_is_read(read, row, why):
    found = read(f"title,abstract,year\nFirst,,\n{row}\nLast,,2001\n")
    assert found.titles == ["First", "Last"]
    assert list(found.refused) == [3]
    assert why in found.refused[3]


@pytest.mark.parametrize("broken", ['B,"never closed', 'B,"never, closed', '"B,never closed'])
@pytest.mark.parametrize("after", [["C,c", "D,d"], ['C,"c c"', '"D",d'], ["C,c"] * 500])
def test_a_quote_left_open_loses_its_own_row_only(read, broken, after):
    found = read("\n".join(["title,abstract", "A,a", broken, *after]))
    assert found.titles == ["A", *[row.strip('"')[0] for row in after]]
    assert list(found.refused) == [3]


def test_blank_rows_and_trailing_commas_are_nothing_to_complain_about(read):
    found = read("title,year\n\n,\nA,2001,,\n  \n")
    assert found.titles == ["A"]
    assert not found.refused


def test_a_row_of_blank_cells_is_no_header(read):
    found = read(" , \ntitle,year\nA,2001\n")
    assert found.titles == ["A"]
    assert not found.refused


def test_a_table_without_titles_says_which_columns_it_has(read):
    with pytest.raises(SourceError, match=r"no title column.*name, colour"):
        read("name,colour\nA,red\n")


def test_a_text_that_only_begins_like_a_table_is_given_up(read):
    with pytest.raises(SourceError, match=r"1,000 rows in turn are unlike the header"):
        read("title,year\n" + "One long line of prose and no table.\n" * 50_000)
