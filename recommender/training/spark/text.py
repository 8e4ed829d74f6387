"""Terms, names and the embedding of papers, part by part: those of `features`, exactly.

Terms are counted in each part and summed; then every part weighs its own papers by the
vocabulary that came of it. Word vectors are learned from a sample of bounded size, as always, in
the driver, and applied in the parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from recommender.domain import Vocabulary
from recommender.features import Features
from recommender.features.authors import AuthorFeatures
from recommender.features.embeddings import EmbeddingSpace, n_dims_for, sum_of_words
from recommender.features.interactions import SparseRows
from recommender.features.paper_features import newest_days_of
from recommender.features.serialisation import packed, unpacked
from recommender.features.tfidf import MAX_TERMS, TextFeatures, most_frequent_first
from recommender.features.word_vectors import sampled_papers, word_vectors
from recommender.training.spark.cluster import Cluster
from recommender.training.spark.snapshot import read_papers
from recommender.training.spark.work_folder import WorkFolder

KINDS: dict[str, type[TextFeatures]] = {"terms": TextFeatures, "names": AuthorFeatures}
Tell = Callable[[str], None]


def fit_text(
    work: WorkFolder,
    snapshot: Path,
    papers_of_parts: tuple[int, ...],
    cluster: Cluster,
    seed: int,
    tell: Tell,
) -> Features:
    """Return what `Features.of_papers` gives; its large arrays are mapped from the work folder.

    Parameters
    ----------
    snapshot
        Where the papers are, see `snapshot`.
    papers_of_parts
        How many papers each part has.
    """
    n_papers = sum(papers_of_parts)
    for kind in KINDS:
        work.do_once(f"count-{kind}", partial(_count, work, snapshot, n_papers, cluster, kind))
    tell(f"Counted the terms of {n_papers} papers.")
    work.do_once("weigh", partial(cluster.each, weigh_texts, str(snapshot)))
    work.do_once("word-vectors", partial(_fit_word_vectors, work, papers_of_parts, seed))
    work.do_once("embed-sum", partial(_fit_mean, work, n_papers, cluster))
    work.do_once("embed", partial(cluster.each, embed_texts))
    tell("Weighed the terms and embedded the papers.")
    return read_features(work, len(papers_of_parts))


def read_features(work: WorkFolder, n_parts: int) -> Features:
    """Return the features of finished parts; the large arrays are mapped."""
    parts = range(n_parts)
    text, authors = vocabulary(work, "terms"), vocabulary(work, "names")
    ids = [x for part in parts for x in unpacked(np.asarray(work.get(f"ids/{part}")))]
    assert isinstance(authors, AuthorFeatures)
    return Features(
        Vocabulary.of(ids),
        text,
        work.joined_matrix([f"terms/{x}" for x in parts], "all/terms", len(text.terms_)),
        EmbeddingSpace(np.asarray(work.get("components")), np.asarray(work.get("mean"))),
        work.joined([f"embedding/{x}" for x in parts], "all/embedding"),
        np.asarray(work.joined([f"days/{x}" for x in parts], "all/days")),
        len(ids),
        authors,
        work.joined_matrix([f"names/{x}" for x in parts], "all/names", len(authors.terms_)),
    )


def vocabulary(work: WorkFolder, kind: str) -> TextFeatures:
    """Return terms or names and their idf."""
    terms = unpacked(np.asarray(work.get(f"{kind}-list")))
    return KINDS[kind].of_terms(terms, np.asarray(work.get(f"{kind}-idf")))


@cache
def _vocabulary(root: str, kind: str) -> TextFeatures:
    """Return `vocabulary`, kept by the process of a worker, which runs many tasks of one fit."""
    return vocabulary(WorkFolder(Path(root)), kind)


def _count(work: WorkFolder, snapshot: Path, n_papers: int, cluster: Cluster, kind: str) -> None:
    features = KINDS[kind]
    task = count_terms_of if kind == "terms" else count_names_of
    found = cluster.count(
        task,
        str(snapshot),
        usable=features.is_usable,
        order=most_frequent_first,
        most=MAX_TERMS,
    )
    learned = features.of_frequencies(dict(found), n_papers)
    n_papers_with = dict(found)
    work.put(f"{kind}-list", packed(learned.terms_))
    work.put(f"{kind}-idf", learned.idf_)
    work.put(f"{kind}-frequencies", np.array([n_papers_with[x] for x in learned.terms_], np.int64))


def count_terms_of(root: str, part: int, snapshot: str) -> Counter[str]:
    """Return in how many papers of a part each term occurs; a task."""
    return _frequencies(TextFeatures, snapshot, part)


def count_names_of(root: str, part: int, snapshot: str) -> Counter[str]:
    """Return on how many papers of a part each name stands; a task."""
    return _frequencies(AuthorFeatures, snapshot, part)


def _frequencies(features: type[TextFeatures], snapshot: str, part: int) -> Counter[str]:
    total: Counter[str] = Counter()
    for papers in read_papers(Path(snapshot), part):
        total.update(features.frequencies(papers))
    return total


def weigh_texts(root: str, part: int, snapshot: str) -> None:
    """Write a part's ids, days, TF-IDF and names; a task."""
    work = WorkFolder(Path(root))
    ids, days = list[str](), list[NDArray[np.float64]]()
    matrices: dict[str, list[SparseRows]] = {kind: [] for kind in KINDS}
    for papers in read_papers(Path(snapshot), part):
        ids += [x.paper_id for x in papers]
        days.append(newest_days_of(papers))
        for kind, found in matrices.items():
            found.append(_vocabulary(root, kind).transform(papers))
    for kind, found in matrices.items():
        work.put_matrix(f"{kind}/{part}", csr_matrix(vstack(found, format="csr")))
    work.put(f"ids/{part}", packed(ids))
    work.put(f"days/{part}", np.concatenate(days))


def _fit_word_vectors(work: WorkFolder, papers_of_parts: tuple[int, ...], seed: int) -> None:
    terms = vocabulary(work, "terms").terms_
    n_papers = sum(papers_of_parts)
    read = sampled_papers(n_papers, seed)
    ends = np.cumsum(papers_of_parts)
    chosen = []
    for part, (end, n) in enumerate(zip(ends, papers_of_parts, strict=True)):
        own = read[(read >= end - n) & (read < end)] - (end - n)
        chosen.append(work.get_matrix(f"terms/{part}", len(terms))[own])
    sample = csr_matrix(vstack(chosen, format="csr"))
    work.put("components", word_vectors(sample, terms, n_dims_for(n_papers), seed).T)


def _fit_mean(work: WorkFolder, n_papers: int, cluster: Cluster) -> None:
    total = np.sum(cluster.each(sum_words), axis=0)
    space = EmbeddingSpace.of_sum(np.asarray(work.get("components")), total, n_papers)
    work.put("mean", space.mean_)


def sum_words(root: str, part: int) -> NDArray[np.float32]:
    """Return the sum of a part's papers before they are centred, ``(n_dims,)``; a task."""
    components, terms = _components_and_terms(root, part)
    return sum_of_words(terms, components)


def embed_texts(root: str, part: int) -> None:
    """Write the embedding of a part's papers; a task."""
    components, terms = _components_and_terms(root, part)
    work = WorkFolder(Path(root))
    space = EmbeddingSpace(components, np.asarray(work.get("mean")))
    work.put(f"embedding/{part}", space.transform(terms))


def _components_and_terms(root: str, part: int) -> tuple[NDArray[np.float32], SparseRows]:
    work = WorkFolder(Path(root))
    components = work.get("components")
    return components, work.get_matrix(f"terms/{part}", components.shape[1])
