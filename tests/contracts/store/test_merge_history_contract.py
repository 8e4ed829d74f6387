"""Which record gave which field, and merges that are taken back, on every database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from stores import NOW, event, paper, slate

from recommender.domain import Author, Listing, Paper
from recommender.errors import NothingToUndo, UnknownMerge, UnknownPaper
from recommender.store import Store
from recommender.store.catalogue.provenance import Origin

DAY = timedelta(days=1)
BIB, FEED = Origin("bibtex", "refs.bib"), Origin("feed", "https://example.org/rss")
NETS = paper("Deep nets for vision", "arxiv:2401.00001", author="Lee", year=2024)
SOIL = paper("Soil acidity over decades", "doi:10.1000/soil", year=2020, venue="Soil")
WRONG = replace(SOIL, identifiers=("arxiv:2401.00001", *SOIL.identifiers))
"""A record whose arXiv id is another paper's, and which has no author to contradict it."""


def add(store: Store, *records: Paper, origin: Origin = BIB, days: int = 0) -> list[str]:
    lines = range(10, 10 * len(records) + 10, 10)
    return [x.paper_id for x in store.catalogue.add(records, NOW + days * DAY, origin, lines)]


def undo(store: Store, number: int | None = None) -> tuple[str, str]:
    if number is None:
        number = store.catalogue.merges()[0].number
    parted = store.catalogue.undo_merge(number, NOW + DAY)
    return parted.kept_id, parted.other_id


def state(papers: Sequence[Paper]) -> list[Paper]:
    return [replace(x, added_at=None) for x in papers]


def test_each_field_names_the_record_that_gave_it(store: Store) -> None:
    add(store, paper("A study of rays", "doi:10.1000/x", venue="Workshop"))
    more = paper("A study of rays", "arxiv:2401.01234", "doi:10.1000/x", venue="J", year=2024)
    add(store, more, more, origin=FEED, days=1)
    first, second = store.catalogue.provenance("doi:10.1000/x")
    assert (first.origin, first.line, first.at) == (BIB, 10, NOW)
    assert first.fields == ("title", "venue", "identifiers")
    assert (second.origin, second.line, second.at) == (FEED, 10, NOW + DAY)
    assert second.fields == ("year", "identifiers")


def test_a_real_abstract_takes_the_place_of_the_summarys_record(store: Store) -> None:
    ours = paper("A study of rays", abstract="Ours.", abstract_is_summary=True)
    add(store, ours)
    [paper_id] = add(store, replace(ours, abstract="Theirs.", abstract_is_summary=False), days=1)
    first, second = store.catalogue.provenance(paper_id)
    assert (first.fields, second.fields) == (("title",), ("abstract",))


def test_a_record_that_adds_nothing_leaves_no_trace(store: Store) -> None:
    listed = replace(NETS, listings=(Listing("daily", NOW, upvotes=3),))
    [paper_id] = add(store, listed)
    for again in (listed, NETS, replace(NETS, listings=(Listing("daily", NOW),))):
        add(store, again, origin=FEED, days=1)
    assert [x.origin for x in store.catalogue.provenance(paper_id)] == [BIB]
    assert store.catalogue.get(paper_id).listings == listed.listings
    assert store.catalogue.merges() == []


def test_a_count_of_citations_names_who_gave_it_first(store: Store) -> None:
    for day, count in enumerate((None, 3, 5, 9)):
        add(store, replace(SOIL, citations=count), origin=FEED if count else BIB, days=day)
    given = store.catalogue.provenance(SOIL.identifiers[0])
    assert [("citations" in x.fields, x.at) for x in given] == [(False, NOW), (True, NOW + DAY)]


@pytest.mark.parametrize("citations", [(3, 9), (9, 3), (None, 9), (9, None)])
def test_an_undone_merge_gives_each_its_count_back(
    store: Store, citations: tuple[int | None, int | None]
) -> None:
    rays = paper("A study of rays", "doi:10.1000/x", author="Curie", citations=citations[0])
    salt = paper("Crystals in salt", "arxiv:2401.01234", author="Curie", citations=citations[1])
    add(store, rays, salt)
    add(store, replace(salt, identifiers=("doi:10.1000/x", "arxiv:2401.01234"), citations=None))
    assert [x.citations for x in store.catalogue.papers()] == [9]
    undo(store)
    parted = {x.title: x.citations for x in store.catalogue.papers()}
    assert parted == {rays.title: citations[0], salt.title: citations[1]}


