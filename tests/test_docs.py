"""The documents say what the program does, and their links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest
import typer
from folders import ROOT
from markdown_it import MarkdownIt

from recommender import __version__
from recommender.cli import COMMANDS, command_line
from recommender.config import Settings
from recommender.domain import EventKind
from recommender.export import FORMATS as EXPORT_FORMATS
from recommender.sources import FORMATS as IMPORT_FORMATS
from recommender.sources.registry import SOURCES

REFERENCE = ROOT / "docs" / "reference"
README = ROOT / "README.md"
LONGEST_README = 6_000
"""Bytes: what someone reads before they try it."""
FOLDERS = ("docs", ".github", "recommender")
DOCUMENTS = sorted({*ROOT.glob("*.md"), *(p for x in FOLDERS for p in (ROOT / x).rglob("*.md"))})


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / ".ci" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def commands(node: object = None, name: str = "") -> dict[str, object]:
    """Return every command by its words, such as ``"list add"``."""
    node = typer.main.get_command(command_line(COMMANDS)) if node is None else node
    found: dict[str, object] = {}
    for word, inner in getattr(node, "commands", {}).items():
        words = f"{name} {word}".strip()
        found |= {words: inner, **commands(inner, words)}
    return found


def test_the_generated_reference_is_what_the_program_gives(reference: ModuleType) -> None:
    for path, text in reference.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"run `make docs`: {path.name} is old"


def test_every_command_parameter_and_setting_explains_itself() -> None:
    for name, command in commands().items():
        assert command.help, name  # type: ignore[attr-defined]
        for parameter in command.params:  # type: ignore[attr-defined]
            assert getattr(parameter, "help", None), f"{name}: {parameter.name} has no help"
    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_the_reference_names_every_format_source_and_event() -> None:
    registered = {
        "formats.md": [*IMPORT_FORMATS, *EXPORT_FORMATS],
        "sources.md": SOURCES,
        "events.md": EventKind,
    }
    for page, names in registered.items():
        text = (REFERENCE / page).read_text(encoding="utf-8")
        missing = [name for name in names if f"`{name}`" not in text]
        assert not missing, f"{page} lacks {missing}"


def test_the_reference_describes_the_json_of_every_command() -> None:
    text = (REFERENCE / "json.md").read_text(encoding="utf-8")
    for name, command in commands().items():
        options = [x for parameter in command.params for x in parameter.opts]  # type: ignore[attr-defined]
        if "--json" in options:
            assert f"`{name}`" in text, name


def test_the_readme_is_short_and_counts_right() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.encode()) <= LONGEST_README
    assert f"[{len(IMPORT_FORMATS)} file formats]" in text
    assert f"[{len(SOURCES)}\n  sources]" in text


@cache
def links_and_anchors(path: Path) -> tuple[list[str], set[str]]:
    """Return where the links of a document lead, and the anchors of its headings."""
    links, anchors = list[str](), set[str]()
    tokens = MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline":
            continue
        for child in token.children or ():
            target = child.attrGet("href") or child.attrGet("src")
            if target:
                links.append(unquote(str(target)))
        if before is not None and before.type == "heading_open":
            text = "".join(x.content for x in token.children or ())
            # As GitHub makes them: lower case, no punctuation, hyphens for spaces.
            anchors.add(re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-"))
    return links, anchors


def targets(path: Path) -> list[tuple[Path, str]]:
    """Return the files and anchors that a document links to within the project."""
    inside = [x for x in links_and_anchors(path)[0] if not re.match(r"[a-z]+:", x)]
    split = [x.partition("#") for x in inside]
    return [((path.parent / file).resolve() if file else path, anchor) for file, _, anchor in split]


def test_every_link_leads_somewhere() -> None:
    for path in DOCUMENTS:
        for target, anchor in targets(path):
            assert target.exists(), f"{path.relative_to(ROOT)}: {target} is missing"
            if anchor:
                assert anchor in links_and_anchors(target)[1], (
                    f"{path.relative_to(ROOT)}: #{anchor}"
                )


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [README]
    while waiting:
        path = waiting.pop()
        if path not in reached and path.suffix == ".md":
            reached.add(path)
            waiting += [target for target, _ in targets(path)]
    lost = [str(x.relative_to(ROOT)) for x in DOCUMENTS if x not in reached]
    assert not lost


def test_files_and_make_targets_that_documents_name_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for path in DOCUMENTS:
        if path.name == "CHANGELOG.md":
            continue
        text = path.read_text(encoding="utf-8")
        for file in re.findall(r"\b(?:recommender|tests|ui|migrations)/[\w/]+\.\w+", text):
            assert (ROOT / file).exists(), f"{path.relative_to(ROOT)} names {file}"
        for target in re.findall(r"`make (\w+)", text):
            assert re.search(rf"^{target}:", makefile, re.M), f"{path.relative_to(ROOT)}: {target}"


def test_the_stages_of_a_score_name_code_that_exists() -> None:
    text = (ROOT / "docs" / "explanation" / "how-a-score-is-made.md").read_text(encoding="utf-8")
    stages = re.findall(r"(recommender/\S+\.py) +([A-Z\w., ]+)$", text, re.M)
    assert len(stages) >= 8
    for file, names in stages:
        source = (ROOT / file).read_text(encoding="utf-8")
        for name in re.split(r"[., ]+", names):
            assert re.search(rf"^\s*(?:def|class) {name}\b", source, re.M), f"{file}: {name}"


def test_the_changelog_has_an_entry_for_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {__version__}" in changelog
    assert f"version: {__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
