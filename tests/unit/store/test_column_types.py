"""Times go in with a zone and come out in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from recommender.store.column_types import UTCDateTime

DIALECTS = [sqlite.dialect(), postgresql.dialect()]
EAST = datetime(2026, 11, 18, 3, 0, tzinfo=timezone(timedelta(hours=9)))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_time_of_any_zone_comes_back_as_the_same_moment_in_utc(dialect: object) -> None:
    column = UTCDateTime()
    held = column.process_bind_param(EAST, dialect)  # type: ignore[arg-type]
    back = column.process_result_value(held, dialect)  # type: ignore[arg-type]
    assert (back, back and back.tzinfo) == (EAST, UTC)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_time_without_a_zone_is_refused_and_none_stays_none(dialect: object) -> None:
    column = UTCDateTime()
    with pytest.raises(ValueError, match="zone"):
        column.process_bind_param(datetime(2026, 11, 18), dialect)  # type: ignore[arg-type]
    assert column.process_bind_param(None, dialect) is None  # type: ignore[arg-type]
    assert column.process_result_value(None, dialect) is None  # type: ignore[arg-type]
