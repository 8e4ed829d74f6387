"""Plain records, which take a short way, come out as by the long one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Author, Listing, Paper
from recommender.errors import StoreError
from recommender.store import validation
from recommender.store.validation import checked_paper

TEXTS = st.one_of(
    st.sampled_from(["", "A study", " A", "A\n", "A\x00b", "\u2028", "https://example.org/a b"]),
    st.text(max_size=20),
)
LISTINGS = st.builds(
    Listing,
    TEXTS | st.sampled_from(["daily", "d" * 201]),
    st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC)),
    TEXTS,
    TEXTS,
    st.none() | st.integers(-1, 5) | st.just(2**31) | st.just(True) | st.just("3"),
)
PAPERS = st.builds(
    Paper,
    title=TEXTS,
    abstract=TEXTS,
    venue=TEXTS,
    url=TEXTS | st.just("https://example.org/x"),
    kind=TEXTS,
    paper_id=TEXTS | st.just("arxiv:2401.00001"),
    year=st.none() | st.integers(-5, 10_500) | st.just("2020") | st.just(True),
    published_at=st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC)),
    authors=st.lists(st.builds(Author, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
    identifiers=st.lists(TEXTS | st.just("doi:10.1000/x"), max_size=2).map(tuple),
    listings=st.lists(LISTINGS, max_size=2).map(tuple),
    abstract_is_summary=st.booleans(),
)


def outcome(record: Paper) -> Paper | str:
    try:
        return checked_paper(record)
    except StoreError as error:
        return str(error)


@given(PAPERS)
def test_the_short_way_ends_where_the_long_one_does(record: Paper) -> None:
    short = outcome(record)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation, "_is_plain", lambda _: False)
        assert outcome(record) == short


def test_an_ordinary_record_takes_the_short_way() -> None:
    plain = Paper(
        "A study",
        abstract="Two\nlines.",
        authors=(Author("Lee", "Ada"),),
        published_at=datetime(2024, 1, 1, tzinfo=UTC),
        identifiers=("arxiv:2401.00001",),
        listings=(Listing("daily", datetime(2024, 1, 2, tzinfo=UTC), upvotes=3),),
    )
    assert validation._is_plain(plain)
    assert not validation._is_plain(replace(plain, title="A\x00 study"))
    assert checked_paper(plain) == replace(plain, year=2024)
