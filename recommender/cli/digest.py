"""Commands on the digest: look at one, issue it, plan when and how it comes."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from recommender.cli.context import AsJson, DataDir, Library, ReaderName, open_library
from recommender.cli.output import note, plain, print_json
from recommender.digest.compose.compose import compose, preview
from recommender.digest.compose.manifest import Manifest
from recommender.digest.compose.window import WindowCache
from recommender.digest.delivery.file_channel import write_files
from recommender.digest.periods import week_of
from recommender.digest.render.render import render
from recommender.digest.subscription import (
    CHANNEL_NAMES,
    CHANNELS,
    WEEKDAYS,
    Subscription,
    reset_subscription,
    save_subscription,
    subscription_of,
)

OWN = "own"
"""What to write instead of a number for the reader's own minimum score."""

PREVIEW = (
    "This is a preview and nothing was stored; add --issue to issue the week "
    "(older versions issued it without)."
)

digests = typer.Typer(help="Show, issue, schedule and send digests.")


@digests.callback(invoke_without_command=True)
def digest(
    context: typer.Context,
    reader: ReaderName = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Show or issue the digest of every reader.")
    ] = False,
    issue: Annotated[
        bool,
        typer.Option("--issue", help="Issue it: store it, and count its papers as shown."),
    ] = False,
    week: Annotated[
        str | None,
        typer.Option(help="ISO week such as 2026-W47 (default: this week).", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write HTML, text and Markdown into.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show the week's digest as it would be now; nothing is stored without --issue.

    An issued week stays as it is: asked for again, it gives the same bytes. Without --out the
    text is printed. Digests with a schedule are issued by `paperloop digest due`, and by
    the app while it runs. Example: `paperloop digest --issue --out digests/`.
    """
    if context.invoked_subcommand is not None:
        return
    with open_library(data_dir) as library:
        library.recommender.ensure_model(library.now, note)
        who = library.store.readers.list() if everyone else [library.reader(reader)]
        windows = WindowCache(library.store)
        made = [_made(library, x.reader_id, week, windows, issue=issue) for x in who]
    manifests = [x for x, _ in made]
    issued = all(x for _, x in made)
    if not issued:
        note(PREVIEW)
    for manifest in manifests:
        if out is not None:
            for path in write_files(manifest, out):
                note(f"wrote {path}")
        elif not as_json:
            typer.echo(render(manifest, "text"))
    if as_json:
        print_json({"digests": [x.as_dict() for x in manifests], "issued": issued})


def _made(
    library: Library, reader_id: str, week: str | None, windows: WindowCache, *, issue: bool
) -> tuple[Manifest, bool]:
    """Return a reader's digest, and whether it is issued."""
    zone = subscription_of(library.store, reader_id, library.settings).zone
    week = week or week_of(library.now, zone)
    make = compose if issue else preview
    manifest = make(
        library.store,
        library.recommender,
        reader_id,
        week=week,
        now=library.now,
        settings=library.settings,
        windows=windows,
    )
    return manifest, issue or library.store.digests.get(reader_id, week) is not None


@digests.command("plan")
def plan(
    reader: ReaderName = None,
    every: Annotated[str | None, typer.Option(help="How often: week, day or off.")] = None,
    weekday: Annotated[
        str | None, typer.Option(help="Day of a weekly digest: Monday … Sunday, or 0 … 6.")
    ] = None,
    hour: Annotated[
        int | None, typer.Option(help="Hour from which it is sent, 0 to 23, in the zone.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone, such as Europe/Berlin.")] = None,
    size: Annotated[int | None, typer.Option(help="Maximum papers per issue.")] = None,
    bar: Annotated[
        str | None,
        typer.Option(help="Minimum score of a paper (0 is average), or `own`: from your likes."),
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(CHANNELS)}; may be repeated.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Mail address.")] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Use the defaults of the settings.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show or change a reader's digest schedule.

    Example: `paperloop digest plan --channel mail --address ada@example.org --hour 8`.
    """
    with open_library(data_dir) as library:
        reader_id = library.reader(reader).reader_id
        if reset:
            reset_subscription(library.store, reader_id)
        subscription = subscription_of(library.store, reader_id, library.settings)
        given: dict[str, Any] = {
            "every": every,
            "weekday": None if weekday is None else _weekday(weekday),
            "hour": hour,
            "zone": zone,
            "size": size,
            "bar": None if bar is None or bar == OWN else _score(bar),
            "channels": tuple(channel) if channel else None,
            "address": address,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        if bar == OWN:
            changes["bar"] = None
        if changes:
            subscription = replace(subscription, **changes)
            save_subscription(library.store, reader_id, subscription, library.now)
    if as_json:
        print_json({"reader": reader_id} | asdict(subscription))
    else:
        typer.echo(in_words(subscription))


def in_words(subscription: Subscription) -> str:
    """Return a plan as one line for a person."""
    if subscription.every == "off":
        return "No digest."
    when = f"{WEEKDAYS[subscription.weekday]}s" if subscription.every == "week" else "Daily"
    how = ", ".join(
        f"mail to {plain(subscription.address)}" if x == "mail" else CHANNEL_NAMES.get(x, x)
        for x in subscription.channels
    )
    bar = "your own bar" if subscription.bar is None else f"{subscription.bar:g}"
    what = f"at most {subscription.size} papers above {bar}"
    return f"{when} from {subscription.hour}:00 {plain(subscription.zone)}, {what}; by {how}."


def _weekday(text: str) -> int:
    names = [x.lower() for x in WEEKDAYS]
    return names.index(text.lower()) if text.lower() in names else _number(text)


def _score(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text[:20]!r} is no score; give a number or {OWN}") from None


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text[:20]!r} is no weekday") from None
