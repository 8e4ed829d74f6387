"""Saved web pages: of Daily Papers, and of one article."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime

import pytest
from folders import DATA
from reading import Found, reader_of

from recommender.domain import Author
from recommender.errors import SourceError
from recommender.sources import detect
from recommender.sources.files import web_page


@pytest.fixture
def daily(tmp_path):
    return reader_of("daily-papers-html", tmp_path)


@pytest.fixture
def page(tmp_path):
    read = reader_of("web-page", tmp_path)
    return lambda *tags: read("<html><head>\n" + "\n".join(tags) + "</head></html>")


def with_data(data: object) -> str:
    props = html.escape(json.dumps(data), quote=True)
    return f'<html><div data-props="{props}" data-target="DailyPapers"></div></html>'


def entry(**paper: object) -> dict:
    return {"paper": {"id": "2602.00011", "title": "T", "summary": "S", **paper}}


def test_the_data_in_a_page_of_daily_papers_is_read():
    first, second = Found(DATA / "daily-papers.html", "daily-papers-html").papers
    assert first.title == "Parrots that Cite & Count"
    assert first.abstract == "Parrots repeat, some cite."
    assert first.authors == (Author("Lund", "Siri"), Author("van der Meer", "Jan"))
    assert first.identifiers == ("arxiv:2602.00011",)
    assert first.published_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert first.listed_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert [x.listings[0].upvotes for x in (first, second)] == [7, 0]


def test_the_day_of_a_week_is_not_the_day_of_its_papers(daily):
    week = {"periodType": "week", "dateString": "2026-02-03", "dailyPapers": [entry()]}
    assert daily(with_data(week)).papers[0].listed_at is None


def test_titles_of_links_serve_where_the_data_is_gone(daily):
    found = daily(
        '<html><head><link rel="canonical" href="https://huggingface.co/papers/date/2026-02-03">'
        '</head>\n<a href="/papers/2602.00011"><img></a>\n<a href="/papers/2602.00011">12</a>\n'
        '<h3><a class="x" href="/papers/2602.00011">Owls &amp; Noon</a></h3>\n'
        '<a href="/papers/2602.00011">Owls again</a><a href="/papers/x">Other</a></html>'
    )
    (paper,) = found.papers
    assert (paper.title, paper.identifiers) == ("Owls & Noon", ("arxiv:2602.00011",))
    assert paper.listed_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert list(found.refused) == []
    assert found.document.notes


@pytest.mark.parametrize("data", ['"x', "[]", "{}", '{"dailyPapers": [1, {}]}', "&quot;"])
def test_broken_data_is_refused_and_never_raises(daily, data):
    found = daily(f'<html><div data-target="DailyPapers" data-props="{html.escape(data)}"></html>')
    assert found.papers == []


def test_the_page_of_an_article_becomes_a_paper():
    (one,) = Found(DATA / "article.html", "web-page").all
    paper = one.paper
    assert one.line == 3
    assert paper.title == "Benches Facing Walls"
    assert paper.authors == (Author("Lund", "Siri"), Author("van der Meer", "Jan"))
    assert paper.published_at == datetime(2014, 5, 6, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("Journal of Imaginary Things", "article-journal")
    assert paper.identifiers == ("doi:10.5555/benches",)
    assert paper.url == "https://example.org/benches"
    assert paper.abstract == "A bench & a wall."


def test_dublin_core_serves_too(page):
    (paper,) = page(
        '<meta name="DC.title" content="T">',
        '<meta name="DC.creator" content="Lund, Siri; Moss, Lou">',
        '<meta name="DC.identifier" content="info:doi/10.5555/x">',
        '<meta name="DC.date" content="2001-02-03">',
    ).papers
    assert paper.title == "T"
    assert [x.family for x in paper.authors] == ["Lund", "Moss"]
    assert paper.identifiers == ("doi:10.5555/x",)
    assert paper.year == 2001


def test_an_arxiv_page_names_its_id(page):
    title = '<meta name="citation_title" content="T">'
    (paper,) = page(title, '<meta name="citation_arxiv_id" content="2101.00001">').papers
    assert paper.identifiers == ("arxiv:2101.00001",)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('<!DOCTYPE html><html><meta name="citation_title" content="T">', "web-page"),
        ('<html><div data-target="DailyPapers">', "daily-papers-html"),
        (
            '<head><meta property="og:url" content="https://huggingface.co/papers">',
            "daily-papers-html",
        ),
    ],
)
def test_pages_are_recognised(content, name, tmp_path):
    path = tmp_path / "file"
    path.write_text(content)
    assert detect(path) == name


@pytest.mark.parametrize("quoted", ["@article{k,\n title={T}}", "TY  - JOUR\nTI  - T\n"])
def test_a_page_that_quotes_references_is_still_a_page(quoted, tmp_path):
    path = tmp_path / "file.bib"
    path.write_text(f"<!DOCTYPE html><html><pre>\n{quoted}\n</pre></html>")
    with pytest.raises(SourceError, match="web page"):
        detect(path)


def test_a_page_without_end_is_refused(page, monkeypatch):
    monkeypatch.setattr(web_page, "MAX_PAGE", 100)
    with pytest.raises(SourceError, match="too long"):
        page('<meta name="citation_title" content="T">', "x" * 100)
