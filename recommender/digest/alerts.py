"""What did not reach its reader: late, failed and unclear issues.

Read by the app, by `paperloop doctor` and by `paperloop digest due`, so that no
failure stays unseen; changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recommender.config import Settings
from recommender.digest.periods import Due, due_issue
from recommender.digest.subscription import CHANGED, begun_of_all, subscriptions_of
from recommender.errors import RecommenderError
from recommender.store import Store
from recommender.store.deliveries import OPEN

GRACE = timedelta(hours=6)
"""How long after its time an issue counts as late."""

# The newest issue of a subscription has been due for a week at most.
_MAX_AGE = timedelta(days=8)
_KINDS = ("failed", "unclear", "late", "misplanned")


@dataclass(frozen=True, slots=True)
class Alert:
    """One issue, or one subscription, that needs attention.

    `kind` is ``failed`` (it is tried again), ``unclear`` (a person decides),
    ``late`` or ``misplanned``; `number` is its delivery's, None where there is none.
    """

    kind: str
    text: str
    number: int | None = None


def alerts(store: Store, settings: Settings, now: datetime) -> list[Alert]:
    """Return everything that needs attention; empty where all is well."""
    needed: list[Alert] = []
    for x in store.deliveries.list(states=OPEN):
        over = x.due_at + GRACE < now
        kind = x.state if x.state in ("failed", "unclear") else "late" if over else ""
        if kind and x.reader_id is not None:
            what = f"{x.issue} for {x.reader_id} by {x.channel}"
            tries = f", tried {x.attempts} times" if x.attempts > 1 else ""
            why = f": {x.result}" if x.result else ""
            needed.append(Alert(kind, f"{what} is {kind}{tries}{why}", x.number))
    not_noted, faults = missing(store, settings, now)
    changed = {x: times.get(CHANGED) for x, times in begun_of_all(store).items()}
    late = [
        (who, due)
        for who, channels, due in not_noted
        if _is_late(channels, max(due.due_at, changed.get(who) or due.due_at), now)
    ]
    needed += [Alert("late", f"{due.issue} for {who} is late: not begun") for who, due in late]
    needed += [Alert("misplanned", text) for text in faults]
    return sorted(needed, key=lambda x: _KINDS.index(x.kind))


def missing(
    store: Store, settings: Settings, now: datetime
) -> tuple[list[tuple[str, list[str], Due]], list[str]]:
    """Return what is due and not in the delivery log, and why some subscriptions cannot be used.

    Returns
    -------
    list
        Reader, channels and issue, in the order of the readers.
    list
        A sentence for each reader whose subscription cannot be used.
    """
    readers = store.readers.list()
    subscriptions = subscriptions_of(store, readers, settings)
    noted = store.deliveries.list(since=now - _MAX_AGE)
    known = {(x.reader_id, x.issue, x.channel) for x in noted}
    begun = begun_of_all(store)
    not_noted: list[tuple[str, list[str], Due]] = []
    faults: list[str] = []
    for reader in readers:
        subscription = subscriptions[reader.reader_id]
        if isinstance(subscription, RecommenderError):
            faults.append(str(subscription))
            continue
        due = due_issue(subscription, now)
        if due is not None and due.due_at >= reader.created_at:
            times = begun.get(reader.reader_id, {})
            fresh = [
                x
                for x in subscription.channels
                if (reader.reader_id, due.issue, x) not in known
                and times.get(x, due.due_at) <= due.due_at
            ]
            not_noted += [(reader.reader_id, fresh, due)] if fresh else []
    return not_noted, faults


def headline(alerts: Sequence[Alert]) -> str:
    """Return all alerts in one line, as ``Digests: 2 failed, 1 late.``; empty without any."""
    counts = Counter(x.kind for x in alerts)
    said = ", ".join(f"{counts[kind]} {kind}" for kind in _KINDS if counts[kind])
    return f"Digests: {said}." if said else ""


def _is_late(channels: Sequence[str], since: datetime, now: datetime) -> bool:
    # Where an issue goes to the page only, the page itself makes it when it is looked at.
    return since + GRACE < now and set(channels) != {"page"}
