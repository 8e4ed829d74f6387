"""Commands that hand out results: the weekly digest and exported reading lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.files import write_text
from recommender.cli.library import AsJson, DataDir, Library, ReaderName, open_library
from recommender.cli.output import note, print_json
from recommender.digest.compose import compose
from recommender.digest.deliver import write_files
from recommender.digest.manifest import Manifest
from recommender.digest.render import render as render_digest
from recommender.digest.schedule import week_of
from recommender.domain import EventKind, Paper
from recommender.export import FORMATS
from recommender.export import render as render_list
from recommender.history import fold


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the command line."""
    app.command()(digest)
    app.command()(export)


def digest(
    reader: ReaderName = None,
    everyone: Annotated[bool, typer.Option("--all", help="One digest for every reader.")] = False,
    week: Annotated[
        str | None,
        typer.Option(help="ISO week such as 2026-W47 (default: this week).", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write HTML, text and Markdown into.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Compose the week's digest; the same week again gives the same bytes.

    Without --out the text is printed. Example: `paperloop digest --out digests/`.
    """
    with open_library(data_dir) as library:
        library.recommender.ensure_model(library.now, note)
        who = library.store.readers.list() if everyone else [library.reader(reader)]
        manifests = [_compose(library, x.reader_id, week) for x in who]
    for manifest in manifests:
        if out is not None:
            for path in write_files(manifest, out):
                note(f"wrote {path}")
        elif not as_json:
            typer.echo(render_digest(manifest, "text"))
    if as_json:
        print_json({"digests": [x.as_dict() for x in manifests]})


def _compose(library: Library, reader_id: str, week: str | None) -> Manifest:
    return compose(
        library.store,
        library.recommender,
        reader_id,
        week=week or week_of(library.now, library.settings.timezone),
        now=library.now,
        settings=library.settings,
    )


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
