"""The command line starts without what a command does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from recommender.cli import COMMANDS, every_command

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
    group = typer.main.get_group(every_command())
    assert set(group.commands) == set(COMMANDS)
    for name, entry in COMMANDS.items():
        summary = (group.commands[name].help or "").partition("\n\n")[0].replace("\n", " ")
        assert entry.summary == summary, name


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


def test_lists_and_feedback_load_no_numeric_library(tmp_path: Path) -> None:
    printed, modules = run(tmp_path, "list", "create", "Tides")
    assert "Tides" in printed
    assert "recommender.store" in modules
    assert not modules & NUMERIC
    assert not run(tmp_path, "feedback", "--help")[1] & NUMERIC
