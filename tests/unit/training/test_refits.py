"""Refits in the background: one at a time, from the moment it is started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.config import load_settings
from recommender.domain import Paper
from recommender.store import Store
from recommender.training import artifacts, fit


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


def test_a_fit_that_runs_says_what_it_said_last(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    assert fit.running_fit(settings) is None
    log = settings.models_dir / fit.LOG
    with artifacts.fitting(settings.models_dir):
        assert fit.running_fit(settings) == ""
        log.write_text("Fitting the model.\nEncoded 128 of 256 papers; 9.1 a second, 14 s left.\n")
        assert fit.running_fit(settings) == "Encoded 128 of 256 papers; 9.1 a second, 14 s left."
    assert fit.running_fit(settings) is None
