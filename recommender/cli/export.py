"""The command that exports papers for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.atomic_write import write_text
from recommender.cli.context import DataDir, Library, ReaderName, open_library
from recommender.cli.output import note
from recommender.export import FORMATS, Heading, render
from recommender.export.opml import write_feeds
from recommender.library.export_selection import (
    Selection,
    digested,
    everything,
    feeds,
    judged,
    listed,
    named,
    searched,
)

_CHOICES = "--liked, --saved, --list, --search, --digest, --id, --all and --feeds"


def export(
    format_name: Annotated[
        str, typer.Option("--format", "-f", help=", ".join(FORMATS), show_default=False)
    ] = "",
    list_name: Annotated[
        str | None, typer.Option("--list", "-l", help="A reading list.", show_default=False)
    ] = None,
    liked: Annotated[bool, typer.Option("--liked", help="The papers you liked.")] = False,
    saved: Annotated[bool, typer.Option("--saved", help="The papers you saved.")] = False,
    search: Annotated[
        str | None, typer.Option("--search", help="The results of a search.", show_default=False)
    ] = None,
    digest: Annotated[
        str | None,
        typer.Option(help="The papers of a digest, such as 2026-W47.", show_default=False),
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", help="One paper; repeat for more.", show_default=False),
    ] = None,
    everything_there_is: Annotated[bool, typer.Option("--all", help="The whole library.")] = False,
    feed_list: Annotated[
        bool, typer.Option("--feeds", help="The feeds you fetched, as OPML for a feed reader.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write (default: stdout).")
    ] = None,
    reader: ReaderName = None,
    data_dir: DataDir = None,
) -> None:
    """Export papers as BibTeX, RIS, Markdown and more; the format can follow from the file name.

    Tags and notes are included where the format supports them. For everything the library
    holds, not only papers, see `paperloop db archive`.

    Examples: `paperloop export --liked -o liked.bib`, `paperloop export --list Survey -f obsidian`,
    `paperloop export --search "author:hinton dropout" -f html -o dropout.html`.
    """
    chosen = [liked, saved, list_name, search, digest, ids, everything_there_is, feed_list]
    if sum(x not in (None, False, []) for x in chosen) > 1:
        raise typer.BadParameter(f"choose one of {_CHOICES}")
    with open_library(data_dir) as library:
        if feed_list:
            sources = feeds(library.store)
            _hand_out(write_feeds(sources, Heading(title="Feeds")), len(sources), "feeds", output)
            return
        reader_id = library.reader(reader).reader_id
        selection = _selected(
            library, reader_id, list_name, saved, search, digest, ids, everything_there_is
        )
    text = render(selection.papers, format_name or _format_of(output), selection.heading)
    _hand_out(text, len(selection.papers), "papers", output)
    if not selection.papers:
        note("Nothing to export: like or save papers first, or add papers to the list.")


def _selected(
    library: Library,
    reader_id: str,
    list_name: str | None,
    saved: bool,
    search: str | None,
    digest: str | None,
    ids: list[str] | None,
    everything_there_is: bool,
) -> Selection:
    store = library.store
    if list_name is not None:
        return listed(store, reader_id, list_name)
    if search is not None:
        return searched(store, reader_id, search)
    if digest is not None:
        return digested(store, reader_id, digest)
    if ids:
        return named(store, reader_id, ids)
    if everything_there_is:
        return everything(store, reader_id)
    return judged(store, reader_id, saved=saved)


def _format_of(output: Path | None) -> str:
    """Return the first format whose files end like this one."""
    ending = output.suffix.lower() if output else ""
    fitting = [x.name for x in FORMATS.values() if x.extension == ending]
    if not fitting:
        raise typer.BadParameter(f"say which --format: {', '.join(FORMATS)}")
    return fitting[0]


def _hand_out(text: str, n: int, what: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_text(output, text)
        note(f"wrote {n} {what} to {output}")
