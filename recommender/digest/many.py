"""Issues for many readers at once: composed, stored and rendered by a few processes.

Each process opens the library and loads the model once; its arrays are mapped
from disk, so that the processes share them. Readers are handed out one by one.
One reader's failure is that reader's alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from multiprocessing import get_context

from threadpoolctl import threadpool_limits

from recommender.config import Settings
from recommender.digest.compose.compose import compose
from recommender.digest.compose.manifest import Manifest
from recommender.digest.compose.window import Windows
from recommender.digest.render.render import render
from recommender.errors import RecommenderError
from recommender.recommend.recommender import Recommender
from recommender.store import Store

_CHUNK = 4


@dataclass(frozen=True, slots=True)
class Made:
    """What came of one reader: a manifest with its renderings by format, or a sentence."""

    reader_id: str
    manifest: Manifest | None
    texts: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class _Bench:
    """What one process works with."""

    settings: Settings
    store: Store
    recommender: Recommender
    windows: Windows

    @classmethod
    def open(cls, settings: Settings) -> _Bench:
        store = Store(settings.url)
        return cls(settings, store, Recommender(store, settings), Windows(store))

    def make(self, week: str, now: datetime, formats: Sequence[str], reader_id: str) -> Made:
        try:
            manifest = compose(
                self.store,
                self.recommender,
                reader_id,
                week=week,
                now=now,
                settings=self.settings,
                windows=self.windows,
            )
        except RecommenderError as error:
            return Made(reader_id, None, error=str(error))
        return Made(reader_id, manifest, {x: render(manifest, x) for x in formats})


def compose_many(
    settings: Settings,
    reader_ids: Sequence[str],
    *,
    week: str,
    now: datetime,
    formats: Sequence[str] = (),
    n_processes: int = 1,
) -> Iterator[Made]:
    """Compose the issue of a week for each of these readers, in their order.

    The same as calling `compose` for one after the other. The library must have a
    model (`Recommender.ensure_model`).

    Parameters
    ----------
    formats
        What to render each issue as, see `render.RENDERERS`.
    n_processes
        With 1 everything happens in this process.
    """
    if n_processes <= 1 or len(reader_ids) <= _CHUNK:
        bench = _Bench.open(settings)
        try:
            yield from (bench.make(week, now, formats, x) for x in reader_ids)
        finally:
            bench.store.close()
        return
    # Not a fork: a process that has threads or open databases may not be copied.
    pool = ProcessPoolExecutor(n_processes, get_context("spawn"), _open, (settings,))
    with pool:
        yield from pool.map(partial(_make, week, now, formats), reader_ids, chunksize=_CHUNK)


_open_bench: list[_Bench] = []


def _open(settings: Settings) -> None:
    threadpool_limits(1, "blas")
    _open_bench[:] = [_Bench.open(settings)]


def _make(week: str, now: datetime, formats: Sequence[str], reader_id: str) -> Made:
    return _open_bench[0].make(week, now, formats, reader_id)
