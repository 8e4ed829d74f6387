"""Commands that run the model: fit and recommend."""

from __future__ import annotations

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
from recommender.cli.output import as_slate, note, plain, print_items, print_json
from recommender.config import Settings, SparkSettings
from recommender.domain import Slate
from recommender.training.fit import fit as fit_model
from recommender.training.fit import fit_if_due


def fit(
    if_due: Annotated[
        bool, typer.Option("--if-due", help="Only if enough has changed since the last fit.")
    ] = False,
    engine: Annotated[
        str | None,
        typer.Option(
            help="Where to fit: `local`, in this process, or `spark`. Default: the setting "
            "`engine`, else local.",
            show_default=False,
        ),
    ] = None,
    master: Annotated[
        str | None,
        typer.Option(
            help="With the engine spark: the master, such as `spark://host:7077`. Default: the "
            "setting `spark.master`, else `local[2]`, two processes on this machine.",
            show_default=False,
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            help="With the engine spark: a folder that this machine and all workers reach under "
            "the same path. Default: the setting `spark.folder`, else `spark/` of the library.",
            show_default=False,
        ),
    ] = None,
    snapshot: Annotated[
        Path | None,
        typer.Option(
            help="With the engine spark: fit what `paperloop db snapshot` wrote into this folder, "
            "not the library as it is now. All workers must reach it.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Fit the model on the catalogue and the likes and skips of all readers.

    Not needed after single likes: they count at once. The app refits automatically
    after enough new events or papers; if a fit fails, the old model stays in use.

    The engine spark is for libraries that one machine cannot fit: it gives the same model, in
    parts, on Apache Spark (needs `paperloop[spark]` and Java 17). A fit that was stopped resumes
    after its last finished round when the same command is run again. Examples:
    `paperloop fit --engine spark`,
    `paperloop fit --engine spark --master spark://10.0.0.5:7077 --folder /mnt/shared`.
    """
    if if_due and snapshot is not None:
        raise typer.BadParameter("A --snapshot is fitted whether or not a fit is due.")
    with open_library(data_dir) as library:
        settings = _with_engine(library.settings, engine, master, folder, snapshot)
        if if_due:
            manifest = fit_if_due(library.store, settings, now=library.now, progress=note)
        else:
            manifest = fit_model(
                library.store, settings, now=library.now, progress=note, snapshot=snapshot
            )
    if manifest is None:
        note("No refit is due.")
        return
    if as_json:
        print_json(manifest.as_dict())
    else:
        typer.echo(
            f"Model {manifest.version}: {manifest.n_papers} papers, {manifest.n_readers} readers."
        )


def _with_engine(
    settings: Settings,
    engine: str | None,
    master: str | None,
    folder: Path | None,
    snapshot: Path | None,
) -> Settings:
    """Return the settings with the options of the engine; an option that is None is not given."""
    if engine not in (None, "local", "spark"):
        raise typer.BadParameter(f"{engine} is no engine; choose local or spark.")
    chosen = engine or settings.engine
    if chosen == "local" and (master or folder or snapshot):
        raise typer.BadParameter("--master, --folder and --snapshot need --engine spark.")
    given = {"master": master, "folder": folder and folder.absolute()}
    spark = settings.spark.model_dump() | {k: v for k, v in given.items() if v is not None}
    try:
        changed = {"engine": chosen, "spark": SparkSettings(**spark)}
    except ValueError:
        raise typer.BadParameter(f"{master!r} is no address of a Spark master.") from None
    return settings.model_copy(update=changed)


READ_ONLY = (
    "The library is on a read-only disk or belongs to another user: suggestions are shown, but not "
    "recorded, and nothing can be liked."
)


def recommend(
    reader: ReaderName = None,
    interest: InterestName = None,
    n: Annotated[int | None, typer.Option("-n", min=1, max=1000, help="How many papers.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only papers published or listed since this day."),
    ] = None,
    venue: Annotated[
        str | None,
        typer.Option(help="Only the papers of a journal or conference, in any spelling."),
    ] = None,
    year: Annotated[
        int | None, typer.Option(min=1000, max=9999, help="With --venue: only those of this year.")
    ] = None,
    unread: Annotated[
        bool, typer.Option("--unread", help="Your own papers to read, in the order to read them.")
    ] = False,
    keep: Annotated[
        str | None, typer.Option(help="Keep what is suggested as a new reading list.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Suggest papers, best first, each with a reason.

    Examples: `paperloop recommend -n 5`, `paperloop recommend --since 2026-11-01 --json`,
    `paperloop recommend --venue ACL --year 2024 -n 100 --keep "ACL 2024"`.
    With --unread it orders what you saved, noted as to read or put on a list, and have not read.
    """
    if unread and (interest or since or venue):
        raise typer.BadParameter("--unread takes no --interest, --since or --venue.")
    if year is not None and venue is None:
        raise typer.BadParameter("A --year is one of a venue: name it with --venue.")
    with open_library(data_dir) as library:
        who = library.reader(reader)
        pool = library.store.filters.of_venue(venue, year) if venue is not None else None
        interest_id = library.interest(who, interest).interest_id if interest else None
        library.recommender.ensure_model(library.now, note)
        slate = _own_papers(library, who.reader_id, n) if unread else None
        slate = slate or library.recommender.recommend(
            who.reader_id,
            interest_id=interest_id,
            n=n,
            since=since.replace(tzinfo=UTC) if since else None,
            pool=pool,
            now=library.now,
            surface="cli",
        )
        papers = library.store.catalogue.get_many([x.paper_id for x in slate.items])
        if keep is not None:
            made = library.store.reading_lists.create(who.reader_id, keep, library.now)
            ids = [x.paper_id for x in slate.items]
            library.store.reading_lists.extend(made.list_id, ids, library.now)
            note(f"Kept {len(ids)} papers as the list {plain(made.name)}.")
        interests = library.store.readers.interests(who.reader_id)
        if library.store.database.is_read_only:
            note(READ_ONLY)
    if as_json:
        payload: dict[str, Any] = as_slate(slate, papers)
        print_json(payload)
        return
    print_items(slate.items, papers)
    if not slate.items and unread:
        note("You have nothing to read: save papers, or put them on a list.")
    elif not slate.items and not interest and all(x.paused for x in interests):
        note("Every interest is paused; `paperloop reader resume NAME` serves one again.")
    elif not slate.items:
        wider = "another --venue" if venue else "an earlier --since"
        note(f"No papers left to suggest. Import more papers, or choose {wider}.")


def _own_papers(library: Library, reader_id: str, n: int | None) -> Slate:
    """Return a reader's unread papers in the order to read them; not recorded."""
    items = library.recommender.reading_order(reader_id, now=library.now)
    return Slate(
        slate_id="",
        reader_id=reader_id,
        interest_id=None,
        surface="cli",
        model=library.recommender.model_version,
        created_at=library.now,
        items=tuple(items[:n]),
    )
