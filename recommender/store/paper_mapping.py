"""Papers between their tables and their records, and ids between old and new."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    bindparam,
    literal,
    select,
    union_all,
)

from recommender.domain import NO_DETAILS, Author, Details, Listing, Paper, StatusStatement
from recommender.domain.identifiers import (
    main_title_key,
    normalise_identifier,
    sort_identifiers,
    title_key,
)
from recommender.domain.status import unite
from recommender.domain.title_status import TITLED
from recommender.errors import UnknownPaper
from recommender.store.catalogue.matching import day_and_source
from recommender.store.catalogue.provenance import versions_from_json, versions_to_json
from recommender.store.models import ALIAS, LISTING, PAPER, PAPER_STATUS
from recommender.store.validation import clean_line

CHUNK = 1_000
"""Values in one ``IN``; both databases allow many more."""

DETAILS = tuple(x.name for x in fields(Details))

# Statements of every request are built once: building takes longer than the database does.
_ANY_OF: BindParameter[Any] = bindparam("any_of", expanding=True)
_BY_ID = select(PAPER).where(PAPER.c.paper_id.in_(_ANY_OF)).order_by(PAPER.c.paper_id)
_NAMES = select(ALIAS.c.paper, ALIAS.c.alias).where(ALIAS.c.paper.in_(_ANY_OF))
_LISTINGS = select(LISTING).where(LISTING.c.paper.in_(_ANY_OF))
_STATEMENTS = union_all(
    select(ALIAS.c.paper, PAPER_STATUS)
    .join(PAPER_STATUS, PAPER_STATUS.c.subject == ALIAS.c.alias)
    .where(ALIAS.c.paper.in_(_ANY_OF)),
    select(PAPER.c.id.label("paper"), PAPER_STATUS)
    .join(PAPER_STATUS, PAPER_STATUS.c.subject == literal(TITLED) + PAPER.c.title_key)
    .where(PAPER.c.id.in_(_ANY_OF)),
)
_BY_ALIAS = (
    select(ALIAS.c.alias, PAPER.c.paper_id)
    .join(PAPER, PAPER.c.id == ALIAS.c.paper)
    .where(ALIAS.c.alias.in_(_ANY_OF))
)

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def chunks(values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Cut distinct values into pieces that fit one statement, in their order."""
    distinct = tuple(dict.fromkeys(values))
    return (distinct[i : i + CHUNK] for i in range(0, len(distinct), CHUNK))


def paper_columns(paper: Paper, revision: int) -> dict[str, Any]:
    """Return the columns of a paper's own row."""
    names = [[a.family, a.given, a.literal] for a in paper.authors]
    key, main_key = title_key(paper.title), main_title_key(paper.title)
    return {
        "paper_id": paper.paper_id,
        "title": paper.title,
        "title_key": key,
        "main_title_key": main_key if main_key != key else None,
        "abstract": paper.abstract,
        "abstract_is_summary": paper.abstract_is_summary,
        "authors": _as_json(names),
        "year": paper.year,
        "published_at": paper.published_at,
        "venue": paper.venue,
        "url": paper.url,
        "kind": paper.kind,
        "version": paper.version,
        "versions": versions_to_json(paper.versions),
        "citations": paper.citations,
        "added_at": paper.added_at,
        "revision": revision,
        "citation_key": paper.citation_key,
        "details": _details_json(paper.details),
    }


def _details_json(details: Details) -> str:
    if details == NO_DETAILS:
        return ""
    return _as_json({x: y for x in DETAILS if (y := getattr(details, x))})


def parse_details(stored: str) -> Details:
    """Return the details as they stand in a paper's row."""
    if not stored:
        return NO_DETAILS
    known: dict[str, Any] = {x: y for x, y in json.loads(stored).items() if x in DETAILS}
    for name in ("keywords", "files"):
        known[name] = tuple(known.get(name, ()))
    return Details(**known)


def listing_columns(paper: int, listing: Listing) -> dict[str, Any]:
    """Return the columns of one listing."""
    return {
        "paper": paper,
        "source": listing.source,
        "listed_at": listing.listed_at,
        "byline": listing.byline,
        "origin": listing.origin,
        "upvotes": listing.upvotes,
    }


def status_columns(subject: str, one: StatusStatement) -> dict[str, Any]:
    """Return the columns of one statement about the work that has the id `subject`."""
    return {
        "subject": subject,
        "says": one.says,
        "source": one.source,
        "link": one.link,
        "said_at": one.at,
        "recorded_at": one.recorded_at,
    }


def load_statements(
    connection: Connection, keys: Sequence[int]
) -> dict[int, tuple[StatusStatement, ...]]:
    """Return what is said of papers by any of their ids or their title, as it was recorded."""
    found: defaultdict[int, list[StatusStatement]] = defaultdict(list)
    for row in sorted(_rows(connection, _STATEMENTS, keys), key=attrgetter("number")):
        found[row.paper].append(
            StatusStatement(
                row.says, row.source, row.link, row.said_at, recorded_at=row.recorded_at
            )
        )
    return {key: unite(several, ()) for key, several in found.items()}


