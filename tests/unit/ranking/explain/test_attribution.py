"""A reason is named only if the score falls without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import SMALL_ALS, no_readers, without_like, world_features, world_readers

from recommender.domain import Paper
from recommender.features import Features
from recommender.features.interactions import Profile, SparseRows
from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.base import row_cells
from recommender.ranking.content.rocchio import query_of
from recommender.ranking.explain.attribution import (
    FEW_PAPERS,
    explain,
    telling_terms,
    without_repeats,
)
from recommender.ranking.fusion.ranker import BlendRanker

FEATURES = world_features()
PROFILES = {
    "one like": Profile.of([0]),
    "one subject": Profile.of([0, 1, 2], [14, 30]),
    "two subjects": Profile.of({0: 1.0, 1: 2.0, 12: 1.0, 13: 0.2}, {30: -1.0, 15: -0.07}),
}


@pytest.fixture(scope="module", params=["alone", "among readers"])
def ranker(request: pytest.FixtureRequest) -> BlendRanker:
    readers = no_readers(48) if request.param == "alone" else world_readers()
    return BlendRanker.with_options(SMALL_ALS).fit(world_features(), readers, seed=0)


def best(ranker: BlendRanker, profile: Profile, n: int = 12) -> np.ndarray:
    rows = np.setdiff1d(np.arange(48), profile.weighted)
    return rows[np.argsort(-ranker.score(profile, rows))[:n]]


@pytest.mark.parametrize("name", PROFILES)
def test_without_the_liked_paper_named_the_score_falls(ranker: BlendRanker, name: str) -> None:
    profile = PROFILES[name]
    rows = best(ranker, profile)
    named = 0
    for row, why in zip(
        rows, explain(ranker, FEATURES, ranker.user_scorer(profile), rows), strict=True
    ):
        if why.liked is None:
            continue
        named += 1
        at = np.array([row])
        after = ranker.score(without_like(profile, why.liked), at)[0]
        assert np.isnan(after) or after < ranker.score(profile, at)[0]
    assert named >= 6


def test_the_liked_paper_named_is_of_the_same_subject(ranker: BlendRanker) -> None:
    profile = PROFILES["two subjects"]
    rows = best(ranker, profile, 8)
    for row, why in zip(
        rows, explain(ranker, FEATURES, ranker.user_scorer(profile), rows), strict=True
    ):
        assert why.liked is None or why.liked // 12 == row // 12


@pytest.mark.parametrize("name", PROFILES)
def test_without_a_word_named_both_parts_of_the_score_fall(ranker: BlendRanker, name: str) -> None:
    profile = PROFILES[name]
    rows = best(ranker, profile, 5)
    user_factors = ranker.als.factor_contributions(profile).sum(axis=0)
    named = 0
    for row, why in zip(
        rows, explain(ranker, FEATURES, ranker.user_scorer(profile), rows), strict=True
    ):
        for term in why.terms:
            named += 1
            by_words, by_model = _without_term(ranker, profile, user_factors, int(row), term)
            assert by_words < 0
            assert by_model < 1e-9
    assert named >= 5


def _without_term(
    ranker: BlendRanker, profile: Profile, user_factors: np.ndarray, row: int, term: int
) -> tuple[float, float]:
    """Return by how much the dot products of words and of the model change."""
    terms = ranker.tfidf.content
    by_words = -float(terms[row, term] * query_of(profile, terms)[term])
    model = ranker.als.model
    columns, _ = row_cells(model.cells, row)
    kept = model.block.columns[columns] != term
    observed, confidences = model.observed(row)
    kept = np.concatenate([kept, np.ones(confidences.size - kept.size, dtype=bool)])
    inverse_free = np.asarray(model.of_rows.matrix)
    scores = []
    for mask in (np.ones_like(kept), kept):
        x, c = observed[mask], confidences[mask]
        full = inverse_free + x.T @ ((np.abs(c) - 1)[:, None] * x)
        scores.append(float(np.linalg.solve(full, x.T @ np.maximum(c, 0)) @ user_factors))
    return by_words, scores[1] - scores[0]


@pytest.mark.parametrize("name", PROFILES)
def test_names_said_are_of_both_papers_and_without_them_the_score_falls(
    ranker: BlendRanker, name: str
) -> None:
    profile, content = PROFILES[name], ranker.authors.content
    rows, scorer = best(ranker, profile, 5), ranker.user_scorer(PROFILES[name])
    query = query_of(profile, content)
    named = 0
    for row, why in zip(rows, explain(ranker, FEATURES, scorer, rows), strict=True):
        for column in why.names:
            named += 1
            assert content[row, column] > 0
            assert content[why.liked, column] > 0
            assert query[column] > 0
    assert named >= 5


def test_words_named_are_in_the_paper_and_in_a_like(ranker: BlendRanker) -> None:
    profile = PROFILES["one subject"]
    rows = best(ranker, profile, 5)
    terms = ranker.tfidf.content
    liked = set(terms[profile.liked].indices.tolist())
    for row, why in zip(
        rows, explain(ranker, FEATURES, ranker.user_scorer(profile), rows), strict=True
    ):
        assert set(why.terms) <= liked & set(terms[row].indices.tolist())


def test_nothing_is_claimed_without_likes_or_papers(ranker: BlendRanker) -> None:
    why = explain(ranker, FEATURES, ranker.user_scorer(Profile.of([], [3])), np.array([1, 2]))
    assert [(x.liked, x.terms) for x in why] == [(None, ()), (None, ())]
    assert (
        explain(
            ranker, FEATURES, ranker.user_scorer(PROFILES["one like"]), np.zeros(0, dtype=np.intp)
        )
        == []
    )


def test_a_reader_may_have_no_words_in_common_with_a_suggestion() -> None:
    table = np.zeros((60, 4), dtype=np.float32)
    table[:, [0, 1]] = 1
    table[::3, [2, 3]] = 1
    counts: SparseRows = csr_matrix(np.eye(4, dtype=np.float32))
    features = Features.of_counts(["a", "b", "c", "d"], counts, ["k", "l", "m", "n"])
    ranker = BlendRanker(AlsRanker(SMALL_ALS)).fit(features, csr_matrix(table), seed=0)
    why = explain(ranker, features, ranker.user_scorer(Profile.of([0])), np.array([1]))[0]
    assert why.terms == ()
    assert why.liked == 0


def test_a_word_inside_a_named_pair_is_not_named_again() -> None:
    terms = ["tail", "long tail", "long", "vision", "tail head", "text"]
    assert without_repeats(terms) == ("long tail", "vision", "tail head")
    assert without_repeats([]) == ()
    assert without_repeats(["label", "labels", "tail"]) == ("label", "tail")


def on(subject: str, i: int, extra: str = "") -> Paper:
    """Return a paper on one of two subjects that share no word but `extra` and generic ones."""
    words = {
        "bees": "hive nectar pollen waggle foraging swarm apiary brood honey",
        "bridges": "girder truss corrosion fatigue load strain gauge deck cable",
    }[subject].split()
    chosen = [words[(i + k) % len(words)] for k in range(6)]
    return Paper(
        title=f"{subject} {chosen[0]}",
        paper_id=f"{subject}{i}",
        abstract=f"We learn {' '.join(chosen[1:])} {extra}",
    )


def telling(extras: Mapping[str, Sequence[int]], likes: Sequence[int], row: int) -> set[str]:
    """Return the telling terms of a paper among nine on bees and nine on bridges.

    Parameters
    ----------
    extras
        Words and the rows of the papers that have them, too.
    """
    papers = []
    for at in range(18):
        subject = "bees" if at < 9 else "bridges"
        papers.append(on(subject, at, " ".join(w for w, rows in extras.items() if at in rows)))
    features = Features.of_papers(papers)
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(18), seed=0)
    scorer = ranker.user_scorer(Profile.of(list(likes)))
    every_term = row_cells(features.paper_terms, row)[0].tolist()
    found = telling_terms(features, scorer, np.array([row]), [every_term])[0]
    return {features.terms[x] for x in found}


def test_words_of_any_research_prose_do_not_tell() -> None:
    found = telling({"labels": [0, 1, 4], "deep": [0, 4], "drone": [0, 4]}, [0, 1], 4)
    assert "drone" in found
    assert not found & {"learn", "labels", "deep"}
    assert not any("labels" in x or "deep" in x for x in found)


def test_words_of_many_papers_do_not_tell() -> None:
    often = list(range(FEW_PAPERS + 1))
    found = telling({"everywhere": often, "rare": often[:-1]}, [0, 1], 4)
    assert "everywhere" not in found
    assert "rare" in found


def test_words_of_another_subject_of_the_reader_do_not_tell() -> None:
    both = {"steel": [0, 1, 2, 4, 9, 10, 11], "drone": [0, 1, 4]}
    assert {"steel", "drone"} <= telling(both, [0, 1, 2], 4)
    found = telling(both, [0, 1, 2, 9, 10, 11], 4)
    assert "drone" in found
    assert "steel" not in found


def test_a_like_far_from_a_paper_does_not_explain_it() -> None:
    """Half the readers of bees read one paper on bridges too, so that it raises their scores."""
    papers = [on("bees", i) for i in range(9)] + [on("bridges", i) for i in range(9)]
    features = Features.of_papers(papers)
    table = np.zeros((40, 18), dtype=np.float32)
    table[:, 17] = 1
    table[:, 4] = 1
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, csr_matrix(table), seed=0)
    profile = Profile.of([0, 17])
    scorer = ranker.user_scorer(profile)
    without = ranker.score(without_like(profile, 17), np.array([4]))[0]
    assert without < ranker.score(profile, np.array([4]))[0]
    assert explain(ranker, features, scorer, np.array([4]))[0].liked != 17


def test_words_of_papers_on_anything_are_not_named() -> None:
    anywhere = [0, 3, 4, 9, 11, 13, 15, 17]
    papers = [
        on("bees" if at < 9 else "bridges", at, ("lately " if at in anywhere else "") + extra)
        for at, extra in enumerate(["drone" if at in (0, 2, 4) else "" for at in range(18)])
    ]
    features = Features.of_papers(papers)
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(18), seed=0)
    scorer = ranker.user_scorer(Profile.of([0]))
    why = explain(ranker, features, scorer, np.array([4]))[0]
    named = {features.terms[x] for x in why.terms}
    assert "drone" in named
    assert "lately" not in named
