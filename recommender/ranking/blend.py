"""The product's ranker: a weighted sum of standard scores, and of what the reader avoids. Pure.

Scores of different rankers live on different scales. Each is turned into
"standard deviations above the average paper" for this reader, measured on a
fixed sample of the catalogue without the papers already judged, so a score does
not depend on which other papers are asked for. The walk of `neighbours` is
measured on all papers, the liked ones included: it counts for little where it
mostly returns to where it began.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als import AlsRanker
from recommender.ranking.aversion import Aversion
from recommender.ranking.base import Arrays, Features, Profile, Ranker, Rows, Scores, SparseRows
from recommender.ranking.content import EmbeddingRanker, TfidfRanker
from recommender.ranking.guard import Guard
from recommender.ranking.neighbours import NeighbourRanker
from recommender.ranking.terms import AlsOptions
from recommender.ranking.weights import Evidence, weights_for

N_REFERENCE = 4096


@dataclass(frozen=True)
class BlendRanker:
    """Standard scores of four rankers, weighted by the evidence and by the guard.

    `reference` are the rows that standard scores are measured on.
    """

    als: AlsRanker = field(default_factory=AlsRanker)
    tfidf: TfidfRanker = field(default_factory=TfidfRanker)
    embedding: EmbeddingRanker = field(default_factory=EmbeddingRanker)
    neighbours: NeighbourRanker = field(default_factory=NeighbourRanker)
    aversion: Aversion = field(default_factory=Aversion)
    evidence: Evidence = field(default_factory=Evidence)
    reference: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    guard: Guard | None = None
    name: ClassVar[str] = "blend"

    @classmethod
    def with_options(cls, als: AlsOptions) -> Self:
        """Return an unfitted blend with these settings of the model."""
        return cls(AlsRanker(als))

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Fit all parts; see `Ranker.fit`."""
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(features), min(N_REFERENCE, len(features)), replace=False)
        reference, evidence = np.sort(chosen), Evidence.of(reader_papers)
        als = self.als.fit(features, reader_papers, seed)
        tfidf = self.tfidf.fit(features, reader_papers, seed)
        return replace(
            self,
            als=als,
            tfidf=tfidf,
            embedding=self.embedding.fit(features, reader_papers, seed),
            neighbours=self.neighbours.fit(features, reader_papers, seed),
            aversion=Aversion.of(features, seed),
            evidence=evidence,
            reference=reference,
            guard=Guard.of(als, tfidf, reference),
        )

    def extended(self, features: Features) -> Self:
        """Let every part score the papers since the fit; see `Ranker.extended`."""
        return replace(
            self,
            als=self.als.extended(features),
            tfidf=self.tfidf.extended(features),
            embedding=self.embedding.extended(features),
            neighbours=self.neighbours.extended(features),
            aversion=self.aversion.extended(features),
        )

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the sum of the parts; see `Ranker.score`."""
        return total(self.parts(profile, papers), papers.size)

    def parts(self, profile: Profile, papers: Rows) -> dict[str, Scores]:
        """Return the weighted parts of the score, ``(len(papers),)`` each.

        A part that cannot be computed for a paper is NaN there. All parts are
        NaN for a reader without a usable like. A part that is 0 throughout,
        because nothing was avoided or no other reader exists, is left out.
        """
        n_papers = self.tfidf.content.shape[0]
        profile = profile.within(n_papers)
        sample = self.reference[~np.isin(self.reference, profile.judged)]
        measured: list[tuple[Ranker, Rows]] = [
            (self.als, sample),
            (self.tfidf, sample),
            (self.embedding, sample),
            (self.neighbours, np.arange(n_papers)),
        ]
        parts = {}
        for (ranker, on), weight in zip(measured, self.weights(profile).values(), strict=True):
            if weight > 0:
                raw = ranker.score(profile, np.concatenate([on, papers]))
                parts[ranker.name] = np.float32(weight) * standard_scores(raw, on.size)
        if profile.skipped.size and profile.liked.size:
            parts["aversion"] = self.aversion.score(profile, papers)
        return parts

    def weights(self, profile: Profile) -> dict[str, float]:
        """Return the weights of the parts for this reader, after the guard."""
        weights = weights_for(self.evidence)
        if self.guard is None:
            return weights
        share = self.guard.trust(self.als, self.tfidf, weights["tfidf"], profile)
        return {name: w if name == "tfidf" else w * share for name, w in weights.items()}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays of all parts, names led by the part's; see `Ranker.arrays`."""
        nested = {
            "als": self.als.arrays(),
            "neighbours": self.neighbours.arrays(),
            "aversion": self.aversion.arrays(),
        }
        flat = {
            f"{part}.{k}": array for part, arrays in nested.items() for k, array in arrays.items()
        }
        return flat | {"evidence": self.evidence.as_array(), "reference": self.reference}

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild a fitted blend; see `Ranker.from_arrays`."""
        als = AlsRanker.from_arrays(features, under("als", arrays))
        tfidf = TfidfRanker.from_arrays(features, {})
        return cls(
            als,
            tfidf,
            EmbeddingRanker.from_arrays(features, {}),
            NeighbourRanker.from_arrays(features, under("neighbours", arrays)),
            Aversion.from_arrays(features, under("aversion", arrays)),
            Evidence.from_array(arrays["evidence"]),
            arrays["reference"],
            Guard.of(als, tfidf, arrays["reference"]),
        )


def standard_scores(scores: Scores, n_sample: int) -> Scores:
    """Return scores after the first `n_sample` in standard deviations of those.

    NaN stays NaN; all scores are 0 where the sample does not vary.
    """
    sample, asked = scores[:n_sample].astype(np.float64), scores[n_sample:].astype(np.float64)
    sample = sample[np.isfinite(sample)]
    spread = sample.std() if sample.size else 0.0
    if spread < 1e-12:
        return np.where(np.isfinite(asked), 0.0, np.nan).astype(np.float32)
    return np.asarray((asked - sample.mean()) / spread, dtype=np.float32)


def total(parts: dict[str, Scores], n_papers: int) -> Scores:
    """Return the sum of parts, NaN counted as nothing; NaN where every ranker's part is."""
    ranked = [part for name, part in parts.items() if name != "aversion"]
    if not ranked:
        return np.full(n_papers, np.nan, dtype=np.float32)
    scored = np.isfinite(np.vstack(ranked)).any(axis=0)
    summed = np.nansum(np.vstack(list(parts.values())), axis=0)
    return np.asarray(np.where(scored, summed, np.nan), dtype=np.float32)


def under(part: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Return the arrays whose names begin with ``part.``, without that beginning."""
    prefix = part + "."
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
