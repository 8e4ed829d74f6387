"""Weeks begin on Monday at midnight where the reader lives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recommender.digest.periods import day_of, in_order, previous_week, week_bounds, week_of
from recommender.errors import ConfigError, DigestError


@pytest.mark.parametrize(
    ("moment", "zone", "week"),
    [
        (datetime(2026, 11, 15, 23, 30, tzinfo=UTC), "UTC", "2026-W46"),
        (datetime(2026, 11, 15, 23, 30, tzinfo=UTC), "Europe/Berlin", "2026-W47"),
        (datetime(2026, 11, 16, 4, 30, tzinfo=UTC), "America/New_York", "2026-W46"),
        (datetime(2027, 1, 1, 12, tzinfo=UTC), "UTC", "2026-W53"),
        (datetime(2024, 12, 30, tzinfo=UTC), "UTC", "2025-W01"),
    ],
)
def test_a_moment_belongs_to_the_week_of_its_zone(moment, zone, week):
    assert week_of(moment, zone) == week


def test_a_week_runs_from_midnight_to_midnight_of_the_zone():
    start, end = week_bounds("2026-W47", "Asia/Tokyo")
    assert (start, end) == (
        datetime(2026, 11, 15, 15, tzinfo=UTC),
        datetime(2026, 11, 22, 15, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("week", "hours"), [("2026-W13", 167), ("2026-W43", 169), ("2026-W47", 168)]
)
def test_a_week_with_a_clock_change_has_an_hour_less_or_more(week, hours):
    start, end = week_bounds(week, "Europe/Berlin")
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia"])
def test_weeks_follow_each_other_without_a_gap(zone):
    assert week_bounds("2026-W53", zone)[1] == week_bounds("2027-W01", zone)[0]
    assert week_of(week_bounds("2026-W53", zone)[0], zone) == "2026-W53"


def test_the_week_before_the_first_is_the_last_of_the_old_year():
    assert previous_week("2027-W01") == "2026-W53"


@pytest.mark.parametrize(
    "week",
    [
        "2026-W54",
        "2025-W53",
        "2026-W00",
        "2026-47",
        "next",
        "",
        "2026-W47x",
        "2026-02-30",
        "2026-1-1",
    ],
)
def test_what_is_no_week_is_refused(week):
    with pytest.raises(DigestError, match="2026-W47"):
        week_bounds(week, "UTC")


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd", "/etc/passwd"])
def test_what_is_no_time_zone_is_refused(zone):
    with pytest.raises(ConfigError, match="Europe/Berlin"):
        week_of(datetime(2026, 11, 16, tzinfo=UTC), zone)


def test_a_day_runs_from_midnight_to_midnight_and_follows_the_one_before():
    start, end = week_bounds("2026-03-29", "Europe/Berlin")
    assert (start, end - start) == (datetime(2026, 3, 28, 23, tzinfo=UTC), timedelta(hours=23))
    assert previous_week("2026-03-01") == "2026-02-28"
    assert day_of(datetime(2026, 11, 15, 23, 30, tzinfo=UTC), "Europe/Berlin") == "2026-11-16"


def test_weeks_and_days_stand_in_the_order_of_time():
    assert in_order(["2026-W47", "2026-11-20", "2026-11-16", "2026-W46"]) == [
        *("2026-W46", "2026-W47", "2026-11-16", "2026-11-20")
    ]
