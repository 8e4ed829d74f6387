"""The command that says what became of a paper in a digest."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from recommender.cli.context import AsJson, DataDir, PaperId, ReaderName, open_library
from recommender.cli.digest import digests
from recommender.cli.output import note, print_folded, print_json
from recommender.digest.compose.explain_exclusion import why as answer_of
from recommender.digest.periods import week_of
from recommender.digest.subscription import subscription_of


@digests.command("why")
def why(
    paper_id: PaperId,
    week: Annotated[
        str | None,
        typer.Option(
            help="ISO week or day of the digest (default: this week).", show_default=False
        ),
    ] = None,
    reader: ReaderName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Explain why a paper is in a digest or not.

    Example: `paperloop digest why arxiv:2401.01234 --week 2026-W47`.
    """
    with open_library(data_dir) as library:
        library.recommender.ensure_model(library.now, note)
        reader_id = library.reader(reader).reader_id
        zone = subscription_of(library.store, reader_id, library.settings).zone
        report = answer_of(
            library.store,
            library.recommender,
            reader_id,
            paper_id,
            week=week or week_of(library.now, zone),
            now=library.now,
            settings=library.settings,
        )
    if as_json:
        print_json(asdict(report))
        return
    print_folded(f"{report.title}  ({report.paper_id}, digest of {report.week})", indent=0)
    for sentence in report.sentences:
        print_folded(sentence, indent=0)
