"""Other versions of a work, in the words of each source."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.domain import Paper
from recommender.sources import Document, Entry, load
from recommender.sources.parsing.version_relations import MAX_RELATED, related_versions

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def read(name: str, text: str, folder: Path) -> Paper:
    file = folder / "file"
    file.write_text(text, encoding="utf-8")
    [entry] = load(name).read(Document(file), NOW)
    assert isinstance(entry, Entry)
    return entry.paper


@pytest.mark.parametrize(
    ("kind", "other", "named"),
    [
        ("is-preprint-of", "10.5555/J.1", ["doi:10.5555/j.1"]),
        ("IsVersionOf", "https://doi.org/10.5281/zenodo.1", ["doi:10.5281/zenodo.1"]),
        ("IsPreviousVersionOf", "arXiv:2401.00001v2", ["arxiv:2401.00001"]),
        ("UpdateOf", "pmid:123", ["pmid:123"]),
        ("IsPartOf", "10.5555/j.1", []),
        ("IsSupplementTo", "10.5555/j.1", []),
        ("is-reply-to", "10.5555/j.1", []),
        ("HasVersion", "https://example.org/v2", []),
    ],
)
def test_relations_of_versions_name_them(kind: str, other: str, named: list[str]) -> None:
    assert list(related_versions([(kind, other)])) == named


def test_the_relations_of_one_record_are_bounded_and_named_once() -> None:
    many = [("has-version", f"10.5555/j.{i // 2}") for i in range(10_000)]
    found = list(related_versions(many))
    assert len(found) == len(set(found)) == MAX_RELATED


def test_crossref_names_the_article_of_a_preprint(tmp_path: Path) -> None:
    work = {
        "DOI": "10.9999/early",
        "type": "posted-content",
        "title": ["A first look at tides"],
        "relation": {"is-preprint-of": [{"id": "10.5555/Late", "id-type": "doi"}]},
    }
    text = json.dumps({"status": "ok", "message-type": "work", "message": work})
    assert read("crossref", text, tmp_path).related == ("doi:10.5555/late",)


def test_datacite_names_the_doi_of_all_versions(tmp_path: Path) -> None:
    related = {"relationType": "IsVersionOf", "relatedIdentifier": "10.5281/zenodo.1"}
    attributes = {
        "doi": "10.5281/zenodo.2",
        "titles": [{"title": "A table of tides"}],
        "relatedIdentifiers": [related],
    }
    text = json.dumps({"data": [{"id": "x", "type": "dois", "attributes": attributes}]})
    assert read("datacite", text, tmp_path).related == ("doi:10.5281/zenodo.1",)


def test_datacite_xml_and_crossref_xml_name_versions(tmp_path: Path) -> None:
    datacite = (
        '<resource xmlns="http://datacite.org/schema/kernel-4">'
        '<identifier identifierType="DOI">10.5281/zenodo.2</identifier>'
        "<titles><title>A table of tides</title></titles><relatedIdentifiers>"
        '<relatedIdentifier relatedIdentifierType="DOI" relationType="IsNewVersionOf">'
        "10.5281/zenodo.1</relatedIdentifier></relatedIdentifiers></resource>"
    )
    assert read("datacite-xml", datacite, tmp_path).related == ("doi:10.5281/zenodo.1",)
    crossref = (
        '<doi_records><doi_record><crossref><posted_content type="preprint">'
        "<titles><title>A first look at tides</title></titles>"
        '<program><related_item><intra_work_relation relationship-type="isPreprintOf" '
        'identifier-type="doi">10.5555/late</intra_work_relation></related_item></program>'
        "<doi_data><doi>10.9999/early</doi></doi_data>"
        "</posted_content></crossref></doi_record></doi_records>"
    )
    assert read("crossref-xml", crossref, tmp_path).related == ("doi:10.5555/late",)


def test_pubmed_names_the_article_of_a_preprint(tmp_path: Path) -> None:
    xml = (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        "<ArticleTitle>A first look at tides.</ArticleTitle></Article>"
        '<CommentsCorrectionsList><CommentsCorrections RefType="UpdateIn"><PMID>2</PMID>'
        '</CommentsCorrections><CommentsCorrections RefType="CommentIn"><PMID>3</PMID>'
        "</CommentsCorrections></CommentsCorrectionsList>"
        "</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    assert read("pubmed-xml", xml, tmp_path).related == ("pmid:2",)
    nbib = "PMID- 1\nTI  - A first look at tides\nUIN - Tides. 2024. PMID: 2\n\n"
    assert read("nbib", nbib, tmp_path).related == ("pmid:2",)


def test_openalex_names_the_dois_of_other_places(tmp_path: Path) -> None:
    work = {
        "id": "https://openalex.org/W1",
        "doi": "https://doi.org/10.5555/late",
        "title": "Tides explained at last",
        "locations": [
            {"landing_page_url": "https://doi.org/10.5555/late"},
            {"landing_page_url": "https://doi.org/10.9999/early"},
        ],
    }
    text = json.dumps({"meta": {}, "results": [work]})
    assert read("openalex", text, tmp_path).related == ("doi:10.9999/early",)


def test_arxiv_says_which_version_it_is(tmp_path: Path) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://arxiv.org/api/q"/><entry>'
        "<id>http://arxiv.org/abs/2401.00001v3</id><published>2024-01-02T00:00:00Z</published>"
        "<title>Tides of ice</title><summary>Ice.</summary></entry></feed>"
    )
    found = read("arxiv-atom", atom, tmp_path)
    assert (found.version, found.identifiers) == (3, ("arxiv:2401.00001",))
