"""Ensembles against over-optimisation: several fits from other starts, instead of one.

The score of a paper is the mean of the fits' scores, or the mean minus `k` standard deviations,
which distrusts papers that the fits disagree on. Each fit sees the same likes with another seed
(``seeds``) or a bootstrap sample of the other readers (``bootstrap``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from variants import DEPTH, asked, best, compare, fitted_on, lab, opened, slate, warm

N_FITS = 5
options = asked(__doc__, readers=100)
question = warm(
    lab(opened(options.dataset), options.readers, options.seed), options.seed, options.readers
)
view, rng = question.view, np.random.default_rng(options.seed)
one = fitted_on(view)


def fits(kind: str) -> list:
    found = []
    for number in range(N_FITS):
        matrix = view.reader_papers
        if kind == "bootstrap":
            matrix = matrix[rng.integers(0, matrix.shape[0], matrix.shape[0])]
        found.append(fitted_on(replace(view, seed=view.seed + number, reader_papers=matrix)))
    return found


def averaged(members: list, k: float):
    def rank(profile, pool):
        profile = replace(profile, reader_index=None)
        scores = np.stack([x.model.ranker.user_scorer(profile).score(pool) for x in members])
        return best(scores.mean(axis=0) - k * scores.std(axis=0), pool, profile)

    return rank


def single(profile, pool):
    profile = replace(profile, reader_index=None)
    return best(one.model.ranker.user_scorer(profile).score(pool), pool, profile)


variants = {"one fit, by score alone": single, "as it is": lambda p, x: slate(one, p, x, DEPTH)}
for kind in ("seeds", "bootstrap"):
    members = fits(kind)
    variants |= {f"{kind}: mean of {N_FITS}": averaged(members, 0.0)}
    variants |= {f"{kind}: mean - {k} deviations": averaged(members, k) for k in (0.5, 1.0)}
values = {name: question.values(question.ask(rank))[0] for name, rank in variants.items()}
compare("laboratory, warm, valid, NDCG@20", values, "one fit, by score alone", options.seed)
