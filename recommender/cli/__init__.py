"""The command line: arguments in, calls to the jobs, text or JSON out. No logic.

One file a group of commands; each command is a few lines on top of a job. A file is imported when
one of its commands runs, so that ``--help``, ``--version`` and completion load no numeric library.
Results go to stdout, progress and notes to stderr, errors are one sentence and exit code 1.
"""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from recommender import __version__
from recommender.cli.context import remember_data_dir
from recommender.errors import RecommenderError

READ, PAPERS, KEEP, RUN = "Read", "Papers in and out", "Lists and digests", "Set up and measure"
TABLE = Path(__file__).with_name("completion.json")
"""What can follow each command, written by `make docs` from the program."""


COMMANDS = {
    "up": (READ, "serve:up"),
    "start": (READ, "onboarding:start"),
    "recommend": (READ, "recommend:recommend"),
    "feedback": (READ, "feedback:feedback"),
    "search": (READ, "papers:search"),
    "similar": (READ, "papers:similar"),
    "show": (READ, "papers:show"),
    "import": (PAPERS, "papers:import_"),
    "fetch": (PAPERS, "fetch:fetch"),
    "watch": (PAPERS, "watch:watch"),
    "zotero": (PAPERS, "zotero:zotero"),
    "fill": (PAPERS, "fill:fill"),
    "merges": (PAPERS, "merges:merges"),
    "export": (PAPERS, "export:export"),
    "list": (KEEP, "lists:lists annotations"),
    "digest": (KEEP, "digest:digests deliveries digest_why"),
    "follow": (KEEP, "follow:follow"),
    "feed": (KEEP, "deliveries:feeds"),
    "token": (KEEP, "tokens:tokens"),
    "mcp": (KEEP, "assistants:mcp"),
    "fit": (RUN, "recommend:fit"),
    "evaluate": (RUN, "evaluate:evaluate"),
    "encoder": (RUN, "encoder:encoder"),
    "reader": (RUN, "readers:readers"),
    "db": (RUN, "database:db"),
    "doctor": (RUN, "database:doctor"),
}
"""Name of a command -> its panel in the help, and ``module:name`` of a function or a group in this
package; modules that add commands to the group follow. What each does, for the help, is read from
``completion.json``."""


@cache
def command_table() -> Any:
    """Return what `TABLE` says of each command, by its name."""
    return json.loads(TABLE.read_text("utf-8"))


class LazyGroup(TyperGroup):
    """The top level: lists the commands from `COMMANDS`, imports only the one that runs."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        table = command_table()
        for name, (panel, _) in COMMANDS.items():
            stub = TyperCommand(name, help=table[name]["help"], rich_help_panel=panel)
            self.commands.setdefault(name, stub)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command of these arguments, with its module imported."""
        name, _, rest = super().resolve_command(ctx, args)
        assert name is not None
        if ctx.resilient_parsing:  # the shell asks what can stand here
            from recommender.cli.completion import CompletedCommand

            return name, CompletedCommand(name), rest
        group = typer.main.get_group(command_line([name]))
        return name, group.commands[name], rest


def command_line(names: Iterable[str], cls: type[TyperGroup] = TyperGroup) -> typer.Typer:
    """Return the command line with these commands of `COMMANDS`, their modules imported."""
    line = typer.Typer(
        name="paperloop",
        cls=cls,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog=(
            "Start with **paperloop up**: it fills an empty library with a starter catalogue and "
            "opens the app. Your own papers: **paperloop import refs.bib --as liked**."
        ),
    )
    line.callback()(paperloop)
    for name in names:
        place, *others = COMMANDS[name][1].split()
        module, _, attribute = place.partition(":")
        command = getattr(import_module(f"{__name__}.{module}"), attribute)
        for other in others:
            import_module(f"{__name__}.{other}")
        if isinstance(command, typer.Typer):
            line.add_typer(command, name=name)
        else:
            line.command(name)(command)
    return line


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"paperloop {__version__}")
        raise typer.Exit


def paperloop(
    data_dir: Annotated[
        Path | None,
        typer.Option(
            envvar="PAPERLOOP_DATA_DIR",
            help="Folder of the library. Default: PAPERLOOP_DATA_DIR, else the user data "
            "directory.",
            show_default=False,
            show_envvar=False,
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Recommend research papers, and learn from what you like and skip."""
    remember_data_dir(data_dir)


app = command_line((), LazyGroup)
INTERRUPTED = 130
"""Exit code after Ctrl-C."""
UNUSABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
"""Errors of a file that may not be used, or not be changed."""


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line; turn every expected error into one sentence.

    Parameters
    ----------
    words
        The arguments; None for those of the process.

    Raises
    ------
    SystemExit
        Always: 0 well, 1 something failed, 2 the words were wrong, 130 interrupted.
    """
    try:
        app(words)
    except RecommenderError as error:
        typer.echo(f"paperloop: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.errno not in UNUSABLE:
            raise
        file = error.filename or "A file"
        typer.echo(f"paperloop: {file} cannot be used: {error.strerror}.", err=True)
        sys.exit(1)
    except SystemExit as end:
        # Typer takes the KeyboardInterrupt and leaves with this code without a word.
        if end.code == INTERRUPTED:
            typer.echo("paperloop: interrupted; what was stored is kept.", err=True)
        raise
