"""Any paper and any week gets a true answer."""

from __future__ import annotations

import json
from datetime import timedelta

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
    manifest,
    paper_id,
    settings_of,
    week_paper,
)

from recommender.digest.compose.compose import compose
from recommender.digest.compose.exclusions import pack
from recommender.digest.compose.explain_exclusion import ExclusionReport
from recommender.digest.compose.explain_exclusion import why as answer_of
from recommender.domain import Listing, Paper
from recommender.errors import DigestError, UnknownPaper, UnknownReader
from recommender.recommend.personal_bar import PersonalBar


def why(
    store, number, scores=None, *, week=WEEK, now=NEXT_MONDAY, reader="me", hidden=()
) -> ExclusionReport:
    ranker = TableRecommender({paper_id(n): x for n, x in (scores or ALL).items()}, *hidden)
    return answer_of(
        store, ranker, reader, paper_id(number), week=week, now=now, settings=settings_of()
    )


def test_a_shown_paper_has_its_place_score_and_reason(store):
    judge(store, 90)
    made(store, ALL)
    found = why(store, 2, {})
    assert (found.fate, found.composed, found.rank, found.score) == ("in_it", True, 2, 0.8)
    assert "place 2" in found.sentences[0]
    assert found.sentences[1] == "Shares “toys” with your likes."


@pytest.mark.parametrize(
    ("number", "fate", "told"),
    [
        (4, "over_size", "a score of 0.60 (your bar was 0.5), and the 3 places"),
        (5, "below_bar", "Below the bar: it had a score of 0.40, and your bar was 0.5."),
        (90, "outside", "appeared on 3 November 2026"),
        (91, "outside", "16 November 2026 00:00 to 23 November 2026 00:00 (UTC)"),
    ],
)
def test_every_fate_is_told_with_its_numbers(store, number, fate, told):
    judge(store, 90)
    made(store, ALL)
    found = why(store, number, {})
    assert found.fate == fate
    assert told in " ".join(found.sentences)


def test_a_bar_that_came_down_to_the_best_of_the_week_is_told(store, monkeypatch):
    monkeypatch.setattr(TableRecommender, "bar", lambda *_: PersonalBar(2.0, None, 3, 0.1))
    judge(store, 90)
    made(store, ALL, digest_bar=None)
    told = "no paper reached your own bar, which came down to the best one: 0.9."
    assert why(store, 1, {}).sentences[0] == f"Shown at place 1, with a score of 0.90; {told}"
    left = why(store, 4, {}).sentences[0]
    assert left == f"Below the bar: it had a score of 0.60, and {told}"


def test_a_judged_paper_names_the_verdict_that_stands(store):
    judge(store, 1, "skip")
    made(store, ALL)
    assert why(store, 1).sentences == (
        "You had liked, saved or skipped it before the digest was composed; what stands is a skip,"
        " of 5 January 2026.",
    )


def test_an_opened_paper_is_not_chosen_and_where_it_is_is_told(store):
    judge(store, 1, "open")
    assert paper_id(1) not in [x.paper_id for x in made(store, ALL).items]
    found = why(store, 1)
    assert (found.fate, found.sentences[0][:13]) == ("opened", "You had opene")
    assert "Library, Opened" in found.sentences[0]


def test_a_paper_seen_before_names_the_issue(store):
    store.catalogue.add(
        [week_paper(3, listings=(Listing("page", MONDAY - timedelta(days=2)),))], LONG_AGO
    )
    made(store, {3: 0.9}, week="2026-W46")
    made(store, ALL)
    found = why(store, 3)
    assert found.fate == "shown"
    assert "the digest of week 46, 2026, place 1" in found.sentences[0]


def test_a_muted_paper_names_the_word(store):
    store.preferences.set("me", "muted", ["kind"])
    found = why(store, 2, hidden=[paper_id(2)])
    assert found.fate == "muted"
    assert found.sentences[-1] == "Muted: it mentions “kind”."


def test_a_paper_lost_to_diversity_or_unknown_to_the_model_is_told_so(store):
    fates = pack({"diversity": {paper_id(1): 0.9}, "unranked": {paper_id(2): None}})
    text = manifest(fates=fates, items=()).to_json()
    store.digests.save("me", WEEK, text, [], NEXT_MONDAY)
    assert "nearly the same as a paper that was chosen" in why(store, 1).sentences[0]
    assert "the model knows nothing of it" in why(store, 2).sentences[0]


def test_a_week_without_an_issue_is_answered_as_it_would_be(store):
    judge(store, 90)
    found = why(store, 1, now=WEDNESDAY)
    assert (found.composed, found.fate, found.rank) == (False, "in_it", 1)
    assert found.sentences[0] == "Week 47, 2026 has no digest yet; as it would be now:"
    assert store.digests.weeks("me") == []


def test_a_paper_that_came_after_composing_was_not_known_then(store):
    made(store, ALL)
    store.catalogue.add([week_paper(40, day=18)], NEXT_MONDAY + timedelta(days=1))
    found = why(store, 40)
    assert found.fate == "outside"
    assert found.sentences[0].startswith("Not known then: the digest was composed on 23 November")


def test_a_paper_is_found_after_it_was_merged_under_another_id(store):
    judge(store, 90)
    lone = Paper("Lone toys", year=2026, published_at=MONDAY)
    (added,) = store.catalogue.add([lone], LONG_AGO)
    ranker = TableRecommender({added.paper_id: 0.1, paper_id(1): 0.9})
    when = {"week": WEEK, "now": NEXT_MONDAY, "settings": settings_of()}

    compose(store, ranker, "me", **when)
    known = Paper("Lone toys", identifiers=("doi:10.1000/lone",), year=2026, published_at=MONDAY)
    (merged,) = store.catalogue.add([known], NEXT_MONDAY)
    assert merged.paper_id != added.paper_id
    found = answer_of(store, ranker, "me", "doi:10.1000/lone", **when)
    assert (found.fate, found.score) == ("below_bar", 0.1)


def test_an_issue_of_version_one_is_answered_with_its_counts(store):
    plain = json.loads(manifest(items=()).to_json())
    new = ("missed", "interests", "muted", "explore", "before", "fates", "base_url")
    for name in (*new, "expires_at", "unsubscribe"):
        del plain[name]
    text = json.dumps(plain | {"version": 1})
    store.digests.save("me", WEEK, text, [], NEXT_MONDAY)
    found = why(store, 1)
    assert found.fate == "not_kept"
    assert "kept counts only: 1 already liked, saved or skipped, 2 below" in found.sentences[0]
    assert why(store, 90).fate == "outside"


def test_what_is_not_there_is_an_error(store):
    with pytest.raises(UnknownPaper):
        why(store, 77777)
    with pytest.raises(UnknownReader):
        why(store, 1, reader="nobody")
    with pytest.raises(DigestError, match="not begun"):
        why(store, 1, week="2026-W49")
