"""Whatever records come in whatever batches: once placed, they stay where they are."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stores import NOW, event, paper, sqlite_store

from recommender.domain import Listing, Paper

WORKS = [
    ["arxiv:2401.00001", "doi:10.1000/a", "s2:1"],
    ["arxiv:2401.00002", "doi:10.1000/b", "s2:2"],
]
TITLES = ["A study of long tails", "a study of LONG-tails!", "The study of long tails"]
FEW = settings(max_examples=settings.default.max_examples // 3)


@st.composite
def records(draw: st.DrawFn, known: list[list[str]] = [*WORKS, []]) -> Paper:  # noqa: B006
    """Draw a record that names one work, or none, by its identifiers and any title."""
    held = draw(st.sampled_from(known))
    identifiers = draw(st.lists(st.sampled_from(held), max_size=2)) if held else []
    return paper(
        draw(st.sampled_from(TITLES if identifiers else [*TITLES, "Editorial"])),
        *identifiers,
        author=draw(st.sampled_from(["", "Lee", "Kim"])),
        year=draw(st.sampled_from([None, 2000, 2001, 2003])),
        venue=draw(st.sampled_from(["", "Journal", "Workshop"])),
        abstract=draw(st.sampled_from(["", "Text."])),
        abstract_is_summary=draw(st.booleans()),
        listings=draw(st.sampled_from([(), (Listing("daily", NOW),), (Listing("daily"),)])),
    )


@FEW
@given(st.lists(st.lists(records(), max_size=6), max_size=4))
def test_records_that_were_added_once_change_nothing_again(
    batches: list[list[Paper]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = sqlite_store(Path(folder))
        placed = [x.paper_id for batch in batches for x in store.catalogue.add(batch, NOW)]
        papers, revision = store.catalogue.papers(), store.catalogue.revision()
        today = store.catalogue.resolve(placed)
        again = store.catalogue.add([x for batch in batches for x in batch], NOW)
        assert {x.outcome for x in again} <= {"unchanged"}
        assert [x.paper_id for x in again] == [today[x] for x in placed]
        assert (store.catalogue.papers(), store.catalogue.revision()) == (papers, revision)
        store.close()


@pytest.mark.slow
@FEW
@given(st.lists(records(), min_size=1, max_size=8))
def test_one_batch_and_single_records_end_alike(batch: list[Paper]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        together, singly = sqlite_store(Path(one)), sqlite_store(Path(other))
        added = together.catalogue.add(batch, NOW)
        for record in batch:
            singly.catalogue.add([record], NOW)
        assert together.catalogue.papers() == singly.catalogue.papers()
        assert {x.paper_id for x in added} == set(together.catalogue.ids())
        together.close()
        singly.close()


@FEW
@given(st.lists(records(known=[WORKS[0] + WORKS[1]]), max_size=8))
def test_no_identifier_names_two_papers_and_none_is_lost_even_when_records_contradict(
    batch: list[Paper],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = sqlite_store(Path(folder))
        store.catalogue.add(batch, NOW)
        held = [x for stored in store.catalogue.papers() for x in stored.identifiers]
        assert sorted(held) == sorted({x for record in batch for x in record.identifiers})
        store.close()


@pytest.mark.slow
@FEW
@given(st.lists(records(), min_size=2, max_size=6))
def test_merges_that_are_all_undone_lose_nothing_and_do_not_come_back(batch: list[Paper]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = sqlite_store(Path(folder))
        store.readers.ensure("me", NOW)
        placed = [x.paper_id for record in batch for x in store.catalogue.add([record], NOW)]
        store.feedback.append_many([event(x, f"like {x}") for x in dict.fromkeys(placed)])
        pairs = []
        for merge in store.catalogue.merges():
            count = store.catalogue.count()
            parted = store.catalogue.undo_merge(merge.number, NOW)
            assert store.catalogue.count() == count + 1
            pairs.append(parted)
        assert set(store.catalogue.resolve(placed)) == set(placed)
        assert len(store.feedback.events("me")) == len(dict.fromkeys(placed))
        for paper in store.catalogue.papers():
            assert store.catalogue.get(paper.paper_id) == paper
            assert all(store.catalogue.resolve([x]) for x in paper.identifiers)
        for record in batch:
            store.catalogue.add([record], NOW)
        for pair in pairs:
            assert len({*store.catalogue.resolve([pair.kept_id, pair.other_id]).values()}) == 2
        store.close()
