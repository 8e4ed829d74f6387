"""The pages become importable from a checkout and from a wheel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recommender import launch
from recommender.errors import RecommenderError


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Forget the package `ui` for one test."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if _of_ui(name)}
    yield
    for name in [x for x in sys.modules if _of_ui(x)]:
        del sys.modules[name]
    sys.modules.update(kept)


def _of_ui(name: str) -> bool:
    return name == "ui" or name.startswith("ui.")


def package(folder: Path) -> Path:
    folder.mkdir()
    (folder / "__init__.py").write_text('WHERE = "here"\n')
    (folder / "part.py").write_text("from ui import WHERE\n")
    return folder


def test_the_first_place_that_has_the_pages_is_taken(
    tmp_path: Path, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "_PLACES", (tmp_path / "absent", package(tmp_path / "_ui")))
    assert launch.import_ui().__name__ == "ui"
    assert __import__("ui.part").part.WHERE == "here"


def test_importing_again_gives_the_same_package(forgotten: None) -> None:
    assert launch.import_ui() is launch.import_ui()


def test_missing_pages_are_one_sentence(
    tmp_path: Path, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "_PLACES", (tmp_path / "absent",))
    with pytest.raises(RecommenderError, match="not installed"):
        launch.import_ui()
