"""Adding, merging and finding papers, on every database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from stores import NOW, event, fill, paper, slate

from recommender.domain import Author, Details, Listing, Paper
from recommender.domain.citation_keys import citation_key
from recommender.errors import StoreError, UnknownPaper
from recommender.store import AddResult, Fetch, Origin, Store

DAY = timedelta(days=1)
FULL = Paper(
    title="Röntgen  rays & $\\pi$: a {study}",
    abstract="First line.\nSecond line with 日本語.",
    authors=(Author("Curie", "Marie"), Author(literal="The X Collaboration")),
    year=2024,
    published_at=datetime(2024, 1, 2, 3, 4, 5, 678900, tzinfo=UTC),
    venue="Journal of Rays",
    url="https://example.org/a?b=c#d",
    kind="article-journal",
    identifiers=("arxiv:2401.01234", "doi:10.1000/xyz"),
    listings=(
        Listing("daily", NOW - DAY, "by Ada", "page.txt", 12),
        Listing("weekly", NOW, "", "https://example.org", None),
    ),
    abstract_is_summary=True,
    citations=12,
)


def add(store: Store, *records: Paper, at: datetime = NOW) -> list[AddResult]:
    return store.catalogue.add(records, at)


def outcomes(added: Sequence[AddResult]) -> list[str]:
    return [x.outcome for x in added]


def test_a_paper_comes_back_whole(store: Store) -> None:
    assert add(store, FULL) == [AddResult("arxiv:2401.01234", "new")]
    expected = replace(FULL, paper_id="arxiv:2401.01234", added_at=NOW)
    assert store.catalogue.papers() == [expected]
    assert store.catalogue.get("arxiv:2401.01234") == expected


@pytest.mark.parametrize("counts", [(None, 5, 12, 7), (12, 7, 5, None), (5, None, 12)])
def test_the_largest_count_of_citations_stands(store: Store, counts: tuple[int | None]) -> None:
    for count in counts:
        add(store, paper("A study of rays", "doi:10.1000/x", citations=count))
    assert store.catalogue.get("doi:10.1000/x").citations == 12
    again = add(store, paper("A study of rays", "doi:10.1000/x", citations=12))
    assert outcomes(again) == ["unchanged"]


def test_versions_share_one_count_of_citations(store: Store) -> None:
    text = "Rays are studied with care and at length, and every one of them is counted twice over."
    study = paper("A study of rays", "arxiv:2401.01234", author="Curie", abstract=text * 2)
    add(store, replace(study, citations=3))
    article = replace(study, identifiers=("doi:10.1000/x",), venue="Journal", citations=8)
    add(store, article)
    [shown] = store.catalogue.papers()
    assert (shown.citations, len(shown.versions)) == (8, 2)
    assert [x.citations for x in shown.versions] == [None, None]


def test_the_least_paper_is_a_title(store: Store) -> None:
    [added] = add(store, Paper(title="?"))
    stored = store.catalogue.get(added.paper_id)
    assert added.paper_id.startswith("title:")
    assert stored == Paper(title="?", paper_id=added.paper_id, added_at=NOW)


def test_a_paper_is_found_under_every_spelling_of_its_ids(store: Store) -> None:
    add(store, FULL)
    asked = ["2401.01234v7", "https://arxiv.org/pdf/2401.01234", "DOI:10.1000/XYZ", "nonsense"]
    assert store.catalogue.resolve(asked) == dict.fromkeys(asked[:3], "arxiv:2401.01234")
    assert list(store.catalogue.get_many(asked)) == asked[:3]
    papers = store.catalogue.get_many(asked).items()
    assert store.catalogue.titles(asked) == {x: paper.title for x, paper in papers}
    assert store.catalogue.resolve([]) == {}


@pytest.mark.parametrize("paper_id", ["", "arxiv:9999.99999", "\x00", "\ud800", "x" * 10_000, "%"])
def test_an_unknown_id_gets_a_hint(store: Store, paper_id: str) -> None:
    add(store, FULL)
    with pytest.raises(UnknownPaper, match="paperloop search"):
        store.catalogue.get(paper_id)
    assert store.catalogue.get_many([paper_id]) == {}


def test_papers_come_in_the_order_asked_under_the_ids_asked(store: Store) -> None:
    both = Paper("Two ids", identifiers=("arxiv:2401.00001", "doi:10.5555/two"))
    store.catalogue.add([both, Paper("One id", identifiers=("doi:10.5555/one",))], NOW)
    asked = ["doi:10.5555/one", "10.5555/TWO", "no:such", "arxiv:2401.00001", "doi:10.5555/two"]
    found = store.catalogue.get_many([*asked, asked[0]])
    assert list(found) == [x for x in asked if x != "no:such"]
    assert [x.title for x in found.values()] == ["One id", "Two ids", "Two ids", "Two ids"]


def test_papers_come_in_pages_by_id(store: Store) -> None:
    add(store, *(paper(f"A paper on {x!a}", f"acl:{x}") for x in ("b", "a", "A", "é", "-")))
    ids = store.catalogue.ids()
    assert ids == sorted(ids)
    assert len(ids) == store.catalogue.count() == 5
    first = store.catalogue.papers(limit=2)
    rest = store.catalogue.papers(after=first[-1].paper_id)
    assert [x.paper_id for x in first + rest] == ids


def test_the_same_record_again_writes_nothing(store: Store) -> None:
    add(store, FULL, paper("Another long title"))
    revision = store.catalogue.revision()
    later = add(store, FULL, paper("Another long title"), at=NOW + DAY)
    assert outcomes(later) == ["unchanged", "unchanged"]
    assert store.catalogue.revision() == revision
    assert store.catalogue.names_since(revision) == {}


def test_one_paper_twice_in_a_batch_is_one(store: Store) -> None:
    added = add(store, FULL, replace(FULL, venue=""), paper("A third long title"))
    assert outcomes(added) == ["new", "unchanged", "new"]
    assert store.catalogue.count() == 2


def test_a_merge_fills_what_is_missing_and_keeps_what_is_known(store: Store) -> None:
    bare = paper("A long title of a study", "doi:10.1000/xyz", venue="Workshop")
    add(store, bare)
    more = replace(FULL, title="A long title, renamed", venue="Journal")
    assert outcomes(add(store, more, at=NOW + DAY)) == ["merged"]
    stored = store.catalogue.get("doi:10.1000/xyz")
    assert (stored.title, stored.venue, stored.added_at) == (bare.title, "Workshop", NOW)
    assert (stored.abstract, stored.authors) == (FULL.abstract, FULL.authors)
    assert (stored.published_at, stored.listings) == (FULL.published_at, FULL.listings)


def test_a_workshop_paper_and_what_became_of_it_are_two_versions(store: Store) -> None:
    bare = paper("A long title of a study", "arxiv:2401.01234", venue="Workshop")
    add(store, bare)
    later = replace(FULL, title="A long title, renamed", venue="Journal")
    assert outcomes(add(store, later, bare, later)) == ["merged", "unchanged", "unchanged"]
    [stored] = store.catalogue.papers()
    assert (stored.title, stored.venue) == (later.title, "Journal")
    assert [x.venue for x in stored.versions] == ["Journal", "Workshop"]


def test_a_real_abstract_replaces_a_summary_but_not_the_reverse(store: Store) -> None:
    ours = paper("A long title of a study", abstract="Our summary.", abstract_is_summary=True)
    real = replace(ours, abstract="Their abstract.", abstract_is_summary=False)
    add(store, ours)
    assert outcomes(add(store, real)) == ["merged"]
    assert outcomes(add(store, ours)) == ["unchanged"]
    [stored] = store.catalogue.papers()
    assert (stored.abstract, stored.abstract_is_summary) == ("Their abstract.", False)


def test_listings_are_kept_once_for_each_source_and_day(store: Store) -> None:
    listed = replace(FULL, listings=(Listing("daily", NOW - DAY, "by Bob", "", 99),))
    another = replace(FULL, listings=(Listing("daily", NOW + DAY), Listing("daily", None)))
    assert outcomes(add(store, FULL, listed, another)) == ["new", "unchanged", "merged"]
    [stored] = store.catalogue.papers()
    days = [None, NOW - DAY, NOW, NOW + DAY]
    assert [x.listed_at for x in stored.listings] == days
    assert stored.listings[1].byline == "by Ada"


def test_the_canonical_id_rises_and_the_old_one_still_works(store: Store) -> None:
    [by_title] = add(store, paper("A long title of a study"))
    [by_doi] = add(store, paper("A long title of a study", "doi:10.1000/xyz"))
    [by_arxiv] = add(store, paper("Renamed", "doi:10.1000/XYZ", "arxiv:2401.01234v2"))
    assert (by_doi.paper_id, by_arxiv.paper_id) == ("doi:10.1000/xyz", "arxiv:2401.01234")
    for former in (by_title.paper_id, by_doi.paper_id):
        assert store.catalogue.get(former).paper_id == "arxiv:2401.01234"
    assert store.catalogue.count() == 1
    assert store.catalogue.papers()[0].identifiers == ("arxiv:2401.01234", "doi:10.1000/xyz")


def test_a_record_of_a_former_title_finds_the_renamed_paper(store: Store) -> None:
    add(store, paper("The first long title", "arxiv:2401.01234"))
    add(store, paper("Quite another name now", "arxiv:2401.01234v2"))
    add(store, paper("Quite another name now"), paper("The first long title"))
    assert store.catalogue.ids() == ["arxiv:2401.01234"]


TITLE = "On the long title"
SAME = [
    (
        paper(TITLE, author="Núñez", year=2020),
        paper("ON THE LONG-TITLE", author="Nunez", year=2021),
    ),
    (paper(TITLE), paper(TITLE, "doi:10.1000/a", author="Lee", year=1999)),
    (paper(TITLE, "doi:10.1000/a", author="Lee"), paper(TITLE, "arxiv:2401.00001", year=2024)),
    (
        paper(TITLE, year=2020, authors=(Author(literal="Wei Li"),)),
        paper(TITLE, year=2020, authors=(Author("Wei", "Li"),)),
    ),
    (paper("Editorial", author="Lee", year=2020), paper("Editorial", author="Lee", year=2020)),
    (paper("Editorial"), paper("editorial")),
]
DIFFERENT = [
    (paper(TITLE, author="Lee", year=2020), paper(TITLE, author="Kim", year=2020)),
    (paper(TITLE, author="Lee", year=2020), paper(TITLE, author="Lee", year=2022)),
    (paper(TITLE, "doi:10.1000/a", author="Lee"), paper(TITLE, "doi:10.1000/b", author="Lee")),
    (paper(TITLE, "arxiv:2401.00001"), paper(TITLE, "arxiv:2401.00002")),
    (paper("Editorial", author="Lee", year=2020), paper("Editorial")),
    (paper("Editorial", author="Lee", year=2020), paper("Editorial", author="Lee")),
    (paper("Editorial", "doi:10.1000/a"), paper("Editorial", "arxiv:2401.00001", year=2020)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_records_of_one_work_become_one_paper(store: Store, one: Paper, other: Paper) -> None:
    first, second = (x.paper_id for x in add(store, one) + add(store, other))
    assert store.catalogue.count() == 1
    assert store.catalogue.resolve([first]) == {first: second}
    assert outcomes(add(store, one, other)) == ["unchanged", "unchanged"]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_works_of_one_title_stay_apart(store: Store, one: Paper, other: Paper) -> None:
    added = add(store, one) + add(store, other)
    assert outcomes(added) == ["new", "new"]
    assert len({x.paper_id for x in added}) == store.catalogue.count() == 2
    assert add(store, other, one) == [AddResult(x.paper_id, "unchanged") for x in reversed(added)]


def test_a_bare_title_of_two_works_is_neither_and_stays_so(store: Store) -> None:
    works = [paper(TITLE, author="Lee", year=2000), paper(TITLE, author="Kim", year=2010)]
    add(store, *works)
    [bare] = add(store, paper(TITLE))
    assert bare.outcome == "new"
    assert outcomes(add(store, *works, paper(TITLE))) == ["unchanged"] * 3


def test_what_an_earlier_record_became_is_remembered(store: Store) -> None:
    records = [
        paper(TITLE),
        paper(TITLE, author="Smith", year=2001),
        paper(TITLE, author="Jones", year=2010),
        paper(TITLE, author="Jones"),
        paper(TITLE, author="Jones", year=2020),
    ]
    first = [x.paper_id for x in add(store, *records)]
    again = add(store, *records)
    assert [x.paper_id for x in again] == first
    assert set(outcomes(again)) == {"unchanged"}


def test_a_record_that_is_two_stored_papers_joins_them(store: Store) -> None:
    ids = [
        x.paper_id
        for x in add(
            store,
            paper("A study of rays", "doi:10.1000/xyz", author="Curie", venue="Journal"),
            paper("Rays, a study", "arxiv:2401.01234", author="Curie", year=2024),
            paper("Nothing to do with it", "doi:10.1000/other"),
        )
    ]
    both = paper("Rays: a study", "doi:10.1000/xyz", "arxiv:2401.01234")
    assert add(store, both, at=NOW + DAY) == [AddResult("arxiv:2401.01234", "merged")]
    stored = store.catalogue.get(ids[0])
    assert (stored.title, stored.year, stored.venue) == ("A study of rays", None, "Journal")
    assert [(x.title, x.year) for x in stored.versions] == [
        ("A study of rays", None),
        ("Rays, a study", 2024),
    ]
    assert stored.added_at == NOW
    assert stored.identifiers == ("arxiv:2401.01234", "doi:10.1000/xyz")
    assert store.catalogue.count() == 2


def test_what_names_a_merged_paper_follows_it(store: Store) -> None:
    fill(store, 3)
    added = add(store, paper("A study of rays", "doi:10.1000/xyz"), paper("Rays, a study"))
    old = [x.paper_id for x in added]
    events = store.feedback.append_many([event(x, f"like {x}") for x in old])
    store.feedback.record_slate(slate("s1", [*old, "arxiv:2401.00000"]))
    list_id = store.reading_lists.create("me", "To read", NOW).list_id
    for paper_id in ("arxiv:2401.00001", *old, "arxiv:2401.00002"):
        store.reading_lists.add(list_id, paper_id, NOW)
    store.digests.save("me", "2026-W47", "{}", old, NOW)

    [merged] = add(store, paper("Rays, a study", "doi:10.1000/xyz", "arxiv:2401.01234"))

    new = merged.paper_id
    assert store.catalogue.resolve(old) == dict.fromkeys(old, new)
    assert store.feedback.events("me") == [replace(x, paper_id=new) for x in events]
    shown = store.feedback.slate("s1")
    assert shown is not None
    assert [x.paper_id for x in shown.items] == [new, new, "arxiv:2401.00000"]
    expected = ("arxiv:2401.00001", new, "arxiv:2401.00002")
    assert store.reading_lists.get("me", "To read").paper_ids == expected
    assert store.reading_lists.add(list_id, new, NOW).paper_ids == expected
    assert store.reading_lists.move(list_id, new, 0).paper_ids[0] == new
    assert store.reading_lists.remove(list_id, new).paper_ids == (expected[0], expected[2])
    assert store.digests.shown("me") == {new}


def test_a_chain_of_merges_in_one_batch_ends_in_one_paper(store: Store) -> None:
    add(store, paper("The alpha of the study", "s2:1"), paper("The beta of the study", "pmid:2"))
    records = [
        paper("The gamma of the study", "openalex:W3", "s2:1"),
        paper("The delta of the study", "openalex:W3", "pmid:2"),
        paper("The delta of the study", "arxiv:2401.00001", "pmid:2"),
        paper("The alpha of the study", "s2:1"),
    ]
    added = add(store, *records)
    assert {x.paper_id for x in added} == set(store.catalogue.ids()) == {"arxiv:2401.00001"}
    assert set(outcomes(add(store, *records))) == {"unchanged"}


def test_a_title_that_names_another_paper_stays_with_it_after_a_merge(store: Store) -> None:
    add(store, paper("The beta of the study", "doi:10.1000/b"))
    add(store, paper("The gamma of the study", "doi:10.1000/x", "arxiv:2401.00001"))
    add(store, paper("The beta of the study", "doi:10.1000/x"))
    add(store, paper("The alpha of the study", "arxiv:2401.00002"))
    add(store, paper("The alpha of the study", "arxiv:2401.00002", "doi:10.1000/b"))
    assert store.catalogue.ids() == ["arxiv:2401.00001", "arxiv:2401.00002"]


def test_two_new_papers_that_turn_out_one_count_as_one(store: Store) -> None:
    added = add(
        store,
        paper("The alpha of the study", "doi:10.1000/a"),
        paper("The beta of the study", "arxiv:2401.00001"),
        paper("The beta of the study", "arxiv:2401.00001", "doi:10.1000/a"),
    )
    assert sorted(outcomes(added)) == ["merged", "merged", "new"]
    assert store.catalogue.ids() == ["arxiv:2401.00001"]


def test_a_wrong_identifier_does_not_join_unlike_papers(store: Store) -> None:
    add(store, paper("Deep nets for vision", "arxiv:2401.00001", author="Lee"))
    add(store, paper("Soil acidity over decades", "doi:10.1000/soil", author="Kim"))
    for title, author, first in (
        ("Deep nets for vision", "Lee", "arxiv:2401.00001"),
        ("Soil acidity over decades", "Kim", "doi:10.1000/soil"),
    ):
        mixed = paper(title, "arxiv:2401.00001", "doi:10.1000/soil", author=author)
        assert add(store, mixed, mixed) == [AddResult(first, "unchanged")] * 2
    assert store.catalogue.count() == 2


def test_the_revision_rises_with_changes_only(store: Store) -> None:
    assert store.catalogue.revision() == 0
    add(store, paper("The alpha of the study", "s2:1"), paper("The beta of the study", "s2:2"))
    first = store.catalogue.revision()
    add(store, paper("The beta of the study", "s2:2", venue="Journal"))
    second = store.catalogue.revision()
    assert 0 < first < second
    assert sorted(store.catalogue.names_since(first)) == ["s2:2"]
    add(store, paper("The alpha of the study", "s2:1", "pmid:9"))
    add(store, paper("The alpha of the study", "pmid:9", "s2:2"))
    assert store.catalogue.revision() > second
    assert sorted(store.catalogue.names_since(second)) == ["pmid:9"]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (Paper(title=""), "title"),
        (Paper(title=" \x00\n"), "title"),
        (Paper(title="x" * 3_001), "title"),
        (paper("A title", published_at=datetime(2024, 1, 1)), "published_at"),
        (paper("A title", year=0), "year"),
        (paper("A title", year="soon"), "year"),
        (paper("A title", abstract=None), "abstract"),
        (paper("A title", abstract="x" * 100_001), "abstract"),
        (paper("A title", listings=(Listing("daily", datetime(2024, 1, 1)),)), "listings"),
        (paper("A title", listings=(Listing("daily", NOW, upvotes=-1),)), "listings"),
        (paper("A title", authors=(Author("x" * 501),)), "authors"),
        (paper("A title", citations=-1), "citations"),
        (paper("A title", citations=2**31), "citations"),
        (paper("A title", citations="many"), "citations"),
    ],
)
def test_one_bad_record_is_named_and_nothing_is_stored(
    store: Store, record: Paper, why: str
) -> None:
    with pytest.raises(StoreError, match=f"Paper .*{why}"):
        add(store, FULL, record)
    with pytest.raises(StoreError, match=why):
        store.catalogue.validate(record)
    assert store.catalogue.count() == 0


def test_unfit_characters_and_addresses_are_left_out(store: Store) -> None:
    [added] = add(
        store,
        paper(
            "A\x00 title\nof\ud800 two\x1b[31m lines",
            "isbn:1",
            abstract="One.\r\n\x07Two.",
            url="javascript:alert(1)",
            authors=(Author("", "", " "), Author("Lee", "A\x00da")),
        ),
    )
    stored = store.catalogue.get(added.paper_id)
    assert stored.title == "A title of two[31m lines"
    assert (stored.abstract, stored.url) == ("One.\r\nTwo.", "")
    assert (stored.authors, stored.identifiers) == ((Author("Lee", "Ada"),), ())


def test_papers_are_found_by_any_of_their_days(store: Store) -> None:
    start, end = NOW, NOW + 7 * DAY
    records = [
        paper("Published inside of it", published_at=start),
        paper("Published at its end", published_at=end),
        paper("Listed inside of it", listings=(Listing("daily", end - DAY),)),
        paper("Listed before it", listings=(Listing("daily", start - DAY),)),
    ]
    add(store, *records, at=start - 30 * DAY)
    add(store, paper("Added inside of it"), at=start + DAY)
    found = {x.title for x in store.catalogue.new_between(start, end)}
    assert found == {"Published inside of it", "Listed inside of it"}
    assert store.catalogue.new_between(end, start) == []


def test_what_a_source_brings_is_new_and_what_a_file_brings_is_not(store: Store) -> None:
    start, end = NOW, NOW + 7 * DAY
    feed, file = Origin("feed", "https://example.org/feed"), Origin("bibtex", "own.bib")
    store.fetches.save(Fetch("key", feed.source, feed.place, "", start))
    before = [paper("A first import"), paper("The day is of it", published_at=start + DAY)]
    store.catalogue.add(before, start + DAY, file)
    fetched = [
        paper("Without a day"),
        paper("Without a day, of this year", year=start.year),
        paper("Without a day, of an old year", year=start.year - 3),
        paper("A few days late", published_at=start - 3 * DAY),
        paper("Of last year", published_at=start - 300 * DAY),
        paper("Listed long ago", listings=(Listing("daily", start - 90 * DAY),)),
    ]
    store.catalogue.add(fetched, start + 2 * DAY, feed)
    store.catalogue.add([paper("A reader's own list")], start + 3 * DAY, file)
    store.catalogue.add([paper("Another query's name")], start + 3 * DAY, Origin("feed", "other"))
    new = {"Without a day", "Without a day, of this year", "A few days late", "The day is of it"}
    assert {x.title for x in store.catalogue.new_between(start, end)} == new
    ids = store.filters.appeared(start, end)
    assert {x.title for x in store.catalogue.get_many(sorted(ids)).values()} == new
    assert store.filters.appeared(start + 3 * DAY, end) == frozenset()


def test_the_first_papers_of_a_library_are_no_news(store: Store) -> None:
    feed = Origin("feed", "https://example.org/feed")
    store.fetches.save(Fetch("key", feed.source, feed.place, "", NOW))
    store.catalogue.add([paper("Of the first run")], NOW, feed)
    assert store.filters.appeared(NOW - DAY, NOW + DAY) == frozenset()
    store.catalogue.add([paper("Of the second run")], NOW + DAY / 2, feed)
    assert len(store.filters.appeared(NOW - DAY, NOW + DAY)) == 1


LIST = Details(month="11", volume="3", pages="12-19", keywords=("tides", "winds"), note="Accepted")


def test_what_a_reference_list_says_is_kept(store: Store) -> None:
    record = Paper("A book of tides", year=2019, citation_key="Tides2019", details=LIST)
    [added] = store.catalogue.add([record], NOW)
    paper = store.catalogue.get(added.paper_id)
    assert (paper.citation_key, paper.details, added.citation_key) == (
        "Tides2019",
        LIST,
        "Tides2019",
    )
    assert store.catalogue.add([record], NOW)[0].outcome == "unchanged"


def test_a_citation_key_belongs_to_one_paper(store: Store) -> None:
    one = Paper("A book of tides", identifiers=("doi:10.1000/a",), citation_key="dup")
    other = Paper("A book of winds", identifiers=("doi:10.1000/b",), citation_key="dup")
    for records in ([one, other], [other], [one]):
        store.catalogue.add(records, NOW)
    keys = [store.catalogue.get(x).citation_key for x in ("doi:10.1000/a", "doi:10.1000/b")]
    assert keys == ["dup", ""]
    [again] = store.catalogue.add([other], NOW)
    assert again.outcome == "unchanged"
    assert again.citation_key.startswith("BookWinds-")


def test_a_made_key_stays_when_the_paper_becomes_known_better(store: Store) -> None:
    [first] = store.catalogue.add([Paper("A book of tides")], NOW)
    key = citation_key(store.catalogue.get(first.paper_id))
    better = Paper("A book of tides", year=2019, identifiers=("doi:10.1000/a",))
    store.catalogue.add([better], NOW)
    paper = store.catalogue.get("doi:10.1000/a")
    assert (paper.year, citation_key(paper)) == (2019, key)


def test_pages_of_another_publication_are_not_taken(store: Store) -> None:
    preprint = Paper("A book of tides", year=2019, venue="bioRxiv", identifiers=("doi:10.1000/a",))
    journal = Paper("A book of tides", year=2020, venue="Tides", identifiers=("doi:10.1000/a",))
    store.catalogue.add([preprint], NOW)
    store.catalogue.add([replace(journal, details=LIST)], NOW)
    details = store.catalogue.get("doi:10.1000/a").details
    assert (details.volume, details.keywords) == ("", LIST.keywords)
    store.catalogue.add([replace(preprint, details=Details(pages="1"))], NOW)
    assert store.catalogue.get("doi:10.1000/a").details.pages == "1"
