"""Which papers a filter leaves: those of a source, a venue, a time, or that mention a word.

Answers are sets of ids and hold no order; nothing is ranked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy import Select, func, select

from recommender.domain.venues import Venue, group_venues, normalise_venue
from recommender.errors import UnknownVenue
from recommender.store import paper_mapping
from recommender.store.catalogue import search
from recommender.store.catalogue.recency import is_new
from recommender.store.database import Database
from recommender.store.models import LISTING, PAPER


class Filters:
    """Finds the papers that a reader's filters let through or hide."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._venues: tuple[int, Sequence[Venue]] | None = None

    def mentioning(self, phrase: str) -> frozenset[str]:
        """Return the papers that mention a word, or words side by side, in any inflection.

        Looked at are title and abstract. A phrase without a letter or digit is
        mentioned nowhere.
        """
        with self._database.read() as connection:
            return frozenset(search.mentioning(connection, phrase))

    def sources(self) -> list[str]:
        """Return the names of the sources that have listed a paper, in order."""
        query = select(LISTING.c.source).distinct().order_by(LISTING.c.source)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def listed_by(self, source: str) -> frozenset[str]:
        """Return the papers that a source has listed."""
        listed = select(LISTING.c.paper).where(LISTING.c.source == source)
        return self._ids(select(PAPER.c.paper_id).where(PAPER.c.id.in_(listed)))

    def venues(self) -> Sequence[Venue]:
        """Return the journals and conferences that there are papers of, most papers first.

        All spellings of one are one; preprint servers are none. Read once for each state of the
        catalogue.
        """
        with self._database.read() as connection:
            revision = connection.scalar(select(func.max(PAPER.c.revision))) or 0
            held = self._venues
            if held is None or held[0] != revision:
                columns = (PAPER.c.venue, PAPER.c.year)
                query = select(*columns, func.count()).where(PAPER.c.venue != "").group_by(*columns)
                counted = [tuple(x) for x in connection.execute(query.order_by(*columns))]
                held = self._venues = (revision, group_venues(counted))
        return held[1]

    def venue(self, name: str) -> Venue:
        """Return a venue by any of its spellings.

        Raises
        ------
        UnknownVenue
            There is no paper of it; the message names some that there are.
        """
        key = normalise_venue(name)[0]
        known = {normalise_venue(x.name)[0]: x for x in self.venues()}
        if key and key in known:
            return known[key]
        close = [known[x].name for x in get_close_matches(key, known, n=3)]
        some = close or [x.name for x in list(known.values())[:5]]
        there_is = f"there are {', '.join(some)}" if some else "no paper has a venue"
        raise UnknownVenue(f"No paper is of the venue {name[:100]!r}; {there_is}.")

    def of_venue(self, name: str, year: int | None = None) -> frozenset[str]:
        """Return the papers of a venue, of one year or of all; raises UnknownVenue."""
        venue = self.venue(name)
        if year is not None and year not in venue.years:
            years = ", ".join(map(str, venue.years)) or "none with a year"
            raise UnknownVenue(f"No paper of {venue.name} is of {year}; there are {years}.")
        found: set[str] = set()
        with self._database.read() as connection:
            for spellings in paper_mapping.chunks(venue.spellings):
                query = select(PAPER.c.paper_id).where(PAPER.c.venue.in_(spellings))
                query = query if year is None else query.where(PAPER.c.year == year)
                found.update(connection.scalars(query))
        return frozenset(found)

    def appeared(self, since: datetime, until: datetime) -> frozenset[str]:
        """Return the papers that are new from `since` to before `until`, as `recency` says."""
        return self._ids(select(PAPER.c.paper_id).where(is_new(since, until)))

    def _ids(self, query: Select[tuple[str]]) -> frozenset[str]:
        with self._database.read() as connection:
            return frozenset(connection.scalars(query))
