"""How many entries files seem to hold, and how far an import of them is."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import pytest
from folders import DATA

from recommender.ingest import import_paths
from recommender.ingest.size_estimate import expected, over_all
from recommender.store import Store

LINES = '{"title": "A study of otters"}\n{"title": "A study of herons"}\n'


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    (tmp_path / "a.jsonl").write_text(LINES, encoding="utf-8")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(LINES.encode()))
    return [tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"]


def test_entries_are_counted_and_what_is_none_is_not(files: list[Path]) -> None:
    assert expected(files) == 4
    assert expected([DATA / "references.bib"]) == 3


def test_what_cannot_be_counted_is_not_guessed(files: list[Path], tmp_path: Path) -> None:
    assert expected([*files, tmp_path / "absent.bib"]) is None
    assert expected([DATA / "daily-papers.txt"]) is None


def test_a_mark_across_two_pieces_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "long.bib"
    path.write_text("@misc{k, title = {An otter}}\n" * 20_000, encoding="utf-8")
    assert expected([path]) == 20_000


def test_progress_counts_through_all_files(store: Store, files: list[Path], now: datetime) -> None:
    told: list[tuple[str, int, int | None]] = []
    progress = over_all(lambda *x: told.append(x), files)
    import_paths(store, files, now=now, progress=progress)
    assert told == [("a.jsonl", 2, 4), ("b.jsonl.gz", 4, 4)]
