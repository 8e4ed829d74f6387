"""Alarms about digests as notifications: each is told once while it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from recommender.config import Settings
from recommender.digest.alerts import Alert, headline
from recommender.digest.delivery.dispatch import Notifier
from recommender.digest.delivery.notify import MAX_CHARACTERS, notify, plain
from recommender.errors import MissingExtra
from recommender.store import Store


def tell_alarms(
    store: Store, settings: Settings, needed: Sequence[Alert], notifier: Notifier = notify
) -> str:
    """Tell the alarms that were not told yet; return why that failed, or ``""``.

    What the service did not take is told again the next time; where it is not known whether it
    arrived, it is not.

    Raises
    ------
    StoreError
        The library cannot be read or written.
    """
    if settings.alarm_url is None:
        return ""
    by_key = {_key(x): x for x in needed}
    fresh = store.told_alarms.claim(by_key.keys())
    if not fresh:
        return ""
    alarms = [x for key, x in by_key.items() if key in fresh]
    text = "\n".join(plain(x.text) for x in alarms)[:MAX_CHARACTERS]
    try:
        url = settings.alarm_url.get_secret_value()
        outcome = notifier(url, headline(alarms), text, lambda: True)
    except MissingExtra as error:
        store.told_alarms.release(fresh)
        return str(error)
    if outcome.state == "failed":
        store.told_alarms.release(fresh)
    return "" if outcome.state == "sent" else f"The alarms are not told: {outcome.result}"


def _key(alert: Alert) -> str:
    # The text of a delivery's alarm counts its tries.
    what = alert.text if alert.number is None else str(alert.number)
    return hashlib.sha256(f"{alert.kind} {what}".encode()).hexdigest()[:32]
