"""A Hugging Face "Daily Papers" page, saved as plain text.

The page: a few header lines (``new``, an invitation to subscribe, ``Subscribe``,
``byAK and the research community``, a day without a year such as ``May 9``),
then title, abstract, title, abstract …, all separated by blank lines. There are
no ids, authors or links. The day is the one on which the page featured the
papers, not theirs; it becomes a listing.

Length tells an abstract from a title, so that a page that lost one of the two
loses that entry only and falls into step again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, pairwise

from recommender.domain import Listing, Paper
from recommender.sources.bounds import MAX_ABSTRACT
from recommender.sources.file_format import Entry, Refusal, entry_or_refusal
from recommender.sources.parsing.clean_text import plain_text
from recommender.sources.parsing.dates import newest_day, parse_date
from recommender.sources.parsing.field_synonyms import DAILY_PAPERS
from recommender.sources.parsing.latex import unescape_latex
from recommender.sources.text_file import Document

ABSTRACT_WORDS = 35
"""From this length a block is an abstract, whatever it ends in."""

SENTENCE_WORDS = 12
"""From this length a block that ends like a sentence is one, unless an abstract follows."""

_BYLINE = re.compile(r"by\s*(AK and the research community)", re.IGNORECASE)
_DAY = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}(?:, \d{4})?",
    re.IGNORECASE,
)
_INVITATION = re.compile(r"get trending papers in your email inbox!?", re.IGNORECASE)
_CHROME = re.compile(r"new|subscribe|daily papers", re.IGNORECASE)
_PAGE = re.compile(
    rf"^[ \t]*(?:{_BYLINE.pattern}|{_INVITATION.pattern})\s*$", re.IGNORECASE | re.MULTILINE
)
_GARBAGE_FROM = 12
_MAX_WORD_CHARS = 300


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines without a blank one between them; `line` is the number of the first."""

    line: int
    text: str

    def is_abstract(self, words: int = ABSTRACT_WORDS) -> bool:
        """Say whether it is at least so long, or a sentence of some length."""
        count = len(self.text.split())
        return count >= words or (count >= SENTENCE_WORDS and self.text[-1] in ".!。")

    def is_garbage(self) -> bool:
        """Say whether hardly anything in it can be a word."""
        signs = "".join(self.text.split())
        if len(signs) < _GARBAGE_FROM:
            return False
        letters = sum(map(str.isalpha, signs))
        unreadable = sum(c == "\N{REPLACEMENT CHARACTER}" or not c.isprintable() for c in signs)
        longest = max(map(len, self.text.encode("ascii", "replace").split()))
        return letters * 2 < len(signs) or unreadable * 20 > len(signs) or longest > _MAX_WORD_CHARS


class DailyPapers:
    """Reads the saved page; every entry gets the page's day and byline as a listing."""

    name = "daily-papers"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether the page's own header stands near the top."""
        return _PAGE.search(head[:4_000]) is not None

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield each title with its abstract; see `FileFormat.read`."""
        byline, day, blocks = _header(_blocks(document))
        listing = Listing(DAILY_PAPERS, _listed_at(day, now, document), byline)
        last = ""
        for found in _pairs(blocks):
            if isinstance(found, Refusal):
                yield found
                continue
            title, abstract = found
            last = abstract.text
            yield entry_or_refusal(title.line, _paper(title, abstract, listing))
        if last and last[-1].isalpha() and "/" not in last.split()[-1]:
            document.notes.append("The last abstract does not end like a sentence; is it cut off?")


def _paper(title: _Block, abstract: _Block, listing: Listing) -> Paper:
    return Paper(
        title=plain_text(unescape_latex(title.text)),
        abstract=plain_text(unescape_latex(abstract.text)),
        listings=(listing,),
    )


def _blocks(document: Document) -> Iterator[_Block]:
    """Yield the blocks; a line of the header is one by itself."""
    start, kept, size = 0, [""], 0
    for number, line in chain(document.lines(), [(0, "")]):
        text = line.strip()
        alone = _is_header(text)
        if (not text or alone) and size:
            yield _Block(start, " ".join(kept))
            kept, size = [], 0
        if alone:
            yield _Block(number, text)
        elif text:
            start = start if size else number
            kept = kept if size else []
            # One more than fits is kept, so that a block without end is refused as too long.
            if size <= MAX_ABSTRACT:
                kept.append(text)
            size += len(text) + 1


def _is_header(text: str) -> bool:
    patterns = (_CHROME, _INVITATION, _BYLINE, _DAY)
    return any(pattern.fullmatch(text) for pattern in patterns)


def _header(blocks: Iterator[_Block]) -> tuple[str, str, Iterator[_Block]]:
    """Take the header's blocks off; returns byline, day and the blocks after it."""
    byline = day = ""
    for block in blocks:
        if match := _BYLINE.fullmatch(block.text):
            byline = match.group(1)
        elif _DAY.fullmatch(block.text) and not day:
            day = block.text
        elif not _is_header(block.text):
            return byline, day, chain([block], blocks)
    return byline, day, iter(())


def _listed_at(day: str, now: datetime, document: Document) -> datetime | None:
    at = parse_date(day).at or newest_day(day, now)
    if at is None:
        document.notes.append("The page names no day; its papers are kept without one.")
    elif parse_date(day).at is None:
        document.notes.append(
            f"The page says {day} without a year; taken as {at:%Y-%m-%d}, "
            "the newest that is not in the future."
        )
    return at


def _pairs(blocks: Iterator[_Block]) -> Iterator[tuple[_Block, _Block] | Refusal]:
    """Pair titles with abstracts; what has no partner is refused by its line."""
    title: _Block | None = None
    unreadable = False
    for block, following in pairwise(chain(blocks, [None])):
        assert block is not None
        lost, unreadable = unreadable, False
        if block.is_garbage():
            why = (
                f"its abstract on line {block.line} is unreadable" if title else "it is unreadable"
            )
            yield Refusal(title.line if title else block.line, why)
            unreadable, title = title is None, None
        elif title is not None and block.is_abstract():
            yield title, block
            title = None
        elif title is not None:
            yield Refusal(title.line, _no_abstract(title))
            title = block
        elif block.is_abstract() and not _is_title_before(block, following):
            if not lost:
                yield Refusal(block.line, "an abstract without a title")
        else:
            title = block
    if title is not None:
        yield Refusal(title.line, _no_abstract(title) + "; the page may be cut off here")


def _is_title_before(block: _Block, following: _Block | None) -> bool:
    """Say whether a sentence of middling length is a title after all."""
    short = len(block.text.split()) < ABSTRACT_WORDS
    return short and following is not None and following.is_abstract()


def _no_abstract(title: _Block) -> str:
    return f"the title {plain_text(title.text)[:60]!r} has no abstract"
