"""What a profile believes, in words a reader can check; splits and merges of interests. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows
from recommender.ranking.content.rocchio import query_of
from recommender.ranking.explain.attribution import without_repeats
from recommender.ranking.rerank.interest_clusters import cluster_likes

N_WORDS = 8
N_TYPICAL = 3
MIN_LIKES = 3
AS_CLOSE = 0.75
"""Two interests are one when papers across them are this much as alike as papers within."""
MAX_TOPICS = 5
MIN_EVIDENCE = 2
"""Papers turned down that hold a word, before the word is said to count against a paper."""
SAME_SUBJECT = 0.6
"""Share of papers with either of two words that have both, from which the words are synonyms."""
_LOOKED_AT = 60
_NAME_WORDS = 4
_MIN_STEM = 5


@dataclass(frozen=True, slots=True)
class InterestSummary:
    """What one interest stands for.

    Parameters
    ----------
    words, against
        Words that raise and that lower a paper's score most; may be empty. A word counts against
        a paper only if `MIN_EVIDENCE` papers turned down hold it and no liked one does.
    typical
        Rows of the liked papers nearest to the middle of all liked ones.
    """

    words: tuple[str, ...]
    against: tuple[str, ...]
    typical: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClusterSplit:
    """A part of an interest that has little to do with the rest: its words, its liked rows."""

    interest_id: str
    words: tuple[str, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """Two interests that are about the same; `closeness` 1 is as alike as each within."""

    from_id: str
    into_id: str
    closeness: float


def summary(profile: Profile, features: Features) -> InterestSummary:
    """Return words and typical papers of a profile; all empty where nothing is liked."""
    query = query_of(profile, features.paper_terms)
    return InterestSummary(
        words=_top(query, features.terms),
        against=_against(query, profile, features),
        typical=_typical(profile, features.embedding),
    )


def words_of(rows: Sequence[int] | Rows, features: Features, n: int = N_WORDS) -> tuple[str, ...]:
    """Return the words that tell these papers from the rest of the catalogue."""
    return _top(contrast(rows, features.paper_terms), features.terms, n)


def contrast(rows: Sequence[int] | Rows, paper_terms: SparseRows) -> NDArray[np.float32]:
    """Return ``(n_terms,)`` mean TF-IDF of some papers less that of all."""
    if not len(rows):
        return np.zeros(paper_terms.shape[1], dtype=np.float32)
    some = np.asarray(paper_terms[np.asarray(rows)].mean(axis=0)).ravel()
    return np.asarray(some - np.asarray(paper_terms.mean(axis=0)).ravel(), dtype=np.float32)


def splits(profiles: Mapping[str, Profile], features: Features) -> list[ClusterSplit]:
    """Return parts of interests that could stand alone, largest interest first.

    The largest subject stays; every other of `MIN_LIKES` likes or more is proposed.
    """
    found = []
    for interest_id, profile in profiles.items():
        for part in cluster_likes(profile, features.embedding)[1:]:
            if part.liked.size >= MIN_LIKES:
                rows = tuple(int(x) for x in part.liked)
                found.append(ClusterSplit(interest_id, names_of(rows, features), rows))
    return found


def names_of(rows: Sequence[int], features: Features, n: int = _NAME_WORDS) -> tuple[str, ...]:
    """Return words for a name of these papers, no two of which say the same; may be empty.

    Two words say the same if they share a stem, one abbreviates the other, or they stand in
    the same papers.
    """
    weights = contrast(rows, features.paper_terms)
    number = {features.terms[i]: int(i) for i in np.argsort(-weights, kind="stable")[:_LOOKED_AT]}
    positive = [x for x, i in number.items() if weights[i] > 0]
    columns = features.paper_terms.tocsc()
    kept: list[str] = []
    for term in positive:
        papers = set(columns[:, number[term]].indices.tolist())
        same = any(
            _says_the_same(term, other)
            or _overlap(papers, set(columns[:, number[other]].indices.tolist())) >= SAME_SUBJECT
            for other in kept
        )
        if not same:
            kept.append(term)
        if len(kept) == n:
            break
    return tuple(kept)


def _says_the_same(term: str, other: str) -> bool:
    some, others = term.casefold().split(), other.casefold().split()
    if _initials(some, others) or _initials(others, some):
        return True
    return any(_same_stem(x, y) for x in some for y in others)


def _initials(short: Sequence[str], long: Sequence[str]) -> bool:
    """Return whether one word abbreviates several: ``llm(s)`` for ``large language models``."""
    letters = "".join(x[0] for x in long)
    return len(short) == 1 and len(letters) > 1 and short[0].removesuffix("s").startswith(letters)


def _same_stem(x: str, y: str) -> bool:
    if x.removesuffix("s") == y.removesuffix("s"):
        return True
    shared = next((i for i, (a, b) in enumerate(zip(x, y, strict=False)) if a != b), None)
    n = min(len(x), len(y)) if shared is None else shared
    return n >= _MIN_STEM and n >= 0.6 * max(len(x), len(y))


def _overlap(some: set[int], others: set[int]) -> float:
    return len(some & others) / max(len(some | others), 1)


def merges(profiles: Mapping[str, Profile], features: Features) -> list[MergeProposal]:
    """Return pairs of interests that are about the same, closest first.

    The interest with fewer likes is to go into the other.
    """
    enough = {i: p for i, p in profiles.items() if p.liked.size >= MIN_LIKES}
    ids = sorted(enough, key=lambda i: -enough[i].liked.size)
    found = []
    for at, into in enumerate(ids):
        for source in ids[at + 1 :]:
            closeness = _closeness(enough[into].liked, enough[source].liked, features.embedding)
            if closeness >= AS_CLOSE:
                found.append(MergeProposal(source, into, closeness))
    return sorted(found, key=lambda x: -x.closeness)


def topics(rows: Rows, features: Features, seed: int = 0) -> NDArray[np.intp]:
    """Return a topic number for each row, at most `MAX_TOPICS`; one where there are few rows."""
    n_topics = min(MAX_TOPICS, rows.size // 6)
    points = features.embedding[rows]
    if n_topics < 2 or not points.any():
        return np.zeros(rows.size, dtype=np.intp)
    labels = KMeans(n_topics, n_init=4, random_state=seed).fit_predict(points)
    return np.asarray(labels, dtype=np.intp)


def likeness(some: Rows, others: Rows, embedding: NDArray[np.float32]) -> float:
    """Return the cosine of the two groups' means, -1 to 1; NaN where one has no content."""
    a, b = embedding[some].sum(axis=0), embedding[others].sum(axis=0)
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length else float("nan")


