"""Weeks and days that digests cover, and which issue is due. Pure: `now` is given.

A week is written ``2026-W47``, a day ``2026-11-16``; either names an issue. An issue
covers a finished week or day and is due at the subscription's weekday and hour after it. Only
the newest one is ever due: the next issue includes the papers of those missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recommender.errors import ConfigError, DigestError

if TYPE_CHECKING:
    from recommender.digest.subscription import Subscription

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def week_of(now: datetime, zone: str) -> str:
    """Return the ISO week that `now` falls in, as ``2026-W47``.

    Raises
    ------
    ConfigError
        There is no such time zone.
    """
    return _week(now.astimezone(zone_of(zone)).date())


def day_of(now: datetime, zone: str) -> str:
    """Return the day that `now` falls in, as ``2026-11-16``; raises ConfigError."""
    return now.astimezone(zone_of(zone)).date().isoformat()


def week_bounds(week: str, zone: str) -> tuple[datetime, datetime]:
    """Return when the week, or the day, begins and when the next one does, in UTC.

    Both are midnights of the zone, so a week with a clock change is an hour
    shorter or longer than others.

    Raises
    ------
    ConfigError
        There is no such time zone.
    DigestError
        There is no such week.
    """
    first = first_day(week)
    where = zone_of(zone)
    start, end = (
        datetime.combine(day, time(), where).astimezone(UTC)
        for day in (first, first + timedelta(days=n_days(week)))
    )
    return start, end


def first_day(week: str) -> date:
    """Return the first day of a week, or the day; raises DigestError if there is none."""
    match = _WEEK.fullmatch(week)
    try:
        if match:
            return date.fromisocalendar(int(match.group(1)), int(match.group(2)), 1)
        if _DAY.fullmatch(week):
            return date.fromisoformat(week)
    except ValueError:
        pass
    raise DigestError(f"There is no week {week[:40]!r}; write year and ISO week as in 2026-W47.")


def n_days(week: str) -> int:
    """Return how many days it covers: 7, or 1 for a day."""
    return 7 if "W" in week else 1


def previous_week(week: str) -> str:
    """Return the week, or the day, before; raises DigestError if there is no such week."""
    before = first_day(week) - timedelta(days=n_days(week))
    return _week(before) if n_days(week) == 7 else before.isoformat()


def in_order(weeks: Iterable[str]) -> list[str]:
    """Return weeks and days by their first day, a week before the days in it."""
    return sorted(weeks, key=lambda x: (first_day(x), -n_days(x)))


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone; raises ConfigError for a name that is not one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"There is no time zone {name[:60]!r}; use a name such as Europe/Berlin or UTC."
        ) from error


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


@dataclass(frozen=True, slots=True)
class Due:
    """An issue, by the name it is kept under, and from when it is sent (UTC)."""

    issue: str
    due_at: datetime


def due_issue(subscription: Subscription, now: datetime) -> Due | None:
    """Return the newest issue whose time has come; None where the subscription is off."""
    if subscription.every == "off":
        return None
    running = (
        day_of(now, subscription.zone)
        if subscription.every == "day"
        else week_of(now, subscription.zone)
    )
    finished = previous_week(running)
    due = _due(subscription, finished)
    return due if due.due_at <= now else _due(subscription, previous_week(finished))


def next_issue(subscription: Subscription, now: datetime) -> Due | None:
    """Return the issue that comes next, after `now`; None where the subscription is off."""
    newest = due_issue(subscription, now)
    return None if newest is None else _due(subscription, _following(newest.issue))


def _due(subscription: Subscription, issue: str) -> Due:
    days = subscription.weekday if n_days(issue) == 7 else 0
    return Due(issue, _at(subscription, _end(issue) + timedelta(days=days)))


def _end(issue: str) -> date:
    return first_day(issue) + timedelta(days=n_days(issue))


def _following(issue: str) -> str:
    if n_days(issue) == 1:
        return _end(issue).isoformat()
    year, week, _ = _end(issue).isocalendar()
    return f"{year:04d}-W{week:02d}"


def _at(subscription: Subscription, day: date) -> datetime:
    # An hour that the clocks leap over comes when they have; one that comes twice, the first time.
    local = datetime.combine(day, time(subscription.hour), zone_of(subscription.zone))
    return local.astimezone(UTC)
