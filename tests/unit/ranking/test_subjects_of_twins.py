from __future__ import annotations

import numpy as np

from recommender.features.interactions import Profile
from recommender.ranking.subjects import subjects_of


def test_likes_with_the_same_text_do_not_break_the_clustering() -> None:
    one = np.random.default_rng(0).normal(size=(1, 64)).astype(np.float32)
    one *= np.float32(1.0000002) / np.linalg.norm(one)
    twins = np.repeat(one, 6, axis=0)
    profile = Profile.of(np.arange(6))
    assert subjects_of(profile, twins) == [profile]
