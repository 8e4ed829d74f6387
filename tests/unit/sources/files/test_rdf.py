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


CONTAINED = (
    '<b:{kind} rdf:about="urn:{n}"><z:itemType>{item_type}</z:itemType><d:title>Paper {n}</d:title>'
    '<d:isPartOf><b:{whole} rdf:about="urn:w{n}"><d:title>Whole</d:title><z:volume>3</z:volume>'
    "<d:identifier>ISSN 1234-5678</d:identifier><d:identifier>{doi}</d:identifier></b:{whole}>"
    "</d:isPartOf></b:{kind}>"
)


@pytest.mark.parametrize(
    ("kind", "item_type", "whole"),
    [
        ("Article", "journalArticle", "Journal"),
        ("Article", "magazineArticle", "Periodical"),
        ("Article", "conferencePaper", "Journal"),
        ("BookSection", "bookSection", "Book"),
        ("BookSection", "conferencePaper", "Proceedings"),
        ("Description", "conferencePaper", "Proceedings"),
    ],
)
@pytest.mark.parametrize(
    "doi", ["DOI 10.5555/in.1", "doi:10.5555/IN.1", "https://doi.org/10.5555/in.1"]
)
def test_the_doi_of_what_a_work_stands_in_is_the_works(read, kind, item_type, whole, doi):
    text = CONTAINED.format(kind=kind, item_type=item_type, whole=whole, n=1, doi=doi)
    (paper,) = read(text).papers
    assert paper.identifiers == ("doi:10.5555/in.1",)
    assert (paper.venue, paper.details.volume, paper.details.issn) == ("Whole", "3", "1234-5678")


@pytest.mark.parametrize(
    ("kind", "item_type"),
    [("Thesis", "thesis"), ("Report", "report"), ("Article", "preprint"), ("Book", "book")],
)
def test_a_work_that_stands_alone_has_its_own_doi(read, kind, item_type):
    (paper,) = read(
        f'<b:{kind} rdf:about="urn:1"><z:itemType>{item_type}</z:itemType><d:title>T</d:title>'
        "<d:identifier>ISBN 978-1-0000-0000-0</d:identifier><d:identifier>DOI 10.5555/own"
        f"</d:identifier></b:{kind}>"
    ).papers
    assert paper.identifiers == ("doi:10.5555/own",)


def test_a_doi_of_what_several_works_stand_in_is_none_of_theirs(read):
    article = (
        '<b:Article rdf:about="urn:{0}"><z:itemType>journalArticle</z:itemType><d:title>Paper {0}'
        '</d:title><d:isPartOf rdf:resource="urn:j"/></b:Article>'
    )
    journal = '<b:Journal rdf:about="urn:j"><d:identifier>DOI 10.5555/j</d:identifier></b:Journal>'
    found = read(article.format(1) + article.format(2) + journal)
    assert [x.identifiers for x in found.papers] == [(), ()]


def test_collections_notes_and_files_are_no_papers_and_stay_with_theirs(read):
    (paper,) = read(
        '<b:Article rdf:about="urn:1"><z:itemType>journalArticle</z:itemType><d:title>T</d:title>'
        '<d:isReferencedBy rdf:resource="#n"/><d:link rdf:resource="#f"/>'
        "<d:subject>tides</d:subject>"
        "<d:description>Citation Key: key2019\nPMID: 12</d:description>"
        "</b:Article>"
        '<b:Memo rdf:about="#n"><rdf:value>&lt;p&gt;my note&lt;/p&gt;</rdf:value></b:Memo>'
        '<z:Attachment rdf:about="#f"><z:itemType>attachment</z:itemType><d:title>PDF</d:title>'
        '<rdf:resource rdf:resource="files/8/x.pdf"/></z:Attachment>'
        '<z:Collection rdf:about="#c"><d:title>C</d:title><d:hasPart rdf:resource="urn:1"/>'
        "</z:Collection>"
    ).papers
    details = paper.details
    assert (details.note, details.files, details.keywords) == (
        "my note",
        ("files/8/x.pdf",),
        ("tides",),
    )
    assert (paper.citation_key, paper.identifiers) == ("key2019", ("pmid:12",))
