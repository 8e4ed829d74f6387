"""Versions of one work: which version a record is, and which one is shown. Pure.

A work is what a reader judges; its versions are a preprint, its ``v2``, the article
in a journal. Of the fields of a paper, all that a citation holds are those of one
version, the one that is shown:

1. what a publisher published, before theses, reports and the like, before preprints,
2. the higher version number,
3. the later year and day.

Only what describes the work, not the publication, is taken from the next one where this
version lacks it: abstract, authors, keywords, and the owner's note and files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter

from recommender.domain import NO_DETAILS, Details, Paper
from recommender.domain.identifiers import normalise_title, sort_identifiers, split_version

ISSUE = (
    *("month", "volume", "number", "pages", "publisher", "place", "series", "edition", "genre"),
    *("issn", "isbn"),
)
"""The details that belong to one publication of a work."""

PUBLISHED, OTHER, PREPRINT, UNKNOWN = "published", "other", "preprint", ""
"""How far a version is: `OTHER` are theses, reports and data sets."""

_RANK = {UNKNOWN: 0, PREPRINT: 1, OTHER: 2, PUBLISHED: 3}
_OTHER_KINDS = frozenset(
    {"thesis", "report", "dataset", "software", "speech", "manuscript", "webpage", "post-weblog"}
)
_SERVER = re.compile(
    r"\b(?:\w{0,12}arxiv|\w{0,8}rxiv|corr|ssrn|research square|preprints?|e prints?|osf|zenodo"
    r"|figshare|authorea|hal|cogprints|vixra|repec)\b"
)
_SERVER_DOI = re.compile(
    r"doi:10\.(?:1101/(?:\d{6}$|\d{6}v|\d{4}\.\d\d\.\d\d\.\d{6,8})|64898/|21203/rs|2139/ssrn"
    r"|26434/|20944/preprints|3123[45]/|31219/|31223/|31224/|35542/|36227/techrxiv|22541/|7287/"
    r"|5281/zenodo|6084/m9\.figshare|1590/scielopreprints|2196/preprints|33774/|32388/|14293/)",
    re.ASCII,
)
MAX_YEARS_IN_PRESS = 12
"""Years from a preprint to the article at most, where a line may hold several numbers."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)", re.ASCII)
_TELLING = attrgetter("identifiers", "venue", "kind", "version", "url", "related")
_ARXIV_VERSION = re.compile(r"arxiv\.org/(?:abs|pdf|html)/\S{6,30}?v([1-9]\d{0,2})(?:\.pdf)?$")
_OF_ONE_VERSION = ("doi", "arxiv", "acl", "pmid")
_OF_PREPRINTS, _OF_PUBLICATIONS, _OF_WORKS = range(3)


def year_of(paper: Paper) -> int | None:
    """Return the year a paper appeared, or None."""
    if paper.year is None and paper.published_at is not None:
        return paper.published_at.year
    return paper.year


def stage_of(paper: Paper) -> str:
    """Return how far a version is: `PUBLISHED`, `OTHER`, `PREPRINT` or `UNKNOWN`."""
    venue = paper.venue.strip()
    if paper.kind == "article" or (venue and _is_server(venue)):
        return PREPRINT
    if paper.kind in _OTHER_KINDS:
        return OTHER
    classes = {_class_of(x) for x in paper.identifiers}
    if (venue and normalise_title(venue)) or _OF_PUBLICATIONS in classes:
        return PUBLISHED
    if _OF_PREPRINTS in classes:
        return PREPRINT
    return PUBLISHED if paper.kind else UNKNOWN


@lru_cache(maxsize=2_000)
def _is_server(venue: str) -> bool:
    """Say whether a venue is a server of preprints; papers of one list share their venues."""
    return _SERVER.search(normalise_title(venue)) is not None


def _class_of(identifier: str) -> int:
    scheme = identifier.partition(":")[0]
    if scheme == "arxiv" or (scheme == "doi" and _SERVER_DOI.match(identifier)):
        return _OF_PREPRINTS
    return _OF_PUBLICATIONS if scheme in _OF_ONE_VERSION else _OF_WORKS


