"""The product's ranker: a weighted sum of standard scores, and of what the reader avoids. Pure.

Scores of different rankers live on different scales. Each is turned into
"standard deviations above the average paper" for this reader (see `normalisation`), so
a score does not depend on which other papers are asked for. The walk of
`neighbours` is measured on all papers, the liked ones included: it counts for
little where it mostly returns to where it began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.als.term_rows import AlsOptions
from recommender.ranking.base import Arrays, Features, Profile, Rows, Scores, SparseRows
from recommender.ranking.content.author_weight import author_affinity
from recommender.ranking.content.dislike_penalty import DislikePenalty
from recommender.ranking.content.rocchio import (
    AuthorRanker,
    EmbeddingRanker,
    Matrix,
    Rocchio,
    TfidfRanker,
    queries_of,
)
from recommender.ranking.fusion.normalisation import ZScore
from recommender.ranking.fusion.reference_sample import ReferenceSample
from recommender.ranking.fusion.user_scorer import (
    CandidateBatch,
    ItemMatrix,
    LinearTerm,
    UserScorer,
)
from recommender.ranking.fusion.weights import CorpusStats, Weight, coldness_of, weights_by_part
from recommender.ranking.graph.rp3beta import NeighbourRanker

UNGATED = frozenset({"tfidf", "authors"})
"""Parts that the guard does not question: content that speaks for itself."""


def item_matrices_of(features: Features, als: AlsRanker) -> dict[str, ItemMatrix]:
    """Return what each ranker multiplies, by the ranker's name."""
    factors, vectors = als.model.papers, features.embedding
    words, names = features.paper_terms, features.paper_authors
    has_words, has_names = (np.diff(x.indptr) > 0 for x in (words, names))
    return {
        "als": ItemMatrix(factors, np.asarray(factors.any(axis=1))),
        "tfidf": ItemMatrix(words, has_words, words.T.tocsr()),
        # A name alone, without a word, is too little to be scored by.
        "authors": ItemMatrix(names, has_names & has_words, names.T.tocsr()),
        "embedding": ItemMatrix(vectors, np.asarray(vectors.any(axis=1))),
    }


