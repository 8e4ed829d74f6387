"""The job that makes a model: store -> features -> fitted arrays -> artefact.

Runs in `paperloop fit`, on first use, and in a child process that the app
starts; touches the store (reading), the models folder (writing) and nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender import __version__
from recommender.config import Settings, child_environment
from recommender.domain import Event, Interest
from recommender.domain.history import (
    fold,
    learning_events,
    meanings_with,
    preference_weights,
)
from recommender.domain.readers import reader_of
from recommender.errors import ArtifactError, EmptyLibrary
from recommender.features import Features
from recommender.features.interactions import reader_papers
from recommender.features.sentence_encoder import text_of
from recommender.private_files import open_private
from recommender.ranking import pipeline
from recommender.ranking.als.term_rows import AlsOptions
from recommender.ranking.calibration import SHARED_CURVE
from recommender.store import Store
from recommender.store.half_life import half_lives
from recommender.training import artifacts
from recommender.training.artifacts import ModelManifest
from recommender.training.encoder_models import find_encoder
from recommender.training.encoder_process import duration, encode_texts
from recommender.training.like_calibration import curve_of_all
from recommender.training.onnx_encoder import n_processors

Tell = Callable[[str], None]
BEHIND_READERS = 10
"""Priority of a refit, as `nice` counts."""
WORTH_TELLING = 3.0
"""Seconds that a fit must still take for its progress to be told."""
NEW_SHARE = 0.01
"""Of the papers or events that a model has seen; fewer new ones are no reason for a refit."""
REST = 20.0
"""New events make a refit due only once so many times as long as the last fit took has passed."""
LONG_FIT = 60.0
"""Seconds; after a fit that took longer, new papers wait as new events do."""
LEAST_NEW_PAPERS = 20
"""New papers below which no refit is due, however small the catalogue is."""
LOG = "fit.log"
"""In the models folder: what the fit in the background printed."""

_children: dict[Path, subprocess.Popen[bytes]] = {}
_starting = threading.Lock()


def fit(
    store: Store,
    settings: Settings,
    *,
    now: datetime,
    progress: Tell | None = None,
    snapshot: Path | None = None,
) -> ModelManifest:
    """Fit a model on the catalogue and on everybody's events, and let it serve.

    Waits for another fit of the same library to end. Events and papers that
    arrive meanwhile are not lost: they are folded in when serving.

    Parameters
    ----------
    snapshot
        For the engine ``spark``: a folder of `training.spark.snapshot` to fit instead of the store.

    Raises
    ------
    ConfigError, ClusterError
        The engine ``spark`` cannot do what is set.
    EmptyLibrary
        There are no papers.
    ArtifactError
        The sentence encoder cannot be used, or the model cannot be written; the old one
        serves on.
    MissingExtra
        An encoder is set, and what runs it is not installed.
    """
    tell = progress or (lambda _: None)
    with artifacts.fitting(settings.models_dir):
        return _fit(store, settings, now, tell, snapshot)


def fit_first(
    store: Store, settings: Settings, *, now: datetime, progress: Tell | None = None
) -> ModelManifest:
    """Fit as `fit`, but without the sentence encoder, so that the first slate need not wait for it.

    A refit with the encoder is due at once.
    """
    without = settings.model_copy(update={"encoder": ""})
    return fit(store, without, now=now, progress=progress)


def fit_if_due(
    store: Store, settings: Settings, *, now: datetime, progress: Tell | None = None
) -> ModelManifest | None:
    """Fit as `fit` does if enough is new; None where it is not, or another fit has just seen it.

    Raises
    ------
    EmptyLibrary, ArtifactError
    """
    if refit_due(store, settings) is None:
        return None
    with artifacts.fitting(settings.models_dir):
        if refit_due(store, settings) is None:
            return None
        return _fit(store, settings, now, progress or (lambda _: None))


def refit_due(store: Store, settings: Settings) -> str | None:
    """Return why a refit is due, in a few words, or None.

    New papers and events are counted up to where they make one due: the numbers that are set,
    or a hundredth of what the model has seen where that is more; in a small catalogue a tenth
    of its papers. Readers lose little by waiting, since both are folded in at once; so many
    readers who vote do not keep the machine fitting, and a long fit is not repeated soon.
    """
    try:
        manifest = artifacts.read_manifest(settings.models_dir)
    except ArtifactError:
        return "there is no usable model" if store.catalogue.count() else None
    if _encoder_changed(settings, manifest):
        return "another encoder is set"
    if not {*map(reader_of, manifest.rows)} <= reader_ids(store):
        return "a reader was forgotten"
    age = artifacts.seconds_since_fit(settings.models_dir, manifest.version)
    rests = age < REST * manifest.seconds
    if rests and manifest.seconds > LONG_FIT:
        return None
    enough = max(settings.refit_after_events, int(NEW_SHARE * manifest.last_event_id))
    if not rests and store.feedback.count(manifest.last_event_id, enough) >= enough:
        return f"{enough} new events"
    if store.catalogue.revision() == manifest.catalogue_revision:
        return None
    enough = _papers_of_a_refit(settings, manifest)
    new = store.catalogue.count_since(manifest.catalogue_revision, enough)
    return f"{enough} new papers" if new >= enough else None


def _papers_of_a_refit(settings: Settings, manifest: ModelManifest) -> int:
    """Return after how many new papers a refit is due: early in a small catalogue.

    A tenth more papers may be a field whose words the model has never seen, and a small fit
    is quick.
    """
    sooner = min(settings.refit_after_papers, max(LEAST_NEW_PAPERS, manifest.n_papers // 10))
    return max(sooner, int(NEW_SHARE * manifest.n_papers))


def _encoder_changed(settings: Settings, manifest: ModelManifest) -> bool:
    """Return whether a refit would use another encoder; one that cannot be used is no reason."""
    if manifest.settings.get("encoder", "") == settings.encoder:
        return False
    try:
        return not settings.encoder or bool(find_encoder(settings.encoder, settings.encoders_dir))
    except ArtifactError:
        return False


def refit_if_due(store: Store, settings: Settings) -> None:
    """Start a refit in a process of its own where `refit_due` says so; returns at once."""
    if refit_due(store, settings):
        refit_in_background(settings)


def refit_in_background(settings: Settings) -> bool:
    """Start a fit in a process of its own; return False when one is running already.

    What it prints goes to ``fit.log`` in the models folder.
    """
    with _starting:
        before = _children.get(settings.models_dir)
        # A child takes the lock of the folder only once it has loaded; it counts from the start.
        if before is not None and before.poll() is None:
            return False
        with artifacts.fitting(settings.models_dir, wait=False) as free:
            if not free:
                return False
        child = _children[settings.models_dir] = _start(settings)
        if hasattr(os, "setpriority"):
            # It has lower priority than page requests. It may have ended already.
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, child.pid, BEHIND_READERS)
    threading.Thread(target=child.wait, name="fit", daemon=True).start()
    return True


def running_fit(settings: Settings) -> str | None:
    """Return what a fit that runs now said last, ``""`` if nothing, or None where none runs."""
    child = _children.get(settings.models_dir)
    with artifacts.fitting(settings.models_dir, wait=False) as free:
        # A child of ours takes the lock of the folder only once it has loaded.
        if free and (child is None or child.poll() is not None):
            return None
    try:
        with (settings.models_dir / LOG).open("rb") as log:
            log.seek(max(log.seek(0, os.SEEK_END) - 1_000, 0))
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""


def _start(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "recommender", "fit", "--if-due"]
    with open_private(settings.models_dir / LOG) as log:
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            command,
            env=child_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _fit(
    store: Store, settings: Settings, now: datetime, tell: Tell, snapshot: Path | None = None
) -> ModelManifest:
    if settings.engine == "spark":
        from recommender.training.spark.job import fit_on_spark  # noqa: PLC0415 - an extra

        return fit_on_spark(store, settings, now, tell, snapshot)
    started = time.monotonic()
    # Cut-offs are read before the data: what arrives in between is seen twice, never missed.
    revision, last_event_id = store.catalogue.revision(), store.feedback.last_event_id()
    papers = store.catalogue.papers()
    if not papers:
        raise EmptyLibrary("There is nothing to fit; import papers with `paperloop import FILE`.")
    # A model that is missing is said before the work begins.
    encoder = find_encoder(settings.encoder, settings.encoders_dir) if settings.encoder else None
    tell(f"Fitting the model on {len(papers)} papers.")
    features = Features.of_papers(papers, seed=settings.seed)
    if encoder is not None:
        tell(f"Encoding texts with {settings.encoder}; the first time takes minutes.")
        texts = [text_of(paper) for paper in papers]
        vectors = encode_texts(encoder, texts, settings.models_dir, tell)
        features = features.with_encoded(vectors)
    feedback = read_feedback(store, settings, now)
    matrix = reader_papers(feedback.weights, features.vocabulary)
    options = replace(build_options(settings), on_round=RoundProgress(tell))
    model = pipeline.build(features, matrix, options, settings.seed)
    manifest = ModelManifest(
        library_id=store.database.library_id,
        created_at=now.isoformat(),
        last_event_id=last_event_id,
        catalogue_revision=revision,
        n_papers=len(papers),
        n_readers=n_readers_of(feedback.weights),
        seed=settings.seed,
        settings=settings.als.model_dump() | {"encoder": settings.encoder},
        package=__version__,
        rows=tuple(feedback.weights),
        seconds=round(time.monotonic() - started, 2),
    )
    return let_serve(store, settings, model, feedback.like_curve, manifest, now)


def let_serve(
    store: Store,
    settings: Settings,
    model: pipeline.Model,
    like_curve: NDArray[np.float64],
    manifest: ModelManifest,
    now: datetime,
) -> ModelManifest:
    """Write a fitted model and make it the one that serves; raises ArtifactError."""
    arrays = model.arrays() | {SHARED_CURVE: like_curve}
    saved = artifacts.save(settings.models_dir, arrays, manifest, now, pipeline.GROWING)
    # Also where the process that forgot a reader was killed before it came to this.
    artifacts.remove_knowing_others(settings.models_dir, reader_ids(store))
    return saved


@dataclass(frozen=True, slots=True)
class WeighedFeedback:
    """What all readers did, as a fit reads it.

    Parameters
    ----------
    weights
        interest id -> {paper_id: weight}, in order of id.
    like_curve
        What scores mean for likes, see `like_calibration`.
    """

    weights: dict[str, dict[str, float]]
    like_curve: NDArray[np.float64]


def unfinished_fit(settings: Settings, library_id: str) -> Path:
    """Return the folder of what the engine ``spark`` has done of a fit; there only until its end.

    Several libraries may share the folder around it.
    """
    folder = settings.spark.folder or settings.data_dir / "spark"
    return folder.expanduser().absolute() / f"fit-{library_id}"


def read_feedback(store: Store, settings: Settings, now: datetime) -> WeighedFeedback:
    """Read the events of all readers and weigh them."""
    events = store.feedback.events()
    interests = [y for x in store.readers.list() for y in store.readers.interests(x.reader_id)]
    weights = _weights(events, interests, settings, half_lives(store), now)
    return WeighedFeedback(weights, curve_of_all(store, events).as_array())


def n_readers_of(interest_ids: Iterable[str]) -> int:
    """Return how many readers some interests belong to."""
    return len({*map(reader_of, interest_ids)})


def reader_ids(store: Store) -> set[str]:
    """Return the ids of all readers."""
    return {x.reader_id for x in store.readers.list()}


def build_options(settings: Settings) -> pipeline.BuildOptions:
    """Return the pipeline's options for these settings."""
    threads = settings.als.threads or n_processors()
    return pipeline.BuildOptions(als=AlsOptions(**settings.als.model_dump() | {"threads": threads}))


