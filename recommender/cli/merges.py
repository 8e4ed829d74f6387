"""Commands that list and undo merges of two papers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from recommender.cli.context import AsJson, DataDir, open_library
from recommender.cli.output import note, print_folded, print_json
from recommender.store import Contribution, Merge, Origin

merges = typer.Typer(no_args_is_help=True, help="List and undo merges of two papers.")


@merges.command("ls")
def ls(
    paper_id: Annotated[
        str | None, typer.Argument(help="A paper's id; default: all merges.", show_default=False)
    ] = None,
    n: Annotated[int, typer.Option("-n", min=0, help="How many; 0 for all.")] = 20,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List merges, newest first: `paperloop merges ls arxiv:2401.01234`."""
    with open_library(data_dir) as library:
        stored = library.store.catalogue.merges(paper_id, n or None)
    if as_json:
        print_json({"merges": [_as_merge(x) for x in stored]})
        return
    for merge in stored:
        when = f", undone {merge.undone_at:%Y-%m-%d}" if merge.undone_at else ""
        print_folded(f"{merge.title}  ({merge.paper_id})", f"{merge.number:>4}. ", 6)
        print_folded(f"merged with: {merge.other_title}  ({merge.other_id})", indent=6)
        by = f"by {where(merge.origin, merge.line)}, {merge.merged_at:%Y-%m-%d}{when}"
        print_folded(by, indent=6)
    if not stored:
        note("Nothing was merged.")


@merges.command("undo")
def undo(
    number: Annotated[int, typer.Argument(help="The merge's number.", show_default=False)],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Split a merged paper into two again, for good: `paperloop merges undo 12`.

    Likes, lists and digests follow their original ids; none is lost.
    """
    with open_library(data_dir) as library:
        undone = library.store.catalogue.undo_merge(number, library.now)
    if as_json:
        print_json({"kept_id": undone.kept_id, "other_id": undone.other_id})
    else:
        typer.echo(f"{undone.kept_id} and {undone.other_id} are two papers again.")


def where(origin: Origin, line: int) -> str:
    """Return a file or query in words, such as ``bibtex refs.bib, line 12``."""
    named = " ".join(x for x in (origin.source, origin.place) if x) or "an unknown source"
    return f"{named}, line {line}" if line else named


def as_contribution(given: Contribution) -> dict[str, Any]:
    """Return what a record gave in its JSON form."""
    return {
        "source": given.origin.source,
        "place": given.origin.place,
        "line": given.line,
        "at": given.at.isoformat(),
        "fields": list(given.fields),
    }


def _as_merge(merge: Merge) -> dict[str, Any]:
    return {
        "number": merge.number,
        "paper_id": merge.paper_id,
        "title": merge.title,
        "other_id": merge.other_id,
        "other_title": merge.other_title,
        "joined": merge.joined,
        "source": merge.origin.source,
        "place": merge.origin.place,
        "line": merge.line,
        "merged_at": merge.merged_at.isoformat(),
        "undone_at": merge.undone_at and merge.undone_at.isoformat(),
    }
