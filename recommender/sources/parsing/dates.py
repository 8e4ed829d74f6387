"""Years, months and days as files write them. Pure; `now` is an argument."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

EARLIEST, LATEST = 1000, 2999

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = "|".join(_MONTHS)
_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)([12]\d{3})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(rf"(?<![\d-])(\d{{1,2}})(?:st|nd|rd|th)?[\s~.-]*({_NAME})[a-z]*", re.I)
_MONTH_FIRST = re.compile(
    rf"\b({_NAME})[a-z]*[\s~.]*(\d{{1,2}})(?:st|nd|rd|th)?(?!\d|\s*[-–/]+\s*\d)", re.I
)
_MAIL = re.compile(rf"(?:[a-z]{{3}},\s*)?\d{{1,2}}\s+(?:{_NAME})\s+\d{{4}}\s+\d\d:\d\d", re.I)
_COMPACT = re.compile(r"\d{4}-?\d\d-?\d\d")
_YEARS_BACK = 8


@dataclass(frozen=True, slots=True)
class PartialDate:
    """What is known of a time: the year, and the UTC time where the day is known."""

    year: int | None = None
    at: datetime | None = None


def parse_date(text: str) -> PartialDate:
    """Return what a date says, as far as it says it: ISO first, then what people write.

    ``2024-05-23T02:53:25Z``, ``Thu, 23 May 2024 02:53:25 GMT`` and ``23 May 2024``
    give a time, ``2024-05`` and ``May 2024`` the year, text without a year nothing.
    """
    if not (text := text.strip()[:100]):
        return PartialDate()
    if (at := _iso(text)) is not None:
        return PartialDate(at.year, at)
    if (year := _YEAR.search(text)) is None:
        return PartialDate()
    if _MAIL.match(text):
        at = _mail_date(text)
        return PartialDate(at.year if at else int(year.group(1)), at)
    if numbers := _NUMBERS.search(text):
        at = _utc(*map(int, numbers.groups()))
    else:
        at = day_of_year(int(year.group(1)), text.replace(year.group(1), " ", 1))
    return PartialDate(int(year.group(1)), at)


def day_of_year(year: int, text: str) -> datetime | None:
    """Return midnight UTC of a day such as ``May 9`` or ``9~may``, or None."""
    if match := _MONTH_FIRST.search(text):
        month, day = match.groups()
    elif match := _DAY_FIRST.search(text):
        day, month = match.groups()
    else:
        return None
    return _utc(year, _MONTHS.index(month.lower()) + 1, int(day))


def newest_day(text: str, now: datetime) -> datetime | None:
    """Return the newest day of that name that is not after `now`, or None for no day."""
    for year in range(now.year, now.year - _YEARS_BACK, -1):
        day = day_of_year(year, text)
        if day is not None and day <= now:
            return day
    return None


def _iso(text: str) -> datetime | None:
    if not _COMPACT.match(text):
        return None
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at.year <= LATEST else None


def _mail_date(text: str) -> datetime | None:
    """Return the time of a date as mails and RSS feeds write it (RFC 2822), or None."""
    try:
        at = parsedate_to_datetime(text)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at.year <= LATEST else None


def _utc(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
