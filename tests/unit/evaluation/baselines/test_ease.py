from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from recommender.evaluation.baselines.ease import REGULARIZATION, Ease
from recommender.features import Features
from recommender.features.interactions import Profile


def test_the_dual_form_equals_the_closed_form_of_the_paper() -> None:
    libraries = (np.random.default_rng(0).random((25, 12)) < 0.3).astype(np.float32)
    features = Features.of_counts(
        [str(i) for i in range(12)], csr_matrix(np.eye(12)), list("abcdefghijkl")
    )
    inverse = np.linalg.inv(libraries.T @ libraries + REGULARIZATION * np.eye(12))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    row = np.zeros(12)
    row[[1, 5]] = 1
    fitted = Ease().fit(features, csr_matrix(libraries), seed=0)
    scores = fitted.score(Profile.of(np.array([1, 5])), np.arange(12))
    np.testing.assert_allclose(scores, row @ weights, atol=1e-5)
