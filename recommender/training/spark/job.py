"""The fit of a library on Spark: snapshot -> text -> factors -> the same model folder.

Runs where `training.fit` runs, under the same lock. Everything is kept in a work folder until the
model is written; a fit that was stopped goes on there.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from recommender import __version__
from recommender.config import Settings, SparkSettings
from recommender.domain.readers import reader_of
from recommender.errors import ClusterError, ConfigError
from recommender.features.interactions import reader_papers
from recommender.private_files import make_private_folder
from recommender.ranking import pipeline
from recommender.store import Store
from recommender.training import fit
from recommender.training.artifacts import ModelManifest
from recommender.training.spark.cluster import Cluster, connected, require_spark
from recommender.training.spark.factors import SparkFactors
from recommender.training.spark.snapshot import (
    SnapshotManifest,
    check_snapshot,
    read_manifest,
    read_weights,
    require_pyarrow,
    write_snapshot,
)
from recommender.training.spark.text import fit_text
from recommender.training.spark.work_folder import WorkFolder

CONTINUED = timedelta(days=7)
"""How old an unfinished fit may be to be continued."""
Connect = Callable[[SparkSettings, Path, int], AbstractContextManager[Cluster]]


def fit_on_spark(
    store: Store,
    settings: Settings,
    now: datetime,
    tell: fit.Tell,
    snapshot: Path | None = None,
    connect: Connect | None = None,
) -> ModelManifest:
    """Fit a model and let it serve; the caller holds the right to fit.

    Parameters
    ----------
    snapshot
        A folder of `snapshot` that all workers reach; None: one is written into the work folder.
    connect
        What gives the cluster; None: the master of the settings.

    Raises
    ------
    ConfigError
        A sentence encoder is set, or the snapshot is of another library.
    EmptyLibrary, MissingExtra, ClusterError, ArtifactError
    """
    started = time.monotonic()
    if settings.encoder:
        raise ConfigError(
            "The engine spark does not run the sentence encoder: unset `encoder`, or fit with "
            "`--engine local`."
        )
    require_pyarrow()
    if connect is None:
        # What is missing is said before the library is read.
        require_spark(settings.spark)
    chosen = _Chosen.of(store, settings, now, snapshot, tell)
    work, parts = WorkFolder(chosen.root), chosen.manifest.papers_of_parts
    tell(f"Fitting on {settings.spark.master}: {sum(parts)} papers in {len(parts)} parts.")
    with (
        _full_disk_told(chosen.root),
        (connect or connected)(settings.spark, chosen.root, len(parts)) as cluster,
    ):
        features = fit_text(work, chosen.snapshot, parts, cluster, settings.seed, tell)
        matrix = reader_papers(read_weights(chosen.snapshot), features.vocabulary)
        options = replace(
            fit.build_options(settings),
            on_round=fit.RoundProgress(tell),
            fit_factors=SparkFactors(work, cluster, parts),
        )
        model = pipeline.build(features, matrix, options, settings.seed)
        use = cluster.use
    manifest = ModelManifest(
        library_id=store.database.library_id,
        created_at=chosen.manifest.created_at,
        last_event_id=chosen.manifest.last_event_id,
        catalogue_revision=chosen.manifest.catalogue_revision,
        n_papers=chosen.manifest.n_papers,
        n_readers=fit.n_readers_of(chosen.manifest.rows),
        seed=settings.seed,
        settings=settings.als.model_dump() | {"encoder": "", "engine": "spark"},
        package=__version__,
        rows=chosen.manifest.rows,
        seconds=round(time.monotonic() - started, 2),
    )
    curve = np.array(chosen.manifest.like_curve, dtype=np.float64)
    saved = fit.let_serve(store, settings, model, curve, manifest, now)
    shutil.rmtree(chosen.root, ignore_errors=True)
    if use.tasks:
        tell(
            f"{use.tasks} tasks took {use.seconds:.0f} s of processor time; the largest process "
            f"of tasks had {use.peak_mb:.0f} MB."
        )
    return saved


@contextmanager
def _full_disk_told(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ClusterError(
            f"The folder {root} cannot be read or written ({error.strerror or error}); make room "
            "there and run the same command to go on, or choose another with --folder."
        ) from error


def snapshot_of(store: Store, settings: Settings, folder: Path, now: datetime) -> SnapshotManifest:
    """Write what a fit of a library reads into a new folder; see `write_snapshot`."""
    # The cut-off is read before the data: what arrives in between is seen twice, never missed.
    last_event_id = store.feedback.last_event_id()
    feedback = fit.read_feedback(store, settings, now)
    return write_snapshot(
        store,
        folder,
        feedback.weights,
        feedback.like_curve.tolist(),
        last_event_id=last_event_id,
        papers_of_a_part=settings.spark.papers_per_part,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The work folder of a fit and the snapshot that it reads."""

    root: Path
    snapshot: Path
    manifest: SnapshotManifest

    @classmethod
    def of(
        cls,
        store: Store,
        settings: Settings,
        now: datetime,
        snapshot: Path | None,
        tell: fit.Tell,
    ) -> _Chosen:
        """Go on with an unfinished fit of the same input and settings, or begin one."""
        library_id = store.database.library_id
        root = fit.unfinished_fit(settings, library_id)
        own = root / "input"
        plan = _plan(settings, library_id)
        given = None
        if snapshot is not None:
            snapshot = snapshot.absolute()
            given = read_manifest(snapshot)
            if given.library_id != library_id:
                raise ConfigError(f"The snapshot in {snapshot} is of another library.")
            check_snapshot(snapshot, given)
            plan |= {"snapshot": str(snapshot), "snapshot_of": given.created_at}
        if _has_plan(root, plan):
            found = given or _whole_snapshot(own)
            if found is None:
                tell(
                    "What an unfinished fit has left is damaged: it is removed, and all is fitted."
                )
            elif _may_continue(found, store, now):
                tell(f"Continuing the fit that began on {found.created_at[:16]}.")
                return cls(root, snapshot or own, found)
        try:
            if root.exists():
                shutil.rmtree(root)
            make_private_folder(root)
        except OSError as error:
            raise ClusterError(
                f"The folder {root} cannot be removed or written ({error.strerror}); delete it, "
                "or choose another with --folder."
            ) from error
        if given is None:
            tell("Writing the papers into the work folder.")
            given = snapshot_of(store, settings, own, now)
        WorkFolder(root).put_json("plan.json", plan)
        return cls(root, snapshot or own, given)


def _plan(settings: Settings, library_id: str) -> dict[str, Any]:
    """Return what must be the same for an unfinished fit to be continued."""
    return {
        "package": __version__,
        "library_id": library_id,
        "als": settings.als.model_dump(exclude={"threads"}),
        "seed": settings.seed,
        "papers_per_part": settings.spark.papers_per_part,
        "snapshot": "",
    }


def _may_continue(found: SnapshotManifest, store: Store, now: datetime) -> bool:
    """Return whether an unfinished fit is young enough, and of readers who are still there."""
    known = {*map(reader_of, found.rows)} <= fit.reader_ids(store)
    return known and now - datetime.fromisoformat(found.created_at) <= CONTINUED


def _whole_snapshot(folder: Path) -> SnapshotManifest | None:
    """Return what the work folder of an unfinished fit holds; None where it is not whole."""
    try:
        found = read_manifest(folder)
        datetime.fromisoformat(found.created_at)
        check_snapshot(folder, found)
    except (ConfigError, TypeError, ValueError):
        return None
    return found


def _has_plan(root: Path, plan: dict[str, Any]) -> bool:
    try:
        return bool(json.loads((root / "plan.json").read_text(encoding="utf-8")) == plan)
    except (OSError, ValueError):
        return False
