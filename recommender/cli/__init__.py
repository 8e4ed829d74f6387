"""The command line: arguments in, calls to the jobs, text or JSON out. No logic.

One file a group of commands; each command is a few lines on top of a job. A file is imported when
one of its commands runs, so that ``--help``, ``--version`` and completion load no numeric library.
Results go to stdout, progress and notes to stderr, errors are one sentence and exit code 1.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from recommender import __version__
from recommender.cli.context import remember_data_dir
from recommender.errors import RecommenderError

READ, PAPERS, KEEP, RUN = "Read", "Papers in and out", "Lists and digests", "Set up and measure"


class CommandSummary(NamedTuple):
    """How the list of commands shows a command, and where in this package it is defined.

    `place` is ``module:name`` of a function or a group of commands; modules that add further
    commands to the group follow.
    """

    panel: str
    place: str
    summary: str


COMMANDS = {
    "up": CommandSummary(
        READ, "serve:up", "Start the app and open it in a browser; sets everything up on first use."
    ),
    "start": CommandSummary(
        READ, "onboarding:start", "Say what you work on, so that the first suggestions fit."
    ),
    "recommend": CommandSummary(
        READ, "recommend:recommend", "Suggest papers, best first, each with a reason."
    ),
    "feedback": CommandSummary(
        READ,
        "feedback:feedback",
        "Record a like, skip, dislike, save, open or undo; the next slate shows its effect.",
    ),
    "search": CommandSummary(
        READ,
        "papers:search",
        "Search the catalogue: "
        "`paperloop search 'author:hinton year:2012..2020 \"drop out\" -survey'`.",
    ),
    "similar": CommandSummary(
        READ,
        "papers:similar",
        "List the papers most similar to a paper, or to several together.",
    ),
    "show": CommandSummary(
        READ, "papers:show", "Show all fields of a paper, and which file or source each came from."
    ),
    "import": CommandSummary(
        PAPERS,
        "papers:import_",
        "Import papers from files; importing the same file again changes nothing.",
    ),
    "fetch": CommandSummary(
        PAPERS,
        "fetch:fetch",
        "Fetch papers from sources on the network; fetching the same again changes nothing.",
    ),
    "watch": CommandSummary(
        PAPERS,
        "watch:watch",
        "Watch reference files: new items become likes; removed ones are named and stay liked.",
    ),
    "zotero": CommandSummary(
        PAPERS,
        "zotero:zotero",
        "Keep in step with Zotero: a collection becomes an interest, a list a collection.",
    ),
    "fill": CommandSummary(
        PAPERS,
        "fill:fill",
        "Fill missing abstracts, authors and dates from network sources; existing values stay.",
    ),
    "merges": CommandSummary(PAPERS, "merges:merges", "List and undo merges of two papers."),
    "export": CommandSummary(
        PAPERS,
        "export:export",
        "Export papers as BibTeX, RIS, Markdown and more; "
        "the format can follow from the file name.",
    ),
    "list": CommandSummary(KEEP, "lists:lists annotations", "Create, fill and show reading lists."),
    "digest": CommandSummary(
        KEEP, "digest:digests deliveries digest_why", "Show, issue, schedule and send digests."
    ),
    "follow": CommandSummary(
        KEEP,
        "follow:follow",
        "Follow an author, or keep a search; what is new stands in the digest under its name.",
    ),
    "feed": CommandSummary(KEEP, "deliveries:feeds", "Secret feed addresses for feed readers."),
    "token": CommandSummary(KEEP, "tokens:tokens", "Tokens with which programs use the API."),
    "mcp": CommandSummary(
        KEEP, "assistants:mcp", "Serve the library to an assistant (Model Context Protocol)."
    ),
    "fit": CommandSummary(
        RUN,
        "recommend:fit",
        "Fit the model on the catalogue and the likes and skips of all readers.",
    ),
    "evaluate": CommandSummary(
        RUN, "evaluate:evaluate", "Measure the ranking against named baselines, in one run."
    ),
    "encoder": CommandSummary(
        RUN, "encoder:encoder", "Install a sentence encoder, or show the current one."
    ),
    "reader": CommandSummary(
        RUN, "readers:readers", "Add, rename, list and forget readers; pause and reset interests."
    ),
    "db": CommandSummary(
        RUN, "database:db", "Upgrade, check, back up, archive and restore the database."
    ),
    "doctor": CommandSummary(
        RUN,
        "database:doctor",
        "Check the installation and say how to fix each problem; exit code 1 if any.",
    ),
}


class LazyGroup(TyperGroup):
    """The top level: lists the commands from `COMMANDS`, imports only the one that runs."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        for name, entry in COMMANDS.items():
            stub = TyperCommand(name, help=entry.summary, rich_help_panel=entry.panel)
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
        place, *others = COMMANDS[name].place.split()
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
