"""Imported papers as likes or saves of one reader. Appends to the log; runs on import."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from recommender.domain import Event, EventKind
from recommender.domain.history import active_events
from recommender.errors import UnknownReader
from recommender.store import Store

Role = Literal["catalogue", "liked", "saved"]
"""What imported papers are to the reader."""

_KINDS = {"liked": EventKind.like, "saved": EventKind.save}
_MAX_ID_CHARACTERS = 100


@dataclass
class ImportedFeedback:
    """Logs each paper once: a second import adds nothing, even after an undo.

    `known` are the papers that an import in this role has logged before, and those
    that the reader judged alike by hand, under the ids they have today; a paper's
    id may have risen (title to DOI) since.
    """

    store: Store
    role: str
    reader_id: str
    interest_id: str
    now: datetime
    known: set[str]
    logged: int = 0

    @classmethod
    def of(
        cls,
        store: Store,
        role: Role,
        reader_id: str | None,
        interest_id: str | None,
        now: datetime,
    ) -> ImportedFeedback | None:
        """Return those of a role, None for the catalogue; raises UnknownReader, UnknownInterest."""
        if role == "catalogue":
            return None
        if reader_id is None:
            raise UnknownReader(f"Papers are {role} by a reader: name the reader.")
        reader_id = store.readers.get(reader_id).reader_id
        if interest_id is None:
            interest_id = store.readers.interests(reader_id)[0].interest_id
        else:
            interest_id = store.readers.interest(reader_id, interest_id).interest_id
        before = store.feedback.events(reader_id)
        known = {e.paper_id for e in before if e.client_key.startswith(f"import:{role}:")}
        known |= {
            e.paper_id
            for e in active_events(before)
            if e.kind is _KINDS[role] and e.interest_id == interest_id
        }
        return cls(store, role, reader_id, interest_id, now, known)

    def log(self, paper_ids: Sequence[str]) -> None:
        """Append one event for each paper that has none of an import yet."""
        fresh = [x for x in dict.fromkeys(paper_ids) if x not in self.known]
        if fresh:
            self.store.feedback.append_many([self._event(x) for x in fresh])
        self.known.update(fresh)
        self.logged += len(fresh)

    def _event(self, paper_id: str) -> Event:
        name = paper_id
        if len(paper_id) > _MAX_ID_CHARACTERS:
            name = hashlib.sha256(paper_id.encode()).hexdigest()
        return Event(
            client_key=f"import:{self.role}:{self.reader_id}:{name}",
            reader_id=self.reader_id,
            interest_id=self.interest_id,
            paper_id=paper_id,
            kind=_KINDS[self.role],
            created_at=self.now,
        )
