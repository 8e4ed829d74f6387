"""What simulated readers do, and that every system meets the same ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from topics import Seer, Silence

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.protocols import PROTOCOLS
from recommender.evaluation.protocols.base import Options
from recommender.evaluation.simulated_reader import (
    EVERY_ANSWER,
    LIKES_AND_SKIPS,
    Behaviour,
    SimulatedReader,
)

N = 4000
LIBRARY = np.arange(0, N, 2)
TERMS = csr_matrix(np.ones((N, 1), dtype=np.float32))


def share_of(action: str, given: list[str]) -> float:
    return given.count(action) / len(given)


def test_without_noise_what_is_wanted_is_liked_and_the_rest_is_answered_in_shares() -> None:
    reader = SimulatedReader(Behaviour(noise=0.0), LIBRARY, TERMS, [0])
    assert set(reader.answers(LIBRARY)) == {"like"}
    given = reader.answers(LIBRARY + 1)
    shares = {x: share_of(x, given) for x in EVERY_ANSWER}
    assert shares == pytest.approx(
        {"like": 0.0, "skip": 0.6, "dislike": 0.25, "nothing": 0.15}, abs=0.04
    )


def test_mis_clicks_go_both_ways() -> None:
    reader = SimulatedReader(Behaviour(noise=0.1), LIBRARY, TERMS, [0])
    assert share_of("like", reader.answers(LIBRARY)) == pytest.approx(0.9, abs=0.03)
    assert share_of("like", reader.answers(LIBRARY + 1)) == pytest.approx(0.1, abs=0.03)


def test_an_answer_depends_on_the_paper_and_not_on_the_slate() -> None:
    reader = SimulatedReader(Behaviour(), LIBRARY, TERMS, [7])
    one_by_one = [reader.answers(np.array([row]))[0] for row in range(200)]
    assert reader.answers(np.arange(200)) == one_by_one
    assert SimulatedReader(Behaviour(), LIBRARY, TERMS, [8]).answers(np.arange(200)) != one_by_one


def test_dislikes_may_go_to_what_is_far_from_the_library() -> None:
    nearness = np.linspace(0.1, 1.0, N)
    terms = csr_matrix(np.column_stack([nearness, 1 - nearness]).astype(np.float32))
    library = np.arange(N - 400, N)
    reader = SimulatedReader(Behaviour(noise=0.0, dislikes="far"), library, terms, [0])
    slate = np.arange(1000)
    disliked = slate[[x == "dislike" for x in reader.answers(slate)]]
    assert disliked.max() == disliked.size - 1
    assert disliked.size == pytest.approx(250, abs=50)


def test_saves_opens_and_undos_happen_where_they_are_asked_for() -> None:
    everything = Behaviour.of(["like", "skip", "nothing", "save", "open", "undo"], 0.1)
    reader = SimulatedReader(everything, LIBRARY, TERMS, [0])
    assert share_of("save", reader.answers(LIBRARY)) == pytest.approx(0.18, abs=0.03)
    assert {"skip", "open", "nothing"} <= set(reader.answers(LIBRARY + 1))
    assert reader.undone(np.arange(N)).size == pytest.approx(0.05 * N, abs=50)
    plain = SimulatedReader(Behaviour(noise=0.1), LIBRARY, TERMS, [0])
    assert not plain.undone(np.arange(N)).size


@pytest.mark.parametrize(
    ("actions", "noise", "dislikes", "says"),
    [
        (["like", "shrug"], None, "", "no action 'shrug'; known are like, save"),
        (["skip"], None, "", "needs like and at least one of skip, dislike, nothing"),
        (["like", "save"], None, "", "needs like and at least one"),
        (["like", "skip"], 0.5, "", "must be 0 to below 0.5"),
        (["like", "skip"], float("nan"), "", "must be 0 to below 0.5"),
        (["like", "skip"], None, "near", "no rule 'near'"),
    ],
)
def test_what_makes_no_reader_is_refused(
    actions: list[str], noise: float | None, dislikes: str, says: str
) -> None:
    with pytest.raises(EvaluationError, match=says):
        Behaviour.of(actions, noise, dislikes)


def test_mis_clicks_are_the_default_except_for_likes_and_skips() -> None:
    assert Behaviour.of() == Behaviour()
    assert Behaviour.of(["skip", "like"]) == LIKES_AND_SKIPS
    assert Behaviour.of(["like", "skip"], 0.02).noise == 0.02


@pytest.mark.slow
def test_the_loop_hands_every_system_weights_of_the_same_answers(
    two_topics: Dataset, monitor: Silence
) -> None:
    one, other = Seer(two_topics, "one"), Seer(two_topics, "other")
    behaviour = Behaviour(noise=0.2)
    result = PROTOCOLS["loop"](two_topics, Options(behaviour=behaviour), [one, other], monitor)
    seen = {float(x) for p in one.asked for x in np.append(p.liked_weights, p.rejected_weights)}
    assert seen == {1.0, float(np.float32(-0.07)), -1.0}
    for mine, theirs in zip(one.asked, other.asked, strict=True):
        assert mine.liked.tolist() == theirs.liked.tolist()
        assert mine.rejected_weights.tolist() == theirs.rejected_weights.tolist()
    assert result.notes[0] == (
        "Simulated readers: actions like, skip, dislike, nothing; 20% mis-clicks, dislikes random."
    )


@pytest.mark.slow
def test_the_loop_counts_wanted_papers_and_not_mis_clicks(
    two_topics: Dataset, monitor: Silence
) -> None:
    options = Options(behaviour=Behaviour(noise=0.3))
    outcome = PROTOCOLS["loop"](two_topics, options, [Seer(two_topics)], monitor).outcomes["seer"]
    libraries = two_topics.likes.matrix()
    sessions = outcome.shown.reshape(len(outcome.readers), -1, outcome.shown.shape[1])
    for reader, played, found in zip(
        outcome.readers, sessions, outcome.values["likes@100"], strict=True
    ):
        n_wanted = np.isin(played[played >= 0], libraries[reader].indices).sum()
        assert found == pytest.approx(n_wanted / len(played))
