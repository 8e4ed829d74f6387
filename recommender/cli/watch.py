"""The command that keeps in step with reference files on disk."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from recommender.cli.context import (
    AsJson,
    DataDir,
    InterestName,
    Library,
    ReaderName,
    open_library,
)
from recommender.cli.output import note, plain, print_json
from recommender.cli.papers import MAX_NAMED, Role
from recommender.errors import RecommenderError, StoreError
from recommender.ingest.watched_file import (
    SETTLE_SECONDS,
    FileLook,
    in_words,
    load_watched_file,
    look,
)
from recommender.store import SyncedCollection
from recommender.store.synced_collections import FILE
from recommender.training.fit import refit_if_due

Watched = tuple[str, SyncedCollection]
"""A reader's id and a file of theirs."""


def watch(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Reference files, such as refs.bib.", show_default=False),
    ] = None,
    role: Annotated[
        Role, typer.Option("--as", help="What new items become: likes, saves, or only papers.")
    ] = Role.liked,
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Look once; from then on the running app looks every minute."),
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Watch these files no longer.")] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Look at the planned files of all readers that changed.")
    ] = False,
    reader: ReaderName = None,
    interest: InterestName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Watch reference files: new items become likes; removed ones are named and stay liked.

    Give each collection a file and an interest of its own. Without a file this lists what is
    watched. An item is liked once, however often the file is written again or replaced and the
    command started; an item whose like you undid stays undone. Stop it with Ctrl-C.

    Examples: `paperloop watch refs.bib`, `paperloop watch bees.bib --interest Bees --plan`.

    Exit code 1 when a file is not there, cannot be read, or any entry was rejected.
    """
    files = list(dict.fromkeys(paths or []))
    if sum((once, plan, stop, due)) > 1 or (due and files):
        raise typer.BadParameter("use one of --once, --plan and --stop; --due takes no files")
    if (once or plan or stop) and not files:
        raise typer.BadParameter("name at least one file", param_hint="PATHS")
    with open_library(data_dir) as library:
        if due:
            _once(library, _due(library), as_json)
        elif stop:
            _stop(library, library.reader(reader).reader_id, files)
        elif not files:
            _print_watched(library, library.reader(reader).reader_id, as_json)
        else:
            who = library.reader(reader)
            interest_id = library.interest(who, interest, create=True).interest_id
            found = [
                load_watched_file(library.store, who.reader_id, x, interest_id, role.value)
                for x in files
            ]
            named = [(who.reader_id, replace(x, planned=plan or x.planned)) for x in found]
            if plan:
                for reader_id, file in named:
                    library.store.synced_collections.save(reader_id, file)
            if plan or once:
                _once(library, named, as_json)
            else:
                _until_stopped(library, named)


def _due(library: Library) -> list[Watched]:
    every = library.store.synced_collections.of_all().items()
    return [(who, x) for who, held in every for x in held if x.kind == FILE and x.due(library.now)]


def _once(library: Library, files: Sequence[Watched], as_json: bool) -> None:
    """Look at every file; one that fails does not stop the others."""
    done: list[dict[str, Any]] = []
    well = True
    for reader_id, file in files:
        try:
            limit = library.settings.import_minutes
            found = look(library.store, reader_id, file, library.now, time.sleep, limit)
        except RecommenderError as error:
            if isinstance(error, StoreError) or not _was_said(library, reader_id, file):
                note(f"paperloop: {plain(str(error))}")
            done.append(_as_look(file, FileLook("failed")) | {"error": str(error)})
            well = False
            continue
        well &= found.state in ("read", "unchanged") and (found.report is None or found.report.ok)
        done.append(_as_look(file, found))
        if not as_json and not _was_said(library, reader_id, file):
            _print_look(library, file, found)
            if found.state == "unchanged":
                typer.echo(f"{plain(file.place)}: unchanged")
    if as_json:
        print_json({"files": done})
    if not well:
        raise typer.Exit(1)


def _was_said(library: Library, reader_id: str, file: SyncedCollection) -> bool:
    """Return whether what is wrong with a planned file was wrong, and said, before."""
    if not file.error:
        return False
    with suppress(StoreError):
        kept = library.store.synced_collections.get(reader_id, FILE, file.place)
        return kept is not None and kept.error == file.error
    return False


def _until_stopped(library: Library, files: Sequence[Watched]) -> None:
    note("Watching; stop with Ctrl-C.")
    said: dict[str, str] = {}
    while True:
        for reader_id, file in files:
            _look_again(library, reader_id, file, said)
        time.sleep(SETTLE_SECONDS)


def _look_again(
    library: Library, reader_id: str, file: SyncedCollection, said: dict[str, str]
) -> None:
    """Look at a file and print what is new; the same trouble is said once."""
    store, path = library.store, Path(file.place)
    try:
        file = load_watched_file(store, reader_id, path, file.interest_id, file.role)
        limit = library.settings.import_minutes
        found = look(store, reader_id, file, datetime.now(UTC), time.sleep, limit)
        trouble = in_words(file, found) if found.state in ("missing", "unfinished") else ""
        if found.state == "read":
            _print_look(library, file, found)
            refit_if_due(store, library.settings)
    except RecommenderError as error:
        trouble = f"{plain(file.place)}: {error} It is tried again."
    if trouble != said.get(file.place, ""):
        said[file.place] = trouble
        if trouble:
            note(plain(trouble))


def _print_look(library: Library, file: SyncedCollection, found: FileLook) -> None:
    if text := in_words(file, found):
        typer.echo(plain(text))
    if found.report is None:
        return
    for refusal in found.report.refused[:MAX_NAMED]:
        note(f"  line {refusal.line}: {plain(refusal.why)}")
    titles = library.titles(found.removed[:MAX_NAMED])
    for paper_id in found.removed[:MAX_NAMED]:
        note(f"  no longer in the file, still liked: {plain(titles.get(paper_id, paper_id))}")
    if len(found.removed) > MAX_NAMED:
        note(f"  and {len(found.removed) - MAX_NAMED:,} more.")


def _as_look(file: SyncedCollection, found: FileLook) -> dict[str, Any]:
    report = found.report
    return {
        "path": file.place,
        "state": found.state,
        "read": report.read if report else 0,
        "new": report.new if report else 0,
        "logged": found.logged,
        "refused": [asdict(x) for x in report.refused] if report else [],
        "removed": list(found.removed),
    }


def _stop(library: Library, reader_id: str, files: Sequence[Path]) -> None:
    for path in files:
        if not library.store.synced_collections.remove(reader_id, FILE, str(path.absolute())):
            raise typer.BadParameter(f"{path} is not watched; `paperloop watch` lists what is")
        typer.echo(f"{plain(str(path))}: no longer watched. Likes and papers stay.")


def _print_watched(library: Library, reader_id: str, as_json: bool) -> None:
    held = [x for x in library.store.synced_collections.list(reader_id) if x.kind == FILE]
    names = {x.interest_id: x.name for x in library.store.readers.interests(reader_id)}
    if as_json:
        shown = ("place", "interest_id", "role", "planned", "error")
        print_json({"watched": [{name: getattr(x, name) for name in shown} for x in held]})
        return
    for x in held:
        how = "looked at by the app" if x.planned else "looked at when you ask"
        of = names.get(x.interest_id, x.interest_id)
        typer.echo(f"{plain(x.place)}: {x.role}, interest {plain(of)}; {how}")
        if x.error:
            note(f"  last time: {plain(x.error)}")
    if not held:
        note("No file is watched. Watch one with `paperloop watch refs.bib`.")
