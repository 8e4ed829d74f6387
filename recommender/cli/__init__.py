"""The command line: arguments in, calls to the jobs, text or JSON out. No logic.

One file a group of commands; each command is a few lines on top of a job.
Results go to stdout, progress and notes to stderr, errors are one sentence and
exit code 1.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from threadpoolctl import threadpool_limits

from recommender import __version__
from recommender.cli import (
    database,
    deliveries,
    digest,
    digest_why,
    encoder,
    evaluate,
    export,
    feedback,
    fetch,
    fill,
    lists,
    merges,
    onboarding,
    papers,
    readers,
    recommend,
    serve,
)
from recommender.cli.context import DataDir, remember_data_dir
from recommender.errors import RecommenderError

app = typer.Typer(
    name="paperloop",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Start with **paperloop up**: it fills an empty library with a starter catalogue and "
        "opens the app. Your own papers: **paperloop import refs.bib --as liked**."
    ),
)
for group in (
    serve,
    papers,
    fetch,
    fill,
    merges,
    onboarding,
    recommend,
    feedback,
    lists,
    readers,
    digest,
    deliveries,
    digest_why,
    export,
    evaluate,
    encoder,
    database,
):
    group.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"paperloop {__version__}")
        raise typer.Exit


@app.callback()
def paperloop(
    data_dir: DataDir = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Recommend research papers, and learn from what you like and skip."""
    remember_data_dir(data_dir)


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
    # A slate is a few small products: threads cost more than they save, tenfold on two cores.
    threadpool_limits(1, "blas")
    try:
        app(words)
    except RecommenderError as error:
        typer.echo(f"paperloop: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("paperloop: interrupted; what was stored is kept.", err=True)
        sys.exit(130)
