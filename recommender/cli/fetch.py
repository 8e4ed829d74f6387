"""The command that fetches papers from network sources."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from enum import StrEnum
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
from recommender.cli.output import note, plain, print_json, progress
from recommender.cli.papers import Role
from recommender.digest.scheduler_status import note_command
from recommender.errors import StoreError
from recommender.ingest import FetchReport, due, note_failed, query_of
from recommender.ingest.subprocess_fetch import fetch_all_in_child
from recommender.sources.registry import SOURCES
from recommender.store.scheduler_runs import FETCH


class Order(StrEnum):
    """Which records of a search come first."""

    newest = "newest"
    relevance = "relevance"


def fetch(
    sources: Annotated[
        str,
        typer.Argument(
            metavar="[SOURCE]",
            help=f"One of {', '.join(SOURCES)}; or several, separated by commas.",
            show_default=False,
        ),
    ] = "",
    query: Annotated[
        str,
        typer.Argument(
            help="Words to search for; a day, week or month (hf-daily); categories "
            "(arxiv-rss, oai); an address (feed, opml).",
            show_default=False,
        ),
    ] = "",
    ids: Annotated[
        list[str] | None, typer.Option("--id", help="A DOI, an arXiv id, or its address; repeat.")
    ] = None,
    categories: Annotated[
        list[str] | None, typer.Option("--category", help="Such as cs.IR; repeat for more.")
    ] = None,
    authors: Annotated[
        list[str] | None, typer.Option("--author", help="A name; repeat for alternatives.")
    ] = None,
    url: Annotated[
        str, typer.Option(help="Address of a feed, a list of feeds or a repository.")
    ] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of publication.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of publication.")
    ] = None,
    sort: Annotated[Order, typer.Option(help="Order of the results.")] = Order.newest,
    limit: Annotated[int, typer.Option(min=0, help="Maximum records per run; 0 for all.")] = 100,
    due_ones: Annotated[
        bool, typer.Option("--due", help="Fetch every saved query that is due.")
    ] = False,
    role: Annotated[
        Role,
        typer.Option("--as", help="How to treat the papers: only add, or also like or save them."),
    ] = Role.catalogue,
    reader: ReaderName = None,
    interest: InterestName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Fetch papers from sources on the network; fetching the same again changes nothing.

    An interrupted run continues when the same is fetched again. No source
    needs a key. Rate limits of each source are respected.

    Examples: `paperloop fetch arxiv "class imbalance" --category cs.LG`,
    `paperloop fetch hf-daily 2026-W21`, `paperloop fetch crossref --id 10.1000/182`,
    `paperloop fetch feed https://example.org/rss`, `paperloop fetch opml feeds.opml`,
    `paperloop fetch openalex,crossref "class imbalance" --since 2026-01-01`.

    Exit code 1 when a source failed or any entry was rejected; valid entries are
    stored, and one failing source does not stop the others.
    """
    asked = {
        "ids": tuple(ids or ()),
        "categories": tuple(categories or ()),
        "authors": tuple(authors or ()),
        "url": url,
        "since": since.date() if since else None,
        "until": until.date() if until else None,
        "sort": sort.value,
        "limit": limit or None,
    }
    names = [x.strip() for x in sources.split(",") if x.strip()]
    if bool(names) is due_ones:
        raise typer.BadParameter("name at least one source, or use --due", param_hint="SOURCE")
    queries = [query_of(name, query, **asked) for name in dict.fromkeys(names)]
    with open_library(data_dir) as library, progress("fetching") as tell:
        if due_ones:
            note_command(library.store, FETCH, library.now)
            queries = list(due(library.store, library.now))
        reader_id, interest_id = _judging(library, role, reader, interest)
        reports = fetch_all_in_child(
            library.settings,
            queries,
            now=library.now,
            role=role.value,
            reader_id=reader_id,
            interest_id=interest_id,
            progress=tell,
        )
        for asked_for, report in zip(queries, reports, strict=True):
            if report.error:
                with suppress(StoreError):
                    note_failed(library.store, asked_for.key(), library.now, report.error)
    if as_json:
        print_json({"sources": [as_source(x) for x in reports]})
    elif due_ones and not reports:
        note("Nothing is due.")
    for report in reports:
        _print_report(report, as_json)
    if not all(x.ok for x in reports):
        raise typer.Exit(1)


def _judging(
    library: Library, role: Role, reader: str | None, interest: str | None
) -> tuple[str | None, str | None]:
    """Return reader and interest whose likes or saves the papers become; made if they are new."""
    if role == "catalogue":
        return None, None
    who = library.reader(reader)
    return who.reader_id, library.interest(who, interest, create=True).interest_id


def as_source(report: FetchReport) -> dict[str, Any]:
    """Return what became of one query in its JSON form."""
    return {
        "source": report.source,
        "query": report.query,
        "read": report.read,
        "new": report.new,
        "merged": report.merged,
        "refused": [{"line": x.line, "why": x.why} for x in report.refused],
        "total": report.total,
        "withdrawn": list(report.withdrawn),
        "unchanged": report.unchanged,
        "unfinished": report.unfinished,
        "error": report.error,
        "retry_at": report.retry_at and report.retry_at.isoformat(),
        "judged": report.judged,
    }


def _print_report(report: FetchReport, as_json: bool) -> None:
    if not as_json:
        asked = f" ({plain(report.query)})" if report.query else ""
        typer.echo(
            f"{report.source}{asked}: {report.read} read, {report.new} new, "
            f"{report.merged} merged, {len(report.refused)} refused"
        )
        if report.judged:
            note(f"  note: newly liked or saved: {report.judged}.")
        if report.unchanged:
            note("  note: nothing has changed since the last fetch.")
        if report.unfinished and not report.error:
            note("  note: there is more; run the same fetch again to continue.")
        for refusal in report.refused:
            note(f"  line {refusal.line}: {plain(refusal.why)}")
    if report.error:
        note(f"paperloop: {plain(report.error)}")
