"""Refits in the background: one at a time, from the moment it is started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.config import Settings, load_settings
from recommender.domain import Event, EventKind, Paper
from recommender.store import Store
from recommender.training import artifacts, fit

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_no_second_refit_is_started_while_the_first_still_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "input()"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE)
    monkeypatch.setattr(fit, "_start", lambda settings: child)
    settings = load_settings(data_dir=tmp_path)
    assert fit.refit_in_background(settings)
    if hasattr(os, "getpriority"):
        assert os.getpriority(os.PRIO_PROCESS, child.pid) >= fit.BEHIND_READERS
    assert not fit.refit_in_background(settings)
    child.communicate(b"\n")
    assert fit.refit_in_background(settings)


def test_a_fit_that_waited_for_another_looks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, now = load_settings(data_dir=tmp_path), datetime(2026, 6, 1, tzinfo=UTC)
    store = Store(settings.url)
    store.database.upgrade()
    papers = [Paper(f"Bees of hive {i}", abstract=f"Pollen {i % 3} and wax.") for i in range(12)]
    store.catalogue.add(papers, now)
    fitting = artifacts.fitting

    @contextmanager
    def after_another(folder: Path) -> Iterator[bool]:
        monkeypatch.setattr(artifacts, "fitting", fitting)
        fit.fit(store, settings, now=now)
        with fitting(folder) as free:
            yield free

    monkeypatch.setattr(artifacts, "fitting", after_another)
    assert fit.fit_if_due(store, settings, now=now) is None
    assert len(list(settings.models_dir.glob("*/manifest.json"))) == 1
    store.close()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[tuple[Store, Settings]]:
    """A fitted library of twelve papers that asks for a refit after three of either kind."""
    settings = load_settings(data_dir=tmp_path, refit_after_papers=3, refit_after_events=3)
    store = Store(settings.url)
    store.database.upgrade()
    store.readers.ensure("me", NOW)
    store.catalogue.add(bees(0, 12), NOW)
    fit.fit(store, settings, now=NOW)
    yield store, settings
    store.close()


def bees(first: int, last: int) -> list[Paper]:
    texts = [(f"Bees of hive {i}", f"Pollen {i % 3} and wax.") for i in range(first, last)]
    return [Paper(title, abstract=abstract) for title, abstract in texts]


def change_manifest(settings: Settings, **changed: object) -> Path:
    path = next(settings.models_dir.glob("*/manifest.json"))
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    return path


def fitted_long_ago(settings: Settings, *, seconds: float) -> None:
    """Make the model one whose fit took `seconds` and ended just over its rest ago."""
    path = change_manifest(settings, seconds=seconds)
    then = path.stat().st_mtime - fit.REST * seconds - 10
    os.utime(path, (then, then))


def like(store: Store, number: int) -> None:
    paper_id = store.catalogue.ids()[number]
    store.feedback.append(Event(f"k{number}", "me", "me/general", paper_id, EventKind.like, NOW))


def test_papers_make_a_refit_due_at_the_number_that_is_set(
    library: tuple[Store, Settings],
) -> None:
    store, settings = library
    store.catalogue.add(bees(12, 14), NOW)
    assert fit.refit_due(store, settings) is None
    store.catalogue.add(bees(14, 15), NOW)
    assert fit.refit_due(store, settings) == "3 new papers"


def test_a_large_library_waits_for_a_hundredth_of_it(library: tuple[Store, Settings]) -> None:
    store, settings = library
    change_manifest(settings, n_papers=500)
    store.catalogue.add(bees(12, 16), NOW)
    assert fit.refit_due(store, settings) is None
    store.catalogue.add(bees(16, 17), NOW)
    assert fit.refit_due(store, settings) == "5 new papers"


def test_events_make_a_refit_due_at_the_number_that_is_set(
    library: tuple[Store, Settings],
) -> None:
    store, settings = library
    fitted_long_ago(settings, seconds=1.0)
    for i in range(3):
        assert fit.refit_due(store, settings) is None
        like(store, i)
    assert fit.refit_due(store, settings) == "3 new events"


def test_events_wait_twenty_times_as_long_as_the_last_fit_took(
    library: tuple[Store, Settings],
) -> None:
    store, settings = library
    for i in range(9):
        like(store, i)
    change_manifest(settings, seconds=10.0)
    assert fit.refit_due(store, settings) is None
    fitted_long_ago(settings, seconds=10.0)
    assert fit.refit_due(store, settings) == "3 new events"


def test_papers_wait_for_no_short_fit(library: tuple[Store, Settings]) -> None:
    store, settings = library
    store.catalogue.add(bees(12, 16), NOW)
    change_manifest(settings, seconds=10.0)
    assert fit.refit_due(store, settings) == "3 new papers"


def test_a_long_fit_is_not_repeated_soon(library: tuple[Store, Settings]) -> None:
    store, settings = library
    store.catalogue.add(bees(12, 16), NOW)
    change_manifest(settings, seconds=1_600.0)
    assert fit.refit_due(store, settings) is None
    fitted_long_ago(settings, seconds=1_600.0)
    assert fit.refit_due(store, settings) == "3 new papers"


def test_no_event_or_paper_is_read_to_see_whether_a_refit_is_due(
    library: tuple[Store, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, settings = library
    store.catalogue.add(bees(12, 16), NOW)
    for x in ("names_since", "papers", "get_many"):
        monkeypatch.delattr(type(store.catalogue), x)
    monkeypatch.delattr(type(store.feedback), "events")
    assert fit.refit_due(store, settings) == "3 new papers"


def test_a_fit_that_runs_says_what_it_said_last(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    assert fit.running_fit(settings) is None
    log = settings.models_dir / fit.LOG
    with artifacts.fitting(settings.models_dir):
        assert fit.running_fit(settings) == ""
        log.write_text("Fitting the model.\nEncoded 128 of 256 papers; 9.1 a second, 14 s left.\n")
        assert fit.running_fit(settings) == "Encoded 128 of 256 papers; 9.1 a second, 14 s left."
    assert fit.running_fit(settings) is None


def test_rounds_tell_how_long_they_still_take() -> None:
    told: list[str] = []
    moments = iter([100.0, 130.0, 160.0, 190.0])
    progress = fit.RoundProgress(told.append, clock=lambda: next(moments))
    for done in (1, 2, 3, 4):
        progress(done, 5)
    assert told == [
        "Fitted 2 of 5 rounds; 2 min left.",
        "Fitted 3 of 5 rounds; 60 s left.",
        "Fitted 4 of 5 rounds; 30 s left.",
    ]


def test_a_fit_of_seconds_tells_no_rounds() -> None:
    told: list[str] = []
    moments = iter([0.0, 0.1, 0.2])
    progress = fit.RoundProgress(told.append, clock=lambda: next(moments))
    for done in (1, 2, 3):
        progress(done, 10)
    assert told == []


def test_a_fit_uses_every_processor_or_as_many_threads_as_are_set() -> None:
    default, two = load_settings(), load_settings(als={"threads": 2})
    assert fit.build_options(default).als.threads == fit.n_processors() >= 1
    assert fit.build_options(two).als.threads == 2
