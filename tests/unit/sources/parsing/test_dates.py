from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recommender.sources.parsing.dates import EARLIEST, LATEST, newest_day, parse_date


def day(year, month, number):
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "year", "at"),
    [
        ("2024-05-23", 2024, day(2024, 5, 23)),
        ("2024-05-23T02:00:00.000Z", 2024, datetime(2024, 5, 23, 2, tzinfo=UTC)),
        ("2024-05-23T02:00:00+02:00", 2024, day(2024, 5, 23)),
        ("23 May 2024", 2024, day(2024, 5, 23)),
        ("May 23rd, 2024", 2024, day(2024, 5, 23)),
        ("2024/5/3", 2024, day(2024, 5, 3)),
        ("2003-10-01/2003-10-04", 2003, day(2003, 10, 1)),
        ("Thu, 23 May 2024 02:53:25 GMT", 2024, datetime(2024, 5, 23, 2, 53, 25, tzinfo=UTC)),
        ("23 May 2024 02:53:25 +0200", 2024, datetime(2024, 5, 23, 0, 53, 25, tzinfo=UTC)),
        ("Thu, 31 Feb 2024 02:53:25 GMT", 2024, None),
        ("February 13-25, 1991", 1991, None),
        ("2024-05", 2024, None),
        ("2006//", 2006, None),
        ("c1999", 1999, None),
        ("2024-02-30", 2024, None),
        ("19XX", None, None),
        ("in press", None, None),
        ("99999", None, None),
        ("", None, None),
    ],
)
def test_a_date_says_as_much_as_it_says(text, year, at):
    assert (parse_date(text).year, parse_date(text).at) == (year, at)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Nov 17", day(2026, 11, 17)),
        ("Nov 18", day(2026, 11, 18)),
        ("Nov 19", day(2025, 11, 19)),
        ("December 31", day(2025, 12, 31)),
        ("Feb 29", day(2024, 2, 29)),
        ("Smarch 3", None),
        ("Feb 31", None),
    ],
)
def test_a_day_takes_the_newest_year_that_is_not_in_the_future(text, at, now):
    assert newest_day(text, now) == at


PIECES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["2024", "02", "30", "May", "T", ":", "-", "/", "Z", "+99:99", "GMT", "Thu, ", " "]
    ),
)


@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59-14:00")
@given(st.lists(PIECES, max_size=8).map("".join))
def test_any_text_is_a_time_in_utc_a_year_or_nothing(text):
    found = parse_date(text)
    if found.at is not None:
        assert found.at.tzinfo is UTC
        assert found.year is not None
        assert EARLIEST <= found.at.year <= LATEST


@given(st.datetimes(min_value=datetime(1900, 1, 2)), st.integers(-1439, 1439))
def test_a_time_as_computers_write_it_is_that_time(at, offset_minutes):
    at = at.replace(year=min(at.year, LATEST - 1), day=min(at.day, 28))
    at = at.replace(tzinfo=timezone(timedelta(minutes=offset_minutes)))
    assert parse_date(at.isoformat()).at == at
