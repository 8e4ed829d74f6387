"""What every ranker's list must be: the rankers, the baselines and the product, asked alike."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import NOW, world_features, world_papers, world_readers

from recommender.evaluation.baselines import BASELINES
from recommender.evaluation.systems import PAPERLOOP, FittedSystem, system_by_name
from recommender.evaluation.train_view import TrainView
from recommender.features.interactions import Profile
from recommender.ranking import RANKERS

N_KNOWN, N_NEW = 48, 3
POOL = np.arange(N_KNOWN)
TASTE = Profile.of([0, 1, 2], [13, 30])


def view() -> TrainView:
    features = world_features()
    rows = np.arange(N_KNOWN)
    return TrainView(
        features, features, world_readers(), rows, rows, np.full(1, -1, dtype=np.intp), NOW, 3
    )


@pytest.fixture(scope="module", params=sorted({PAPERLOOP, *BASELINES, *RANKERS}))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def fitted(name: str) -> FittedSystem:
    return system_by_name(name).fit(view())


def test_liked_and_skipped_papers_never_return(fitted: FittedSystem) -> None:
    assert not set(fitted.rank(TASTE, POOL, N_KNOWN)) & {0, 1, 2, 13, 30}


def test_a_list_holds_papers_of_the_pool_once_and_is_never_padded(fitted: FittedSystem) -> None:
    pool = np.array([2, 5, 13, 17, 40])
    ranked = fitted.rank(TASTE, pool, 20).tolist()
    assert len(ranked) == len(set(ranked))
    assert set(ranked) <= {5, 17, 40}
    assert len(fitted.rank(TASTE, POOL, 4)) == 4


def test_the_order_of_the_pool_does_not_matter(fitted: FittedSystem) -> None:
    shuffled = np.random.default_rng(0).permutation(POOL)
    assert fitted.rank(TASTE, shuffled, 10).tolist() == fitted.rank(TASTE, POOL, 10).tolist()


def test_a_second_fit_ranks_as_the_first(name: str, fitted: FittedSystem) -> None:
    again = system_by_name(name).fit(view())
    assert again.rank(TASTE, POOL, 10).tolist() == fitted.rank(TASTE, POOL, 10).tolist()


def test_papers_since_the_fit_raise_nothing(fitted: FittedSystem) -> None:
    old = view()
    new = [p for p in world_papers(4, 13, seed=5) if p.paper_id.endswith("-12")][:N_NEW]
    rows = np.arange(N_KNOWN + N_NEW)
    features = old.features.with_papers(new)
    later = TrainView(old.fitted, features, old.reader_papers, rows, rows, old.reader_row, NOW, 3)
    ranked = fitted.extended(later).rank(TASTE, rows, rows.size)
    assert set(ranked) <= set(rows) - {0, 1, 2, 13, 30}
