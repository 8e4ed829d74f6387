"""What the deck is handed: the next papers, what can be undone, what the reader has seen."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from recommender.domain import Event, EventKind, Paper, Slate
from recommender.domain.history import EventLog
from ui import app_state, auth, components, paper_text, session
from ui.deck import HOLDS, SHOWS
from ui.deck.cards import LEARNS, card, fellows, standing, standing_in_slate
from ui.panels import weekly_progress
from ui.slates import Filter

ENDPOINT = "./api/feedback"
REST = "That was all of them"
REST_OF_FILTER = "Nothing more within these filters"
UNDOABLE = 400
"""How many of the newest answers the deck can undo when it is first shown."""
_TITLED = 24  # actions whose papers are named, so that an undo can say what is back


def deck_data(
    slate: Slate,
    log: EventLog,
    interest_id: str | None,
    wanted: Filter,
    *,
    focus: str | None = None,
) -> dict[str, Any]:
    """Return what a page hands to the deck, all but the serial number.

    Parameters
    ----------
    interest_id, wanted
        What the slate was asked for; the deck asks for the next one with it.
    focus
        A paper that the address asks for; shown first, whatever stands about it.
    """
    next_queue = queue_data(slate, log, wanted)
    paper = app_state.store().catalogue.get_many([focus]).get(focus) if focus else None
    return next_queue | {
        "shows": SHOWS,
        "library": app_state.store().database.library_id,
        "reader": log.reader_id,
        "endpoint": ENDPOINT,
        "token": auth.post_token(log.reader_id),
        "asks": {"interest_id": interest_id, **asdict(wanted)},
        "focus": _focus(paper, log, next_queue["cards"]),
        "lists": [
            {"list_id": x.list_id, "name": paper_text.plain(x.name)}
            for x in app_state.store().reading_lists.list(log.reader_id)
        ],
    }


def queue_data(
    slate: Slate,
    log: EventLog,
    wanted: Filter,
    *,
    holds: Container[str] = (),
    explained: int = HOLDS,
    undoable: int = UNDOABLE,
) -> dict[str, Any]:
    """Return what changes in the deck with every answer of its reader.

    Parameters
    ----------
    holds
        Papers whose cards the deck has; of these only what the slate says is returned.
    explained
        How many of the first papers have reasons; the deck keeps those it has of others.
    undoable
        How many of the newest answers are returned that can be undone.
    """
    with app_state.store().database.snapshot():  # one transaction for all that is read
        back = _returned(log)
        undo = session.undoable(log, undoable)
        fresh = [x.paper_id for x in slate.items if x.paper_id not in holds]
        named = [e.paper_id for e in undo[-_TITLED:] if e.paper_id not in holds]
        papers = app_state.store().paper_cache.get_many([*fresh, *named, *([back] if back else ())])
        cards = []
        for place, item in enumerate(slate.items):
            paper = papers.get(item.paper_id)
            if item.paper_id in holds:
                says = {"paper_id": item.paper_id} | standing_in_slate(item, slate.slate_id)
            elif paper is not None:
                says = card(paper, item, slate.slate_id)
            else:
                continue
            if place >= explained:
                del says["reasons"], says["words"]
            cards.append(says)
        if back in papers and all(x["paper_id"] != back for x in cards):
            cards.insert(0, card(papers[back]))
        others = fellows(log.reader_id, [x["paper_id"] for x in cards])
        for says in cards:
            says["fellows"] = others.get(says["paper_id"], "")
        return {
            "cards": cards,
            "undo": [_undo_entry(e, papers.get(e.paper_id)) for e in undo],
            "last_event_id": log.last_event_id,
            "note": "" if log.events else LEARNS,
            "progress": str(weekly_progress.progress(log)),
            "rest": _rest_data(rest(log, wanted)),
        }


def _focus(
    paper: Paper | None, log: EventLog, shown: Sequence[dict[str, Any]]
) -> dict[str, Any] | None:
    if paper is None:
        return None
    held = next((x for x in shown if x["paper_id"] == paper.paper_id), None)
    others = fellows(log.reader_id, [paper.paper_id]).get(paper.paper_id, "")
    stands = standing(log.states.get(paper.paper_id))
    return held or {**card(paper), "fellows": others, "stands": stands}


@dataclass(frozen=True, slots=True)
class Rest:
    """What is said where no paper is left to judge, and where to go on."""

    title: str
    text: str
    links: tuple[components.PageLink, ...] = ()


_GO_ON = (
    components.PageLink("Import more papers", "library", {components.SHELF_KEY: "Import"}),
    components.FETCH,
    *(
        components.PageLink(f"Show {x.lower()} papers", "library", {components.SHELF_KEY: x})
        for x in ("Saved", "Opened", "Skipped")
    ),
)


def rest(log: EventLog, wanted: Filter) -> Rest:
    """Return what to do when nothing is left to judge."""
    judged = components.count(sum(x.judged for x in log.states.values()), "paper")
    if wanted.set:
        what_next = "Choose a wider time above, another source or venue under Filters, or show all."
        return Rest(REST_OF_FILTER, f"You have judged {judged}. {what_next}")
    return Rest(REST, f"You have judged {judged} and nothing is left to suggest.", _GO_ON)


def _rest_data(one: Rest) -> dict[str, Any]:
    links = [{"label": x.label, "to": x.address} for x in one.links]
    return {"title": one.title, "text": one.text, "links": links}


def _undo_entry(event: Event, paper: Paper | None) -> dict[str, Any]:
    return {
        "paper_id": event.paper_id,
        "title": paper_text.plain(paper.title) if paper else "",
        "event_id": event.event_id,
        "interest_id": event.interest_id,
    }


def _returned(log: EventLog) -> str | None:
    """Return the paper that the newest event, an undo, has just brought back."""
    if not log.events or log.events[-1].kind is not EventKind.undo:
        return None
    paper_id = log.events[-1].paper_id
    return None if log.judged(paper_id) else paper_id
