"""A library that is new and the settings of nobody in particular."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stores import sqlite_store

from recommender.config import Settings, load_settings
from recommender.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path)
