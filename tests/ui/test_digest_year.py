"""A year of digests, from the papers of the day to the answers from the mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from digest_year import BEGIN, FROZEN_AFTER_WEEKS, TASTES, Year, daily_papers, invented_papers
from libraries import Library, make_library
from mail_servers import Box, working
from starlette.testclient import TestClient

from recommender.digest.compose.manifest import Manifest
from ui import app_state


def lived(  # type: ignore[no-untyped-def]
    folder: Path, serving: Callable[..., TestClient], days, weeks: int, refit_every_weeks: int
) -> Year:
    made = make_library(folder, [])
    box, clock = Box(), [BEGIN]
    with working(box) as server:
        more = {"base_url": "https://papers.example", "smtp": server}
        settings = made.settings.model_copy(update=more)
        client = serving(Library(settings), "papers.example")

        def set_clock(now: datetime) -> None:
            clock[0] = now

        app_state.configure(settings, lambda: clock[0])
        store = app_state.store()
        store.readers.forget("me")
        year = Year(
            store,
            app_state.recommender(),
            settings,
            box,
            client,
            set_clock,
            days,
            refit_every_weeks,
        )
        year.run(weeks)
    return year


def assert_delivered(year: Year, weeks: int) -> None:
    """Every issue once, as previewed; no paper twice to anybody; every answer once."""
    names = [x.name for x in year.everybody()]
    ledger = [x for x in year.store.deliveries.list() if x.channel == "mail"]
    assert Counter(x.reader_id for x in ledger) == dict.fromkeys(names, weeks)
    assert {x.state for x in ledger} == {"sent"}
    assert len(year.box.mails) == weeks * len(names)
    assert sorted(year.previews) == sorted(year.box.mails)
    for name in names:
        stored = [year.store.digests.get(name, x) or "" for x in year.store.digests.weeks(name)]
        shown = [x.paper_id for text in stored for x in Manifest.from_json(text).items]
        assert len(stored) == weeks
        assert len(shown) == len(set(shown))
    events = [(x.reader_id, x.paper_id, x.kind.value) for x in year.store.feedback.events()]
    assert sorted(events) == sorted(year.posted)
    slates = {x.slate_id for x in year.store.feedback.events()}
    assert all(x and year.store.feedback.slate(x) for x in slates)


def gain(year: Year) -> tuple[float, float, float]:
    """Return how much more of its digests a learning reader likes than its frozen twin.

    The mean over readers of the difference of shares after the twins stopped
    answering, and its 95% interval by resampling weeks.
    """
    pairs = [(year.shares[x.name], year.shares[f"{x.name}-frozen"]) for x in TASTES]
    table = np.array([[a + b for a, b in zip(mine, twin, strict=True)] for mine, twin in pairs])
    late = table[:, FROZEN_AFTER_WEEKS:].astype(float)
    rng = np.random.default_rng(0)
    weeks = late.shape[1]

    def difference(chosen: object) -> float:
        liked, shown, twin_liked, twin_shown = late[:, chosen].sum(axis=1).T
        return float((liked / shown - twin_liked / np.maximum(twin_shown, 1)).mean())

    draws = [difference(rng.integers(0, weeks, weeks)) for _ in range(2000)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return difference(np.arange(weeks)), float(low), float(high)


@pytest.mark.slow
def test_three_weeks_of_invented_papers(tmp_path: Path, serving: Callable[..., TestClient]) -> None:
    year = lived(tmp_path / "library", serving, invented_papers(), 3, 2)
    assert_delivered(year, 3)
    app_state.close()


@pytest.mark.slow
def test_weeks_of_real_papers(
    tmp_path: Path, shared: Path, serving: Callable[..., TestClient]
) -> None:
    weeks = FROZEN_AFTER_WEEKS + 2
    year = lived(tmp_path / "library", serving, daily_papers(shared), weeks, 3)
    assert_delivered(year, weeks)
    app_state.close()


@pytest.mark.long
def test_a_year_of_real_papers(
    tmp_path: Path, shared: Path, serving: Callable[..., TestClient]
) -> None:
    year = lived(tmp_path / "library", serving, daily_papers(shared), 52, 13)
    assert_delivered(year, 52)
    mean, low, high = gain(year)
    shares = {
        k: sum(x[0] for x in v) / max(sum(x[1] for x in v), 1) for k, v in year.shares.items()
    }
    print(
        f"\n{len(year.box.mails)} mails, {len(year.posted)} answers, {year.opened} links opened;"
        f" shares liked {shares}; gain {mean:.3f} [{low:.3f}, {high:.3f}]"
    )
    assert low > 0
    app_state.close()
