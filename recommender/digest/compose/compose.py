"""One issue of one reader, composed once. Runs when asked; writes through the store only.

Composing is `issue`; here is what makes it happen once, and what was shown be recorded.
"""

from __future__ import annotations

from datetime import datetime

from recommender.config import Settings
from recommender.digest.compose.issue import Recommends, composed
from recommender.digest.compose.manifest import Manifest
from recommender.digest.compose.window import Windows
from recommender.domain import Recommendation, Slate
from recommender.store import Store

__all__ = ["Recommends", "compose", "preview", "slate_of"]


def compose(
    store: Store,
    recommender: Recommends,
    reader_id: str,
    *,
    week: str,
    now: datetime,
    settings: Settings,
    windows: Windows | None = None,
) -> Manifest:
    """Return the reader's digest of a week or a day, composed and stored if it was not yet.

    What is stored wins: the same week again is the same manifest, whatever has
    changed since. Its papers are recorded as shown.

    Parameters
    ----------
    windows
        Shared by the calls for many readers, so that a week is read once.

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
        fresh = composed(store, recommender, reader, week, now, settings, windows or Windows(store))
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
    windows: Windows | None = None,
) -> Manifest:
    """Return what `compose` would return now, storing nothing; raises the same errors."""
    reader = store.readers.get(reader_id)
    stored = store.digests.get(reader.reader_id, week)
    if stored is not None:
        return Manifest.from_json(stored)
    return composed(store, recommender, reader, week, now, settings, windows or Windows(store))


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
            chance=x.chance,
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
