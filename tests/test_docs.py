"""The documents say what the program does: commands, options, settings, formats."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from recommender import __version__
from recommender.cli import app
from recommender.config import Settings
from recommender.export import FORMATS as EXPORT_FORMATS
from recommender.sources import FORMATS as IMPORT_FORMATS
from recommender.sources.network import SOURCES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    root = typer.main.get_command(app)
    found = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [f"{name} {x}" for x in inner] if inner else [name]
    return found


@pytest.mark.parametrize("command", commands())
def test_readme_names_every_command(command: str) -> None:
    assert f"paperloop {command}" in README


@pytest.mark.parametrize("command", commands())
def test_every_command_explains_itself(command: str) -> None:
    node = typer.main.get_command(app)
    for name in command.split():
        node = node.commands[name]  # type: ignore[attr-defined]
    assert node.help
    for parameter in node.params:
        assert getattr(parameter, "help", None), f"{command}: {parameter.name} has no help"


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_readme_names_every_setting(name: str) -> None:
    assert f"`{name}`" in README
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("name", [*EXPORT_FORMATS, *IMPORT_FORMATS])
def test_readme_names_every_format(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("name", SOURCES)
def test_readme_names_every_source(name: str) -> None:
    assert f"`{name}`" in README.partition("## Fetch from the network")[2].partition("\n## ")[0]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:|#)([^)]+)\)", README))))
def test_readme_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target.partition("#")[0]).exists()


def test_make_targets_of_the_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    contributing = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)", README + contributing):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_changelog_has_an_entry_for_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {__version__}" in changelog
