"""Queries to network sources, the pages they return, and the state to resume from.

Records only; the caller stores the papers of a page and then its state, so that
an interruption costs one page at most: a page read twice changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date

from recommender.domain import Paper
from recommender.errors import SourceError
from recommender.sources.file_format import Refusal
from recommender.sources.http_exchange import Validators
from recommender.sources.rate_limit import RateLimit


@dataclass(frozen=True, slots=True)
class SourceQuery:
    """What to ask a source for; each source says in `accepts` which fields it knows.

    Parameters
    ----------
    text
        Words to search for, in the source's own syntax where it has one.
    ids
        Identifiers in any form: ``doi:…``, ``arxiv:…``, bare, or as addresses.
    categories
        Subjects of the source (arXiv's categories, sets of OAI-PMH).
    authors
        Names, all of which are asked for at once as alternatives.
    url
        Address of a feed, of a list of feeds, or of a repository.
    period
        ``2026-05-20``, ``2026-W21`` or ``2026-05``; empty is the source's newest.
    since, until
        First and last day, where a source can tell days apart.
    sort
        ``newest`` or ``relevance``.
    limit
        Most records of one run; None is all there are.
    """

    source: str
    text: str = ""
    ids: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    url: str = ""
    period: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = "newest"
    limit: int | None = 100

    def key(self) -> str:
        """Return a stable text under which a store keeps the state of this query."""
        given = {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if f.name not in ("source", "limit") and getattr(self, f.name) != f.default
        }
        return json.dumps([self.source, given], sort_keys=True, default=str, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class FetchState:
    """Where a query stands; kept by the caller between pages and between runs.

    `cursor` is where an unfinished run goes on (``""``: the next run starts
    again from the first page) and `read` how many records it has had. `started` is when an
    unfinished harvest began, by the source's clock; `since` is what a finished one goes on
    from. `validators` are kept an address.
    """

    cursor: str = ""
    read: int = 0
    started: str = ""
    since: str = ""
    validators: tuple[tuple[str, Validators], ...] = ()

    @property
    def unfinished(self) -> bool:
        """True where the last run broke off and the next one resumes it."""
        return bool(self.cursor)

    def validators_of(self, url: str) -> Validators:
        """Return the validators of an address, empty ones where there are none."""
        return dict(self.validators).get(url, Validators())

    def with_validators(self, url: str, validators: Validators) -> FetchState:
        """Return the state with the validators of one address replaced."""
        kept = dict(self.validators) | {url: validators}
        return replace(self, validators=tuple(kept.items()))

    def to_json(self) -> str:
        """Return the state as text for a store."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> FetchState:
        """Return a kept state; one that cannot be read is a fresh one, which only costs time."""
        try:
            kept = json.loads(text)
            pairs = tuple(
                (str(u), Validators(v["etag"], v["last_modified"])) for u, v in kept["validators"]
            )
            return cls(
                str(kept["cursor"]),
                int(kept["read"]),
                str(kept["started"]),
                str(kept["since"]),
                pairs,
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            return cls()


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page: records, what was refused, and the state to keep once they are stored.

    `total` is how many records the source says the whole query has, None where
    it does not say. `withdrawn` are identifiers the source has deleted, for
    information: nothing of a reader's is deleted for it. `unchanged` is True
    where the source says that there is nothing new.
    """

    records: tuple[Paper, ...]
    refusals: tuple[Refusal, ...]
    next_state: FetchState
    total: int | None = None
    withdrawn: tuple[str, ...] = ()
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A source's address, rate limit and key."""

    url: str
    rate_limit: RateLimit
    key: str = field(default="", repr=False)


def check_query(query: SourceQuery, accepts: frozenset[str]) -> None:
    """Raise SourceError where a query asks for something the source does not know."""
    given = {
        f.name
        for f in fields(query)
        if f.name not in ("source", "limit", "sort") and getattr(query, f.name) != f.default
    }
    if unknown := sorted(given - accepts):
        takes = ", ".join(sorted(accepts))
        raise SourceError(f"{query.source} cannot be asked by {unknown[0]}; it takes {takes}.")
