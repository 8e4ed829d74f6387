"""Terms as the text of a paper spells them: what a reader can find there. Pure.

TF-IDF knows ``state art`` and ``schrodinger``; the text says *state-of-the-art* and *Schrödinger*.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from functools import lru_cache

from recommender.domain import Paper
from recommender.features.tfidf import TEX, WORD, is_term, unaccented

MAX_CHARACTERS = 60
"""Longest wording that is shown."""
MAX_PAPERS = 2_048
"""Papers whose wordings are kept: those of a reader's queue are asked for after every answer."""
_HYPHENS = frozenset("-\u2010\u2011\u2013")
_BETWEEN = re.compile(r"[\w\s\u2010\u2011\u2013'’-]*")
_OF_ADDRESSES = frozenset("/@._")
_CAPITALISED = re.compile(r"\b[A-Z][a-z]+\b")


_Word = tuple[str, int, int]
"""A word of a text: in lower case without accents, where it starts, where it ends."""


def wordings(paper: Paper, terms: Collection[str]) -> dict[str, str]:
    """Return how a paper spells some terms, ``{term: wording}``; terms it cannot show are left out.

    A word is returned as the abstract writes it, in lower case where both occur; titles may
    capitalise any word. A pair is returned with
    what stands between its words. It is left out where it is no phrase of the text: across a
    full stop or a comma, or with one half of a compound (``free image`` of *training-free image*).
    """
    known = _known(paper.title, paper.abstract)
    asked = [x for x in terms if x not in known]
    if asked:
        found = _found(paper, frozenset(asked))
        known.update((x, found.get(x, "")) for x in asked)
    return {x: spelled for x in terms if (spelled := known[x])}


@lru_cache(maxsize=MAX_PAPERS)
def _known(title: str, abstract: str) -> dict[str, str]:
    """Return the wordings found before in a text, ``""`` for a term it cannot show."""
    return {}


def _found(paper: Paper, terms: Collection[str]) -> dict[str, str]:
    found: dict[str, Counter[str]] = {}
    for raw in (paper.abstract, paper.title):
        text = unicodedata.normalize("NFC", TEX.sub(" ", raw))
        for term, wording in _phrases(text, terms):
            if len(wording) <= MAX_CHARACTERS:
                shown = wording if raw is paper.abstract else _CAPITALISED.sub(_lower, wording)
                found.setdefault(term, Counter())[shown] += 1
    return {term: _usual(spelled) for term, spelled in found.items()}


def _phrases(text: str, terms: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the wanted terms of a text in their order, each with how it is written there."""
    wanted = {x for term in terms for x in term.split()}
    words = _words(text)
    for at, second in enumerate(words):
        term, start, end = second
        if term not in wanted or not _counts(text, second):
            continue
        if term in terms:
            yield term, text[start:end]
        first = next((x for x in reversed(words[:at]) if _counts(text, x)), None)
        if first is not None and (pair := f"{first[0]} {term}") in terms:
            tied = _tied(text, first[1] - 1, -1) or _tied(text, end, 1)
            if not tied and _BETWEEN.fullmatch(text, first[2], start):
                yield pair, " ".join(text[first[1] : end].split())


def _words(text: str) -> list[_Word]:
    """Return all words of a text, also those that are no terms."""
    if text.isascii():  # so its places stay in lower case
        return [(x[0], *x.span()) for x in WORD.finditer(text.lower())]
    return [(unaccented(x[0]).lower(), *x.span()) for x in WORD.finditer(text)]


def _counts(text: str, word: _Word) -> bool:
    """Whether a word is a term."""
    term, start, end = word
    return is_term(term) and not _in_address(text, start, end)


def _tied(text: str, at: int, step: int) -> bool:
    """Whether a hyphen at a place ties a word to another one in the direction of `step`."""
    beyond = at + step
    return at > 0 and 0 <= beyond < len(text) and text[at] in _HYPHENS and text[beyond].isalnum()


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether a word is a part of an address or a file name, as in ``github.com/someone``."""
    after = text[end : end + 2]
    return text[max(start - 1, 0) : start] in _OF_ADDRESSES or (
        after[:1] in _OF_ADDRESSES and after[1:].isalnum()
    )


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()


def _usual(spelled: Counter[str]) -> str:
    """Return the spelling that occurs most, in lower case where that occurs."""
    lower = [x for x in spelled if x.islower()]
    return max(lower or spelled, key=lambda x: spelled[x])
