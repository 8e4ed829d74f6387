"""Vectors of words that say which words keep the same company. Runs on fit; pure.

The positive pointwise mutual information of words in one paper, factorised: what skip-gram
with negative sampling does implicitly (Levy & Goldberg 2014), contexts smoothed by the power
0.75 and singular values by their root (Levy, Goldberg & Dagan 2015). Two titles that share no
word are close where their words are found together elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.features.interactions import Rows, SparseRows
from recommender.features.svd import singular_vectors

MIN_PAPERS = 2
WORDS_OF_A_PAPER = 20
"""Its heaviest by TF-IDF; the others say little of its subject, and pairs grow with the square."""
MAX_PAPERS = 50_000
SMOOTHING = 0.75


def word_vectors(
    paper_terms: SparseRows, terms: Sequence[str], n_dims: int, seed: int = 0
) -> NDArray[np.float32]:
    """Return a vector for each term, ``(n_terms, n_dims) float32``.

    Zero for pairs of words and for words of a single paper; fewer dimensions
    where the words cannot fill them.

    Parameters
    ----------
    paper_terms
        ``(n_papers, n_terms)`` TF-IDF; of more than `MAX_PAPERS` a sample is read.
    """
    n_papers, n_terms = paper_terms.shape
    if n_papers > MAX_PAPERS:
        paper_terms = paper_terms[sampled_papers(n_papers, seed)]
    single = np.array([" " not in term for term in terms], dtype=bool)
    n_papers_with = np.bincount(paper_terms.indices, minlength=n_terms)
    chosen = np.flatnonzero(single & (n_papers_with >= MIN_PAPERS))
    information = _mutual_information(_heaviest(paper_terms[:, chosen]))
    n_dims = min(n_dims, chosen.size) if information.nnz else 0
    vectors = np.zeros((n_terms, n_dims), dtype=np.float32)
    if n_dims:
        left, values, _ = singular_vectors(information, n_dims, seed)
        vectors[chosen] = left * np.sqrt(values)
    return vectors


def sampled_papers(n_papers: int, seed: int) -> Rows:
    """Return the ascending rows of the papers that are read; all where they are few."""
    if n_papers <= MAX_PAPERS:
        return np.arange(n_papers)
    return np.sort(np.random.default_rng(seed).choice(n_papers, MAX_PAPERS, replace=False))


def _heaviest(paper_words: SparseRows) -> SparseRows:
    rows = np.repeat(np.arange(paper_words.shape[0]), np.diff(paper_words.indptr))
    order = np.lexsort((paper_words.indices, -paper_words.data, rows))
    place = np.arange(order.size) - paper_words.indptr[rows]
    kept = order[place < WORDS_OF_A_PAPER]
    cells = (paper_words.data[kept], (rows[kept], paper_words.indices[kept]))
    return csr_matrix(cells, shape=paper_words.shape)


def _mutual_information(paper_words: SparseRows) -> SparseRows:
    """Return the positive logarithm of observed by expected weight, ``(n_words, n_words)``."""
    together = (paper_words.T @ paper_words).tocoo()
    weight = np.bincount(together.row, together.data, minlength=together.shape[0])
    context = weight**SMOOTHING
    expected = weight[together.row] * context[together.col] / context.sum()
    information = np.log(together.data / expected).astype(np.float32)
    kept = information > 0
    cells = (information[kept], (together.row[kept], together.col[kept]))
    return csr_matrix(cells, shape=together.shape)
