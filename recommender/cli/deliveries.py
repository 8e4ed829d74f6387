"""Commands that send digests and list deliveries; feed addresses."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from recommender.cli.context import AsJson, DataDir, Library, ReaderName, open_library
from recommender.cli.digest import digests
from recommender.cli.output import note, plain, print_json
from recommender.digest.alerts import alerts, headline
from recommender.digest.delivery.alert_notifications import tell_alarms
from recommender.digest.delivery.dispatch import dispatch
from recommender.digest.delivery.notify import notify as send_notification
from recommender.digest.scheduler_status import note_command
from recommender.errors import ConfigError
from recommender.store import Delivery
from recommender.store.scheduler_runs import DIGEST

feeds = typer.Typer(no_args_is_help=True, help="Secret feed addresses for feed readers.")
Number = Annotated[int, typer.Argument(help="The number that `ls` or `log` shows.")]


@digests.command("due")
def due(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Send every digest that is due; safe to run as often as you like.

    Exit code 1 while an issue failed, is late, or is unclear. For cron:
    `*/10 * * * * paperloop digest due`.
    """
    with open_library(data_dir) as library:
        note_command(library.store, DIGEST, library.now)
        if library.store.readers.list() and library.store.catalogue.count():
            library.recommender.ensure_model(library.now, note)
        done = dispatch(library.store, library.recommender, library.settings, _clock)
        needed = alerts(library.store, library.settings, _clock())
        not_told = tell_alarms(library.store, library.settings, needed)
    if as_json:
        print_json(asdict(done) | {"alarms": [asdict(x) for x in needed]})
    else:
        for state, lines in asdict(done).items():
            for line in lines:
                typer.echo(f"{state}: {plain(line)}")
    for alert in needed:
        note(plain(alert.text))
    if not_told:
        note(plain(not_told))
    if done.failed or needed or not_told:
        note(headline(needed) or f"Digests: {len(done.failed)} failed.")
        raise typer.Exit(1)


@digests.command("notify")
def notify(
    test: Annotated[
        bool, typer.Option("--test", help="Send a notification now, to see that it arrives.")
    ] = False,
    alarms: Annotated[
        bool, typer.Option("--alarms", help="The address for alarms, not the reader's.")
    ] = False,
    reader: ReaderName = None,
    data_dir: DataDir = None,
) -> None:
    """Say where notifications go, and try it with `--test`.

    An address is set in `notify_urls` or `alarm_url`; it is never given on the command line.
    Example: `paperloop digest notify --test`.
    """
    with open_library(data_dir) as library:
        settings = library.settings
        who = library.reader(reader).reader_id
        url = settings.alarm_url if alarms else settings.notify_urls.get(who)
    name = "alarm_url" if alarms else f"notify_urls, {who}"
    if url is None:
        raise ConfigError(f"No address is set for these notifications (setting {name}).")
    kind = url.get_secret_value().partition("://")[0][:20]
    if not test:
        typer.echo(f"Notifications go by {plain(kind)} (setting {name}).")
        return
    text = "This is a test: notifications of digests arrive here."
    outcome = send_notification(url.get_secret_value(), "paperloop", text, lambda: True)
    typer.echo(f"{outcome.state}: {outcome.result}")
    if outcome.state != "sent":
        raise typer.Exit(1)


@digests.command("log")
def log(
    reader: ReaderName = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of lines.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List deliveries: to whom, when, how and with which result, newest first."""
    with open_library(data_dir) as library:
        reader_id = None if reader is None else library.reader(reader).reader_id
        deliveries = library.store.deliveries.list(reader_id, limit=limit)
    if as_json:
        print_json({"deliveries": [asdict(x) for x in deliveries]})
        return
    for x in deliveries:
        typer.echo(_in_words(x))
    if not deliveries:
        note("Nothing was sent yet.")


@digests.command("resolve")
def resolve(
    number: Number,
    arrived: Annotated[
        bool, typer.Option("--arrived/--lost", help="What became of it.", show_default=False)
    ],
    data_dir: DataDir = None,
) -> None:
    """Mark an unclear mail as arrived, or as lost so that it is sent again."""
    with open_library(data_dir) as library:
        library.store.deliveries.resolve(number, arrived=arrived, now=library.now)
    typer.echo("Noted." if arrived else "Noted; the next `paperloop digest due` sends it again.")


@feeds.command("ls")
def ls(reader: ReaderName = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List a reader's feeds; an address is shown only when it is created."""
    with open_library(data_dir) as library:
        tokens = library.store.feed_tokens.list(library.reader(reader).reader_id)
    if as_json:
        print_json({"feeds": [asdict(x) for x in tokens]})
        return
    for x in tokens:
        of = "digests" if x.list_id is None else f"list {plain(x.list_id)}"
        typer.echo(f"{x.number}  {of}, made {x.created_at:%Y-%m-%d}")
    if not tokens:
        note("No feed yet. Make one with `paperloop feed new`.")


@feeds.command("new")
def new(
    list_name: Annotated[
        str | None, typer.Option("--list", "-l", help="Of a reading list.", show_default=False)
    ] = None,
    reader: ReaderName = None,
    data_dir: DataDir = None,
) -> None:
    """Create a feed address for the digests or a list; anyone who has it can read the feed."""
    with open_library(data_dir) as library:
        reader_id = library.reader(reader).reader_id
        list_id = None if list_name is None else _list_id(library, reader_id, list_name)
        token = library.store.feed_tokens.new(reader_id, list_id, library.now)
    base = library.settings.base_url.rstrip("/") or "http://localhost:8501"
    typer.echo(f"{base}/feed/{token}.atom")
    note("The address is shown only once. If it leaks, revoke it with `paperloop feed revoke`.")


@feeds.command("revoke")
def revoke(number: Number, reader: ReaderName = None, data_dir: DataDir = None) -> None:
    """Revoke a feed address for good."""
    with open_library(data_dir) as library:
        reader_id = library.reader(reader).reader_id
        if not library.store.feed_tokens.revoke(reader_id, number):
            raise typer.BadParameter(f"there is no feed {number}; `paperloop feed ls` lists them")
    typer.echo("Revoked.")


def _list_id(library: Library, reader_id: str, name: str) -> str:
    return library.store.reading_lists.get(reader_id, name).list_id


def _in_words(x: Delivery) -> str:
    who = plain(x.reader_id or "(forgotten)")
    line = f"{x.number}  {x.changed_at:%Y-%m-%d %H:%M}  {x.issue}  {who}  {x.channel}: {x.state}"
    return f"{line} ({plain(x.result)})" if x.result else line


def _clock() -> datetime:
    return datetime.now(UTC)
