"""Which issue is due when: weeks, days, zones, and hours that the clocks leap over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recommender.digest.periods import due_issue, next_issue
from recommender.digest.subscription import Subscription


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("plan", "now", "issue", "due_at"),
    [
        (Subscription(), "2026-11-16 07:00", "2026-W46", "2026-11-16 07:00"),
        (Subscription(), "2026-11-16 06:59", "2026-W45", "2026-11-09 07:00"),
        (Subscription(), "2026-11-22 23:59", "2026-W46", "2026-11-16 07:00"),
        (Subscription(weekday=4, hour=18), "2026-11-20 17:59", "2026-W45", "2026-11-13 18:00"),
        (Subscription(weekday=4, hour=18), "2026-11-20 18:00", "2026-W46", "2026-11-20 18:00"),
        (
            Subscription(zone="Pacific/Kiritimati"),
            "2026-11-15 17:00",
            "2026-W46",
            "2026-11-15 17:00",
        ),
        (
            Subscription(zone="America/Los_Angeles"),
            "2026-11-16 14:59",
            "2026-W45",
            "2026-11-09 15:00",
        ),
        (Subscription(every="day"), "2026-11-16 07:00", "2026-11-15", "2026-11-16 07:00"),
        (Subscription(every="day", hour=23), "2026-11-16 22:00", "2026-11-14", "2026-11-15 23:00"),
        (Subscription(), "2027-01-04 07:00", "2026-W53", "2027-01-04 07:00"),
    ],
)
def test_the_newest_finished_issue_is_due_from_its_hour_on(plan, now, issue, due_at):
    due = due_issue(plan, at(now))
    assert due is not None
    assert (due.issue, due.due_at) == (issue, at(due_at))


def test_an_hour_that_is_leapt_over_comes_once_when_the_clocks_have():
    plan = Subscription(every="day", hour=2, zone="Europe/Berlin")
    due = due_issue(plan, at("2026-03-29 01:00"))
    assert due is not None
    assert (due.issue, due.due_at) == ("2026-03-28", at("2026-03-29 01:00"))
    assert due_issue(plan, at("2026-03-29 00:59")).issue == "2026-03-27"


def test_an_hour_that_comes_twice_counts_the_first_time():
    plan = Subscription(every="day", hour=2, zone="Europe/Berlin")
    assert due_issue(plan, at("2026-10-25 00:00")).issue == "2026-10-24"
    assert due_issue(plan, at("2026-10-25 01:00")).issue == "2026-10-24"


def test_off_is_never_due():
    assert due_issue(Subscription(every="off"), at("2026-11-16 07:00")) is None
    assert next_issue(Subscription(every="off"), at("2026-11-16 07:00")) is None


@pytest.mark.slow
@pytest.mark.parametrize("every", ["week", "day"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns"])
def test_asked_every_hour_for_most_of_a_year_no_issue_is_left_out_or_comes_back(every, zone):
    plan = Subscription(every=every, weekday=6, hour=2, zone=zone)
    now, end = at("2026-02-02 00:30"), at("2026-12-28 00:00")
    seen = [due_issue(plan, now).issue]
    while now < end:
        now += timedelta(hours=1)
        expected = next_issue(plan, now - timedelta(hours=1))
        due = due_issue(plan, now)
        assert due.due_at <= now
        if due.issue != seen[-1]:
            assert due == expected
            seen.append(due.issue)
    assert len(seen) == len(set(seen))
    assert len(seen) in ((48, 49) if every == "week" else (329, 330, 331))
