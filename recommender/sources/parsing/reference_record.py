"""What a reference manager's record says, as a paper. Pure.

RIS, nbib, EndNote, MODS and their kind name the same few things differently.
Each reader fills a `Reference` from its own tags; cleaning, identifiers and
limits are the same for all and stand here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from recommender.domain import NO_DETAILS, Author, Details, Paper, StatusStatement
from recommender.domain.citation_keys import is_citation_key
from recommender.sources.bounds import MAX_NAME, MAX_VENUE, MAX_WRITTEN_NAME, why_too_long
from recommender.sources.file_format import Entry, Refusal, Unread, entry_or_refusal
from recommender.sources.parsing.clean_text import plain_text, without_control
from recommender.sources.parsing.dates import PartialDate
from recommender.sources.parsing.identifier_fields import (
    identifier_in_url,
    known_identifiers,
    scheme_identifier,
    web_address,
)
from recommender.sources.parsing.latex import unescape_latex

LINES = (
    *("volume", "number", "pages", "publisher", "place", "series", "edition", "genre"),
    *("issn", "isbn"),
)
"""The details that are one line as the source writes it."""

_SUFFIX = re.compile(r"(?:jr|sr|jnr|snr|ii|iii|iv|2nd|3rd)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"[A-Z]{2,3}")
_OTHERS = {"others", "et al", "et al.", "...", "…", "anonymous", "anon", "anon."}
_PMID = re.compile(r"(?:pmid:?)?\s*([1-9]\d{0,8})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """One record in our words, text still as the file wrote it; ``""`` is unknown.

    `url` is the first that a reader would open; `addresses` are further ones in
    which an identifier may stand. `identifiers` are canonical ones, `statements` what
    its source says about its status, `related` the canonical identifiers of other versions
    of the work, `version` the number of this one. `date` is the text of
    `time`, to be shown where not all of it was read; `not_kept` are the names of the fields
    that have no place in a paper. `citations` is how many works cite it.
    """

    title: str = ""
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    time: PartialDate = field(default_factory=PartialDate)
    venue: str = ""
    url: str = ""
    addresses: tuple[str, ...] = ()
    kind: str = ""
    doi: str = ""
    pmid: str = ""
    arxiv: str = ""
    identifiers: tuple[str, ...] = ()
    statements: tuple[StatusStatement, ...] = ()
    related: tuple[str, ...] = ()
    version: int | None = None
    date: str = ""
    citation_key: str = ""
    details: Details = NO_DETAILS
    not_kept: tuple[str, ...] = ()
    citations: int | None = None

    @property
    def addresses_given(self) -> tuple[str, ...]:
        """All that stands where an address should."""
        return (self.url, *self.addresses)


def reference_entry(line: int, reference: Reference) -> Entry | Refusal:
    """Return the paper of a record that starts on `line`, or why there is none."""
    written = {
        "title": reference.title,
        "abstract": reference.abstract,
        "venue": reference.venue,
        "url": reference.url,
    }
    if why := why_too_long(written):
        return Refusal(line, why)
    addresses = reference.addresses_given
    pmid = _PMID.fullmatch(reference.pmid.strip())
    identifiers = (
        scheme_identifier("doi", reference.doi),
        scheme_identifier("pmid", pmid.group(1)) if pmid else "",
        scheme_identifier("arxiv", reference.arxiv),
        *reference.identifiers,
        *map(identifier_in_url, addresses),
    )
    named = known_identifiers(identifiers)
    url = next(filter(None, map(web_address, map(without_control, addresses))), "")
    paper = Paper(
        title=clean_prose(reference.title),
        abstract=clean_prose(reference.abstract),
        authors=tuple(x for x in reference.authors if x.name and x.name.lower() not in _OTHERS),
        year=reference.time.year,
        published_at=reference.time.at,
        venue=clean_prose(reference.venue)[:MAX_VENUE],
        url=url,
        kind=reference.kind,
        identifiers=named,
        statements=reference.statements,
        related=tuple(x for x in reference.related if x not in named),
        version=reference.version,
        citation_key=reference.citation_key if is_citation_key(reference.citation_key) else "",
        details=_details(reference),
        citations=reference.citations,
    )
    return entry_or_refusal(line, paper, tuple(_unread(reference, url)))


def _details(reference: Reference) -> Details:
    """Return the details as plain text; the month is that of the date where no day is known."""
    given, time = reference.details, reference.time
    month = given.month or ("" if time.at else time.month)
    if given == NO_DETAILS and not month:
        return NO_DETAILS
    lines = {x: clean_prose(y)[:MAX_VENUE] for x in LINES if (y := getattr(given, x))}
    return Details(
        **{**lines, "month": month[:MAX_VENUE]},
        keywords=split_keywords(given.keywords),
        note=clean_prose(given.note),
        files=tuple(x for y in given.files if (x := without_control(y).strip())),
    )


def _unread(reference: Reference, url: str) -> Iterator[Unread]:
    if not url and (address := next((x for x in reference.addresses_given if x), "")):
        yield Unread("address", without_control(address))
    yield from unread_date(reference.date, reference.time)
    if reference.citation_key and not is_citation_key(reference.citation_key):
        yield Unread("key", without_control(reference.citation_key))
    yield from (Unread("field", x) for x in reference.not_kept)


def unread_date(text: str, time: PartialDate) -> Iterator[Unread]:
    """Yield what of a date was not read."""
    if time.year is not None and not time.partial:
        return
    text = " ".join(without_control(text).split())
    if not any(map(str.isalnum, text)):
        return
    if time.year is None:
        yield Unread("date", text)
    elif time.partial:
        yield Unread("date", f"{text}, taken as {time.shown}")


def split_keywords(values: Iterable[str]) -> tuple[str, ...]:
    """Return keywords once each; a text of several is cut at ``;``, or else at commas."""
    found: list[str] = []
    for value in values:
        text = clean_prose(value)
        separator = ";" if ";" in text else ","
        found += [x.strip(" ,;") for x in text.split(separator)]
    return tuple(dict.fromkeys(x for x in found if x))


def page_range(first: str, last: str = "") -> str:
    """Return pages as ``first-last``; a file may have both in the first."""
    first, last = first.strip(), last.strip()
    if last and last != first and not re.search(r"\d\s*[-–]+\s*\w", first):
        first = f"{first}-{last}"
    return "-".join(x.strip() for x in re.split(r"[-–—−]+", first))


def clean_prose(text: str) -> str:
    """Return text of a foreign record without markup and LaTeX's leftovers."""
    return plain_text(unescape_latex(text))


