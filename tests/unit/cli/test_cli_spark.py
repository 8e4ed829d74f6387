"""`fit --engine spark` where it cannot run, and `db snapshot`."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest
from shells import Shell

from recommender.config import java_version
from recommender.training.spark import cluster
from recommender.training.spark.snapshot import read_manifest


@pytest.mark.parametrize(
    "options",
    [
        ("--master", "spark://127.0.0.1:7077"),
        ("--engine", "local", "--folder", "/tmp"),
        ("--engine", "dask"),
        ("--engine", "spark", "--master", "two words"),
        ("--engine", "spark", "--if-due", "--snapshot", "/tmp"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    shell: Shell, options: tuple[str, ...]
) -> None:
    shell.run("fit", *options, code=2)


def test_without_java_a_sentence_says_what_to_install(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: util.spec_from_loader(name, None))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    said = shell.run("fit", "--engine", "spark", code=1).stderr
    assert "Java 17 or newer" in said
    assert "openjdk-17-jre-headless" in said
    assert not (shell.folder / "spark").exists()


def test_without_pyspark_a_sentence_says_what_to_install(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    said = shell.run("fit", "--engine", "spark", code=1).stderr
    assert "pip install 'paperloop[spark]'" in said


def test_the_version_of_java_is_read_from_what_it_says(tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho '    java.specification.version = 17' >&2\n")
    java.chmod(0o755)
    assert java_version(str(java)) == 17
    java.write_text("#!/bin/sh\necho '    java.specification.version = 1.8' >&2\n")
    assert java_version(str(java)) == 1
    java.write_text("#!/bin/sh\nexit 1\n")
    assert java_version(str(java)) == 0
    assert java_version(str(tmp_path / "none")) == 0


def test_a_snapshot_is_written_once(shell: Shell, tmp_path: Path) -> None:
    made = shell.json("db", "snapshot", str(tmp_path / "monday"))
    assert (made["papers"], made["parts"]) == (36, 1)
    assert read_manifest(tmp_path / "monday").n_papers == 36
    said = shell.run("db", "snapshot", str(tmp_path / "monday"), code=1).stderr
    assert "not empty" in said
