"""Which paper a page in the browser is about, whatever the page says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from paper_pages import ONLY_AN_ID, PAGES, UNREADABLE, PaperPage
from stores import NOW, paper, sqlite_store

from recommender.errors import InvalidValue
from recommender.ingest.page_in_view import PageInView, add_paper, recognise
from recommender.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def seen(store: Store, page: PaperPage) -> PageInView:
    return recognise(store, page.address, page.title, json.dumps(page.tags))


@pytest.mark.parametrize("name", PAGES)
def test_each_kind_of_page_gives_the_right_paper_and_stores_nothing(
    store: Store, name: str
) -> None:
    page = PAGES[name]
    found = seen(store, page)
    assert store.catalogue.count() == 0
    assert found.paper is not None
    assert found.missing == ()
    assert found.paper.title == page.paper_title
    if page.authors:
        assert tuple(x.name for x in found.paper.authors) == page.authors
    assert add_paper(store, found, NOW) == page.paper_id
    again = seen(store, page)
    assert again.paper_id == page.paper_id
    assert add_paper(store, again, NOW) == page.paper_id
    assert store.catalogue.count() == 1


def test_a_paper_of_the_library_is_found_by_its_address_alone(store: Store) -> None:
    store.catalogue.add([paper("Otters as Librarians", "arxiv:2401.01234")], NOW)
    for address in ("https://arxiv.org/pdf/2401.01234v3", "https://arxiv.org/html/2401.01234#S1"):
        found = recognise(store, address, "", "")
        assert (found.paper_id, found.missing) == ("arxiv:2401.01234", ())
    doi = recognise(store, "https://doi.org/10.48550/arXiv.2401.01234", "x", "[]")
    assert doi.paper_id == "arxiv:2401.01234"


def test_without_tags_the_title_of_the_page_serves_where_the_address_names_a_paper(
    store: Store,
) -> None:
    found = recognise(store, "https://arxiv.org/abs/2401.01234", "[2401.01234] Otters", "")
    assert found.paper is not None
    assert found.paper.title == "Otters"
    acl = PAGES["acl"]
    found = recognise(store, acl.address, acl.title, "")
    assert found.paper is not None
    assert (found.paper.title, found.identifiers) == (acl.paper_title, ("acl:2020.acl-main.1234",))


def test_what_cannot_be_read_says_what_was_found_and_what_is_missing(store: Store) -> None:
    found = seen(store, UNREADABLE)
    assert (found.paper, found.paper_id, found.query) == (None, None, None)
    assert (found.address, found.title) == (UNREADABLE.address, "Leek soup")
    assert [x.partition(" (")[0] for x in found.missing] == [
        "an identifier",
        "tags that name a paper",
    ]
    with pytest.raises(InvalidValue):
        add_paper(store, found, NOW)
    found = seen(store, ONLY_AN_ID)
    assert found.missing == ("a title",)
    assert found.query is not None
    assert (found.query.source, found.query.ids) == ("arxiv", ("arxiv:2402.09999",))


@pytest.mark.parametrize(
    "tags",
    [
        "",
        "{",
        "[" * 5_000,
        "3",
        '{"citation_title": "x"}',
        '[["citation_title"], [1, 2], "x", null, [["a"], "b"]]',
        json.dumps([["citation_title", "x" * 30_000]]),
        json.dumps([[f"citation_{'y' * 500}", "x"]] * 10),
        json.dumps([["citation_title", "\u0000\n"], ["citation_doi", "\ud800"]]),
    ],
)
def test_hostile_tags_give_no_paper(store: Store, tags: str) -> None:
    found = recognise(store, "javascript:alert(1)", "\u202e\x00" + "t" * 5_000, tags)
    assert found.paper is None
    assert found.address == ""
    assert len(found.title) <= 1_000


def test_markup_in_tags_is_text_and_no_script_becomes_a_link(store: Store) -> None:
    tags = [
        ["citation_title", "<script>alert(1)</script> of bees"],
        ["citation_doi", "10.5555/x"],
        ["citation_pdf_url", "javascript:alert(1)"],
        ["citation_author", "<b>Ada</b> Okafor"],
    ]
    found = recognise(store, "https://x.example/?token=secret", "", json.dumps(tags))
    paper_id = add_paper(store, found, NOW)
    stored = store.catalogue.get(paper_id)
    assert "script" not in stored.url
    (contribution,) = store.catalogue.provenance(paper_id)
    assert "secret" not in contribution.origin.place
