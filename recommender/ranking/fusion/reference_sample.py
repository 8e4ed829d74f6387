"""The papers that stand for the catalogue, on which scores are put on one scale. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.base import Features, Rows
from recommender.ranking.fusion.normalisation import DenseSample, SparseSample

N_REFERENCE = 4096


@dataclass(frozen=True)
class ReferenceSample:
    """The papers that stand for the catalogue, laid out for each score part."""

    rows: Rows
    samples: Mapping[str, DenseSample | SparseSample]

    @classmethod
    def of(cls, features: Features, als: AlsRanker, rows: Rows) -> Self:
        """Lay out these rows, which all were there at the fit."""
        samples: dict[str, DenseSample | SparseSample] = {
            "als": DenseSample.of(als.model.papers, rows),
            "tfidf": SparseSample.of(features.paper_terms, rows),
            "embedding": DenseSample.of(features.embedding, rows),
        }
        return cls(rows, samples)

    @classmethod
    def drawn(cls, features: Features, als: AlsRanker, seed: int) -> Self:
        """Draw `N_REFERENCE` papers of a catalogue, or take all."""
        rng = np.random.default_rng(seed)
        rows = rng.choice(len(features), min(N_REFERENCE, len(features)), replace=False)
        return cls.of(features, als, np.sort(rows))
