"""The command line starts without what a command does not need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer
from libraries import NOW

from recommender.cli import COMMANDS, app, command_line
from recommender.config import load_settings
from recommender.store import Store

NUMERIC = {"numpy", "scipy", "sklearn", "implicit", "pandas"}
STORE = {"sqlalchemy", "sqlmodel", "alembic", "recommender.store"}
RUN = """
import sys
from recommender.cli import main
sys.argv[0] = "paperloop"
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print("loaded:", *sorted(sys.modules), sep="\\n")
raise SystemExit(code)
"""


def run(folder: Path, *words: str, **environment: str) -> tuple[str, set[str]]:
    """Run a command in a process of its own; return what it printed and the modules it loaded."""
    ended = subprocess.run(
        [sys.executable, "-c", RUN, *words],
        env={**os.environ, "PAPERLOOP_DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    printed, _, modules = ended.stdout.partition("loaded:")
    return printed, set(modules.split())


def test_the_list_of_commands_says_what_the_commands_say() -> None:
    whole = typer.main.get_group(command_line(COMMANDS)).commands
    listed = typer.main.get_group(app).commands
    assert set(listed) == set(whole) == set(COMMANDS)
    for name, command in listed.items():
        summary = (whole[name].help or "").partition("\n\n")[0].replace("\n", " ")
        assert command.help == summary, name


@pytest.mark.parametrize("words", [("--version",), ("--help",)])
def test_help_and_version_load_neither_numbers_nor_the_store(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    printed, modules = run(tmp_path, *words)
    assert "paperloop" in printed
    assert not modules & (NUMERIC | STORE)


def test_tab_loads_neither_numbers_nor_the_store(tmp_path: Path) -> None:
    printed, modules = run(
        tmp_path,
        _PAPERLOOP_COMPLETE="complete_bash",
        COMP_WORDS="paperloop re",
        COMP_CWORD="1",
    )
    assert {"recommend", "reader"} <= set(printed.split())
    assert not modules & (NUMERIC | STORE)


COMPLETE = """
import json, os, sys
from contextlib import redirect_stdout
from io import StringIO
from recommender.cli import main
sys.argv[0] = "paperloop"
answers = []
for environment in json.load(sys.stdin):
    os.environ.update(environment)
    try:
        with redirect_stdout(StringIO()) as printed:
            main([])
    except SystemExit:
        answers.append(printed.getvalue())
json.dump([answers, sorted(sys.modules)], sys.stdout)
"""


def completed(asked: Sequence[tuple[Path, str, int]]) -> tuple[list[list[str]], set[str]]:
    """Complete lines in one process; return what was offered for each, and the modules loaded."""
    environments = [
        {"PAPERLOOP_DATA_DIR": str(folder), "COMP_WORDS": words, "COMP_CWORD": str(place)}
        for folder, words, place in asked
    ]
    ended = subprocess.run(
        [sys.executable, "-c", COMPLETE],
        env={**os.environ, "_PAPERLOOP_COMPLETE": "complete_bash"},
        input=json.dumps(environments),
        capture_output=True,
        text=True,
        check=True,
    )
    answers, modules = json.loads(ended.stdout)
    assert len(answers) == len(asked)
    return [[x for x in answer.splitlines() if x] for answer in answers], set(modules)


def test_tab_completes_names_without_loading_the_command(tmp_path: Path) -> None:
    store = Store(load_settings(data_dir=tmp_path).url)
    try:
        store.database.upgrade()
        made = store.readers.add("Ada L", NOW)
        store.reading_lists.create(made.reader_id, "Tides and moons", NOW)
    finally:
        store.close()
    expected = {
        ("paperloop list show T", 3): ["Tides\\ and\\ moons"],
        ("paperloop export --list ", 3): ["Tides\\ and\\ moons"],
        ("paperloop export -l t", 3): ["Tides\\ and\\ moons"],
        ("paperloop recommend --reader ad", 3): ["ada-l"],
        ("paperloop reader forget ad", 3): ["ada-l"],
        ("paperloop export --format bib", 3): ["biblatex", "bibtex"],
        ("paperloop import x.bib --format endnote", 4): ["endnote-xml"],
        ("paperloop fetch op", 2): ["openalex", "opml"],
        ("paperloop feedback li", 2): ["like"],
        ("paperloop list cr", 2): ["create"],
        ("paperloop recommend --inter", 2): ["--interest"],
        ("paperloop list create T", 3): [],
    }
    found, modules = completed([(tmp_path, *line) for line in expected])
    assert dict(zip(expected, found, strict=True)) == expected
    assert not modules & (NUMERIC | STORE | {"recommender.config", "rich"})


def test_tab_says_nothing_where_there_is_no_library(tmp_path: Path) -> None:
    folders = [tmp_path / x for x in ("empty", "damaged", "none")]
    for folder in folders:
        folder.mkdir()
    (tmp_path / "empty" / "paperloop.sqlite3").write_bytes(b"")
    (tmp_path / "damaged" / "paperloop.sqlite3").write_bytes(b"not a database")
    found, _ = completed([(x, "paperloop list show ", 3) for x in folders])
    assert found == [[], [], []]


@pytest.mark.slow
def test_lists_and_feedback_load_no_numeric_library(tmp_path: Path) -> None:
    printed, modules = run(tmp_path, "list", "create", "Tides")
    assert "Tides" in printed
    assert "recommender.store" in modules
    assert not modules & NUMERIC
    assert not run(tmp_path, "feedback", "--help")[1] & NUMERIC
