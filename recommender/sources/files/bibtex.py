"""BibTeX and BibLaTeX, as people and their programs write it.

bibtexparser finds the entries and survives the broken ones; values, names and
LaTeX are made sense of here, since its own chain of middlewares is slower by
two orders and does not join ``name # "text"``. A file is parsed a piece at a
time, cut where a new entry starts a line, so memory does not grow with it.

Entries without a title are refused. Files are read again for the entries that
others name in ``crossref`` or ``xdata``; those with neither are read once.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    ParsingFailedBlock,
    String,
)
from bibtexparser.model import Entry as BibEntry

from recommender.sources.file_format import Entry, Refusal
from recommender.sources.files.bibtex_crossref import Parents, referred
from recommender.sources.files.bibtex_entry import entry_from, value_of
from recommender.sources.text_file import Document

PIECE = 65_536
"""Characters after which the next entry starts a new piece."""

MAX_ENTRY = 4_000_000
"""Most characters of one entry."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_START = re.compile(r"[ \t]*@\w*[ \t]*[{(]")
_KNOWN = (
    "article|book|booklet|collection|comment|conference|dataset|electronic|inbook|incollection|"
    "inproceedings|manual|mastersthesis|misc|online|phdthesis|preamble|proceedings|report|"
    "software|string|techreport|thesis|unpublished|www"
)
_RECOGNISED = re.compile(
    rf"^[ \t]*@[ \t]*(?:(?:{_KNOWN})[ \t]*[{{(]|\w+[ \t]*\{{[^\s{{}},]{{0,200}},\s*[\w-]+\s*=)",
    re.IGNORECASE | re.MULTILINE,
)
_KEY = re.compile(r"@\s*\w+\s*[{(]\s*([^\s,{}()]+)")
_NO_ENTRY = re.compile(r"\s*@\s*(comment|preamble|string)\b", re.IGNORECASE)
_COMMENTED_OUT = re.compile(r"^([ \t]*%[% \t]*)@")
_SPACED = re.compile(r"^([ \t]*@)[ \t]+(?=\w+[ \t]*[{(])")
_LIKE_A_COMMENT = re.compile(r"^([ \t]*@)(?=comment\w)", re.IGNORECASE)
_COMMAS = re.compile(r"(?<=[}\"])([ \t\n]*,)((?:[ \t\n]*,)+)")
_NOT_PAPERS = {"xdata", "set", "control", "ieeetranbstctl", "bstctl"}

# Without a handler of its own, every broken entry of a user's file would go to stderr.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())


class BibTeX:
    """Reads the entries; what is neither entry nor ``@string`` is passed over."""

    name = "bibtex"
    suffixes = (".bib", ".bibtex", ".biblatex")

    def matches(self, head: str) -> bool:
        """Say whether a line starts an entry."""
        return _RECOGNISED.search(head) is not None

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the entries by their first lines; see `FileFormat.read`."""
        parents = _parents(document)
        strings = {month: month for month in _MONTHS}
        for line, block in _blocks(document):
            if isinstance(block, String):
                strings[block.key.lower()] = value_of(block.value, strings)
            elif isinstance(block, ParsingFailedBlock) and not _NO_ENTRY.match(block.raw or ""):
                yield Refusal(line, _why(block))
            elif isinstance(block, BibEntry) and block.entry_type.lower() not in _NOT_PAPERS:
                fields = parents.completed(_fields(block))
                yield entry_from(line, block.entry_type.lower(), fields, strings, block.key)


def _parents(document: Document) -> Parents:
    """Return the entries of the file that others in it refer to."""
    keys = referred(line for _, line in Document(document.path).lines())
    parents = Parents()
    for first, text in _pieces(Document(document.path), size_of_piece=0) if keys else ():
        named = _KEY.search(text)
        if named is None or named.group(1).lower() not in keys:
            continue
        for _, block in _blocks_of(first, text):
            if isinstance(block, BibEntry) and block.key.lower() in keys:
                parents.known[block.key.lower()] = block.entry_type.lower(), _fields(block)
    return parents


def _blocks(document: Document) -> Iterator[tuple[int, Block]]:
    """Yield what the parser finds, with the number of its first line."""
    for first, text in _pieces(document):
        yield from _blocks_of(first, text)


def _blocks_of(first: int, text: str) -> Iterator[tuple[int, Block]]:
    one_comma = _COMMAS.sub(lambda some: some[1] + some[2].replace(",", " "), text)
    for block in parse_string(one_comma, parse_stack=[]).blocks:
        yield first + (block.start_line or 0), _without_complaint(block)


def _fields(block: BibEntry) -> dict[str, str]:
    fields: dict[str, str] = {}
    for field in block.fields:
        fields.setdefault(field.key.lower(), field.value)
    return fields


def _without_complaint(block: Block) -> Block:
    """Return the entry itself where only a key or a field stands there twice."""
    if isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
        return block.ignore_error_block or block
    return block


def _why(block: ParsingFailedBlock) -> str:
    reason = getattr(block.error, "abort_reason", "") or "its braces or quotes do not match"
    return f"it is broken BibTeX: {' '.join(reason.split())[:200].rstrip('. ')}"


def _pieces(document: Document, size_of_piece: int = PIECE) -> Iterator[tuple[int, str]]:
    """Yield ``(number of the first line, text)``, cut only where a line starts an entry."""
    first, start, size, length = 1, 1, 0, 0
    whole: list[str] = []
    entry: list[str] = []
    for number, line in document.lines():
        line = _mended(line) if "@" in line else line
        if "@" in line and _START.match(line):
            whole += entry
            size += length
            if whole and size >= size_of_piece:
                yield first, "\n".join(whole)
                first, whole, size = number, [], 0
            start, entry, length = number, [], 0
        length += len(line) + 1
        if length > MAX_ENTRY and start not in document.damaged:
            document.damaged[start] = f"an entry of more than {MAX_ENTRY:,} characters"
            entry = [""] * len(entry)
        # Lines that were passed over still count.
        if passed_over := number - first - len(whole) - len(entry):
            entry += [""] * passed_over
        entry.append(line if length <= MAX_ENTRY else "")
    yield first, "\n".join(whole + entry)


def _mended(line: str) -> str:
    """Return a line as the parser knows it: entries that are commented out hidden, others shown."""
    line = _SPACED.sub(r"\1", _COMMENTED_OUT.sub(r"\1 ", line))
    return _LIKE_A_COMMENT.sub(r"\1x", line)
