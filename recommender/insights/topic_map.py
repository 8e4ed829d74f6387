"""The catalogue as a map: papers on similar things lie near to one another.

`drawn` and `draw` keep a map in the folder of its model; the rest
is pure. Drawing takes seconds to half a minute and belongs behind a page.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from recommender.config import Settings
from recommender.features import Features
from recommender.features.interactions import Rows
from recommender.insights.user_profile import words_of
from recommender.recommend.served_model import ServedModel
from recommender.training import artifacts

NAME = "map"
MAX_DRAWN = 3_000
MIN_DRAWN = 8
N_NEAREST = 5
N_STEPS = 500
_CLOSE = 400  # papers compared with all drawn ones at a time


@dataclass(frozen=True, slots=True)
class MapRegion:
    """A region of the map by its words; x and y between -1 and 1."""

    words: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TopicMap:
    """Where papers lie.

    Parameters
    ----------
    rows
        ``(n_drawn,) intp`` rows of the model, rising.
    points
        ``(n_drawn, 2) float32`` x and y between -1 and 1.
    """

    rows: Rows
    points: NDArray[np.float32]


def drawn(settings: Settings, served: ServedModel) -> TopicMap | None:
    """Return the map of the model that serves; None when it has not been drawn yet."""
    held = artifacts.attached(settings.models_dir, served.version, NAME)
    if held is None or held.ndim != 2 or held.shape[1] != 3:
        return None
    return TopicMap(held[:, 0].astype(np.intp), held[:, 1:].astype(np.float32))


def draw(settings: Settings, served: ServedModel) -> TopicMap:
    """Draw the map and keep it with the model; the same model gives the same map.

    Raises
    ------
    ArtifactError
        The map cannot be written.
    """
    features = served.model.features
    rows = sample(features.n_fitted, settings.seed)
    rows = rows[features.embedding[rows].any(axis=1)]
    topic_map = TopicMap(rows, layout(np.asarray(features.embedding[rows]), settings.seed))
    table = np.column_stack([rows.astype(np.float64), topic_map.points.astype(np.float64)])
    artifacts.attach(settings.models_dir, served.version, NAME, table)
    return topic_map


def sample(n_papers: int, seed: int) -> Rows:
    """Return the rows that are drawn, rising: all, or `MAX_DRAWN` at random."""
    if n_papers <= MAX_DRAWN:
        return np.arange(n_papers, dtype=np.intp)
    chosen = np.random.default_rng(seed).choice(n_papers, MAX_DRAWN, replace=False)
    return np.sort(chosen).astype(np.intp)


def layout(embedding: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Return ``(n, 2)`` points between -1 and 1 (t-SNE, van der Maaten and Hinton 2008)."""
    n = embedding.shape[0]
    if n < MIN_DRAWN or embedding.shape[1] < 2:
        angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
        return np.column_stack([np.cos(angle), np.sin(angle)]).astype(np.float32)
    perplexity = min(30.0, (n - 1) / 4)
    # Threads that wait for one another cost more than they save next to a busy page.
    with threadpool_limits(1, "openmp"):
        points = TSNE(
            2, perplexity=perplexity, init="pca", max_iter=N_STEPS, random_state=seed, n_jobs=1
        ).fit_transform(embedding[:, :50])
    points = points - points.mean(axis=0)
    return np.asarray(points / max(float(np.abs(points).max()), 1e-9), dtype=np.float32)


def locate(topic_map: TopicMap, features: Features, rows: Rows) -> NDArray[np.float32]:
    """Return ``(len(rows), 2)`` points: as drawn, else amid the nearest drawn papers."""
    points = np.zeros((rows.size, 2), dtype=np.float32)
    if not topic_map.rows.size:
        return points
    at = np.minimum(np.searchsorted(topic_map.rows, rows), topic_map.rows.size - 1)
    known = topic_map.rows[at] == rows
    points[known] = topic_map.points[at[known]]
    missing = np.flatnonzero(~known)
    of_drawn = np.asarray(features.embedding[topic_map.rows])
    for some in np.array_split(missing, -(-missing.size // _CLOSE) or 1):
        cosines = np.asarray(features.embedding[rows[some]]) @ of_drawn.T
        nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :N_NEAREST]
        points[some] = topic_map.points[nearest].mean(axis=1)
    return points


def map_regions(
    topic_map: TopicMap, features: Features, n: int = 8, seed: int = 0
) -> list[MapRegion]:
    """Return the regions of a map with two of their words each; none for a small map."""
    n = min(n, topic_map.rows.size // 12)
    if n < 2:
        return []
    fitted = KMeans(n, n_init=4, random_state=seed).fit(topic_map.points)
    return [
        MapRegion(", ".join(words), float(x), float(y))
        for i, (x, y) in enumerate(fitted.cluster_centers_)
        if (words := words_of(topic_map.rows[fitted.labels_ == i], features, 2))
    ]
