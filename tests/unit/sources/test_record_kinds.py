"""Kinds of records that formats allow and people write, each with what is right.

All are invented; what is right is what the format's specification says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from stores import sqlite_store

from recommender.domain import Paper
from recommender.ingest import import_paths
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


# Dates of CSL


@pytest.mark.parametrize(
    ("issued", "year", "day", "month", "said"),
    [
        ({"date-parts": [[2016.0, 2.0, 9.0]]}, 2016, "2016-02-09", "", ()),
        ({"date-parts": [["2016", "", "9"]]}, 2016, None, "", ()),
        ({"date-parts": [[2016]], "season": "5"}, 2016, None, "", ("2016 5, taken as 2016",)),
        ({"date-parts": [[2016]], "season": 22}, 2016, None, "Summer", ()),
        ({"date-parts": [[2016]], "literal": "Spring 2016"}, 2016, None, "Spring", ()),
        ({"date-parts": [[2016]], "circa": "0"}, 2016, None, "", ()),
        ({"edtf": "2016-33"}, 2016, None, "", ("2016-33, taken as 2016",)),
        ({"edtf": "2016-26"}, 2016, None, "Summer", ()),
        ({"edtf": "2016/"}, 2016, None, "", ("2016/, taken as 2016",)),
        ({"edtf": "~2016"}, 2016, None, "", ("~2016, taken as 2016",)),
        ({"raw": "09.02.2016"}, 2016, "2016-02-09", "", ()),
        ({"raw": "25/12/2016"}, 2016, "2016-12-25", "", ()),
        ({"raw": "9/2/2016"}, 2016, None, "", ("9/2/2016, taken as 2016",)),
        ({"raw": "2016年2月9日"}, 2016, "2016-02-09", "", ()),
        ({"raw": "Tuesday, February 9, 2016"}, 2016, "2016-02-09", "", ()),
        ({"date-time": "2016-02-09T00:00:00Z"}, 2016, "2016-02-09", "", ()),
        ({"timestamp": 1454976000}, None, None, "", ('{"timestamp": 1454976000}',)),
        ({"date-parts": "2016"}, None, None, "", ('{"date-parts": "2016"}',)),
        ({}, None, None, "", ()),
    ],
)
def test_csl_dates_are_read_or_said(found, issued, year, day, month, said):
    item = {"id": "x", "type": "book", "title": "Tides", "issued": issued}
    (entry,) = found("a.json", json.dumps([item]))
    at = entry.paper.published_at
    read = (entry.paper.year, at and at.date().isoformat(), entry.paper.details.month)
    assert (*read, tuple(x.text for x in entry.unread)) == (year, day, month, said)


# Tables that Excel writes


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\r\nTitle;Year;DOI\r\nTides;2016;10.5555/x\r\n",
        "\ufeffSEP=\t\r\nTitle\tYear\tDOI\r\nTides\t2016\t10.5555/x\r\n",
        'Title,Year,DOI\r\n="Tides",="2016",="10.5555/x"\r\n',
        "Title,Year,DOI,,\r\nTides,2016.0,10.5555/x\r\n",
        "Title,Year,DOI,Title,Abstract\r\nTides,2016,10.5555/x,Other,#N/A\r\n",
        "PT\tTI\tPY\tDI\r\nJ\tTides\t2016\t10.5555/x\r\n",
    ],
)
def test_what_excel_writes_is_read(found, content):
    (entry,) = found("table.csv", content)
    paper = entry.paper
    assert (paper.title, paper.year, paper.identifiers) == ("Tides", 2016, ("doi:10.5555/x",))
    assert (paper.abstract, entry.unread) == ("", ())


def test_a_number_that_a_spreadsheet_rounded_is_no_identifier(found):
    (entry,) = found("table.csv", "Title,PMID\r\nTides,1.23457E+07\r\n")
    assert entry.paper.identifiers == ()


def test_a_table_of_web_of_science_says_what_is_retracted(found):
    (entry,) = found("t.txt", "PT\tTI\tSO\tDT\r\nJ\tTides\tSea\tArticle; Retracted Publication\r\n")
    assert entry.paper.venue == "Sea"
    assert statements(entry.paper) == [("retracted", "", "")]


# Versions of a preprint


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["older first", "newer first"])
@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("a.bib", "@misc{{k,\ntitle={{{1}}},\nauthor={{Vogel, Mo}},\neprint={{2301.01234v{0}}},\n"
         "archiveprefix={{arXiv}}\n}}\n"),
        ("a.bib", "@article{{k,\ntitle={{{1}}},\nauthor={{Vogel, Mo}},\n"
         "journal={{arXiv preprint arXiv:2301.01234v{0}}}\n}}\n"),
        ("a.ris", "TY  - UNPB\nTI  - {1}\nAU  - Vogel, Mo\nAN  - arXiv:2301.01234v{0}\nER  - \n"),
        ("a.json", '[{{"id": "k", "type": "article", "title": "{1}", '
         '"author": [{{"family": "Vogel", "given": "Mo"}}], "number": "arXiv:2301.01234v{0}"}}]'),
    ],
)  # fmt: skip
def test_the_newer_version_of_a_preprint_is_shown(tmp_path, name, record, order):
    titles = ("Tides of the reef", "Tides of the reef and the shore")
    store = sqlite_store(tmp_path)
    try:
        for n in order:
            path = tmp_path / f"{n}{name}"
            path.write_text(record.format(n + 1, titles[n]), "utf-8")
            import_paths(store, [path], now=NOW)
        (paper,) = store.catalogue.get_many(store.catalogue.ids()).values()
    finally:
        store.close()
    assert (paper.title, paper.version) == (titles[1], 2)
    assert sorted(versions(paper)) == [1, 2]


def versions(paper: Paper) -> Sequence[int]:
    return [x.version for x in paper.versions if x.version]


def test_an_article_has_no_version_of_its_preprint(found):
    (paper,) = papers(found("a.bib", "@article{k, title={Tides}, journal={Sea}, "
                                     "eprint={2301.01234v2}, archiveprefix={arXiv}}"))  # fmt: skip
    assert (paper.venue, paper.version) == ("Sea", None)