@dataclass(frozen=True)
class BlendRanker:
    """Standard scores of several rankers, weighted by the evidence and by the guard."""

    als: AlsRanker = field(default_factory=AlsRanker)
    tfidf: TfidfRanker = field(default_factory=TfidfRanker)
    authors: AuthorRanker = field(default_factory=AuthorRanker)
    embedding: EmbeddingRanker = field(default_factory=EmbeddingRanker)
    neighbours: NeighbourRanker = field(default_factory=NeighbourRanker)
    dislike_penalty: DislikePenalty = field(default_factory=DislikePenalty)
    corpus_stats: CorpusStats = field(default_factory=CorpusStats)
    sample: ReferenceSample | None = None
    item_matrices: Mapping[str, ItemMatrix] = field(default_factory=dict)
    name: ClassVar[str] = "blend"

    @classmethod
    def with_options(cls, als: AlsOptions) -> Self:
        """Return an unfitted blend with these settings of the model."""
        return cls(AlsRanker(als))

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
            item_matrices=item_matrices_of(features, als),
        )

    def extended(self, features: Features) -> Self:
        """Let every part score the papers since the fit; see `Ranker.extended`."""
        als = self.als.extended(features)
        return replace(
            self,
            als=als,
            tfidf=self.tfidf.extended(features),
            authors=self.authors.extended(features),
            embedding=self.embedding.extended(features),
            neighbours=self.neighbours.extended(features),
            item_matrices=item_matrices_of(features, als),
        )

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the sum of the parts; see `Ranker.score`."""
        return self.user_scorer(profile).score(papers)

    def parts(self, profile: Profile, papers: Rows) -> dict[str, Scores]:
        """Return the weighted parts of the score, ``(len(papers),)`` each.

        A part that cannot be computed for a paper is NaN there. All parts are
        NaN for a reader without a usable like. A part that has no say, because
        nothing was avoided or no other reader exists, is left out.
        """
        return self.user_scorer(profile).parts(papers)

    def user_scorer(self, profile: Profile, trust: float | None = None) -> UserScorer:
        """Read a history once, to score papers with it.

        Parameters
        ----------
        trust
            The model's share, where it is known already; None asks the guard.
        """
        if self.sample is None:
            raise ValueError("fit the ranker before it scores")
        sample, weights = self.sample, self.weights()
        profile = profile.within(self.item_matrices["als"].known.size)
        factor_contributions = self.als.factor_contributions(profile)
        by_content: dict[str, Matrix] = {x.name: x.content for x in (self.tfidf, self.authors)}
        if weights["embedding"]:
            by_content["embedding"] = self.embedding.content
        histories = {name: Rocchio.of(profile, content) for name, content in by_content.items()}
        if trust is None:
            trust = sample.trust_gate.trust(
                self.als, factor_contributions, histories["tfidf"], weights["tfidf"].liked
            )
        weights = {name: w if name in UNGATED else w * trust for name, w in weights.items()}
        directions = {"als": factor_contributions.sum(axis=0).astype(np.float32)}
        directions |= {name: history.query for name, history in histories.items()}
        names = directions.pop("authors")
        linear_terms = {
            name: self._linear_term(name, direction, weights[name], profile.judged)
            for name, direction in directions.items()
            if weights[name]
        }
        if names.any():
            as_words = ZScore(np.zeros(()), linear_terms["tfidf"].z_score.std)
            weight = weights["authors"] * author_affinity(profile, self.authors.content)
            linear_terms["authors"] = LinearTerm(
                self.item_matrices["authors"], names, as_words, weight
            )
        walk_weight = weights["neighbours"].liked
        walk = np.zeros(0, dtype=np.float32)
        if walk_weight > 0:
            walk = self.neighbours.standard_walk(profile)
        return UserScorer(
            profile,
            factor_contributions,
            histories,
            linear_terms,
            walk,
            walk_weight,
            self.dislike_penalty.direction(profile, self.tfidf.content),
            trust,
        )

    def score_clusters(
        self, scorer: UserScorer, clusters: Sequence[Profile], batch: CandidateBatch
    ) -> NDArray[np.float32]:
        """Return how much of each paper's score is owed to some of the likes.

        Parameters
        ----------
        subjects
            Each some of the likes of `scorer`, with its skips; nothing is solved anew for them.

        Returns
        -------
        ``(n_subjects, n_papers)``.
        """
        liked = scorer.profile.liked
        own = np.vstack([(x.liked[:, None] == liked).any(axis=0) for x in clusters])
        by_model = (own @ scorer.factor_contributions).T.astype(np.float32)
        owed = np.zeros((batch.papers.size, len(clusters)), dtype=np.float32)
        for name, term in scorer.linear_terms.items():
            directions = by_model
            if name != "als":
                directions = queries_of(clusters, scorer.histories[name])
            gain, _ = term.z_score.coefficients(1.0)
            weights = gain * term.weight.of(batch.papers)
            owed += weights[:, None] * batch.dot_columns(term.content, directions)
        return owed.T

    @cached_property
    def coldness(self) -> NDArray[np.float32]:
        """How new each paper is to readers, ``(n_papers,)``; see `coldness_of`."""
        return coldness_of(self.als.model.likes, self.item_matrices["als"].known.size)

    def weights(self) -> dict[str, Weight]:
        """Return what each part counts where the model is trusted, by its name."""
        return weights_by_part(self.corpus_stats, self.coldness)

    def _linear_term(
        self, name: str, direction: Scores, weight: Weight, judged: Rows
    ) -> LinearTerm:
        assert self.sample is not None
        content = self.item_matrices[name]
        z_score = self.sample.samples[name].z_score(direction, content.matrix, judged)
        return LinearTerm(content, direction, z_score, weight)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays of all parts, names led by the part's; see `Ranker.arrays`."""
        if self.sample is None:
            raise ValueError("fit the ranker before it is stored")
        nested = {
            "als": self.als.arrays(),
            "neighbours": self.neighbours.arrays(),
            "aversion": self.dislike_penalty.arrays(),
        }
        flat = {
            f"{part}.{k}": array for part, arrays in nested.items() for k, array in arrays.items()
        }
        return flat | {"evidence": self.corpus_stats.as_array(), "sample": self.sample.rows}

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild a fitted blend; see `Ranker.from_arrays`."""
        als = AlsRanker.from_arrays(features, under("als", arrays))
        return cls(
            als,
            TfidfRanker.from_arrays(features, {}),
            AuthorRanker.from_arrays(features, {}),
            EmbeddingRanker.from_arrays(features, {}),
            NeighbourRanker.from_arrays(features, under("neighbours", arrays)),
            DislikePenalty.from_arrays(under("aversion", arrays)),
            CorpusStats.from_array(arrays["evidence"]),
            ReferenceSample.of(features, als, arrays["sample"]),
            item_matrices_of(features, als),
        )


def under(part: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Return the arrays whose names begin with ``part.``, without that beginning."""
    prefix = part + "."
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