def own_identifiers(paper: Paper) -> tuple[str, ...]:
    """Return the identifiers of a record without those that name another version.

    An article's record may name its preprint on arXiv, and arXiv's record the article.
    """
    stage = stage_of(paper)
    other = {PUBLISHED: _OF_PREPRINTS, PREPRINT: _OF_PUBLICATIONS}.get(stage)
    given = tuple(x for x in paper.identifiers if x not in paper.related)
    classes = [_class_of(x) for x in given]
    wanted = {PUBLISHED: _OF_PUBLICATIONS, PREPRINT: _OF_PREPRINTS}.get(stage)
    if wanted not in classes:
        return given
    return tuple(x for x, kind in zip(given, classes, strict=True) if kind != other)


def version_number(paper: Paper) -> int | None:
    """Return the number of a version, from its DOI or address where no field says it."""
    if paper.version is not None:
        return paper.version
    numbers = (split_version(x)[1] for x in paper.identifiers)
    found = _ARXIV_VERSION.search(paper.url)
    return next((x for x in numbers if x), int(found.group(1)) if found else None)


def split_publication(record: Paper) -> Paper:
    """Return arXiv's record of a published paper as a preprint and what became of it.

    arXiv gives the journal, its DOI and often the year in one line beside the preprint's own
    date. Where that line names no year, the record stays as it is.
    """
    if record.kind != "article" or not record.venue or not record.identifier("arxiv"):
        return record
    if record.versions or _is_server(record.venue):
        return record
    first = year_of(record)
    years = [int(x) for x in _YEAR.findall(record.venue)]
    fitting = [x for x in years if first is None or first - 2 <= x <= first + MAX_YEARS_IN_PRESS]
    if not fitting:
        return record
    preprint = replace(record, venue="")
    preprint = replace(_as_version(preprint), details=NO_DETAILS)
    others = tuple(x for x in record.identifiers if _class_of(x) == _OF_PUBLICATIONS)
    published = replace(
        _as_version(record),
        year=fitting[-1],
        published_at=None,
        kind="",
        url="",
        version=None,
        identifiers=others,
    )
    return show_version(record, merge_versions((), (preprint, published)))


def versions_of(paper: Paper) -> tuple[Paper, ...]:
    """Return a paper's versions, the shown one first; of a record the one that it is."""
    return paper.versions or (_as_version(paper),)


def _as_version(paper: Paper) -> Paper:
    return replace(
        paper,
        paper_id="",
        identifiers=own_identifiers(paper),
        listings=(),
        added_at=None,
        statements=(),
        citation_key="",
        version=version_number(paper),
        related=(),
        versions=(),
        citations=None,
    )


def same_version(one: Paper, other: Paper) -> bool:
    """Return whether two records of one work are the same version of it."""
    if one.identifiers and _TELLING(one) == _TELLING(other):
        return True
    mine, theirs = _by_scheme(one), _by_scheme(other)
    both = [(mine[x], theirs[x]) for x in mine.keys() & theirs.keys()]
    if any(not x.isdisjoint(y) for x, y in both):
        return _same_number(one, other)
    if both or _same_number(one, other) is False:
        return False
    stages, years = {stage_of(one), stage_of(other)}, {year_of(one), year_of(other)}
    if len(stages - {UNKNOWN}) > 1:
        return False
    # As one version they would lose an identifier that one of them has: it came from another.
    together = set(own_identifiers(fill_gaps(one, other)))
    if not together.issuperset((*own_identifiers(one), *own_identifiers(other))):
        return False
    return len(years - {None}) < 2 or _same_venue(one, other)


def _same_number(one: Paper, other: Paper) -> bool:
    first, second = version_number(one), version_number(other)
    if first is not None and second is not None:
        return first == second
    if max(first or 1, second or 1) == 1:
        return True
    # Only one says its number, and it is no first version: the texts tell.
    return all(
        not x or not y or normalise_title(x) == normalise_title(y)
        for x, y in ((one.title, other.title), (one.abstract, other.abstract))
    )


