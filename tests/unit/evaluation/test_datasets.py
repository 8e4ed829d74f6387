from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.domain import EventKind, Paper
from recommender.domain.history import PaperState
from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset, from_log, open_dataset, read_split
from recommender.evaluation.file_formats import read_paper

TEXT = [
    {"id": "a", "title": "Lichens", "abstract": "On bark.", "published": "2026-01-02T10:00:00Z"},
    {"id": "b", "title": "Tides", "daily": "2026-01-09", "published": "2026-01-02"},
    {"id": "c", "title": "Moss", "authors": ["Ada Bly"], "year": 2020, "abstract": None},
]


def write_text(folder: Path, interactions: str, *, packed: bool = False) -> Path:
    text = "\n".join(json.dumps(x) for x in TEXT) + "\n"
    if packed:
        (folder / "papers.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    else:
        (folder / "papers.jsonl").write_text(text)
    (folder / "interactions.tsv").write_text(interactions)
    return folder


def write_citeulike(folder: Path) -> Path:
    (folder / "vocabulary.dat").write_text("moss\ntide\n")
    (folder / "mult.dat").write_text("1 0:2\n2 0:1 1:3\n0\n")
    (folder / "users.dat").write_text("2 0 2\n0\n1 1\n")
    return folder


def liked(dataset: Dataset) -> set[tuple[str, str]]:
    likes = dataset.likes
    return {
        (dataset.readers.ids[r], dataset.papers.ids[p])
        for r, p in zip(likes.reader, likes.paper, strict=True)
    }


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_of_texts_is_read(tmp_path: Path, packed: bool) -> None:
    lines = "reader\tpaper\tdate\nx\ta\t2026-01-03\ny\tb\n"
    dataset = open_dataset(write_text(tmp_path, lines, packed=packed))
    assert dataset.papers.ids == ("a", "b", "c")
    assert liked(dataset) == {("x", "a"), ("y", "b")}
    assert dataset.records[2].authors[0].name == "Ada Bly"
    assert np.isnan(dataset.likes.day[1])
    assert dataset.notes == ()


def test_a_paper_appears_when_it_is_listed_else_published(tmp_path: Path) -> None:
    dataset = open_dataset(write_text(tmp_path, "x\ta\nx\tb\n"))
    first = datetime(2026, 1, 2, 10, tzinfo=UTC).timestamp() / 86_400
    listed = datetime(2026, 1, 9, tzinfo=UTC).timestamp() / 86_400
    assert dataset.appeared_day[:2].tolist() == [first, listed]
    assert np.isnan(dataset.appeared_day[2])


def test_unknown_papers_and_damaged_lines_are_counted(tmp_path: Path) -> None:
    folder = write_text(tmp_path, "x\ta\nx\tnowhere\nbroken\n")
    with (folder / "papers.jsonl").open("a") as file:
        file.write("{not json\n")
    first, second = open_dataset(folder).notes
    assert first.startswith("1 lines of papers.jsonl")
    assert second.startswith("1 interactions")


def test_a_repeated_interaction_counts_once_with_its_first_day(tmp_path: Path) -> None:
    folder = write_text(tmp_path, "x\ta\t2026-03-01\nx\ta\t2026-02-01\nx\ta\n")
    days = open_dataset(folder).likes.day
    assert days.tolist() == [datetime(2026, 2, 1, tzinfo=UTC).timestamp() / 86_400]


def test_the_citeulike_layout_is_read(tmp_path: Path) -> None:
    dataset = open_dataset(write_citeulike(tmp_path))
    assert dataset.words == ("moss", "tide")
    assert dataset.counts is not None
    assert dataset.counts.toarray().tolist() == [[2, 0], [1, 3], [0, 0]]
    assert dataset.likes.matrix().toarray().tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("users.dat", "3 0 2\n", "users.dat, line 1: says 3 ids, holds 2"),
        ("users.dat", "1 x\n", "users.dat, line 1: expected numbers only"),
        ("users.dat", "1 7\n", "an id is not among the 3 papers"),
        ("users.dat", "0\n0\n", "holds no library"),
        ("mult.dat", "1 9:1\n", "a word is not among the 2"),
        ("mult.dat", "1 0\n", "mult.dat, line 1: expected word:count"),
    ],
)
def test_malformed_files_are_named(tmp_path: Path, file: str, content: str, says: str) -> None:
    folder = write_citeulike(tmp_path)
    (folder / file).write_text(content)
    with pytest.raises(EvaluationError, match=says):
        open_dataset(folder)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="is not a data set"):
        open_dataset(tmp_path)


def test_a_text_folder_without_interactions_is_refused(tmp_path: Path) -> None:
    folder = write_text(tmp_path, "")
    with pytest.raises(EvaluationError, match="no reader likes any of its 3 papers"):
        open_dataset(folder)
    (folder / "interactions.tsv").unlink()
    with pytest.raises(EvaluationError, match=r"interactions\.tsv cannot be read"):
        open_dataset(folder)


def test_the_log_becomes_likes_and_skips() -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    papers = [Paper(title=x, paper_id=x) for x in "abcd"]
    states = {
        "me": {
            "a": PaperState("a", "me/general", at, verdict=EventKind.like),
            "b": PaperState("b", "me/general", at, verdict=EventKind.skip),
            "c": PaperState("c", "me/general", at, saved=True),
            "d": PaperState("d", "me/general", at, opened=True),
        }
    }
    dataset = from_log(papers, states)
    assert liked(dataset) == {("me", "a"), ("me", "c")}
    assert dataset.skips.paper.tolist() == [1]


def test_a_log_without_likes_says_so() -> None:
    with pytest.raises(EvaluationError, match="no reader likes"):
        from_log([Paper(title="a", paper_id="a")], {"me": {}})


def test_fixed_splits_are_read_in_both_forms(tmp_path: Path) -> None:
    dataset = open_dataset(write_citeulike(tmp_path))
    (tmp_path / "lists.dat").write_text("1 2\n0 \n1 0\n")
    (tmp_path / "pairs.tsv").write_text("reader\tpaper\n0\t2\n2\t0\n")
    by_list = read_split(tmp_path / "lists.dat", dataset)
    by_pair = read_split(tmp_path / "pairs.tsv", dataset)
    assert by_list.matrix().toarray().tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]
    assert (by_list.matrix() != by_pair.matrix()).nnz == 0


def test_a_split_of_more_readers_than_the_data_set_is_refused(tmp_path: Path) -> None:
    dataset = open_dataset(write_citeulike(tmp_path))
    (tmp_path / "lists.dat").write_text("0\n" * 4)
    with pytest.raises(EvaluationError, match="holds 4 readers where the data set has 3"):
        read_split(tmp_path / "lists.dat", dataset)


@pytest.mark.parametrize(
    ("fields", "paper_id"),
    [
        ({"id": 0}, "0"),
        ({"id": "", "paper_id": 7}, "7"),
        ({"id": None, "paper_id": "p7"}, "p7"),
        ({"id": " p1 "}, "p1"),
    ],
)
def test_an_id_may_be_a_number_and_the_number_zero(fields: dict[str, Any], paper_id: str) -> None:
    read = read_paper(json.dumps({"title": "Moss", **fields}))
    assert read is not None
    assert read.paper_id == paper_id
