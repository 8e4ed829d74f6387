"""The worked example of docs/explanation/how-a-score-is-made.md, recomputed from the code.

Print the tables for the document with ``python tests/unit/ranking/test_worked_example.py``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.domain import Author, Paper
from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.ranking.als.term_rows import AlsOptions
from recommender.ranking.content.author_weight import author_affinity
from recommender.ranking.fusion.ranker import BlendRanker

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "how-a-score-is-made.md"
BEGIN, END = "<!-- worked example: begin -->\n", "<!-- worked example: end -->"
CATALOGUE = (
    ("Random walks on graphs", "Ada Lovelace"),
    ("Graph clustering by random walks", "Ada Lovelace"),
    ("Spectral clustering of sparse graphs", "Emmy Noether"),
    ("Random graphs and their degrees", "Emmy Noether"),
    ("Sparse graphs in linear time", "Ada Lovelace"),
    ("Folding of proteins from sequence", "Rosalind Franklin"),
    ("Protein folding by neural networks", "Rosalind Franklin"),
    ("Neural networks for protein design", "Max Perutz"),
    ("Neural machine translation", "Alan Turing"),
    ("Translation with attention networks", "Alan Turing"),
    ("Attention for graphs", "Alan Turing"),
    ("Clustering of protein sequences", "Max Perutz"),
)
LIKED, SKIPPED, DISLIKED = (0, 2), (8,), (6,)
OTHER_READERS = ((0, 1, 3), (1, 2, 3), (5, 7))
WORKED = 4
SHOWN = (1, 3, 4, 7, 9, 10, 11)
LIKE, SKIP, DISLIKE = 1.0, -0.07, -1.0
ALPHA, REGULARIZATION = 300.0, 300.0
ROUNDED = 0.02
"""What numbers of two decimals may differ by on another machine."""


@cache
def ranker() -> BlendRanker:
    papers = [
        Paper(title=title, paper_id=f"title:{i}", authors=(Author(literal=name),))
        for i, (title, name) in enumerate(CATALOGUE)
    ]
    likes = np.zeros((len(OTHER_READERS), len(papers)), dtype=np.float32)
    for reader, liked in enumerate(OTHER_READERS):
        likes[reader, list(liked)] = LIKE
    options = AlsOptions(factors=4, alpha=ALPHA, regularization=REGULARIZATION)
    return BlendRanker.with_options(options).fit(
        Features.of_papers(papers), csr_matrix(likes), seed=0
    )


def profile() -> Profile:
    return Profile.of(dict.fromkeys(LIKED, LIKE), {SKIPPED[0]: SKIP, DISLIKED[0]: DISLIKE})


def block() -> str:
    """Return the tables of the document."""
    scorer, rows = ranker().user_scorer(profile()), np.array(SHOWN)
    parts, scores = scorer.parts(rows), scorer.score(rows)
    lines = ["| part | mean μ | deviation σ | weight, liked papers | weight, new papers |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    for name, dot in scorer.linear_terms.items():
        numbers = (
            float(dot.z_score.mean),
            float(dot.z_score.std),
            dot.weight.liked,
            dot.weight.new,
        )
        lines.append(f"| `{name}` | " + " | ".join(f"{x:.2f}" for x in numbers) + " |")
    lines.append(f"| `neighbours` | – | – | {scorer.walk_weight:.2f} | {scorer.walk_weight:.2f} |")
    lines += ["", "| paper | coldness | " + " | ".join(f"`{x}`" for x in parts) + " | score |"]
    lines.append("| --- " * (len(parts) + 3) + "|")
    for i in np.argsort(-scores, kind="stable"):
        row = rows[i]
        numbers = [ranker().coldness[row], *(part[i] for part in parts.values()), scores[i]]
        cells = ["NaN" if np.isnan(x) else f"{x:.2f}" for x in numbers]
        lines.append(f"| {row}. {CATALOGUE[row][0]} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *one_paper(WORKED)]) + "\n"


def one_paper(row: int) -> list[str]:
    """Return how the score of one paper adds up, part by part."""
    scorer, rows = ranker().user_scorer(profile()), np.array([row])
    parts = scorer.parts(rows)
    lines = [f"| paper {row} | q · x | z | w | w · z |", "| --- " * 5 + "|"]
    for name, dot in scorer.linear_terms.items():
        product = float(dot.items.dot(dot.query, rows)[0])
        z = (product - float(dot.z_score.mean)) / float(dot.z_score.std)
        weight = float(dot.weight.of(rows)[0])
        numbers = (product, z, weight, float(parts[name][0]))
        lines.append(f"| `{name}` | " + " | ".join(f"{x:.2f}" for x in numbers) + " |")
    return lines


def numbers_of(text: str) -> tuple[str, list[float]]:
    """Return a text without its decimals, and these."""
    decimal = r"[-\N{MINUS SIGN}]?\d+\.\d\d|NaN"
    return re.sub(decimal, "#", text), [float(x) for x in re.findall(decimal, text)]


def test_the_numbers_of_the_document_are_those_of_the_code() -> None:
    shown = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    words, numbers = numbers_of(shown.strip())
    expected_words, expected = numbers_of(block().strip())
    assert words == expected_words
    np.testing.assert_allclose(numbers, expected, atol=ROUNDED)


def test_the_catalogue_of_the_document_is_that_of_the_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for row, (title, author) in enumerate(CATALOGUE):
        assert f"| {row} | {title} | {author} |" in text


def z_scores(scores: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return deviations from the mean of the known papers that are not judged."""
    sample = known.copy()
    sample[profile().weighted] = False
    return np.where(known, (scores - scores[sample].mean()) / scores[sample].std(), np.nan)


