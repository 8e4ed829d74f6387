"""Each kind of source says in its own words what is retracted, and what is no paper."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.domain import Paper, StatusStatement
from recommender.domain.status import (
    CONCERN,
    CONCERN_NOTICE,
    CORRECTED,
    EDITORIAL,
    ERRATUM,
    OTHER,
    PARATEXT,
    RETRACTED,
    RETRACTION_NOTICE,
    WITHDRAWN,
)
from recommender.sources import Document, Entry, detect, load
from recommender.sources.parsing.status_fields import remark_statements, type_statements

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
Read = Callable[[str, str], list[Paper]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return the papers of a file by its name and content."""

    def papers(name: str, content: str) -> list[Paper]:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        found = load(detect(path)).read(Document(path), NOW)
        return [x.paper for x in found if isinstance(x, Entry)]

    return papers


def said(paper: Paper) -> list[tuple[str, str, str]]:
    return [(x.says, x.link, x.subject) for x in paper.statements]


def openalex(**fields: object) -> str:
    work = {"id": "https://openalex.org/W1", "title": "Moss", "type": "article", **fields}
    return json.dumps({"meta": {"count": 1}, "results": [work]})


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"is_retracted": True}, [RETRACTED]),
        ({"is_retracted": False}, []),
        ({"is_retracted": "no"}, []),
        ({"type": "retraction"}, [RETRACTION_NOTICE]),
        ({"type": "retraction", "is_retracted": True}, [RETRACTION_NOTICE]),
        ({"type": "erratum"}, [ERRATUM]),
        ({"type": "editorial"}, [EDITORIAL]),
        ({"type": "paratext"}, [PARATEXT]),
        ({"is_paratext": True}, [PARATEXT]),
        ({"type": "peer-review"}, [OTHER]),
        ({"type": "letter"}, []),
        ({"type": "preprint"}, []),
    ],
)
def test_openalex(read: Read, fields: dict[str, object], says: list[str]) -> None:
    (paper,) = read("works.json", openalex(**fields))
    assert [x.says for x in paper.statements] == says
    assert {x.source for x in paper.statements} <= {"openalex"}


def crossref(**fields: object) -> str:
    work = {"DOI": "10.5555/a", "type": "journal-article", "title": ["Moss"], **fields}
    return json.dumps({"status": "ok", "message-type": "work-list", "message": {"items": [work]}})


@pytest.mark.parametrize(
    ("kind", "says", "notice"),
    [
        ("retraction", RETRACTED, RETRACTION_NOTICE),
        ("withdrawal", WITHDRAWN, RETRACTION_NOTICE),
        ("removal", WITHDRAWN, RETRACTION_NOTICE),
        ("expression_of_concern", CONCERN, CONCERN_NOTICE),
        ("Expression of Concern", CONCERN, CONCERN_NOTICE),
        ("correction", CORRECTED, ERRATUM),
        ("corrigendum", CORRECTED, ERRATUM),
        ("erratum", CORRECTED, ERRATUM),
        ("partial_retraction", CORRECTED, ERRATUM),
    ],
)
def test_crossref_updates_are_read_from_either_side(
    read: Read, kind: str, says: str, notice: str
) -> None:
    update = {"DOI": "10.5555/B", "type": kind, "updated": {"date-parts": [[2018, 6, 1]]}}
    (work,) = read("a.json", crossref(**{"updated-by": [update]}))
    day = datetime(2018, 6, 1, tzinfo=UTC)
    assert work.statements == (StatusStatement(says, "crossref", "doi:10.5555/b", day),)
    (own,) = read("b.json", crossref(**{"update-to": [update]}))
    assert said(own) == [
        (notice, "doi:10.5555/b", ""),
        (says, "doi:10.5555/a", "doi:10.5555/b"),
    ]
    assert own.statements[1].at == day


def test_crossref_says_nothing_by_new_versions_and_of_a_work_that_updates_itself(
    read: Read,
) -> None:
    for kind in ("new_version", "new_edition", "addendum", "unheard of"):
        update = [{"DOI": "10.5555/b", "type": kind}]
        (paper,) = read("a.json", crossref(**{"update-to": update, "updated-by": update}))
        assert paper.statements == ()
    (paper,) = read(
        "a.json", crossref(**{"update-to": [{"DOI": "10.5555/A", "type": "retraction"}]})
    )
    assert said(paper) == [(RETRACTED, "", "")]


