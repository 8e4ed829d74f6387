"""POST /api/feedback: who may post what, and what is stored of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from libraries import Library
from starlette.testclient import TestClient

from recommender.domain import Event, EventKind
from ui import app_state, post_tokens
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
        [like(str(i), "p") for i in range(feedback.MOST_EVENTS + 1)],
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
    answer = send(client, token, like("a", "p" * feedback.MOST_BYTES))
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
