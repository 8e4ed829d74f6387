"""The command that hands out reading lists for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.files import write_text
from recommender.cli.library import DataDir, Library, ReaderName, open_library
from recommender.cli.output import note
from recommender.domain import EventKind, Paper
from recommender.export import FORMATS
from recommender.export import render as render_list
from recommender.history import fold


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the command line."""
    app.command()(export)


def export(
    format_name: Annotated[str, typer.Option("--format", "-f", help=", ".join(FORMATS))],
    list_name: Annotated[
        str | None, typer.Option("--list", "-l", help="A reading list.", show_default=False)
    ] = None,
    liked: Annotated[bool, typer.Option("--liked", help="The papers you liked.")] = False,
    saved: Annotated[bool, typer.Option("--saved", help="The papers you saved.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write (default: stdout).")
    ] = None,
    reader: ReaderName = None,
    data_dir: DataDir = None,
) -> None:
    """Write liked, saved or listed papers in a form other tools read.

    Examples: `paperloop export --liked --format bibtex -o liked.bib`,
    `paperloop export --list Survey --format markdown`.
    """
    if sum((liked, saved, list_name is not None)) > 1:
        raise typer.BadParameter("choose one of --list, --liked and --saved")
    with open_library(data_dir) as library:
        reader_id = library.reader(reader).reader_id
        papers = _chosen_papers(library, reader_id, list_name, saved)
    text = render_list(papers, format_name)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_text(output, text)
        note(f"wrote {len(papers)} papers to {output}")
    if not papers:
        note("There was nothing to export: like or save papers first, or fill the list.")


def _chosen_papers(
    library: Library, reader_id: str, list_name: str | None, saved: bool
) -> list[Paper]:
    if list_name is not None:
        ids = list(library.store.reading_lists.get(reader_id, list_name).paper_ids)
    else:
        states = fold(library.store.feedback.events(reader_id)).values()
        ids = [x.paper_id for x in states if (x.saved if saved else x.verdict is EventKind.like)]
    known = library.store.catalogue.get_many(ids)
    return [known[x] for x in ids if x in known]
