"""What the deck is handed: cards as plain text, what can be undone, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recommender.domain import Event, EventKind, Paper, Recommendation, Slate
from ui import state, text
from ui.deck import SHOWS
from ui.session import Log, undoable

ENDPOINT = "/api/feedback"
LEARNS = (
    "Like or skip a few papers: each answer re-orders what comes next, at once. "
    "A like asks for more of the kind, a skip for a little less."
)
REST = "That was all of them"
_WORDS_NAMED = 2


def card(
    paper: Paper, item: Recommendation | None = None, slate_id: str | None = None
) -> dict[str, Any]:
    """Return one paper as the deck shows it; every value is text to be set as text."""
    found: dict[str, Any] = {
        "paper_id": paper.paper_id,
        "title": text.plain(paper.title),
        "authors": text.authors(paper),
        "meta": text.facts(paper),
        "abstract": text.plain(paper.abstract),
        "origin": text.origin(paper),
        "link": text.link(paper),
        "reasons": [text.plain(x.text) for x in item.reasons] if item else [],
    }
    if slate_id is not None:
        found["slate_id"] = slate_id
    if item is not None and item.interest_id is not None:
        found["interest_id"] = item.interest_id
    return found


@dataclass(frozen=True, slots=True)
class Dealt:
    """What a session last handed to its deck, and after which event."""

    interest_id: str | None
    last_event_id: int
    slate: Slate


def deck_data(dealt: Dealt, before: Dealt | None, log: Log) -> dict[str, Any]:
    """Return what the deck is handed for a slate, all but the serial number."""
    slate = dealt.slate
    back = _returned(log)
    undo = undoable(log)
    papers = state.store().catalogue.get_many(
        [x.paper_id for x in slate.items] + [e.paper_id for e in undo] + ([back] if back else [])
    )
    shown = [
        card(papers[x.paper_id], x, slate.slate_id) for x in slate.items if x.paper_id in papers
    ]
    if back in papers and all(x["paper_id"] != back for x in shown):
        shown.insert(0, card(papers[back]))
    was_shown = before.slate.items if before else ()
    return {
        "shows": SHOWS,
        "reader": log.reader_id,
        "endpoint": ENDPOINT,
        "token": state.tokens().issue(log.reader_id),
        "cards": shown,
        "undo": [_undo_entry(e, papers[e.paper_id]) for e in undo if e.paper_id in papers],
        "judged": [x.paper_id for x in was_shown if log.judged(x.paper_id)],
        "last_event_id": log.last_event_id,
        "note": change(before, dealt, log) if log.events else LEARNS,
        "rest": {"title": REST, "text": rest(log)},
    }


def rest(log: Log) -> str:
    """Say what to do when nothing is left to judge."""
    judged = sum(x.judged for x in log.states.values())
    papers = "1 paper" if judged == 1 else f"{judged} papers"
    return (
        f"You have judged {papers} and nothing is left to suggest. "
        "Import more in the Library, or look there at what you skipped."
    )


def _undo_entry(event: Event, paper: Paper) -> dict[str, Any]:
    return {
        "paper_id": event.paper_id,
        "title": text.plain(paper.title),
        "event_id": event.event_id,
        "interest_id": event.interest_id,
    }


def _returned(log: Log) -> str | None:
    """Return the paper that the newest event, an undo, has just brought back."""
    if not log.events or log.events[-1].kind is not EventKind.undo:
        return None
    paper_id = log.events[-1].paper_id
    return None if log.judged(paper_id) else paper_id


_DONE = {
    EventKind.like: "Liked",
    EventKind.save: "Saved",
    EventKind.skip: "Skipped",
    EventKind.dislike: "Not interested",
    EventKind.open: "Opened",
    EventKind.undo: "Undone",
}


def change(before: Dealt | None, dealt: Dealt, log: Log) -> str:
    """Say in one quiet line what the newest event did to the queue; may be empty."""
    if before is None or before.interest_id != dealt.interest_id:
        return ""
    if before.slate.reader_id != log.reader_id or before.last_event_id == dealt.last_event_id:
        return ""
    kind = log.events[-1].kind
    if kind is EventKind.undo:
        return "Undone. The queue is as it was before."
    old = [x.paper_id for x in before.slate.items[:SHOWS] if not log.judged(x.paper_id)]
    risen = _risen(old, dealt.slate.items[:SHOWS])
    if not risen:
        return f"{_DONE[kind]}. The queue keeps its order."
    words = _words(risen) if kind in (EventKind.like, EventKind.save) else ""
    subject = f"More on {words}; " if words else ""
    papers = "1 paper" if len(risen) == 1 else f"{len(risen)} papers"
    return f"{_DONE[kind]}. {subject}{papers} moved up."


def _risen(old: Sequence[str], items: Sequence[Recommendation]) -> list[Recommendation]:
    place = {paper_id: i for i, paper_id in enumerate(old)}
    return [
        x
        for i, x in enumerate(items)
        if place.get(x.paper_id, len(items)) > i and (x.paper_id in place or i < len(old))
    ]


def _words(items: Sequence[Recommendation]) -> str:
    counted = Counter(w for x in items for r in x.reasons for w in dict.fromkeys(r.words))
    return ", ".join(text.plain(w) for w, _ in counted.most_common(_WORDS_NAMED))
