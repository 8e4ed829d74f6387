"""One week of one reader, composed once. Runs when asked; writes through the store only.

The pool of a week is what was published, listed or added in it, without what
the reader has judged or was shown in another digest. One ranking orders it;
the bar, not the size, decides how many papers a thin week has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Protocol

from recommender.config import Settings
from recommender.digest.items import item_of
from recommender.digest.manifest import Manifest
from recommender.digest.pool import pool_of
from recommender.domain import Reader, Recommendation, Slate
from recommender.markup import one_line
from recommender.store import Store


class Recommends(Protocol):
    """What a digest needs of the recommender: a pool, ranked for a reader."""

    def recommend(
        self,
        reader_id: str,
        *,
        n: int,
        pool: Collection[str],
        now: datetime,
        surface: str,
        record: bool,
    ) -> Slate:
        """Return the pool's papers, best first, without those the reader has judged."""
        ...


def compose(
    store: Store,
    recommender: Recommends,
    reader_id: str,
    *,
    week: str,
    now: datetime,
    settings: Settings,
) -> Manifest:
    """Return the reader's digest of a week, composed and stored if it was not yet.

    What is stored wins: the same week again is the same manifest, whatever has
    changed since. Its papers are recorded as shown.

    Raises
    ------
    UnknownReader
        There is no such reader.
    DigestError
        There is no such week, it has not begun, or the stored digest is damaged.
    """
    reader = store.readers.get(reader_id)
    stored = store.digests.get(reader.reader_id, week)
    if stored is None:
        fresh = _composed(store, recommender, reader, week, now, settings)
        papers = [x.paper_id for x in fresh.items]
        stored = store.digests.save(reader.reader_id, week, fresh.to_json(), papers, now)
    manifest = Manifest.from_json(stored)
    if manifest.items and store.feedback.slate(manifest.slate_id) is None:
        store.feedback.record_slate(slate_of(manifest))
    return manifest


def preview(
    store: Store,
    recommender: Recommends,
    reader_id: str,
    *,
    week: str,
    now: datetime,
    settings: Settings,
) -> Manifest:
    """Return what `compose` would return now, storing nothing; raises the same errors."""
    reader = store.readers.get(reader_id)
    stored = store.digests.get(reader.reader_id, week)
    if stored is not None:
        return Manifest.from_json(stored)
    return _composed(store, recommender, reader, week, now, settings)


def slate_of(manifest: Manifest) -> Slate:
    """Return the digest as the slate that its reader was shown."""
    items = tuple(
        Recommendation(
            rank=x.rank,
            paper_id=x.paper_id,
            title=x.title,
            score=x.score,
            parts=x.parts,
            reasons=x.reasons,
            propensity=x.propensity,
            interest_id=x.interest_id,
        )
        for x in manifest.items
    )
    return Slate(
        slate_id=manifest.slate_id,
        reader_id=manifest.reader_id,
        interest_id=None,
        surface="digest",
        model=manifest.model,
        created_at=manifest.composed_at,
        items=items,
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """The papers chosen from a ranking, and how many were not."""

    chosen: tuple[Recommendation, ...]
    below_bar: int
    over_size: int
    best_below: float | None


def _composed(
    store: Store,
    recommender: Recommends,
    reader: Reader,
    week: str,
    now: datetime,
    settings: Settings,
) -> Manifest:
    pool = pool_of(store, reader.reader_id, week, now, settings.timezone)
    slate = _ranked(recommender, reader.reader_id, pool.open_ids, now)
    ranked = [x for x in slate.items if isfinite(x.score)] if slate else []
    bar = settings.digest_bar if pool.likes else None
    choice = _choose(ranked, bar, settings.digest_size)
    left_out = {
        "judged": pool.judged,
        "shown": pool.shown,
        "unranked": len(pool.open_ids) - len(ranked),
        "below_bar": choice.below_bar,
        "over_size": choice.over_size,
    }
    return Manifest(
        reader_id=reader.reader_id,
        reader=one_line(reader.name),
        week=week,
        zone=settings.timezone,
        starts_at=pool.starts_at,
        ends_at=pool.ends_at,
        composed_at=now,
        slate_id=_slate_id(reader.reader_id, week),
        model=slate.model if slate else "",
        seed=settings.seed,
        bar=bar,
        size=settings.digest_size,
        likes=pool.likes,
        judged=pool.verdicts,
        library_size=store.catalogue.count(),
        candidates=len(pool.papers),
        left_out={why: n for why, n in left_out.items() if n},
        best_below=choice.best_below,
        items=tuple(item_of(n, x, pool.papers[x.paper_id]) for n, x in enumerate(choice.chosen, 1)),
    )


def _ranked(
    recommender: Recommends, reader_id: str, pool: Sequence[str], now: datetime
) -> Slate | None:
    if not pool:
        return None
    return recommender.recommend(
        reader_id, n=len(pool), pool=pool, now=now, surface="digest", record=False
    )


def _choose(ranked: Sequence[Recommendation], bar: float | None, size: int) -> _Choice:
    above = [x for x in ranked if bar is None or x.score >= bar]
    below = [x.score for x in ranked if bar is not None and x.score < bar]
    return _Choice(
        chosen=tuple(above[:size]),
        below_bar=len(below),
        over_size=max(len(above) - size, 0),
        best_below=float(max(below)) if below else None,
    )


def _slate_id(reader_id: str, week: str) -> str:
    """Name the slate by its digest, so that a crash between two writes is made good later."""
    return hashlib.sha256(f"digest {reader_id} {week}".encode()).hexdigest()[:32]
