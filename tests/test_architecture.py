"""The code keeps to the table in recommender/ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import ROOT

HOMES = {
    "sqlmodel": ("store", "migrations"),
    "sqlalchemy": ("store", "migrations"),
    "alembic": ("store", "migrations"),
    "streamlit": ("ui",),
    "starlette": ("ui",),
    "implicit": ("ranking", "evaluation"),
    "apscheduler": ("digest",),
    "smtplib": ("digest",),
    "httpx2": ("sources",),
    "onnxruntime": ("training",),
    "tokenizers": ("training",),
    "httpx": (),
    "requests": (),
    "urllib3": (),
    "pickle": (),
    "joblib": (),
}
OPTIONAL = {"onnxruntime", "tokenizers", "psycopg", "usearch", "pyspark"}
DEFERRED = {"recommender.store.migrations"}
"""Ours, but behind a library that takes longer to load than most commands to run."""
LONGEST_MODULE = 400


def table() -> dict[str, set[str]]:
    text = (ROOT / "recommender" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    block = re.search(r"```imports\n(.*?)```", text, re.S)
    assert block, "the imports table is gone"
    rows = (line.split(":", 1) for line in block.group(1).splitlines())
    return {name.strip(): set(re.findall(r"\w+", allowed)) for name, allowed in rows}


def modules() -> list[Path]:
    folders = (ROOT / "recommender", ROOT / "ui", ROOT / "migrations")
    return sorted(p for folder in folders for p in folder.rglob("*.py"))


def row_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "recommender" else parts[0]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            module = node.module or ""
            yield module
            if module in ("recommender", "ui"):
                yield from (f"{module}.{alias.name}" for alias in node.names)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_a_module_imports_only_what_its_row_allows(path: Path) -> None:
    row = row_of(path)
    if row in ("__init__", "__main__"):
        return
    allowed = table()[row] | {row, "__version__"}
    for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
        package, _, rest = name.partition(".")
        if package == "recommender" and rest:
            assert rest.split(".")[0] in allowed, f"{row} may not import {name}"
        if package in ("ui", "migrations", "tests"):
            assert package == row, f"{row} may not import {name}"
        if package in HOMES:
            assert row in HOMES[package], f"{package} has no place in {row}"


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_imports_stand_at_the_top(path: Path) -> None:
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for name in imported(function):
                fine = name.split(".")[0] in OPTIONAL or name in DEFERRED
                assert fine, f"{name} is imported inside {function.name}"


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_only_config_reads_the_environment(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if row_of(path) != "config":
        assert not re.search(r"os\.environ|os\.getenv|import environ|import getenv", source)


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_no_module_outgrows_its_room(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, f"{lines} lines: split it along the flow"


def test_every_row_of_the_table_is_a_module() -> None:
    for row in table():
        base = ROOT if row in ("ui", "migrations") else ROOT / "recommender"
        assert (base / row).is_dir() or (base / f"{row}.py").is_file(), row
