"""Which papers are new in a stretch of time: the one rule of digests, the app and alarms.

New is what appeared or was listed in it. A paper without a day is new when a source was
asked and named it, and the library had papers before: what a file brings, be it a first
import or a reader's own list, is no news. The same holds for a paper that a source names up
to `LATE` after its day, since sources are days behind.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from recommender.store.models import ALIAS, CONTRIBUTION, FETCH, LISTING, ORIGIN, PAPER

LATE = timedelta(days=14)


def is_new(start: datetime, end: datetime) -> ColumnElement[bool]:
    """Return the condition that a paper is new from `start` to before `end`."""
    listed = select(LISTING.c.paper).where(LISTING.c.listed_at >= start, LISTING.c.listed_at < end)
    return or_(
        and_(PAPER.c.published_at >= start, PAPER.c.published_at < end),
        PAPER.c.id.in_(listed),
        and_(_arrived(start, end), _may_be_of(start)),
    )


def _arrived(start: datetime, end: datetime) -> ColumnElement[bool]:
    """Return the condition that a source named a paper first, after the library's first papers."""
    first = select(func.min(PAPER.c.added_at)).scalar_subquery()
    asked = (
        select(CONTRIBUTION.c.number)
        .join(ALIAS, ALIAS.c.alias == CONTRIBUTION.c.paper_id)
        .join(ORIGIN, ORIGIN.c.number == CONTRIBUTION.c.origin)
        .join(FETCH, and_(FETCH.c.source == ORIGIN.c.source, FETCH.c.query == ORIGIN.c.place))
        .where(ALIAS.c.paper == PAPER.c.id, CONTRIBUTION.c.at == PAPER.c.added_at)
    )
    return and_(
        PAPER.c.added_at >= start, PAPER.c.added_at < end, PAPER.c.added_at > first, exists(asked)
    )


def _may_be_of(start: datetime) -> ColumnElement[bool]:
    """Return the condition that no day that is known makes a paper too old."""
    old = select(LISTING.c.paper).where(LISTING.c.listed_at < start - LATE)
    dated = or_(PAPER.c.published_at.is_(None), PAPER.c.published_at >= start - LATE)
    of_year = or_(PAPER.c.year.is_(None), PAPER.c.year >= (start - LATE).year)
    return and_(dated, of_year, PAPER.c.id.not_in(old))