def test_the_formula_of_the_document_gives_the_scores_of_the_code() -> None:
    blend, reader = ranker(), profile()
    words = blend.tfidf.content.toarray().astype(np.float64)
    names = blend.authors.content.toarray().astype(np.float64)
    factors, vectors = (
        x.astype(np.float64) for x in (blend.als.model.papers, blend.embedding.content)
    )
    # User factors: Hu, Koren & Volinsky (2008), equation 4.
    confidence = ALPHA * np.array([LIKE, LIKE, abs(SKIP), abs(DISLIKE)])
    judged = factors[[*LIKED, *SKIPPED, *DISLIKED]]
    left = factors.T @ factors + REGULARIZATION * np.eye(factors.shape[1])
    left += judged.T @ ((confidence - 1)[:, None] * judged)
    user_factors = np.linalg.solve(left, ALPHA * LIKE * judged[: len(LIKED)].sum(axis=0))
    # Rocchio's query: the mean of the likes, minus a share of the weighted mean of the skips.
    negative = np.array([abs(SKIP), abs(DISLIKE)]) / (abs(SKIP) + abs(DISLIKE))
    n_skipped = len(SKIPPED) + len(DISLIKED)

    def query(content: NDArray[np.float64]) -> NDArray[np.float64]:
        rest = negative @ content[[*SKIPPED, *DISLIKED]]
        share = 0.5 * n_skipped / (n_skipped + len(LIKED))
        return np.asarray(content[list(LIKED)].mean(axis=0) - share * rest)

    z = {
        "als": z_scores(factors @ user_factors, factors.any(axis=1)),
        "tfidf": z_scores(words @ query(words), words.any(axis=1)),
        "embedding": z_scores(vectors @ query(vectors), vectors.any(axis=1)),
    }
    sample = np.setdiff1d(np.arange(len(words)), reader.weighted)
    affinity = author_affinity(reader, blend.authors.content)
    z["authors"] = affinity * (names @ query(names)) / (words[sample] @ query(words)).std()
    walk = blend.neighbours.walk(reader).astype(np.float64)
    z["neighbours"] = (walk - np.nanmean(walk)) / np.nanstd(walk)

    # Ridge regression: 1 for the likes, 0 for what was turned down.
    compared = words[[*LIKED, *SKIPPED, *DISLIKED]]
    is_liked = np.arange(len(compared)) < len(LIKED)
    dual = np.linalg.solve(compared @ compared.T + 0.3 * np.eye(len(compared)), 1.0 * is_liked)
    z["ridge"] = z_scores(words @ (compared.T @ dual), words.any(axis=1))
    weights = blend.weights()
    weights["ridge"] = weights["tfidf"] * (2.0 * n_skipped / (n_skipped + 30))

    score = np.zeros(len(words))
    for name, weight in weights.items():
        w = weight.liked + blend.coldness * (weight.new - weight.liked)
        score += np.nan_to_num(w * z[name])
    nearness = words @ words[DISLIKED[0]] / blend.dislike_penalty.usual
    low, median = np.quantile(nearness, [0.16, 0.5])
    excess = np.maximum(nearness - median - 2 * (median - low), 0)
    score -= 2 * (1 - np.exp(-excess))
    everything = np.arange(len(words))
    assert blend.score(reader, everything) == pytest.approx(score, abs=1e-3)


if __name__ == "__main__":
    print(block())
