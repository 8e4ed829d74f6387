"""Commands on what a reader notes: order and notes of a list, tags and status of papers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from recommender.cli.context import AsJson, DataDir, PaperId, ReaderName, open_library
from recommender.cli.lists import Name, Papers, as_annotation, lists
from recommender.cli.output import plain, print_json
from recommender.store import Annotation

Text = Annotated[str, typer.Argument(help="The text; empty removes it.", show_default=False)]


class Status(StrEnum):
    """How far a paper is read."""

    to_read = "to-read"
    reading = "reading"
    read = "read"
    none = "none"


@lists.command("move")
def move(
    name: Name,
    paper_id: PaperId,
    place: Annotated[
        int | None, typer.Argument(min=1, help="Place from 1.", show_default=False)
    ] = None,
    by: Annotated[
        int | None, typer.Option(help="Places to move down; negative moves up.", show_default=False)
    ] = None,
    reader: ReaderName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Move a paper to a place in a list, or by some places: `paperloop list move NAME ID 1`."""
    if (place is None) == (by is None):
        raise typer.BadParameter("give a place, or --by", param_hint="PLACE")
    with open_library(data_dir) as library:
        lists = library.store.reading_lists
        list_ = library.reading_list(reader, name)
        canonical = library.store.catalogue.get(paper_id).paper_id
        if by is not None:
            moved = lists.shift(list_.list_id, canonical, by)
        else:
            moved = lists.move(list_.list_id, canonical, (place or 1) - 1)
    if as_json:
        print_json({"list_id": moved.list_id, "paper_ids": list(moved.paper_ids)})
    elif canonical in moved.paper_ids:
        at = moved.paper_ids.index(canonical) + 1
        typer.echo(f"{canonical} is number {at} of {len(moved.paper_ids)} on {plain(moved.name)}.")
    else:
        typer.echo(f"{canonical} is not on {plain(moved.name)}.")


@lists.command("note")
def write_note(
    name: Name,
    paper_id: PaperId,
    text: Text,
    reader: ReaderName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Add a note to a paper of a list: `paperloop list note NAME ID "read section 3"`."""
    with open_library(data_dir) as library:
        list_id = library.reading_list(reader, name).list_id
        noted = library.store.reading_lists.note(list_id, paper_id, text)
    if as_json:
        print_json({"list_id": noted.list_id, "notes": noted.notes})
    else:
        typer.echo(f"{len(noted.notes)} notes are on {plain(noted.name)}.")


@lists.command("describe")
def describe(
    name: Name,
    text: Text,
    reader: ReaderName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Describe a list: `paperloop list describe NAME "for the seminar"`."""
    with open_library(data_dir) as library:
        list_id = library.reading_list(reader, name).list_id
        described = library.store.reading_lists.describe(list_id, text)
    if as_json:
        print_json({"list_id": described.list_id, "name": described.name, "about": described.about})
    else:
        typer.echo(f"{plain(described.name)}: {plain(described.about) or 'no description'}")


@lists.command("status")
def status(
    how: Annotated[Status, typer.Argument(help="Reading status.")],
    papers: Papers,
    reader: ReaderName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Set the reading status of papers: `paperloop list status read arxiv:2401.01234`."""
    with open_library(data_dir) as library:
        reader_id = library.reader(reader).reader_id
        status = "" if how is Status.none else how.value
        changed = library.store.annotations.status(reader_id, papers, status, library.now)
        annotations = library.store.annotations.all(reader_id)
    _print_annotations({x: annotations.get(x, Annotation()) for x in changed}, as_json)


@lists.command("tag")
def tag(
    name: Annotated[str, typer.Argument(help="The tag.", show_default=False)],
    papers: Papers,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the tag.")] = False,
    reader: ReaderName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Tag papers, or remove a tag: `paperloop list tag survey arxiv:2401.01234`."""
    with open_library(data_dir) as library:
        reader_id = library.reader(reader).reader_id
        change = library.store.annotations.untag if remove else library.store.annotations.tag
        changed = change(reader_id, papers, name, library.now)
        annotations = library.store.annotations.all(reader_id)
    _print_annotations({x: annotations.get(x, Annotation()) for x in changed}, as_json)


def _print_annotations(annotations: dict[str, Annotation], as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "papers": [
                    {"paper_id": x} | as_annotation(annotation)
                    for x, annotation in annotations.items()
                ]
            }
        )
        return
    for paper_id, annotation in annotations.items():
        summary = ", ".join(x for x in (annotation.status, *annotation.tags) if x)
        typer.echo(f"{paper_id}: {plain(summary) or 'no status, no tags'}")
