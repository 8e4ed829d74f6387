"""Hubness: papers that are near to many others. Does inverse graph convolution help?

InvGC (Jian & Wang 2023): x' = x - r * mean of the k nearest neighbours, of length 1 again. Measured
on the embedding, alone and in the score; hubness is the skewness of how often a paper is among
the ten nearest of another (Radovanović et al. 2010).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.stats import skew
from variants import (
    DEPTH,
    Question,
    asked,
    best,
    cold,
    compare,
    fitted_on,
    lab,
    opened,
    slate,
    warm,
)

from recommender.features.interactions import Profile
from recommender.ranking.content.rocchio import EmbeddingRanker

K = 10
options = asked(__doc__, readers=100)


def nearest(x: np.ndarray, k: int) -> np.ndarray:
    found = np.empty((len(x), k), dtype=np.intp)
    for start in range(0, len(x), 1000):
        cosines = x[start : start + 1000] @ x.T
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -2
        found[start : start + 1000] = np.argpartition(-cosines, k, axis=1)[:, :k]
    return found


def unhubbed(x: np.ndarray, r: float) -> np.ndarray:
    moved = x - r * x[nearest(x, K)].mean(axis=1)
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return (moved / np.where(length > 0, length, 1)).astype(np.float32)


def hubness(x: np.ndarray) -> float:
    return float(skew(np.bincount(nearest(x, K).ravel(), minlength=len(x))))


def measure(question: Question, title: str) -> None:
    view, values = question.view, {}
    for r in (0.0, 0.25, 0.5, 0.75):
        embedding = unhubbed(view.features.embedding, r) if r else view.features.embedding
        known = embedding[: len(view.fitted)]
        changed = replace(
            view,
            fitted=replace(view.fitted, embedding=known),
            features=replace(view.features, embedding=embedding),
        )
        print(f"{title}, r = {r}: hubness {hubness(embedding):.2f}", flush=True)
        fitted = fitted_on(changed)
        alone = EmbeddingRanker().fit(changed.fitted, view.reader_papers, view.seed)
        alone = alone.extended(changed.features)

        def by_embedding(profile: Profile, pool: np.ndarray, alone=alone) -> np.ndarray:
            return best(alone.score(profile, pool), pool, profile)

        def whole(profile: Profile, pool: np.ndarray, fitted=fitted) -> np.ndarray:
            return slate(fitted, profile, pool, DEPTH)

        values[f"embedding alone, r = {r}"] = question.values(question.ask(by_embedding))[0]
        values[f"paperloop, r = {r}"] = question.values(question.ask(whole))[0]
    for first in ("embedding alone", "paperloop"):
        of_kind = {k: v for k, v in values.items() if k.startswith(first)}
        compare(f"{title}, valid, NDCG@20", of_kind, f"{first}, r = 0.0", options.seed)


dataset = opened(options.dataset)
small = lab(dataset, options.readers, options.seed) if dataset.counts is not None else dataset
measure(warm(small, options.seed, options.readers), "warm")
measure(cold(small, options.seed, options.readers), "cold")
