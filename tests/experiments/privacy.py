"""Differential privacy of what other readers' likes teach: utility against epsilon.

Public: texts, and the factors that they alone give. Private: the likes of the other readers. Each
reader x gives unit factors f_x (folded in from at most `MOST` of their likes) to these papers, and
every paper moves towards its readers (one private half-step of the factorisation)::

    v_p' = v_p + STEP * (sum over readers x of p of f_x + noise) / (n_p + noise + SMOOTH)

Adding or removing one reader changes the sums by at most sqrt(MOST) and the counts by as much, so
Gaussian noise of sigma = sqrt(2 * MOST) * sqrt(2 log(1.25 / delta)) / epsilon on both gives
(epsilon, delta) for whole readers, delta = 1e-5 (Dwork & Roth 2014, theorem A.1; for epsilon above
1 too little noise, which flatters the method). Released once; a model fitted again every week
spends it again (52 releases by composition at epsilon 4 each: far more than 4).

What is asked: of the gain that other readers bring over texts alone, how much is left?
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from variants import asked, best, compare, fitted_on, opened, warm

from recommender.features.interactions import Profile
from recommender.ranking.als.fold_in import fold_in

MOST, STEP, SMOOTH, DELTA = 20, 0.5, 5.0, 1e-5
options = asked(__doc__, readers=300)
question = warm(opened(options.dataset), options.seed, options.readers)
view = question.view
texts = fitted_on(replace(view, reader_papers=view.reader_papers[:0]))
als, rng = texts.model.ranker.als, np.random.default_rng(options.seed)
papers = als.model.papers.astype(np.float64)
sums, counts = np.zeros(papers.shape), np.zeros(len(papers))
for row in range(view.reader_papers.shape[0]):
    cells = slice(*view.reader_papers.indptr[row : row + 2])
    liked = view.reader_papers.indices[cells]
    if liked.size > MOST:
        liked = rng.choice(liked, MOST, replace=False)
    weights = als.options.alpha * np.ones(liked.size)
    factors = fold_in(als.model.of_papers, papers[liked], weights).sum(axis=0)
    length = np.linalg.norm(factors)
    if length > 0:
        sums[liked] += factors / length
        counts[liked] += 1
typical = float(np.linalg.norm(papers, axis=1).mean())
print(f"{papers.shape[1]} factors, {view.reader_papers.shape[0]} readers, length {typical:.2f}")


def moved(epsilon: float | None) -> np.ndarray:
    total, n = sums, counts
    if epsilon is not None:
        sigma = np.sqrt(2 * MOST) * np.sqrt(2 * np.log(1.25 / DELTA)) / epsilon
        total = sums + rng.normal(0, sigma, sums.shape)
        n = np.maximum(counts + rng.normal(0, sigma, counts.shape), 0)
    return papers + STEP * typical * total / (n + SMOOTH)[:, None]


def by_factors(items: np.ndarray):
    gram = items.T @ items

    def rank(profile: Profile, pool: np.ndarray) -> np.ndarray:
        liked = items[profile.liked]
        alpha = als.options.alpha
        matrix = gram + (alpha - 1) * liked.T @ liked
        matrix[np.diag_indices_from(matrix)] += als.options.regularization
        reader = np.linalg.solve(matrix, alpha * liked.sum(axis=0))
        return best(items[pool] @ reader, pool, profile)

    return rank


variants = {"texts alone": by_factors(papers), "likes without noise": by_factors(moved(None))}
variants |= {f"epsilon {e:g}": by_factors(moved(e)) for e in (1, 4, 16, 64, 256)}
values = {name: question.values(question.ask(rank))[0] for name, rank in variants.items()}
compare("factors alone, warm, valid, NDCG@20", values, "likes without noise", options.seed)
