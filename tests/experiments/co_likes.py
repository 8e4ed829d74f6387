"""Frequent itemsets and the random walk (RP3beta), each alone and in the score.

A pair of papers is frequent where at least `SUPPORT` readers have both (what FP-growth finds for
sets of two; of three, it finds few here, see the count). A paper's score is the highest
confidence of a rule {liked} -> paper, times log(1 + support).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix
from variants import asked, best, compare, fitted_on, opened, slate, warm

SUPPORT = 3
options = asked(__doc__, readers=600)
question = warm(opened(options.dataset), options.seed, options.readers)
fitted = fitted_on(question.view)
ranker = fitted.model.ranker
likes = (question.view.reader_papers > 0).astype(np.float32).tocsr()
together = (likes.T @ likes).tocsr()
together.setdiag(0)
together.data[together.data < SUPPORT] = 0
together.eliminate_zeros()
n_likes = np.asarray(likes.sum(axis=0)).ravel()
rules: csr_matrix = together.copy()
support = rules.data.copy()
rules.data = support / np.repeat(n_likes, np.diff(rules.indptr)) * np.log1p(support)
triples = sum(
    int((together[row].indices.size * (together[row].indices.size - 1)) // 2 > 0)
    for row in range(together.shape[0])
)
print(f"frequent pairs {together.nnz // 2}; papers in two pairs or more {triples}")


def by_rules(profile) -> np.ndarray:
    scores = np.full(rules.shape[1], np.nan)
    block = rules[profile.liked[profile.liked < rules.shape[0]]]
    if block.nnz:
        top = np.asarray(block.max(axis=0).todense()).ravel()
        scores[top > 0] = top[top > 0]
    return scores


def with_walk(weight: float):
    def rank(profile, pool):
        scorer = ranker.user_scorer(profile)
        walk = scorer.walk if scorer.walk_weight else ranker.neighbours.standard_walk(profile)
        return slate(fitted, profile, pool, 20, replace(scorer, walk=walk, walk_weight=weight))

    return rank


def with_rules(profile, pool):
    scorer, scores = ranker.user_scorer(profile), by_rules(profile)
    reached = np.isfinite(scores)
    spread = np.nanstd(np.where(reached, scores, 0.0)) or 1.0
    walk = np.where(reached, (scores - np.nan_to_num(scores).mean()) / spread, np.nan)
    return slate(fitted, profile, pool, 20, replace(scorer, walk=walk.astype(np.float32)))


def alone(scorer):
    return lambda profile, pool: best(scorer(profile)[pool], pool, profile)


variants = {
    "as it is (walk .2 at most)": lambda p, pool: slate(fitted, p, pool, 20),
    "without the walk": with_walk(0.0),
    "walk 0.1": with_walk(0.1),
    "walk 0.4": with_walk(0.4),
    "frequent pairs instead of the walk": with_rules,
    "walk alone": alone(ranker.neighbours.walk),
    "frequent pairs alone": alone(by_rules),
}
print("weight of the walk as it is", ranker.weights()["neighbours"].liked)
shown = {name: question.ask(rank) for name, rank in variants.items()}
first = next(iter(variants))
for place, measure in enumerate(("NDCG@20", "Recall@20")):
    values = {name: question.values(x)[place] for name, x in shown.items()}
    compare(f"warm, valid, {measure}", values, first, options.seed)
