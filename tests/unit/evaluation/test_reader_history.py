"""What a system remembers of a simulated reader under each learning rule."""

from __future__ import annotations

import numpy as np
import pytest
from topics import Seer, make_two_topics

from recommender.evaluation.reader_history import (
    FROZEN,
    LEARNS,
    NO_DISLIKES,
    RULES,
    ReaderHistory,
    contestants_of,
)
from recommender.evaluation.simulated_reader import LIKES_AND_SKIPS, Behaviour
from recommender.evaluation.systems import PAPERLOOP
from recommender.evaluation.train_view import TrainView, learn

NONE = np.empty(0, dtype=np.intp)
ROUNDS = (
    (np.array([10, 11, 12]), ["like", "skip", "dislike"]),
    (np.array([13, 14]), ["like", "nothing"]),
)


@pytest.fixture(scope="module")
def view() -> TrainView:
    dataset = make_two_topics()
    return learn(dataset, dataset.likes, seed=0)


def lived(rule: str | None) -> ReaderHistory:
    history = ReaderHistory(np.array([1, 2]), RULES[rule] if rule else LEARNS)
    for slate, answers in ROUNDS:
        history.record(slate, answers, NONE, np.linspace(1.0, 2.0, len(slate)))
        history.end_round()
    return history


def test_every_answer_is_remembered_and_nothing_is_no_answer(view: TrainView) -> None:
    profile = lived(None).profile(view, None)
    assert set(profile.liked) == {1, 2, 10, 13}
    assert set(profile.rejected) == {11, 12}
    assert lived(None).verdicts.liked.tolist() == [True, False, False, True]


def test_a_frozen_system_learns_the_first_round_only(view: TrainView) -> None:
    profile = lived(FROZEN).profile(view, None)
    assert set(profile.liked) == {1, 2, 10}
    assert set(profile.rejected) == {11, 12}
    assert lived(FROZEN).verdicts.liked.size == 3


def test_ignored_dislikes_are_no_answers(view: TrainView) -> None:
    profile = lived(NO_DISLIKES).profile(view, None)
    assert set(profile.rejected) == {11}
    assert lived(NO_DISLIKES).verdicts.liked.size == 3


@pytest.mark.parametrize("rule", [None, *RULES])
def test_what_was_shown_is_known_whatever_is_learned(rule: str | None) -> None:
    assert lived(rule).shown.tolist() == [1, 2, 10, 11, 12, 13, 14]


def test_an_answer_taken_back_is_no_answer(view: TrainView) -> None:
    history = ReaderHistory(np.array([1]), LEARNS)
    history.record(np.array([5, 6]), ["like", "skip"], np.array([5]), None)
    assert set(history.profile(view, None).liked) == {1}


def test_the_product_is_joined_by_itself_without_a_part_of_its_learning() -> None:
    dataset = make_two_topics()
    systems = [Seer(dataset, name=PAPERLOOP), Seer(dataset)]
    names = [x.name for x in contestants_of(systems, Behaviour())]
    assert names == [PAPERLOOP, "seer", FROZEN, NO_DISLIKES]
    without = [x.name for x in contestants_of(systems, LIKES_AND_SKIPS)]
    assert without == [PAPERLOOP, "seer", FROZEN]
    alone = [x.name for x in contestants_of(systems, Behaviour(), ablations=False)]
    assert alone == [PAPERLOOP, "seer"]
