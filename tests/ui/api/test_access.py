"""Who may use the API, what is refused, and that a refusal writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from api_rows import rows_of
from libraries import NOW, Library
from starlette.testclient import TestClient

from recommender.errors import StoreBusy
from recommender.store import Store
from recommender.store.api_tokens import SCOPES
from ui import app_state
from ui.api import http, models
from ui.api.rate_limit import RateLimit
from ui.api.table import OPERATIONS, PREFIX, Operation

MakeToken = Callable[..., str]
Call = Callable[..., Any]
PAPER = "doi:10.5555/bees.0"
BODIES: dict[str, dict[str, Any]] = {
    "recommend_and_record": {"n": 3},
    "add_feedback": {"events": [{"kind": "like", "paper_id": PAPER}]},
    "create_list": {"name": "Another"},
    "change_list": {"name": "Renamed"},
    "add_to_list": {"paper_ids": [PAPER]},
}
QUERIES: dict[str, dict[str, Any]] = {
    "search": {"query": "bees"},
    "similar": {"paper_id": PAPER},
    "export": {"format": "bibtex", "papers": "all"},
    "remove_from_list": {"paper_id": PAPER},
}


def ask(client: TestClient, operation: Operation, token: str | None, **more: Any) -> Any:
    """Send a request that the operation takes, from a list `held` to a file with one paper."""
    path = operation.path.format(paper_id=PAPER, slug="held", week="current")
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    given: dict[str, Any] = {"params": QUERIES.get(operation.name)}
    if operation.raw_body:
        given["content"] = b"@article{x, title={Something about bees}}"
    elif operation.body_fields:
        given["json"] = BODIES[operation.name]
    given |= more
    headers |= given.pop("headers", {})
    return client.request(operation.method, PREFIX + path, headers=headers, **given)


@pytest.fixture
def held(store: Store) -> str:
    return store.reading_lists.create("me", "Held", NOW).list_id


@pytest.fixture
def unchanged(store: Store, held: str, token_of: MakeToken) -> Iterator[None]:
    """The library holds the same rows before and after the test."""
    tokens = [token_of(*x) for x in (SCOPES[:1], SCOPES[1:2], SCOPES[2:])]
    assert len(set(tokens)) == 3
    before = rows_of(store)
    yield
    after = rows_of(store)
    del before["api_token"], after["api_token"]
    assert after == before


def sentence(answer: Any) -> str:
    said = answer.json()
    assert list(said) == ["error"]
    assert isinstance(said["error"], str)
    assert len(said["error"]) < 500
    assert said["error"].endswith((".", "…"))
    assert "\n" not in said["error"]
    assert "Traceback" not in said["error"]
    return said["error"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda x: x.name)
@pytest.mark.usefixtures("imported_here", "held")
def test_each_operation_needs_its_scope_and_no_other(
    client: TestClient, store: Store, token_of: MakeToken, operation: Operation
) -> None:
    others = token_of(*(x for x in SCOPES if x != operation.scope))
    before = rows_of(store)
    refused = ask(client, operation, others)
    assert refused.status_code == 403
    assert operation.scope in sentence(refused)
    assert rows_of(store) == before
    assert ask(client, operation, token_of(operation.scope)).status_code == operation.status


@pytest.mark.parametrize(
    "operation", [x for x in OPERATIONS if not x.changes], ids=lambda x: x.name
)
def test_what_looks_writes_nothing(
    client: TestClient, store: Store, held: str, token_of: MakeToken, operation: Operation
) -> None:
    assert operation.scope == "read"
    token = token_of("read")
    before = rows_of(store)
    assert ask(client, operation, token).status_code == 200
    assert ask(client, operation, token, headers={"idempotency-key": "k"}).status_code == 200
    assert rows_of(store) == before


@pytest.mark.usefixtures("unchanged")
def test_missing_wrong_and_foreign_tokens_are_refused(client: TestClient, store: Store) -> None:
    page = app_state.tokens().issue("me")
    feed = store.feed_tokens.new("me", None, NOW)
    good = store.api_tokens.create("me", "x", SCOPES, NOW)
    store.feed_tokens.revoke("me", store.feed_tokens.list("me")[0].number)
    operation = next(x for x in OPERATIONS if x.name == "add_feedback")
    headers: list[Any] = [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": good},
        {"authorization": f"Basic {good}"},
        {"authorization": f"Bearer {good[:-1]}"},
        {"authorization": f"Bearer {good} {good}"},
        {"authorization": f"Bearer {page}"},
        {"authorization": f"Bearer {feed}"},
        [("authorization", f"Bearer {good}"), ("authorization", f"Bearer {good}")],
    ]
    for given in headers:
        for params in ({}, {"token": good}, {"access_token": good}):
            answer = client.post(
                f"{PREFIX}{operation.path}",
                json=BODIES["add_feedback"],
                headers=given,
                params=params,
            )
            assert answer.status_code == 401, given
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert good not in sentence(answer)


@pytest.mark.usefixtures("unchanged")
def test_expired_and_revoked_tokens_are_refused(
    client: TestClient, store: Store, library: Library
) -> None:
    token = store.api_tokens.create("me", "x", SCOPES, NOW, days=1)
    operation = next(x for x in OPERATIONS if x.name == "add_feedback")
    app_state.configure(library.settings, lambda: NOW + timedelta(days=1))
    refused = ask(client, operation, token)
    assert refused.status_code == 401
    assert "expired on 2026-11-19" in sentence(refused)
    app_state.configure(library.settings, lambda: NOW)
    store.api_tokens.revoke("me", store.api_tokens.list("me")[-1].number)
    assert ask(client, operation, token).status_code == 401


@pytest.mark.usefixtures("held")
def test_a_token_acts_for_its_reader_alone(
    client: TestClient, store: Store, token_of: MakeToken
) -> None:
    store.readers.add("Bob", NOW)
    token = token_of(reader="bob")
    by_name = {x.name: x for x in OPERATIONS}
    for name in ("get_list", "change_list", "delete_list", "add_to_list", "remove_from_list"):
        assert ask(client, by_name[name], token).status_code == 404
    body = {"events": [{"kind": "like", "paper_id": PAPER, "interest": "me/general"}]}
    assert ask(client, by_name["add_feedback"], token, json=body).status_code == 404
    assert ask(client, by_name["add_feedback"], token).status_code == 200
    assert [x.reader_id for x in store.feedback.events()] == ["bob"]
    assert store.reading_lists.get("me", "held").name == "Held"
    undo = {"kind": "undo", "paper_id": PAPER, "undoes": 1}
    mine = token_of()
    assert ask(client, by_name["add_feedback"], mine, json={"events": [undo]}).status_code == 409


UNFIT_BODIES: list[tuple[str, Any, str]] = [
    ("add_feedback", b"", "body"),
    ("add_feedback", b"{", "body"),
    ("add_feedback", b"[]", "body"),
    ("add_feedback", b"null", "body"),
    ("add_feedback", b"\xff\xfe", "body"),
    ("add_feedback", b"[" * 100_000, "body"),
    ("add_feedback", b'{"events": NaN}', "body"),
    ("add_feedback", b'{"events": [{"kind": "like", "paper_id": "\\ud800"}]}', "body"),
    ("add_feedback", {}, "events"),
    ("add_feedback", {"events": []}, "events"),
    ("add_feedback", {"events": {}}, "events"),
    ("add_feedback", {"events": [{}] * 101}, "events"),
    ("add_feedback", {"events": [1]}, "events.0"),
    ("add_feedback", {"events": [{"kind": "like"}]}, "events.0.paper_id"),
    ("add_feedback", {"events": [{"kind": "love", "paper_id": "x"}]}, "events.0.kind"),
    ("add_feedback", {"events": [{"kind": "like", "paper_id": 7}]}, "events.0.paper_id"),
    (
        "add_feedback",
        {"events": [{"kind": "like", "paper_id": "x" * 501}]},
        "events.0.paper_id",
    ),
    ("add_feedback", {"events": [{"kind": "like", "paper_id": "a\x00"}]}, "events.0.paper_id"),
    ("add_feedback", {"events": [], "reader": "bob"}, "reader"),
    (
        "add_feedback",
        {"events": [{"kind": "like", "paper_id": PAPER, "reader": "x"}]},
        "events.0.reader",
    ),
    (
        "add_feedback",
        {"events": [{"kind": "undo", "paper_id": PAPER, "undoes": "7"}]},
        "events.0.undoes",
    ),
    (
        "add_feedback",
        {"events": [{"kind": "undo", "paper_id": PAPER, "undoes": 2**63}]},
        "events.0.undoes",
    ),
    (
        "add_feedback",
        {"events": [{"kind": "like", "paper_id": PAPER, "key": "a b"}]},
        "events.0.key",
    ),
    ("create_list", {"name": ""}, "name"),
    ("create_list", {"name": "x", "paper_ids": "abc"}, "paper_ids"),
    ("create_list", {"name": "x", "about": "x" * 2_001}, "about"),
    ("create_list", {"name": "two\nlines"}, "name"),
    ("change_list", {}, "name"),
    ("change_list", {"slug": "other", "name": "x"}, "slug"),
    ("add_to_list", {"paper_ids": []}, "paper_ids"),
    ("recommend_and_record", {"n": "3"}, "n"),
    ("recommend_and_record", {"n": True}, "n"),
    ("recommend_and_record", {"n": 0}, "n"),
    ("recommend_and_record", {"year": 2024}, "venue"),
    ("recommend_and_record", {"since": "yesterday"}, "since"),
]
UNFIT_PATHS = [
    ("/papers", "query"),
    ("/papers?query=", "query"),
    ("/papers?query=bees&colour=red", "colour"),
    ("/papers?query=bees&query=ice", "query"),
    ("/papers?query=bees&limit=many", "limit"),
    ("/papers?query=bees&limit=101", "limit"),
    ("/papers?query=bees&newest=perhaps", "newest"),
    ("/papers?query=bees&cursor=abc", "cursor"),
    ("/papers?query=bees&cursor=WzFd!", "cursor"),
    ("/papers?query=bees&cursor=LTE", "cursor"),
    ("/papers?query=a%00b", "query"),
    ("/papers/a%07b", "paper_id"),
    ("/papers/a%0Ab%0A", "paper_id"),
    ("/lists/a%0Ab", "slug"),
    ("/similar", "paper_id"),
    ("/export?format=docx", "format"),
    ("/export?format=bibtex&papers=liked&query=bees", "choose one"),
    ("/digests/yesterday", "week"),
    ("/recommendations?since=2026-13-01", "since"),
]


@pytest.mark.usefixtures("unchanged")
def test_a_body_that_does_not_fit_is_refused_with_its_place(
    client: TestClient, token_of: MakeToken
) -> None:
    by_name = {x.name: x for x in OPERATIONS}
    headers, token = {"content-type": "application/json"}, token_of()
    for name, body, place in UNFIT_BODIES:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = ask(client, by_name[name], token, json=None, content=content, headers=headers)
        assert (answer.status_code, place in sentence(answer)) == (422, True), (name, body)


@pytest.mark.usefixtures("unchanged")
def test_a_query_that_does_not_fit_is_refused_with_its_place(
    client: TestClient, token_of: MakeToken
) -> None:
    headers = {"authorization": f"Bearer {token_of()}"}
    for path, place in UNFIT_PATHS:
        answer = client.get(PREFIX + path, headers=headers)
        assert (answer.status_code, place in sentence(answer)) == (422, True), path


@pytest.mark.usefixtures("unchanged")
def test_bodies_that_are_too_large_or_of_another_type(
    client: TestClient, token_of: MakeToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_name = {x.name: x for x in OPERATIONS}
    token, feedback = token_of(), by_name["add_feedback"]
    large = b" " * (http.MAX_BODY_BYTES + 1)
    kind = {"content-type": "application/json"}
    answer = ask(client, feedback, token, json=None, content=large, headers=kind)
    assert (answer.status_code, "kB" in sentence(answer)) == (413, True)
    monkeypatch.setattr(http, "MAX_IMPORT_BYTES", 10)
    assert ask(client, by_name["import_papers"], token).status_code == 413
    for kind in ({}, {"content-type": "text/plain"}, {"content-type": "application/xml"}):
        answer = ask(client, feedback, token, json=None, content=b"{}", headers=kind)
        assert (answer.status_code, "application/json" in sentence(answer)) == (415, True)
    form = {"content-type": "multipart/form-data; boundary=x"}
    answer = ask(client, by_name["import_papers"], token, headers=form)
    assert (answer.status_code, "octet-stream" in sentence(answer)) == (415, True)


@pytest.mark.usefixtures("unchanged")
def test_addresses_and_methods_that_are_not_there(client: TestClient, token_of: MakeToken) -> None:
    headers = {"authorization": f"Bearer {token_of()}"}
    for path in ("", "/", "/nothing", "/lists/held/nothing", "/openapi", "/a%0Ab"):
        for method in ("GET", "POST", "DELETE"):
            answer = client.request(method, PREFIX + path, headers=headers)
            assert answer.status_code == 404, path
            sentence(answer)
    for method in ("PUT", "DELETE", "OPTIONS"):
        answer = client.request(method, f"{PREFIX}/feedback", headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
        assert client.request(method, f"{PREFIX}/openapi.json").status_code == 405
    assert client.head(f"{PREFIX}/reader", headers=headers).status_code == 200


def test_an_unknown_host_is_not_answered(client: TestClient, token_of: MakeToken) -> None:
    headers = {"authorization": f"Bearer {token_of()}", "host": "rebound.example"}
    assert client.get(f"{PREFIX}/reader", headers=headers).status_code == 400


def test_a_cookie_and_a_page_of_another_site_open_nothing(client: TestClient) -> None:
    cookies = {"_streamlit_user": "me", "token": app_state.tokens().issue("me")}
    answer = client.get(
        f"{PREFIX}/reader", headers={"cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    )
    assert answer.status_code == 401
    preflight = client.options(
        f"{PREFIX}/feedback",
        headers={"origin": "http://evil.example", "access-control-request-method": "POST"},
    )
    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("name", [x.name for x in OPERATIONS if x.changes])
@pytest.mark.usefixtures("imported_here", "held")
def test_the_same_key_twice_is_one_change(
    client: TestClient, store: Store, token_of: MakeToken, name: str
) -> None:
    operation = next(x for x in OPERATIONS if x.name == name)
    token, key = token_of(), {"idempotency-key": f"key-of-{name}"}
    first = ask(client, operation, token, headers=key)
    after_first = rows_of(store)
    again = ask(client, operation, token, headers=key)
    assert first.status_code == again.status_code == operation.status
    assert again.json() == first.json()
    assert rows_of(store) == after_first
    other = ask(client, operation, token, headers=key, params={"limit": 7})
    assert (other.status_code, "another request" in sentence(other)) == (422, True)
    assert rows_of(store) == after_first


def test_a_failed_request_leaves_its_key_free(call: Call, store: Store) -> None:
    key = {"idempotency-key": "k"}
    call("POST", "/lists", 404, json={"name": "X", "paper_ids": ["doi:10.1/none"]}, headers=key)
    call("POST", "/lists", 201, json={"name": "X"}, headers=key)
    call("POST", "/lists", 422, json={"name": "Y"}, headers={"idempotency-key": "two words"})
    assert [x.name for x in store.reading_lists.list("me")] == ["X"]


def test_a_request_that_was_cut_off_after_its_commit_stores_nothing_twice(
    call: Call, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"idempotency-key": "k"}
    monkeypatch.setattr(type(store.idempotency_keys), "keep", lambda *_: None)
    call("POST", "/feedback", json=BODIES["add_feedback"], headers=key)
    store.idempotency_keys.release("me", "k")
    call("POST", "/feedback", json=BODIES["add_feedback"], headers=key)
    assert len(store.feedback.events("me")) == 1


def test_a_request_that_is_being_carried_out_is_asked_for_again_later(
    call: Call, store: Store
) -> None:
    import hashlib

    body = b'{"name":"X"}'
    asked = hashlib.sha256(f"POST {PREFIX}/lists?\n".encode() + body).hexdigest()
    store.idempotency_keys.claim("me", "k", asked, app_state.now())
    headers = {"idempotency-key": "k", "content-type": "application/json"}
    assert (
        "being carried out" in call("POST", "/lists", 409, content=body, headers=headers)["error"]
    )
    assert store.reading_lists.list("me") == []


def test_the_same_client_key_is_one_event(call: Call, store: Store) -> None:
    event = {"kind": "like", "paper_id": PAPER, "key": "one"}
    first = call("POST", "/feedback", json={"events": [event]})
    assert call("POST", "/feedback", json={"events": [event, event]})["events"] == (
        first["events"] * 2
    )
    assert len(store.feedback.events("me")) == 1


def test_too_many_requests_of_one_token_wait_and_others_do_not(
    client: TestClient, token_of: MakeToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = RateLimit(3, clock=lambda: 0.0)
    monkeypatch.setattr(http, "_limit", lambda per_minute: limit)
    reading = next(x for x in OPERATIONS if x.name == "get_reader")
    token, other = token_of("read"), token_of("read")
    assert [ask(client, reading, token).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = ask(client, reading, token)
    assert answer.headers["retry-after"] == "20"
    sentence(answer)
    assert ask(client, reading, other).status_code == 200


def test_a_bucket_fills_at_a_steady_rate_and_no_further() -> None:
    now = [0.0]
    limit = RateLimit(60, clock=lambda: now[0])
    assert sum(limit.seconds_to_wait(1) == 0 for _ in range(100)) == 60
    assert limit.seconds_to_wait(1) == pytest.approx(1)
    now[0] = 5.0
    assert sum(limit.seconds_to_wait(1) == 0 for _ in range(100)) == 5
    now[0] = 1e6
    assert sum(limit.seconds_to_wait(1) == 0 for _ in range(100)) == 60


def test_a_library_that_is_away_is_said_and_may_be_asked_again(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = next(x for x in OPERATIONS if x.name == "get_reader")

    def away(*_: object) -> Any:
        raise StoreBusy("Another process held the database for too long.")

    routes = {x.path: x for x in http.routes()}
    assert f"{PREFIX}/reader" in routes
    monkeypatch.setattr("recommender.store.readers.Readers.get", away)
    assert "held the database" in call("GET", operation.path, 503)["error"]


def test_the_table_is_whole() -> None:
    assert len({x.name for x in OPERATIONS}) == len(OPERATIONS)
    assert len({(x.method, x.path) for x in OPERATIONS}) == len(OPERATIONS)
    for x in OPERATIONS:
        assert x.scope in SCOPES
        assert x.summary
        assert set(x.path_fields) <= set(x.asks.model_fields)
        assert (x.scope == "read") == (x.method == "GET")
    assert replace(OPERATIONS[0], answers=models.Exported).is_file