def test_crossref_relations_and_types(read: Read) -> None:
    relation = {"is-retracted-by": [{"id-type": "doi", "id": "10.5555/n"}]}
    (paper,) = read("a.json", crossref(relation=relation))
    assert said(paper) == [(RETRACTED, "doi:10.5555/n", "")]
    for kind in ("peer-review", "journal-issue", "component", "grant"):
        (paper,) = read("a.json", crossref(type=kind))
        assert said(paper) == [(OTHER, "", "")]
    assert read("a.json", crossref(**{"update-to": "x", "updated-by": [3], "relation": []}))


def test_datacite_relations_and_the_day_of_a_withdrawal(read: Read) -> None:
    work = {
        "doi": "10.5555/a",
        "titles": [{"title": "Moss"}],
        "types": {"resourceTypeGeneral": "Preprint"},
        "dates": [{"dateType": "Withdrawn", "date": "2021-02-03"}],
        "relatedIdentifiers": [
            {"relationType": "IsCorrectedBy", "relatedIdentifier": "10.5555/n"},
            {"relationType": "Cites", "relatedIdentifier": "10.5555/c"},
        ],
    }
    (paper,) = read("a.json", json.dumps({"data": [{"type": "dois", "attributes": work}]}))
    assert [(x.says, x.at, x.link) for x in paper.statements] == [
        (WITHDRAWN, datetime(2021, 2, 3, tzinfo=UTC), ""),
        (CORRECTED, None, "doi:10.5555/n"),
    ]


def pubmed(types: str = "", corrections: str = "") -> str:
    return (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><Journal>"
        "<Title>Moss</Title></Journal><ArticleTitle>Moss grows.</ArticleTitle>"
        f"<PublicationTypeList>{types}</PublicationTypeList></Article>"
        f"<CommentsCorrectionsList>{corrections}</CommentsCorrectionsList>"
        "</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("Journal Article", []),
        ("Retracted Publication", [RETRACTED]),
        ("Retraction of Publication", [RETRACTION_NOTICE]),
        ("Retraction Notice", [RETRACTION_NOTICE]),
        ("Published Erratum", [ERRATUM]),
        ("Expression of Concern", [CONCERN_NOTICE]),
        ("Editorial", [EDITORIAL]),
        ("Corrected and Republished Article", [CORRECTED]),
        ("Comment", []),
        ("Letter", []),
    ],
)
def test_pubmed_publication_types(read: Read, kind: str, says: list[str]) -> None:
    (paper,) = read("a.xml", pubmed(f"<PublicationType>{kind}</PublicationType>"))
    assert [x.says for x in paper.statements] == says
    (paper,) = read("a.nbib", f"PMID- 1\nTI  - Moss grows\nPT  - {kind}\nJT  - Moss\n")
    assert [x.says for x in paper.statements] == says


@pytest.mark.parametrize(
    ("kind", "tag", "expected"),
    [
        ("RetractionIn", "RIN", [(RETRACTED, "pmid:2", "")]),
        (
            "RetractionOf",
            "ROF",
            [(RETRACTION_NOTICE, "pmid:2", ""), (RETRACTED, "pmid:1", "pmid:2")],
        ),
        ("ErratumIn", "EIN", [(CORRECTED, "pmid:2", "")]),
        ("ErratumFor", "EFR", [(ERRATUM, "pmid:2", ""), (CORRECTED, "pmid:1", "pmid:2")]),
        ("ExpressionOfConcernIn", "ECI", [(CONCERN, "pmid:2", "")]),
        (
            "ExpressionOfConcernFor",
            "ECF",
            [(CONCERN_NOTICE, "pmid:2", ""), (CONCERN, "pmid:1", "pmid:2")],
        ),
        ("CommentIn", "CIN", []),
        ("UpdateOf", "UOF", []),
    ],
)
def test_pubmed_comments_and_corrections(
    read: Read, kind: str, tag: str, expected: list[tuple[str, str, str]]
) -> None:
    correction = (
        f'<CommentsCorrections RefType="{kind}"><RefSource>Moss. 2010;1:2</RefSource>'
        "<PMID>2</PMID></CommentsCorrections>"
    )
    (paper,) = read("a.xml", pubmed(corrections=correction))
    assert said(paper) == expected
    text = f"PMID- 1\nTI  - Moss grows\nJT  - Moss\n{tag:4}- Moss. 2010;1:2. PMID: 2\n"
    (paper,) = read("a.nbib", text)
    assert said(paper) == expected


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
    "<entry><id>http://arxiv.org/abs/2401.00001v2</id><title>Moss</title><summary>{}</summary>"
    "<published>2024-01-01T00:00:00Z</published><arxiv:comment>{}</arxiv:comment></entry></feed>"
)


