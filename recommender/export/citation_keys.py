"""Citation keys: readable, unique in a file, and the same in every export. Pure.

A key is made of the paper alone: first author's family name, year, first three
words of the title that carry meaning (``he2016DeepResidualLearning``). Only
papers whose keys would be equal get a mark from their own id, all of them, so
neither the order nor the length of a list changes a key.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from recommender.domain import Paper
from recommender.export.author_names import known_names
from recommender.export.paper_fields import year_of

TITLE_WORDS = 3
_MAX_WORD_CHARACTERS = 24
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ı": "i"}
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss", "ẞ": "SS", "þ": "th", "Þ": "Th"}
)
_PASSED_OVER = re.compile(
    r"an?|and|are|as|at|by|can|do|does|for|from|how|in|into|is|its?|of|on|or|our|the|their|to"
    r"|towards?|using|via|we|what|when|where|which|why|with|without",
    re.IGNORECASE,
)


def citation_keys(papers: Sequence[Paper]) -> list[str]:
    """Return one key a paper, in order; keys differ even without regard to case."""
    plain = [_plain_key(paper) for paper in papers]
    taken = Counter(key.casefold() for key in plain)
    keys = [
        key if taken[key.casefold()] == 1 else f"{key}-{_mark(paper)}"
        for key, paper in zip(plain, papers, strict=True)
    ]
    return _numbered(keys)


def _plain_key(paper: Paper) -> str:
    year = year_of(paper)
    names = known_names(paper.authors)
    author = _ascii(names[0].family or names[0].literal.split(" ")[0]).lower() if names else ""
    words = [w for w in map(_ascii, re.split(r"[\s/:–—-]+", paper.title)) if w]
    telling = [w for w in words if not _PASSED_OVER.fullmatch(w)] or words
    title = "".join(w[:1].upper() + w[1:_MAX_WORD_CHARACTERS] for w in telling[:TITLE_WORDS])
    if not (author or title):
        return f"paper{year if year is not None else ''}-{_mark(paper)}"
    return f"{author[:_MAX_WORD_CHARACTERS]}{year if year is not None else ''}{title}"


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return re.sub(r"[^A-Za-z0-9]", "", decomposed)


def _mark(paper: Paper) -> str:
    name = paper.paper_id or repr((paper.title, paper.authors, paper.year))
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def _numbered(keys: Sequence[str]) -> list[str]:
    met: set[str] = set()
    unique: list[str] = []
    for key in keys:
        candidate, n = key, 2
        while candidate.casefold() in met:
            candidate, n = f"{key}-{n}", n + 1
        met.add(candidate.casefold())
        unique.append(candidate)
    return unique
