"""When, where and how long a reader wants digests: the preference ``digest``.

What a reader has not chosen is the setting of the library. Reads and writes
the store's preferences and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from math import isfinite
from typing import Any

from recommender.config import Settings
from recommender.digest.periods import zone_of
from recommender.domain import Reader
from recommender.errors import ConfigError, DigestError, RecommenderError
from recommender.store import Store

NAME = "digest"
"""The name of the preference."""

BEGUN = "digest-begun"
"""The name of the preference that holds when it was switched on."""

CHANGED = "plan"
"""The key in `BEGUN` of the last change of the subscription."""

EVERY = ("week", "day", "off")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CHANNELS = ("page", "mail", "files", "notify")
"""How an issue can reach its reader; the page of the app is always one of them."""

CHANNEL_NAMES = {"notify": "notification"}
"""What a channel is called in a sentence, where not as in `CHANNELS`."""

MAX_SIZE = 100
_BAR_KIND = "bar_kind"
_ONCE_STANDARD_BAR = 0.5
"""Kept with every subscription that was saved while this was the standard, chosen or not."""
_MAX_ADDRESS_CHARACTERS = 254


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one reader has chosen for the digest; a subscription that exists is a valid one.

    Parameters
    ----------
    every
        ``week``, ``day`` or ``off``.
    weekday, hour
        From when a finished week's issue is sent, Monday is 0; a finished day's
        issue goes by the hour alone. Both in `zone`, hour 0 to 23.
    size
        Most papers of an issue, 1 to 100.
    bar
        Score that a paper must reach; None for the reader's own, see `PersonalBar`.
    channels
        Some of `CHANNELS`, in their order; ``page`` is added when absent.
    address
        Where mail goes; needed for the channel ``mail`` only.

    Raises
    ------
    ConfigError
        A value is not one of those; says which, in a sentence.
    """

    every: str = "week"
    weekday: int = 0
    hour: int = 7
    zone: str = "UTC"
    size: int = 10
    bar: float | None = None
    channels: tuple[str, ...] = ("page",)
    address: str = ""

    def __post_init__(self) -> None:
        if self.every not in EVERY:
            raise ConfigError(f"A digest comes every {' or '.join(EVERY[:2])}, or it is off.")
        _whole("The weekday", self.weekday, 0, 6, " (Monday is 0)")
        _whole("The hour", self.hour, 0, 23)
        _whole("The size of a digest", self.size, 1, MAX_SIZE, " papers")
        bar = 0.0 if self.bar is None else self.bar
        if isinstance(bar, bool) or not isinstance(bar, int | float) or not isfinite(bar):
            raise ConfigError("The bar of a digest is a number, or none for your own.")
        if not isinstance(self.zone, str):
            raise ConfigError("A time zone is a name such as Europe/Berlin or UTC.")
        zone_of(self.zone)
        object.__setattr__(self, "channels", _channels(self.channels))
        object.__setattr__(self, "address", checked_address(self.address))
        if "mail" in self.channels and not self.address:
            raise ConfigError("To get the digest by mail, give an address.")


def subscription_of(store: Store, reader: Reader | str, settings: Settings) -> Subscription:
    """Return a reader's subscription; what is not chosen is the library's setting.

    Raises
    ------
    ConfigError
        The setting of the time zone is not one.
    DigestError
        What is stored is not a subscription.
    """
    reader_id = reader.reader_id if isinstance(reader, Reader) else reader
    return _subscription(reader_id, store.preferences.get(reader_id, NAME, {}), settings)


def subscriptions_of(
    store: Store, readers: Sequence[Reader], settings: Settings
) -> dict[str, Subscription | RecommenderError]:
    """Return the subscriptions of many readers by id, or why one cannot be used."""
    stored = store.preferences.of_all(NAME)
    subscriptions: dict[str, Subscription | RecommenderError] = {}
    for reader in readers:
        try:
            subscriptions[reader.reader_id] = _subscription(
                reader.reader_id, stored.get(reader.reader_id, {}), settings
            )
        except RecommenderError as error:
            subscriptions[reader.reader_id] = error
    return subscriptions


