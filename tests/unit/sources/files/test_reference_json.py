"""CSL-JSON, Zotero's and Mendeley's JSON, and lists of no known dialect."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from folders import DATA
from reading import Found, reader_of

from recommender.domain import Author
from recommender.sources import detect


@pytest.fixture(params=["csl-json", "zotero-json", "mendeley-json", "json"])
def any_format(request, tmp_path):
    return reader_of(request.param, tmp_path)


@pytest.fixture
def csl(tmp_path):
    return reader_of("csl-json", tmp_path)


@pytest.fixture
def zotero(tmp_path):
    return reader_of("zotero-json", tmp_path)


def test_a_csl_item_becomes_a_paper():
    first, second = Found(DATA / "references.csl.json", "csl-json").papers
    assert first.title == "Bridges between Pages"
    assert first.authors == (
        Author("van der Meer", "Jan"),
        Author("King Jr.", "Ola"),
        Author(literal="The Binding Group"),
    )
    assert first.published_at == datetime(2017, 4, 6, tzinfo=UTC)
    assert (first.venue, first.kind) == ("Proceedings of the Bookbinders", "paper-conference")
    assert first.identifiers == ("doi:10.5555/bridges",)
    assert second.authors == (Author("Fontaine", "Jean de"),)
    assert (second.year, second.identifiers) == (2004, ("pmid:99000005",))


@pytest.mark.parametrize(
    ("issued", "year", "day"),
    [
        ({"date-parts": [[2001]]}, 2001, None),
        ({"date-parts": [[2001, 2], [2001, 3]]}, 2001, None),
        ({"date-parts": [["2001", "02", "03"]]}, 2001, (2, 3)),
        ({"date-parts": [[-44]]}, None, None),
        ({"date-parts": []}, None, None),
        ({"date-parts": "2001"}, None, None),
        ({"raw": "3 February 2001"}, 2001, (2, 3)),
        ({"literal": "in press"}, None, None),
        ({"year": 2001, "month": "2", "day": 3}, 2001, (2, 3)),
    ],
)
def test_csl_dates_are_read_as_far_as_they_go(csl, issued, year, day):
    (paper,) = csl(json.dumps([{"type": "book", "title": "T", "issued": issued}])).papers
    at = paper.published_at
    assert (paper.year, at and (at.month, at.day)) == (year, day)


def test_one_csl_item_may_stand_alone_or_in_items(csl):
    item = {"type": "journal-article", "title": ["T"], "DOI": "10.5555/x"}
    for content in (item, {"items": [item]}, [item]):
        (paper,) = csl(json.dumps(content)).papers
        assert (paper.title, paper.kind) == ("T", "article-journal")
        assert paper.identifiers == ("doi:10.5555/x",)


def test_identifiers_of_our_own_export_come_back(csl):
    item = {
        "id": "arxiv:2101.00001",
        "type": "article",
        "title": "T",
        "archive": "arXiv",
        "archive_location": "2101.00001",
        "custom": {"identifiers": ["openalex:W1", 5]},
    }
    assert csl(json.dumps([item])).papers[0].identifiers == ("arxiv:2101.00001", "openalex:W1")


def test_zoteros_items_become_papers():
    first, second = Found(DATA / "references.zotero.json", "zotero-json").papers
    assert first.title == "Stairs that Count Themselves"
    assert first.authors == (Author("Lund", "Siri"), Author(literal="Stair Society"))
    assert first.published_at == datetime(2013, 6, 7, tzinfo=UTC)
    assert (first.venue, first.kind) == ("Journal of Imaginary Things", "article-journal")
    assert first.abstract == "Stairs know their number."
    assert first.identifiers == ("doi:10.5555/stairs",)
    assert second.identifiers == ("arxiv:2203.00043", "pmid:99000006")
    assert second.kind == "article"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda item: item,
        lambda item: [item],
        lambda item: [{"key": "A", "data": item}],
        lambda item: {"first": item, "second": item},
    ],
)
def test_zoteros_items_come_in_several_wrappings(wrap, tmp_path):
    path = tmp_path / "file"
    path.write_text(json.dumps(wrap({"itemType": "book", "title": "T", "creators": []})))
    assert detect(path) == "zotero-json"
    assert set(Found(path, "zotero-json").titles) == {"T"}


def test_notes_and_attachments_are_passed_over(zotero):
    kinds = [{"itemType": x, "title": "T"} for x in ("note", "attachment", "annotation")]
    assert zotero(json.dumps(kinds)).all == []


def test_mendeleys_documents_become_papers():
    first, second = Found(DATA / "references.mendeley.json", "mendeley-json").papers
    assert first.authors == (Author("Lund", "Siri"), Author("Wind Team"))
    assert first.published_at == datetime(2009, 8, 7, tzinfo=UTC)
    assert first.identifiers == ("doi:10.5555/umbrella", "pmid:99000007")
    assert first.url == "https://example.org/umbrellas"
    assert (second.title, second.kind, second.authors) == ("Handles", "thesis", ())


def test_a_list_of_records_is_read_by_the_usual_names():
    first, second = Found(DATA / "papers.json", "json").papers
    assert first.title == "Buttons Nobody Presses"
    assert first.identifiers == ("arxiv:2601.00042",)
    assert (second.year, second.identifiers) == (1998, ("doi:10.5555/levers",))


@pytest.mark.parametrize("content", ["[1, null, []]", '["x"]', '{"items": [7]}'])
def test_what_is_no_object_is_refused(any_format, content):
    found = any_format(content)
    assert found.papers == []
    assert all("named fields" in why or "no title" in why for why in found.refused.values())
    assert found.refused


@pytest.mark.parametrize("name", ["csl-json", "zotero-json", "mendeley-json"])
def test_values_of_the_wrong_kind_are_left_out(name, tmp_path):
    nonsense = {
        **{"title": "T", "itemType": "book", "type": 5, "author": 7, "authors": None},
        **{"issued": [1], "date": {}, "DOI": [], "URL": 3, "creators": "x", "identifiers": 8},
        **{"abstract": None, "abstractNote": [], "year": True, "custom": [], "websites": {}},
    }
    assert reader_of(name, tmp_path)(json.dumps([nonsense])).titles == ["T"]


def test_a_file_cut_off_keeps_what_was_whole(any_format):
    whole = json.dumps({"title": "T", "itemType": "book", "type": "book"})
    found = any_format(f'[{whole},\n{whole},\n{{"title": "U')
    assert found.titles == ["T", "T"]
    assert list(found.refused) == [3]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('[{"id": "x", "type": "article-journal", "title": "T"}]', "csl-json"),
        ('[{"title": "T", "issued": {"date-parts": [[2000]]}}]', "csl-json"),
        ('[{"title": "T", "authors": ["A"]}]', "json"),
        ('{"papers": [{"title": "T", "year": 1}]}', "json"),
        ('{"title": "T", "year": 1}\n{"title": "U", "year": 2}', "jsonl"),
        ('[{"title": "T", "itemType": "book"}]', "zotero-json"),
        ('[{"title": "T", "profile_id": "p"}]', "mendeley-json"),
    ],
)
def test_dialects_are_told_apart(content, name, tmp_path):
    path = tmp_path / "file"
    path.write_text(content)
    assert detect(path) == name
