"""The papers that were asked for last, kept in memory until the catalogue changes.

After every answer of a reader the queue holds nearly the same papers as before, and reading them
from their tables takes longer than ranking them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from recommender.domain import Paper
from recommender.store.catalogue.catalogue import Catalogue
from recommender.store.database import Database

MAX_PAPERS = 4_096


class PaperCache:
    """Gives the papers that the catalogue gives; threads may share it."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database, self._catalogue = database, catalogue
        self._lock = threading.Lock()
        self._revision = -1
        self._held: OrderedDict[str, Paper] = OrderedDict()

    def get_many(self, ids: Sequence[str]) -> dict[str, Paper]:
        """Return ``{asked id: paper}`` in the order asked; unknown ids are left out."""
        with self._database.snapshot():  # so that what is read is of this revision
            revision = self._catalogue.revision()
            with self._lock:
                held = self._held if revision == self._revision else {}
                known = {x: held[x] for x in ids if x in held}
            missing = [x for x in ids if x not in known]
            if missing:
                known |= self._catalogue.get_many(missing)
        with self._lock:
            if revision != self._revision:
                self._revision, self._held = revision, OrderedDict()
            for paper_id, paper in known.items():
                self._held[paper_id] = paper
                self._held.move_to_end(paper_id)
            while len(self._held) > MAX_PAPERS:
                self._held.popitem(last=False)
        return {x: known[x] for x in ids if x in known}
