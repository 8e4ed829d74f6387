"""The product's ranker: a weighted sum of z-scores, minus the dislike penalty. Pure.

Scores of different parts are on different scales. Each becomes a z-score: standard
deviations above the average paper for this reader (see `normalisation`). So a score does
not depend on which other papers are scored with it. For `neighbours`, mean and standard
deviation are taken over all papers that the walk can reach, liked ones included: the part
counts for little if the walk mostly returns to the likes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.model import Factorisation
from recommender.ranking.als.ranker import AlsRanker, FitFactors
from recommender.ranking.als.solver import OnRound
from recommender.ranking.als.term_rows import AlsOptions
from recommender.ranking.base import (
    Arrays,
    Features,
    Profile,
    Rows,
    Scores,
    SparseRows,
    arrays_of_part,
    dots_of_rows,
    times_each,
)
from recommender.ranking.content.author_weight import author_affinity
from recommender.ranking.content.dislike_penalty import DislikePenalty, Dislikes
from recommender.ranking.content.ridge import Ridge, evidence
from recommender.ranking.content.rocchio import (
    AuthorRanker,
    EmbeddingRanker,
    Rocchio,
    TfidfRanker,
)
from recommender.ranking.fusion.normalisation import ReferenceSample, SparseSample, ZScore
from recommender.ranking.fusion.user_scorer import DISLIKE_PENALTY_KEY, LinearTerm, UserScorer
from recommender.ranking.fusion.weight_deviation import ContrastSample, add_weight_deviation
from recommender.ranking.fusion.weights import (
    RIDGE_AS_WORDS,
    CorpusStats,
    Weight,
    coldness_of,
    weights_by_part,
)
from recommender.ranking.graph.rp3beta import NeighbourRanker
from recommender.ranking.item_matrix import ItemMatrix


@dataclass(frozen=True)
class BlendRanker:
    """Fuses the z-scores of several rankers, weighted by the library and by the reader."""

    als: AlsRanker = field(default_factory=AlsRanker)
    tfidf: TfidfRanker = field(default_factory=TfidfRanker)
    authors: AuthorRanker = field(default_factory=AuthorRanker)
    embedding: EmbeddingRanker = field(default_factory=EmbeddingRanker)
    neighbours: NeighbourRanker = field(default_factory=NeighbourRanker)
    dislike_penalty: DislikePenalty = field(default_factory=DislikePenalty)
    corpus_stats: CorpusStats = field(default_factory=CorpusStats)
    sample: ReferenceSample | None = None
    name: ClassVar[str] = "blend"

    @classmethod
    def with_options(
        cls,
        als: AlsOptions,
        on_round: OnRound | None = None,
        fit_factors: FitFactors = Factorisation.fit,
    ) -> Self:
        """Return an unfitted blend with these settings of the model."""
        return cls(AlsRanker(als, on_round=on_round, fit_factors=fit_factors))

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Fit all parts; see `Ranker.fit`."""
        als = self.als.fit(features, reader_papers, seed)
        return replace(
            self,
            als=als,
            tfidf=self.tfidf.fit(features, reader_papers, seed),
            authors=self.authors.fit(features, reader_papers, seed),
            embedding=self.embedding.fit(features, reader_papers, seed),
            neighbours=self.neighbours.fit(features, reader_papers, seed),
            dislike_penalty=DislikePenalty.of(features, seed),
            corpus_stats=CorpusStats.of(features, reader_papers),
            sample=ReferenceSample.drawn(features, als, seed),
        )

    def extended(self, features: Features) -> Self:
        """Let every part score the papers since the fit; see `Ranker.extended`."""
        return replace(
            self,
            als=self.als.extended(features),
            tfidf=self.tfidf.extended(features),
            authors=self.authors.extended(features),
            embedding=self.embedding.extended(features),
            neighbours=self.neighbours.extended(features),
        )

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the sum of the parts; see `Ranker.score`."""
        return self.user_scorer(profile).score(papers)

    def parts(self, profile: Profile, papers: Rows) -> dict[str, Scores]:
        """Return the weighted parts of the score; see `UserScorer.parts`."""
        return self.user_scorer(profile).parts(papers)

    def user_scorer(self, profile: Profile) -> UserScorer:
        """Prepare one reader's vectors and weights, to score any papers with them."""
        if self.sample is None:
            raise ValueError("fit the ranker before it scores")
        weights = self.weights()
        profile = profile.within(len(self.als.items))
        factor_contributions = self.als.factor_contributions(profile)
        used = [self.tfidf, self.authors, *([self.embedding] if weights["embedding"] else [])]
        histories: dict[str, Rocchio | Ridge] = {
            x.name: Rocchio.of(profile, x.content) for x in used
        }
        queries = {"als": factor_contributions.sum(axis=0).astype(np.float32)}
        queries |= {name: history.query for name, history in histories.items()}
        names = queries.pop("authors")
        linear_terms = {
            name: self._linear_term(name, query, weights[name], profile.weighted)
            for name, query in queries.items()
            if weights[name]
        }
        if names.any():
            as_words = ZScore(np.zeros(()), linear_terms["tfidf"].z_score.std)
            weight = weights["authors"] * author_affinity(profile, self.authors.content)
            linear_terms["authors"] = LinearTerm(
                self.item_matrices["authors"], names, as_words, weight
            )
        ridge = self._ridge_term(profile, weights["tfidf"], histories)
        if ridge is not None:
            linear_terms["ridge"] = ridge
        walk_weight = weights["neighbours"].liked
        walk = np.zeros(0, dtype=np.float32)
        if walk_weight > 0:
            walk = self.neighbours.standard_walk(profile)
        scorer = UserScorer(
            profile,
            factor_contributions,
            histories,
            linear_terms,
            walk,
            walk_weight,
            self._dislikes(profile),
        )
        return add_weight_deviation(scorer, self.als, self._contrast)

    def _ridge_term(
        self, profile: Profile, words: Weight, histories: dict[str, Rocchio | Ridge]
    ) -> LinearTerm | None:
        """Return the part `ridge` and add its history, None for a reader who rejected nothing."""
        if not profile.rejected.size or not profile.liked.size or not words:
            return None
        ridge = Ridge.of(profile, self.tfidf.content)
        histories["ridge"] = ridge
        weight = words * (RIDGE_AS_WORDS * evidence(profile))
        return self._linear_term("ridge", ridge.query, weight, profile.weighted)

    def _dislikes(self, profile: Profile) -> Dislikes | None:
        assert self.sample is not None
        query = self.dislike_penalty.query(profile, self.tfidf.content)
        if query is None:
            return None
        sampled = self.sample.samples["tfidf"]
        assert isinstance(sampled, SparseSample)
        liked = dots_of_rows(self.tfidf.content, profile.liked, query)
        return Dislikes.of(query, sampled.content @ query, liked)

    def score_clusters(
        self, scorer: UserScorer, clusters: Sequence[Profile], papers: Rows
    ) -> NDArray[np.float32]:
        """Return how much of each paper's score comes from each cluster of likes.

        Parameters
        ----------
        clusters
            Each holds some of the likes of `scorer`, and its skips. Nothing is fitted again.
        papers
            Rows that exist.

        Returns
        -------
        ``(n_clusters, n_papers) float32``.
        """
        liked = scorer.profile.liked
        own = np.vstack([(x.liked[:, None] == liked).any(axis=0) for x in clusters])
        by_model = (own @ scorer.factor_contributions).T.astype(np.float32)
        scores = np.zeros((papers.size, len(clusters)), dtype=np.float32)
        words = self.tfidf.content[papers]  # of two parts
        for name, term in scorer.linear_terms.items():
            queries = by_model if name == "als" else scorer.histories[name].queries_of(clusters)
            gain, _ = term.z_score.coefficients(1.0)
            weights = gain * term.weight.of(papers)
            rows = words if name in ("tfidf", "ridge") else term.items.matrix[papers]
            products = rows @ queries if isinstance(rows, np.ndarray) else times_each(rows, queries)
            scores += weights[:, None] * products
        return scores.T

    @cached_property
    def item_matrices(self) -> Mapping[str, ItemMatrix]:
        """The item matrix of each part that is a dot product, by the part's name."""
        # Names alone, without a word of title or abstract, are too little to score a paper by.
        known = self.authors.items.known & self.tfidf.items.known
        return {
            "als": self.als.items,
            "tfidf": self.tfidf.items,
            "authors": replace(self.authors.items, known=known),
            "ridge": self.tfidf.items,
            "embedding": self.embedding.items,
        }

    @cached_property
    def _contrast(self) -> ContrastSample:
        """The papers with which likes are compared to learn a reader's weights."""
        assert self.sample is not None
        return ContrastSample.of(self.item_matrices, self.sample.rows)

    @cached_property
    def coldness(self) -> NDArray[np.float32]:
        """How little feedback there can be about each paper, ``(n_papers,)``; see `coldness_of`."""
        return coldness_of(self.als.model.likes, len(self.als.items))

    def weights(self) -> dict[str, Weight]:
        """Return the weight of each part for this library, by its name."""
        return weights_by_part(self.corpus_stats, self.coldness)

    def _linear_term(self, name: str, query: Scores, weight: Weight, weighted: Rows) -> LinearTerm:
        assert self.sample is not None
        items = self.item_matrices[name]
        sample = self.sample.samples[name]
        if isinstance(sample, SparseSample):
            of_all = items.dot_all(query) if sample.stands_for(len(items)) else None
            of_sample = sample.content @ query if of_all is None else of_all[sample.rows]
            z_score = sample.z_score_of(of_sample, weighted)
            return LinearTerm(items, query, z_score, weight, of_sample, of_all)
        return LinearTerm(items, query, sample.z_score(query, items.matrix, weighted), weight)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays of all parts, each name after the part's; see `Ranker.arrays`."""
        if self.sample is None:
            raise ValueError("fit the ranker before it is stored")
        nested = {
            "als": self.als.arrays(),
            "tfidf": self.tfidf.arrays(),
            "authors": self.authors.arrays(),
            "embedding": self.embedding.arrays(),
            "neighbours": self.neighbours.arrays(),
            DISLIKE_PENALTY_KEY: self.dislike_penalty.arrays(),
        }
        flat = {
            f"{part}.{k}": array for part, arrays in nested.items() for k, array in arrays.items()
        }
        return flat | {"evidence": self.corpus_stats.as_array(), "sample": self.sample.rows}

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild a fitted blend; see `Ranker.from_arrays`."""
        als = AlsRanker.from_arrays(features, arrays_of_part("als", arrays))
        return cls(
            als,
            TfidfRanker.from_arrays(features, arrays_of_part("tfidf", arrays)),
            AuthorRanker.from_arrays(features, arrays_of_part("authors", arrays)),
            EmbeddingRanker.from_arrays(features, arrays_of_part("embedding", arrays)),
            NeighbourRanker.from_arrays(features, arrays_of_part("neighbours", arrays)),
            DislikePenalty.from_arrays(arrays_of_part(DISLIKE_PENALTY_KEY, arrays)),
            CorpusStats.from_array(arrays["evidence"]),
            ReferenceSample.of(features, als, arrays["sample"]),
        )
