"""Papers with their actions, the same on every page.

The rows are a component (`ui.rows`): it shows plain text only and posts answers itself.
What it tells besides is checked and done here.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from recommender.domain import EventKind, Paper, Recommendation, Slate
from recommender.domain.history import EventLog
from recommender.errors import UnknownList
from recommender.escaping import link_of
from recommender.store import STATUSES, Annotation, ReadingList
from recommender.store.catalogue import highlight
from ui import app_state, auth, components, paper_text, session
from ui.deck import cards
from ui.deck.deck_data import ENDPOINT
from ui.panels import bulk_actions
from ui.rows import rows

_VERDICTS = (EventKind.like, EventKind.skip, EventKind.dislike)
_MAX_NAME, _MAX_NOTE, _MAX_PICKED = 120, 10_000, 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where papers are shown; `name` keeps two places on one page apart.

    Parameters
    ----------
    slate
        The slate that the papers came in, as far as they did.
    dense
        One line a paper; else each in full.
    whole
        Abstracts are unfolded.
    alone
        One paper on a page of its own, which has the title as its heading.
    triage
        The papers are gone through from the top: what stands above can be skipped at once,
        and keeps its place while what follows is ranked again.
    asked
        What the papers were asked for; another one shows other papers, from the top.
    queue
        What the rows ask the route for, so that it ranks what follows an answer; None: the page
        runs again.
    one
        The reading list shown, if one is; `ordered` if its papers can be moved.
    picked
        The papers picked, where papers can be, and `pick`, which picks some or lets them go.
    hits
        Takes a text and the name of its field, and returns where it holds what was looked
        for; None where nothing was.
    """

    name: str
    slate: Slate | None = None
    dense: bool = False
    whole: bool = False
    alone: bool = False
    triage: bool = False
    asked: str = ""
    queue: Mapping[str, Any] | None = None
    one: ReadingList | None = None
    ordered: bool = False
    picked: Sequence[str] | None = None
    pick: Callable[[Sequence[str], bool], None] | None = None
    hits: Callable[[str, str], Sequence[tuple[int, int]]] | None = None


def show_papers(
    ids: Sequence[str], place: Place, items: Mapping[str, Recommendation] | None = None
) -> None:
    """Show papers in this order, each with its actions; the same on every page.

    `items` holds the reasons and the interest of those that were recommended.
    """
    log = session.log()
    data = rows_data(ids, place, items or {}, log)
    key = f"rows-{place.name}-{log.reader_id}"
    serial = st.session_state[f"{key}-serial"] = st.session_state.get(f"{key}-serial", 0) + 1
    rows(data | {"serial": serial}, key=key, on_told=partial(_told, place))


def rows_data(
    ids: Sequence[str], place: Place, items: Mapping[str, Recommendation], log: EventLog
) -> dict[str, Any]:
    """Return what the rows are handed, all but the serial number; every text is plain text."""
    store = app_state.store()
    annotations = store.annotations.all(log.reader_id)
    others = cards.fellows(log.reader_id, ids)
    slated = {x.paper_id for x in place.slate.items} if place.slate else set()
    return {
        "name": place.name,
        "dense": place.dense,
        "whole": place.whole,
        "alone": place.alone,
        "triage": place.triage,
        "asked": place.asked,
        "queue": dict(place.queue) if place.queue else None,
        "ordered": place.ordered,
        "list": place.one.list_id if place.one else None,
        "picks": None if place.picked is None else list(place.picked),
        "library": store.database.library_id,
        "reader": log.reader_id,
        "endpoint": ENDPOINT,
        "token": auth.post_token(log.reader_id),
        "last_event_id": log.last_event_id,
        "lists": [
            {"list_id": x.list_id, "name": paper_text.plain(x.name)}
            for x in store.reading_lists.list(log.reader_id)
        ],
        "tags": [paper_text.plain(x) for x in store.annotations.tags(log.reader_id)],
        "rows": [
            _row(
                paper,
                items.get(paper.paper_id),
                log,
                session.interest_of(log, paper.paper_id),
                place.slate.slate_id if place.slate and paper.paper_id in slated else None,
            )
            | {"fellows": others.get(paper.paper_id, "")}
            | _found(paper, place)
            | _own_words(paper, annotations.get(paper.paper_id, Annotation()), place.one)
            for paper in components.papers(ids)
        ],
    }


def next_rows(
    slate: Slate, log: EventLog, interest_id: str | None, *, holds: Container[str], explained: int
) -> dict[str, Any]:
    """Return what changes in the rows of a slate with an answer of their reader.

    Parameters
    ----------
    interest_id
        The interest chosen, None for all of them.
    holds
        Papers whose rows are there; of these only what changes is returned.
    explained
        How many of the first papers have reasons; the rows keep those they have of others.
    """
    store = app_state.store()
    fresh = [x.paper_id for x in slate.items if x.paper_id not in holds]
    papers = store.paper_cache.get_many(fresh)
    annotations = store.annotations.all(log.reader_id) if fresh else {}
    others = cards.fellows(log.reader_id, [x.paper_id for x in slate.items])
    found = []
    for place, item in enumerate(slate.items):
        paper_id = item.paper_id
        if paper_id in holds:
            row = cards.standing_in_slate(item, slate.slate_id) | _answers(log, paper_id)
        elif paper_id in papers:
            chosen = session.interest_for(log, paper_id, interest_id)
            row = _row(papers[paper_id], item, log, chosen, slate.slate_id) | _own_words(
                papers[paper_id], annotations.get(paper_id, Annotation()), None
            )
        else:
            continue
        if place >= explained:
            del row["reasons"]
        found.append(row | {"paper_id": paper_id, "fellows": others.get(paper_id, "")})
    return {"rows": found, "last_event_id": log.last_event_id}


