"""One round of sending: what is due and nothing else, each issue by each channel once.

Runs in `paperloop digest due`, as often as it is called. Records what
is due before it composes anything, so that a crash loses no issue, and takes
every delivery from the delivery log, so that two rounds at once send none twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from recommender.config import Settings
from recommender.digest.alerts import missing
from recommender.digest.compose.compose import compose
from recommender.digest.compose.manifest import Manifest
from recommender.digest.compose.window import WindowCache
from recommender.digest.delivery.file_channel import digest_folder, remove_files, write_files
from recommender.digest.delivery.notify import notify, text_of
from recommender.digest.delivery.smtp import SendOutcome, send
from recommender.digest.periods import n_days
from recommender.digest.render.mail import mail_of, message_id
from recommender.digest.subscription import Subscription, subscription_of
from recommender.errors import RecommenderError, UnknownReader
from recommender.store import Delivery, Store
from recommender.store.readers import FORGOTTEN

if TYPE_CHECKING:
    from recommender.recommend.recommender import Recommender

LEASE = timedelta(minutes=10)
"""How long a process may take over one delivery; a mail takes at most a third of it."""

MAX_IN_A_ROW = 3
"""After so many mails cut off one after another the server is left alone for this round."""

_FIRST_PAUSE = timedelta(minutes=5)
_MAX_PAUSE = timedelta(hours=12)

Mailer = Callable[[str, bytes, Callable[[], bool]], SendOutcome]
"""Sends a mail to an address; asks `begin` before it hands the mail over."""


Notifier = Callable[[str, str, str, Callable[[], bool]], SendOutcome]
"""Sends title and text to an address; asks `begin` before it hands them over."""


@dataclass(slots=True)
class Round:
    """What one round did: a line for each delivery, by what became of it."""

    sent: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def dispatch(
    store: Store,
    recommender: Recommender,
    settings: Settings,
    clock: Callable[[], datetime],
    mailer: Mailer | None = None,
    notifier: Notifier = notify,
) -> Round:
    """Send everything that is due now.

    A reader or an address that fails does not delay the others.

    Raises
    ------
    StoreError
        The library cannot be read or written at all.
    """
    round_ = Round()
    store.deliveries.sweep(clock())
    _note_due(store, settings, clock(), round_)
    mailer = mailer or _mailer(settings)
    work = _Work(store, recommender, settings, clock, mailer, notifier, round_)
    for delivery in store.deliveries.ready(clock()):
        work.deliver(delivery)
    return round_


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after this many failures: 5 minutes, doubled up to 12 hours."""
    doublings = min(max(attempts - 1, 0), 10)
    return min(_FIRST_PAUSE * (1 << doublings), _MAX_PAUSE)


def _note_due(store: Store, settings: Settings, now: datetime, round_: Round) -> None:
    not_noted, faults = missing(store, settings, now)
    round_.failed += faults
    for reader_id, channels, due in not_noted:
        # Forgotten since the readers were read.
        with suppress(UnknownReader):
            store.deliveries.expect(reader_id, due.issue, channels, due.due_at, now)


def _mailer(settings: Settings) -> Mailer:
    def mail(to: str, content: bytes, begin: Callable[[], bool]) -> SendOutcome:
        return send(settings.smtp, to, content, begin)

    return mail


class _NotWanted(Exception):
    """The reader no longer wants it, or there is nothing to send; says why."""


