"""Who else of a group liked or saved a paper, among readers who agreed to show it to each other.

Off by default. A reader sees the likes of others only while sharing their own; what a reader who
has not agreed did is shown to no one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.store import Store

PREFERENCE = "shares_likes"
"""Preference: whether a reader shows likes and saves to the others who do, true or absent."""


@dataclass(frozen=True, slots=True)
class FellowLikes:
    """The names of other readers who liked, and of those who saved without a like, a paper."""

    liked: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = [("Liked", self.liked), ("Saved", self.saved)]
        return " ".join(f"{done} by {_listed(names)}." for done, names in said if names)


def shares_likes(store: Store, reader_id: str) -> bool:
    """Return whether a reader has agreed to show likes and saves, and to see those of others."""
    return store.preferences.get(reader_id, PREFERENCE) is True


def share_likes(store: Store, reader_id: str, *, agreed: bool) -> None:
    """Agree, or take it back at once; raises UnknownReader."""
    store.preferences.set(reader_id, PREFERENCE, True if agreed else None)


def fellow_likes(store: Store, reader_id: str, paper_ids: Sequence[str]) -> dict[str, FellowLikes]:
    """Return what other readers liked or saved of some papers; papers without any are left out.

    Empty for a reader who has not agreed. Names are in alphabetical order. A paper that a reader
    skipped, disliked or undid since is not among them.
    """
    if not shares_likes(store, reader_id):
        return {}
    agreed = {x for x, value in store.preferences.of_all(PREFERENCE).items() if value is True}
    if len(agreed) < 2:
        return {}
    names = {x.reader_id: x.name for x in store.readers.list()}
    liked: dict[str, list[str]] = {}
    saved: dict[str, list[str]] = {}
    for other in sorted(agreed - {reader_id}, key=lambda x: (names.get(x) or x).casefold()):
        states = store.event_logs.get(other).states
        for paper_id in paper_ids:
            held = states.get(paper_id)
            if held is not None and held.liked:
                found = liked if held.verdict is not None else saved
                found.setdefault(paper_id, []).append(names.get(other, other))
    return {
        x: FellowLikes(tuple(liked.get(x, ())), tuple(saved.get(x, ())))
        for x in paper_ids
        if x in liked or x in saved
    }


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
