"""Searches that readers keep: the preference ``saved_searches``. What is new in one, a digest says.

A followed author is a saved search too, with the saved query of a source that brings what the
author publishes.
"""

from __future__ import annotations

import builtins
from dataclasses import asdict, dataclass
from typing import Any

from recommender.errors import StoreError
from recommender.store.preferences import Preferences

NAME = "saved_searches"
MAX_SEARCHES = 20
"""Of one reader: each is a section of the digest."""
_MAX_NAME, _MAX_QUERY = 80, 300


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """One search that a reader keeps.

    Parameters
    ----------
    name
        What the reader calls it; the author's name where one is followed.
    query
        What is looked for in the library; empty for an author.
    author
        Whether it stands for an author who is followed.
    source_key
        The saved query of a source that was made with it; empty where there is none.
    """

    name: str
    query: str = ""
    author: bool = False
    source_key: str = ""


class SavedSearches:
    """Keeps the searches of each reader, in the order they were saved; names are unique."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    def list(self, reader_id: str) -> builtins.list[SavedSearch]:
        """Return a reader's searches; what cannot be read of them is left out."""
        return _searches(self._preferences.get(reader_id, NAME, []))

    def save(self, reader_id: str, search: SavedSearch) -> None:
        """Keep a search, in the place of one with the same name.

        Raises
        ------
        UnknownReader
            There is no such reader.
        StoreError
            It has no name, looks for nothing, is too long, or there are too many.
        """
        name, query = " ".join(search.name.split()), search.query.strip()
        if not name or not (query or search.author):
            raise StoreError("A saved search needs a name and words to look for.")
        if len(name) > _MAX_NAME or len(query) > _MAX_QUERY:
            raise StoreError(
                f"A saved search has at most {_MAX_QUERY} characters, its name {_MAX_NAME}."
            )
        fresh = SavedSearch(name, query, search.author, search.source_key)
        with self._preferences.change(reader_id) as preferences:
            searches = _searches(preferences.get(NAME, []))
            kept = [x for x in searches if x.name.casefold() != name.casefold()]
            if len(kept) >= MAX_SEARCHES:
                raise StoreError(
                    f"At most {MAX_SEARCHES} searches and authors can be followed; remove one "
                    "first."
                )
            preferences.set(NAME, [asdict(x) for x in (*kept, fresh)])

    def remove(self, reader_id: str, name: str) -> SavedSearch | None:
        """Forget a search; return it, None where there was none of this name.

        Raises
        ------
        UnknownReader
            There is no such reader.
        """
        with self._preferences.change(reader_id) as preferences:
            searches = _searches(preferences.get(NAME, []))
            gone = next((x for x in searches if x.name.casefold() == name.casefold()), None)
            if gone is not None:
                preferences.set(NAME, [asdict(x) for x in searches if x != gone] or None)
        return gone

    def uses(self, source_key: str) -> bool:
        """Return whether a search of any reader was made with this saved query of a source."""
        every = self._preferences.of_all(NAME).values()
        return any(x.source_key == source_key for stored in every for x in _searches(stored))


def _searches(stored: Any) -> list[SavedSearch]:
    found: list[SavedSearch] = []
    for one in stored if isinstance(stored, list) else ():
        try:
            search = SavedSearch(**one)
        except TypeError:
            continue
        if isinstance(search.name, str) and isinstance(search.query, str):
            found.append(search)
    return found
