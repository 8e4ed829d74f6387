"""Slow, broken-off and very many requests: each ends, and the others are answered."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from ui import connections, request_limits
from ui.request_limits import RequestLimits

SCOPE = {"type": "http", "method": "POST", "path": "/upload", "headers": []}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(body)(scope, receive, send)


def answers(limits: RequestLimits, *messages: Message | None) -> list[Message]:
    """Return what is sent for a request that arrives as `messages`; None: nothing more comes."""
    arriving = list(messages)
    sent: list[Message] = []

    async def receive() -> Message:
        message = arriving.pop(0)
        if message is None:
            await asyncio.sleep(60)
        return message or {}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(limits(dict(SCOPE), receive, send))
    return sent


def piece(body: bytes, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_pieces_is_passed_on() -> None:
    sent = answers(RequestLimits(echo, metrics=False), piece(b"a", True), piece(b"b", False))
    assert sent[0]["status"] == 200
    assert sent[1]["body"] == b"ab"


def test_a_body_that_stops_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "IDLE_SECONDS", 0.01)
    sent = answers(RequestLimits(echo, metrics=False), piece(b"a", True), None)
    assert sent[0]["status"] == 408


def test_a_body_of_single_bytes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "IDLE_SECONDS", 0.2)
    sent: list[Message] = []
    asked = 0

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        return piece(b"a", asked < 1_000)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(RequestLimits(echo, metrics=False)(dict(SCOPE), receive, send))
    assert sent[0]["status"] == 408
    assert asked < 100


def test_a_large_body_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "IDLE_SECONDS", 0.2)
    sent: list[Message] = []
    asked = 0

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        return piece(bytes(100), asked < 50)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(RequestLimits(echo, metrics=False)(dict(SCOPE), receive, send))
    assert sent[0]["status"] == 200
    assert len(sent[1]["body"]) == 5_000


def test_a_client_that_goes_away_is_no_fault() -> None:
    gone = {"type": "http.disconnect"}
    assert answers(RequestLimits(echo, metrics=False), piece(b"a", True), gone) == []


def test_only_so_many_requests_are_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "MAX_REQUESTS", 3)
    statuses: list[int] = []

    async def crowd() -> None:
        leave = asyncio.Event()

        async def wait(scope: Scope, receive: Receive, send: Send) -> None:
            await leave.wait()
            await PlainTextResponse("ok")(scope, receive, send)

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def receive() -> Message:
            return piece(b"", False)

        limits = RequestLimits(wait, metrics=False)
        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(limits(dict(SCOPE), receive, send))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert statuses == [503, 503]
            leave.set()
        await limits(dict(SCOPE), receive, send)

    asyncio.run(crowd())
    assert statuses == [503, 503, 200, 200, 200, 200]


LARGE = 32 * 1024 * 1024
"""More than the buffers of a connection on loopback hold."""


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/large":
        await PlainTextResponse(bytes(LARGE))(scope, receive, send)
    else:
        await echo(scope, receive, send)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server with small limits on loopback."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(connections, "TAKE_SECONDS", 0.5)
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 4)
    monkeypatch.setattr(request_limits, "MAX_REQUESTS", 1)
    config = uvicorn.Config(
        RequestLimits(large, metrics=False),
        http=connections.BoundedConnection,
        lifespan="off",
        log_config=None,
        port=0,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


def closed(connection: socket.socket) -> bool:
    """Return whether the server closes a connection without a word."""
    connection.settimeout(10)
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def ask(connection: socket.socket) -> bytes:
    connection.settimeout(10)
    connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
    answer = b""
    while not answer.endswith(b"hi"):
        answer += connection.recv(1000)
    return answer


def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as silent:
        assert closed(silent)


@pytest.mark.slow
def test_half_a_head_does_not_hold_a_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"POST / HTTP/1.1\r\nHost:")
        assert closed(slow)
    with socket.create_connection(("127.0.0.1", port)) as second:
        assert ask(second).startswith(b"HTTP/1.1 200")
        second.sendall(b"POST / HT")
        assert closed(second)


def test_one_connection_too_many_is_closed(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 60.0)  # closed by the bound, not by the time
    opened = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
    for connection in opened:
        assert ask(connection).startswith(b"HTTP/1.1 200")
    with socket.create_connection(("127.0.0.1", port)) as fifth:
        assert closed(fifth)
    assert ask(opened[0]).startswith(b"HTTP/1.1 200")
    for connection in opened:
        connection.close()


@pytest.mark.slow
def test_an_answer_that_is_not_taken_holds_neither_request_nor_connection(port: int) -> None:
    untaken = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
    for connection in untaken:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(1.0)
    with socket.create_connection(("127.0.0.1", port)) as other:
        assert ask(other).startswith(b"HTTP/1.1 200")
    got = 0
    untaken[0].settimeout(10)
    with suppress(ConnectionResetError):
        while part := untaken[0].recv(1_000_000):
            got += len(part)
    assert got < LARGE
    for connection in untaken:
        connection.close()


@pytest.mark.slow
def test_an_answer_may_be_taken_slowly(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.settimeout(10)
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got = 0
        while part := slow.recv(1_000_000):
            got += len(part)
            time.sleep(0.05)
    assert got > LARGE
