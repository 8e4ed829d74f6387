"""Every package that the program imports is one that it declares, and none is fetched by a tag."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest
from folders import ROOT

OWN = {"recommender", "ui", "migrations"}


def imported() -> dict[str, str]:
    """Return every top-level module of others that is imported, and one file that does so."""
    found: dict[str, str] = {}
    for package in sorted(OWN):
        for path in sorted((ROOT / package).rglob("*.py")):
            for name in modules_of(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(name, str(path.relative_to(ROOT)))
    return {k: v for k, v in found.items() if k not in OWN | sys.stdlib_module_names}


def modules_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (x.name.partition(".")[0] for x in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def key(requirement: str) -> str:
    """Return the name in a requirement as indexes write it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s;<>=!~\[(]", requirement)[0]).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    return {key(x) for group in (project["dependencies"], *extras) for x in group}


@pytest.mark.slow
def test_every_imported_package_is_declared() -> None:
    owners = packages_distributions()
    undeclared = {
        name: path
        for name, path in imported().items()
        if not {key(x) for x in owners.get(name, [name])} & declared()
    }
    assert undeclared == {}


def test_the_bill_of_materials_is_made_of_every_dependency_with_its_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = re.findall(
        r"^([\w.-]+)==\S+(?: ; [^\\\n]+)? \\\n {4}--hash=sha256:", lock, re.MULTILINE
    )
    assert len(locked) == len(re.findall(r"^\S+==", lock, re.MULTILINE))
    assert {key(x) for x in project["dependencies"]} <= {key(x) for x in locked}
    assert "requirements requirements.lock" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda x: x.name)
def test_actions_are_pinned_by_hash(path: object) -> None:
    used = re.findall(r"uses:\s*(\S+)", path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    assert used
    assert [x for x in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", x)] == []
