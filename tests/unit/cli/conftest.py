"""A small library of invented papers for the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from libraries import Library, make_library, papers_on
from shells import Shell


@pytest.fixture(scope="session")
def fitted_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    papers = [*papers_on("bees"), *papers_on("bridges"), *papers_on("glaciers")]
    return make_library(tmp_path_factory.mktemp("library"), papers)


@pytest.fixture
def shell(fitted_library: Library, tmp_path: Path) -> Shell:
    folder = tmp_path / "library"
    shutil.copytree(fitted_library.settings.data_dir, folder)
    return Shell(folder)


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "empty")
