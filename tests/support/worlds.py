"""Invented catalogues with a known answer: subjects that share no words, readers with one taste."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from scipy.sparse import csr_matrix

from recommender.domain import Author, Paper
from recommender.features import Features
from recommender.features.interactions import Profile, SparseRows
from recommender.ranking.als.term_rows import AlsOptions

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
N_WORDS = 24
SMALL_ALS = AlsOptions(factors=16, iterations=8)


def world_papers(n_subjects: int = 4, n_each: int = 12, seed: int = 0) -> list[Paper]:
    """Return papers of several subjects, subject by subject; paper i is of ``i // n_each``.

    Each uses ten of its subject's words and two that all subjects share. Each is by the
    head of its subject and one of three others.
    """
    rng = np.random.default_rng(seed)
    return [
        _paper(subject, i, rng.choice(N_WORDS, 10, replace=False))
        for subject in range(n_subjects)
        for i in range(n_each)
    ]


def _paper(subject: int, i: int, chosen: Sequence[int]) -> Paper:
    words = [word(subject, int(w)) for w in chosen]
    return Paper(
        title=f"{words[0]} {words[1]} number{subject}x{i}",
        paper_id=f"title:{subject}-{i:02d}",
        abstract=" ".join(["common", *words[2:], "shared"]),
        authors=(
            Author(given="Head", family=word(subject, 0)),
            Author(literal=f"{'XYZ'[i % 3]}. {word(subject, 1)}"),
        ),
        published_at=NOW - timedelta(days=7 * i + subject),
    )


def word(subject: int, number: int) -> str:
    """Return one invented word of a subject, for example ``"qabe"``."""
    return "qrstvwxz"[subject] + "abdefg"[number // 4] + "klmn"[number % 4] + "ou"


def world_features(n_subjects: int = 4, n_each: int = 12, seed: int = 0) -> Features:
    """Return features of `world_papers`."""
    return Features.of_papers(world_papers(n_subjects, n_each, seed))


def subject_rows(subject: int, n_each: int = 12) -> list[int]:
    """Return the rows of one subject's papers."""
    return list(range(subject * n_each, (subject + 1) * n_each))


def world_readers(
    n_readers: int = 60, n_subjects: int = 4, n_each: int = 12, seed: int = 1
) -> SparseRows:
    """Return readers who like six papers of one subject and skip one of the next.

    Reader r reads subject ``r % n_subjects``.
    """
    rng = np.random.default_rng(seed)
    table = np.zeros((n_readers, n_subjects * n_each), dtype=np.float32)
    for r in range(n_readers):
        mine, other = r % n_subjects, (r + 1) % n_subjects
        table[r, rng.choice(subject_rows(mine, n_each), 6, replace=False)] = 1
        table[r, rng.choice(subject_rows(other, n_each))] = -0.07
    return csr_matrix(table)


def no_readers(n_papers: int) -> SparseRows:
    """Return the matrix of a library in which nobody has said anything."""
    return csr_matrix(np.zeros((0, n_papers), dtype=np.float32))


def without_like(profile: Profile, row: int) -> Profile:
    """Return a profile as if one liked row had never been liked."""
    return profile.with_likes(np.flatnonzero(profile.liked != row))


def profile_of_row(matrix: SparseRows, reader_index: int) -> Profile:
    """Return one reader's profile out of `reader_papers`."""
    start, end = matrix.indptr[reader_index], matrix.indptr[reader_index + 1]
    rows = matrix.indices[start:end].astype(np.intp)
    values = matrix.data[start:end]
    liked, skipped = values > 0, values < 0
    return Profile(
        rows[liked], values[liked], rows[skipped], values[skipped], reader_index=reader_index
    )