def _closeness(some: Rows, others: Rows, embedding: NDArray[np.float32]) -> float:
    within = min(_mean_cosine(some, embedding), _mean_cosine(others, embedding))
    across = float(embedding[some].mean(axis=0) @ embedding[others].mean(axis=0))
    return across / within if within > 0 else 0.0


def _mean_cosine(rows: Rows, embedding: NDArray[np.float32]) -> float:
    """Return the mean cosine over pairs of different papers."""
    total = float(np.square(embedding[rows].sum(axis=0)).sum())
    return (total - rows.size) / (rows.size * (rows.size - 1))


def _against(query: NDArray[np.float32], profile: Profile, features: Features) -> tuple[str, ...]:
    """Return the words that lower a score most, with evidence and never of what is liked."""

    def papers_with(rows: Rows) -> NDArray[np.intp]:
        return np.asarray(features.paper_terms[rows].getnnz(axis=0), dtype=np.intp)

    turned_down = papers_with(profile.rejected) >= MIN_EVIDENCE
    shown_to_be_so = turned_down & (papers_with(profile.liked) == 0)
    return _top(np.where(shown_to_be_so, -query, np.float32(0)), features.terms)


def _top(weights: NDArray[np.float32], terms: Sequence[str], n: int = N_WORDS) -> tuple[str, ...]:
    order = np.argsort(-weights, kind="stable")[:_LOOKED_AT]
    return without_repeats([terms[i] for i in order if weights[i] > 0], n)


def _typical(profile: Profile, embedding: NDArray[np.float32]) -> tuple[int, ...]:
    if not profile.liked.size:
        return ()
    points = embedding[profile.liked]
    nearness = points @ (profile.liked_weights @ points)
    return tuple(int(x) for x in profile.liked[np.argsort(-nearness, kind="stable")[:N_TYPICAL]])
