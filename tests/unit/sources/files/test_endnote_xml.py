from __future__ import annotations

from datetime import UTC, datetime

import pytest
from folders import DATA
from reading import Found, reader_of

from recommender.domain import Author


@pytest.fixture
def read(tmp_path):
    return reader_of("endnote-xml", tmp_path)


def record(inside: str) -> str:
    return f"<xml><records><record>{inside}</record></records></xml>"


def test_a_record_becomes_a_paper():
    first, second = Found(DATA / "references.endnote.xml", "endnote-xml").papers
    assert first.title == "Windows Facing Windows"
    assert first.authors == (Author("Lund", "Siri B."), Author(literal="Team of Two"))
    assert first.published_at == datetime(2015, 3, 3, tzinfo=UTC)
    assert (first.venue, first.kind) == ("Journal of Imaginary Things", "article-journal")
    assert first.abstract == "Two windows see each other & nothing else."
    assert first.identifiers == ("doi:10.5555/windows",)
    assert first.url == "https://example.org/windows"
    assert (second.title, second.year, second.kind) == ("Curtains, a History", 1999, "book")


def test_a_suffix_joins_the_family_name(read):
    authors = "<contributors><authors><author>King, Ola, Jr.</author></authors></contributors>"
    found = read(record(f"{authors}<titles><title>T</title></titles>"))
    assert found.papers[0].authors == (Author("King Jr.", "Ola"),)


def test_a_number_of_pubmed_is_an_identifier_and_another_is_not(read):
    number = "<titles><title>T</title></titles><accession-num>77</accession-num>"
    medline = f"{number}<remote-database-name>PubMed</remote-database-name>"
    assert read(record(medline)).papers[0].identifiers == ("pmid:77",)
    assert read(record(number)).papers[0].identifiers == ()


def test_a_record_without_title_is_refused(read):
    assert read(record("<dates/>")).refused == {1: "it has no title"}


def test_a_file_cut_off_keeps_what_was_whole(read):
    text = record("<titles><title>A</title></titles>")
    found = read(text.replace("</records>", "<record><titles><title>B"))
    assert found.titles == ["A"]
    assert "breaks off" in found.refused[1]