def test_an_unknown_paper_has_no_provenance(store: Store) -> None:
    for ask in (store.catalogue.provenance, store.catalogue.merges):
        with pytest.raises(UnknownPaper):
            ask("arxiv:9999.99999")


def two_joined(store: Store) -> tuple[list[str], list[Paper]]:
    """Add two papers of one author, and a record that names both."""
    rays = paper("A study of rays", "doi:10.1000/x", author="Curie", abstract="Rays.", year=2001)
    salt = paper("Crystals in salt", "arxiv:2401.01234", author="Curie", venue="Journal")
    salt = replace(salt, listings=(Listing("daily", NOW),))
    ids = add(store, rays, salt)
    before = store.catalogue.papers()
    both = paper("Crystals in salt", "doi:10.1000/x", "arxiv:2401.01234", author="Curie")
    assert len(set(add(store, both, origin=FEED, days=1))) == store.catalogue.count() == 1
    return ids, before


def test_a_merge_of_two_papers_is_recorded(store: Store) -> None:
    ids, _ = two_joined(store)
    [merge] = store.catalogue.merges(ids[0])
    assert (merge.paper_id, merge.other_id) == (ids[1], ids[0])
    assert (merge.title, merge.other_title) == ("A study of rays", "A study of rays")  # shown first
    assert (merge.joined, merge.origin, merge.line) == (True, FEED, 10)
    assert (merge.merged_at, merge.undone_at) == (NOW + DAY, None)
    first, second = store.catalogue.provenance(ids[0])
    assert second.fields == ("title", "authors", "venue", "identifiers", "listings")
    assert first.fields == ("abstract", "year", "identifiers")


def test_two_papers_that_were_joined_are_parted_again(store: Store) -> None:
    ids, before = two_joined(store)
    revision = store.catalogue.revision()
    assert undo(store) == (ids[1], ids[0])
    assert store.catalogue.papers() == before
    assert sorted(store.catalogue.names_since(revision)) == sorted(ids)
    assert store.catalogue.search("rays")[0][0] == ids[0]
    [rays], [salt] = (store.catalogue.provenance(x) for x in ids)
    assert rays.fields == ("title", "abstract", "authors", "year", "identifiers")
    assert salt.fields == ("title", "authors", "venue", "identifiers", "listings")


def test_the_record_that_joined_them_does_not_do_so_again(store: Store) -> None:
    ids, before = two_joined(store)
    undo(store)
    both = paper("Crystals in salt", "doi:10.1000/x", "arxiv:2401.01234", author="Curie")
    variant = replace(both, title="A study of rays", url="https://example.org/x")
    assert add(store, both, variant, both, days=2) == [ids[1], ids[0], ids[1]]
    assert store.catalogue.count() == 2
    parts = [replace(x, url="") for x in store.catalogue.papers()]
    assert parts == before


def test_what_names_the_parted_papers_finds_its_own_again(store: Store) -> None:
    store.readers.ensure("me", NOW)
    ids = add(store, paper("A study of rays", "doi:10.1000/x"), paper("Rays, a study"))
    events = store.feedback.append_many([event(x, f"like {x}") for x in ids])
    store.feedback.record_slate(slate("s1", ids))
    list_id = store.reading_lists.create("me", "To read", NOW).list_id
    for paper_id in ids:
        store.reading_lists.add(list_id, paper_id, NOW)
    store.digests.save("me", "2026-W47", "{}", ids, NOW)
    add(store, paper("Rays, a study", "doi:10.1000/x", "arxiv:2401.01234"))
    [merged] = store.catalogue.ids()
    later = store.feedback.append(event(merged, "like the merged"))
    assert store.reading_lists.get("me", "To read").paper_ids == (merged,)

    joined = next(x for x in store.catalogue.merges() if x.joined)
    undo(store, joined.number)

    mine = store.feedback.events("me")
    assert len(mine) == 3
    assert [(x.event_id, x.paper_id) for x in mine[:2]] == [
        (x.event_id, store.catalogue.get(x.paper_id).paper_id) for x in events
    ]
    assert len({x.paper_id for x in mine[:2]}) == 2
    assert mine[2] == later
    assert len(store.reading_lists.get("me", "To read").paper_ids) == 2
    assert len(store.digests.shown("me")) == 2


