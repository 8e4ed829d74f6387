"""What may reach a table: foreign records are checked and cleaned here, once.

Text loses control characters and halves of characters, which databases and
pages choke on; nothing else about it changes. Times must be aware, numbers
finite, and lengths bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from recommender.domain import (
    NO_DETAILS,
    Author,
    Details,
    Event,
    EventKind,
    Listing,
    Paper,
    Slate,
    StatusStatement,
)
from recommender.domain.citation_keys import is_citation_key
from recommender.domain.identifiers import normalise_identifier, sort_identifiers
from recommender.domain.status import CLEARED, RECORD_TYPES, STATUSES, unite
from recommender.domain.title_status import statements_of
from recommender.errors import InvalidValue
from recommender.store.catalogue.versions import ISSUE, split_publication, year_of

MAX_ABOUT_CHARACTERS = 2_000
MAX_KEYWORDS = 200
MAX_FILES = 50
_SHORT, _PROSE, _MAX_NAMES, _MAX_SOURCE = 500, 100_000, 100, 200
_MAX_COUNT = 2**31 - 1
_SAID = frozenset((*STATUSES, *RECORD_TYPES)).difference((CLEARED,))

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BREAK = re.compile(r"[\r\n\t\x0b\x0c\x85\u2028\u2029]+")
_WEB = re.compile(r"(?:https?|ftp)://\S+", re.IGNORECASE)


def clean_text(text: object) -> object:
    """Return the text without control characters, at most with line breaks and tabs."""
    return _CONTROL.sub("", text).strip() if isinstance(text, str) else text


def clean_line(text: object) -> object:
    """Return the text as one line without control characters."""
    if isinstance(text, str) and text.isprintable():
        return text.strip()
    return clean_text(_BREAK.sub(" ", text)) if isinstance(text, str) else text


def _web_address(text: str) -> str:
    return text if _WEB.fullmatch(text) else ""


_Short = Annotated[str, BeforeValidator(clean_line), Field(max_length=500)]
_Name = Annotated[str, BeforeValidator(clean_line), Field(min_length=1, max_length=_MAX_SOURCE)]
_Prose = Annotated[str, BeforeValidator(clean_text), Field(max_length=100_000)]
_Url = Annotated[_Short, Field(max_length=2_000), AfterValidator(_web_address)]
_Count = Annotated[int, Field(ge=0, le=_MAX_COUNT)]
_Number = Annotated[float, Field(allow_inf_nan=False)]


class _Input(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True, extra="ignore")


class _AuthorInput(_Input):
    family: _Short
    given: _Short
    literal: _Short


class _ListingInput(_Input):
    source: _Name
    listed_at: AwareDatetime | None
    byline: _Short
    origin: Annotated[str, BeforeValidator(clean_line), Field(max_length=2_000)]
    upvotes: _Count | None


class _StatementInput(_Input):
    says: _Name
    source: _Name
    link: Annotated[str, BeforeValidator(clean_line), Field(max_length=2_000)]
    at: AwareDatetime | None
    subject: Annotated[str, BeforeValidator(clean_line), Field(max_length=2_000)]


class _PaperInput(_Input):
    title: Annotated[str, BeforeValidator(clean_line), Field(min_length=1, max_length=3_000)]
    abstract: _Prose
    authors: Annotated[tuple[_AuthorInput, ...], Field(max_length=20_000)]
    year: Annotated[int, Field(ge=1, le=9_999)] | None
    published_at: AwareDatetime | None
    venue: Annotated[str, BeforeValidator(clean_line), Field(max_length=2_000)]
    url: _Url
    kind: _Short
    identifiers: Annotated[tuple[_Short, ...], Field(max_length=100)]
    listings: Annotated[tuple[_ListingInput, ...], Field(max_length=10_000)]
    abstract_is_summary: bool
    statements: Annotated[tuple[_StatementInput, ...], Field(max_length=1_000)]
    version: Annotated[int, Field(ge=1, le=9_999)] | None
    related: Annotated[tuple[_Short, ...], Field(max_length=100)]
    citations: _Count | None


class _EventInput(_Input):
    client_key: _Name
    kind: EventKind
    created_at: AwareDatetime
    slate_id: _Name | None


class _ItemInput(_Input):
    rank: Annotated[int, Field(ge=1, le=2**31 - 1)]
    score: _Number
    parts: Mapping[str, float]
    propensity: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    drawn_from: Annotated[Mapping[str, _Number], Field(max_length=1_000)]
    team: Annotated[str, Field(max_length=20)]


class _SlateInput(_Input):
    slate_id: _Name
    surface: _Name
    model: _Short
    created_at: AwareDatetime
    items: tuple[_ItemInput, ...]


class _FetchInput(_Input):
    key: Annotated[str, Field(min_length=1, max_length=100_000)]
    source: _Name
    state: Annotated[str, Field(max_length=1_000_000)]
    last_run_at: AwareDatetime | None
    last_ok_at: AwareDatetime | None
    new: _Count
    merged: _Count
    refused: _Count


class _NameInput(_Input):
    name: _Name


class _NoteInput(_Input):
    note: Annotated[str, BeforeValidator(clean_text), Field(max_length=10_000)]


_Model = TypeVar("_Model", bound=_Input)


def _validated(model: type[_Model], value: object, what: str) -> _Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidValue(f"{what}: {place}: {first['msg']}.") from None


def checked_paper(record: Paper) -> Paper:
    """Return a record as it may be stored, its identifiers in canonical form.

    Identifiers of unknown schemes and addresses that are not web addresses are
    left out; a `paper_id` that is an identifier counts as one. What its title and
    abstract say about its status is added to its statements.

    Raises
    ------
    InvalidValue
        No title, a time without a zone, or a value beyond its bounds; says which.
    """
    return split_publication(_checked_record(record))


def _checked_record(record: Paper) -> Paper:
    if _is_plain(record):
        year, identifiers = year_of(record), _canonical((record.paper_id, *record.identifiers))
        said = statements_of(record.title, record.abstract)
        given = (record.paper_id, record.year, record.identifiers, record.added_at, said)
        if given == ("", year, identifiers, None, ()):
            return record
        return replace(
            record,
            paper_id="",
            year=year,
            identifiers=identifiers,
            added_at=None,
            statements=said,
        )
    good = _validated(_PaperInput, record, f"Paper {str(clean_line(record.title))[:80]!r}")
    fields = {name: getattr(good, name) for name in _PaperInput.model_fields}
    authors = tuple(Author(a.family, a.given, a.literal) for a in good.authors)
    fields["year"] = good.year or (good.published_at.year if good.published_at else None)
    fields["authors"] = tuple(a for a in authors if a.name)
    fields["listings"] = tuple(Listing(**dict(x)) for x in good.listings)
    fields["identifiers"] = _canonical((record.paper_id, *good.identifiers))
    said = statements_of(good.title, good.abstract)
    fields["statements"] = unite(_statements(good.statements), said)
    fields["citation_key"] = record.citation_key if is_citation_key(record.citation_key) else ""
    fields["details"] = _checked_details(record.details)
    fields["related"] = _canonical(good.related)
    fields["versions"] = tuple(
        replace(checked_paper(x), statements=(), citation_key="", citations=None)
        for x in _plain_versions(record)
    )
    return Paper(**fields)


def _statements(given: Iterable[_StatementInput]) -> Iterator[StatusStatement]:
    """Yield the statements with known words; those about a work that has no id are left out."""
    for one in given:
        subject = normalise_identifier(one.subject)
        if one.says in _SAID and bool(subject) == bool(one.subject):
            link = normalise_identifier(one.link) or _web_address(one.link)
            yield StatusStatement(one.says, one.source, link, one.at, subject)


def _checked_details(details: Details) -> Details:
    """Return the details as plain lines, each cut where it is too long."""
    if details == NO_DETAILS:
        return NO_DETAILS
    lines = {x: str(clean_line(getattr(details, x)))[:_SHORT] for x in ISSUE}
    return Details(
        **lines,
        keywords=_lines(details.keywords, MAX_KEYWORDS),
        note=str(clean_text(details.note))[:MAX_ABOUT_CHARACTERS],
        files=_lines(details.files, MAX_FILES),
    )


def _lines(values: Iterable[str], most: int) -> tuple[str, ...]:
    cleaned = (str(clean_line(x))[:_SHORT] for x in values)
    return tuple(dict.fromkeys(x for x in cleaned if x))[:most]


def _are_plain(details: Details) -> bool:
    """Say whether nothing of the details has to be cleaned or cut."""
    if details is NO_DETAILS:
        return True
    lines = [*details.of_issue, *details.keywords, details.note, *details.files]
    return (
        _are_lines(lines)
        and all(details.keywords)
        and all(details.files)
        and len(details.keywords) <= MAX_KEYWORDS
        and len(details.files) <= MAX_FILES
        and len(set(details.keywords)) == len(details.keywords)
    )


def _are_lines(texts: list[str]) -> bool:
    """Say whether all are text that is short, printable and without space around it."""
    return (
        set(map(type, texts)) == {str}
        and max(map(len, texts)) <= _SHORT
        and list(map(str.strip, texts)) == texts
        and "".join(texts).isprintable()
    )


def _plain_versions(record: Paper) -> Iterable[Paper]:
    """Return the versions that a record brings, without those inside of them."""
    if len(record.versions) > _MAX_NAMES:
        raise InvalidValue(f"Paper {record.title[:80]!r}: more than {_MAX_NAMES} versions.")
    plain = {"listings": (), "versions": (), "related": (), "added_at": None}
    return (replace(x, **plain) for x in record.versions)  # type: ignore[arg-type]


def _canonical(identifiers: Iterable[str]) -> tuple[str, ...]:
    named = (normalise_identifier(x) for x in identifiers if x)
    return sort_identifiers(x for x in named if not x.startswith("title:"))


def _is_plain(record: Paper) -> bool:
    """Say whether nothing of a record has to be cleaned or refused, as of nearly all.

    A look costs a fifth of the models above, by which plain records come out the same.
    """
    authors, names = record.authors, record.identifiers
    if record.statements or record.related or record.versions:
        return False
    if not all(isinstance(x, tuple) for x in (authors, names, record.listings)):
        return False
    lines = [record.title, record.venue, record.url, record.kind, *names]
    for author in authors:
        lines += (author.family, author.given, author.literal)
    for listing in record.listings:
        lines += (listing.source, listing.byline, listing.origin)
    at, year, text = record.published_at, record.year, record.abstract
    return (
        _are_lines(lines)
        and bool(record.title)
        and all(x.name for x in authors)
        and (not record.url or _web_address(record.url) == record.url)
        and isinstance(text, str)
        and len(text) <= _PROSE
        and (text.isprintable() or not _CONTROL.search(text))
        and text == text.strip()
        and isinstance(record.abstract_is_summary, bool)
        and _is_time(at)
        and (year is None or (type(year) is int and 1 <= year <= 9_999))
        and (record.version is None or (type(record.version) is int and 1 <= record.version <= 99))
        and (record.citations is None or _is_count(record.citations))
        and all(map(_is_plain_listing, record.listings))
        and len(authors) + len(names) + len(record.listings) <= _MAX_NAMES
        and (not record.citation_key or is_citation_key(record.citation_key))
        and _are_plain(record.details)
    )


def _is_plain_listing(listing: Listing) -> bool:
    """Say whether a listing can be kept as it is, apart from its texts."""
    return (
        type(listing) is Listing
        and bool(listing.source)
        and len(listing.source) <= _MAX_SOURCE
        and _is_time(listing.listed_at)
        and (listing.upvotes is None or _is_count(listing.upvotes))
    )


def _is_time(value: object) -> bool:
    return value is None or (isinstance(value, datetime) and value.tzinfo is not None)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MAX_COUNT


def check_event(event: Event) -> None:
    """Raise InvalidValue unless key, kind, time and slate of the event may be stored."""
    good = _validated(_EventInput, event, "Event")
    if good.client_key != event.client_key:
        raise InvalidValue("Event: client_key: must be one line without spaces around it.")
    if event.undoes is not None and event.kind is not EventKind.undo:
        raise InvalidValue(f"Event: undoes: only an undo names another event, not a {event.kind}.")


def check_slate(slate: Slate) -> None:
    """Raise InvalidValue unless the slate may be stored."""
    _validated(_SlateInput, slate, f"Slate {slate.slate_id[:80]!r}")
    if len({item.rank for item in slate.items}) != len(slate.items):
        raise InvalidValue(f"Slate {slate.slate_id[:80]!r}: items: two share a rank.")


def check_fetch(fetch: object) -> None:
    """Raise InvalidValue unless what is kept of a query (`fetches.Fetch`) may be stored."""
    _validated(_FetchInput, fetch, "Fetch")


def checked_name(name: str, what: str) -> str:
    """Return a name of a reader, interest or list on one line; raises InvalidValue on none."""
    return _validated(_NameInput, {"name": name}, what).name


def checked_sentence(about: str) -> str:
    """Return what an interest is about on one line, may be empty; InvalidValue beyond its bound."""
    line = str(clean_line(about))
    if len(line) > MAX_ABOUT_CHARACTERS:
        raise InvalidValue(
            f"What an interest is about takes at most {MAX_ABOUT_CHARACTERS:,} characters, "
            f"not {len(line):,}."
        )
    return line


def checked_note(note: str) -> str:
    """Return a reader's own words without control characters; raises InvalidValue on too many."""
    return _validated(_NoteInput, {"note": note}, "Note").note
