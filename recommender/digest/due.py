"""Which issue of a plan is due, and when the next one is. Pure: `now` is an argument.

An issue covers a finished week or day and is due at the plan's weekday and
hour after it. Only the newest one is ever due: what was missed is not sent in a
row, its papers are caught up on by the next issue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from recommender.digest.periods import day_of, first_day, n_days, previous_week, week_of, zone_of
from recommender.digest.subscription import Plan


@dataclass(frozen=True, slots=True)
class Due:
    """An issue, by the name it is kept under, and from when it is sent (UTC)."""

    issue: str
    due_at: datetime


def due_issue(plan: Plan, now: datetime) -> Due | None:
    """Return the newest issue whose time has come; None where the plan is off."""
    if plan.every == "off":
        return None
    running = day_of(now, plan.zone) if plan.every == "day" else week_of(now, plan.zone)
    finished = previous_week(running)
    due = _due(plan, finished)
    return due if due.due_at <= now else _due(plan, previous_week(finished))


def next_issue(plan: Plan, now: datetime) -> Due | None:
    """Return the issue that comes next, after `now`; None where the plan is off."""
    newest = due_issue(plan, now)
    return None if newest is None else _due(plan, _following(newest.issue))


def _due(plan: Plan, issue: str) -> Due:
    days = plan.weekday if n_days(issue) == 7 else 0
    return Due(issue, _at(plan, _end(issue) + timedelta(days=days)))


def _end(issue: str) -> date:
    return first_day(issue) + timedelta(days=n_days(issue))


def _following(issue: str) -> str:
    if n_days(issue) == 1:
        return _end(issue).isoformat()
    year, week, _ = _end(issue).isocalendar()
    return f"{year:04d}-W{week:02d}"


def _at(plan: Plan, day: date) -> datetime:
    # An hour that the clocks leap over comes when they have; one that comes twice, the first time.
    local = datetime.combine(day, time(plan.hour), zone_of(plan.zone))
    return local.astimezone(UTC)
