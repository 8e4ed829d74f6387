"""Kinds of records that formats allow and people write, each with what is right.

All are invented; what is right is what the format's specification says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from recommender.domain import Paper
from recommender.sources import Document, Entry, Refusal, detect, load
from recommender.sources.parsing.author_names import bibtex_byline

NOW = datetime(2026, 11, 30, tzinfo=UTC)
Found = list[Entry | Refusal]


@pytest.fixture
def found(tmp_path):
    def read(name: str, content: str | bytes) -> Found:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(load(detect(path)).read(Document(path), NOW))

    return read


def papers(entries: Found) -> list[Paper]:
    assert all(isinstance(x, Entry) for x in entries), entries
    return [x.paper for x in entries if isinstance(x, Entry)]


def statements(paper: Paper) -> list[tuple[str, str, str]]:
    return [(x.says, x.link, x.subject) for x in paper.statements]


# Relations between works


def crossref(**fields: object) -> str:
    work = {"DOI": "10.5555/own", "title": ["Tides"], "type": "journal-article", **fields}
    return json.dumps({"status": "ok", "message-type": "work", "message": work})


def related(kind: str, other: str, scheme: str = "doi") -> Mapping[str, object]:
    return {"relation": {kind: [{"id-type": scheme, "id": other, "asserted-by": "subject"}]}}


@pytest.mark.parametrize(
    ("fields", "versions"),
    [
        ({"update-to": [{"DOI": "10.5555/OLD", "type": "new_version"}]}, ("doi:10.5555/old",)),
        ({"updated-by": [{"DOI": "10.5555/new", "label": "New version"}]}, ("doi:10.5555/new",)),
        ({"update-to": [{"DOI": "10.5555/old", "type": "new_edition"}]}, ()),
        ({"update-to": [{"DOI": "10.5555/old", "type": "addendum"}]}, ()),
        (related("is-same-as", "12345678", "pmid"), ("pmid:12345678",)),
        (related("is-same-as", "12345678", "other"), ()),
        (related("replaces", "10.5555/old"), ("doi:10.5555/old",)),
        (related("is-replaced-by", "10.5555/new"), ("doi:10.5555/new",)),
        (related("is-format-of", "10.5555/pdf"), ("doi:10.5555/pdf",)),
        (related("is-translation-of", "10.5555/de"), ()),
        (related("has-review", "10.5555/review"), ()),
    ],
)
def test_crossref_names_versions_by_updates_and_relations(found, fields, versions):
    (paper,) = papers(found("work.json", crossref(**fields)))
    assert (paper.related, paper.statements) == (versions, ())


def datacite_json(relation: str, other: str, scheme: str, **fields: object) -> str:
    related = {
        "relationType": relation,
        "relatedIdentifier": other,
        "relatedIdentifierType": scheme,
    }
    work = {"doi": "10.5555/own", "titles": [{"title": "Tides"}], "relatedIdentifiers": [related]}
    return json.dumps({"data": {"type": "dois", "attributes": {**work, **fields}}})


def datacite_xml(relation: str, other: str, scheme: str, inside: str = "") -> str:
    return (
        '<resource xmlns="http://datacite.org/schema/kernel-4">'
        '<identifier identifierType="DOI">10.5555/own</identifier>'
        f"<titles><title>Tides</title></titles>{inside}<relatedIdentifiers>"
        f'<relatedIdentifier relatedIdentifierType="{scheme}" relationType="{relation}">{other}'
        "</relatedIdentifier></relatedIdentifiers></resource>"
    )


@pytest.mark.parametrize("write", [datacite_json, datacite_xml], ids=["json", "xml"])
@pytest.mark.parametrize(
    ("relation", "other", "scheme", "versions", "said"),
    [
        ("IsNewVersionOf", "10.5555/OLD", "DOI", ("doi:10.5555/old",), []),
        ("Obsoletes", "https://doi.org/10.5555/old", "URL", ("doi:10.5555/old",), []),
        ("IsVersionOf", "12345678", "PMID", ("pmid:12345678",), []),
        ("IsIdenticalTo", "arXiv:2301.01234", "arXiv", ("arxiv:2301.01234",), []),
        ("IsSupplementTo", "10.5555/paper", "DOI", (), []),
        ("IsRetractedBy", "10.5555/n", "DOI", (), [("retracted", "doi:10.5555/n", "")]),
    ],
)
def test_datacite_names_versions_and_notices(found, write, relation, other, scheme, versions, said):
    (paper,) = papers(found("work", write(relation, other, scheme)))
    assert (paper.related, statements(paper)) == (versions, said)


def test_datacites_types_and_withdrawals_are_read_in_both_of_its_formats(found):
    references = ("References", "10.5555/x", "DOI")
    dates = [{"date": "2020-05-06", "dateType": "Withdrawn"}]
    review = {"resourceTypeGeneral": "PeerReview"}
    (one,) = papers(found("a.json", datacite_json(*references, dates=dates, types=review)))
    inside = (
        '<resourceType resourceTypeGeneral="PeerReview">x</resourceType>'
        '<dates><date dateType="Withdrawn">2020-05-06</date></dates>'
    )
    (other,) = papers(found("b.xml", datacite_xml(*references, inside)))
    for paper in (one, other):
        assert {(x.says, x.at) for x in paper.statements} == {
            ("other", None),
            ("withdrawn", datetime(2020, 5, 6, tzinfo=UTC)),
        }


@pytest.mark.parametrize(
    ("element", "tag", "said", "versions"),
    [
        ("RetractedandRepublishedFrom", "RRF", [("retracted", "pmid:1", "pmid:7")], ()),
        ("CorrectedandRepublishedFrom", "CRF", [("corrected", "pmid:1", "pmid:7")], ()),
        ("RetractionIn", "RIN", [("retracted", "pmid:7", "")], ()),
        ("UpdateOf", "UOF", [], ("pmid:7",)),
        ("CommentOn", "CON", [], ()),
    ],
)
def test_pubmed_says_what_a_paper_replaces(found, element, tag, said, versions):
    xml = (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        "<ArticleTitle>Tides</ArticleTitle></Article><CommentsCorrectionsList>"
        f'<CommentsCorrections RefType="{element}"><RefSource>J</RefSource><PMID>7</PMID>'
        "</CommentsCorrections></CommentsCorrectionsList></MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>"
    )
    nbib = f"PMID- 1\nTI  - Tides\n{tag} - J. 2020;1(2):3. PMID: 7\n"
    for name, content in (("a.xml", xml), ("a.nbib", nbib)):
        (paper,) = papers(found(name, content))
        assert (statements(paper), paper.related) == (said, versions)


# Where a record begins and ends


@pytest.mark.parametrize(
    "content",
    [
        "%A Vogel, Mo\n%T First\n%A Larsen, Ines\n%T Second\n",
        "%T First\n%A Vogel, Mo\n%T Second\n%A Larsen, Ines\n",
        "%0\tBook\n%T\tFirst\n%A\tVogel, Mo\n\n%0\tBook\n%T\tSecond\n%A\tLarsen, Ines\n",
        "%0 Book\n\n%T First\n%A Vogel, Mo\n\nRecord 2 of 2\n\n%0 Book\n%T Second\n%A Larsen, Ines",
        "%A Vogel, Mo\n%T First\n%0 Book\n\n%A Larsen, Ines\n%T Second\n%0 Book\n",
    ],
)
def test_each_record_of_refer_has_its_own_authors(found, content):
    assert [(x.title, [y.name for y in x.authors]) for x in papers(found("a.enw", content))] == [
        ("First", ["Mo Vogel"]),
        ("Second", ["Ines Larsen"]),
    ]


def test_a_remark_between_two_records_belongs_to_none(found):
    nbib = "PMID- 1\nTI  - First\nJT  - Tides\n\n2: Larsen, second\n\nPMID- 2\nTI  - Second\n"
    first, second = papers(found("a.nbib", nbib))
    assert (first.venue, second.title) == ("Tides", "Second")
    enw = "%0 Book\n%T First\n%X One.\n\nTwo.\n%D 2001\n\nRecord 2\n\n%0 Book\n%T Second\n"
    entries = found("a.enw", enw)
    first, second = papers(entries)
    assert (first.abstract, first.year, second.title) == ("One. Two.", 2001, "Second")
    assert entries[0].unread == ()


@pytest.mark.parametrize(
    ("lines", "year", "day", "month"),
    [
        ("PD MAY 6\nPY 2021", 2021, 6, ""),
        ("PD NOV-DEC\nPY 2021", 2021, None, "NOV-DEC"),
        ("PD SPR\nPY 2021", 2021, None, "Spring"),
        ("EA MAY 2021", 2021, None, "5"),
    ],
)
def test_web_of_science_dates_keep_their_month(found, lines, year, day, month):
    (paper,) = papers(found("a.ciw", f"FN Clarivate\nVR 1.0\nPT J\nTI First\n{lines}\nER\n"))
    at = paper.published_at
    assert (paper.year, at and at.day, paper.details.month) == (year, day, month)


# Zotero's kinds of items in RDF

RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:z="http://www.zotero.org/namespaces/export#" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:bib="http://purl.org/net/biblio#" xmlns:dc="http://purl.org/dc/elements/1.1/">{}'
    "</rdf:RDF>"
)


@pytest.mark.parametrize(
    ("item", "kind", "part", "venue", "identifiers"),
    [
        ("bib:Article", "newspaperArticle", "bib:Newspaper", "Whole", ("doi:10.5555/own",)),
        ("bib:Article", "magazineArticle", "bib:Periodical", "Whole", ("doi:10.5555/own",)),
        ("bib:Document", "webpage", "z:Website", "Whole", ("doi:10.5555/own",)),
        ("bib:Document", "blogPost", "z:Blog", "Whole", ("doi:10.5555/own",)),
        ("bib:Document", "forumPost", "z:Forum", "Whole", ("doi:10.5555/own",)),
        ("bib:Document", "case", "bib:CourtReporter", "Whole", ("doi:10.5555/own",)),
        ("bib:BookSection", "bookSection", "bib:Book", "Whole", ("doi:10.5555/own",)),
        ("bib:Letter", "letter", "", "", ()),
        ("bib:Interview", "interview", "", "", ()),
        ("bib:MotionPicture", "film", "", "", ()),
        ("bib:Illustration", "artwork", "", "", ()),
        ("bib:Legislation", "statute", "", "", ()),
    ],
)
def test_every_kind_of_zoteros_items_is_read(found, item, kind, part, venue, identifiers):
    whole = (
        f"<dcterms:isPartOf><{part}><dc:title>Whole</dc:title>"
        f"<dc:identifier>DOI 10.5555/own</dc:identifier></{part}></dcterms:isPartOf>"
    )
    content = (
        f'<{item} rdf:about="#1"><z:itemType>{kind}</z:itemType>{whole if part else ""}'
        f"<dc:title>Tides</dc:title></{item}>"
    )
    (paper,) = papers(found("a.rdf", RDF.format(content)))
    assert (paper.title, paper.venue, paper.identifiers) == ("Tides", venue, identifiers)


def test_a_paper_without_proceedings_stands_in_its_conference(found):
    content = (
        '<bib:Article rdf:about="#1"><z:itemType>conferencePaper</z:itemType><dc:title>Tides'
        "</dc:title><bib:presentedAt><bib:Conference><dc:title>Meeting on tides</dc:title>"
        "</bib:Conference></bib:presentedAt></bib:Article>"
    )
    (paper,) = papers(found("a.rdf", RDF.format(content)))
    assert (paper.venue, paper.kind) == ("Meeting on tides", "paper-conference")


# Names with LaTeX in every place


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (r"\L\'{o}d\'{z}, Jan", ["Jan Łódź"]),
        (r"Wa\l\k{e}sa, Lech", ["Lech Wałęsa"]),
        (r"Mo V\o\r{a}gel and {\text{\L}}ukasz, Jan", ["Mo Vøågel", "Jan Łukasz"]),
        (r"Nguy\~{\^{e}}n, Anh", ["Anh Nguyễn"]),
        (r"{\noopsort{Vries}}de Vries, Hugo", ["Hugo de Vries"]),
        (r"Smith, {Jr.}, J{\"u}rgen", ["Jürgen Smith Jr."]),
        (
            r"Andr\'{e} Dupont\thanks{Funded} and Ines Larsen$^{1,2}$",
            ["André Dupont", "Ines Larsen"],
        ),
        (r"Mo Vogel\textsuperscript{1} and J. M\textsuperscript{c}Cabe", ["Mo Vogel", "J. McCabe"]),
        (r"\textcommabelow{S}tefan, A", ["A Ștefan"]),
        (r"O{\'}Brien, Pat", ["Pat O'Brien"]),
    ],
)
def test_names_keep_every_letter_and_nothing_else(written, names):
    authors, understood = bibtex_byline(written)
    assert ([x.name for x in authors], understood) == (names, True)


def test_an_accented_capital_begins_a_given_name():
    ((author,), _) = bibtex_byline(r"\'{E}milie du Ch\^{a}telet")
    assert (author.given, author.family) == ("Émilie", "du Châtelet")
