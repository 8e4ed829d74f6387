from __future__ import annotations

from datetime import UTC, datetime

import pytest
from folders import DATA
from reading import Found, reader_of

from recommender.domain import Author

NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:b="urn:b" xmlns:d="urn:d" '
    'xmlns:f="urn:f" xmlns:z="urn:z"'
)


@pytest.fixture
def read(tmp_path):
    read_text = reader_of("rdf", tmp_path)
    return lambda inside: read_text(f"<rdf:RDF {NAMESPACES}>{inside}</rdf:RDF>")


def test_zoteros_export_becomes_papers():
    first, second = Found(DATA / "references.rdf", "rdf").papers
    assert first.title == "Maps Folded Wrongly"
    assert first.authors == (Author("van der Meer", "Jan"), Author(literal="Folding Society"))
    assert first.published_at == datetime(2008, 5, 4, tzinfo=UTC)
    assert (first.venue, first.kind) == ("Journal of Imaginary Things", "article-journal")
    assert first.abstract == "A map folds in many ways, most of them wrong."
    assert first.identifiers == ("doi:10.5555/maps",)
    assert first.url == "https://example.org/maps"
    assert (second.title, second.kind, second.url) == ("Paper Boats", "webpage", "")


def test_people_may_stand_apart_and_the_list_gives_their_order(read):
    found = read(
        '<b:AcademicArticle rdf:about="urn:1"><d:title>T</d:title><d:creator rdf:nodeID="n2"/>'
        '<b:authorList><rdf:Seq><rdf:li rdf:nodeID="n1"/><rdf:li rdf:nodeID="n2"/></rdf:Seq>'
        '</b:authorList></b:AcademicArticle><f:Person rdf:nodeID="n1"><f:surname>Lund</f:surname>'
        '<f:givenName>Siri</f:givenName></f:Person><f:Person rdf:nodeID="n2"><f:name>Moss, Lou'
        "</f:name></f:Person>"
    )
    assert found.papers[0].authors == (Author("Lund", "Siri"), Author("Moss", "Lou"))


def test_what_a_work_is_part_of_gives_venue_and_date_and_is_no_entry(read):
    found = read(
        '<b:BookSection rdf:about="#a"><d:title>Part</d:title><d:isPartOf rdf:resource="#b"/>'
        '</b:BookSection><b:Book rdf:about="#b"><d:title>Whole</d:title><d:date>1999</d:date>'
        '</b:Book><b:Book rdf:about="#c"><d:title>Other</d:title></b:Book>'
    )
    assert found.titles == ["Part", "Other"]
    assert (found.papers[0].venue, found.papers[0].year) == ("Whole", 1999)


def test_a_whole_inside_a_work_serves_as_well(read):
    (paper,) = read(
        "<b:Article><d:title>T</d:title><d:isPartOf><b:Issue><d:date>2016</d:date><d:isPartOf>"
        "<b:Journal><d:title>J</d:title></b:Journal></d:isPartOf></b:Issue></d:isPartOf></b:Article>"
    ).papers
    assert (paper.venue, paper.year) == ("J", 2016)


def test_schema_org_has_names_and_descriptions(read):
    (paper,) = read(
        "<b:ScholarlyArticle><d:name>T</d:name><d:author>Lund, Siri</d:author>"
        '<d:description>All of it.</d:description><d:sameAs rdf:resource="https://doi.org/10.5555/x"/>'
        "</b:ScholarlyArticle>"
    ).papers
    assert (paper.title, paper.abstract) == ("T", "All of it.")
    assert paper.authors == (Author("Lund", "Siri"),)
    assert paper.identifiers == ("doi:10.5555/x",)


def test_attachments_notes_and_bare_descriptions_are_no_works(read):
    found = read(
        "<b:Document><z:itemType>attachment</z:itemType><d:title>PDF</d:title></b:Document>"
        '<rdf:Description rdf:about="x"><d:subject>s</d:subject></rdf:Description>'
    )
    assert found.all == []
