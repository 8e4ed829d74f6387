"""From a ranked pool to an issue: the bar, the shares, one draw, and why the rest is left out."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.digest.compose.select import (
    N_RESERVE,
    Rules,
    SelectionResult,
    choose,
    n_asked,
    seed_of,
)
from recommender.domain import Interest, Recommendation


def ranked(scores: dict[str, float], chances: dict[str, float] | None = None):
    chances = chances or {}
    return [
        Recommendation(n, x, "", score, chance=chances.get(x))
        for n, (x, score) in enumerate(scores.items(), 1)
    ]


def ids(choice: SelectionResult) -> list[str]:
    return [x.paper_id for x in choice.chosen]


TABLE = {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.2}


def test_the_best_above_the_bar_come_in_and_all_others_are_excluded():
    choice = choose(ranked(TABLE), TABLE, TABLE, Rules(2, 0.5))
    assert ids(choice) == ["a", "b"]
    assert choice.exclusions == {"over_size": {"c": 0.7}, "below_bar": {"d": 0.2}}
    assert choice.best_below == 0.2


def test_a_paper_that_the_slate_passed_over_was_lost_to_diversity():
    scores = TABLE | {"twin": 0.85, "far": 0.6}
    choice = choose(ranked({"a": 0.9, "b": 0.8}), scores, scores, Rules(2, 0.5))
    assert choice.exclusions["diversity"] == {"twin": 0.85}
    assert choice.exclusions["over_size"] == {"c": 0.7, "far": 0.6}


def test_the_turns_of_an_interest_are_kept_and_go_to_others_only_when_it_has_nothing():
    slate = {"a1": 0.9, "b1": 0.6, "a2": 0.8, "b2": 0.1, "a3": 0.7}
    choice = choose(ranked(slate), slate, slate, Rules(3, 0.5))
    assert ids(choice) == ["a1", "a2", "b1"]
    assert choice.exclusions == {"below_bar": {"b2": 0.1}, "diversity": {"a3": 0.7}}
    assert ids(choose(ranked(slate), slate, slate, Rules(4, 0.5))) == ["a1", "a2", "a3", "b1"]


def test_papers_stand_by_their_chance_where_all_have_one():
    chances = {"a": 0.3, "b": 0.6, "c": 0.5}
    slate = {x: TABLE[x] for x in chances}
    assert ids(choose(ranked(slate, chances), slate, slate, Rules(3, 0.5))) == ["b", "c", "a"]
    del chances["c"]
    assert ids(choose(ranked(slate, chances), slate, slate, Rules(3, 0.5))) == ["a", "b", "c"]


def test_an_opening_without_scores_just_ends():
    choice = choose(ranked({"a": 0.1}), {}, ["a", "b"], Rules(1, None))
    assert choice.exclusions == {"over_size": {"b": None}}
    unknown = choose(ranked({"a": 0.9}), {"a": 0.9}, ["a", "b"], Rules(1, 0.5))
    assert unknown.exclusions == {"unranked": {"b": None}}


def drawn_from(
    n_papers: int, size: int = 5, explore: float = 0.1, seed: int = 0
) -> SelectionResult:
    scores = {f"p{n:03d}": 1 - n / 100 for n in range(n_papers)}
    return choose(ranked(scores), scores, scores, Rules(size, 0.5, explore, seed))


def test_one_paper_is_drawn_at_most_and_it_is_the_last_and_marked():
    choice = drawn_from(100)
    assert choice.drawn == ids(choice)[-1]
    assert ids(choice)[:-1] == ["p000", "p001", "p002", "p003"]
    last = choice.chosen[-1]
    assert last.propensity == 1 / N_RESERVE
    assert last.reasons[0].kind == "explored"
    assert set(last.drawn_from) == {f"p{n:03d}" for n in range(5, 5 + N_RESERVE)}
    assert choice.exclusions["over_size"]["p004"] == pytest.approx(0.96)
    assert drawn_from(100) == choice


def test_draws_differ_and_reach_all_of_the_reserve():
    drawn = Counter(drawn_from(100, seed=seed_of(0, "me", str(n))).drawn for n in range(400))
    assert set(drawn) == {f"p{n:03d}" for n in range(5, 5 + N_RESERVE)}
    assert max(drawn.values()) < 50


def test_nothing_is_drawn_when_nobody_asked_or_little_was_found():
    assert drawn_from(100, explore=0.0).drawn is None
    assert drawn_from(5).drawn is None
    assert drawn_from(2).drawn is None


@given(
    st.dictionaries(st.text("abcdef", min_size=1), st.floats(-2, 2), max_size=30),
    st.integers(0, 30),
    st.integers(1, 12),
    st.none() | st.floats(-1, 1),
    st.sampled_from([0.0, 0.1]),
)
def test_every_paper_is_chosen_or_is_excluded_once(scores, n_slate, size, bar, explore):
    best = dict(sorted(scores.items(), key=lambda x: -x[1])[:n_slate])
    choice = choose(ranked(best), scores, scores, Rules(size, bar, explore))
    told = [x for papers in choice.exclusions.values() for x in papers]
    below = [x.paper_id for x in choice.below]
    assert sorted([*told, *ids(choice), *below]) == sorted(scores)
    assert len(below) <= (0 if choice.chosen else 3)
    assert all(x.score < bar for x in choice.below)
    assert choice.chosen or below or not best
    assert len(choice.chosen) <= size
    assert all(bar is None or x.score >= bar or x.paper_id == choice.drawn for x in choice.chosen)
    assert [x.rank for x in choice.chosen] == list(range(1, len(choice.chosen) + 1))


def test_a_slate_is_long_enough_for_any_one_interest_to_fill_the_issue():
    def shares(*given: float) -> list[Interest]:
        return [Interest(f"me/{n}", "me", str(n), x) for n, x in enumerate(given)]

    assert n_asked(shares(1.0), Rules(10, 0.5)) == 10
    assert n_asked(shares(1.0), Rules(10, 0.5, explore=0.1)) == 10 + N_RESERVE
    assert n_asked(shares(1.0, 0.5), Rules(10, 0.5)) == 30
    assert n_asked(shares(1.0, 0.0), Rules(10, 0.5)) == 10
    assert n_asked(shares(1.0, 0.001), Rules(10, 0.5)) == 200
