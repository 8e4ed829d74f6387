"""What we write as CSL-JSON keeps to the schema and reads back the same."""

from __future__ import annotations

import json

from hypothesis import given
from nasty_papers import NASTY, papers

from recommender.domain import Author, Paper
from recommender.escaping import one_line
from recommender.export import render
from recommender.export.author_names import name_parts

ITEM_FIELDS = {
    *("id", "citation-key", "type", "title", "author", "issued", "container-title", "DOI", "PMID"),
    *("archive", "archive_location", "URL", "abstract", "custom"),
}
NAME_FIELDS = {"family", "given", "non-dropping-particle", "suffix", "literal"}


def read(some: list[Paper] | tuple[Paper, ...]) -> list[dict]:
    return json.loads(render(some, "csl-json"))


@given(papers)
def test_title_authors_year_and_ids_come_back(paper):
    (item,) = read([paper])
    assert item["title"] == one_line(paper.title)
    assert item["id"] == paper.paper_id
    assert item.get("DOI", "") == paper.identifier("doi")
    assert item.get("archive_location", "") == paper.identifier("arxiv")
    assert item.get("issued", {"date-parts": [[None]]})["date-parts"][0][0] == paper.year
    assert [
        x.get("literal") or (x.get("given", ""), x["family"]) for x in item.get("author", [])
    ] == [x.literal or (x.given, x.family) for x in map(name_parts, paper.authors)]


@given(papers)
def test_only_fields_of_the_schema_are_written(paper):
    (item,) = read([paper])
    assert set(item) <= ITEM_FIELDS
    assert {part for name in item.get("author", []) for part in name} <= NAME_FIELDS
    assert all(item.values())


def test_particles_and_suffixes_have_their_own_fields():
    (item, *_) = read(NASTY)
    assert item["author"][:3] == [
        {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
        {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
        {"literal": "Meta Labs, Inc. and Friends"},
    ]


def test_the_whole_date_is_written_where_it_is_known():
    assert read(NASTY)[0]["issued"] == {"date-parts": [[2024, 1, 3]]}


def test_identifiers_without_a_field_are_kept_as_custom():
    assert read(NASTY)[0]["custom"] == {"identifiers": ["acl:2024.toy-1.7"]}


def test_an_unknown_kind_is_a_preprint_only_with_an_arxiv_id():
    kinds = [
        x["type"] for x in read([Paper("T", "arxiv:2401.1"), Paper("U"), Paper("V", kind="x")])
    ]
    assert kinds == ["article", "document", "document"]


def test_a_paper_without_id_is_cited_by_its_key():
    (item,) = read([Paper(title="Lonely", authors=(Author("Ng", "A"),))])
    assert item["id"] == item["citation-key"]
    assert item["id"].startswith("ngLonely-")