def _subscription(reader_id: str, stored: Any, settings: Settings) -> Subscription:
    standard = Subscription(
        zone=settings.timezone, size=settings.digest_size, bar=settings.digest_bar
    )
    try:
        return replace(standard, **_known(stored))
    except (ConfigError, TypeError) as error:
        raise DigestError(
            f"The digest subscription of {reader_id} cannot be used ({error}) "
            "Set it again with `paperloop digest plan --reset`."
        ) from error


def save_subscription(
    store: Store, reader_id: str, subscription: Subscription, now: datetime
) -> None:
    """Keep a reader's subscription, in the place of the one before; raises UnknownReader.

    A channel that was off until now begins with the next issue, see `begun_of_all`.
    """
    kind = "own" if subscription.bar is None else "fixed"
    chosen = asdict(subscription) | {"channels": list(subscription.channels), _BAR_KIND: kind}
    with store.preferences.change(reader_id) as preferences:
        was_on, begun = _on(preferences.get(NAME, {})), _times(preferences.get(BEGUN, {}))
        still = {x: at for x, at in begun.items() if x in was_on}
        fresh = dict.fromkeys(_on(chosen) - was_on, now)
        times = {x: at.isoformat() for x, at in ({CHANGED: now} | still | fresh).items()}
        preferences.set(BEGUN, times)
        preferences.set(NAME, chosen)


def begun_of_all(store: Store) -> dict[str, dict[str, datetime]]:
    """Return when each reader's channels were switched on, and under `CHANGED` the last change.

    What was due before its channel was on is not due by it. A channel that is not named has been
    on from the beginning. A reader whose subscription was never changed is left out.
    """
    return {x: _times(stored) for x, stored in store.preferences.of_all(BEGUN).items()}


def _times(stored: Any) -> dict[str, datetime]:
    times: dict[str, datetime] = {}
    for name, at in stored.items() if isinstance(stored, dict) else ():
        with suppress(TypeError, ValueError):
            times[name] = datetime.fromisoformat(at)
    return times


def _on(stored: Any) -> set[str]:
    """Return the channels of a stored subscription; none where it cannot be read."""
    if not isinstance(stored, dict) or stored.get("every") == "off":
        return set()
    return set(stored.get("channels", ("page",))) | {"page"}


def reset_subscription(store: Store, reader_id: str) -> None:
    """Forget what a reader has chosen, so that the settings count; raises UnknownReader."""
    store.preferences.set(reader_id, NAME, None)


def checked_address(address: str) -> str:
    """Return a mail address without space around it; ``""`` stays so.

    Raises
    ------
    ConfigError
        It is not one plain address, as ``ada@example.org``.
    """
    wanted = ConfigError("A mail address is written like ada@example.org, and only one is given.")
    if not isinstance(address, str):
        raise wanted
    address = address.strip()
    if not address:
        return ""
    if not address.isascii() or not address.isprintable() or len(address) > _MAX_ADDRESS_CHARACTERS:
        raise wanted
    try:
        parsed = Address(addr_spec=address)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise wanted from error
    if not parsed.username or not parsed.domain or set(parsed.addr_spec) & set(' "<>,;[]()\\'):
        raise wanted
    return parsed.addr_spec


def _known(stored: Any) -> dict[str, Any]:
    if not isinstance(stored, dict):
        raise TypeError("it is not a table.")
    names = {x.name for x in fields(Subscription)}
    if _BAR_KIND not in stored and stored.get("bar") == _ONCE_STANDARD_BAR:
        names.remove("bar")
    return {name: value for name, value in stored.items() if name in names}


def _whole(what: str, value: Any, least: int, most: int, unit: str = "") -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ConfigError(f"{what} lies between {least} and {most}{unit}.")


def _channels(given: Any) -> tuple[str, ...]:
    if isinstance(given, str) or not all(x in CHANNELS for x in given):
        raise ConfigError(f"The channels of a digest are {', '.join(CHANNELS)}.")
    return tuple(x for x in CHANNELS if x == "page" or x in given)
