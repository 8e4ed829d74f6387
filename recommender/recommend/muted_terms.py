"""The words a reader wants to see nothing about: which papers they hide.

A muted word hides every paper that mentions it, on every surface, until it is
taken off the list again; it says nothing about taste and trains nothing.
Answers are kept until the catalogue changes.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from recommender.errors import RecommenderError
from recommender.store import Store

PREFERENCE = "muted"
MAX_WORDS = 200
MAX_CHARACTERS = 80


def muted_words(store: Store, reader_id: str) -> list[str]:
    """Return the words a reader has muted, oldest first; may be empty."""
    return _words(store.preferences.get(reader_id, PREFERENCE, []))


def _words(stored: object) -> list[str]:
    return [x for x in stored if isinstance(x, str)] if isinstance(stored, list) else []


def mute(store: Store, reader_id: str, word: str) -> None:
    """Hide what mentions a word or a phrase; one that is muted already stays as it is.

    Raises
    ------
    RecommenderError
        There is no word, it is too long, or the list is full.
    """
    word = " ".join(word.split())
    if not any(x.isalnum() for x in word):
        raise RecommenderError("A muted word needs a letter or a digit.")
    if len(word) > MAX_CHARACTERS:
        raise RecommenderError(f"A muted word has at most {MAX_CHARACTERS} characters.")
    with store.preferences.change(reader_id) as preferences:
        words = _words(preferences.get(PREFERENCE))
        if len(words) >= MAX_WORDS:
            raise RecommenderError(f"At most {MAX_WORDS} words can be muted; take one off first.")
        if word.casefold() not in {x.casefold() for x in words}:
            preferences.set(PREFERENCE, [*words, word])


def unmute(store: Store, reader_id: str, word: str) -> None:
    """Show again what mentions a word; one that is not muted changes nothing."""
    with store.preferences.change(reader_id) as preferences:
        words = _words(preferences.get(PREFERENCE))
        preferences.set(PREFERENCE, [x for x in words if x.casefold() != word.casefold()])


class Muted:
    """Knows which papers muted words hide; threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._revision = -1
        self._found: dict[str, frozenset[str]] = {}

    def hidden(self, reader_id: str) -> frozenset[str]:
        """Return the papers that a reader's muted words hide."""
        return frozenset().union(*self.hides(muted_words(self._store, reader_id)).values())

    def hides(self, words: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return for each word the papers that mention it, whether it is muted or not."""
        if not words:
            return {}
        revision = self._store.catalogue.revision()
        with self._lock:
            if revision != self._revision:
                self._revision, self._found = revision, {}
            for word in words:
                if word not in self._found:
                    self._found[word] = self._store.filters.mentioning(word)
            return {x: self._found[x] for x in words}
