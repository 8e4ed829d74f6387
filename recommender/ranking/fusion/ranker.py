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
from recommender.ranking.content.author_weight import share_of_names
from recommender.ranking.content.dislike_penalty import Aversion
from recommender.ranking.content.rocchio import (
    AuthorRanker,
    EmbeddingRanker,
    Matrix,
    Rocchio,
    TfidfRanker,
    queries_of,
)
from recommender.ranking.fusion.normalisation import Scale
from recommender.ranking.fusion.reference_sample import Sample
from recommender.ranking.fusion.user_scorer import Content, Dot, Reading, Window
from recommender.ranking.fusion.weights import Evidence, Weight, newness_of, weights_by_part
from recommender.ranking.graph.rp3beta import NeighbourRanker

SURE = frozenset({"tfidf", "authors"})
"""Parts that the guard does not question: content that speaks for itself."""


def contents_of(features: Features, als: AlsRanker) -> dict[str, Content]:
    """Return what each ranker multiplies, by the ranker's name."""
    factors, vectors = als.model.papers, features.embedding
    words, names = features.paper_terms, features.paper_authors
    has_words, has_names = (np.diff(x.indptr) > 0 for x in (words, names))
    return {
        "als": Content(factors, np.asarray(factors.any(axis=1))),
        "tfidf": Content(words, has_words, words.T.tocsr()),
        # A name alone, without a word, is too little to be scored by.
        "authors": Content(names, has_names & has_words, names.T.tocsr()),
        "embedding": Content(vectors, np.asarray(vectors.any(axis=1))),
    }


@dataclass(frozen=True)
class BlendRanker:
    """Standard scores of several rankers, weighted by the evidence and by the guard."""

    als: AlsRanker = field(default_factory=AlsRanker)
    tfidf: TfidfRanker = field(default_factory=TfidfRanker)
    authors: AuthorRanker = field(default_factory=AuthorRanker)
    embedding: EmbeddingRanker = field(default_factory=EmbeddingRanker)
    neighbours: NeighbourRanker = field(default_factory=NeighbourRanker)
    aversion: Aversion = field(default_factory=Aversion)
    evidence: Evidence = field(default_factory=Evidence)
    sample: Sample | None = None
    contents: Mapping[str, Content] = field(default_factory=dict)
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
            aversion=Aversion.of(features, seed),
            evidence=Evidence.of(features, reader_papers),
            sample=Sample.drawn(features, als, seed),
            contents=contents_of(features, als),
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
            contents=contents_of(features, als),
        )

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the sum of the parts; see `Ranker.score`."""
        return self.read(profile).score(papers)

    def parts(self, profile: Profile, papers: Rows) -> dict[str, Scores]:
        """Return the weighted parts of the score, ``(len(papers),)`` each.

        A part that cannot be computed for a paper is NaN there. All parts are
        NaN for a reader without a usable like. A part that has no say, because
        nothing was avoided or no other reader exists, is left out.
        """
        return self.read(profile).parts(papers)

    def read(self, profile: Profile, trust: float | None = None) -> Reading:
        """Read a history once, to score papers with it.

        Parameters
        ----------
        trust
            The model's share, where it is known already; None asks the guard.
        """
        if self.sample is None:
            raise ValueError("fit the ranker before it scores")
        sample, weights = self.sample, self.weights()
        profile = profile.within(self.contents["als"].known.size)
        summands = self.als.summands(profile)
        by_content: dict[str, Matrix] = {x.name: x.content for x in (self.tfidf, self.authors)}
        if weights["embedding"]:
            by_content["embedding"] = self.embedding.content
        histories = {name: Rocchio.of(profile, content) for name, content in by_content.items()}
        if trust is None:
            trust = sample.guard.trust(
                self.als, summands, histories["tfidf"], weights["tfidf"].liked
            )
        weights = {name: w if name in SURE else w * trust for name, w in weights.items()}
        directions = {"als": summands.sum(axis=0).astype(np.float32)}
        directions |= {name: history.query for name, history in histories.items()}
        names = directions.pop("authors")
        dots = {
            name: self._dot(name, direction, weights[name], profile.judged)
            for name, direction in directions.items()
            if weights[name]
        }
        if names.any():
            as_words = Scale(np.zeros(()), dots["tfidf"].scale.spread)
            weight = weights["authors"] * share_of_names(profile, self.authors.content)
            dots["authors"] = Dot(self.contents["authors"], names, as_words, weight)
        walk_weight = weights["neighbours"].liked
        walk = np.zeros(0, dtype=np.float32)
        if walk_weight > 0:
            walk = self.neighbours.standard_walk(profile)
        return Reading(
            profile,
            summands,
            histories,
            dots,
            walk,
            walk_weight,
            self.aversion.direction(profile, self.tfidf.content),
            trust,
        )

    def score_subjects(
        self, reading: Reading, subjects: Sequence[Profile], window: Window
    ) -> NDArray[np.float32]:
        """Return how much of each paper's score is owed to some of the likes.

        Parameters
        ----------
        subjects
            Each some of the likes of `reading`, with its skips; nothing is solved anew for them.

        Returns
        -------
        ``(n_subjects, n_papers)``.
        """
        liked = reading.profile.liked
        own = np.vstack([(x.liked[:, None] == liked).any(axis=0) for x in subjects])
        by_model = (own @ reading.summands).T.astype(np.float32)
        owed = np.zeros((window.papers.size, len(subjects)), dtype=np.float32)
        for name, dot in reading.dots.items():
            directions = by_model
            if name != "als":
                directions = queries_of(subjects, reading.histories[name])
            gain, _ = dot.scale.line(1.0)
            weights = gain * dot.weight.of(window.papers)
            owed += weights[:, None] * window.products(dot.content, directions)
        return owed.T

    @cached_property
    def newness(self) -> NDArray[np.float32]:
        """How new each paper is to readers, ``(n_papers,)``; see `newness_of`."""
        return newness_of(self.als.model.likes, self.contents["als"].known.size)

    def weights(self) -> dict[str, Weight]:
        """Return what each part counts where the model is trusted, by its name."""
        return weights_by_part(self.evidence, self.newness)

    def _dot(self, name: str, direction: Scores, weight: Weight, judged: Rows) -> Dot:
        assert self.sample is not None
        content = self.contents[name]
        scale = self.sample.samples[name].scale(direction, content.matrix, judged)
        return Dot(content, direction, scale, weight)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays of all parts, names led by the part's; see `Ranker.arrays`."""
        if self.sample is None:
            raise ValueError("fit the ranker before it is stored")
        nested = {
            "als": self.als.arrays(),
            "neighbours": self.neighbours.arrays(),
            "aversion": self.aversion.arrays(),
        }
        flat = {
            f"{part}.{k}": array for part, arrays in nested.items() for k, array in arrays.items()
        }
        return flat | {"evidence": self.evidence.as_array(), "sample": self.sample.rows}

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
            Aversion.from_arrays(under("aversion", arrays)),
            Evidence.from_array(arrays["evidence"]),
            Sample.of(features, als, arrays["sample"]),
            contents_of(features, als),
        )


def under(part: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Return the arrays whose names begin with ``part.``, without that beginning."""
    prefix = part + "."
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
