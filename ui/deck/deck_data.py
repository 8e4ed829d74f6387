"""What the deck is handed: the next papers, what can be undone, what the reader has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recommender.domain import Event, EventKind, Paper, Slate
from recommender.domain.history import EventLog
from ui import app_state, auth, paper_text
from ui.deck import SHOWS
from ui.deck.cards import LEARNS, card, standing
from ui.panels import weekly_progress
from ui.session import undoable

ENDPOINT = "/api/feedback"
REST = "That was all of them"
REST_OF_FILTER = "Nothing more within these filters"
_TITLED = 24  # actions whose papers are named, so that an undo can say what is back


@dataclass(frozen=True, slots=True)
class DeckState:
    """What a session last handed to its deck, and after which event.

    `asked` is what the queue was asked for: interest, filters, muted words.
    """

    asked: object
    last_event_id: int
    slate: Slate


def deck_data(
    dealt: DeckState,
    before: DeckState | None,
    log: EventLog,
    *,
    focus: str | None = None,
    filtered: bool = False,
) -> dict[str, Any]:
    """Return what the deck is handed for a slate, all but the serial number.

    Parameters
    ----------
    before
        What the session's deck holds now.
    focus
        A paper that the address asks for; shown first, whatever stands about it.
    filtered
        Whether filters leave something out.
    """
    slate = dealt.slate
    back = _returned(log)
    undo = undoable(log)
    extra = [x for x in (back, focus) if x]
    papers = app_state.store().catalogue.get_many(
        [x.paper_id for x in slate.items] + [e.paper_id for e in undo[-_TITLED:]] + extra
    )
    shown = [
        card(papers[x.paper_id], x, slate.slate_id) for x in slate.items if x.paper_id in papers
    ]
    if back in papers and all(x["paper_id"] != back for x in shown):
        shown.insert(0, card(papers[back]))
    was_shown = before.slate.items if before else ()
    return {
        "shows": SHOWS,
        "library": app_state.store().database.library_id,
        "reader": log.reader_id,
        "endpoint": ENDPOINT,
        "token": auth.post_token(log.reader_id),
        "cards": shown,
        "focus": _focus(papers.get(focus or ""), log, shown),
        "lists": [
            {"list_id": x.list_id, "name": paper_text.plain(x.name)}
            for x in app_state.store().reading_lists.list(log.reader_id)
        ],
        "undo": [_undo_entry(e, papers.get(e.paper_id)) for e in undo],
        "judged": [x.paper_id for x in was_shown if log.judged(x.paper_id)],
        "last_event_id": log.last_event_id,
        "note": "" if log.events else LEARNS,
        "progress": str(weekly_progress.progress(log)),
        "rest": rest(log, filtered=filtered),
    }


def _focus(
    paper: Paper | None, log: EventLog, shown: Sequence[dict[str, Any]]
) -> dict[str, Any] | None:
    if paper is None:
        return None
    held = next((x for x in shown if x["paper_id"] == paper.paper_id), None)
    return held or {**card(paper), "stands": standing(log.states.get(paper.paper_id))}


def rest(log: EventLog, *, filtered: bool = False) -> dict[str, Any]:
    """Say what to do when nothing is left to judge."""
    judged = sum(x.judged for x in log.states.values())
    papers = "1 paper" if judged == 1 else f"{judged} papers"
    if filtered:
        what_next = "Choose a wider time above, another source or venue under Filters, or show all."
        return {"title": REST_OF_FILTER, "text": f"You have judged {papers}. {what_next}"}
    return {
        "title": REST,
        "text": f"You have judged {papers} and nothing is left to suggest.",
        "links": [
            {"label": "Show saved papers", "to": "library?shelf=Saved"},
            {"label": "Import more papers", "to": "library?shelf=Import"},
            {"label": "Show opened papers", "to": "library?shelf=Opened"},
            {"label": "Show skipped papers", "to": "library?shelf=Skipped"},
        ],
    }


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
