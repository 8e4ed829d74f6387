from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from reading import reader_of

from recommender.domain import Author, Listing
from recommender.sources.file_format import MAX_ABSTRACT, MAX_TITLE


@pytest.fixture
def read(tmp_path):
    return reader_of("jsonl", tmp_path)


def line(**fields: object) -> str:
    return json.dumps(fields) + "\n"


def test_a_record_of_the_daily_page_keeps_its_day_and_votes(read):
    text = line(
        id="2401.00011", title="T", published="2024-01-05T10:00:00Z", daily="2024-01-08", upvotes=7
    )
    paper = read(text).papers[0]
    assert paper.identifiers == ("arxiv:2401.00011",)
    assert (paper.year, paper.published_at) == (2024, datetime(2024, 1, 5, 10, tzinfo=UTC))
    assert paper.listings == (
        Listing("hf-daily-papers", datetime(2024, 1, 8, tzinfo=UTC), upvotes=7),
    )


def test_a_record_of_the_anthology_keeps_year_venue_and_id(read):
    text = line(
        id="P19-1999", title="T", authors=["Cy Roe"], year=2019, month="July",
        venue="A Meeting", url="https://aclanthology.org/P19-1999", doi="10.5555/p19",
    )  # fmt: skip
    paper = read(text).papers[0]
    assert paper.identifiers == ("doi:10.5555/p19", "acl:P19-1999")
    assert (paper.year, paper.published_at, paper.venue) == (2019, None, "A Meeting")
    assert paper.authors == (Author("Roe", "Cy"),)


def test_names_are_matched_without_case_and_by_synonyms(read):
    text = line(**{"Paper-Title": "T", "ABSTRACT": "A.", "Publication_Year": 2001, "Journal": "J"})
    paper = read(text).papers[0]
    assert (paper.title, paper.abstract, paper.year, paper.venue) == ("T", "A.", 2001, "J")


def test_the_likelier_of_two_synonyms_need_not_come_first_but_must_be_filled(read):
    assert read(line(title="", article_title="T")).titles == ["T"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"title": "T"', "not JSON"),
        ("nonsense", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('["title"]', "not an object"),
        ('{"abstract": "A."}', "no title"),
        ('{"title": "  <b></b> "}', "no title"),
        ('{"title": 7}', "title is not text"),
        ('{"title": "T", "abstract": ["A"]}', "abstract is not text"),
        ('{"title": "T", "authors": 7}', "authors"),
        ('{"title": "' + "x" * (MAX_TITLE + 1) + '"}', "2,001 characters"),
        ('{"title": "T", "abstract": "' + "x" * (MAX_ABSTRACT + 1) + '"}', "100,001 characters"),
        ('{"title": "T", "upvotes": ' + "9" * 5_000 + "}", "number too large"),
    ],
)
def test_a_bad_line_is_refused_with_its_reason_and_the_rest_is_read(read, text, why):
    found = read(line(title="First") + text + "\n\n" + line(title="Last"))
    assert found.titles == ["First", "Last"]
    assert list(found.refused) == [2]
    assert why in found.refused[2]


def test_what_cannot_be_understood_is_left_out(read):
    text = line(title="T", year="soon", published=7, upvotes=-1, daily="2024-01-08", url="ftp:x",
                kind="<b>", identifiers="x", listings=[1], id={"a": 1})  # fmt: skip
    paper = read(text).papers[0]
    assert (paper.year, paper.published_at, paper.url, paper.kind) == (None, None, "", "")
    assert (paper.identifiers, paper.listings[0].upvotes) == ((), None)


def test_lone_surrogates_and_nulls_cannot_reach_a_library(read):
    paper = read('{"title": "a\\ud800\\u0000b", "doi": "10.5555/\\ud800x", "url": null}\n').papers[
        0
    ]
    for text in (paper.title, *paper.identifiers):
        text.encode("utf-8")
    assert paper.title == "a\N{REPLACEMENT CHARACTER}b"


def test_what_our_own_export_writes_is_read_back_equal(read):
    from recommender.domain import Paper
    from recommender.export import render

    papers = [
        Paper(
            title="Ünïcode & $\\pi$ < 4",
            abstract="One. Two.",
            authors=(Author("van der Berg", "Ada"), Author(literal="The Club")),
            year=2020,
            published_at=datetime(2020, 2, 3, tzinfo=UTC),
            venue="J",
            url="https://x.org/a",
            kind="article-journal",
            identifiers=("arxiv:2001.00001", "doi:10.5555/x"),
            listings=(Listing("hf-daily-papers", datetime(2020, 2, 4, tzinfo=UTC), "AK", "", 3),),
            abstract_is_summary=True,
        ),
        Paper(title="Nothing else"),
    ]
    assert read(render(papers, "jsonl")).papers == papers
