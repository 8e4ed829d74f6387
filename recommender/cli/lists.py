"""Commands on reading lists."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from recommender.cli.context import AsJson, DataDir, ReaderName, open_library
from recommender.cli.output import (
    as_reference,
    as_status,
    note,
    plain,
    print_folded,
    print_json,
    print_paper,
)
from recommender.store import Annotation, ReadingList

lists = typer.Typer(no_args_is_help=True, help="Create, fill and show reading lists.")
Name = Annotated[str, typer.Argument(help="The list's name.", show_default=False)]
Papers = Annotated[list[str], typer.Argument(help="Paper ids.", show_default=False)]


def _as_list(list_: ReadingList) -> dict[str, Any]:
    return {
        "list_id": list_.list_id,
        "name": list_.name,
        "about": list_.about,
        "paper_ids": list(list_.paper_ids),
        "notes": list_.notes,
    }


def as_annotation(annotation: Annotation) -> dict[str, Any]:
    """Return an annotation in its JSON form."""
    return {"status": annotation.status, "tags": list(annotation.tags)}


@lists.command("ls")
def ls(reader: ReaderName = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the reading lists."""
    with open_library(data_dir) as library:
        owned = library.store.reading_lists.list(library.reader(reader).reader_id)
    if as_json:
        print_json({"lists": [_as_list(x) for x in owned]})
        return
    for x in owned:
        typer.echo(f"{plain(x.name)}  ({len(x.paper_ids)} papers)")
    if not owned:
        note("No reading list yet. Make one with `paperloop list create NAME`.")


@lists.command("create")
def create(
    name: Name, reader: ReaderName = None, as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Create an empty reading list: `paperloop list create "Long-tail survey"`."""
    with open_library(data_dir) as library:
        reader_id = library.reader(reader).reader_id
        made = library.store.reading_lists.create(reader_id, name, library.now)
    if as_json:
        print_json(_as_list(made))
    else:
        typer.echo(f"Created the list {plain(made.name)}.")


@lists.command("add")
def add(name: Name, papers: Papers, reader: ReaderName = None, data_dir: DataDir = None) -> None:
    """Add papers to the end of a list; papers already on it stay where they are."""
    with open_library(data_dir) as library:
        list_ = library.reading_list(reader, name)
        known = [library.store.catalogue.get(x).paper_id for x in papers]
        library.store.reading_lists.extend(list_.list_id, known, library.now)
    typer.echo(f"{len(known)} papers are on {plain(list_.name)}.")


@lists.command("remove")
def remove(name: Name, papers: Papers, reader: ReaderName = None, data_dir: DataDir = None) -> None:
    """Remove papers from a list."""
    with open_library(data_dir) as library:
        list_ = library.reading_list(reader, name)
        known = [library.store.catalogue.get(x).paper_id for x in papers]
        library.store.reading_lists.take_out(list_.list_id, known)
    typer.echo(f"{len(known)} papers removed from {plain(list_.name)}.")


@lists.command("show")
def show(
    name: Name, reader: ReaderName = None, as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Show the papers of a list in order."""
    with open_library(data_dir) as library:
        list_ = library.reading_list(reader, name)
        papers = library.store.catalogue.get_many(list_.paper_ids)
        annotations = library.store.annotations.all(list_.reader_id)
    if as_json:
        shown = [
            {
                "paper_id": x.paper_id,
                "title": papers[x.paper_id].title,
                "note": x.note,
                "added": x.added_at.isoformat(),
            }
            | as_annotation(annotations.get(x.paper_id, Annotation()))
            | {"paper_note": annotations.get(x.paper_id, Annotation()).note}
            | as_reference(papers[x.paper_id])
            | as_status(papers[x.paper_id])
            for x in list_.entries
        ]
        print_json(_as_list(list_) | {"papers": shown})
        return
    if list_.about:
        print_folded(list_.about, indent=0)
    for place, entry in enumerate(list_.entries, 1):
        print_paper(place, papers[entry.paper_id])
        annotation = annotations.get(entry.paper_id, Annotation())
        for text in filter(None, (entry.note, annotation.note)):
            print_folded(f"note: {text}")
        summary = ", ".join(x for x in (annotation.status, *annotation.tags) if x)
        if summary:
            print_folded(summary)
    if not list_.paper_ids:
        note(f'Empty. Add papers with `paperloop list add "{plain(list_.name)}" PAPER_ID`.')


@lists.command("delete")
def delete(name: Name, reader: ReaderName = None, data_dir: DataDir = None) -> None:
    """Delete a list; its papers and your feedback stay."""
    with open_library(data_dir) as library:
        list_ = library.reading_list(reader, name)
        library.store.reading_lists.delete(list_.list_id)
    typer.echo(f"Deleted the list {plain(list_.name)}.")
