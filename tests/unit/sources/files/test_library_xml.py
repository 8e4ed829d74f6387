"""MODS, Crossref's and DataCite's XML."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from folders import DATA
from reading import Found, reader_of

from recommender.domain import Author


@pytest.fixture
def mods(tmp_path):
    return reader_of("mods", tmp_path)


@pytest.fixture
def crossref(tmp_path):
    return reader_of("crossref-xml", tmp_path)


@pytest.fixture
def datacite(tmp_path):
    return reader_of("datacite-xml", tmp_path)


def test_a_mods_record_becomes_a_paper():
    first, second = Found(DATA / "references.mods.xml", "mods").papers
    assert first.title == "The Catalogue of Lost Indexes: unsuccessfully searched"
    assert first.authors == (Author("Lund", "Siri"), Author(literal="Library of Elsewhere"))
    assert first.published_at == datetime(2002, 4, 5, tzinfo=UTC)
    assert (first.venue, first.kind) == ("Journal of Imaginary Things", "article-journal")
    assert first.identifiers == ("doi:10.5555/catalogues",)
    assert second.authors == (Author("Moss", "Lou"),)


def test_works_that_a_mods_record_mentions_are_no_papers(mods):
    part = "<relatedItem><mods><titleInfo><title>Part</title></titleInfo></mods></relatedItem>"
    found = mods(f"<mods><titleInfo><title>Whole</title></titleInfo>{part}</mods>")
    assert found.titles == ["Whole"]


@pytest.mark.parametrize(
    ("parts", "author"),
    [
        ("<namePart>Hall, Ann, 1950-</namePart>", Author("Hall", "Ann")),
        ("<namePart>Hall, Ann [1950-2000]</namePart>", Author("Hall", "Ann")),
        ("<namePart>Hall, Ann B.</namePart>", Author("Hall", "Ann B.")),
        (
            '<namePart>Hall, A.</namePart><namePart type="date">1950</namePart>',
            Author("Hall", "A."),
        ),
    ],
)
def test_dates_of_life_are_no_part_of_a_name(mods, parts, author):
    title = "<titleInfo><title>T</title></titleInfo>"
    found = mods(f"<mods>{title}<name type='personal'>{parts}</name></mods>")
    assert found.papers[0].authors == (author,)


def test_an_elided_article_is_not_spaced(mods):
    found = mods("<mods><titleInfo><nonSort>L'</nonSort><title>été</title></titleInfo></mods>")
    assert found.titles == ["L'été"]


def test_a_crossref_record_becomes_a_paper():
    first, second = Found(DATA / "references.crossref.xml", "crossref-xml").papers
    assert first.title == "Measuring CO2 in Empty Boxes: Part I"
    assert first.authors == (Author("Lund Jr", "Siri"), Author(literal="Box Team"))
    assert first.published_at == datetime(2011, 3, 1, tzinfo=UTC)
    assert (first.venue, first.kind) == ("Journal of Imaginary Things", "article-journal")
    assert first.abstract == "Boxes breathe."
    assert first.identifiers == ("doi:10.5555/boxes",)
    assert (second.title, second.year, second.kind) == ("Lids Open and Closed", 2012, "article")


def test_the_part_is_the_work_and_the_whole_its_venue(crossref):
    found = crossref(
        "<doi_records><doi_record><crossref><book><book_metadata><titles><title>Whole</title>"
        "</titles><doi_data><doi>10.5555/whole</doi></doi_data></book_metadata><content_item>"
        "<titles><title>Part</title></titles><doi_data><doi>10.5555/part</doi></doi_data>"
        "</content_item></book></crossref></doi_record></doi_records>"
    )
    (paper,) = found.papers
    assert (paper.title, paper.venue, paper.kind) == ("Part", "Whole", "chapter")
    assert paper.identifiers == ("doi:10.5555/part",)


def test_a_doi_nobody_knows_is_refused(crossref):
    found = crossref(
        "<doi_records><doi_record><crossref><error>not found</error></crossref></doi_record>"
        "</doi_records>"
    )
    assert found.refused == {1: "it has no title"}


def test_a_datacite_record_becomes_a_paper():
    (paper,) = Found(DATA / "references.datacite.xml", "datacite-xml").papers
    assert paper.title == "Recordings of Unopened Letters: paper sounds"
    assert paper.authors == (Author("Lund", "Siri"), Author(literal="Post Office of Elsewhere"))
    assert paper.published_at == datetime(2022, 6, 1, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("Elsewhere Repository", "dataset")
    assert paper.abstract == "Letters rustle."
    assert paper.identifiers == ("doi:10.5555/letters",)


def test_a_day_of_another_year_than_datacites_is_not_the_papers(datacite):
    found = datacite(
        '<resource xmlns="http://datacite.org/schema/kernel-4"><titles><title>T</title></titles>'
        '<publicationYear>2001</publicationYear><dates><date dateType="Created">1999-01-02</date>'
        "</dates></resource>"
    )
    assert (found.papers[0].year, found.papers[0].published_at) == (2001, None)
