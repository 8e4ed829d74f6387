"""What `paperloop evaluate` measures, writes and refuses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import tiny_encoder
from shells import Shell

from recommender.training import encoder_process
from recommender.training.encoder_models import EncoderModel

N_PAPERS = 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve readers, of papers on bees or on bridges; a word in two tells which."""
    papers = [
        {"id": f"p{i}", "title": f"{'bees' if i % 2 else 'bridges'} number{i} and more{i % 7}"}
        for i in range(N_PAPERS)
    ]
    rng = np.random.default_rng(0)
    pairs = [
        f"r{reader}\tp{i}\n"
        for reader in range(12)
        for i in rng.choice(np.arange(reader % 2, N_PAPERS, 2), 8, replace=False)
    ]
    path = tmp_path / "invented"
    path.mkdir()
    (path / "papers.jsonl").write_text("".join(json.dumps(x) + "\n" for x in papers))
    (path / "interactions.tsv").write_text("".join(pairs))
    return path


def by_subject(model: EncoderModel, chunks: Iterable[Sequence[str]]) -> encoder_process.Rows:
    assert model.folder.name == "m"
    rng = np.random.default_rng(0)
    for texts in chunks:
        noise = rng.normal(0, 0.1, (len(texts), 8))
        subjects = [[5.0 * ("bees" in text)] * 8 for text in texts]
        yield np.asarray(noise + subjects, dtype=np.float32)


def test_rankers_are_measured_in_one_run(empty: Shell, folder: Path) -> None:
    said = empty.run("evaluate", str(folder), "--ranker", "paperloop", "--ranker", "popularity")
    assert "recall@20" in said.stdout
    named = ("--ranker", "popularity", "--seed", "7", "--json")
    found = json.loads(empty.run("evaluate", str(folder), *named).stdout)
    assert (found["protocol"], found["seed"], found["n_readers"]) == ("warm", 7, 12)
    assert set(found["rankers"]) == {"popularity"}


def test_a_data_set_is_called_after_its_folder_wherever_one_stands(
    empty: Shell, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    said = empty.run("evaluate", ".", "--ranker", "popularity").stdout
    assert said.startswith("invented, protocol warm")


def test_weeks_are_replayed_unless_there_are_none(empty: Shell, folder: Path) -> None:
    named = ("evaluate", str(folder), "--ranker", "popularity")
    assert "Warning: this split is random" in empty.run(*named).stdout
    pairs = (folder / "interactions.tsv").read_text().splitlines()
    dated = [f"{x}\t2026-{1 + int(x.split('p')[1]) // 5:02d}-05" for x in pairs]
    (folder / "interactions.tsv").write_text("\n".join(dated) + "\n")
    found = json.loads(empty.run(*named, "--json").stdout)
    assert found["protocol"] == "time"
    assert not any("random" in x for x in found["notes"])
    cold = empty.run("evaluate", str(folder), "--ranker", "tfidf-mean", "--protocol", "cold")
    assert "Warning: this split is random" in cold.stdout


def test_a_report_is_written(empty: Shell, folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    empty.run("evaluate", str(folder), "--ranker", "popularity", "--report", str(page))
    assert "popularity" in page.read_text()


def test_an_encoder_is_measured_beside_the_default(
    empty: Shell, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_process, "in_child", by_subject)
    model = str(tiny_encoder(tmp_path / "m"))
    words = ("evaluate", str(folder), "--ranker", "paperloop", "--encoder", model, "--json")
    found = json.loads(empty.run(*words, "--protocol", "cold").stdout)["rankers"]
    assert set(found) == {"paperloop", "paperloop-encoder"}
    monkeypatch.setattr(encoder_process, "in_child", None)  # what is kept is not encoded again
    again = json.loads(empty.run(*words, "--protocol", "cold").stdout)["rankers"]
    name = "paperloop-encoder"
    assert again[name]["recall@20"] == found[name]["recall@20"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--mine"),
        (("{folder}", "--mine"), 2, "--mine"),
        (("{folder}/nothing",), 1, "is not a data set"),
        (("{folder}", "--ranker", "oracle"), 1, "no ranker 'oracle'"),
        (("{folder}", "--protocol", "hot"), 1, "no protocol 'hot'"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    empty: Shell, folder: Path, words: Sequence[str], code: int, said: str
) -> None:
    given = [word.replace("{folder}", str(folder)) for word in words]
    assert said in empty.run("evaluate", *given, code=code).stderr


def test_a_bag_of_words_has_no_texts_to_encode(empty: Shell, tmp_path: Path) -> None:
    (tmp_path / "vocabulary.dat").write_text("bee\nbridge\n")
    (tmp_path / "mult.dat").write_text("1 0:2\n1 1:3\n")
    (tmp_path / "users.dat").write_text("2 0 1\n")
    said = empty.run("evaluate", str(tmp_path), "--encoder", "m", code=1).stderr
    assert "a sentence encoder needs texts" in said


def test_without_draws_it_says_what_it_takes(shell: Shell) -> None:
    found = shell.json("evaluate", "--mine", "--off-policy")
    assert (found["answered"], found["policies"], found["needed"]) == (0, {}, 150)
    assert "turn on Explore" in found["summary"]
    assert "150 answers" in shell.run("evaluate", "--mine", "--off-policy").stdout


def test_what_cannot_be_estimated_is_refused(shell: Shell, tmp_path: Path) -> None:
    said = shell.run("evaluate", str(tmp_path), "--off-policy", code=2).stderr
    assert "--mine" in said
    words = ("evaluate", "--mine", "--off-policy", "--ranker", "oracle")
    assert "no ranker 'oracle'" in shell.run(*words, code=1).stderr


def test_without_stated_chances_it_says_what_it_takes(shell: Shell) -> None:
    found = shell.json("evaluate", "--mine", "--calibration")
    assert (found["answered"], found["needed"], found["pooled"]["brier"]) == (0, 70, None)
    assert "70 more answers" in found["summary"]
    assert "70 more answers" in shell.run("evaluate", "--mine", "--calibration").stdout


def test_calibration_is_measured_on_the_librarys_own_log_only(shell: Shell, tmp_path: Path) -> None:
    said = shell.run("evaluate", str(tmp_path), "--calibration", code=2).stderr
    assert "--mine" in said
    both = ("evaluate", "--mine", "--off-policy", "--calibration")
    assert "not together" in shell.run(*both, code=2).stderr


def test_without_sessions_no_weights_are_tried(shell: Shell) -> None:
    found = shell.json("evaluate", "--mine", "--weights")
    assert (found["sessions"], found["needed"], found["better"]) == (0, 100, False)
    assert "100 more" in shell.run("evaluate", "--mine", "--weights").stdout