def test_a_record_under_a_wrong_identifier_is_parted_from_the_paper(store: Store) -> None:
    [nets] = add(store, NETS)
    assert add(store, WRONG, origin=FEED, days=1) == [nets]
    [merge] = store.catalogue.merges()
    assert (merge.joined, merge.other_id) == (False, "doi:10.1000/soil")
    assert undo(store) == (nets, "doi:10.1000/soil")
    assert state(store.catalogue.papers()) == state(
        [replace(NETS, paper_id=nets), replace(SOIL, paper_id="doi:10.1000/soil")]
    )
    [given] = store.catalogue.provenance("doi:10.1000/soil")
    assert (given.origin, given.line, given.at) == (FEED, 10, NOW + DAY)
    assert given.fields == ("title", "year", "venue", "identifiers")


@pytest.mark.parametrize(
    "record",
    [
        WRONG,
        replace(WRONG, identifiers=("arxiv:2401.00001",)),
        replace(WRONG, identifiers=()),
        replace(WRONG, abstract="With an abstract now.", identifiers=("arxiv:2401.00001",)),
    ],
)
def test_after_an_undo_the_same_records_stay_apart(store: Store, record: Paper) -> None:
    add(store, NETS)
    add(store, record)
    if store.catalogue.count() == 1:
        undo(store)
    before = store.catalogue.papers()
    assert len(before) == 2
    for _ in range(2):
        [soil, nets] = add(store, record, NETS, days=2)
        assert nets == "arxiv:2401.00001"
        assert soil == next(x.paper_id for x in before if x.title == SOIL.title)
    assert store.catalogue.papers() == before


def test_two_works_of_one_title_stay_apart_after_an_undo(store: Store) -> None:
    first = paper("Trends in the field", "doi:10.1000/a", author="Lee", year=2020)
    second = paper("Trends in the field", "arxiv:2401.00007", author="Lee", year=2020)
    add(store, first)
    add(store, second)
    assert undo(store) == ("doi:10.1000/a", "arxiv:2401.00007")
    before = store.catalogue.papers()
    assert add(store, second, first, second) == [
        "arxiv:2401.00007",
        "doi:10.1000/a",
        "arxiv:2401.00007",
    ]
    assert store.catalogue.papers() == before


def test_records_alike_but_for_their_text_are_parted(store: Store) -> None:
    add(store, paper("Notes on the field", author="Lee", year=2020))
    add(store, paper("Notes on the Field!", author="Lee", year=2021, venue="Elsewhere"))
    kept, other = undo(store)
    assert kept != other
    assert store.catalogue.get(other).venue == "Elsewhere"
    again = paper("Notes on the Field!", author="Lee", year=2021, venue="Elsewhere")
    assert add(store, again) == [other]


def test_a_merge_is_undone_once(store: Store) -> None:
    two_joined(store)
    [merge] = store.catalogue.merges()
    undo(store, merge.number)
    [after] = store.catalogue.merges()
    assert after == replace(merge, title=after.title, undone_at=NOW + DAY)
    with pytest.raises(NothingToUndo, match=f"Merge {merge.number} has been undone"):
        undo(store, merge.number)
    with pytest.raises(UnknownMerge, match="paperloop merges ls"):
        undo(store, 999_999)


def test_merges_of_a_chain_are_undone_in_any_order(store: Store) -> None:
    a = paper("A study of rays", "pmid:1", author="Curie", venue="Journal")
    b = paper("A study of salts", "doi:10.1000/b", author="Curie", year=2001)
    c = paper("A study of stars", "arxiv:2401.00003", author="Curie", abstract="Stars.")
    add(store, a, b, c)
    before = store.catalogue.papers()
    add(store, replace(b, identifiers=("pmid:1", "doi:10.1000/b")))
    add(store, replace(c, identifiers=("doi:10.1000/b", "arxiv:2401.00003")))
    assert store.catalogue.count() == 1
    second, first = store.catalogue.merges()
    undo(store, first.number)
    assert store.catalogue.get("pmid:1").title == a.title
    undo(store, second.number)
    assert store.catalogue.papers() == before


def test_what_was_learnt_after_a_merge_stays_with_the_kept_paper(store: Store) -> None:
    add(store, NETS)
    add(store, WRONG, days=1)
    later = replace(NETS, abstract="Nets.", listings=(Listing("daily", NOW),))
    add(store, later, days=2)
    undo(store)
    nets = store.catalogue.get("arxiv:2401.00001")
    assert (nets.abstract, nets.listings, nets.venue) == ("Nets.", later.listings, "")
    assert nets.authors == (Author("Lee", "Ada"),)
