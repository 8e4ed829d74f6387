"""What the XML formats share: which root a file has, and its records as entries. Pure.

Entities, depth and size are `xml_stream`' business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from xml.etree.ElementTree import Element

from recommender.sources.file_format import Entry, FormatAdapter, Refusal
from recommender.sources.parsing.reference_record import Reference, reference_entry
from recommender.sources.parsing.xml_stream import ParseFailure, xml_records
from recommender.sources.text_file import Document

_PROLOG = re.compile(
    r"(?:\ufeff|\s+|<\?[^>]{0,2000}\?>|<!--(?:[^-<]|-(?!->)|<(?!!--)){0,4000}+-->"
    r"|<!DOCTYPE[^\[>]{0,2000}>)"
)
_INDEXES = ("sub", "sup", "inf")
_TAG = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)([^>]{0,8000})")


def root_element(head: str) -> tuple[str, str]:
    """Return the local name of a file's first element and its attributes' text, or ``""`` twice."""
    at = 0
    while match := _PROLOG.match(head, at):
        at = match.end()
    tag = _TAG.match(head, at)
    return (tag.group(1), tag.group(2)) if tag else ("", "")


def xml_format(
    name: str,
    matches: Callable[[str], bool],
    wanted: Collection[str],
    roots: Collection[str],
    reference: Callable[[Element], Reference],
    suffixes: tuple[str, ...] = (),
) -> FormatAdapter:
    """Return a format whose records are the elements of the wanted names below one of `roots`."""

    def read_document(document: Document) -> Iterator[Entry | Refusal]:
        for item in xml_records(document.pieces(), wanted, roots):
            if isinstance(item, ParseFailure):
                yield Refusal(item.line, item.why)
            else:
                yield reference_entry(item.line, reference(item.element))

    return FormatAdapter(name, matches, read_document, suffixes)


def first_text(element: Element | None, *paths: str) -> str:
    """Return the text, on one line, of the first of these paths that holds any, or ``""``."""
    if element is None:
        return ""
    found = (text for path in paths for text in all_texts(element, path))
    return next(found, "")


def all_texts(element: Element, path: str) -> list[str]:
    """Return the texts at a path that are not empty, each on one line, in their order."""
    return [text for x in element.iterfind(path) if (text := single_line_text(x))]


def single_line_text(element: Element) -> str:
    """Return the text inside an element on one line, what is above or below it unspaced."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    """Yield the text; a line break before an index is a pretty-printer's, not the author's."""
    text = element.text or ""
    for child in element:
        before = text.rstrip()
        yield before if child.tag in _INDEXES and "\n" in text[len(before) :] else text
        yield from _texts(child)
        text = child.tail or ""
    yield text


def date_text(year: str, month: str = "", day: str = "") -> str:
    """Return a date from its parts as `dates.parse_date` reads it, as far as they are known."""
    if month.isdecimal() and day.isdecimal():
        return f"{year}-{month}-{day}"
    return f"{day} {month} {year}" if month.isalpha() and day.isdecimal() else year


def labelled_text(parts: Iterable[tuple[str, str]]) -> str:
    """Return the parts of a structured abstract as one text, ``LABEL: `` before each."""
    return " ".join(f"{label}: {text}" if label else text for label, text in parts if text)