def _clean_name(text: str) -> str:
    return clean_prose(text[:MAX_WRITTEN_NAME])


def personal_author(family: str, given: str = "", particle: str = "", suffix: str = "") -> Author:
    """Return a person of whom the parts are known; particle and suffix join the family name."""
    last = " ".join(filter(None, map(_clean_name, (particle, family, suffix))))
    # "d'" and "l'" are written without a space, and so is a Dutch "'s-".
    last = re.sub(r"(?<=[a-z]['’]) (?=\w)", "", last)
    return Author(family=last[:MAX_NAME], given=_clean_name(given)[:MAX_NAME])


def corporate_author(name: str) -> Author:
    """Return a corporate author, or a name whose parts are not known."""
    return Author(literal=_clean_name(name)[:MAX_NAME])


def dotted_initials(given: str) -> str:
    """Return given names with a full stop after each initial (``Ann B``, ``AB`` become A. B.)."""
    words = given.split()
    if len(words) == 1 and _INITIALS.fullmatch(given):
        words = list(given)
    return " ".join(f"{x}." if len(x) == 1 and x.isupper() else x for x in words)


def parse_sorted_name(name: str) -> Author:
    """Return the author of ``Family, Given, Suffix``; a name without a comma is a body's."""
    name = name[:MAX_WRITTEN_NAME]
    parts = [x.strip() for x in name.split(",")]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) < 2:
        return corporate_author(name.strip().rstrip(","))
    family, *given = parts
    suffixes = [x for x in given if _SUFFIX.fullmatch(x)]
    names = " ".join(x for x in given if x not in suffixes).split()
    if len(names) > 1 and not suffixes and _SUFFIX.fullmatch(names[-1]):
        suffixes = [names.pop()]
    given_names = " ".join(names) if family.isupper() else dotted_initials(" ".join(names))
    return personal_author(family, given_names, suffix=" ".join(suffixes))


def sorted_authors(names: Iterable[str]) -> tuple[Author, ...]:
    """Return authors written one a line, or several in one with ``;`` between them."""
    return tuple(parse_sorted_name(x) for name in names for x in name.split(";") if x.strip(" ,"))


def join_title(*parts: str) -> str:
    """Return title and subtitle as one, a colon between them unless one stands there."""
    filled = [x.strip() for x in parts if x.strip()]
    joined = filled[0] if filled else ""
    for part in filled[1:]:
        joined = (
            f"{joined} {part}"
            if joined.endswith((":", "?", "!", "-", "–", "—", "="))
            else f"{joined}: {part}"
        )
    return joined
