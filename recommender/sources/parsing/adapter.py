"""What the adapters share: the items of an answer, its metadata, and values as plain text.

Pure. An adapter turns bytes into `Entry`, `Refusal` and `MetadataField`; a file format
yields the first two, a fetcher collects all three as a `ParsedPage`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

from recommender.domain import Author, Paper
from recommender.sources.bounds import MAX_AUTHORS, MAX_NAME, MAX_WRITTEN_NAME
from recommender.sources.file_format import Entry, FormatAdapter, Refusal
from recommender.sources.parsing.author_names import plain_author
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import clean_prose, personal_author
from recommender.sources.parsing.xml_stream import ParseFailure
from recommender.sources.text_file import Document

PARSE_FAILURE = "broken"
"""Metadata field of an answer that was cut off or cannot be parsed."""

MAX_REFUSED = 10_000
"""Refusals in a row after which a file is not read on."""

MAX_LISTED = 500
"""Most characters of a listing's text fields."""

_BODY = re.compile(
    r"\b(?:collaborations?|consortium|(?:working|study|research|task) (?:group|force)|team"
    r"|committee|initiative|association|alliance)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MetadataField:
    """A metadata field of an answer: the total number of records, the next cursor."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class DeletedRecord:
    """A record that its source has deleted: its line and its identifier."""

    line: int
    identifier: str


ParsedItem = Entry | Refusal | MetadataField | DeletedRecord


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """One answer, gathered; `metadata` hold the last value of each name."""

    papers: tuple[Paper, ...]
    refusals: tuple[Refusal, ...]
    metadata: Mapping[str, str]
    withdrawn: tuple[str, ...] = ()

    def number(self, name: str) -> int | None:
        """Return a mark as a number, None where it is none."""
        value = self.metadata.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def collect_page(items: Iterable[ParsedItem]) -> ParsedPage:
    """Collect the items of one answer as a page."""
    papers: list[Paper] = []
    refusals: list[Refusal] = []
    metadata: dict[str, str] = {}
    withdrawn: list[str] = []
    for one in items:
        if isinstance(one, Entry):
            papers.append(one.paper)
        elif isinstance(one, Refusal):
            refusals.append(one)
        elif isinstance(one, DeletedRecord):
            withdrawn.append(one.identifier)
        else:
            metadata[one.name] = one.value
    return ParsedPage(tuple(papers), tuple(refusals), metadata, tuple(withdrawn))


def merge_pages(pages: Sequence[ParsedPage]) -> ParsedPage:
    """Merge the answers to one query; of a metadata field the last value counts."""
    return ParsedPage(
        tuple(x for page in pages for x in page.papers),
        tuple(x for page in pages for x in page.refusals),
        {name: value for page in pages for name, value in page.metadata.items()},
        tuple(x for page in pages for x in page.withdrawn),
    )


def saved_answer(
    name: str,
    matches: Callable[[str], bool],
    parse: Callable[[Iterable[bytes]], Iterable[ParsedItem]],
    suffixes: tuple[str, ...] = (),
) -> FormatAdapter:
    """Return the file format of an API's saved answers, read by the API's own parser.

    The metadata field ``note`` becomes a note of the document.
    """

    def read_document(document: Document) -> Iterator[Entry | Refusal]:
        return file_entries(parse(document.pieces()), document.notes)

    return FormatAdapter(name, matches, read_document, suffixes)


def file_entries(
    items: Iterable[ParsedItem], notes: list[str] | None = None
) -> Iterator[Entry | Refusal]:
    """Yield the entries and refusals of an answer that is read as a file.

    Reading stops after `MAX_REFUSED` refusals in a row.
    """
    refused = 0
    for item in items:
        if isinstance(item, Entry):
            refused = 0
            yield item
        elif isinstance(item, MetadataField):
            if notes is not None and item.name == "note":
                notes.append(item.value)
        else:
            refused += 1
            yield _as_refusal(item)
            if refused >= MAX_REFUSED:
                yield Refusal(item.line, f"{refused:,} entries in a row are no papers; not read on")
                return


def _as_refusal(one: Refusal | DeletedRecord) -> Refusal:
    if isinstance(one, Refusal):
        return one
    return Refusal(one.line, f"its source has withdrawn it ({one.identifier or 'no name'})")


def failure_items(fault: ParseFailure) -> Iterator[ParsedItem]:
    """Yield a parse failure as a refusal, for the report, and as metadata, for the fetcher."""
    yield Refusal(fault.line, fault.why)
    yield MetadataField(PARSE_FAILURE, fault.why)


def parse_listing_day(stamp: str) -> PartialDate:
    """Return the day of a mail or ISO date as its own zone has it, at midnight UTC."""
    try:
        at = parsedate_to_datetime(stamp.strip()[:100])
        return PartialDate(at.year, datetime(at.year, at.month, at.day, tzinfo=UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        found = parse_date(stamp)
        at_midnight = found.at and datetime(*found.at.timetuple()[:3], tzinfo=UTC)
        return PartialDate(found.year, at_midnight)


def parse_author(name: str) -> Author:
    """Return a person's name in its parts, and the name of a body as it is."""
    name = clean_prose(name[:MAX_WRITTEN_NAME])
    if _BODY.search(name):
        return Author(literal=name[:MAX_NAME])
    return plain_author(name) if name else Author()


def author_from_parts(family: str, given: str = "", suffix: str = "") -> Author:
    """Return a name that came in parts; a body's name often comes as a family name."""
    joined = clean_prose(f"{given[:MAX_WRITTEN_NAME]} {family[:MAX_WRITTEN_NAME]}")
    if _BODY.search(joined):
        return Author(literal=joined[:MAX_NAME])
    return personal_author(family, given, suffix=suffix) if family.strip() else parse_author(given)


def nonempty_authors(authors: Iterable[Author]) -> tuple[Author, ...]:
    """Return the authors that have a letter in their name, in order."""
    # One more than a paper may have is kept, so that the record is refused.
    some = islice(authors, MAX_AUTHORS + 1)
    return tuple(x for x in some if any(c.isalnum() for c in x.name))


def as_texts(value: object) -> list[str]:
    """Return the pieces of text in a JSON value that is text or a list of it."""
    several = value if isinstance(value, list) else [value]
    return [x for x in several if isinstance(x, str)]


def as_mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_mappings(value: object) -> list[Mapping[str, object]]:
    """Return the objects of a JSON list; anything else holds none."""
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []


def as_text(value: object) -> str:
    """Return a JSON text or number as text; anything else is ``""``."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def as_count(value: object) -> int | None:
    """Return a whole number that can be a count, or None."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < 10**9 else None  # type: ignore[operator,return-value]
