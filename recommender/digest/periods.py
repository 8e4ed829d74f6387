"""What a digest covers, in a reader's time zone: an ISO week, or one day. Pure: `now` is given.

A week is written ``2026-W47``, a day ``2026-11-16``; either names an issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recommender.errors import ConfigError, DigestError

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