def test_arxiv_remarks(read: Read) -> None:
    remark = "This paper has been withdrawn by the author due to an error in Lemma 2"
    (paper,) = read("a.atom", ATOM.format("Moss grows.", remark))
    assert paper.statements == (StatusStatement(WITHDRAWN, "arxiv"),)
    (paper,) = read("a.atom", ATOM.format("Moss grows.", "12 pages, 3 figures"))
    assert paper.statements == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ris", "TY  - JOUR\nTI  - Moss grows\nN1  - {}\nER  - \n"),
        ("a.bib", "@article{{a, title = {{Moss grows}}, note = {{{}}}}}\n"),
        (
            "a.json",
            '[{{"id": "a", "type": "article-journal", "title": "Moss grows", "note": "{}"}}]',
        ),
        ("z.json", '[{{"itemType": "journalArticle", "title": "Moss grows", "extra": "{}"}}]'),
    ],
)
def test_notes_of_reference_managers(read: Read, name: str, content: str) -> None:
    for note, expected in (
        ("Retracted", [(RETRACTED, "", "")]),
        (
            "Retracted. Notice: https://doi.org/10.5555/n",
            [(RETRACTED, "https://doi.org/10.5555/n", "")],
        ),
        ("Expression of concern.", [(CONCERN, "", "")]),
        ("This article has been withdrawn by the authors", [(WITHDRAWN, "", "")]),
        ("Read this again, about withdrawn papers", []),
    ):
        (paper,) = read(name, content.format(note))
        assert said(paper) == expected, note


def test_types_of_documents_in_other_formats(read: Read) -> None:
    (paper,) = read("a.ris", "TY  - JOUR\nTI  - Moss grows\nM3  - Erratum\nER  - \n")
    assert [x.says for x in paper.statements] == [ERRATUM]
    (paper,) = read("a.csv", "title,year,document type\nMoss grows,2020,Retracted\n")
    assert [x.says for x in paper.statements] == [RETRACTED]
    (paper,) = read("a.csv", "title,year,status\nMoss grows,2020,to read\n")
    assert paper.statements == ()
    isi = "FN Clarivate\nVR 1.0\nPT J\nTI Moss grows\nDT Article; Retracted Publication\nER\nEF\n"
    (paper,) = read("a.isi", isi)
    assert [x.says for x in paper.statements] == [RETRACTED]
    (paper,) = read(
        "a.json", '[{"id": "a", "type": "article", "title": "Moss", "status": "retracted"}]'
    )
    assert [x.says for x in paper.statements] == [RETRACTED]


def test_our_own_statements_come_back_from_json_lines(read: Read) -> None:
    line = {
        "title": "Moss grows",
        "statements": [
            {
                "says": "retracted",
                "source": "crossref",
                "link": "doi:10.5555/n",
                "at": "2021-01-02T00:00:00+00:00",
            },
            {"says": "cleared", "source": "reader"},
            {"says": "burnt", "source": "x"},
            7,
        ],
    }
    (paper,) = read("a.jsonl", json.dumps(line) + "\n")
    day = datetime(2021, 1, 2, tzinfo=UTC)
    assert paper.statements == (StatusStatement(RETRACTED, "crossref", "doi:10.5555/n", day),)


def test_many_types_and_remarks_are_bounded() -> None:
    assert len(list(type_statements(["Editorial"] * 100_000, "x"))) == 1
    assert len(list(remark_statements("Retracted.\n" * 100_000, "x"))) <= 50


def test_the_recorded_faults_of_the_field(shared: Path) -> None:
    def papers(name: str) -> dict[str, Paper]:
        found = load(name.partition("_")[0]).read(Document(shared / "data" / "field" / name), NOW)
        return {x.paper.identifier("doi"): x.paper for x in found if isinstance(x, Entry)}

    works = papers("openalex_faults.json")
    assert {k: [x.says for x in v.statements] for k, v in works.items() if v.statements} == {
        "10.5555/oa.2": [RETRACTED],
        "10.5555/oa.3": [RETRACTED],
        "10.5555/oa.4": [RETRACTION_NOTICE],
        "10.5555/oa.5": [ERRATUM],
        "10.5555/oa.7": [PARATEXT],
    }
    assert "10.5555/oa.1" not in works
    items = papers("crossref_faults.json")
    assert {k: said(v) for k, v in items.items() if v.statements} == {
        "10.5555/cr.5": [(RETRACTED, "doi:10.5555/cr.6", "")],
        "10.5555/cr.6": [
            (RETRACTION_NOTICE, "doi:10.5555/cr.5", ""),
            (RETRACTED, "doi:10.5555/cr.6", "doi:10.5555/cr.5"),
        ],
    }
