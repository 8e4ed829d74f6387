"""Commands on readers and their interests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from recommender.cli.context import AsJson, DataDir, ReaderName, open_library
from recommender.cli.output import note, plain, print_json
from recommender.domain import Interest, Reader
from recommender.errors import RecommenderError
from recommender.library import data_rights

readers = typer.Typer(
    no_args_is_help=True, help="Add, rename, list and forget readers; pause and reset interests."
)
Name = Annotated[str, typer.Argument(help="The reader's name.", show_default=False)]


@readers.command("ls")
def ls(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the readers with their interests."""
    with open_library(data_dir) as library:
        library.reader(None)
        stored = library.store.readers
        listed = [(x, stored.interests(x.reader_id)) for x in stored.list()]
    if as_json:
        print_json({"readers": [_as_reader(x, interests) for x, interests in listed]})
        return
    for reader, interests in listed:
        names = ", ".join(x.name + (" (paused)" if x.paused else "") for x in interests)
        typer.echo(f"{plain(reader.name)}  (interests: {plain(names)})")


def _as_reader(reader: Reader, interests: Sequence[Interest]) -> dict[str, Any]:
    rows = [
        {
            "interest": x.interest_id,
            "name": x.name,
            "share": x.share,
            "paused": x.paused,
            "reset": x.reset_after is not None,
        }
        for x in interests
    ]
    return {"reader": reader.reader_id, "name": reader.name, "interests": rows}


@readers.command("add")
def add(name: Name, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Add a reader: `paperloop reader add Ada`."""
    with open_library(data_dir) as library:
        made = library.store.readers.add(name, library.now)
    if as_json:
        print_json({"reader": made.reader_id, "name": made.name})
    else:
        typer.echo(f"Added {plain(made.name)}; use --reader {made.reader_id}.")


@readers.command("rename")
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(help="The new name.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Rename a reader; the id in --reader stays."""
    with open_library(data_dir) as library:
        renamed = library.reader(name)
        library.store.readers.rename(renamed.reader_id, new_name)
    typer.echo(f"{plain(renamed.name)} is now {plain(new_name)}.")


InterestArgument = Annotated[
    str, typer.Argument(help="One of the reader's interests.", show_default=False)
]


@readers.command("pause")
def pause(interest: InterestArgument, reader: ReaderName = None, data_dir: DataDir = None) -> None:
    """Pause an interest: it has no part in suggestions and digests until it is resumed."""
    with open_library(data_dir) as library:
        paused = library.interest(library.reader(reader), interest)
        library.store.readers.pause(paused.interest_id)
    typer.echo(f"Paused {plain(paused.name)}; `paperloop reader resume` serves it again.")


@readers.command("resume")
def resume(interest: InterestArgument, reader: ReaderName = None, data_dir: DataDir = None) -> None:
    """Resume a paused interest."""
    with open_library(data_dir) as library:
        resumed = library.interest(library.reader(reader), interest)
        library.store.readers.pause(resumed.interest_id, paused=False)
    typer.echo(f"Resumed {plain(resumed.name)}.")


@readers.command("reset")
def reset(
    interest: InterestArgument,
    undo: Annotated[
        bool, typer.Option("--undo", help="Let everything done in the interest count again.")
    ] = False,
    reader: ReaderName = None,
    data_dir: DataDir = None,
) -> None:
    """Reset an interest: nothing done in it until now is learnt from.

    Nothing is deleted: the likes stay in the log, the papers stay seen, and --undo takes it back.
    """
    with open_library(data_dir) as library:
        changed = library.interest(library.reader(reader), interest)
        if undo:
            library.store.readers.undo_reset(changed.interest_id)
        else:
            library.store.readers.reset(changed.interest_id)
    done = "counts everything again" if undo else "learns from the start; --undo takes it back"
    typer.echo(f"{plain(changed.name)} {done}.")


@readers.command("forget")
def forget(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Delete a reader with every like, slate, list and digest, and refit the model without them.

    There is no undo. What stays, such as backups, is named.
    """
    with open_library(data_dir) as library:
        forgotten = library.store.readers.get(name)
        if not yes:
            typer.confirm(f"Delete {plain(forgotten.name)} and everything of theirs?", abort=True)
        done = data_rights.forget(library.store, library.settings, forgotten.reader_id)
        note("Refitting the model without them.")
        left = (*done.left, *data_rights.refit(library.store, library.settings, library.now))
        stays = data_rights.what_stays(library.settings)
    where = "" if left else ", also in models, digests and logs"
    typer.echo(f"Forgot {plain(forgotten.name)} ({done.n_events} events){where}.")
    typer.echo("What stays, for you to delete:")
    for line in stays:
        typer.echo(f"- {plain(line)}")
    if left:
        raise RecommenderError(f"Not everything of theirs could be deleted: {' '.join(left)}")
