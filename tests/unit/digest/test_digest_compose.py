"""Which papers come into a week's digest, on a real library and a recommender by table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from invented_week import (
    MONDAY,
    NEXT_MONDAY,
    WEDNESDAY,
    WEEK,
    TableRecommender,
    week_paper,
)
from stores import sqlite_store

from recommender.config import Settings
from recommender.digest.compose import compose, preview, slate_of
from recommender.domain import Event, EventKind, Listing, Paper
from recommender.errors import DigestError, UnknownReader

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    opened = sqlite_store(tmp_path)
    opened.readers.ensure("me", LONG_AGO)
    opened.readers.ensure("other", LONG_AGO)
    opened.catalogue.add([week_paper(n) for n in range(1, 7)], LONG_AGO)
    opened.catalogue.add([week_paper(90, day=3), week_paper(91, day=30)], LONG_AGO)
    yield opened
    opened.close()


def paper_id(number: int) -> str:
    return f"arxiv:2611.{number:05d}"


def judge(store, number: int, kind: str = "like", reader: str = "me") -> None:
    key = f"{reader}-{number}-{kind}"
    store.feedback.append(
        Event(key, reader, "general", paper_id(number), EventKind(kind), LONG_AGO)
    )


def made(store, scores, *, week=WEEK, now=NEXT_MONDAY, how=compose, reader="me", **settings):
    ranker = TableRecommender({paper_id(n): score for n, score in scores.items()})
    return how(store, ranker, reader, week=week, now=now, settings=_settings(**settings))


def _settings(**changes) -> Settings:
    return Settings(**{"digest_size": 3, "digest_bar": 0.5, **changes})


def numbers(manifest) -> list[int]:
    return [int(x.paper_id[-5:]) for x in manifest.items]


ALL = {1: 0.9, 2: 0.8, 3: 0.7, 4: 0.6, 5: 0.4, 6: 0.3, 90: 9.0, 91: 9.0}


def test_the_best_of_the_week_above_the_bar_come_in_up_to_the_size(store):
    judge(store, 90)
    manifest = made(store, ALL)
    assert numbers(manifest) == [1, 2, 3]
    assert [x.rank for x in manifest.items] == [1, 2, 3]
    assert manifest.left_out == {"below_bar": 2, "over_size": 1}
    assert manifest.best_below == 0.4


def test_every_candidate_is_shown_or_counted(store):
    judge(store, 90)
    judge(store, 1, "skip")
    manifest = made(store, {2: 0.9, 3: 0.1, 4: float("nan")})
    assert manifest.candidates == len(manifest.items) + sum(manifest.left_out.values()) == 6
    assert manifest.left_out == {"judged": 1, "unranked": 3, "below_bar": 1}


def test_a_score_at_the_bar_reaches_it(store):
    judge(store, 90)
    assert numbers(made(store, {1: 0.5, 2: 0.499})) == [1]


def test_a_thin_week_is_not_padded(store):
    judge(store, 90)
    assert numbers(made(store, {1: 0.9, 2: 0.1, 3: 0.1, 4: 0.1, 5: 0.1, 6: 0.1})) == [1]


def test_a_reader_without_a_like_gets_no_bar(store):
    judge(store, 90, "skip")
    manifest = made(store, {5: 0.2, 6: -0.4})
    assert numbers(manifest) == [5, 6]
    assert (manifest.bar, manifest.likes, manifest.judged) == (None, 0, 1)


@pytest.mark.parametrize("kind", ["like", "save", "skip", "dislike"])
def test_judged_papers_are_never_candidates(store, kind):
    judge(store, 1, kind)
    ranker = TableRecommender({})
    compose(store, ranker, "me", week=WEEK, now=NEXT_MONDAY, settings=_settings())
    assert paper_id(1) not in ranker.pools[0]
    assert paper_id(2) in ranker.pools[0]


def test_an_opened_paper_may_still_come(store):
    judge(store, 1, "open")
    assert 1 in numbers(made(store, ALL))


def test_papers_of_another_digest_do_not_come_again(store):
    store.catalogue.add([week_paper(7, day=24)], NEXT_MONDAY)
    first = made(store, {1: 0.9, 2: 0.8}, week=WEEK)
    late = week_paper(1, listings=(Listing("page", datetime(2026, 11, 25, tzinfo=UTC)),))
    store.catalogue.add([late], NEXT_MONDAY)
    then = NEXT_MONDAY + timedelta(days=7)
    second = made(store, ALL | {7: 1.0}, week="2026-W48", now=then)
    assert numbers(first) == [1, 2]
    assert numbers(second) == [7]
    assert second.left_out == {"shown": 1}


def test_an_older_week_composed_later_repeats_nothing_either(store):
    store.catalogue.add(
        [week_paper(3, listings=(Listing("page", MONDAY - timedelta(days=2)),))], LONG_AGO
    )
    made(store, {3: 0.9})
    older = made(store, {3: 0.9}, week="2026-W46")
    assert (numbers(older), older.left_out) == ([], {"shown": 1})


def test_other_readers_digests_do_not_matter(store):
    made(store, ALL, reader="other")
    assert numbers(made(store, ALL)) == [1, 2, 3]


def test_papers_listed_or_added_in_the_week_are_candidates(store):
    old = Paper("Old toys", identifiers=("arxiv:1901.00001",), year=2019)
    listed = Paper(
        "Listed toys", identifiers=("arxiv:1901.00002",), listings=(Listing("page", WEDNESDAY),)
    )
    store.catalogue.add([old], WEDNESDAY)
    store.catalogue.add([listed], LONG_AGO)
    ranker = TableRecommender({})
    compose(store, ranker, "me", week=WEEK, now=NEXT_MONDAY, settings=_settings())
    assert {"arxiv:1901.00001", "arxiv:1901.00002"} <= ranker.pools[0]
    assert not {paper_id(90), paper_id(91)} & ranker.pools[0]


def test_the_same_week_again_is_the_same_bytes_whatever_has_changed(store):
    first = made(store, ALL)
    judge(store, 1)
    again = made(store, {6: 9.0}, now=NEXT_MONDAY + timedelta(days=1), digest_size=1)
    assert again.to_json() == first.to_json() == store.digests.get("me", WEEK)


def test_a_stored_week_is_not_ranked_again(store):
    made(store, ALL)
    ranker = TableRecommender({})
    for how in (compose, preview):
        how(store, ranker, "me", week=WEEK, now=NEXT_MONDAY, settings=_settings())
    assert ranker.pools == []


def test_a_preview_is_what_would_be_composed_and_stores_nothing(store):
    seen = made(store, ALL, how=preview)
    assert store.digests.weeks("me") == []
    assert store.feedback.slates("me") == []
    assert made(store, ALL).to_json() == seen.to_json()
    assert made(store, {6: 9.0}, how=preview) == seen


def test_the_papers_of_a_digest_are_recorded_as_one_slate(store):
    manifest = made(store, ALL)
    made(store, ALL)
    (slate,) = store.feedback.slates("me")
    assert slate.slate_id == manifest.slate_id
    assert (slate.surface, slate.model) == ("digest", "model-1")
    assert [x.paper_id for x in slate.items] == [x.paper_id for x in manifest.items]
    assert slate.items[0].parts == {"als": 0.9}


def test_a_slate_that_a_crash_left_unrecorded_is_made_good(store):
    fresh = made(store, ALL, how=preview)
    ids = [x.paper_id for x in fresh.items]
    store.digests.save("me", WEEK, fresh.to_json(), ids, NEXT_MONDAY)
    made(store, {})
    assert [x.slate_id for x in store.feedback.slates("me")] == [slate_of(fresh).slate_id]


def test_an_empty_digest_is_stored_too_and_shows_nothing(store):
    judge(store, 90)
    manifest = made(store, {1: 0.1, 2: 0.2})
    assert (manifest.items, manifest.best_below) == ((), 0.2)
    assert store.digests.weeks("me") == [WEEK]
    assert store.feedback.slates("me") == []


def test_nothing_is_ranked_when_nothing_is_new(store):
    ranker = TableRecommender({})
    then = datetime(2026, 8, 10, tzinfo=UTC)
    manifest = compose(store, ranker, "me", week="2026-W30", now=then, settings=_settings())
    assert (ranker.pools, manifest.candidates, manifest.model) == ([], 0, "")
    assert manifest.library_size == 8


def test_a_running_week_ends_now_and_its_rest_goes_to_the_next_digest(store):
    early = made(store, {}, now=WEDNESDAY)
    store.catalogue.add([week_paper(8, day=2)], WEDNESDAY + timedelta(days=2))
    late = made(store, {8: 0.9}, week="2026-W48", now=NEXT_MONDAY)
    assert early.ends_at == WEDNESDAY == late.starts_at
    assert numbers(late) == [8]


def test_a_paper_added_this_very_moment_is_a_candidate(store):
    store.catalogue.add([week_paper(50, day=1)], WEDNESDAY)
    assert numbers(made(store, {50: 0.9}, now=WEDNESDAY)) == [50]


def test_a_digest_composed_after_its_week_leaves_nothing_over(store):
    made(store, {})
    later = made(store, {}, week="2026-W48", now=NEXT_MONDAY)
    assert later.starts_at == MONDAY + timedelta(days=7)


def test_the_zone_moves_the_window(store):
    assert made(store, {}, timezone="Asia/Tokyo").starts_at == MONDAY - timedelta(hours=9)


def test_a_week_to_come_is_refused_and_nothing_is_stored(store):
    with pytest.raises(DigestError, match="not begun"):
        made(store, ALL, week="2026-W49")
    assert store.digests.weeks("me") == []


def test_an_unknown_reader_is_refused(store):
    with pytest.raises(UnknownReader):
        made(store, ALL, reader="nobody")


def test_an_item_holds_what_is_known_of_the_paper(store):
    record = week_paper(
        9,
        abstract="A toy. " * 80,
        abstract_is_summary=True,
        venue="Toy\nLetters",
        listings=(Listing("page", MONDAY), Listing("newer", WEDNESDAY)),
    )
    store.catalogue.add([record], LONG_AGO)
    (item,) = made(store, {9: 0.9}).items
    assert item.authors == ("Ada Family9",)
    assert (item.date, item.listed, item.listed_by) == ("2026-11-17", "2026-11-18", "newer")
    assert (item.venue, item.url) == ("Toy Letters", "https://arxiv.org/abs/2611.00009")
    assert item.abstract_is_summary
    assert item.abstract.endswith("A toy. …")
    assert (item.score, item.parts, item.propensity) == (0.9, {"als": 0.9}, 1.0)
    assert item.reasons[0].words == ("toys",)
