"""OpenAlex, Semantic Scholar, Crossref and DataCite: answers as papers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_reading import Read, names, written

from recommender.domain import Author
from recommender.sources import load
from recommender.sources.apis.crossref import read_works
from recommender.sources.apis.datacite import read_dois
from recommender.sources.apis.openalex import abstract_of
from recommender.sources.apis.openalex import read_works as read_openalex
from recommender.sources.apis.semantic_scholar import read_papers
from recommender.sources.file_format import FileFormat
from recommender.sources.parsing.adapter import MAX_REFUSED, collect_page
from recommender.sources.parsing.clean_text import plain_text
from recommender.sources.parsing.jats import jats_abstract

OPENALEX = {
    "id": "https://openalex.org/W123",
    "doi": "https://doi.org/10.1000/Otter.1",
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/777"},
    "title": "Counting <i>otters</i>",
    "publication_year": 2024,
    "publication_date": "2024-02-03",
    "type": "article",
    "authorships": [
        {"author": {"display_name": "Ann Lee"}},
        {"author": {"display_name": None}, "raw_author_name": "Chen, Bo"},
    ],
    "primary_location": {
        "landing_page_url": "https://journal.example.org/1",
        "source": {"display_name": "Journal of Otters", "type": "journal"},
    },
    "locations": [{"landing_page_url": "http://arxiv.org/abs/2401.00001"}],
    "abstract_inverted_index": {"Abstract:": [0], "We": [1], "otters": [3], "count": [2]},
}

SCHOLAR = {
    "paperId": "c31c87c591a25c64fbaa82e8ac6a81831b6ac7ce",
    "externalIds": {"DOI": "10.1000/OTTER.1", "ArXiv": "2401.00001", "ACL": "2024.acl-long.1",
                    "PubMed": "777", "CorpusId": 5},
    "url": "https://www.semanticscholar.org/paper/c31c87c591a25c64fbaa82e8ac6a81831b6ac7ce",
    "title": "Counting otters",
    "abstract": "We count otters.",
    "venue": "ACL",
    "publicationVenue": {"name": "Annual Meeting of Otters"},
    "year": 2024,
    "publicationDate": None,
    "publicationTypes": ["JournalArticle", "Conference"],
    "authors": [{"authorId": "1", "name": "Ann Lee"}, {"name": "B. Chen"}],
}  # fmt: skip

CROSSREF = {
    "DOI": "10.1000/OTTER.1",
    "URL": "https://doi.org/10.1000/OTTER.1",
    "type": "proceedings-article",
    "title": ["Counting otters"],
    "subtitle": ["A field study"],
    "author": [
        {"given": "Ann", "family": "Lee", "sequence": "first"},
        {"family": "Chen", "suffix": "Jr"},
        {"name": "Otter Society"},
    ],
    "container-title": ["Proceedings of Otters"],
    "issued": {"date-parts": [[2024]]},
    "published-online": {"date-parts": [[2024, 2, 3]]},
    "abstract": "<jats:title>Abstract</jats:title>"
    "<jats:p>We count <jats:italic>otters</jats:italic>.</jats:p>",
    "relation": {"has-preprint": [{"id-type": "arxiv", "id": "2401.00001"}]},
}

DATACITE = {
    "id": "10.1000/otter.1",
    "type": "dois",
    "attributes": {
        "doi": "10.1000/otter.1",
        "titles": [{"title": "Counting otters"}, {"title": "A thesis", "titleType": "Subtitle"}],
        "creators": [
            {"name": "Lee, Ann", "nameType": "Personal", "givenName": "Ann", "familyName": "Lee"},
            {"name": "Otter Society", "nameType": "Organizational"},
        ],
        "publisher": {"name": "Otter University"},
        "publicationYear": 2024,
        "dates": [{"date": "2024-02-03", "dateType": "Issued"}],
        "types": {"resourceTypeGeneral": "Dissertation"},
        "descriptions": [{"description": "<p>We count.</p>", "descriptionType": "Abstract"}],
        "url": "https://repository.example.org/1",
    },
}

KINDS: dict[str, tuple[FileFormat, dict[str, object], object]] = {
    "openalex": (load("openalex"), OPENALEX, {"meta": {"count": 1}, "results": [OPENALEX]}),
    "semantic-scholar": (load("semantic-scholar"), SCHOLAR, {"total": 1, "data": [SCHOLAR]}),
    "crossref": (
        load("crossref"),
        {"status": "ok", "message-type": "work", "message": CROSSREF},
        {"status": "ok", "message-type": "work-list", "message": {"items": [CROSSREF]}},
    ),
    "datacite": (load("datacite"), {"data": DATACITE}, {"data": [DATACITE], "meta": {"total": 1}}),
}


def read(tmp_path: Path, kind: FileFormat, value: object) -> Read:
    return Read(kind, written(tmp_path, json.dumps(value, indent=1)))


@pytest.mark.parametrize("name", KINDS)
def test_one_work_and_a_list_of_it_are_the_same_paper(tmp_path: Path, name: str) -> None:
    kind, one, several = KINDS[name]
    assert kind.matches(json.dumps(one))
    assert kind.matches(json.dumps(several, indent=2))
    assert read(tmp_path, kind, one).only == read(tmp_path, kind, several).only


@pytest.mark.parametrize("name", KINDS)
def test_each_format_knows_its_own_answers_only(name: str) -> None:
    kind, _, _ = KINDS[name]
    others = (several for other, (_, _, several) in KINDS.items() if other != name)
    assert not any(kind.matches(json.dumps(x)) for x in others)


COUNTED = {
    "openalex": "cited_by_count",
    "semantic-scholar": "citationCount",
    "crossref": "is-referenced-by-count",
    "datacite": "citationCount",
}


@pytest.mark.parametrize(
    ("given", "count"), [(1_234, 1_234), (-1, None), (10**12, None), ("12", None), (True, None)]
)
@pytest.mark.parametrize("name", COUNTED)
def test_each_source_says_how_often_a_paper_is_cited(
    tmp_path: Path, name: str, given: object, count: int | None
) -> None:
    kind, _, several = KINDS[name]
    text = json.dumps(several).replace(
        '"title', f'"{COUNTED[name]}": {json.dumps(given)}, "title', 1
    )
    assert Read(kind, written(tmp_path, text)).only.citations == count


def test_a_count_of_0_is_unknown_to_datacite_only(tmp_path: Path) -> None:
    counts = {}
    for name, (kind, _, several) in KINDS.items():
        text = json.dumps(several).replace('"title', f'"{COUNTED[name]}": 0, "title', 1)
        counts[name] = Read(kind, written(tmp_path, text)).only.citations
    assert counts == {"openalex": 0, "semantic-scholar": 0, "crossref": 0, "datacite": None}


def test_a_work_of_openalex_becomes_a_paper(tmp_path: Path) -> None:
    paper = read(tmp_path, load("openalex"), OPENALEX).only
    assert paper.title == "Counting otters"
    assert paper.abstract == "We count otters"
    assert names(paper) == ["Ann Lee", "Bo Chen"]
    assert paper.identifiers == (
        "arxiv:2401.00001",
        "doi:10.1000/otter.1",
        "pmid:777",
        "openalex:W123",
    )
    assert paper.published_at == datetime(2024, 2, 3, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("Journal of Otters", "article-journal")
    assert paper.url == "https://journal.example.org/1"


def test_a_preprint_of_openalex_has_no_venue(tmp_path: Path) -> None:
    place = {"source": {"display_name": "arXiv (Cornell University)", "type": "repository"}}
    paper = read(tmp_path, load("openalex"), OPENALEX | {"primary_location": place}).only
    assert (paper.venue, paper.kind) == ("", "article")


@pytest.mark.parametrize(
    ("index", "abstract"),
    [
        ({"b": [1], "a": [0, 2]}, "a b a"),
        ({"a": [10**12], "b": [0]}, "b a"),
        ({"a": [-1, "x", None, 0.5], "b": 3, "c": [[1]]}, ""),
        (None, ""),
        ([["a", 0]], ""),
        ({}, ""),
    ],
)
def test_an_inverted_index_is_turned_round(index: object, abstract: str) -> None:
    assert abstract_of(index) == abstract


def test_a_paper_of_semantic_scholar_has_all_its_identifiers(tmp_path: Path) -> None:
    paper = read(tmp_path, load("semantic-scholar"), SCHOLAR).only
    assert paper.identifiers == (
        "arxiv:2401.00001",
        "doi:10.1000/otter.1",
        "acl:2024.acl-long.1",
        "pmid:777",
        "s2:c31c87c591a25c64fbaa82e8ac6a81831b6ac7ce",
    )
    assert (paper.year, paper.published_at) == (2024, None)
    assert (paper.venue, paper.kind) == ("Annual Meeting of Otters", "paper-conference")


def test_a_batch_passes_over_what_is_not_known_and_citations_are_opened(tmp_path: Path) -> None:
    found = read(tmp_path, load("semantic-scholar"), [None, SCHOLAR, {"citingPaper": SCHOLAR}])
    assert len(found.papers) == 2
    assert found.refusals == []


def test_a_work_of_crossref_becomes_a_paper(tmp_path: Path) -> None:
    paper = read(tmp_path, *KINDS["crossref"][:2]).only
    assert paper.title == "Counting otters: A field study"
    assert paper.abstract == "We count otters."
    assert paper.authors == (
        Author("Lee", "Ann"),
        Author("Chen Jr"),
        Author(literal="Otter Society"),
    )
    assert paper.identifiers == ("arxiv:2401.00001", "doi:10.1000/otter.1")
    assert paper.published_at == datetime(2024, 2, 3, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("Proceedings of Otters", "paper-conference")


@pytest.mark.parametrize(
    ("parts", "year"),
    [([[None]], None), ([[]], None), ([], None), (None, None), ([["2024", "5"]], 2024),
     ([[2024, 13, 99]], 2024), ([["x"]], None), ([[2024, 2, 30]], 2024)],
)  # fmt: skip
def test_dates_of_crossref_with_holes_in_them(tmp_path: Path, parts: object, year: int) -> None:
    work = {"DOI": "10.1000/1", "title": ["x"], "issued": {"date-parts": parts}}
    assert read(tmp_path, load("crossref"), {"status": "ok", "message": work}).only.year == year


def test_a_subtitle_that_the_title_already_has_is_not_said_twice(tmp_path: Path) -> None:
    work = CROSSREF | {"title": ["Counting otters: a field study"]}
    title = read(tmp_path, load("crossref"), {"status": "ok", "message": work}).only.title
    assert title == "Counting otters: a field study"


def test_a_work_of_datacite_becomes_a_paper(tmp_path: Path) -> None:
    paper = read(tmp_path, load("datacite"), {"data": DATACITE}).only
    assert paper.title == "Counting otters: A thesis"
    assert paper.abstract == "We count."
    assert paper.authors == (Author("Lee", "Ann"), Author(literal="Otter Society"))
    assert paper.published_at == datetime(2024, 2, 3, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("Otter University", "thesis")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<jats:sec><jats:title>Abstract</jats:title><jats:p>x</jats:p></jats:sec>", "x"),
        ("<jats:p>Abstract interpretation</jats:p>", "Abstract interpretation"),
        (
            "<p>a <jats:inline-formula><jats:alternatives><jats:tex-math>"
            "\\documentclass{x}\\begin{document}$$a&lt;b$$\\end{document}</jats:tex-math>"
            "<mml:math><mml:mi>a</mml:mi></mml:math></jats:alternatives>"
            "</jats:inline-formula> b</p>",
            "a $a<b$ b",
        ),
        ("<jats:tex-math><![CDATA[\\alpha]]></jats:tex-math>", "$\\alpha$"),
        ("<jats:p>H<jats:sub>2</jats:sub>O</jats:p>", "H2O"),
    ],
)
def test_jats_becomes_text_with_each_formula_once(markup: str, text: str) -> None:
    assert plain_text(jats_abstract(markup)) == text


@pytest.mark.parametrize(
    ("kind", "answer", "why"),
    [
        (
            load("crossref"),
            {"status": "failed", "message": [{"message": "no such route"}]},
            "no such route",
        ),
        (load("semantic-scholar"), {"error": "Paper with id 0 not found"}, "Paper with id 0"),
        (load("openalex"), {"error": "Invalid query", "message": "bad filter"}, "bad filter"),
        (load("datacite"), {"errors": [{"status": "400", "title": "bad query"}]}, "bad query"),
        (load("datacite"), {"data": [{"id": "x"}]}, "no work"),
        (load("openalex"), {"results": [7, None, []]}, "no title"),
    ],
)
def test_what_a_host_says_instead_is_the_reason(
    tmp_path: Path, kind: FileFormat, answer: object, why: str
) -> None:
    found = read(tmp_path, kind, answer)
    assert found.papers == []
    assert why in found.refusals[0].why


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3),
    max_leaves=8,
)
READERS = {
    "openalex": (read_openalex, OPENALEX),
    "semantic-scholar": (read_papers, SCHOLAR),
    "crossref": (read_works, {"message": CROSSREF}),
    "datacite": (read_dois, {"data": DATACITE}),
}


@pytest.mark.parametrize("name", READERS)
@given(st.data())
def test_a_field_of_any_kind_costs_a_record_at_most(name: str, data: st.DataObject) -> None:
    reader, good = READERS[name]
    work = json.loads(json.dumps(good))
    inner = work
    while True:
        key = data.draw(st.sampled_from(sorted(inner)))
        deeper = isinstance(inner[key], dict) and data.draw(st.booleans())
        if not deeper:
            break
        inner = inner[key]
    inner[key] = data.draw(anything)
    page = collect_page(reader(json.dumps(work).encode()))
    assert len(page.papers) + len(page.refusals) <= 3
    assert "broken" not in page.metadata


def test_every_recorded_answer_of_crossref_is_read_whole(shared: Path) -> None:
    counts = {}
    for path in sorted((shared / "data" / "formats" / "crossref-json").glob("*.json")):
        found = Read(load("crossref"), path)
        assert load("crossref").matches(path.read_text(encoding="utf-8")), path.name
        message = json.loads(path.read_text(encoding="utf-8"))["message"]
        works = message.get("items", [message]) if isinstance(message, dict) else [message]
        counts[path.name] = len(found.papers)
        assert len(found.papers) + len(found.refusals) == len(works), path.name
        for paper in found.papers:
            assert paper.identifier("doi"), path.name
            assert "<" not in paper.abstract, path.name
            assert not paper.abstract.startswith("Abstract"), path.name
    # Left out are one issue of a journal without a title and one refusal by the host.
    assert sum(counts.values()) == 55
    assert len(counts) == 16


def test_every_recorded_answer_of_semantic_scholar_is_read_whole(shared: Path) -> None:
    counts: dict[str, tuple[int, int]] = {}
    for folder in ("semantic-scholar", "semantic-scholar-json"):
        for path in sorted((shared / "data" / "formats" / folder).glob("*.json")):
            found = Read(load("semantic-scholar"), path)
            counts[path.name.split("__")[1]] = (len(found.papers), len(found.refusals))
    # Answers that were asked for without titles (counts, years, files only) hold no papers.
    assert counts == {
        "Citation.json": (1, 0),
        "PaperWithNullValues.json": (0, 1),
        "test_get_papers_not_found_warning.0.200.json": (3, 0),
        "test_get_papers_return_not_found.0.200.json": (3, 0),
        "test_get_recommended_papers.0.200.json": (100, 0),
        "test_get_recommended_papers_from_lists_negative_only.0.400.json": (0, 1),
        "test_not_found.0.404.json": (0, 1),
        "test_search_paper_match_title.0.200.json": (1, 0),
        "test_search_paper_min_citation_count.0.200.json": (0, 70),
        "test_search_paper_next_page.0.200.json": (100, 0),
        "test_search_paper_open_access_pdf.0.200.json": (0, 100),
        "test_search_paper_year_range.0.200.json": (0, 47),
    }


def test_zotero_s_cases_of_openalex_agree_with_what_zotero_expects(shared: Path) -> None:
    folder = shared / "data" / "formats" / "zotero-translator-testcases"
    cases = sorted(folder.glob("OpenAlex_JSON_*.input.json"))
    assert len(cases) == 3
    for path in cases:
        name = path.name.replace(".input.", ".expected-zotero.")
        (item,) = json.loads((folder / name).read_text(encoding="utf-8"))
        paper = Read(load("openalex"), path).only
        people = [f"{x['firstName']} {x['lastName']}" for x in item["creators"]]
        assert paper.title == item["title"]
        assert names(paper) == people
        assert paper.published_at is not None
        assert f"{paper.published_at:%Y-%m-%d}" == item["date"]


def test_the_recorded_work_of_openalex_is_read(shared: Path) -> None:
    (path,) = (shared / "data" / "formats" / "openalex").glob("*.json")
    paper = Read(load("openalex"), path).only
    assert paper.identifiers == ("arxiv:1706.03762", "openalex:W2741809807")
    assert paper.year == 2017
    assert paper.abstract == "The dominant sequence transduction"


@pytest.mark.slow
def test_a_file_of_nothing_but_numbers_is_given_up_soon(tmp_path: Path) -> None:
    path = written(tmp_path, "[" + "1," * 50_000 + "1]")
    found = Read(load("openalex"), path)
    assert len(found.refusals) == MAX_REFUSED + 1
    assert "not read on" in found.refusals[-1].why


def test_nothing_hostile_raises(shared: Path) -> None:
    for path in sorted((shared / "data" / "hostile" / "json").glob("*.json")):
        for kind, _, _ in KINDS.values():
            assert all(not x.identifiers for x in Read(kind, path).papers), path.name
