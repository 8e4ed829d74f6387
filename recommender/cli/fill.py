"""The command that fills missing abstracts, authors and dates."""

from __future__ import annotations

from typing import Annotated

import typer

from recommender.cli.context import AsJson, DataDir, open_library
from recommender.cli.fetch import as_source
from recommender.cli.output import note, plain, print_json, progress
from recommender.ingest import FILLERS
from recommender.ingest.subprocess_fetch import fill_in_child

_ALL = ",".join(FILLERS)


def fill(
    sources: Annotated[
        str,
        typer.Argument(metavar="[SOURCES]", help=f"One or several of {_ALL}, separated by commas."),
    ] = _ALL,
    n: Annotated[
        int, typer.Option("-n", min=1, max=10_000, help="Maximum papers to ask for.")
    ] = 200,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Fill missing abstracts, authors and dates from network sources; existing values stay.

    Only papers with a DOI, an arXiv id or another identifier can be asked for, and
    only those that lack something are: `paperloop fill`, `paperloop fill crossref -n 50`.
    OpenAlex and Crossref are also asked whether papers with a DOI, first those that
    readers like, are retracted or corrected by now.

    Exit code 1 when a source failed; what the others filled is kept.
    """
    names = [x.strip() for x in sources.split(",") if x.strip()]
    with open_library(data_dir) as library, progress("filling") as tell:
        report = fill_in_child(library.settings, now=library.now, n=n, sources=names, progress=tell)
    if as_json:
        counts = {"lacking": report.lacking, "asked": report.asked, "checked": report.checked}
        told = [as_source(x) for x in report.sources]
        changed = {"filled": list(report.filled), "marked": list(report.marked)}
        print_json({**counts, **changed, "sources": told})
    else:
        typer.echo(
            f"{report.lacking:,} papers were incomplete, {report.asked:,} were looked up, "
            f"{len(report.filled):,} were filled at least in part"
        )
        typer.echo(
            f"{report.checked:,} papers were checked for retractions and corrections, "
            f"{len(report.marked):,} have another status now"
        )
        for paper_id in report.marked:
            typer.echo(f"  {plain(paper_id)}")
    for source in report.sources:
        if source.error:
            note(f"paperloop: {plain(source.error)}")
    if not report.ok:
        raise typer.Exit(1)