@dataclass(slots=True)
class RoundProgress:
    """Tells how long the rounds of a fit still take; says nothing of a fit of seconds."""

    tell: Tell
    clock: Callable[[], float] = time.monotonic
    _started: float | None = None
    _first: int = 1

    def __call__(self, done: int, of: int) -> None:
        """Take note of a round; the first one starts the clock, since it also warms up."""
        now = self.clock()
        if self._started is None:
            self._started, self._first = now, done
            return
        left = (now - self._started) / (done - self._first) * (of - done)
        if left >= WORTH_TELLING:
            self.tell(f"Fitted {done} of {of} rounds; {duration(left)} left.")


def _weights(
    events: Sequence[Event],
    interests: Sequence[Interest],
    settings: Settings,
    half_lives: Mapping[str, float],
    now: datetime,
) -> dict[str, dict[str, float]]:
    """Return what each interest weighs, ``{paper_id: weight}``, by its id and in order of it."""
    of_reader: dict[str, list[Event]] = {}
    for event in events:
        of_reader.setdefault(event.reader_id, []).append(event)
    by_interest: dict[str, dict[str, float]] = {}
    for reader_id, of_one in of_reader.items():
        states = fold(learning_events(of_one, interests))
        meanings = meanings_with(settings.meanings, half_lives.get(reader_id))
        for paper_id, weight in preference_weights(states, meanings, now).items():
            by_interest.setdefault(states[paper_id].interest_id, {})[paper_id] = weight
    return limit_readers(dict(sorted(by_interest.items())), settings.likes_per_reader)


def limit_readers(
    weights: dict[str, dict[str, float]], most: float | None
) -> dict[str, dict[str, float]]:
    """Return weights whose absolute sum is `most` at most for every reader; None: as they are.

    ``w' = w * min(1, most / sum |w|)``, over all interests of a reader. What it bounds, and what it
    costs, is measured in docs/experiments/poisoning.md.

    Parameters
    ----------
    weights
        interest id -> {paper_id: weight}.
    """
    if most is None:
        return weights
    totals: defaultdict[str, float] = defaultdict(float)
    for interest_id, of_papers in weights.items():
        totals[reader_of(interest_id)] += sum(map(abs, of_papers.values()))
    limited = {}
    for interest_id, of_papers in weights.items():
        share = most / max(totals[reader_of(interest_id)], most)
        limited[interest_id] = {x: weight * share for x, weight in of_papers.items()}
    return limited
