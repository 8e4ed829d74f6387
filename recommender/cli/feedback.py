"""The command that records what a reader did with a paper."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from recommender.cli.context import (
    AsJson,
    DataDir,
    InterestName,
    PaperId,
    ReaderName,
    open_library,
)
from recommender.cli.output import as_event, print_folded, print_json
from recommender.domain import Event, EventKind

PAST = {
    EventKind.like: "Liked",
    EventKind.skip: "Skipped",
    EventKind.dislike: "Disliked",
    EventKind.save: "Saved",
    EventKind.open: "Opened",
    EventKind.undo: "Undid the last action on",
}


def feedback(
    kind: Annotated[EventKind, typer.Argument(help="What you did.", show_default=False)],
    paper_id: PaperId,
    reader: ReaderName = None,
    interest: InterestName = None,
    slate: Annotated[
        str | None, typer.Option(help="Id of the slate that showed the paper.", show_default=False)
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="Client key: the same key twice is one event.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Record a like, skip, dislike, save, open or undo; the next slate shows its effect.

    Examples: `paperloop feedback like arxiv:2401.01234`,
    `paperloop feedback undo arxiv:2401.01234`.
    """
    with open_library(data_dir) as library:
        who = library.reader(reader)
        event = library.store.feedback.append(
            Event(
                client_key=key or f"cli:{uuid.uuid4()}",
                reader_id=who.reader_id,
                interest_id=library.interest(who, interest, create=True).interest_id,
                paper_id=paper_id,
                kind=kind,
                created_at=library.now,
                slate_id=slate,
            )
        )
        title = library.store.catalogue.get(event.paper_id).title
    if as_json:
        print_json(as_event(event))
    else:
        print_folded(f"{PAST[event.kind]}: {title}", indent=0)