def _row(
    paper: Paper,
    item: Recommendation | None,
    log: EventLog,
    interest_id: str,
    slate_id: str | None = None,
) -> dict[str, Any]:
    return (
        {"interest_id": interest_id}
        | cards.card(paper, item, slate_id)
        | {"brief": paper_text.brief(paper)}
        | _answers(log, paper.paper_id)
    )


def _answers(log: EventLog, paper_id: str) -> dict[str, Any]:
    """Return what the reader has answered, and the event that an undo takes back."""
    held, newest = log.states.get(paper_id), log.newest(paper_id, [*_VERDICTS, EventKind.save])
    return {
        "verdict": held.verdict.value if held and held.verdict else None,
        "saved": bool(held and held.saved),
        "undoes": newest.event_id if newest else None,
    }


def _found(paper: Paper, place: Place) -> dict[str, Any]:
    """Return what a search found in a paper: pieces of text, each with the places of its hits."""
    if place.hits is None:
        return {}
    title, names = paper_text.plain(paper.title), paper_text.folded(paper_text.authors(paper))
    abstract = paper_text.plain(paper.abstract)
    piece = highlight.excerpt(abstract, place.hits(abstract, "abstract"))
    return {
        "found": {
            "title": [title, place.hits(title, "title")],
            "authors": [names, place.hits(names, "author")],
            "abstract": piece if piece[1] else ["", []],
            "address": link_of(paper),
        }
    }


def _own_words(paper: Paper, annotation: Annotation, one: ReadingList | None) -> dict[str, Any]:
    own = paper_text.plain(annotation.note)
    of_list = {"note": one.notes.get(paper.paper_id, ""), "own_note": own} if one else {}
    return {
        "note": annotation.note,
        **of_list,
        "reading": annotation.status,
        "tags": [paper_text.plain(x) for x in annotation.tags],
    }


# -- what the rows tell ---------------------------------------------------------


def _told(place: Place, told: Mapping[str, Any]) -> None:
    """Do what a reader asked for in a row; a value that no row sends is left alone."""
    what, paper_id = told.get("what"), told.get("paper_id")
    if what == "pick":
        _pick(place, told)
    elif isinstance(paper_id, str) and isinstance(what, str) and what in _DOES:
        with session.keep_problem():
            _DOES[what](place, paper_id, told)


def _pick(place: Place, told: Mapping[str, Any]) -> None:
    ids = told.get("paper_ids")
    if place.pick is not None and isinstance(ids, list) and len(ids) <= _MAX_PICKED:
        place.pick([x for x in ids if isinstance(x, str)], told.get("on") is True)


def _text(told: Mapping[str, Any], name: str, most: int) -> str:
    value = told.get(name)
    return value[:most] if isinstance(value, str) else ""


def _add_to_list(_: Place, paper_id: str, told: Mapping[str, Any]) -> None:
    name = _text(told, "name", _MAX_NAME).strip()
    if not name:
        return
    lists, reader_id = app_state.store().reading_lists, session.reader().reader_id
    try:
        chosen = lists.get(reader_id, name)
    except UnknownList:
        chosen = lists.create(reader_id, name, app_state.now())
    bulk_actions.add_to_list(chosen.list_id, [paper_id])
    st.toast(f"On the list {paper_text.native(chosen.name)}.")


def _tag(_: Place, paper_id: str, told: Mapping[str, Any]) -> None:
    name = _text(told, "name", _MAX_NAME).strip()
    if name:
        bulk_actions.change_tag(name, [paper_id])


def _set_status(_: Place, paper_id: str, told: Mapping[str, Any]) -> None:
    if told.get("status") in (*STATUSES, ""):
        bulk_actions.set_status(told["status"], [paper_id])


def _take_off(place: Place, paper_id: str, _: Mapping[str, Any]) -> None:
    if place.one is not None:
        bulk_actions.take_off_list(place.one.list_id, [paper_id])


def _move(place: Place, paper_id: str, told: Mapping[str, Any]) -> None:
    if place.one is not None and place.ordered and type(told.get("by")) is int:
        own = bulk_actions.own_list(place.one.list_id)
        by = max(-len(own.paper_ids), min(told["by"], len(own.paper_ids)))
        app_state.store().reading_lists.shift(own.list_id, paper_id, by)


def _note(place: Place, paper_id: str, told: Mapping[str, Any]) -> None:
    text = _text(told, "text", _MAX_NOTE)
    if place.one is None:
        bulk_actions.set_note(paper_id, text)
    else:
        own = bulk_actions.own_list(place.one.list_id)
        app_state.store().reading_lists.note(own.list_id, paper_id, text)


_DOES: Mapping[str, Callable[[Place, str, Mapping[str, Any]], None]] = {
    "list": _add_to_list,
    "tag": _tag,
    "status": _set_status,
    "remove": _take_off,
    "move": _move,
    "note": _note,
}