def select_papers(*where: ColumnElement[bool]) -> Select[Any]:
    """Return a query for papers in the order of their ids, to be given to `load_papers`."""
    return select(PAPER).where(*where).order_by(PAPER.c.paper_id)


def load_papers(connection: Connection, query: Select[Any]) -> dict[int, Paper]:
    """Run a query of `select_papers`; returns ``{row key: paper}`` in its order."""
    return load_with_aliases(connection, query)[0]


def papers_by_id(connection: Connection, ids: Iterable[str]) -> dict[str, Paper]:
    """Return ``{id: paper}`` of ids of today; unknown ones are left out."""
    rows = list(_rows(connection, _BY_ID, _lines(ids)))
    return {x.paper_id: x for x in _with_aliases(connection, rows)[0].values()}


def load_with_aliases(
    connection: Connection, query: Select[Any]
) -> tuple[dict[int, Paper], dict[int, list[str]]]:
    """Run a query of `select_papers`; returns ``{row key: paper}``, and all ids of each."""
    return _with_aliases(connection, connection.execute(query).all())


def _with_aliases(
    connection: Connection, rows: Sequence[Row[Any]]
) -> tuple[dict[int, Paper], dict[int, list[str]]]:
    keys = [row.id for row in rows]
    names: defaultdict[int, list[str]] = defaultdict(list)
    for row in _rows(connection, _NAMES, keys):
        names[row.paper].append(row.alias)
    listings: defaultdict[int, list[Listing]] = defaultdict(list)
    for row in _rows(connection, _LISTINGS, keys):
        listings[row.paper].append(_listing(row))
    statements = load_statements(connection, keys)
    papers = {
        row.id: _paper(row, names[row.id], listings[row.id], statements.get(row.id, ()))
        for row in rows
    }
    return papers, names


def _rows(
    connection: Connection,
    query: Select[Any] | CompoundSelect[Any],
    values: Sequence[int] | Sequence[str],
) -> Iterator[Row[Any]]:
    for some in chunks(values):
        yield from connection.execute(query, {"any_of": some})


def parse_authors(stored: str) -> tuple[Author, ...]:
    """Return the authors as they stand in a paper's row."""
    return tuple(Author(*name) for name in json.loads(stored))


def _listing(row: Row[Any]) -> Listing:
    return Listing(row.source, row.listed_at, row.byline, row.origin, row.upvotes)


def _paper(
    row: Row[Any],
    names: list[str],
    listings: list[Listing],
    statements: tuple[StatusStatement, ...],
) -> Paper:
    return Paper(
        title=row.title,
        paper_id=row.paper_id,
        abstract=row.abstract,
        authors=parse_authors(row.authors),
        year=row.year,
        published_at=row.published_at,
        venue=row.venue,
        url=row.url,
        kind=row.kind,
        identifiers=sort_identifiers(x for x in names if not x.startswith("title:")),
        listings=tuple(sorted(listings, key=day_and_source)),
        abstract_is_summary=row.abstract_is_summary,
        added_at=row.added_at,
        statements=statements,
        citation_key=row.citation_key,
        citations=row.citations,
        details=parse_details(row.details),
        version=row.version,
        versions=versions_from_json(row.versions),
    )


def resolve(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return ``{asked id: canonical id}``, however an identifier is written; unknown left out."""
    asked = _lines(ids)
    resolved = by_alias(connection, asked)
    spelt = {x: normalise_identifier(x) for x in asked if x not in resolved}
    again = by_alias(connection, [x for x in spelt.values() if x])
    return {
        x: resolved.get(x) or again[spelt[x]] for x in asked if x in resolved or spelt[x] in again
    }


def _lines(ids: Iterable[str]) -> list[str]:
    """Return those of the ids that a database can look for, each once."""
    return [x for x in dict.fromkeys(ids) if clean_line(x) == x.strip()]


def require(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return what `resolve` does; raises UnknownPaper for the first id that is not known."""
    asked = list(ids)
    known = resolve(connection, asked)
    for paper_id in asked:
        if paper_id not in known:
            raise unknown_paper(paper_id)
    return known


def unknown_paper(paper_id: str) -> UnknownPaper:
    """Return the error for an id that no paper has."""
    return UnknownPaper(
        f"No paper is known as {paper_id[:100]!r}; `paperloop search WORDS` finds ids, "
        "and they look like arxiv:2401.01234."
    )


def by_alias(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return ``{asked id: canonical id}`` of ids as they are stored; unknown ones are left out."""
    return {row.alias: row.paper_id for row in _rows(connection, _BY_ALIAS, ids)}
