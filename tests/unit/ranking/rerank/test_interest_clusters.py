"""Unrelated subjects within one history."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from worlds import subject_rows, world_features

from recommender.features.interactions import Profile
from recommender.ranking.rerank.interest_clusters import (
    MIN_SHARE,
    UNRELATED,
    cluster_likes,
    guaranteed_shares,
)


def test_likes_with_the_same_text_do_not_break_the_clustering() -> None:
    one = np.random.default_rng(0).normal(size=(1, 64)).astype(np.float32)
    one *= np.float32(1.0000002) / np.linalg.norm(one)
    twins = np.repeat(one, 6, axis=0)
    profile = Profile.of(np.arange(6))
    assert cluster_likes(profile, twins) == [profile]


def test_two_unrelated_subjects_are_told_apart() -> None:
    embedding = world_features().embedding
    likes = [*subject_rows(0)[:5], *subject_rows(2)[:4], 40]
    subjects = cluster_likes(Profile.of(likes, [30]), embedding)
    assert [s.liked.tolist() for s in subjects] == [subject_rows(0)[:5], subject_rows(2)[:4]]
    assert all(s.rejected.tolist() == [30] for s in subjects)


@pytest.mark.parametrize("likes", [[0, 1, 2, 3, 4, 5], [0, 1], [0]], ids=len)
def test_one_subject_is_the_profile_itself(likes: list[int]) -> None:
    profile = Profile.of(likes)
    assert cluster_likes(profile, world_features().embedding) == [profile]


def test_without_an_embedding_there_is_one_subject() -> None:
    profile = Profile.of([0, 1, 2])
    assert cluster_likes(profile, np.zeros((3, 0), dtype=np.float32)) == [profile]


@pytest.mark.parametrize("n_likes", range(2, 40, 3))
def test_likes_are_grouped_as_scipy_cuts_the_tree(n_likes: int) -> None:
    vectors = np.random.default_rng(n_likes).normal(size=(n_likes, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tree = linkage(vectors, "average", metric="cosine")
    group = fcluster(tree, 1 - UNRELATED, "distance")
    large = [x for x in np.unique(group) if (group == x).mean() >= MIN_SHARE]
    expected = {tuple(np.flatnonzero(group == x)) for x in large}
    found = {tuple(x.liked) for x in cluster_likes(Profile.of(np.arange(n_likes)), vectors)}
    assert found == (expected if len(large) > 1 else {tuple(range(n_likes))})


FIRST, SECOND = subject_rows(0)[:6], subject_rows(2)[:2]


def shares_after(rejections: dict[int, float]) -> list[float]:
    embedding = world_features().embedding
    profile = Profile.of([*FIRST, *SECOND], rejections)
    return guaranteed_shares(profile, cluster_likes(profile, embedding), embedding)


def test_a_subject_may_claim_its_part_of_the_likes() -> None:
    assert shares_after({}) == [0.75, 0.25]


def test_a_subject_that_is_turned_down_loses_its_claim() -> None:
    near = subject_rows(2)[2:]
    skipped = [shares_after(dict.fromkeys(near[:n], -0.07))[1] for n in (1, 3, 6)]
    assert 0.25 > skipped[0] > skipped[1] > skipped[2]
    assert shares_after({near[0]: -1.0})[1] < 0.1
    assert shares_after(dict.fromkeys(near[:3], -1.0))[1] == 0


def test_rejections_elsewhere_take_nothing_from_a_subject() -> None:
    unrelated = dict.fromkeys(subject_rows(3), -1.0)
    assert shares_after(unrelated) == [0.75, 0.25]
    assert shares_after(dict.fromkeys(subject_rows(2)[2:], -1.0))[0] == 0.75


def test_equal_rejections_of_all_subjects_leave_the_claims() -> None:
    both = {FIRST[-1] + 1: -0.07, SECOND[-1] + 1: -0.07}
    assert shares_after(both) == pytest.approx([0.75, 0.25], abs=0.07)
