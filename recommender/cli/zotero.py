"""Commands that keep in step with Zotero by its web API."""

from __future__ import annotations

from dataclasses import asdict, replace
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
from recommender.ingest import zotero_sync
from recommender.ingest.zotero_sync import CollectionReport
from recommender.store import SyncedCollection
from recommender.store.synced_collections import ZOTERO

zotero = typer.Typer(
    no_args_is_help=True,
    help="Keep in step with Zotero: a collection becomes an interest, a list a collection.",
)
LibraryPath = Annotated[
    str,
    typer.Option(
        "--library", help="Such as groups/45 for a group (default: that of the key's owner)."
    ),
]


@zotero.command("collections")
def collections(
    path: LibraryPath = "",
    reader: ReaderName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the collections of the Zotero library, with their keys."""
    with open_library(data_dir) as library:
        who = library.reader(reader).reader_id
        found = zotero_sync.open_library(library.settings, who, path).collections()
    if as_json:
        print_json({"collections": [asdict(x) for x in found]})
        return
    for x in found:
        typer.echo(f"{x.key}  {plain(x.name)} ({x.n_items})")
    if not found:
        note("Zotero has no collections.")


@zotero.command("sync")
def sync(
    collection: Annotated[
        str, typer.Argument(help="Name or key of the collection.", show_default=False)
    ],
    role: Annotated[
        Role, typer.Option("--as", help="What new items become: likes, saves, or only papers.")
    ] = Role.liked,
    plan: Annotated[
        bool, typer.Option("--plan", help="From now on the running app does this every hour.")
    ] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Keep in step with the collection no longer.")
    ] = False,
    path: LibraryPath = "",
    reader: ReaderName = None,
    interest: InterestName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make a collection an interest: new items become likes, removed ones are named.

    The interest has the name of the collection unless `--interest` names another. An item is liked
    once; changes in Zotero are read, and nothing is written there.

    Example: `paperloop zotero sync Bees --plan`.
    """
    with open_library(data_dir) as library:
        who = library.reader(reader)
        if stop:
            _stop(library, who.reader_id, collection)
            return
        remote = zotero_sync.open_library(library.settings, who.reader_id, path)
        found = remote.collection(collection)
        interest_id = library.interest(who, interest or found.name, create=True).interest_id
        kept = zotero_sync.load_synced_collection(
            library.store, who.reader_id, remote, found, interest_id, role.value
        )
        kept = replace(kept, planned=plan or kept.planned)
        report = zotero_sync.read_collection(
            library.store, remote, who.reader_id, kept, library.now
        )
        _print_reports(library, [(kept, report)], as_json)


@zotero.command("due")
def due(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Read every planned collection that is due; the running app calls this."""
    with open_library(data_dir) as library:
        reports: list[tuple[SyncedCollection, CollectionReport]] = []
        for reader_id, held in library.store.synced_collections.of_all().items():
            for kept in held:
                if kept.kind == ZOTERO and kept.due(library.now):
                    try:
                        report = _read(library, reader_id, kept)
                    except StoreError as error:
                        report = CollectionReport(error=str(error))
                    reports.append((kept, report))
        _print_reports(library, reports, as_json)


def _read(library: Library, reader_id: str, kept: SyncedCollection) -> CollectionReport:
    path = "/".join(kept.place.split("/")[:2])
    try:
        remote = zotero_sync.open_library(library.settings, reader_id, path)
    except RecommenderError as error:
        return zotero_sync.record_failure(library.store, reader_id, kept, library.now, error)
    return zotero_sync.read_collection(library.store, remote, reader_id, kept, library.now)


@zotero.command("write")
def write(
    list_name: Annotated[str, typer.Argument(help="Name of the reading list.", show_default=False)],
    collection: Annotated[
        str | None,
        typer.Option(help="Name or key of the collection (default: the list's name)."),
    ] = None,
    path: LibraryPath = "",
    reader: ReaderName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Write a reading list to Zotero as a collection; writing it again changes what differs.

    Papers that Zotero has are added to the collection, others become items. What left the list
    leaves the collection and stays in Zotero; items that you put there by hand stay.

    Example: `paperloop zotero write "To cite"`.
    """
    with open_library(data_dir) as library:
        who = library.reader(reader).reader_id
        remote = zotero_sync.open_library(library.settings, who, path)
        report = zotero_sync.write_list(library.store, remote, who, list_name, collection)
        titles = library.store.catalogue.titles(list(report.failed))
    if as_json:
        print_json(asdict(report))
    else:
        typer.echo(
            f"{plain(report.collection.name)}: {len(report.created)} new in Zotero, "
            f"{len(report.added)} added, {len(report.taken_out)} taken out"
        )
        for paper_id, why in list(report.failed.items())[:MAX_NAMED]:
            note(f"  not written: {plain(titles.get(paper_id, paper_id))} ({plain(why)})")
    if report.failed:
        raise typer.Exit(1)


@zotero.command("ls")
def ls(reader: ReaderName = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the collections that paperloop keeps in step with."""
    with open_library(data_dir) as library:
        who = library.reader(reader).reader_id
        held = [x for x in library.store.synced_collections.list(who) if x.kind == ZOTERO]
        names = {x.interest_id: x.name for x in library.store.readers.interests(who)}
    if as_json:
        # `tried` is for files.
        print_json({"synced": [{k: v for k, v in asdict(x).items() if k != "tried"} for x in held]})
        return
    for x in held:
        how = "read every hour by the app" if x.planned else "read when you ask"
        of = names.get(x.interest_id, x.interest_id)
        typer.echo(f"{plain(x.name)}: {x.role}, interest {plain(of)}; {how}")
        if x.error:
            note(f"  last time: {plain(x.error)}")
    if not held:
        note("Nothing is kept in step with Zotero. Begin with `paperloop zotero sync NAME`.")


def _stop(library: Library, reader_id: str, name: str) -> None:
    held = [x for x in library.store.synced_collections.list(reader_id) if x.kind == ZOTERO]
    named = [x for x in held if name in (x.name, x.place.rpartition("/")[2])]
    if not named:
        raise typer.BadParameter(f"{name} is not read; `paperloop zotero ls` lists what is")
    for x in named:
        library.store.synced_collections.remove(reader_id, ZOTERO, x.place)
        typer.echo(f"{plain(x.name)}: no longer read. Likes and papers stay.")


def _print_reports(
    library: Library, reports: list[tuple[SyncedCollection, CollectionReport]], as_json: bool
) -> None:
    if as_json:
        print_json({"collections": [_as_report(x, report) for x, report in reports]})
    for kept, report in reports:
        if not as_json:
            _print_report(library, kept, report)
        if report.error:
            note(f"paperloop: {plain(report.error)}")
    if any(x.error or x.refused for _, x in reports):
        raise typer.Exit(1)


def _as_report(kept: SyncedCollection, report: CollectionReport) -> dict[str, Any]:
    return {"name": kept.name, "place": kept.place} | asdict(report)


def _print_report(library: Library, kept: SyncedCollection, report: CollectionReport) -> None:
    if report.error:
        again = "; it is tried again" if kept.planned else ""
        note(f"{plain(kept.name)}: not read{again}.")
        return
    if report.unchanged:
        typer.echo(f"{plain(kept.name)}: unchanged")
        return
    done = f", {report.logged} newly {kept.role}" if kept.role != "catalogue" else ""
    typer.echo(f"{plain(kept.name)}: {report.read} read, {report.new} new{done}")
    for why in report.refused[:MAX_NAMED]:
        note(f"  {plain(why)}")
    titles = library.titles(report.removed[:MAX_NAMED])
    for paper_id in report.removed[:MAX_NAMED]:
        note(f"  no longer in Zotero, still liked: {plain(titles.get(paper_id, paper_id))}")
