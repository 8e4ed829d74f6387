"""How a reader begins, and what each way is worth."""

from __future__ import annotations

import numpy as np
import pytest
from topics import N_PAPERS, Seer, Silence, table

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.protocols import PROTOCOLS
from recommender.evaluation.protocols.base import Options
from recommender.evaluation.protocols.onboarding import WAYS
from recommender.evaluation.run import evaluate


def begin(dataset: Dataset, seer: Seer, monitor: Silence) -> dict[str, np.ndarray]:
    result = PROTOCOLS["start"](dataset, Options(seed=3), [seer], monitor)
    return dict(result.outcomes["seer"].values)


def test_half_of_the_library_is_brought_along_and_half_is_found(
    two_topics: Dataset, monitor: Silence
) -> None:
    seer = Seer(two_topics)
    likes = begin(two_topics, seer, monitor)
    assert set(likes) == {f"{way}@20" for way in WAYS}
    n_wanted = 8 - 4
    for way in ("bib@20", "titles@20"):
        assert likes[way].tolist() == [n_wanted] * 6


def test_beginners_are_hidden_from_the_others(two_topics: Dataset, monitor: Silence) -> None:
    seer = Seer(two_topics)
    result = PROTOCOLS["start"](two_topics, Options(seed=3), [seer], monitor)
    assert (seer.learnt[0].reader_row[result.outcomes["seer"].readers] == -1).all()
    assert seer.learnt[0].reader_papers.shape[0] == 6


def test_what_is_said_is_what_the_profile_holds(two_topics: Dataset, monitor: Silence) -> None:
    seer = Seer(two_topics)
    begin(two_topics, seer, monitor)
    first = seer.asked[::2][: len(WAYS)]
    n_liked = dict(zip(WAYS, (x.liked.size for x in first), strict=True))
    assert (n_liked["nothing"], n_liked["sentence"]) == (0, 1)
    assert (n_liked["titles"], n_liked["bib"]) == (3, 4)
    assert n_liked["picks"] <= 3
    sentence = first[WAYS.index("sentence")].liked
    assert sentence[0] >= N_PAPERS
    assert all(
        (x.liked < N_PAPERS).all() for x, way in zip(first, WAYS, strict=True) if way != "sentence"
    )


def test_what_is_brought_along_is_never_shown(two_topics: Dataset, monitor: Silence) -> None:
    seer = Seer(two_topics)
    result = PROTOCOLS["start"](two_topics, Options(seed=3), [seer], monitor)
    shown = result.outcomes["seer"].shown.reshape(6, len(WAYS), -1)
    brought = [x.liked for x in seer.asked[2 * WAYS.index("bib") :: 2 * len(WAYS)]]
    for rows, of_reader in zip(shown, brought, strict=True):
        assert not np.isin(rows, of_reader).any()
        assert all(np.unique(x[x >= 0]).size == (x >= 0).sum() for x in rows)


@pytest.mark.slow
def test_words_and_picks_are_worth_more_than_nothing(two_topics: Dataset) -> None:
    own = evaluate(two_topics, "start", rankers=["paperloop"], seed=3).ranker("paperloop")
    nothing = own.value("nothing@20")
    assert own.value("sentence@20") >= nothing
    assert own.value("bib@20") > nothing


def test_nobody_to_begin_is_one_sentence(two_topics: Dataset, monitor: Silence) -> None:
    likes = table([(0, 1), (0, 2)], 12, N_PAPERS)
    poor = Dataset(**{**{x: getattr(two_topics, x) for x in Dataset.__slots__}, "likes": likes})
    with pytest.raises(EvaluationError, match="6 papers or more"):
        PROTOCOLS["start"](poor, Options(), [Seer(poor)], monitor)
