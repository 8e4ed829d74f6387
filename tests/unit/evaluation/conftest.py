"""Fixtures of the evaluation's tests: the invented world and a watch."""

from __future__ import annotations

import pytest
from topics import Silence, make_two_topics

from recommender.evaluation.datasets import Dataset


@pytest.fixture
def two_topics() -> Dataset:
    return make_two_topics()


@pytest.fixture
def monitor() -> Silence:
    return Silence()
