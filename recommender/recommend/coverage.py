"""How near the library is to what a reader likes, measured; and the words that reader writes in.

    near(p)   = the nearest other paper has a cosine of NEAR or more with the liked paper p
    far       = less than FAR of the likes are near
    covered   = COVERED of the likes or more are near; the library covers a part in between

The cosine is that of TF-IDF, but a word that the model has never seen counts in the length of a
paper too: a title of which only "theory" is known is near to nothing. Others are the papers that
may still be suggested, so what the reader brought along does not count.

Measured on the starter catalogue (228 papers on long tails, titles without abstracts): 0 to 30%
of the likes are near in formal methods, genomics, astrophysics, economics, quantum physics and
interfaces; 42 to 100% in libraries of 12 papers taken out of the catalogue itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Paper
from recommender.features.tfidf import TextFeatures, count_terms, is_term, unaccented
from recommender.recommend.recommender import Recommender
from recommender.recommend.served_model import ServedModel
from recommender.store import Store

NEAR = 0.12
"""Cosine from which a paper is near to a liked one."""
FAR = 1 / 3
"""Share of near likes below which the library is far from the reader."""
COVERED = 2 / 3
"""Share of near likes from which the library covers the reader's field."""
MAX_LIKES = 100
"""Likes that are looked at: the newest."""
MAX_PHRASES = 6
_MAX_UNFITTED = 2_000
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_SAYS_NOTHING = frozenset(
    """approach approaches based case empirical improving new novel problem problems review studies
    study survey toward towards using via""".split()  # noqa: SIM905
)
"""Words of titles that no phrase has: they say how a paper is written, not what it is about."""
_LEAST_KEYWORD = 6
"""Letters from which a keyword of one word may stand alone."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a reader's likes have a near paper among those that may be suggested.

    Parameters
    ----------
    likes, near
        Likes that were looked at, and how many of them are near to another paper.
    others
        Papers that may be suggested.
    unfitted
        Share (0-1) of the library's papers that the model has not been fitted on. Where it is
        large, words of the reader's own field count as rare, and too many likes as near.
    """

    likes: int
    near: int
    others: int
    unfitted: float = 0.0

    @property
    def far(self) -> bool:
        """Whether the library holds little of what the reader likes; False without likes."""
        return self.likes > 0 and self.near < FAR * self.likes

    @property
    def covered(self) -> bool:
        """Whether the library holds most of what the reader likes; False without likes."""
        return self.likes > 0 and self.near >= COVERED * self.likes


def coverage_of(store: Store, recommender: Recommender, reader_id: str) -> Coverage:
    """Measure how near the library is to a reader's likes, or to their words where they have none.

    Raises
    ------
    UnknownReader, ArtifactError
    """
    served = recommender.served()
    log = store.event_logs.get(store.readers.get(reader_id).reader_id)
    liked = liked_papers(store, reader_id)
    if not liked:
        about = [x.about for x in store.readers.interests(reader_id) if x.about]
        liked = [Paper(title="", abstract=x) for x in about]
    closed = [*served.gone, *served.rows_of(x.paper_id for x in log.states.values() if x.seen)]
    may_come = np.ones(len(served.model.features), dtype=bool)
    may_come[np.array(closed, dtype=np.intp)] = False
    cosines = _best_cosines(store, served, liked, may_come)
    n_papers, n_fitted = len(served.model.features), served.model.features.n_fitted
    return Coverage(
        len(liked),
        near=int((cosines >= NEAR).sum()),
        others=int(may_come.sum()),
        unfitted=1.0 - n_fitted / n_papers if n_papers else 0.0,
    )


def liked_papers(store: Store, reader_id: str) -> list[Paper]:
    """Return the papers that a reader likes, at most `MAX_LIKES`, the newest likes."""
    states = store.event_logs.get(reader_id).states.values()
    liked = [x.paper_id for x in states if x.liked]
    return list(store.catalogue.get_many(liked[-MAX_LIKES:]).values())


