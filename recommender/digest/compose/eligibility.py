"""What keeps papers of a window from a reader. Reads the store.

Judged, opened, shown before, muted, or not to be suggested to anyone: retracted, withdrawn, in
doubt, or no paper.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from recommender.digest.compose.window import Window
from recommender.domain.history import PaperState
from recommender.store import Store


@dataclass(frozen=True, slots=True)
class Pool:
    """The papers of a window that are still to be ranked, and why the others are not.

    `closed` is paper id -> ``judged``, ``opened``, ``shown``, ``muted`` or ``status``;
    `states` the reader's state of every paper with an event.
    """

    open_ids: tuple[str, ...]
    closed: Mapping[str, str]
    states: Mapping[str, PaperState]

    @property
    def likes(self) -> int:
        """How many papers are liked or saved."""
        return sum(x.liked for x in self.states.values())

    @property
    def verdicts(self) -> int:
        """How many papers have an active verdict."""
        return sum(x.judged for x in self.states.values())


def eligible_papers(store: Store, reader_id: str, window: Window, hidden: Collection[str]) -> Pool:
    """Split the papers of a window into those to rank and those to leave out.

    Parameters
    ----------
    hidden
        The papers that the reader's muted words hide.
    """
    states = store.event_logs.get(reader_id).states
    shown = store.digests.shown(reader_id)
    closed: dict[str, str] = {}
    barred = store.catalogue.not_suggested()
    for why, ids in (("status", barred), ("muted", hidden), ("shown", shown)):
        closed |= {x: why for x in ids if x in window.papers}
    for paper_id, state in states.items():
        if state.seen and paper_id in window.papers:
            closed[paper_id] = "judged" if state.judged else "opened"
    return Pool(tuple(x for x in window.papers if x not in closed), closed, states)
