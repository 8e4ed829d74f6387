"""What is believed in words, and which interests should part or meet."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from libraries import SUBJECTS, papers_on

from recommender.domain import Paper
from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.insights import topic_map, user_profile

BEES, BRIDGES, GLACIERS = range(12), range(12, 24), range(24, 36)


@pytest.fixture(scope="module")
def features() -> Features:
    papers = [
        Paper(title=x.title, abstract=x.abstract, paper_id=f"{subject}{i}")
        for subject in SUBJECTS
        for i, x in enumerate(papers_on(subject))
    ]
    return Features.of_papers(papers)


def test_a_belief_names_words_of_what_is_liked_and_of_what_is_not(features: Features) -> None:
    profile = Profile.of(list(BEES)[:6], list(GLACIERS)[:6], skip=-1.0)
    found = user_profile.summary(profile, features)
    assert set(found.words) & set(SUBJECTS["bees"])
    assert set(found.against) & set(SUBJECTS["glaciers"])
    assert set(found.typical) <= set(BEES)


def test_of_nothing_nothing_is_believed(features: Features) -> None:
    found = user_profile.summary(Profile.of(), features)
    assert (found.words, found.against, found.typical) == ((), (), ())


def test_two_subjects_in_one_interest_are_proposed_to_part(features: Features) -> None:
    both = Profile.of([*list(BEES)[:8], *list(GLACIERS)[:5]])
    (split,) = user_profile.splits({"me/general": both}, features)
    assert split.interest_id == "me/general"
    assert set(split.rows) == set(list(GLACIERS)[:5])
    assert any("glaciers" in x for x in split.words)


def test_one_subject_is_left_whole(features: Features) -> None:
    assert user_profile.splits({"me/general": Profile.of(list(BEES)[:8])}, features) == []


def test_interests_on_the_same_subject_are_proposed_to_meet_the_small_in_the_large(
    features: Features,
) -> None:
    profiles = {
        "me/a": Profile.of(list(BEES)[:4]),
        "me/b": Profile.of(list(BEES)[4:12]),
        "me/c": Profile.of(list(GLACIERS)[:8]),
    }
    found = user_profile.merges(profiles, features)
    assert [(x.from_id, x.into_id) for x in found] == [("me/a", "me/b")]


def test_few_likes_propose_nothing(features: Features) -> None:
    profiles = {"me/a": Profile.of([0, 1]), "me/b": Profile.of([2, 3])}
    assert user_profile.merges(profiles, features) == []


def test_topics_keep_subjects_apart(features: Features) -> None:
    rows = np.array([*BEES, *GLACIERS], dtype=np.intp)
    found = user_profile.topics(rows, features)
    assert not set(found[:12]) & set(found[12:])


def test_likeness_is_high_within_a_subject_and_low_across(features: Features) -> None:
    bees, more = np.arange(6), np.arange(6, 12)
    glaciers = np.arange(24, 36)
    embedding = features.embedding
    assert user_profile.likeness(bees, more, embedding) > user_profile.likeness(
        bees, glaciers, embedding
    )
    assert isnan(user_profile.likeness(bees, np.array([], dtype=np.intp), embedding))


def test_a_map_puts_a_subject_together_and_is_the_same_again(features: Features) -> None:
    points = topic_map.layout(features.embedding, seed=0)
    assert points.shape == (36, 2)
    assert np.abs(points).max() <= 1
    centres = [points[list(x)].mean(axis=0) for x in (BEES, BRIDGES, GLACIERS)]
    within = np.mean([np.linalg.norm(points[i] - centres[0]) for i in BEES])
    across = np.mean([np.linalg.norm(points[i] - centres[2]) for i in BEES])
    assert within < across
    assert np.array_equal(points, topic_map.layout(features.embedding, seed=0))


@pytest.mark.parametrize("n", [0, 1, 5])
def test_a_tiny_map_is_a_circle(features: Features, n: int) -> None:
    assert topic_map.layout(features.embedding[:n], seed=0).shape == (n, 2)


def test_papers_that_were_not_drawn_lie_amid_their_like(features: Features) -> None:
    rows = np.array([x for x in range(36) if x % 3], dtype=np.intp)
    drawn = topic_map.TopicMap(rows, topic_map.layout(features.embedding[rows], seed=0))
    missing = np.array([0, 3, 27], dtype=np.intp)
    points = topic_map.locate(drawn, features, missing)
    bees = drawn.points[rows < 12].mean(axis=0)
    glaciers = drawn.points[rows >= 24].mean(axis=0)
    for point in points[:2]:
        assert np.linalg.norm(point - bees) < np.linalg.norm(point - glaciers)
    assert np.array_equal(topic_map.locate(drawn, features, rows[:4]), drawn.points[:4])


def test_regions_are_named_by_words_of_their_papers(features: Features) -> None:
    rows = np.arange(36, dtype=np.intp)
    drawn = topic_map.TopicMap(rows, topic_map.layout(features.embedding, seed=0))
    words = " ".join(x.words for x in topic_map.map_regions(drawn, features, n=3))
    assert any(word in words for subject in SUBJECTS.values() for word in subject)


def test_a_large_catalogue_is_drawn_in_part() -> None:
    rows = topic_map.sample(10_000, seed=0)
    assert rows.size == topic_map.MAX_DRAWN
    assert np.all(np.diff(rows) > 0)


def test_a_word_counts_against_a_paper_only_with_evidence(features: Features) -> None:
    once = Profile.of(list(BEES)[:6], [GLACIERS[0]], skip=-1.0)
    assert user_profile.summary(once, features).against == ()


def test_no_word_of_what_is_liked_counts_against_a_paper(features: Features) -> None:
    liked = [*list(BEES)[:3], GLACIERS[0]]
    profile = Profile.of(liked, list(GLACIERS)[1:], skip=-1.0)
    against = user_profile.summary(profile, features).against
    held = features.paper_terms[liked].getnnz(axis=0)
    assert [x for x in against if held[list(features.terms).index(x)]] == []


def test_a_split_is_not_named_by_two_words_for_the_same() -> None:
    words = ["large language models", "llms", "instruction tuning", "prompting prompts"]
    papers = [
        Paper(title=" ".join((*words[: 2 + i % 3], f"finding {i}")), paper_id=f"llm{i}")
        for i in range(12)
    ]
    others = [Paper(title=f"coral reefs bleach {i}", paper_id=f"reef{i}") for i in range(24)]
    names = user_profile.names_of(range(12), Features.of_papers([*papers, *others]))
    assert len(names) > 1
    assert not {"llms", "llm"} & set(names) or not any("language" in x for x in names)
    stems = [x.removesuffix("s")[:5] for name in names for x in name.split()]
    assert len(stems) == len(set(stems))
