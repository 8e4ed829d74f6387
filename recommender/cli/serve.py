"""The command that opens the app."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Annotated

import typer

from recommender.cli.context import DataDir, Library, open_library, settings_for
from recommender.cli.output import note
from recommender.digest.delivery.scheduler import keeping_schedule
from recommender.errors import ArtifactError, StoreError, StoreUnavailable
from recommender.ingest import import_starter
from recommender.launch import launch
from recommender.store.scheduler_runs import APP
from recommender.training.fit import fit_first, refit_if_due


def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8501,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Address to listen at; `0.0.0.0` lets phones and other machines in, "
            "`127.0.0.1` only this one.",
        ),
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    schedule: Annotated[
        bool | None,
        typer.Option(
            "--schedule/--no-schedule",
            help="Run planned fetches and send due digests while the app runs (default: yes).",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            min=1,
            max=64,
            help="Server processes, for many readers at once; about one for each core.",
        ),
    ] = 1,
    data_dir: DataDir = None,
) -> None:
    """Start the app and open it in a browser; sets everything up on first use.

    Creates or upgrades the database, loads the starter catalogue into an empty library and
    fits the model if there is none. While it runs, it fetches the sources that a reader planned
    and sends the digests that are due, and nothing else. Stop it with Ctrl-C; nothing is lost.
    """
    settings = settings_for(data_dir)
    wanted = settings.schedule if schedule is None else schedule
    with open_library(data_dir, upgrade=True) as library:
        _prepare_or_explain(library)
        if not wanted:
            # An app that was killed a minute ago may still stand there as the one that runs.
            with suppress(StoreError):
                library.store.scheduler_runs.forget(APP)
    with keeping_schedule(settings) if wanted else nullcontext():
        launch(settings, port=port, open_browser=browser, host=host, workers=workers)


def _prepare_or_explain(library: Library) -> None:
    try:
        _prepare(library)
    except (StoreUnavailable, ArtifactError, OSError) as error:
        if library.store.database.is_read_only:
            raise StoreUnavailable(
                f"The library in {library.settings.data_dir} is not set up yet (its papers, reader "
                "or model are missing), and this user may not write there. Let this user write "
                "into that folder, or choose another with --data-dir."
            ) from error
        raise


def _prepare(library: Library) -> None:
    if not library.store.catalogue.count():
        report = import_starter(library.store, library.now)
        note(f"Loaded the starter catalogue: {report.new} papers.")
    library.reader(None)
    try:
        library.recommender.ensure_model(library.now, note)
    except ArtifactError as error:
        note(f"{error} Fitting a new model.")
        fit_first(library.store, library.settings, now=library.now, progress=note)
    refit_if_due(library.store, library.settings)
