"""A shortlist of a large catalogue holds the papers that the full ranking puts first."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import NOW, SMALL_ALS, no_readers

from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.ranking import pipeline, shortlist
from recommender.ranking.pipeline import BuildOptions, Model

N_PAPERS, N_TERMS, N_TOPICS = 6_000, 900, 30


def counts(n: int, seed: int) -> csr_matrix:
    """Return word counts of papers on subjects of 25 words, with common words besides."""
    rng = np.random.default_rng(seed)
    topics = rng.integers(0, N_TOPICS, n)
    own = 150 + 25 * topics[:, None] + rng.integers(0, 25, (n, 12))
    columns = np.hstack([own, rng.integers(0, 150, (n, 15))])
    cells = np.ones(columns.size, dtype=np.float32)
    starts = np.arange(0, columns.size + 1, columns.shape[1])
    matrix = csr_matrix((cells, columns.ravel(), starts), shape=(n, N_TERMS))
    matrix.sum_duplicates()
    return matrix


@pytest.fixture(scope="module")
def model() -> Model:
    ids = [f"x:{i}" for i in range(N_PAPERS)]
    terms = [f"term{i}" for i in range(N_TERMS)]
    features = Features.of_counts(ids, counts(N_PAPERS, 0), terms)
    return pipeline.build(features, no_readers(N_PAPERS), BuildOptions(als=SMALL_ALS))


def ranked(model: Model, profile: Profile, **more: object) -> list[int]:
    slate = pipeline.rank(model, {"a": (profile, 1.0)}, n=20, now=NOW, **more)  # type: ignore[arg-type]
    return [x.paper_index for x in slate]


@pytest.mark.slow
def test_every_paper_of_a_small_catalogue_is_ranked(model: Model) -> None:
    scorer = model.ranker.user_scorer(Profile.of([1, 2]))
    rows = np.arange(3, N_PAPERS)
    assert shortlist.shortlist(scorer, rows, 10, N_PAPERS) is rows


@pytest.mark.slow
def test_the_first_twenty_are_those_of_the_full_ranking(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    profiles = [Profile.of(np.unique(rng.integers(0, N_PAPERS, n))) for n in (1, 3, 8, 20, 40)]
    profiles += [Profile.of([5, 9], rng.integers(10, N_PAPERS, 30))]
    full = [ranked(model, x) for x in profiles]
    monkeypatch.setattr(shortlist, "MIN_PAPERS", 0)
    sizes: list[int] = []
    choose = shortlist.shortlist

    def watched(*given: object) -> object:
        chosen = choose(*given)  # type: ignore[arg-type]
        sizes.append(chosen.size)
        return chosen

    monkeypatch.setattr(pipeline, "shortlist", watched)
    short = [ranked(model, x) for x in profiles]
    assert max(sizes) < N_PAPERS / 2
    shared = [len(set(x) & set(y)) / 20 for x, y in zip(full, short, strict=True)]
    assert np.mean(shared) >= 0.99


def test_nothing_barred_is_named_and_papers_since_the_fit_are(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortlist, "MIN_PAPERS", 0)
    new = [f"x:new{i}" for i in range(40)]
    features = model.features.with_counts(new, counts(40, 7))
    grown = pipeline.extend(model, features)
    scorer = grown.ranker.user_scorer(Profile.of([5, 9, 11]))
    rows = np.arange(0, len(features), 2)
    found = shortlist.shortlist(scorer, rows, 10, N_PAPERS)
    assert set(found.tolist()) <= set(rows.tolist())
    assert set(range(N_PAPERS, N_PAPERS + 40, 2)) <= set(found.tolist())
    assert (np.diff(found) > 0).all()
