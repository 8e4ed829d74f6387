"""Years, months and days as files write them. Pure; `now` is an argument.

A date is read as far as it says something: a year, a month or a part of a year, a day.
`PartialDate.partial` says that there is more in the text: the end of a range, that the
date is uncertain (EDTF's ``~`` and ``?``), a month that does not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

EARLIEST, LATEST = 1000, 2999

SEASONS = ("Spring", "Summer", "Autumn", "Winter")
"""In the order of EDTF, where 21 to 24 stand in the place of a month."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = "|".join(_MONTHS)
_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)")
_REPRINT = re.compile(r"\[[^\]]{0,40}\]")
_UNSPECIFIED = re.compile(r"\d{1,3}[XxUu]+(?![a-z])")
_NUMBERS = re.compile(r"(?<!\d)([12]\d{3})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_MONTH_YEAR = re.compile(
    r"(?P<first>\d{1,2})\s?(?P<sign>[./-])\s?(?P<second>\d{1,2})\s?(?P=sign)\s?[12]\d{3}"
    r"|(?P<characters>[12]\d{3}\s?年)\s?(?P<month_of_year>\d{1,2})\s?月\s?"
    r"(?P<day_of_month>\d{1,2})\s?日"
)
_YEAR_MONTH = re.compile(r"(?<!\d)[12]\d{3}[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(rf"(?<![\d-])(\d{{1,2}})(?:st|nd|rd|th)?[\s~.-]*({_NAME})[a-z]*", re.I)
_MONTH_FIRST = re.compile(
    rf"\b({_NAME})[a-z]*[\s~.]*(\d{{1,2}})(?:st|nd|rd|th)?(?!\d|\s*[-–/]+\s*\d)", re.I
)
_MONTH_WORD = re.compile(
    r"\b(jan(?:uary)?|feb(?:r|ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?",
    re.I,
)
_SEASON = re.compile(r"\b(spring|summer|autumn|fall|winter)\b", re.I)
_MAIL = re.compile(rf"(?:[a-z]{{3}},\s*)?\d{{1,2}}\s+(?:{_NAME})\s+\d{{4}}\s+\d\d:\d\d", re.I)
_COMPACT = re.compile(r"\d{4}-?\d\d-?\d\d")
_COUNTED = re.compile(r"[A-Za-z0-9]|\.\.|[?%]|~$")
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b,?\s?")
_YEAR_AS_NUMBER = re.compile(r"[12]\d{3}[.,]0")
_YEARS_BACK = 8


@dataclass(frozen=True, slots=True)
class PartialDate:
    """What is known of a time: the year, and the UTC time where the day is known.

    `month` is ``1`` to ``12``, or a part of the year in words, where it is known. `partial`
    is True where the text says more, or something that could not be read.
    """

    year: int | None = None
    at: datetime | None = None
    month: str = ""
    partial: bool = False

    @property
    def shown(self) -> str:
        """What was read, in words; ``""`` for nothing."""
        if self.at is not None:
            return self.at.date().isoformat()
        if self.year is None:
            return ""
        if self.month.isdecimal():
            return f"{self.year}-{int(self.month):02d}"
        return f"{self.month} {self.year}".strip()


def parse_date(text: str) -> PartialDate:
    """Return what a date says, as far as it says it: ISO first, then what people write.

    ``2024-05-23T02:53:25Z``, ``Thu, 23 May 2024 02:53:25 GMT`` and ``23 May 2024``
    give a time, ``2024-05`` and ``May 2024`` year and month, text without a year nothing.
    """
    if not (text := text.strip()[:100]):
        return PartialDate()
    if "day" in text:
        text = _WEEKDAY.sub("", text)
    if _YEAR_AS_NUMBER.fullmatch(text):
        text = text[:4]
    if (at := _iso(text)) is not None:
        return PartialDate(at.year, at, str(at.month))
    # The year of a reprint stands beside that of the original in brackets.
    outside = _REPRINT.sub(" ", text) if "[" in text else text
    if (year := _YEAR.search(outside)) is None:
        outside = text
    if (year := year or _YEAR.search(text)) is None or _UNSPECIFIED.match(text):
        return PartialDate(partial=True)
    known_year = int(year.group(1))
    if _MAIL.match(text):
        at = _mail_date(text)
        return PartialDate(at.year if at else known_year, at, str(at.month) if at else "")
    if numbers := _NUMBERS.search(outside):
        return _numbered(outside, known_year, numbers)
    if day_first := _DAY_MONTH_YEAR.fullmatch(outside):
        return _day_of_numbers(known_year, day_first)
    if match := _YEAR_MONTH.search(outside):
        rest = outside[: match.start()] + outside[match.end() :]
        month = month_of_number(int(match.group(1)))
        return PartialDate(known_year, None, month, bool(not month or _COUNTED.search(rest)))
    rest = outside.replace(year.group(1), " ", 1)
    part = parse_part_of_year(known_year, rest)
    return replace(part, partial=part.partial or outside != text or text.startswith(("/", "~")))


def _numbered(text: str, year: int, numbers: re.Match[str]) -> PartialDate:
    """Return the day of three numbers, or as much of it as there is in the calendar."""
    rest = text[: numbers.start()] + text[numbers.end() :]
    at = _utc(*map(int, numbers.groups()))
    month = str(at.month) if at else ""
    if at is None and (int(numbers.group(3)) == 0 or int(numbers.group(2)) <= len(_MONTHS)):
        month = month_of_number(int(numbers.group(2)))
    is_time = re.match(r"[T\s]\d\d:?\d\d", text[numbers.end() :]) is not None
    more = not is_time and _COUNTED.search(rest) is not None
    return PartialDate(year, at, month, more or (at is None and int(numbers.group(3)) != 0))


def _day_of_numbers(year: int, found: re.Match[str]) -> PartialDate:
    """Return the day of ``9.2.2016`` or ``25/12/2016``; only the year where it may be another.

    Dots stand behind a day and a month; with slashes the month may come first.
    """
    if found.group("characters"):
        month, day = (int(x) for x in found.group("month_of_year", "day_of_month"))
    else:
        day, month = (int(x) for x in found.group("first", "second"))
        if found.group("sign") != "." and (day > len(_MONTHS)) == (month > len(_MONTHS)):
            return (
                PartialDate(year, partial=day != month) if day != month else _day(year, month, day)
            )
        if month > len(_MONTHS):
            day, month = month, day
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> PartialDate:
    at = _utc(year, month, day)
    return PartialDate(year, at, str(at.month) if at else "", at is None)


def month_of_number(number: int) -> str:
    """Return a month's number, or a season where EDTF has one (21 to 32), as text, or ``""``."""
    if 1 <= number <= len(_MONTHS):
        return str(number)
    return SEASONS[(number - 21) % 4] if 21 <= number <= 32 else ""


def parse_part_of_year(year: int, text: str) -> PartialDate:
    """Return the day, month or season that a text names, in a year."""
    if (at := day_of_year(year, text)) is not None:
        rest = _DAY_FIRST.sub(" ", _MONTH_FIRST.sub(" ", text, count=1), count=1)
        return PartialDate(year, at, str(at.month), _COUNTED.search(rest) is not None)
    months = {x[:3].lower() for x in _MONTH_WORD.findall(text)}
    seasons = {x.capitalize() for x in _SEASON.findall(text)}
    if len(months) == 1 and not seasons:
        rest = _MONTH_WORD.sub(" ", text)
        month = str(_MONTHS.index(months.pop()) + 1)
        return PartialDate(year, None, month, _COUNTED.search(rest) is not None)
    if len(seasons) == 1 and not months:
        season = seasons.pop().replace("Fall", "Autumn")
        return PartialDate(year, None, season, _COUNTED.search(_SEASON.sub(" ", text)) is not None)
    word = " ".join(text.strip(" ,.;/~()").split())
    if months or (word.isdecimal() and 1 <= int(word) <= len(_MONTHS)):
        return PartialDate(year, None, str(int(word)) if word.isdecimal() else word)
    return PartialDate(year, None, "", _COUNTED.search(text) is not None)


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
