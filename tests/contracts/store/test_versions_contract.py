"""Versions of one work: how they join, which one is shown, and how they part, on every database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from stores import NOW, event, paper

from recommender.domain import Author, EventKind, Paper
from recommender.library.archive import read_archive, write_archive
from recommender.store import Store

DAY = timedelta(days=1)
STORMS = (
    "We follow forty kelp forests over nine years and show that the growth of a season depends "
    "on the storms of the season before, by way of the sediment that they leave."
)
MOSS = (
    "River moss was grown under lamps of three colours for two summers; neither its height nor "
    "its spores told the colours apart, whatever the books of the trade have to say."
)
AUTHORS = (Author("Larsen", "Ines"), Author("Vogel", "Mo"))
PREPRINT = paper(
    "Kelp forests remember last year's storms",
    "doi:10.1101/2023.01.01.555555",
    authors=AUTHORS,
    abstract=STORMS,
    year=2023,
    venue="bioRxiv",
)
ARTICLE = replace(
    PREPRINT, year=2024, venue="Forests of the Sea", identifiers=("doi:10.5555/kelp.9",)
)


def add(store: Store, *records: Paper, days: int = 0) -> list[str]:
    ids = [x.paper_id for x in store.catalogue.add(records, NOW + days * DAY)]
    return [store.catalogue.resolve([x])[x] for x in ids]


def shown(papers: Sequence[Paper]) -> list[Paper]:
    return [replace(x, paper_id="", added_at=None) for x in papers]


def test_a_preprint_and_its_article_are_one_work_shown_as_the_article(store: Store) -> None:
    preprint, article = add(store, PREPRINT, ARTICLE)
    assert preprint == article
    found = store.catalogue.get(preprint)
    assert (found.title, found.year, found.venue) == (ARTICLE.title, 2024, "Forests of the Sea")
    assert found.identifier("doi") == "10.5555/kelp.9"
    assert found.identifiers == (*PREPRINT.identifiers, *ARTICLE.identifiers)
    assert found.versions == (ARTICLE, PREPRINT)


def test_the_order_of_the_records_does_not_matter(store: Store) -> None:
    second = replace(PREPRINT, title="Kelp forests remember storms", version=2, year=2024)
    second = replace(second, identifiers=("doi:10.1101/2023.01.01.555555",))
    first = replace(PREPRINT, version=1)
    outcomes = []
    for i, records in enumerate(permutations((first, second, ARTICLE))):
        words = str.maketrans({"5": str(i)})
        given = [
            replace(x, title=f"{x.title} {i}", identifiers=(x.identifiers[0].translate(words),))
            for x in records
        ]
        for record in given:
            add(store, record)
        [found] = [x for x in store.catalogue.papers() if x.title.endswith(str(i))]
        assert len(found.versions) == 3
        outcomes.append(
            [(x.title.removesuffix(f" {i}"), x.year, x.version) for x in found.versions]
        )
        assert {x.outcome for x in store.catalogue.add(given, NOW)} == {"unchanged"}
    assert outcomes == [outcomes[0]] * 6
    assert [x[1:] for x in outcomes[0]] == [(2024, None), (2024, 2), (2023, 1)]


def test_a_judgement_of_one_version_is_one_of_the_work(store: Store) -> None:
    store.readers.ensure("me", NOW)
    [preprint] = add(store, PREPRINT)
    store.feedback.append_many([event(preprint, "liked")])
    [work] = add(store, ARTICLE, days=1)
    assert [(x.paper_id, x.kind) for x in store.feedback.events("me")] == [(work, EventKind.like)]
    assert store.catalogue.count() == 1


def test_the_second_version_on_arxiv_is_shown_also_when_it_withdraws_the_paper(
    store: Store,
) -> None:
    first = paper("Tides of ice", "arxiv:2401.00001", abstract=STORMS, authors=AUTHORS, version=1)
    second = replace(first, title="Withdrawn: Tides of ice", abstract="Withdrawn.", version=2)
    [work, again] = add(store, first, second)
    found = store.catalogue.get(work)
    assert work == again
    assert (found.title, found.abstract, found.version) == (second.title, "Withdrawn.", 2)
    assert [x.version for x in found.versions] == [2, 1]
    assert store.catalogue.resolve(["arxiv:2401.00001v1"]) == {"arxiv:2401.00001v1": work}
    add(store, first)
    assert store.catalogue.get(work) == found


def test_an_article_without_abstract_is_described_by_its_preprint(store: Store) -> None:
    [work] = add(store, replace(ARTICLE, abstract=""))
    add(store, PREPRINT)
    found = store.catalogue.get(work)
    assert (found.year, found.venue, found.abstract) == (2024, "Forests of the Sea", STORMS)
    assert [x.abstract for x in found.versions] == ["", STORMS]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("doi:10.6084/m9.figshare.5.v1", "doi:10.6084/m9.figshare.5.v2"),
        ("doi:10.6084/m9.figshare.5", "doi:10.6084/m9.figshare.5.v2"),
        ("doi:10.21203/rs.3.rs-11/v1", "doi:10.21203/rs.3.rs-11/v3"),
        ("doi:10.12688/f1000research.7931.1", "doi:10.12688/f1000research.7931.2"),
        ("doi:10.1101/2023.01.01.555555", "doi:10.1101/2023.01.01.555555v2"),
    ],
)
def test_dois_that_differ_in_a_version_number_are_one_work(
    store: Store, one: str, other: str
) -> None:
    records = paper("Tides of ice", one), paper("Tides of ice and their causes", other)
    assert len(set(add(store, *records))) == 1
    found = store.catalogue.papers()
    assert [x.title for x in found] == ["Tides of ice and their causes"]
    assert len(found[0].versions) == 2


def test_a_relation_that_a_source_states_joins_in_either_order(store: Store) -> None:
    early = paper("A first look at tides", "doi:10.9999/early", author="Larsen", kind="article")
    late = paper("Tides explained at last", "doi:10.5555/late", author="Larsen", venue="Tides")
    [one, other] = add(store, replace(early, related=late.identifiers), late)
    assert one == other
    assert store.catalogue.get(one).title == late.title
    third = paper("A dissent on rivers", "doi:10.5555/rivers", author="Vogel", venue="Tides")
    draft = paper("Rivers, a dissent", "doi:10.9999/rivers", author="Vogel", kind="article")
    [one, other] = add(store, third, replace(draft, related=third.identifiers))
    assert one == other
    assert [len(x.versions) for x in store.catalogue.papers()] == [2, 2]


def test_a_relation_to_a_paper_unlike_in_title_and_author_is_wrong(store: Store) -> None:
    one = paper("A first look at tides", "doi:10.9999/early", author="Larsen")
    other = paper("Soil acidity over decades", "doi:10.5555/soil", author="Kim")
    assert len(set(add(store, other, replace(one, related=other.identifiers)))) == 2


SHORT = "Kelp forests remember last year's storms"
APART = {
    "other people": replace(ARTICLE, authors=(Author("Kim", "Ada"),), abstract=MOSS),
    "one family name": replace(
        ARTICLE, authors=(Author("Larsen", "Olaf"), Author("Kim", "Bo")), abstract=MOSS
    ),
    "another abstract": replace(ARTICLE, abstract=MOSS),
    "years later without abstract": replace(ARTICLE, abstract="", year=2031),
    "a reply": replace(ARTICLE, title=f"{SHORT}: a reply", abstract=""),
    "a second part": replace(ARTICLE, title=f"{SHORT}: part II", abstract=""),
    "a title that goes on": replace(ARTICLE, title=f"{SHORT} in vain", abstract=STORMS),
}


@pytest.mark.parametrize("name", APART)
def test_other_works_stay_apart(store: Store, name: str) -> None:
    assert len(set(add(store, PREPRINT, APART[name]))) == 2
    assert {x.outcome for x in store.catalogue.add([APART[name], PREPRINT], NOW)} == {"unchanged"}


@pytest.mark.parametrize("title", ["Editorial", "Book review", "In this issue of the year 2019"])
def test_texts_of_one_title_in_a_journal_stay_apart(store: Store, title: str) -> None:
    one = paper(title, "doi:10.5555/a", author="Larsen", year=2019, venue="Tides")
    other = replace(one, identifiers=("doi:10.5555/b",), year=2020)
    assert len(set(add(store, one, other))) == 2


VARIANTS = {
    "changed case": {"title": SHORT.upper()},
    "a subtitle": {"title": f"{SHORT}: nine years of growth"},
    "initials": {"authors": (Author("Larsen", "I."), Author("Vogel", "M."))},
    "one literal": {"authors": (Author(literal="Larsen I"),)},
    "two years later": {"year": 2025},
    "no abstract": {"abstract": ""},
    "an abstract slightly changed": {
        "abstract": STORMS.replace("forty", "41").replace("nine", "9")
    },
}


@pytest.mark.parametrize("name", VARIANTS)
def test_versions_written_differently_join(store: Store, name: str) -> None:
    other = replace(ARTICLE, **VARIANTS[name])  # type: ignore[arg-type]
    assert len(set(add(store, PREPRINT, other))) == 1
    assert {x.outcome for x in store.catalogue.add([PREPRINT, other], NOW)} == {"unchanged"}


def test_versions_that_were_two_papers_join_when_a_record_comes_again(store: Store) -> None:
    early = replace(PREPRINT, abstract=MOSS)
    first, second = add(store, early, ARTICLE)
    assert first != second
    store.readers.ensure("me", NOW)
    store.feedback.append_many([event(first, "one"), event(second, "two", EventKind.save)])
    listed = store.reading_lists.create("me", "To read", NOW)
    store.reading_lists.add(listed.list_id, first, NOW)
    # The abstract of the preprint is corrected by its source.
    store.catalogue.add([replace(PREPRINT, version=2)], NOW + DAY)
    [work] = store.catalogue.papers()
    assert [x.paper_id for x in store.feedback.events("me")] == [work.paper_id] * 2
    assert store.reading_lists.get("me", "To read").paper_ids == (work.paper_id,)
    assert [x.year for x in work.versions] == [2024, 2023, 2023]


def test_versions_that_are_told_apart_stay_apart(store: Store) -> None:
    add(store, PREPRINT)
    before = store.catalogue.papers()
    add(store, ARTICLE, days=1)
    [merge] = store.catalogue.merges()
    undone = store.catalogue.undo_merge(merge.number, NOW + 2 * DAY)
    assert shown(store.catalogue.papers()) == shown([*before, ARTICLE])
    assert add(store, ARTICLE, PREPRINT, days=3) == [undone.other_id, undone.kept_id]
    assert store.catalogue.count() == 2
    assert all(not x.versions for x in store.catalogue.papers())


def test_a_third_version_stays_when_two_are_told_apart(store: Store) -> None:
    revised = replace(PREPRINT, version=2, abstract=f"{STORMS} Revised.")
    add(store, replace(PREPRINT, version=1))
    add(store, ARTICLE, days=1)
    add(store, revised, days=2)
    [merge] = store.catalogue.merges()
    store.catalogue.undo_merge(merge.number, NOW + 3 * DAY)
    kept = store.catalogue.get(PREPRINT.identifiers[0])
    assert [x.version for x in kept.versions] == [2, 1]
    assert (kept.abstract, kept.venue) == (revised.abstract, "bioRxiv")
    assert store.catalogue.get(ARTICLE.identifiers[0]).versions == ()


def test_two_papers_with_versions_are_parted_with_them(store: Store) -> None:
    other = paper("Another name of kelp", "s2:1", authors=AUTHORS, year=2010, venue="Weeds")
    add(store, PREPRINT, ARTICLE)
    add(store, other)
    before = store.catalogue.papers()
    both = paper("Another name of kelp", "s2:1", *ARTICLE.identifiers, authors=AUTHORS)
    add(store, both, days=1)
    [work] = store.catalogue.papers()
    assert len(work.versions) == 3
    store.catalogue.undo_merge(store.catalogue.merges(limit=1)[0].number, NOW + DAY)
    assert shown(store.catalogue.papers()) == shown(before)


def test_provenance_names_the_record_of_each_version(store: Store) -> None:
    [work] = add(store, ARTICLE)
    add(store, PREPRINT, days=1)
    first, second = store.catalogue.provenance(work)
    assert "title" in first.fields
    assert second.fields == ("identifiers", "versions")


def test_what_arxiv_says_of_a_published_paper_is_two_versions(store: Store) -> None:
    day = datetime(2007, 3, 1, tzinfo=UTC)
    record = paper(
        "Tides of ice",
        "arxiv:0704.00001",
        "doi:10.1103/tides.76",
        authors=AUTHORS,
        kind="article",
        venue="Phys. Tides D 76, 013009 (2009)",
        year=2007,
        published_at=day,
    )
    [work] = add(store, record)
    found = store.catalogue.get(work)
    assert (found.year, found.published_at, found.venue) == (2009, None, record.venue)
    assert found.newest_at == day
    assert [(x.year, x.venue, x.identifiers) for x in found.versions] == [
        (2009, record.venue, ("doi:10.1103/tides.76",)),
        (2007, "", ("arxiv:0704.00001",)),
    ]
    article = replace(
        record, identifiers=("doi:10.1103/tides.76",), kind="article-journal", year=2009
    )
    assert add(store, replace(article, published_at=None)) == [work]
    assert len(store.catalogue.get(work).versions) == 2
    assert {x.outcome for x in store.catalogue.add([record], NOW)} == {"unchanged"}


def test_a_record_of_a_preprint_in_press_stays_one_version(store: Store) -> None:
    record = paper("Tides of ice", "arxiv:2401.00001", kind="article", venue="Accepted by Tides")
    [work] = add(store, replace(record, year=2024))
    assert store.catalogue.get(work).versions == ()


@pytest.mark.slow
def test_the_versions_of_a_work_survive_an_archive(store: Store, tmp_path: Path) -> None:
    add(store, PREPRINT, ARTICLE)
    before = store.catalogue.papers()
    write_archive(store, tmp_path / "library.zip", NOW)
    add(store, paper("Soil acidity over decades", "doi:10.5555/soil"))
    read_archive(store, tmp_path / "library.zip")
    assert store.catalogue.papers() == before
    assert len(before[0].versions) == 2
