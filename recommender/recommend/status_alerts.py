"""Papers that a reader liked and that are retracted, withdrawn or in doubt since. Reads the store.

They are said once: in the app until the reader dismisses them, and in the next digest.
A retracted like still teaches what the reader is interested in: the subject is no less theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recommender.domain.history import POSITIVE
from recommender.domain.status import LABELS, NOT_SUGGESTED, in_force, web_link
from recommender.store import Store

DISMISSED = "dismissed_status_alerts"
"""Preference: the alerts that a reader has dismissed, by `StatusAlert.key`."""
MAX_DISMISSED = 500


@dataclass(frozen=True, slots=True)
class StatusAlert:
    """One liked or saved paper whose status was recorded after the like.

    Parameters
    ----------
    status
        One of `domain.status.STATUSES`, never ``corrected``.
    notice
        Address of the notice; empty where none is known.
    recorded_at
        When the library first read of it.
    """

    paper_id: str
    title: str
    status: str
    notice: str
    recorded_at: datetime

    @property
    def key(self) -> str:
        """What tells this alert from others of the reader."""
        return f"{self.status} {self.paper_id}"

    @property
    def label(self) -> str:
        """The status in words."""
        return LABELS[self.status]


def status_alerts(store: Store, reader_id: str) -> list[StatusAlert]:
    """Return a reader's liked and saved papers with a status since, the newest first.

    A status that was known when the reader liked the paper stood on its card, and is no news.
    Raises UnknownReader.
    """
    log = store.event_logs.get(store.readers.get(reader_id).reader_id)
    hidden = store.catalogue.not_suggested()
    liked = [x.paper_id for x in log.states.values() if x.liked and x.paper_id in hidden]
    found = []
    for paper in store.catalogue.get_many(liked).values():
        event = log.newest(paper.paper_id, tuple(POSITIVE))
        said = [x for x in in_force(paper.statements) if x.says == paper.status]
        times = [x.recorded_at for x in said if x.recorded_at is not None]
        if paper.status not in NOT_SUGGESTED or event is None or not times:
            continue
        if min(times) >= event.created_at:
            notice = next(filter(None, (web_link(x.link) for x in said)), "")
            alert = StatusAlert(paper.paper_id, paper.title, paper.status, notice, min(times))
            found.append(alert)
    return sorted(found, key=lambda x: (x.recorded_at, x.paper_id), reverse=True)


def open_alerts(store: Store, reader_id: str) -> list[StatusAlert]:
    """Return the alerts that a reader has not dismissed."""
    dismissed = _keys(store.preferences.get(reader_id, DISMISSED))
    return [x for x in status_alerts(store, reader_id) if x.key not in dismissed]


def dismiss(store: Store, reader_id: str, alerts: Sequence[StatusAlert]) -> None:
    """Show these alerts no more."""
    with store.preferences.change(reader_id) as preferences:
        before = _keys(preferences.get(DISMISSED))
        known = [x for x in before if x not in {y.key for y in alerts}]
        preferences.set(DISMISSED, [*known, *(x.key for x in alerts)][-MAX_DISMISSED:])


def _keys(kept: object) -> list[str]:
    return [x for x in kept if isinstance(x, str)] if isinstance(kept, list) else []