def _best_cosines(
    store: Store, served: ServedModel, liked: Sequence[Paper], may_come: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return for each liked paper the cosine with its nearest paper of those that may come."""
    if not liked or not may_come.any():
        return np.zeros(len(liked))
    features = served.model.features
    # Rows of the fit hold all their words; later ones lack those that the model has not seen.
    parts = may_come.astype(np.float64)
    later = np.flatnonzero(may_come[features.n_fitted :])[:_MAX_UNFITTED] + features.n_fitted
    texts = store.catalogue.get_many([served.paper_id(int(row)) for row in later])
    kept = [texts.get(served.paper_id(int(row)), Paper(title="")) for row in later]
    parts[later] = _known_parts(features.text, kept, features.n_fitted)
    queries = features.text.transform(liked)
    best = [float((features.paper_terms @ q.toarray().ravel() * parts).max()) for q in queries]
    return np.asarray(best) * _known_parts(features.text, liked, features.n_fitted)


def _known_parts(text: TextFeatures, papers: Sequence[Paper], n_papers: int) -> NDArray[np.float64]:
    """Return the part (0-1) of each paper's length that the words known to the model have."""
    known = set(text.terms_)
    unseen = text.idf_of(0, n_papers)
    counts = text.count(papers)
    weights = (1.0 + np.log(counts.data)) * text.idf_[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    inside = np.bincount(rows, weights**2, minlength=len(papers))
    outside = np.array(
        [
            sum(
                ((1.0 + np.log(n)) * unseen) ** 2
                for term, n in count_terms(paper).items()
                if " " not in term and term not in known
            )
            for paper in papers
        ]
    )
    whole = inside + outside
    return np.asarray(np.sqrt(inside / np.maximum(whole, 1e-9)), dtype=np.float64)


def phrases_of(papers: Sequence[Paper]) -> list[str]:
    """Return what these papers are about: pairs of words of titles and keywords, most used first.

    A pair counts by the papers that have it, and by how many have each of its words. A keyword
    counts as a pair if some title has it: others are a reader's own marks ("important", "Zotero
    import") or headings of a classification. May be empty.
    """
    titles = " ".join(f" {' '.join(_words(x.title))} " for x in papers)
    n_words: Counter[str] = Counter()
    n_phrases: Counter[str] = Counter()
    for paper in papers:
        phrases = set(_pairs(paper.title))
        keywords = filter(None, (_keyword(x) for x in paper.details.keywords))
        phrases.update(x for x in keywords if f" {x} " in titles)
        n_phrases.update(phrases)
        n_words.update({word for x in phrases for word in x.split()})
    score = {x: k + 0.25 * sum(n_words[w] - 1 for w in x.split()) for x, k in n_phrases.items()}
    chosen: list[str] = []
    used: Counter[str] = Counter()
    for phrase in sorted(score, key=lambda x: (-score[x], x)):
        words = {x.rstrip("s") for x in phrase.split()}
        if (
            score[phrase] > 1
            and not all(used[x] for x in words)
            and max(used[x] for x in words) < 2
        ):
            chosen.append(phrase)
            used.update(words)
        if len(chosen) == MAX_PHRASES:
            break
    return chosen


def _pairs(title: str) -> Iterator[str]:
    for pair in pairwise(_words(title)):
        if all(is_term(x) and len(x) > 2 and x not in _SAYS_NOTHING for x in pair):
            yield " ".join(pair)


def _keyword(keyword: str) -> str:
    words = _words(keyword)
    if len(words) == 1:
        return words[0] if len(words[0]) >= _LEAST_KEYWORD and is_term(words[0]) else ""
    return " ".join(words) if 0 < len(words) <= 3 and any(map(is_term, words)) else ""


def _words(text: str) -> list[str]:
    return _WORD.findall(unaccented(text).lower())
