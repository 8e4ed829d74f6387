"""Commands on the database (upgrade, check, backup, archive, restore), and doctor."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.context import AsJson, DataDir, open_library, settings_for
from recommender.cli.doctor import examine
from recommender.cli.output import plain, print_json
from recommender.config import public_settings
from recommender.errors import StoreError
from recommender.library import archive as archives
from recommender.library.archive import Archived, write_archive
from recommender.private_files import make_private_folder
from recommender.store import Store

db = typer.Typer(
    no_args_is_help=True, help="Upgrade, check, back up, archive and restore the database."
)


@db.command("upgrade")
def upgrade(data_dir: DataDir = None) -> None:
    """Upgrade the database to this version of paperloop."""
    with open_library(data_dir, upgrade=True) as library:
        typer.echo(f"The database is at revision {library.store.database.revision()}.")


@db.command("check")
def check(data_dir: DataDir = None) -> None:
    """Check that the database fits this version; exit code 1 if not."""
    store = Store(settings_for(data_dir).url)
    try:
        store.database.check()
        typer.echo(f"The database is at revision {store.database.revision()}, as it should be.")
    finally:
        store.close()


@db.command("backup")
def backup(
    path: Annotated[Path, typer.Argument(help="File to write.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Copy the database to a file; works while the app is running."""
    with open_library(data_dir) as library:
        library.store.database.backup(path)
    typer.echo(f"Backed up to {path}.")


@db.command("snapshot")
def snapshot(
    folder: Annotated[Path, typer.Argument(help="New folder to write.", show_default=False)],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Write what a fit reads as Parquet files: for `paperloop fit --engine spark --snapshot`.

    Ids, titles, abstracts, authors and dates of all papers, in parts, and what each paper weighs
    for each reader. It is no backup: `paperloop db backup` and `archive` keep everything. Needs
    `paperloop[spark]`. Example: `paperloop db snapshot /mnt/shared/monday`.
    """
    from recommender.training.spark.job import snapshot_of

    with open_library(data_dir) as library:
        made = snapshot_of(library.store, library.settings, folder.absolute(), library.now)
    n_parts = len(made.papers_of_parts)
    if as_json:
        counts = {"papers": made.n_papers, "parts": n_parts, "interests": len(made.rows)}
        print_json({"folder": str(folder), **counts})
    else:
        typer.echo(f"Wrote {made.n_papers} papers in {n_parts} parts to {folder}.")


@db.command("archive")
def archive(
    path: Annotated[Path, typer.Argument(help="File to write, a .zip.", show_default=False)],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Export the whole library as one documented zip of JSON lines.

    Papers, events, what was shown, lists, digests, choices; no password and no key. `paperloop db
    restore FILE` reads it back on another machine, into SQLite or PostgreSQL.
    """
    with open_library(data_dir) as library:
        made = write_archive(library.store, path, library.now, public_settings(library.settings))
    if as_json:
        print_json({"file": str(path), "revision": made.revision, "rows": dict(made.rows)})
    else:
        typer.echo(f"Wrote {_rows(made)} to {path}.")


@db.command("restore")
def restore(
    path: Annotated[
        Path, typer.Argument(help="A file made by backup or by archive.", show_default=False)
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Replace the library with a backup or an archive, even if the library is damaged."""
    settings = settings_for(data_dir)
    make_private_folder(settings.data_dir)
    store = Store(settings.url)
    try:
        papers = _count(store)
        if papers and not yes:
            typer.confirm(f"Replace the library of {papers} papers by {path}?", abort=True)
        archives.restore(store, path)
        typer.echo(f"Restored {store.catalogue.count()} papers from {path}.")
    finally:
        store.close()


def _rows(made: Archived) -> str:
    told = ("paper", "event", "reader", "reading_list", "digest")
    return ", ".join(f"{made.rows[x]} {x.replace('_', ' ')}s" for x in told)


def _count(store: Store) -> int:
    """Return how many papers there are; none in a library that cannot be read."""
    try:
        return store.catalogue.count()
    except StoreError:
        return 0


def doctor(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Check the installation and say how to fix each problem; exit code 1 if any."""
    findings = examine(settings_for(data_dir), datetime.now(UTC))
    if as_json:
        rows = [
            {"what": x.what, "ok": x.ok, "found": x.found, "advice": x.advice} for x in findings
        ]
        print_json({"ok": all(x.ok for x in findings), "checks": rows})
    else:
        for x in findings:
            typer.echo(f"{'ok ' if x.ok else 'BAD'}  {x.what}: {plain(x.found)}")
            if x.advice:
                typer.echo(f"     {x.advice}")
    if not all(x.ok for x in findings):
        raise typer.Exit(1)
