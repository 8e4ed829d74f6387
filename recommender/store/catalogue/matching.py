"""Which record is which paper, and what a merged paper looks like. Pure.

A shared identifier decides, unless title and authors both speak against it: such
an identifier is wrong. Otherwise the same title does, with a compatible first
author and year, or the same abstract, and no identifier that contradicts. A
title of one or two words names many works ("Introduction"), so there author and
year must be known and agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC

from recommender.domain import NO_DETAILS, Details, Listing, Paper
from recommender.domain.citation_keys import made_key
from recommender.domain.identifiers import (
    SCHEMES,
    canonical_id,
    normalise_title,
    sort_identifiers,
    title_key,
)
from recommender.domain.status import unite

ISSUE = (
    *("month", "volume", "number", "pages", "publisher", "place", "series", "edition", "genre"),
    *("issn", "isbn"),
)
"""The details that belong to one publication of a work."""

SHORT_TITLE_WORDS = 2
MIN_TITLE_OVERLAP = 0.5
MIN_ABSTRACT_LENGTH = 100
"""Characters from which an abstract tells a work by itself; fewer may be a stock phrase."""


def year_of(paper: Paper) -> int | None:
    """Return the year a paper appeared, or None."""
    if paper.year is None and paper.published_at is not None:
        return paper.published_at.year
    return paper.year


def first_author(paper: Paper) -> tuple[str, ...]:
    """Return the first author's words, family name last, in plain lower case; may be empty."""
    if not paper.authors:
        return ()
    author = paper.authors[0]
    name = f"{author.given} {author.family}" if author.family else author.name
    return tuple(normalise_title(name).split())


def same_work(one: Paper, other: Paper) -> bool:
    """Return whether two papers of one title are one work, as far as can be known."""
    if _contradict(one, other):
        return False
    if _same_abstract(one, other):
        return True
    names, years = (first_author(one), first_author(other)), (year_of(one), year_of(other))
    if len(normalise_title(one.title).split()) <= SHORT_TITLE_WORDS:
        alike = _key(one) == _key(other)
        return alike or (all(names) and None not in years and _agree(names, years))
    return _agree(names, years) or (_exchanged(one, other) and _agree(((), ()), years))


def best_match(record: Paper, papers: Sequence[Paper]) -> int | None:
    """Return the position of the one paper that a record of the same title belongs to, or None.

    Where several are possible, one with its abstract is taken, or with exactly its
    author and year; of versions by one author the nearest in time. Else none is.
    """
    possible = [i for i, paper in enumerate(papers) if same_work(record, paper)]
    if len(possible) == 1:
        return possible[0]
    texts = [i for i in possible if _same_abstract(papers[i], record)]
    keys = [i for i in possible if _key(papers[i]) == _key(record)]
    # Of equally near ones always the same, whatever came before in the batch.
    versions = sorted(
        possible, key=lambda i: (_years_between(papers[i], record), papers[i].paper_id)
    )
    if not all(
        _agree((first_author(x), first_author(record)), (None, None)) and x.authors
        for x in (record, *(papers[i] for i in possible))
    ):
        versions = []
    return next(iter((*texts, *keys, *versions)), None)


def merge_papers(paper: Paper, record: Paper) -> Paper:
    """Return the paper with what the record adds; equal to `paper` when it adds nothing.

    Missing fields are filled, identifiers, listings and statements united, and a
    summary of ours gives way to a real abstract. What is known stays.
    """
    better_abstract = bool(record.abstract) and (
        not paper.abstract or (paper.abstract_is_summary and not record.abstract_is_summary)
    )
    identifiers = sort_identifiers((*paper.identifiers, *record.identifiers))
    merged = replace(
        paper,
        paper_id=_best_id(paper, identifiers),
        abstract=record.abstract if better_abstract else paper.abstract,
        abstract_is_summary=(record if better_abstract else paper).abstract_is_summary,
        authors=paper.authors or record.authors,
        year=paper.year if paper.year is not None else record.year,
        published_at=paper.published_at or record.published_at,
        venue=paper.venue or record.venue,
        url=paper.url or record.url,
        kind=paper.kind or record.kind,
        identifiers=identifiers,
        listings=merge_listings(paper.listings, record.listings),
        statements=unite(paper.statements, (x for x in record.statements if not x.subject)),
        citation_key=paper.citation_key or record.citation_key,
        details=_merge_details(paper, record),
    )
    return _with_first_key(paper, merged)


def _with_first_key(before: Paper, after: Paper) -> Paper:
    """Return the paper with the citation key that exports have written until now."""
    names = (before.paper_id, before.authors, before.year, before.published_at)
    same = names == (after.paper_id, after.authors, after.year, after.published_at)
    if same or after.citation_key or made_key(before) == made_key(after):
        return after
    return replace(after, citation_key=made_key(before))


def _merge_details(paper: Paper, record: Paper) -> Details:
    """Return the details of the paper, those of the record where it has none.

    Volume, pages and the like belong to one publication: they are taken all together, and only
    of a record that may be of the same one.
    """
    own, new = paper.details, record.details
    if new in (NO_DETAILS, own):
        return own
    take = not any(own.of_issue) and _same_publication(paper, record)
    merged = replace(new, **{x: getattr(own, x) for x in ISSUE}) if not take else new
    return replace(
        merged,
        keywords=own.keywords or new.keywords,
        note=own.note or new.note,
        files=own.files or new.files,
    )


