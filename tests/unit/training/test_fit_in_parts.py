"""A fit in parts gives the model of the local fit; tasks run in this process, without Spark."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from libraries import NOW, make_library, papers_on
from parts_of_papers import begin_with, stacked_cells
from spark_tasks import ThisProcess

from recommender.config import Settings, SparkSettings, load_settings
from recommender.domain import Event, EventKind
from recommender.errors import ClusterError, ConfigError, EmptyLibrary
from recommender.ranking.als import solver
from recommender.ranking.als.init import first_factors
from recommender.ranking.als.term_rows import AlsOptions
from recommender.store import Store
from recommender.training import artifacts
from recommender.training.fit import fit, unfinished_fit
from recommender.training.spark import job
from recommender.training.spark.cluster import check_folder
from recommender.training.spark.factors import SparkFactors
from recommender.training.spark.snapshot import read_manifest, read_papers, read_weights
from recommender.training.spark.work_folder import WorkFolder

ROUNDED = {
    *("features.space_mean", "features.embedding"),
    *(f"ranker.als.{x}" for x in ("papers", "readers", "terms", "of_papers", "of_rows")),
}
"""The arrays that sum over papers, and so differ by the order of the sum; all others are equal."""


class Stopped(Exception):
    """What a test stops a fit with."""


class Repeating(ThisProcess):
    """Runs every task twice, as a cluster does that takes a worker for lost."""

    def each(self, task: Callable[..., Any], *given: Any) -> list[Any]:
        super().each(task, *given)
        return super().each(task, *given)


class Stopping(ThisProcess):
    """Stops in the middle of a round."""

    def each(self, task: Callable[..., Any], *given: Any) -> list[Any]:
        if task.__name__ == "sum_products" and given[0] == "products-4-2":
            task(str(self.root), 0, *given)
            raise Stopped
        return super().each(task, *given)


def on(kind: type[ThisProcess]) -> job.Connect:
    @contextmanager
    def connect(settings: SparkSettings, root: Path, n_parts: int) -> Iterator[ThisProcess]:
        yield kind(root, n_parts)

    return connect


@pytest.fixture
def library(tmp_path: Path) -> Iterator[tuple[Store, Settings]]:
    papers = [x for subject in ("bees", "bridges", "glaciers") for x in papers_on(subject, 40)]
    made = make_library(tmp_path / "library", papers, fitted=False)
    store = made.open()
    ids = store.catalogue.ids()
    for name, first in (("ada", 0), ("bo", 3)):
        reader = store.readers.ensure(name, NOW).reader_id
        for i, paper_id in enumerate(ids[first : first + 12]):
            interest = f"{reader}/general"
            store.feedback.append(
                Event(f"{name} {i}", reader, interest, paper_id, EventKind.like, NOW)
            )
    yield store, load_settings(data_dir=tmp_path / "library", spark={"papers_per_part": 37})
    store.close()


def arrays_of(store: Store, settings: Settings) -> dict[str, np.ndarray]:
    found, _ = artifacts.load(settings.models_dir, store.database.library_id)
    return {name: np.array(x) for name, x in found.items()}


def test_from_one_start_three_rounds_give_the_factors_of_the_local_fit(tmp_path: Path) -> None:
    stacked = stacked_cells(n_papers=600, n_rows=300, seed=3)
    options, n_factors = AlsOptions(iterations=3), 32
    rows, papers = first_factors(stacked, n_factors, 1.0, seed=0)
    local = AlternatingLeastSquares(
        factors=n_factors, regularization=300.0, alpha=300.0, num_threads=1, random_state=0
    )
    local.cg_steps = solver.CG_STEPS
    local.user_factors, local.item_factors = rows.copy(), papers.copy()
    solver._fit_in_rounds(local, stacked, 3, lambda done, of: None)

    work, sizes = WorkFolder(tmp_path), (150, 301, 149)
    begin_with(work, stacked, sizes, rows, papers)
    factors = SparkFactors(work, ThisProcess(tmp_path, 3), sizes)
    factors.fit_rounds(stacked.shape[0], n_factors, options, seed=0)
    found_papers, found_rows = factors.found(stacked.shape[0], 3)
    for found, expected in ((found_papers, local.item_factors), (found_rows, local.user_factors)):
        assert np.linalg.norm(found - expected) <= 1e-5 * np.linalg.norm(expected)
    assert np.linalg.norm(found_papers - papers) > 0.01 * np.linalg.norm(papers)


@pytest.mark.slow
def test_the_whole_model_is_that_of_the_local_fit(library: tuple[Store, Settings]) -> None:
    store, settings = library
    fit(store, settings, now=NOW)
    local = arrays_of(store, settings)
    said: list[str] = []
    manifest = job.fit_on_spark(store, settings, NOW, said.append, None, on(ThisProcess))
    found = arrays_of(store, settings)
    assert manifest.settings["engine"] == "spark"
    assert (manifest.n_papers, manifest.n_readers) == (120, 2)
    assert found.keys() == local.keys()
    for name, expected in local.items():
        assert found[name].dtype == expected.dtype
        if name not in ROUNDED:
            np.testing.assert_array_equal(found[name], expected, err_msg=name)
        else:
            scale = np.abs(expected.astype(np.float64)).max(initial=1e-9)
            np.testing.assert_allclose(found[name], expected, atol=1e-3 * scale, err_msg=name)
    assert "120 papers in 4 parts" in " ".join(said)
    assert list((settings.data_dir / "spark").iterdir()) == []


@pytest.mark.slow
def test_a_fit_that_was_stopped_goes_on_behind_its_last_round(
    library: tuple[Store, Settings],
) -> None:
    store, settings = library
    job.fit_on_spark(store, settings, NOW, print, None, on(ThisProcess))
    whole = arrays_of(store, settings)
    with pytest.raises(Stopped):
        job.fit_on_spark(store, settings, NOW, print, None, on(Stopping))
    root = unfinished_fit(settings, store.database.library_id)
    assert not (root / "papers-4").exists()
    said: list[str] = []
    later = NOW + timedelta(hours=1)
    job.fit_on_spark(store, settings, later, said.append, None, on(ThisProcess))
    assert any(x.startswith("Continuing the fit") for x in said)
    assert not any(x.startswith("Fitted 3 of") for x in said)
    assert_same(arrays_of(store, settings), whole)


@pytest.mark.slow
def test_tasks_that_run_twice_change_no_bit(library: tuple[Store, Settings]) -> None:
    store, settings = library
    job.fit_on_spark(store, settings, NOW, print, None, on(ThisProcess))
    once = arrays_of(store, settings)
    job.fit_on_spark(store, settings, NOW, print, None, on(Repeating))
    assert_same(arrays_of(store, settings), once)


@pytest.mark.slow
@pytest.mark.parametrize("change", ["settings", "age", "reader"])
def test_an_unfinished_fit_of_something_else_is_not_continued(
    library: tuple[Store, Settings], change: str
) -> None:
    store, settings = library
    with pytest.raises(Stopped):
        job.fit_on_spark(store, settings, NOW, print, None, on(Stopping))
    now = NOW
    if change == "settings":
        settings = settings.model_copy(update={"seed": 5})
    elif change == "age":
        now += timedelta(days=8)
    else:
        store.readers.forget(store.readers.get("bo").reader_id)
    said: list[str] = []
    job.fit_on_spark(store, settings, now, said.append, None, on(ThisProcess))
    assert not any(x.startswith("Continuing") for x in said)


@pytest.mark.slow
def test_a_snapshot_holds_what_a_fit_reads(library: tuple[Store, Settings], tmp_path: Path) -> None:
    store, settings = library
    job.snapshot_of(store, settings, tmp_path / "monday", NOW)
    manifest = read_manifest(tmp_path / "monday")
    assert manifest.papers_of_parts == (37, 37, 37, 9)
    read = [x for part in range(4) for y in read_papers(tmp_path / "monday", part) for x in y]
    for found, stored in zip(read, store.catalogue.papers(), strict=True):
        fields = ("paper_id", "title", "abstract", "authors", "newest_at")
        assert [getattr(found, x) for x in fields] == [getattr(stored, x) for x in fields]
    assert {x: len(y) for x, y in read_weights(tmp_path / "monday").items()} == dict.fromkeys(
        manifest.rows, 12
    )
    job.fit_on_spark(store, settings, NOW, print, None, on(ThisProcess))
    own = arrays_of(store, settings)
    job.fit_on_spark(store, settings, NOW, print, tmp_path / "monday", on(ThisProcess))
    assert_same(arrays_of(store, settings), own)
    with pytest.raises(ConfigError, match="not empty"):
        job.snapshot_of(store, settings, tmp_path / "monday", NOW)


def test_what_cannot_be_fitted_is_said_in_a_sentence(
    library: tuple[Store, Settings], tmp_path: Path
) -> None:
    store, settings = library
    encoded = settings.model_copy(update={"encoder": "minilm"})
    with pytest.raises(ConfigError, match="sentence encoder"):
        job.fit_on_spark(store, encoded, NOW, print, None, on(ThisProcess))
    with pytest.raises(ConfigError, match="holds no snapshot"):
        job.fit_on_spark(store, settings, NOW, print, tmp_path, on(ThisProcess))
    job.snapshot_of(store, settings, tmp_path / "theirs", NOW)
    manifest = tmp_path / "theirs" / "manifest.json"
    theirs = json.loads(manifest.read_text()) | {"library_id": "another"}
    manifest.write_text(json.dumps(theirs))
    (tmp_path / "theirs" / "weights.parquet").write_text("no Parquet")
    with pytest.raises(ConfigError, match="weights"):
        read_weights(tmp_path / "theirs")
    with pytest.raises(ConfigError, match="another library"):
        job.fit_on_spark(store, settings, NOW, print, tmp_path / "theirs", on(ThisProcess))


@pytest.mark.parametrize("name", ["manifest.json", "weights.parquet", "papers-00001.parquet"])
@pytest.mark.parametrize("damage", ["removed", "cut", "changed"])
def test_damaged_papers_of_an_unfinished_fit_are_written_again(
    library: tuple[Store, Settings], name: str, damage: str
) -> None:
    store, settings = library
    said: list[str] = []

    def begin() -> job._Chosen:
        return job._Chosen.of(store, settings, NOW, None, said.append)

    whole = begin()
    (whole.root / "papers-4").mkdir()
    assert begin() == whole
    assert said[1:] == ["Continuing the fit that began on 2026-11-18T12:00."]
    file = whole.snapshot / name
    content = file.read_bytes()
    file.unlink()
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "changed":
        file.write_bytes(b"PAR1" + bytes(len(content) // 2) + content[len(content) // 2 + 4 :])
    assert begin() == whole
    assert "damaged" in said[2]
    assert not (whole.root / "papers-4").exists()
    begin()
    assert said[4:] == ["Continuing the fit that began on 2026-11-18T12:00."]
    file.unlink()
    with pytest.raises(ConfigError, match="snapshot"):
        job._Chosen.of(store, settings, NOW, whole.snapshot, said.append)


def test_a_disk_that_is_full_is_said_in_a_sentence(library: tuple[Store, Settings]) -> None:
    class Full(ThisProcess):
        def each(self, task: Callable[..., Any], *given: Any) -> list[Any]:
            raise OSError(errno.ENOSPC, "No space left on device")

    store, settings = library
    with pytest.raises(ClusterError, match="No space left on device"):
        job.fit_on_spark(store, settings, NOW, print, None, on(Full))


def test_a_library_without_papers_is_said(tmp_path: Path) -> None:
    empty = make_library(tmp_path / "empty", [], fitted=False)
    with closing(empty.open()) as nothing, pytest.raises(EmptyLibrary):
        job.fit_on_spark(nothing, empty.settings, NOW, print, None, on(ThisProcess))


@pytest.mark.slow
def test_a_catalogue_of_few_papers_or_of_no_words_is_fitted(tmp_path: Path) -> None:
    made = make_library(tmp_path / "few", papers_on("bees", 7), fitted=False)
    settings = load_settings(data_dir=tmp_path / "few", spark={"papers_per_part": 2})
    store = made.open()
    fit(store, settings, now=NOW)
    local = arrays_of(store, settings)
    job.fit_on_spark(store, settings, NOW, print, None, on(ThisProcess))
    found = arrays_of(store, settings)
    store.close()
    np.testing.assert_allclose(found["ranker.als.papers"], local["ranker.als.papers"], atol=1e-3)


def test_workers_that_see_another_folder_are_said(tmp_path: Path) -> None:
    class Elsewhere(ThisProcess):
        def each(self, task: Callable[..., Any], *given: Any) -> list[Any]:
            return [task(str(tmp_path / "elsewhere"), part, *given) for part in range(2)]

    check_folder(ThisProcess(tmp_path, 2))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ClusterError, match="No such file"):
        check_folder(Elsewhere(tmp_path, 2))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "probe").write_text("of another fit")
    with pytest.raises(ClusterError, match="another folder"):
        check_folder(Elsewhere(tmp_path, 2))


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)
