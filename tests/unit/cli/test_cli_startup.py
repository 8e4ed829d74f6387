"""The command line starts without what a command does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from libraries import NOW

from recommender.cli import COMMANDS, every_command
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


def completed(folder: Path, words: str, place: int) -> tuple[list[str], set[str]]:
    printed, modules = run(
        folder, _PAPERLOOP_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(place)
    )
    return printed.splitlines(), modules


@pytest.mark.parametrize(
    ("words", "place", "expected"),
    [
        ("paperloop list show T", 3, ["Tides\\ and\\ moons"]),
        ("paperloop export --list ", 3, ["Tides\\ and\\ moons"]),
        ("paperloop export -l t", 3, ["Tides\\ and\\ moons"]),
        ("paperloop recommend --reader ad", 3, ["ada-l"]),
        ("paperloop reader forget ad", 3, ["ada-l"]),
        ("paperloop export --format bib", 3, ["biblatex", "bibtex"]),
        ("paperloop import x.bib --format endnote", 4, ["endnote-xml"]),
        ("paperloop fetch op", 2, ["openalex", "opml"]),
        ("paperloop feedback li", 2, ["like"]),
        ("paperloop list cr", 2, ["create"]),
        ("paperloop recommend --inter", 2, ["--interest"]),
        ("paperloop list create T", 3, []),
    ],
)
def test_tab_completes_names_without_loading_the_command(
    tmp_path: Path, words: str, place: int, expected: list[str]
) -> None:
    store = Store(load_settings(data_dir=tmp_path).url)
    try:
        store.database.upgrade()
        made = store.readers.add("Ada L", NOW)
        store.reading_lists.create(made.reader_id, "Tides and moons", NOW)
    finally:
        store.close()
    found, modules = completed(tmp_path, words, place)
    assert [x for x in found if x] == expected
    assert not modules & (NUMERIC | STORE | {"recommender.config", "rich"})


@pytest.mark.parametrize("damage", [b"", b"not a database", None])
def test_tab_says_nothing_where_there_is_no_library(tmp_path: Path, damage: bytes | None) -> None:
    if damage is not None:
        (tmp_path / "paperloop.sqlite3").write_bytes(damage)
    found, _ = completed(tmp_path, "paperloop list show ", 3)
    assert [x for x in found if x] == []


@pytest.mark.slow
def test_lists_and_feedback_load_no_numeric_library(tmp_path: Path) -> None:
    printed, modules = run(tmp_path, "list", "create", "Tides")
    assert "Tides" in printed
    assert "recommender.store" in modules
    assert not modules & NUMERIC
    assert not run(tmp_path, "feedback", "--help")[1] & NUMERIC
