"""Citation keys: readable, and the same in every export. Pure.

A paper that came with a key keeps it. Another one's key is made of the paper alone:
first author's family name, year, first three words of the title that carry meaning,
and a mark of four characters from its id (``he2016DeepResidualLearning-k3xf``). The
mark is always there, so no other paper of a list or a library changes a key. A store
keeps a made key from the first change of the paper that would change it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from recommender.domain.papers import Author, Paper

TITLE_WORDS = 3
MARK_CHARACTERS = 4
MAX_KEY = 200
"""Most characters of a key from outside."""

_MAX_WORD_CHARACTERS = 24
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ı": "i"}
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss", "ẞ": "SS", "þ": "th", "Þ": "Th"}
)
_PASSED_OVER = re.compile(
    r"an?|and|are|as|at|by|can|do|does|for|from|how|in|into|is|its?|of|on|or|our|the|their|to"
    r"|towards?|using|via|we|what|when|where|which|why|with|without",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:Jr|Sr|Jnr|Snr)\.?|II|III|IV|2nd|3rd")
# What BibTeX and biber both take for a key; letters of other scripts are letters to both.
_KEY = re.compile(r"(?=.*\w)[\w!*+./:;<>?\[\]|&-]+")


def is_citation_key(text: str) -> bool:
    """Say whether every program that reads BibTeX takes the text for a key."""
    return len(text) <= MAX_KEY and _KEY.fullmatch(text) is not None


def citation_key(paper: Paper) -> str:
    """Return the key under which a paper is cited: its own, or one made of the paper."""
    return paper.citation_key or made_key(paper)


def made_key(paper: Paper) -> str:
    """Return the key that is made of the paper alone."""
    year = paper.year
    if year is None and paper.published_at is not None:
        year = paper.published_at.year
    author = _ascii(_first_family(paper.authors)).lower()
    words = [w for w in map(_ascii, re.split(r"[\s/:–—-]+", paper.title)) if w]
    telling = [w for w in words if not _PASSED_OVER.fullmatch(w)] or words
    title = "".join(w[:1].upper() + w[1:_MAX_WORD_CHARACTERS] for w in telling[:TITLE_WORDS])
    begin = author[:_MAX_WORD_CHARACTERS] if author or title else "paper"
    return f"{begin}{year if year is not None else ''}{title}-{mark(paper)}"


def mark(paper: Paper) -> str:
    """Return four characters that tell the paper from others of its name."""
    name = paper.paper_id or next(iter(paper.identifiers), "")
    name = name or repr((paper.title, paper.authors, paper.year))
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return "".join(_ALPHABET[x % 32] for x in digest[:MARK_CHARACTERS])


def _first_family(authors: tuple[Author, ...]) -> str:
    """Return the family name of the first author who has one, without particles and suffix."""
    for author in authors:
        if author.literal or not author.family:
            words = (author.literal or author.given).split()[:1]
        else:
            words = author.family.replace(",", " ").split()
            while len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
                words.pop()
            while len(words) > 1 and words[0].lstrip("'’ʼ‘`")[:1].islower():
                words.pop(0)
        if words:
            return " ".join(words)
    return ""


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return re.sub(r"[^A-Za-z0-9]", "", decomposed)
