"""How far a reader has come through the papers of the last seven days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from recommender.domain.history import EventLog
from ui import app_state

DAYS = 7


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the week's papers were judged or opened, and how many there are."""

    seen: int
    of: int

    def __str__(self) -> str:
        """Return it as a sentence, ``""`` for a week without papers."""
        if not self.of:
            return ""
        return f"{self.seen} of {self.of} of this week’s papers seen"


def progress(log: EventLog) -> Progress:
    """Return how far the reader of a log has come; muted papers are not counted."""
    today = app_state.now().replace(hour=0, minute=0, second=0, microsecond=0)
    papers = app_state.slates().pools.appeared(
        today - timedelta(days=DAYS - 1), today + timedelta(days=1), log.revision
    )
    ids = papers - app_state.recommender().muted.hidden(log.reader_id)
    seen = sum(x.judged or x.opened for p, x in log.states.items() if p in ids)
    return Progress(seen, len(ids))
