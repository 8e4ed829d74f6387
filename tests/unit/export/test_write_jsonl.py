"""JSON lines lose nothing of a paper."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from nasty_papers import NASTY, papers
from reading import reader_of

from recommender.domain import Author, Listing, Paper
from recommender.escaping import valid
from recommender.export import render
from recommender.sources import Document, load


def read(text: str) -> list[Paper]:
    return [_paper(json.loads(line)) for line in text.splitlines()]


def _paper(fields: dict) -> Paper:
    published = fields.pop("published", None)
    listings = fields.pop("listings", [])
    return Paper(
        paper_id=fields.pop("id", ""),
        authors=tuple(Author(**x) for x in fields.pop("authors", [])),
        identifiers=tuple(fields.pop("identifiers", [])),
        published_at=datetime.fromisoformat(published) if published else None,
        listings=tuple(
            Listing(**x | {"listed_at": datetime.fromisoformat(x["listed_at"])}) for x in listings
        ),
        **fields,
    )


def test_every_nasty_paper_comes_back_equal():
    assert tuple(read(render(NASTY, "jsonl"))) == NASTY


@given(papers)
def test_every_invented_paper_comes_back_equal_on_one_line(paper):
    (same,) = read(render([paper], "jsonl"))
    assert same.title == valid(paper.title)
    assert same.authors == paper.authors
    assert same.abstract == valid(paper.abstract)
    assert (same.paper_id, same.identifiers, same.year) == (
        paper.paper_id,
        paper.identifiers,
        paper.year,
    )


def test_a_count_of_citations_comes_back_from_json_lines_and_csv(tmp_path):
    some = [Paper(title=f"Paper {i}", citations=x) for i, x in enumerate((12, 0, None))]
    for name in ("jsonl", "csv"):
        found = reader_of(name, tmp_path)(render(some, name))
        assert [x.citations for x in found.papers] == [12, 0, None]


def test_unknown_fields_are_absent():
    assert render([Paper(title="T")], "jsonl") == '{"title": "T"}\n'


def test_no_character_of_a_paper_can_end_its_line():
    paper = Paper(title="a\u2028b\u2029c\x85d", abstract="e\nf\x0bg")
    text = render([paper], "jsonl")
    assert len(text.splitlines()) == 1
    assert read(text) == [paper]


def test_the_versions_of_a_work_come_back_equal(tmp_path):
    preprint = Paper(
        "Tides of ice", abstract="Ice.", year=2023, identifiers=("arxiv:2301.00001",), version=2
    )
    article = Paper("Tides of ice", year=2024, venue="Tides", identifiers=("doi:10.5555/ice",))
    names = ("arxiv:2301.00001", "doi:10.5555/ice")
    work = replace(article, identifiers=names, abstract="Ice.", versions=(article, preprint))
    file = tmp_path / "papers.jsonl"
    file.write_text(render([work], "jsonl"), encoding="utf-8")
    now = datetime(2026, 11, 30, tzinfo=UTC)
    [entry] = load("jsonl").read(Document(file), now)
    assert entry.paper == work
