"""What the adapters share: an answer's entries, what it says of itself, plain text.

Pure. An adapter turns bytes into `Entry`, `Refusal` and `Mark`; a file format
gives out the first two, a fetcher gathers all three as a `Page`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from recommender.domain import Author, Paper
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.author_names import MAX_NAME, plain_author
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.reference_record import person, prose
from recommender.sources.parsing.xml_stream import Broken

BROKEN = "broken"
"""Name of the mark that an answer ended before its end."""

MAX_REFUSED = 10_000
"""Most entries in a row that may be none before a file is given up."""

MAX_LISTED = 500
"""Most characters of what a listing says beside its day."""

_BODY = re.compile(
    r"\b(?:collaborations?|consortium|(?:working|study|research|task) (?:group|force)|team"
    r"|committee|initiative|association|alliance)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something an answer says of itself: how many there are, where it goes on."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A record that its source has deleted: where it stands, and its identifier."""

    line: int
    identifier: str


Found = Entry | Refusal | Mark | Withdrawn


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, gathered; `marks` hold the last value of each name."""

    papers: tuple[Paper, ...]
    refusals: tuple[Refusal, ...]
    marks: Mapping[str, str]
    withdrawn: tuple[str, ...] = ()

    def number(self, name: str) -> int | None:
        """Return a mark as a number, None where it is none."""
        value = self.marks.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def page_of(found: Iterable[Found]) -> Page:
    """Gather what an adapter found in one answer."""
    papers: list[Paper] = []
    refusals: list[Refusal] = []
    marks: dict[str, str] = {}
    withdrawn: list[str] = []
    for one in found:
        if isinstance(one, Entry):
            papers.append(one.paper)
        elif isinstance(one, Refusal):
            refusals.append(one)
        elif isinstance(one, Withdrawn):
            withdrawn.append(one.identifier)
        else:
            marks[one.name] = one.value
    return Page(tuple(papers), tuple(refusals), marks, tuple(withdrawn))


def joined(pages: Sequence[Page]) -> Page:
    """Gather several answers to one question; of a mark the last counts."""
    return Page(
        tuple(x for page in pages for x in page.papers),
        tuple(x for page in pages for x in page.refusals),
        {name: value for page in pages for name, value in page.marks.items()},
        tuple(x for page in pages for x in page.withdrawn),
    )


def entries_of(found: Iterable[Found]) -> Iterator[Entry | Refusal]:
    """Leave out what an answer says of itself, for reading it as a file.

    A file of which `MAX_REFUSED` entries in a row are none is not read on.
    """
    refused = 0
    for one in found:
        if isinstance(one, Entry):
            refused = 0
            yield one
        elif not isinstance(one, Mark):
            refused += 1
            yield _as_refusal(one)
            if refused >= MAX_REFUSED:
                yield Refusal(one.line, f"{refused:,} entries in a row are no papers; not read on")
                return


def _as_refusal(one: Refusal | Withdrawn) -> Refusal:
    if isinstance(one, Refusal):
        return one
    return Refusal(one.line, f"its source has withdrawn it ({one.identifier or 'no name'})")


def broken(fault: Broken) -> Iterator[Found]:
    """Yield the end of an answer that ends too soon, for the report and for the fetcher."""
    yield Refusal(fault.line, fault.why)
    yield Mark(BROKEN, fault.why)


def day_of(stamp: str) -> When:
    """Return the day of a mail or ISO date as its own zone has it, at midnight UTC."""
    try:
        at = parsedate_to_datetime(stamp.strip()[:100])
        return When(at.year, datetime(at.year, at.month, at.day, tzinfo=UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        found = when(stamp)
        at_midnight = found.at and datetime(*found.at.timetuple()[:3], tzinfo=UTC)
        return When(found.year, at_midnight)


def author(name: str) -> Author:
    """Return a person's name in its parts, and the name of a body as it is."""
    name = prose(name)
    if _BODY.search(name):
        return Author(literal=name[:MAX_NAME])
    return plain_author(name) if name else Author()


def parts(family: str, given: str = "", suffix: str = "") -> Author:
    """Return a name that came in parts; a body's name often comes as a family name."""
    joined = prose(f"{given} {family}")
    if _BODY.search(joined):
        return Author(literal=joined[:MAX_NAME])
    return person(family, given, suffix=suffix) if family.strip() else author(given)


def named(authors: Iterable[Author]) -> tuple[Author, ...]:
    """Return the authors that have a letter in their name, in order."""
    return tuple(x for x in authors if any(c.isalnum() for c in x.name))


def texts(value: object) -> list[str]:
    """Return the pieces of text in a JSON value that is text or a list of it."""
    several = value if isinstance(value, list) else [value]
    return [x for x in several if isinstance(x, str)]


def mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Mapping[str, object]]:
    """Return the objects of a JSON list; anything else holds none."""
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a JSON text or number as text; anything else is ``""``."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def count(value: object) -> int | None:
    """Return a whole number that can be a count, or None."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < 10**9 else None  # type: ignore[operator,return-value]
