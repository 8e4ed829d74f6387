"""POST /api/feedback: what the deck sends while its reader is still pressing keys.

One request holds one or more actions, oldest first::

    {"token": "…", "events": [{"key": "…", "kind": "like", "paper_id": "…",
                               "interest_id": "…", "slate_id": "…", "undoes": 7}]}

With ``"queue"`` the answer of a request that is stored brings the queue that follows
from it, so that no page has to run again for it::

    {"token": "…", "events": […], "queue": {"interest_id": null, "days": 31, "source": null,
                                           "venue": null, "year": null, "holds": ["id", …]}}

``holds`` names the papers whose cards the deck has; these are not sent again. A list asks for
its ``rows`` instead, by their number, and how many of the first it ``explains``.

A save may name the reading list it is for (``list_id``, or ``list_name``, which
is made where there is none); an undo of it takes the paper off again.

The reader is the one the token was issued for. The answer names the keys that
are stored, each after its commit, and those that never will be, with the
reason; a key in neither is to be sent again: the disk was full, or the database
away or locked (503). The same key twice is one event.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from recommender.domain import Event, EventKind, Slate
from recommender.domain.history import EventLog
from recommender.errors import (
    InvalidValue,
    NameTaken,
    NothingToUndo,
    RecommenderError,
    TokenError,
    UnknownInterest,
    UnknownList,
    UnknownPaper,
    UnknownReader,
)
from ui import app_state, session
from ui.deck import EXPLAINS, HOLDS, SHOWS
from ui.deck.deck_data import queue_data
from ui.origin_check import is_own_origin, named_hosts
from ui.panels import save_to_list
from ui.panels.paper_list import next_rows
from ui.slates import Filter

MAX_BYTES = 64 * 1024
MAX_EVENTS = 100
BODY_SECONDS = 10.0
"""How long a request may take to arrive; a deck's is a few kilobytes."""
_MAX_NUMBER = 2**63 - 1
_MAX_CHARACTERS = 512
_UNDOABLE = 60
_MAX_DAYS = 36_600
_MAX_HELD = 1000
_MAX_YEAR = 9999
_MAX_ROWS = 200  # the most that the setting `slate_size` allows
_QUEUE_FIELDS = {
    "interest_id", "days", "source", "venue", "year", "holds", "rows", "explains"
}  # fmt: skip
_FIELDS = {"key", "kind", "paper_id", "interest_id", "slate_id", "undoes", *save_to_list.FIELDS}

# Only these say something about the action itself. Everything else is the library's
# fault and may pass, so the action is neither stored nor refused.
_NEVER = (
    InvalidValue,
    NameTaken,
    NothingToUndo,
    UnknownInterest,
    UnknownList,
    UnknownPaper,
    UnknownReader,
)


@dataclass(frozen=True, slots=True)
class RequestError(Exception):
    """A request that is not answered with 200; `why` is one sentence."""

    status: int
    why: str


async def post_feedback(request: Request) -> Response:
    """Store the actions of one request; a request that cannot be used gets one sentence."""
    try:
        if request.method != "POST":
            raise RequestError(405, "Feedback is posted; nothing can be read here.")
        _check_origin(request)
        body = await _body(request)
        return await run_in_threadpool(_store, body, request.cookies)
    except RequestError as refusal:
        return JSONResponse({"error": refusal.why}, refusal.status)
    except ClientDisconnect:
        return Response(status_code=400)  # it reaches no one


def _check_origin(request: Request) -> None:
    origins = request.headers.getlist("origin")
    named = named_hosts(app_state.settings())
    if not is_own_origin(origins, request.headers.get("host", ""), named):
        raise RequestError(403, "Feedback is taken from paperloop's own pages only.")


