"""Which papers come into a week's digest, on a real library and a recommender by table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from invented_week import (
    ALL,
    LONG_AGO,
    MONDAY,
    NEXT_MONDAY,
    WEDNESDAY,
    WEEK,
    TableRecommender,
    judge,
    made,
    paper_id,
    settings_of,
    week_paper,
)

from recommender.digest.action_tokens import Signer
from recommender.digest.compose.compose import compose, preview, slate_of
from recommender.digest.compose.manifest import Before
from recommender.digest.compose.window import WindowCache
from recommender.digest.periods import week_bounds
from recommender.digest.render.copy import why_thin
from recommender.digest.subscription import Subscription, save_subscription
from recommender.domain import Event, EventKind, Listing, Paper
from recommender.errors import DigestError, UnknownReader
from recommender.private_files import signing_key
from recommender.recommend.personal_bar import PersonalBar
from recommender.recommend.trial import begin_trial
from recommender.store import Fetch, Origin


def numbers(manifest) -> list[int]:
    return [int(x.paper_id[-5:]) for x in manifest.items]


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
    compose(store, ranker, "me", week=WEEK, now=NEXT_MONDAY, settings=settings_of())
    assert paper_id(1) not in ranker.pools[0]
    assert paper_id(2) in ranker.pools[0]


def test_an_opened_paper_has_been_seen(store):
    judge(store, 1, "open")
    issue = made(store, ALL)
    assert 1 not in numbers(issue)
    assert issue.left_out["opened"] == 1


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


def test_papers_listed_in_the_week_are_candidates_and_imports_are_not(store):
    old = Paper("Old toys", identifiers=("arxiv:1901.00001",), year=2019)
    listed = Paper(
        "Listed toys", identifiers=("arxiv:1901.00002",), listings=(Listing("page", WEDNESDAY),)
    )
    store.catalogue.add([old], WEDNESDAY)
    store.catalogue.add([listed], LONG_AGO)
    ranker = TableRecommender({})
    compose(store, ranker, "me", week=WEEK, now=NEXT_MONDAY, settings=settings_of())
    assert "arxiv:1901.00002" in ranker.pools[0]
    assert "arxiv:1901.00001" not in ranker.pools[0]
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
        how(store, ranker, "me", week=WEEK, now=NEXT_MONDAY, settings=settings_of())
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
    for n in range(1, 7):
        judge(store, n)
    manifest = made(store, {1: 0.1, 2: 0.2})
    assert (manifest.items, manifest.left_out) == ((), {"judged": 6})
    assert store.digests.weeks("me") == [WEEK]
    assert store.feedback.slates("me") == []


def test_the_best_three_are_offered_below_the_bar_where_none_reaches_it(store):
    judge(store, 90)
    manifest = made(store, {n: n / 100 for n in range(1, 7)}, digest_size=5)
    assert numbers(manifest) == [6, 5, 4]
    assert [x.below_bar for x in manifest.items] == [True] * 3
    assert manifest.items[0].reasons[0].text.startswith("Below your bar: a score of 0.06")
    assert (manifest.left_out, manifest.best_below) == ({"below_bar": 3}, 0.06)
    assert {x.paper_id for x in slate_of(manifest).items} == set(store.digests.shown("me"))
    assert numbers(made(store, {1: 0.1, 2: 0.2}, reader="other")) == [2, 1]


def test_one_paper_above_the_bar_is_enough_to_offer_none_below_it(store):
    judge(store, 90)
    manifest = made(store, {1: 0.5, 2: 0.4, 3: 0.3})
    assert [x.below_bar for x in manifest.items] == [False]


def test_a_bar_of_ones_own_holds_where_none_is_set(store):
    judge(store, 90)
    own = made(store, ALL, digest_bar=None)
    assert (own.bar, own.bar_kind, own.bar_chance) == (0.65, "chance", 0.25)
    assert numbers(own) == [1, 2, 3]
    save_subscription(store, "other", Subscription(bar=0.85), LONG_AGO)
    judge(store, 90, reader="other")
    fixed = made(store, ALL, digest_bar=None, reader="other")
    assert (fixed.bar, fixed.bar_kind, numbers(fixed)) == (0.85, "fixed", [1])


@pytest.mark.parametrize(
    ("standout", "fixed", "chosen", "below"),
    [(0.3, None, [1], []), (0.5, None, [], [1, 2, 3]), (0.3, 0.65, [], [1, 2, 3])],
)
def test_ones_own_bar_comes_down_to_the_best_of_the_week_if_that_stands_out(
    store, monkeypatch, standout, fixed, chosen, below
):
    own = PersonalBar(0.65, 0.25, 3, standout)
    monkeypatch.setattr(TableRecommender, "bar", lambda *_: own)
    judge(store, 90)
    manifest = made(store, {1: 0.4, 2: 0.35, 3: 0.31, 4: 0.1}, digest_bar=fixed)
    assert numbers(manifest) == [*chosen, *below]
    assert manifest.below_bar == bool(below)
    if not chosen:
        assert manifest.bar == 0.65
        return
    assert (manifest.bar, manifest.bar_kind, manifest.bar_chance) == (0.4, "week", None)
    assert why_thin(manifest) == (
        "A short issue, 1 instead of 3 papers: no paper reached your bar, so it came down to the "
        "best one, with 0.4; the best of the others scored 0.35."
    )


def test_one_paper_above_ones_own_bar_leaves_it_where_it_is(store, monkeypatch):
    own = PersonalBar(0.65, 0.25, 3, 0.3)
    monkeypatch.setattr(TableRecommender, "bar", lambda *_: own)
    judge(store, 90)
    manifest = made(store, {1: 0.7, 2: 0.6}, digest_bar=None)
    assert (numbers(manifest), manifest.bar, manifest.bar_kind) == ([1], 0.65, "chance")


def test_no_bar_of_ones_own_is_asked_for_before_the_first_like(store):
    judge(store, 90, "skip")
    manifest = made(store, ALL, digest_bar=None)
    assert (manifest.bar, manifest.bar_kind) == (None, "fixed")


def test_nothing_is_ranked_when_nothing_is_new(store):
    ranker = TableRecommender({})
    then = datetime(2026, 8, 10, tzinfo=UTC)
    manifest = compose(store, ranker, "me", week="2026-W30", now=then, settings=settings_of())
    assert (ranker.pools, manifest.candidates, manifest.model) == ([], 0, "")
    assert manifest.library_size == 8


def test_a_running_week_ends_now_and_its_rest_goes_to_the_next_digest(store):
    early = made(store, {}, now=WEDNESDAY)
    store.catalogue.add([week_paper(8, day=20)], WEDNESDAY + timedelta(days=2))
    late = made(store, {8: 0.9}, week="2026-W48", now=NEXT_MONDAY)
    assert early.ends_at == WEDNESDAY == late.starts_at
    assert numbers(late) == [8]


def test_a_paper_that_a_source_brings_this_very_moment_is_a_candidate(store):
    store.fetches.save(Fetch("key", "feed", "a feed", "", WEDNESDAY))
    store.catalogue.add([week_paper(50, day=10)], WEDNESDAY, Origin("feed", "a feed"))
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


def test_weeks_without_an_issue_join_the_next_one(store):
    made(store, {}, week="2026-W44", now=datetime(2026, 11, 2, 9, tzinfo=UTC))
    late = made(store, ALL)
    assert late.missed == ("2026-W45", "2026-W46")
    assert late.starts_at == datetime(2026, 11, 2, tzinfo=UTC)
    assert numbers(late)[0] == 90


def test_a_catch_up_ends_after_eight_weeks(store):
    made(store, {}, week="2026-W10", now=datetime(2026, 3, 9, 9, tzinfo=UTC))
    late = made(store, {})
    assert late.starts_at == MONDAY - timedelta(days=56)
    assert (late.missed[0], len(late.missed)) == ("2026-W39", 8)


def test_a_first_issue_has_missed_nothing(store):
    first = made(store, ALL)
    assert (first.missed, first.before, first.starts_at) == ((), None, MONDAY)


def test_days_follow_one_another(store):
    first = made(store, ALL, week="2026-11-16", now=WEDNESDAY)
    second = made(store, ALL, week="2026-11-17", now=WEDNESDAY)
    assert (first.candidates, numbers(second)) == (0, [1, 2, 3])
    assert second.starts_at == datetime(2026, 11, 17, tzinfo=UTC)
    week = made(store, ALL)
    assert (numbers(week), week.left_out["shown"]) == ([4, 5, 6], 3)


def test_muted_papers_are_left_out_and_counted(store):
    judge(store, 90)
    judge(store, 2)
    store.preferences.set("me", "muted", ["kind"])
    ranker = TableRecommender({paper_id(n): x for n, x in ALL.items()}, paper_id(1), paper_id(2))
    manifest = compose(
        store, ranker, "me", week=WEEK, now=NEXT_MONDAY, settings=settings_of(digest_size=9)
    )
    assert numbers(manifest) == [3, 4]
    assert manifest.left_out == {"muted": 1, "judged": 1, "below_bar": 2}
    assert manifest.muted == ("kind",)


def test_the_plan_of_the_reader_goes_before_the_settings(store):
    judge(store, 90)
    save_subscription(store, "me", Subscription(size=1, bar=0.7, zone="Asia/Tokyo"), LONG_AGO)
    manifest = made(store, ALL)
    assert (manifest.size, manifest.bar, manifest.zone) == (1, 0.7, "Asia/Tokyo")
    assert numbers(manifest) == [1]


@pytest.mark.slow
def test_one_paper_is_drawn_when_the_reader_explores(store):
    judge(store, 90)
    assert [x.explored for x in made(store, ALL, how=preview, digest_size=4).items] == [False] * 4
    store.preferences.set("me", "explore", 0.1)
    manifest = made(store, ALL, digest_size=4)
    assert [x.explored for x in manifest.items] == [False] * 3 + [True]
    assert manifest.items[-1].paper_id in {paper_id(5), paper_id(6)}
    assert manifest.items[-1].propensity == 0.5
    assert len(manifest.items[-1].drawn_from) == 2
    assert manifest.explore == 0.1


def test_nothing_is_drawn_while_a_setting_is_tried(store):
    judge(store, 90)
    store.preferences.set("me", "explore", 0.1)
    begin_trial(store, "me")
    manifest = made(store, ALL, digest_size=4)
    assert [x.explored for x in manifest.items] == [False] * 4
    assert manifest.explore == 0.0


def test_the_issue_says_what_became_of_the_one_before(store):
    judge(store, 90)
    store.preferences.set("me", "muted", ["old"])
    first = made(store, ALL)
    later = NEXT_MONDAY + timedelta(days=1)
    for number, kind in ((1, "like"), (2, "skip"), (5, "like"), (6, "skip"), (4, "skip")):
        key = f"late-{number}"
        event = Event(key, "me", "general", paper_id(number), EventKind(kind), later)
        store.feedback.append(event)
    store.preferences.set("me", "muted", ["old", "new"])
    second = made(store, {}, week="2026-W48", now=NEXT_MONDAY + timedelta(days=7))
    assert second.before == Before(
        *(WEEK, 3, 1, 1, 1, 2),
        *(first.model, 0.5, 3, ("new",), ()),
    )


def test_answers_are_tokens_of_this_reader_week_and_paper(store, tmp_path):
    address = {"base_url": "https://papers.example.org/loop/", "data_dir": tmp_path / "keys"}
    manifest = made(store, ALL, how=preview, **address)
    signer = Signer(signing_key(tmp_path / "keys").encode())
    assert manifest.base_url == "https://papers.example.org/loop"
    for item in manifest.items:
        for action, token in item.answers.items():
            read = signer.read(token, NEXT_MONDAY)
            told = (read.reader_id, read.week, read.paper_id, read.action)
            assert told == ("me", WEEK, item.paper_id, action)
            assert read.expires_at == manifest.expires_at == NEXT_MONDAY + timedelta(days=60)
        assert set(item.answers) == {"like", "skip", "save"}
    assert signer.read(manifest.unsubscribe, NEXT_MONDAY).action == "unsubscribe"
    assert made(store, ALL, **address).to_json() == manifest.to_json()


def test_without_an_address_there_are_no_tokens(store):
    manifest = made(store, ALL)
    assert (manifest.items[0].answers, manifest.unsubscribe, manifest.expires_at) == ({}, "", None)


def test_readers_share_the_reading_of_a_week(store):
    windows = WindowCache(store)
    for reader in ("me", "other"):
        ranker = TableRecommender({paper_id(1): 0.9})
        when = {"week": WEEK, "now": NEXT_MONDAY, "settings": settings_of(), "windows": windows}
        assert numbers(compose(store, ranker, reader, **when)) == [1]
    assert windows.papers(*week_bounds(WEEK, "UTC")) is windows.papers(*week_bounds(WEEK, "UTC"))
    store.catalogue.add([week_paper(7)], NEXT_MONDAY)
    assert paper_id(7) in windows.papers(*week_bounds(WEEK, "UTC"))


def test_every_interest_is_kept_with_its_share(store):
    store.readers.ensure_interest("me", "Rivers")
    store.readers.set_share("me/rivers", 0.25)
    ranker = TableRecommender({paper_id(1): 0.9})
    when = {"week": WEEK, "now": NEXT_MONDAY, "settings": settings_of()}
    manifest = compose(store, ranker, "me", **when)
    assert [(x.name, x.share) for x in manifest.interests] == [("General", 1.0), ("Rivers", 0.25)]
    assert ranker.asked == [15]
