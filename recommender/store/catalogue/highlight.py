"""Where the words of a search stand in a text. Pure.

The databases do not say it: their index holds words that are cut and stemmed. The same words
are therefore looked for in the text that is shown, with the stemmer that SQLite has (Porter
1980); PostgreSQL's is a newer edition of it, so a rare form may stay unmarked there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from recommender.domain.segmentation import has_unspaced, split_scripts
from recommender.store.catalogue import search_text
from recommender.store.catalogue.search_query import WORD, Query, Term, folded_pieces

MIN_BEGINNING = 3
"""Letters of a word whose longer forms are marked in a loosened search."""

Span = tuple[int, int]
"""First character and the one after the last."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A part of a word in a text: where it stands, itself, and its compound in one word."""

    start: int
    end: int
    part: str
    joined: str = ""


def hits(text: str, query: Query, field: str, *, loosened: bool = False) -> list[Span]:
    """Return where a text holds what a search asks for, in order and apart.

    Parameters
    ----------
    field
        ``title``, ``abstract``, ``author`` or ``venue``: where the text stands.
    loosened
        True where words that only begin so were found too.
    """
    asked = [x for x in query.terms if not x.negated and x.field in ("", field)]
    if not asked or not text:
        return []
    words = list(_words(text))
    stem = _as_it_is if field == "author" else _stem
    found = [span for term in asked for span in _term_hits(text, words, term, stem, loosened)]
    return _merged(found)


def excerpt(text: str, spans: Sequence[Span], n_characters: int = 240) -> tuple[str, list[Span]]:
    """Return the piece of a text around its first hit, and the hits in it."""
    if len(text) <= n_characters or not spans:
        return text[:n_characters], [x for x in spans if x[1] <= n_characters]
    start = max(0, spans[0][0] - n_characters // 3)
    if start:
        blank = text.find(" ", start, spans[0][0])
        start = start if blank < 0 else blank + 1
    end = min(len(text), start + n_characters)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    shift = len(before) - start
    within = [(a + shift, b + shift) for a, b in spans if a >= start and b <= end]
    return before + text[start:end] + after, within


def _term_hits(
    text: str, words: Sequence[_Word], term: Term, stem: Any, loosened: bool
) -> Iterator[Span]:
    runs = [y for x in term.words for y in split_scripts(x) if has_unspaced(y)]
    for run in runs:
        start = text.find(run)
        while start >= 0:
            yield start, start + len(run)
            start = text.find(run, start + len(run))
    pieces = [y for x in term.words for y in folded_pieces(x) if not has_unspaced(y)]
    if term.phrase and not runs:
        parts = [stem(y) for x in pieces for y in search_text.parts(x)]
        for i in range(len(words) - len(parts) + 1):
            if [stem(x.part) for x in words[i : i + len(parts)]] == parts:
                yield words[i].start, words[i + len(parts) - 1].end
        return
    wanted = {
        stem(y) for x in pieces for y in (*search_text.parts(x), *search_text.joined_forms(x))
    }
    begun = tuple(x for x in pieces if loosened and len(x) >= MIN_BEGINNING)
    for word in words:
        known = stem(word.part) in wanted or (word.joined and stem(word.joined) in wanted)
        if known or (begun and word.part.startswith(begun)):
            yield word.start, word.end


def _words(text: str) -> Iterator[_Word]:
    for match in WORD.finditer(text):
        end = match.start()
        for piece in split_scripts(match.group()):
            start, end = end, end + len(piece)
            folded = [] if has_unspaced(piece) else folded_pieces(piece)
            parts = [y for x in folded for y in search_text.parts(x)]
            joined = "".join(parts) if len(parts) > 1 else ""
            yield from (_Word(start, end, x, joined) for x in parts)


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _as_it_is(word: str) -> str:
    return word


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    import snowballstemmer  # noqa: PLC0415 - most commands mark nothing

    return snowballstemmer.stemmer("porter")