async def _body(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise RequestError(415, "Feedback is sent as application/json.")
    raw = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                raw += chunk
                if len(raw) > MAX_BYTES:
                    raise RequestError(413, f"A request may hold {MAX_BYTES // 1024} kB at most.")
    except TimeoutError:
        raise RequestError(408, "The request took too long to arrive.") from None
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise RequestError(400, "The request is not JSON.") from None
    if not isinstance(body, dict):
        raise RequestError(400, "The request is not a JSON object.")
    return body


def _store(body: dict[str, Any], cookies: Mapping[str, str]) -> JSONResponse:
    sign_in = app_state.sign_in()
    mark = sign_in.mark(cookies)
    try:
        if sign_in.required and not mark:
            raise TokenError("Your sign-in has ended; reload the page.")
        reader_id = app_state.tokens().reader_of(body.get("token"), mark)
    except TokenError as error:
        raise RequestError(401, str(error)) from None
    except RecommenderError as error:
        raise RequestError(503, str(error)) from None
    wanted = _queue_request(body.get("queue"))
    actions = _actions(body.get("events"), may_be_none=wanted is not None)
    stored: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    try:
        for action in actions:
            try:
                event = app_state.store().feedback.append(_event(action, reader_id))
                save_to_list.follow(event, action)
                stored.append({"key": action["key"], "event_id": event.event_id})
            except _NEVER as error:
                refused.append({"key": action["key"], "why": str(error)})
    except RecommenderError as error:
        return JSONResponse({"error": str(error), "stored": stored, "refused": refused}, 503)
    answer: dict[str, Any] = {"stored": stored, "refused": refused}
    if refused:
        answer["error"] = refused[0]["why"]
    if wanted is not None:
        with suppress(RecommenderError):  # the page says why; the answers are stored
            answer["queue"] = _next_queue(reader_id, wanted)
    return JSONResponse(answer, 422 if refused else 200)


@dataclass(frozen=True, slots=True)
class QueueRequest:
    """The queue that a deck or a list asks for, and the papers whose cards it has.

    `rows` is how many papers a list shows, None for a deck.
    """

    interest_id: str | None
    wanted: Filter
    holds: frozenset[str]
    rows: int | None = None
    explains: int = EXPLAINS


def _queue_request(given: object) -> QueueRequest | None:
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) - _QUEUE_FIELDS:
        raise RequestError(400, f"queue has the fields {', '.join(sorted(_QUEUE_FIELDS))}.")
    for name in ("interest_id", "source", "venue"):
        if given.get(name) is not None and not _is_text(given[name]):
            raise RequestError(400, f"{name} is a text of 1 to {_MAX_CHARACTERS} characters.")
    numbers = {"days": _MAX_DAYS, "year": _MAX_YEAR, "rows": _MAX_ROWS, "explains": _MAX_ROWS}
    for name, most in numbers.items():
        value = given.get(name)
        if value is not None and (type(value) is not int or not 0 < value <= most):
            raise RequestError(400, f"{name} is a number from 1 to {most}.")
    holds = given.get("holds", [])
    if not isinstance(holds, list) or len(holds) > _MAX_HELD:
        raise RequestError(400, f"holds is a list of {_MAX_HELD} papers at most.")
    if not all(_is_text(x) for x in holds):
        raise RequestError(400, f"A paper's id is a text of 1 to {_MAX_CHARACTERS} characters.")
    wanted = Filter(*(given.get(x) for x in ("days", "source", "venue", "year")))
    return QueueRequest(
        given.get("interest_id"),
        wanted,
        frozenset(holds),
        given.get("rows"),
        given.get("explains") or EXPLAINS,
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_CHARACTERS and _encodable(value)


def _next_queue(reader_id: str, asked: QueueRequest) -> dict[str, Any]:
    with app_state.store().database.snapshot():  # one transaction for all that is read
        log = app_state.store().event_logs.get(reader_id)
        chosen = app_state.slates().choose(
            log,
            asked.interest_id,
            asked.wanted,
            shows=asked.rows or SHOWS,
            holds=asked.rows or HOLDS,
            explained=asked.explains,
            now=app_state.now(),
        )
        queue = _queue(asked, chosen.slate, log)
    app_state.slates().record(chosen)
    if log.last_event_id % session.REFIT_EVERY == 0:
        session.refit_if_due()
    return queue


def _queue(asked: QueueRequest, slate: Slate, log: EventLog) -> dict[str, Any]:
    explained = asked.explains
    if asked.rows is not None:
        return next_rows(slate, log, asked.interest_id, holds=asked.holds, explained=explained)
    return queue_data(
        slate, log, asked.wanted, holds=asked.holds, explained=explained, undoable=_UNDOABLE
    )


def _actions(given: object, *, may_be_none: bool) -> Sequence[dict[str, Any]]:
    if not isinstance(given, list) or not (given or may_be_none):
        raise RequestError(400, "The request holds no events.")
    if len(given) > MAX_EVENTS:
        raise RequestError(400, f"A request may hold {MAX_EVENTS} events at most.")
    for action in given:
        _check_action(action)
    return given


def _check_action(action: object) -> None:
    if not isinstance(action, dict) or not {"key", "kind", "paper_id"} <= set(action):
        raise RequestError(400, "Every event has a key, a kind and a paper_id.")
    unknown = sorted(set(action) - _FIELDS)
    if unknown:
        raise RequestError(400, f"An event has no field {unknown[0][:40]!r}.")
    for name, value in action.items():
        if name == "undoes":
            if type(value) is not int or not 0 < value <= _MAX_NUMBER:
                raise RequestError(400, "undoes is the number of an event.")
        elif not isinstance(value, str) or not 0 < len(value) <= _MAX_CHARACTERS:
            raise RequestError(400, f"{name} is a text of 1 to {_MAX_CHARACTERS} characters.")
        elif not _encodable(value):
            raise RequestError(400, f"{name} holds half a character.")
    if action["kind"] not in set(EventKind):
        raise RequestError(400, f"kind is one of {', '.join(EventKind)}.")
    if action["kind"] != EventKind.save and any(x in action for x in save_to_list.FIELDS):
        raise RequestError(400, "Only a save names a reading list.")


def _encodable(text: str) -> bool:
    # JSON may name one half of a surrogate pair, which no database and no answer can hold.
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _event(action: dict[str, Any], reader_id: str) -> Event:
    return Event(
        client_key=action["key"],
        reader_id=reader_id,
        interest_id=action.get("interest_id") or app_state.first_interest(reader_id),
        paper_id=action["paper_id"],
        kind=EventKind(action["kind"]),
        created_at=app_state.now(),
        slate_id=action.get("slate_id"),
        undoes=action.get("undoes"),
    )