def _same_publication(one: Paper, other: Paper) -> bool:
    """Return whether year and kind agree as far as both are known, or the venue does."""
    if one.venue and normalise_title(one.venue) == normalise_title(other.venue):
        return True
    years = {x for x in (year_of(one), year_of(other)) if x is not None}
    kinds = {x for x in (one.kind, other.kind) if x}
    return len(years) < 2 and len(kinds) < 2


def merge_listings(known: Iterable[Listing], new: Iterable[Listing]) -> tuple[Listing, ...]:
    """Return listings once for each source and day, oldest first, gaps filled from the later."""
    by_day: dict[tuple[str, str], Listing] = {}
    for listing in (*known, *new):
        first = by_day.setdefault(day_and_source(listing), listing)
        by_day[day_and_source(listing)] = replace(
            first,
            byline=first.byline or listing.byline,
            origin=first.origin or listing.origin,
            upvotes=first.upvotes if first.upvotes is not None else listing.upvotes,
        )
    return tuple(by_day[key] for key in sorted(by_day))


def day_and_source(listing: Listing) -> tuple[str, str]:
    """Return what makes two listings one, and their order; without a day comes first."""
    day = listing.listed_at.astimezone(UTC).isoformat() if listing.listed_at else ""
    return day, listing.source


def title_alias(title: str) -> str:
    """Return the id that a title alone gives."""
    return f"title:{title_key(title)}"


def fingerprint(paper: Paper) -> str:
    """Return the id that title, first author and year give together.

    It names a paper whose title's id belongs to another work, and lets a record
    without identifiers find the paper that it became part of.
    """
    family, year = _key(paper)
    text = "|".join([normalise_title(paper.title) or paper.title, family, str(year or "")])
    return f"title:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def record_alias(record: Paper) -> str:
    """Return an id for exactly this record: its identifiers with title, author and year."""
    text = "|".join(["record", *record.identifiers, fingerprint(record)])
    return f"title:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def identifying_aliases(record: Paper) -> tuple[str, ...]:
    """Return the ids that name the record's paper by themselves; never empty."""
    return record.identifiers or (fingerprint(record),)


def may_be_same(one: Paper, other: Paper) -> bool:
    """Return whether two papers may be one although no title says so.

    A shared identifier makes them one, unless both their first authors and most
    of their titles differ, or all of the titles where they share another author:
    then an identifier is wrong. One group's works are mixed up most easily.
    """
    if _agree((first_author(one), first_author(other)), (None, None)):
        return True
    alike = title_overlap(one, other)
    return alike >= MIN_TITLE_OVERLAP or (alike > 0 and _share_author(one, other))


def title_overlap(one: Paper, other: Paper) -> float:
    """Return which part of the shorter title's words stands in both titles, 0 to 1."""
    mine, theirs = (set(normalise_title(x.title).split()) for x in (one, other))
    return len(mine & theirs) / max(min(len(mine), len(theirs)), 1)


def scheme_rank(paper_id: str) -> int:
    """Return the place of an id's scheme among `SCHEMES`; titles and others come last."""
    scheme = paper_id.partition(":")[0]
    return SCHEMES.index(scheme) if scheme in SCHEMES else len(SCHEMES)


def _best_id(paper: Paper, identifiers: Sequence[str]) -> str:
    best = canonical_id(identifiers, paper.title)
    return best if scheme_rank(best) < scheme_rank(paper.paper_id) else paper.paper_id


def _key(paper: Paper) -> tuple[str, int | None]:
    return (first_author(paper) or ("",))[-1], year_of(paper)


def _agree(
    names: tuple[tuple[str, ...], tuple[str, ...]], years: tuple[int | None, int | None]
) -> bool:
    one, other = names
    same_name = not one or not other or one[-1] in other or other[-1] in one
    first, second = years
    return same_name and (first is None or second is None or abs(first - second) <= 1)


def _contradict(one: Paper, other: Paper) -> bool:
    mine, theirs = _by_scheme(one), _by_scheme(other)
    return any(mine[x].isdisjoint(theirs[x]) for x in mine.keys() & theirs.keys())


def _years_between(one: Paper, other: Paper) -> int:
    first, second = year_of(one), year_of(other)
    return abs(first - second) if first and second else 1


def _same_abstract(one: Paper, other: Paper) -> bool:
    """Return whether both have an abstract, and the same one but for its marks."""
    if min(len(one.abstract), len(other.abstract)) < MIN_ABSTRACT_LENGTH:
        return False
    return normalise_title(one.abstract) == normalise_title(other.abstract)


def _families(paper: Paper) -> list[str]:
    names = (normalise_title(x.family or x.name).split() for x in paper.authors)
    return [x[-1] for x in names if x]


def _share_author(one: Paper, other: Paper) -> bool:
    return not set(_families(one)).isdisjoint(_families(other))


def _exchanged(one: Paper, other: Paper) -> bool:
    """Return whether the first author of each is one of the other's: their order differs."""
    mine, theirs = _families(one), _families(other)
    return bool(mine and theirs) and mine[0] in theirs and theirs[0] in mine


def _by_scheme(paper: Paper) -> dict[str, set[str]]:
    schemes: dict[str, set[str]] = {}
    for identifier in paper.identifiers:
        scheme, _, bare = identifier.partition(":")
        schemes.setdefault(scheme, set()).add(bare)
    return schemes
