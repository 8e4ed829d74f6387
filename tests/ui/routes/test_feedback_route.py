"""POST /api/feedback: who may post what, and what is stored of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from libraries import Library
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive

from recommender.config import Settings
from recommender.domain import Event, EventKind
from recommender.errors import SchemaMismatch, StoreBusy, StoreError, StoreUnavailable
from ui import app_state, post_tokens
from ui.deck import EXPLAINS, SHOWS
from ui.routes import feedback

BASE = "http://127.0.0.1"


@pytest.fixture
def client(template_client: TestClient, library: Library) -> TestClient:
    return template_client


@pytest.fixture
def token(library: Library) -> str:
    return app_state.tokens().issue("me")


def paper_ids() -> list[str]:
    return app_state.store().catalogue.ids()


def like(key: str, paper_id: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": "like", "paper_id": paper_id, **more}


def send(client: TestClient, token: object, *events: Any, **more: Any) -> Any:
    return client.post("/api/feedback", json={"token": token, "events": list(events)}, **more)


def kinds(reader_id: str = "me") -> list[EventKind]:
    return [e.kind for e in app_state.store().feedback.events(reader_id)]


def test_an_action_is_stored_before_it_is_acknowledged(client: TestClient, token: str) -> None:
    paper_id = paper_ids()[0]
    answer = send(client, token, like("a", paper_id))
    (event,) = app_state.store().feedback.events("me")
    assert answer.status_code == 200
    assert answer.json() == {"stored": [{"key": "a", "event_id": event.event_id}], "refused": []}
    assert (event.paper_id, event.kind, event.interest_id) == (
        paper_id,
        EventKind.like,
        "me/general",
    )


def test_the_same_action_again_is_one_event(client: TestClient, token: str) -> None:
    first = send(client, token, like("a", paper_ids()[0]))
    second = send(client, token, like("a", paper_ids()[0]))
    assert first.json() == second.json()
    assert kinds() == [EventKind.like]


def test_requests_that_overtake_each_other_end_in_the_order_pressed(
    client: TestClient, token: str
) -> None:
    pressed = like("a", paper_ids()[0])
    undone = {"key": "b", "kind": "undo", "paper_id": paper_ids()[0]}
    send(client, token, pressed, undone)
    send(client, token, pressed)
    assert kinds() == [EventKind.like, EventKind.undo]


def test_the_reader_is_the_one_of_the_token(client: TestClient, token: str) -> None:
    app_state.store().readers.add("Somebody", app_state.now())
    reader_id = app_state.store().readers.get("Somebody").reader_id
    send(client, app_state.tokens().issue(reader_id), like("a", paper_ids()[0]))
    assert kinds("me") == []
    assert kinds(reader_id) == [EventKind.like]


def test_nobody_can_undo_for_another_reader(client: TestClient, token: str) -> None:
    other = app_state.store().readers.add("Somebody", app_state.now())
    interest_id = app_state.first_interest(other.reader_id)
    event = app_state.store().feedback.append(
        Event("x", other.reader_id, interest_id, paper_ids()[0], EventKind.like, app_state.now())
    )
    undo = {"key": "b", "kind": "undo", "paper_id": paper_ids()[0], "undoes": event.event_id}
    assert send(client, token, undo).status_code == 422
    assert kinds(other.reader_id) == [EventKind.like]


def test_one_action_that_cannot_be_stored_does_not_hold_up_the_others(
    client: TestClient, token: str
) -> None:
    answer = send(client, token, like("a", "title:nowhere"), like("b", paper_ids()[0]))
    assert answer.status_code == 422
    assert [x["key"] for x in answer.json()["refused"]] == ["a"]
    assert [x["key"] for x in answer.json()["stored"]] == ["b"]
    assert kinds() == [EventKind.like]


def test_an_interest_of_another_reader_is_refused(client: TestClient, token: str) -> None:
    other = app_state.store().readers.add("Somebody", app_state.now())
    interest_id = app_state.first_interest(other.reader_id)
    assert (
        send(client, token, like("a", paper_ids()[0], interest_id=interest_id)).status_code == 422
    )
    assert kinds() == []


@pytest.mark.parametrize("forged", [None, "", "x", 7, ["x"], "bWU.aaaa.bbbb"])
def test_a_token_from_elsewhere_stores_nothing(client: TestClient, forged: object) -> None:
    answer = send(client, forged, like("a", paper_ids()[0]))
    assert answer.status_code == 401
    assert answer.json()["error"].endswith(".")
    assert kinds() == []


def test_an_old_token_is_told_apart(
    client: TestClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_tokens, "LIFETIME_SECONDS", -1)
    answer = send(client, token, like("a", paper_ids()[0]))
    assert answer.status_code == 401
    assert "too long" in answer.json()["error"]


@pytest.mark.parametrize(
    "events",
    [
        None,
        [],
        {},
        "like",
        [None],
        [{}],
        [{"key": "a", "kind": "like"}],
        [like("a", "p") | {"kind": "adore"}],
        [like("", "p")],
        [like("a" * 513, "p")],
        [like("a", "p", undoes="1")],
        [like("a", "p", undoes=True)],
        [like("a", "p", slate_id=None)],
        [like("a", "p", reader_id="other")],
        [like(str(i), "p") for i in range(feedback.MAX_EVENTS + 1)],
    ],
)
def test_a_malformed_request_gets_one_sentence(
    client: TestClient, token: str, events: object
) -> None:
    answer = client.post("/api/feedback", json={"token": token, "events": events})
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert kinds() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff\xfe", b"[" * 50_000])
def test_what_is_no_json_object_gets_one_sentence(client: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/api/feedback", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


def test_a_large_body_is_not_read(client: TestClient, token: str) -> None:
    answer = send(client, token, like("a", "p" * feedback.MAX_BYTES))
    assert answer.status_code == 413


def test_a_form_cannot_post(client: TestClient, token: str) -> None:
    body = json.dumps({"token": token, "events": [like("a", paper_ids()[0])]})
    answer = client.post("/api/feedback", content=body, headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert kinds() == []


def test_a_page_of_another_site_cannot_post(client: TestClient, token: str) -> None:
    headers = {"origin": "http://localhost:9999"}
    answer = send(client, token, like("a", paper_ids()[0]), headers=headers)
    assert answer.status_code == 403
    assert kinds() == []


def test_a_page_of_ours_can_post(client: TestClient, token: str) -> None:
    headers = {"origin": BASE}
    assert send(client, token, like("a", paper_ids()[0]), headers=headers).status_code == 200


def test_reading_is_not_offered(client: TestClient) -> None:
    assert client.get("/api/feedback").status_code == 405


@contextmanager
def full_disk() -> Iterator[None]:
    """Let SQLite report a full disk as soon as an event needs one more page."""
    database = app_state.store().database

    def limit(pages: int) -> None:
        with ExitStack() as stack:  # every connection that the pool hands out
            opened = [stack.enter_context(database.read()) for _ in range(4)]
            for connection in opened:
                connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with database.read() as connection:
        in_use = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
    limit(in_use)  # with no connection out: the one given back last is handed out next
    try:
        yield
    finally:
        limit(2**30)


@pytest.mark.slow
def test_a_full_disk_refuses_no_vote_and_loses_none(client: TestClient, token: str) -> None:
    votes = [like(f"v{i}", paper_id) for i, paper_id in enumerate(paper_ids() * 10)]
    waiting = []
    with full_disk():
        for vote in votes:
            answer = send(client, token, vote)
            assert answer.json()["refused"] == []
            assert answer.status_code == (200 if answer.json()["stored"] else 503)
            if answer.status_code == 503:
                assert "disk is full" in answer.json()["error"]
                waiting.append(vote)
    assert waiting
    for start in range(0, len(waiting), 50):
        assert send(client, token, *waiting[start : start + 50]).status_code == 200
    stored = [e.client_key for e in app_state.store().feedback.events("me")]
    assert sorted(stored) == sorted(x["key"] for x in votes)


@pytest.mark.parametrize(
    "fault",
    [
        StoreBusy("Busy."),
        StoreUnavailable("Away."),
        SchemaMismatch("Old."),
        StoreError("Damaged."),
    ],
)
def test_a_fault_of_the_library_is_tried_again(
    client: TestClient, token: str, monkeypatch: pytest.MonkeyPatch, fault: StoreError
) -> None:
    def fail(*_: object) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(type(app_state.store().feedback), "append", fail)
        answer = send(client, token, like("a", paper_ids()[0]))
    assert answer.status_code == 503
    assert answer.json() == {"error": str(fault), "stored": [], "refused": []}
    assert send(client, token, like("a", paper_ids()[0])).status_code == 200


@pytest.mark.parametrize("field", ["key", "paper_id", "interest_id", "slate_id"])
def test_half_a_character_is_refused(client: TestClient, token: str, field: str) -> None:
    body = json.dumps({"token": token, "events": [like("a", "p") | {field: "x\ud800"}]})
    headers = {"content-type": "application/json"}
    answer = client.post("/api/feedback", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"] == f"{field} holds half a character."


def test_half_a_character_in_a_token_is_no_token(client: TestClient) -> None:
    body = '{"token": "\\ud800", "events": []}'
    headers = {"content-type": "application/json"}
    assert client.post("/api/feedback", content=body, headers=headers).status_code == 401


def test_a_number_beyond_every_event_is_refused(client: TestClient, token: str) -> None:
    undo = {"key": "a", "kind": "undo", "paper_id": paper_ids()[0], "undoes": 2**63}
    assert send(client, token, undo).status_code == 400


def test_a_body_that_does_not_arrive_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "BODY_SECONDS", 0.01)

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    assert asyncio.run(post_through(receive)).status_code == 408


def test_a_post_that_is_broken_off_is_no_fault() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    assert asyncio.run(post_through(receive)).status_code == 400


async def post_through(receive: Receive) -> Response:
    headers = [(b"content-type", b"application/json"), (b"host", b"localhost")]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    return await feedback.post_feedback(Request(scope, receive))


def ask(client: TestClient, token: str, *events: Any, **wanted: Any) -> Any:
    body = {"token": token, "events": list(events), "queue": wanted}
    return client.post("/api/feedback", json=body)


def test_an_answer_brings_the_queue_that_follows_from_it(client: TestClient, token: str) -> None:
    before = ask(client, token, holds=[]).json()["queue"]
    first = before["cards"][0]
    answer = ask(client, token, like("a", first["paper_id"])).json()
    (event,) = app_state.store().feedback.events("me")
    queue = answer["queue"]
    assert queue["last_event_id"] == event.event_id
    assert [x["paper_id"] for x in queue["undo"]] == [first["paper_id"]]
    shown = [x["paper_id"] for x in queue["cards"]]
    assert first["paper_id"] not in shown
    assert shown != [x["paper_id"] for x in before["cards"][1:]]  # the like has re-ranked it
    assert all(x["title"] and x["slate_id"] for x in queue["cards"])


def test_cards_that_the_deck_holds_are_not_sent_again(client: TestClient, token: str) -> None:
    whole = ask(client, token).json()["queue"]["cards"]
    held = [x["paper_id"] for x in whole[:3]]
    slim = ask(client, token, holds=held).json()["queue"]["cards"]
    assert [x["paper_id"] for x in slim] == [x["paper_id"] for x in whole]
    assert [x["paper_id"] for x in slim if "title" not in x] == held
    assert [x.get("reasons") for x in slim] == [x.get("reasons") for x in whole]
    assert all("reasons" in x for x in slim[:EXPLAINS])
    assert not any("reasons" in x for x in slim[EXPLAINS:])  # the deck keeps those it has


def test_a_queue_counts_as_shown_once(client: TestClient, token: str) -> None:
    for _ in range(3):
        ask(client, token)
    (slate,) = app_state.store().feedback.slates("me")
    assert len(slate.items) == SHOWS


def test_a_list_asks_for_its_rows(client: TestClient, token: str) -> None:
    before = ask(client, token, rows=6, explains=2).json()["queue"]["rows"]
    assert len(before) == 6
    assert all(x["title"] and x["slate_id"] and x["note"] == "" for x in before)
    assert ["reasons" in x for x in before] == [True] * 2 + [False] * 4
    first, held = before[0]["paper_id"], [x["paper_id"] for x in before]
    answer = ask(client, token, like("a", first), rows=6, explains=2, holds=held).json()["queue"]
    (event,) = app_state.store().feedback.events("me")
    assert answer["last_event_id"] == event.event_id
    shown = [x["paper_id"] for x in answer["rows"]]
    assert first not in shown
    assert shown != held[1:]  # the like has re-ranked it
    assert {x["paper_id"] for x in answer["rows"] if "title" not in x} == set(shown) & set(held)
    slates = app_state.store().feedback.slates("me")
    assert [len(x.items) for x in slates] == [6, 6]


def test_a_list_may_be_as_long_as_the_settings_allow(client: TestClient, token: str) -> None:
    longest = Settings.model_json_schema()["properties"]["slate_size"]["maximum"]
    answer = ask(client, token, like("a", paper_ids()[0]), rows=longest, explains=longest)
    assert answer.status_code == 200
    assert answer.json()["queue"]["rows"]
    assert kinds() == [EventKind.like]


def test_a_row_that_came_back_says_that_nothing_stands(client: TestClient, token: str) -> None:
    first, *_ = ask(client, token, rows=6).json()["queue"]["rows"]
    given = like("a", first["paper_id"])
    number = ask(client, token, given, rows=6).json()["stored"][0]["event_id"]
    undo = {**given, "key": "b", "kind": "undo", "undoes": number}
    rows = ask(client, token, undo, rows=6, holds=[first["paper_id"]]).json()["queue"]["rows"]
    back = next(x for x in rows if x["paper_id"] == first["paper_id"])
    assert (back["verdict"], back["saved"], back["undoes"]) == (None, False, None)


def test_a_queue_keeps_to_its_filters_and_its_interest(client: TestClient, token: str) -> None:
    assert ask(client, token, source="nowhere").json()["queue"]["cards"] == []
    interest = app_state.first_interest("me")
    liked = like("a", paper_ids()[0])
    queue = ask(client, token, liked, interest_id=interest, days=36_600).json()["queue"]
    assert {x["interest_id"] for x in queue["cards"]} == {interest}


def test_an_answer_is_stored_when_no_queue_can_be_made(client: TestClient, token: str) -> None:
    answer = ask(client, token, like("a", paper_ids()[0]), interest_id="me/none")
    assert answer.status_code == 200
    assert "queue" not in answer.json()
    assert kinds() == [EventKind.like]


@pytest.mark.parametrize(
    "wanted",
    [
        [],
        "all",
        {"days": 0},
        {"days": True},
        {"days": 1e9},
        {"source": ""},
        {"source": "x" * 513},
        {"venue": ""},
        {"year": "2024"},
        {"source": 7},
        {"interest_id": ["me"]},
        {"interest_id": "\ud800"},
        {"rows": 0},
        {"rows": 201},
        {"explains": "3"},
        {"holds": "abc"},
        {"holds": [1]},
        {"holds": ["x"] * 1001},
        {"reader": "you"},
    ],
)
def test_a_queue_that_makes_no_sense_is_one_sentence(
    client: TestClient, token: str, wanted: object
) -> None:
    body = {"token": token, "events": [like("a", paper_ids()[0])], "queue": wanted}
    raw = json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    answer = client.post("/api/feedback", content=raw, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert kinds() == []
