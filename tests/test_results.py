"""The results in the documents are rendered from what was measured, not typed by hand."""

from __future__ import annotations

import gzip
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from folders import ROOT

from recommender.evaluation.datasets import open_dataset


@pytest.fixture(scope="module")
def numbers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("results", ROOT / ".ci" / "results.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_results_in_the_documents_are_those_measured(numbers: ModuleType) -> None:
    measured = numbers.stored()
    assert numbers.render(measured) in numbers.PAGE.read_text(encoding="utf-8")
    assert numbers.summary(measured) in numbers.README.read_text(encoding="utf-8")


def test_every_row_names_its_run_and_its_baseline(numbers: ModuleType) -> None:
    stored = numbers.stored()
    lines = numbers.render(stored).splitlines()
    with_mixes = any(x.name in stored for x in numbers.MIXES)
    n_heads = 1 + any(x.every_action for x in numbers.RUNS if x.name in stored) + with_mixes
    n_mixes = sum(x in stored for x in numbers.MIX_ROWS) if with_mixes else 0
    rows = [x for x in lines if x.startswith("| ") and not x.startswith("| data ")]
    assert len([x for x in lines if x.startswith("| data ")]) == n_heads
    assert len(rows) == len([x for x in numbers.RUNS if x.name in stored]) + n_mixes
    assert all(" – " not in row.split("|")[4:6] for row in rows)


def test_a_mix_of_actions_has_its_difference_from_tfidf(numbers: ModuleType) -> None:
    report = {
        "dataset": "tiny",
        "n_papers": 12,
        "n_readers": 7,
        "measured": "2026-01-01",
        "rankers": {
            "paperloop": {"likes@100": 12.0},
            "tfidf-rocchio": {
                "likes@100": 9.0,
                "paperloop_ahead": {"likes@100": [3.0, -0.5, 6.5]},
            },
        },
    }
    block = numbers.render({"lists-dislikes": report})
    assert (
        "| tiny | 7, no other reader | like, dislike; 5 % mis-clicks | 12.0 | 9.0 | "
        "+3.0 (-0.5 to +6.5) |" in block
    )


def test_every_mix_has_a_row_and_its_words(numbers: ModuleType) -> None:
    runs = {x.name: x for x in (*numbers.RUNS, *numbers.MIXES)}
    assert set(numbers.MIX_ROWS) >= {x.name for x in numbers.MIXES}
    assert all(
        runs[x].behaviour in numbers.MIXES_OF_ACTIONS.values() and runs[x].protocol == "loop"
        for x in numbers.MIX_ROWS
    )


def test_readers_of_a_screening_want_what_it_included(numbers: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "screening").mkdir()
    rows = "record_id,title,abstract,label_included\n4,Cost models,We estimate.,1\n5,Bees,,0\n"
    with gzip.open(tmp_path / "screening" / "Kitchenham_2010.csv.gz", "wt") as lines:
        lines.write(rows)
    numbers.screening_readers.make(tmp_path, tmp_path / "made")
    made = open_dataset(tmp_path / "made")
    assert made.papers.ids == ("4", "5")
    assert set(made.likes.paper.tolist()) == {0}
    assert len(made.readers) == numbers.screening_readers.N_READERS


def test_a_measurement_that_is_not_there_makes_no_row(numbers: ModuleType) -> None:
    report = {
        "dataset": "tiny",
        "n_papers": 12,
        "measured": "2026-01-01",
        "rankers": {"paperloop": {"likes@100": 12.345}, "tfidf-rocchio": {"likes@100": None}},
    }
    block = numbers.render({"loop": report})
    assert (
        "| tiny | loop: 100 papers shown in ten rounds, from 3 likes | likes | 12.3 | – | – |"
        in block
    )
    assert block.count("\n| ") == 2


def test_every_baseline_of_the_year_has_its_interval(numbers: ModuleType) -> None:
    rankers = {
        name: {"from week 5": 0.25, "paperloop_ahead": {"from week 5": [0.25, 0.125, 0.375]}}
        for name in numbers.LEARNERS
    }
    rankers["paperloop"] = {
        "from week 5": 0.5,
        "empty digests": 0.25,
        "digests with ten wanted": 8.0,
        "empty digests with ten wanted": 0.0,
        "digest precision": 0.5,
        "dislikes per shown": 0.125,
        "weeks to recover": None,
    }
    report = {"dataset": "tiny", "n_papers": 12, "measured": "2026-01-01", "rankers": rankers}
    block = numbers.render({"weeks": report})
    others = " | ".join(["0.250 (+0.125 to +0.375)"] * (len(rankers) - 1))
    assert f"| likes per shown, from week 5 on | 0.500 | {others} |" in block
    assert "of 8 digests of weeks with ten or more wanted papers 0 had none" in block
    assert "did not find 80 % as much as before" in block


def test_a_folder_without_data_is_skipped_with_a_reason(
    numbers: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert numbers.measure(numbers.RUNS[0], tmp_path) is None
    assert "skipped" in capsys.readouterr().err
