"""ISO weeks in a reader's time zone. Pure: `now` is an argument."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recommender.errors import ConfigError, DigestError

_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def week_of(now: datetime, zone: str) -> str:
    """Return the ISO week that `now` falls in, as ``2026-W47``.

    Raises
    ------
    ConfigError
        There is no such time zone.
    """
    year, week, _ = now.astimezone(zone_of(zone)).isocalendar()
    return f"{year:04d}-W{week:02d}"


def week_bounds(week: str, zone: str) -> tuple[datetime, datetime]:
    """Return when the week begins and when the next one does, in UTC.

    Both are midnights of the zone, so a week with a clock change is an hour
    shorter or longer than others.

    Raises
    ------
    ConfigError
        There is no such time zone.
    DigestError
        There is no such week.
    """
    monday = monday_of(week)
    where = zone_of(zone)
    start, end = (
        datetime.combine(day, time(), where).astimezone(UTC)
        for day in (monday, monday + timedelta(days=7))
    )
    return start, end


def monday_of(week: str) -> date:
    """Return the first day of a week; raises DigestError if there is no such week."""
    match = _WEEK.fullmatch(week)
    try:
        if match:
            return date.fromisocalendar(int(match.group(1)), int(match.group(2)), 1)
    except ValueError:
        pass
    raise DigestError(f"There is no week {week[:40]!r}; write year and ISO week as in 2026-W47.")


def previous_week(week: str) -> str:
    """Return the week before; raises DigestError if there is no such week."""
    year, number, _ = (monday_of(week) - timedelta(days=7)).isocalendar()
    return f"{year:04d}-W{number:02d}"


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone; raises ConfigError for a name that is not one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"There is no time zone {name[:60]!r}; use a name such as Europe/Berlin or UTC."
        ) from error
