"""Completion at the shell: options, choices and names, without loading the command itself.

A command loads SQLAlchemy at least, which takes longer than one waits for TAB. So what
can follow each command stands in ``completion.json``, which `make docs` writes from the
program; names of readers, lists and interests are read from the library's file.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import platformdirs
from typer.core import CompletionItem, TyperCommand  # type: ignore[attr-defined]

from recommender.cli import command_table

NAMES = {
    "reader": "readers",
    "list_name": "lists",
    "interest": "interests",
}
"""Parameters of commands that take a name, and what is looked up for them."""

_NAMES_FILE = Path(__file__).resolve().parent.parent / "store" / "quick_names.py"
_SPECIAL = re.compile(r"([^\w@%+=:,./-])")


class CompletedCommand(TyperCommand):
    """Stands for a command while the shell completes its words; runs nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            add_help_option=False,
            context_settings={
                "ignore_unknown_options": True,
                "allow_extra_args": True,
                "allow_interspersed_args": False,
            },
        )

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Return what can stand here."""
        given = (ctx.parent.params.get("data_dir") if ctx.parent else None) or None
        found = complete(command_table()[self.name], ctx.args, incomplete, given)
        return [CompletionItem(value, help=help_) for value, help_ in found]


def complete(
    command: dict[str, Any], words: Sequence[str], incomplete: str, data_dir: Path | None
) -> list[tuple[str, str]]:
    """Return what can stand behind some words of a command, each with a help that may be empty.

    `command` is its entry in the table; the beginning of what is wanted is `incomplete`.
    """
    place = 0
    waiting: Any = None
    folder = str(data_dir or platformdirs.user_data_dir("paperloop"))
    option = ""
    for word in words:
        if option:
            folder = word if option == "--data-dir" else folder
            option, waiting = "", None
        elif word.startswith("-") and word in command.get("options", {}):
            waiting = command["options"][word]
            option = "" if waiting["flag"] else word
        elif place == 0 and word in command.get("commands", {}):
            command = command["commands"][word]
        else:
            place += 1
    if option:
        return _starting(_values(waiting["values"], folder), incomplete)
    if incomplete.startswith("-"):
        options = command.get("options", {})
        return _starting(((x, one["help"]) for x, one in options.items()), incomplete)
    if "commands" in command:
        entries = command["commands"].items()
        return _starting(((name, one["help"]) for name, one in entries), incomplete)
    arguments = command.get("arguments", [])
    if not arguments:
        return []
    last = arguments[min(place, len(arguments) - 1)]
    if place >= len(arguments) and not last["several"]:
        return []
    return _starting(_values(last["values"], folder), incomplete)


def _values(kind: str | Sequence[str] | None, folder: str) -> list[tuple[str, str]]:
    if kind is None:
        return []
    known = _names(Path(folder), kind) if isinstance(kind, str) else kind
    return [(x, "") for x in known]


def _names(folder: Path, what: str) -> list[str]:
    spec = importlib.util.spec_from_file_location("recommender_store_quick_names", _NAMES_FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[str] = module.names(folder, what)
    return found


def _starting(found: Iterable[tuple[str, str]], incomplete: str) -> list[tuple[str, str]]:
    begun = incomplete.casefold()
    return [(_escaped(x), help_) for x, help_ in found if x.casefold().startswith(begun)]


def _escaped(value: str) -> str:
    """Return a name as it is written at a shell, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(value.split()))
