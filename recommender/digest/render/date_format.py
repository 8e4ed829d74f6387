"""Days and weeks as people say them, in English whatever the locale. Pure."""

from __future__ import annotations

from datetime import date, datetime

from recommender.digest.periods import first_day, n_days, zone_of

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_text(day: date) -> str:
    """Return a day as ``16 November 2026``."""
    return f"{day.day} {month(day)} {day.year}"


def month(day: date) -> str:
    """Return the name of the month."""
    return _MONTHS[day.month - 1]


def weekday(day: date) -> str:
    """Return the name of the day in its week."""
    return _WEEKDAYS[day.weekday()]


def moment_text(moment: datetime, zone: str) -> str:
    """Return a moment as the clock of a zone shows it: ``16 November 2026 09:00``."""
    local = moment.astimezone(zone_of(zone))
    return f"{day_text(local.date())} {local:%H:%M}"


def label(week: str, seen_from: str = "") -> str:
    """Return a week or a day in a sentence, a week's year only where it is another."""
    first = first_day(week)
    if n_days(week) == 1:
        return f"{weekday(first)}, {day_text(first)}"
    year, _, number = week.partition("-W")
    return f"week {int(number)}" + ("" if seen_from.startswith(f"{year}-") else f", {year}")
