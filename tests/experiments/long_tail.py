"""The long tail: who is shown, by how many readers liked a paper, and what a floor costs.

Papers are dealt to tenths by their known likes (ties by row). Exposure is a tenth's share of all
places; recall is found over held of that tenth. A floor keeps `k` of twenty places for the best
papers that at most `RARE` readers like.
"""

from __future__ import annotations

import numpy as np
from variants import DEPTH, asked, compare, fitted_on, opened, slate, warm

from recommender.evaluation.metrics import coverage, gini, hits_of
from recommender.evaluation.systems import system_by_name

RARE = 2
options = asked(__doc__, readers=300)
question = warm(opened(options.dataset), options.seed, options.readers)
fitted = fitted_on(question.view)
likes = question.history.per_paper()
tenth = np.empty(likes.size, dtype=np.intp)
tenth[np.argsort(likes, kind="stable")] = np.arange(likes.size) * 10 // likes.size


def with_floor(k: int):
    def rank(profile, pool):
        whole = slate(fitted, profile, pool, DEPTH)
        rare = slate(fitted, profile, pool[likes[pool] <= RARE], k)
        missing = k - int((likes[whole] <= RARE).sum())
        if missing <= 0:
            return whole
        extra = rare[~np.isin(rare, whole)][:missing]
        common = np.flatnonzero(likes[whole] > RARE)[::-1][: extra.size]
        return np.concatenate([np.delete(whole, common), extra])

    return rank


def by(name: str):
    system = system_by_name(name).fit(question.view)
    return lambda profile, pool: system.rank(profile, pool, DEPTH)


variants = {
    "paperloop": lambda p, pool: slate(fitted, p, pool, DEPTH),
    **{f"floor {k} of 20": with_floor(k) for k in (2, 4, 8)},
    "tfidf-rocchio": by("tfidf-rocchio"),
}
shown = {name: question.ask(rank) for name, rank in variants.items()}
held = question.held.of_readers(question.readers)
print(f"\nlikes of the tenths: {[int(likes[tenth == t].max()) for t in range(10)]}")
print(f"held papers by tenth: {np.bincount(tenth[held.paper], minlength=10).tolist()}")
for name, lists in shown.items():
    of_places = np.bincount(tenth[lists[lists >= 0]], minlength=10)
    hits = hits_of(lists, question.readers, held)
    hit = np.bincount(tenth[lists[hits]], minlength=10)
    recall = hit / np.maximum(np.bincount(tenth[held.paper], minlength=10), 1)
    unliked = (likes[lists[lists >= 0]] == 0).mean()
    rare = (likes[lists[lists >= 0]] <= RARE).mean()
    print(
        f"\n{name}: coverage {coverage(lists, question.pool):.3f}, "
        f"Gini {gini(lists, question.pool):.3f}, places of papers without likes {unliked:.3f}, "
        f"with at most {RARE} {rare:.3f} (of the library {(likes == 0).mean():.3f}, "
        f"{(likes <= RARE).mean():.3f})"
    )
    print("  exposure by tenth", np.round(of_places / of_places.sum(), 3).tolist())
    print("  recall@20 by tenth", np.round(recall, 3).tolist())
values = {name: question.values(x)[0] for name, x in shown.items()}
compare("warm, valid, NDCG@20", values, "paperloop", options.seed)
