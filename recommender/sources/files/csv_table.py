"""A table with a header row: comma, semicolon, tab or bar, columns of `field_synonyms.SYNONYMS`.

A quote that is never closed would swallow the rows after it. A row that cannot
be read as the header promises is therefore given up at its first line, and
reading goes on at its second. An apostrophe before a cell that would be a
formula is an export's protection and no part of the cell.

Excel's own ways are known: a first line ``sep=;``, a number kept as text in
``="0123"``, and errors such as ``#N/A`` in the place of a value.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from datetime import datetime

from recommender.errors import SourceError
from recommender.escaping import original_cell
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.field_synonyms import entry_from, field_of
from recommender.sources.text_file import Document

DELIMITERS = ",;\t|"

_SEPARATOR = re.compile(r'\A"?sep=([,;\t|])"?[,;\t]{0,100}\r?\n', re.IGNORECASE)
_ERRORS = frozenset(("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#NV"))

MAX_ROW_LINES = 200
"""Most lines that one row may span."""

MAX_UNLIKE = 1_000
"""Most rows in turn that are unlike the header; after these it is no table of papers."""


class CsvTable:
    """Reads one record a row; a cell in quotes may span lines."""

    name = "csv"
    suffixes = (".csv", ".tsv")

    def matches(self, head: str) -> bool:
        """Say whether the first line names a title and at least one more column we know."""
        first = _SEPARATOR.sub("", head.lstrip("\ufeff\r\n"), count=1).partition("\n")[0]
        return len(first) < 10_000 and "title" in _known(first) and len(_known(first)) > 1

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield a record a row, numbered by its first line; see `FileFormat.read`."""
        lines = _Lines(document)
        header: list[str] = []
        unlike = 0
        for number, row in _rows(lines):
            if header:
                for found in _entry(number, header, row, lines):
                    unlike = unlike + 1 if isinstance(found, Refusal) else 0
                    yield found
                if unlike >= MAX_UNLIKE:
                    raise SourceError(f"{unlike:,} rows in turn are unlike the header; not read on")
            elif isinstance(row, list) and any(cell.strip() for cell in row):
                header = row
                while not header[-1].strip():
                    del header[-1]
                _must_have_title(document, header)


class _Lines:
    """The document's lines for a `csv.reader`, which can give those of a row back."""

    def __init__(self, document: Document) -> None:
        self._lines = document.lines()
        self._back: deque[tuple[int, str]] = deque()
        self.taken: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_ROW_LINES:
            raise csv.Error("a quote is not closed")
        self.taken.append(self._back.popleft() if self._back else next(self._lines))
        return self.taken[-1][1] + "\n"

    def peek(self) -> str:
        """Return the next line that is not blank, or ``""``, without taking it."""
        for line in self._lines:
            if line[1].strip():
                self._back.append(line)
                return line[1]
        return ""

    def give_back(self) -> None:
        """Offer all lines of the present row but its first again."""
        self._back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _known(line: str) -> set[str]:
    return {field_of(x) for x in _cells(line, _delimiter(line))} - {""}


def _delimiter(line: str) -> str:
    """Return the delimiter by which the header names the most columns we know, then any."""

    def found(delimiter: str) -> tuple[int, int]:
        cells = _cells(line, delimiter)
        return len({*map(field_of, cells)} - {""}), len(cells)

    return max(DELIMITERS, key=found)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _rows(lines: _Lines) -> Iterator[tuple[int, list[str] | Refusal]]:
    """Yield each row, or why there is none, with the number of its first line."""
    first = lines.peek()
    if said := _SEPARATOR.fullmatch(first.lstrip("\ufeff") + "\n"):
        delimiter = said.group(1)
        next(lines)
    else:
        delimiter = _delimiter(first)
    while True:
        lines.taken.clear()
        try:
            row = next(csv.reader(lines, delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            number = lines.taken[0][0]
            lines.give_back()
            yield number, Refusal(number, f"it is no row of a table ({error})")
        else:
            yield lines.taken[0][0], row


def _entry(
    line: int, header: list[str], row: list[str] | Refusal, lines: _Lines
) -> Iterator[Entry | Refusal]:
    if isinstance(row, Refusal):
        yield row
        return
    while len(row) > len(header) and not row[-1].strip():
        row = row[:-1]
    if not any(cell.strip() for cell in row):
        return
    if len(row) == len(header):
        record: dict[str, object] = {}
        for name, cell in zip(header, map(_value, row), strict=True):
            record[name] = record.get(name) or cell
        yield entry_from(line, record)
    else:
        lines.give_back()
        yield Refusal(line, f"it has {len(row)} cells where the header has {len(header)}")


def _value(cell: str) -> str:
    """Return what a cell says, without what a spreadsheet wrote around it."""
    cell = original_cell(cell)
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1].replace('""', '"')
    return "" if cell.strip() in _ERRORS else cell


def _must_have_title(document: Document, header: list[str]) -> None:
    if "title" not in map(field_of, header):
        names = ", ".join(header)[:200]
        raise SourceError(f"{document.path} has no title column; its columns are: {names}.")