def _same_venue(one: Paper, other: Paper) -> bool:
    first, second = (normalise_title(x.venue) for x in (one, other))
    return bool(first) and first == second


def _by_scheme(paper: Paper) -> dict[str, set[str]]:
    schemes: dict[str, set[str]] = {}
    for identifier in own_identifiers(paper):
        scheme, _, bare = identifier.partition(":")
        if scheme in _OF_ONE_VERSION:
            schemes.setdefault(scheme, set()).add(bare)
    return schemes


def find_version(record: Paper, versions: Sequence[Paper]) -> int | None:
    """Return the position of the version that a record is, or None.

    Of several the one with an identifier of the record, then one to which it adds nothing:
    a record that was filled in once finds its version again.
    """
    possible = [i for i, x in enumerate(versions) if same_version(x, record)]
    if len(possible) < 2:
        return possible[0] if possible else None
    names = set(own_identifiers(record))
    return min(
        possible,
        key=lambda i: (
            names.isdisjoint(versions[i].identifiers),
            fill_gaps(versions[i], record) != versions[i],
        ),
    )


def fill_gaps(paper: Paper, record: Paper) -> Paper:
    """Return a version with the fields that it lacks from another record of it.

    What is known stays; only a summary of ours gives way to a real abstract.
    """
    better_abstract = bool(record.abstract) and (
        not paper.abstract or (paper.abstract_is_summary and not record.abstract_is_summary)
    )
    return replace(
        paper,
        abstract=record.abstract if better_abstract else paper.abstract,
        abstract_is_summary=(record if better_abstract else paper).abstract_is_summary,
        authors=paper.authors or record.authors,
        year=paper.year if paper.year is not None else record.year,
        published_at=paper.published_at or record.published_at,
        venue=paper.venue or record.venue,
        url=paper.url or record.url,
        kind=paper.kind or record.kind,
        details=_merge_details(paper, record),
        identifiers=sort_identifiers((*paper.identifiers, *record.identifiers)),
        version=paper.version if paper.version is not None else record.version,
    )


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
    if _same_venue(one, other):
        return True
    years = {x for x in (year_of(one), year_of(other)) if x is not None}
    kinds = {x for x in (one.kind, other.kind) if x}
    return len(years) < 2 and len(kinds) < 2


def merge_versions(versions: Iterable[Paper], others: Iterable[Paper]) -> tuple[Paper, ...]:
    """Return the versions with those of another record, each once, the shown one first."""
    merged = list(versions)
    for other in others:
        place = find_version(other, merged)
        if place is None:
            merged.append(other)
        else:
            merged[place] = fill_gaps(merged[place], other)
    return tuple(sorted(merged, key=_newness, reverse=True))


def show_version(paper: Paper, versions: Sequence[Paper]) -> Paper:
    """Return the paper with the fields of the first of its versions, and with all of them."""
    shown = versions[0]
    abstracts = [x for x in versions if x.abstract and not x.abstract_is_summary]
    described = next(iter(abstracts), None) or next((x for x in versions if x.abstract), shown)
    details = replace(
        shown.details,
        keywords=next((x.details.keywords for x in versions if x.details.keywords), ()),
        note=next((x.details.note for x in versions if x.details.note), ""),
        files=next((x.details.files for x in versions if x.details.files), ()),
    )
    return replace(
        shown,
        paper_id=paper.paper_id,
        abstract=described.abstract,
        abstract_is_summary=described.abstract_is_summary,
        authors=next((x.authors for x in versions if x.authors), ()),
        identifiers=paper.identifiers,
        listings=paper.listings,
        added_at=paper.added_at,
        statements=paper.statements,
        citation_key=paper.citation_key,
        details=details,
        versions=tuple(versions) if len(versions) > 1 else (),
        citations=paper.citations,
    )


def _newness(version: Paper) -> tuple[object, ...]:
    """Return what orders versions; the greatest is shown. The same in whatever order they came."""
    return (
        _RANK[stage_of(version)],
        version_number(version) or 0,
        year_of(version) or 0,
        version.published_at.isoformat() if version.published_at else "",
        bool(version.venue),
        version.identifiers,
        version.title,
    )
