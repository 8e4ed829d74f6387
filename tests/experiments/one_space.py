"""One space for readers, terms and authors: names as rows of the factorisation.

Each name is a row like a term; its cells weigh `w` times what words do. Measured with the part
`authors` (as it is) and without it, on a data set whose papers have authors.
"""

from __future__ import annotations

from dataclasses import replace

from scipy.sparse import csr_matrix, hstack
from variants import DEPTH, asked, best, compare, opened, warm

from recommender.evaluation.systems import FittedPipeline
from recommender.features import Features
from recommender.ranking import pipeline
from recommender.ranking.als.model import Factorisation
from recommender.ranking.fusion.user_scorer import UserScorer

options = asked(__doc__, readers=600)
question = warm(opened(options.dataset), options.seed, options.readers)
view = question.view
print(f"{view.features.paper_authors.shape[1]} names, {view.features.paper_terms.shape[1]} terms")


def with_names(weight: float):
    def fit(features: Features, reader_papers, als, seed, on_round) -> Factorisation:
        both = hstack([features.paper_terms, weight * features.paper_authors]).tocsr()
        wide = replace(features, paper_terms=csr_matrix(both, dtype="float32"))
        return Factorisation.fit(wide, reader_papers, als, seed, on_round)

    built = pipeline.BuildOptions(fit_factors=fit if weight else Factorisation.fit)
    model = pipeline.build(view.fitted, view.reader_papers, built, seed=view.seed)
    return FittedPipeline(model, view)


def by(fitted: FittedPipeline, parts: str):
    def rank(profile, pool):
        ranker = fitted.model.ranker
        if parts == "als":
            return best(ranker.als.score(profile, pool), pool, profile, DEPTH)
        scorer: UserScorer = ranker.user_scorer(profile)
        if parts == "without authors":
            kept = {k: x for k, x in scorer.linear_terms.items() if k != "authors"}
            scorer = replace(scorer, linear_terms=kept)
        return best(scorer.score(pool), pool, profile, DEPTH)

    return rank


values = {}
for weight in (0.0, 0.5, 1.0, 2.0):
    fitted = with_names(weight)
    for parts in ("als", "without authors", "whole"):
        name = f"{parts}, names {weight:g}"
        values[name] = question.values(question.ask(by(fitted, parts)))[0]
for parts in ("als", "without authors", "whole"):
    chosen = {k: v for k, v in values.items() if k.startswith(parts)}
    compare(f"warm, valid, NDCG@20, {parts}", chosen, f"{parts}, names 0", options.seed)
