"""`paperloop fit --engine spark` on a local master, and on a real one with two workers."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from libraries import make_library as library_of
from libraries import papers_on
from spark_cluster import (
    StandaloneCluster,
    fit_process,
    free_port,
    missing,
    wait_for_file,
)

from recommender.config import load_settings
from recommender.store import Store
from recommender.training import artifacts
from recommender.training.fit import unfinished_fit

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(missing()), reason=missing() or "everything is there"),
]
SECONDS = 1_200
"""Far more than a quiet machine needs: a start of Spark may take 80 s on a busy one."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandaloneCluster]:
    made = StandaloneCluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library") / "whole"
    papers = [x for subject in ("bees", "bridges", "glaciers") for x in papers_on(subject, 40)]
    library_of(folder, papers, fitted=False)
    return folder


@pytest.fixture(scope="module")
def fitted(library: Path) -> dict[str, np.ndarray]:
    """The arrays of a fit on ``local[2]`` that nothing disturbed."""
    folder = library.with_name("local")
    shutil.copytree(library, folder)
    process = fit_process(folder)
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, said
    assert "120 papers in 4 parts" in said
    return arrays_of(folder)


def copy_of(library: Path, name: str) -> Path:
    return Path(shutil.copytree(library, library.with_name(name)))


def arrays_of(folder: Path) -> dict[str, np.ndarray]:
    settings = load_settings(data_dir=folder)
    store = Store(settings.url)
    arrays, manifest = artifacts.load(settings.models_dir, store.database.library_id)
    store.close()
    assert manifest.settings["engine"] == "spark"
    return {name: np.array(x) for name, x in arrays.items()}


def work_folder(folder: Path) -> Path:
    settings = load_settings(data_dir=folder)
    store = Store(settings.url)
    root = unfinished_fit(settings, store.database.library_id)
    store.close()
    return root


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)


def test_a_killed_driver_goes_on_behind_its_last_round(
    library: Path, fitted: dict[str, np.ndarray]
) -> None:
    folder = copy_of(library, "driver")
    process = fit_process(folder)
    wait_for_file(work_folder(folder) / "done" / "round-3.json", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    again = fit_process(folder)
    said, _ = again.communicate(timeout=SECONDS)
    assert again.returncode == 0, said
    assert "Continuing the fit" in said
    assert_same(arrays_of(folder), fitted)


def test_a_worker_killed_in_a_round_changes_no_bit(
    library: Path, fitted: dict[str, np.ndarray], cluster: StandaloneCluster
) -> None:
    folder = copy_of(library, "worker")
    process = fit_process(folder, "--master", cluster.master)
    wait_for_file(work_folder(folder) / "done" / "round-2.json", process)
    cluster.kill_worker()
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, said
    assert_same(arrays_of(folder), fitted)


def test_a_folder_that_workers_cannot_reach_is_said(
    library: Path, cluster: StandaloneCluster
) -> None:
    process = fit_process(library, "--master", cluster.master, "--folder", "/proc/paperloop")
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "The folder /proc/paperloop/" in said
    assert "--folder" in said
    assert "Traceback" not in said


def test_a_master_that_does_not_answer_is_said(library: Path) -> None:
    master = f"spark://127.0.0.1:{free_port()}"
    process = fit_process(library, "--master", master)
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert f"The Spark master {master} cannot be reached" in said
    assert "Traceback" not in said