@dataclass(slots=True)
class _Work:
    """What every delivery of a round needs.

    `down` is why the mail server takes nothing more; `in_a_row` how many mails
    were cut off, one after another.
    """

    store: Store
    recommender: Recommender
    settings: Settings
    clock: Callable[[], datetime]
    mailer: Mailer
    notifier: Notifier
    round: Round
    down: str = ""
    in_a_row: int = 0
    windows: WindowCache = field(init=False)

    def __post_init__(self) -> None:
        self.windows = WindowCache(self.store)

    def deliver(self, delivery: Delivery) -> None:
        """Claim one delivery, do it, and note what came of it."""
        now = self.clock()
        if self.down and delivery.channel == "mail":
            # Not claimed and so not put off: the next round begins with it.
            self.round.failed.append(_line(delivery, f"not tried ({self.down})"))
            return
        claim = self.store.deliveries.claim(delivery.number, now, now + LEASE)
        if claim is None:
            return
        message = ""
        try:
            manifest, subscription = self._manifest(delivery)
            message, outcome = self._send(delivery, claim, manifest, subscription)
        except UnknownReader:
            outcome = SendOutcome("dropped", FORGOTTEN)
        except _NotWanted as why:
            outcome = SendOutcome("dropped", str(why))
        except RecommenderError as error:
            outcome = SendOutcome("failed", str(error))
        except Exception as error:
            # A fault of ours in one reader's issue must not keep the others from theirs.
            logging.getLogger(__name__).exception("delivery %d", delivery.number)
            outcome = SendOutcome("failed", f"A fault of paperloop's own ({type(error).__name__}).")
        self._note(delivery, claim, outcome, message)

    def _manifest(self, delivery: Delivery) -> tuple[Manifest, Subscription]:
        reader_id = delivery.reader_id or ""
        subscription = subscription_of(self.store, self.store.readers.get(reader_id), self.settings)
        if subscription.every == "off" or delivery.channel not in subscription.channels:
            raise _NotWanted("It was switched off.")
        manifest = compose(
            self.store,
            self.recommender,
            reader_id,
            week=delivery.issue,
            now=self.clock(),
            settings=self.settings,
            windows=self.windows,
        )
        empty = not manifest.items and not manifest.searches
        if delivery.channel != "page" and n_days(delivery.issue) == 1 and empty:
            raise _NotWanted("The day had no paper for this reader.")
        return manifest, subscription

    def _send(
        self, delivery: Delivery, claim: str, manifest: Manifest, subscription: Subscription
    ) -> tuple[str, SendOutcome]:
        if delivery.channel == "files":
            folder = digest_folder(self.settings)
            files = write_files(manifest, folder)
            try:
                self.store.readers.get(manifest.reader_id)
            except UnknownReader:
                # Forgotten while this was written; their other files are gone already.
                remove_files(manifest.reader_id, folder)
                raise
            return " ".join(x.name for x in files), SendOutcome("sent", "Written.")
        if delivery.channel == "mail":
            return self._mail(delivery, claim, manifest, subscription)
        if delivery.channel == "notify":
            return "", self._notify(delivery, claim, manifest)
        return "", SendOutcome("sent", "On the page.")

    def _mail(
        self, delivery: Delivery, claim: str, manifest: Manifest, subscription: Subscription
    ) -> tuple[str, SendOutcome]:
        sender = self.settings.smtp.sender
        if not sender:
            self.down = "no mail server is set: see the setting smtp"
            return "", SendOutcome("failed", f"{self.down[0].upper()}{self.down[1:]}.", "server")
        content = mail_of(manifest, sender=sender, to=subscription.address)
        outcome = self.mailer(subscription.address, content, self._begin(delivery, claim))
        self.in_a_row = self.in_a_row + 1 if outcome.fault == "line" else 0
        if outcome.fault == "server" or self.in_a_row == MAX_IN_A_ROW:
            # The next one would wait as long for the same answer.
            self.down = outcome.result
        return message_id(manifest, sender.rpartition("@")[2]), outcome

    def _notify(self, delivery: Delivery, claim: str, manifest: Manifest) -> SendOutcome:
        url = self.settings.notify_urls.get(manifest.reader_id)
        if url is None:
            return SendOutcome(
                "failed", "No address for notifications is set: see the setting notify_urls."
            )
        title, text = text_of(manifest)
        return self.notifier(url.get_secret_value(), title, text, self._begin(delivery, claim))

    def _begin(self, delivery: Delivery, claim: str) -> Callable[[], bool]:
        def begin() -> bool:
            now = self.clock()
            return self.store.deliveries.begin(delivery.number, claim, now, now + LEASE)

        return begin

    def _note(self, delivery: Delivery, claim: str, outcome: SendOutcome, message: str) -> None:
        now = self.clock()
        retry_at = now + pause_after(delivery.attempts + 1) if outcome.state == "failed" else None
        noted = self.store.deliveries.finish(
            delivery.number,
            claim,
            outcome.state,
            now,
            result=outcome.result,
            message=message,
            retry_at=retry_at,
        )
        if noted:
            getattr(self.round, outcome.state).append(_line(delivery, outcome.result))


def _line(delivery: Delivery, what: str) -> str:
    return f"{delivery.reader_id} {delivery.issue} {delivery.channel}: {what}"
