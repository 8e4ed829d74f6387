"""The slates that readers see: computed by the recommender, recorded as shown.

Pages (`ui.session`) and the deck's route (`ui.routes.feedback`) both ask here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from recommender.domain import Slate
from recommender.domain.history import EventLog
from recommender.errors import StoreUnavailable
from recommender.recommend.explanations import MAX_EXPLAINED
from recommender.recommend.exploration import explored_share
from recommender.recommend.muted_terms import muted_words
from recommender.recommend.recommender import Recommender
from recommender.recommend.trial import trial_of
from recommender.store import Store
from recommender.store.half_life import half_life_of
from ui.catalogue_pools import CataloguePools

_MOST_HELD = 256
_Held = tuple[Hashable, int, Slate, bool]
"""The state a slate was computed on, how many are explained, the slate, whether recorded."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the queue a reader wants to see.

    Parameters
    ----------
    days
        Only papers published or listed in the last `days` days; None for all.
    source
        Only papers that this source has listed; None for all.
    venue, year
        Only papers of a venue, of one year of it or of all; whatever their days.
    """

    days: int | None = None
    source: str | None = None
    venue: str | None = None
    year: int | None = None

    def since(self, now: datetime) -> datetime | None:
        """Return the time from which papers are shown, at the turn of a day."""
        if self.days is None or self.venue is not None:
            return None
        return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=self.days)

    @property
    def set(self) -> bool:
        """Whether anything is left out."""
        return self != Filter()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A slate that is to be shown: how many of its papers are seen, what was asked for."""

    slate: Slate
    shows: int
    asked: Hashable


class Slates:
    """The newest slates of this process, so that asking again is not showing again.

    Threads may share it. All of it can be lost: a slate is computed again then.
    """

    def __init__(self, store: Store, recommender: Recommender) -> None:
        self._store, self._recommender = store, recommender
        self.pools = CataloguePools(store)
        """Sets of papers that requests of all readers share."""
        self._lock = threading.Lock()
        self._held: OrderedDict[Hashable, _Held] = OrderedDict()

    def get(
        self,
        log: EventLog,
        interest_id: str | None,
        wanted: Filter,
        *,
        shows: int,
        holds: int,
        explained: int = MAX_EXPLAINED,
        now: datetime,
    ) -> Slate:
        """Return what a reader is shown now, and record it; see `choose`."""
        chosen = self.choose(
            log, interest_id, wanted, shows=shows, holds=holds, explained=explained, now=now
        )
        self.record(chosen)
        return chosen.slate

    def choose(
        self,
        log: EventLog,
        interest_id: str | None,
        wanted: Filter,
        *,
        shows: int,
        holds: int,
        explained: int = MAX_EXPLAINED,
        now: datetime,
    ) -> Chosen:
        """Return what a reader is to be shown; the same as before while nothing has changed.

        Who shows it records it (`record`), outside the `snapshot` it may be chosen in.

        Parameters
        ----------
        shows
            How many papers are seen; these are recorded as impressions.
        holds
            How many are returned, where some wait unseen behind the others.
        explained
            How many of the first have reasons.

        Raises
        ------
        UnknownInterest, ArtifactError
        """
        with self._store.database.snapshot():  # one transaction for all that is read
            asked = (log.reader_id, interest_id, wanted, wanted.since(now), shows, holds)
            state = (
                log.last_event_id,
                log.revision,
                self._recommender.model_version,
                tuple(muted_words(self._store, log.reader_id)),
                tuple(self._store.readers.interests(log.reader_id)),  # shares, pauses, resets
                explored_share(self._store, log.reader_id),
                half_life_of(self._store, log.reader_id),
                trial_of(self._store, log.reader_id),
            )
            with self._lock:
                held = self._held.get(asked)
            if held is not None and held[0] != state:
                held = None
            if held is None or held[1] < min(explained, len(held[2].items)):
                slate = self._compute(log, interest_id, wanted, holds, explained, now)
                if held is not None:  # the same papers, now with the reasons of more of them
                    slate = replace(slate, slate_id=held[2].slate_id, created_at=held[2].created_at)
                held = (state, explained, slate, held is not None and held[3])
                self._keep(asked, held)
        return Chosen(held[2], shows, asked)

    def record(self, chosen: Chosen) -> None:
        """Record the papers of a slate that are seen as impressions, unless that was done."""
        slate = chosen.slate
        with self._lock:
            held = self._held.get(chosen.asked)
        if held is not None and held[2].slate_id == slate.slate_id and held[3]:
            return
        recorded = self._record(replace(slate, items=slate.items[: chosen.shows]))
        if held is not None and held[2] is slate:
            self._keep(chosen.asked, (*held[:3], recorded))

    def _compute(
        self,
        log: EventLog,
        interest_id: str | None,
        wanted: Filter,
        holds: int,
        explained: int,
        now: datetime,
    ) -> Slate:
        return self._recommender.recommend(
            log.reader_id,
            interest_id=interest_id,
            n=holds,
            since=wanted.since(now),
            pool=self.pools.papers_of(wanted.source, wanted.venue, wanted.year, log.revision),
            now=now,
            record=False,
            explained=explained,
        )

    def _keep(self, asked: Hashable, held: _Held) -> None:
        with self._lock:
            self._held[asked] = held
            self._held.move_to_end(asked)
            while len(self._held) > _MOST_HELD:
                self._held.popitem(last=False)

    def _record(self, shown: Slate) -> bool:
        """Record what is shown; return whether that was possible.

        While the library cannot be written, papers are shown all the same: answers wait
        in the browser then.
        """
        try:
            self._store.feedback.record_slate(shown)
        except StoreUnavailable:
            return False
        return True
