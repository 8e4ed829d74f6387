"""A large import in the middle of a week: what of it is news, and how large the issue gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from invented_week import (
    MONDAY,
    NEXT_MONDAY,
    WEDNESDAY,
    WEEK,
    TableRecommender,
    judge,
    paper_id,
    settings_of,
)

from recommender.digest.compose.compose import compose
from recommender.domain import Paper
from recommender.store import Origin, Store

N_PAPERS = 50_000
N_OF_THE_WEEK = 50
BATCH = 5_000


def imported(n: int, n_of_the_week: int) -> Iterator[Paper]:
    """Yield papers as a dump has them: without a day, of this year, old, a few of this week."""
    rng = np.random.default_rng(0)
    plain = (
        {},
        {"year": 2026},
        {"year": 2019, "published_at": datetime(2019, 5, 2, tzinfo=UTC)},
        {"published_at": MONDAY - timedelta(days=5)},
    )
    for i in range(n):
        paper = Paper(f"Record {i}", identifiers=(f"doi:10.5555/{rng.bytes(10).hex()}",))
        of_the_week = i % (n // n_of_the_week) == 0
        yield replace(paper, **({"published_at": WEDNESDAY} if of_the_week else plain[i % 4]))


def add(store: Store, papers: list[Paper]) -> None:
    for start in range(0, len(papers), BATCH):
        store.catalogue.add(papers[start : start + BATCH], WEDNESDAY, Origin("csv", "dump.csv"))


@pytest.mark.slow
def test_of_a_bulk_import_only_what_appeared_in_the_week_is_in_its_window(store: Store) -> None:
    judge(store, 90)
    add(store, list(imported(N_PAPERS, N_OF_THE_WEEK)))
    assert store.catalogue.count() == 8 + N_PAPERS
    ranker = TableRecommender({paper_id(1): 0.9})
    manifest = compose(store, ranker, "me", week=WEEK, now=NEXT_MONDAY, settings=settings_of())
    (pool,) = ranker.pools
    assert len(pool) == 6 + N_OF_THE_WEEK
    assert manifest.candidates == len(pool)
    assert [x.paper_id for x in manifest.items] == [paper_id(1)]


@pytest.mark.slow
def test_a_manifest_stays_small_where_all_of_a_bulk_import_appeared_in_the_week(
    store: Store,
) -> None:
    judge(store, 90)
    papers = list(imported(12_000, 12_000))
    add(store, papers)
    rng = np.random.default_rng(1)
    scores = {x.identifiers[0]: float(rng.normal() / 9) for x in papers}
    ranker = TableRecommender(scores | {paper_id(1): 0.9})
    manifest = compose(store, ranker, "me", week=WEEK, now=NEXT_MONDAY, settings=settings_of())
    assert manifest.candidates == 12_006
    assert manifest.left_out["below_bar"] + manifest.left_out["unranked"] == 12_005
    assert len(manifest.to_json()) < 100_000
