"""WebSockets of other sites: refused before Streamlit asks the internet about them."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from libraries import Library
from served_app import serving_of
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from recommender.config import load_settings
from ui import app_state
from ui.origin_check import POLICY_VIOLATION, is_own_origin

STREAM = "ws://127.0.0.1/_stcore/stream"
_asked: list[str] | None = None


def _note(event: str, given: tuple[Any, ...]) -> None:
    """Note every outside host that is looked up or connected to (an audit hook stays for good)."""
    if _asked is None or event not in ("socket.getaddrinfo", "socket.connect"):
        return
    address = given[1] if event == "socket.connect" else given[0]
    host = address[0] if isinstance(address, tuple) else address
    try:
        outside = not ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        outside = host not in (None, "localhost") and not str(host).startswith("/")
    if outside:
        _asked.append(str(host))


@pytest.fixture(scope="module", autouse=True)
def hook() -> None:
    sys.addaudithook(_note)


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Every outside host that this process asks during a test."""
    global _asked
    _asked = []
    yield _asked
    _asked = None


@pytest.fixture(scope="module")
def client(template: Path) -> Iterator[TestClient]:
    named = {"allowed_hosts": ("papers.example",), "base_url": "https://read.example"}
    with serving_of(Library(load_settings(data_dir=template, **named))) as served:
        yield served
    app_state.close()


def connects(client: TestClient, origin: str | None) -> bool:
    headers = {} if origin is None else {"origin": origin}
    with ExitStack() as stack:
        try:
            stack.enter_context(client.websocket_connect(STREAM, headers=headers))
        except WebSocketDisconnect as closed:
            return closed.code != POLICY_VIOLATION
    return True


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://127.0.0.1.evil.example",
        "http://papers.example.evil.example",
        "http://localhost:9999",
        "http://user@127.0.0.1@evil.example",
        "http://[::1",
        "file://",
        "null",
        "",
    ],
)
def test_another_site_cannot_connect_and_nothing_outside_is_asked(
    client: TestClient, asked: list[str], origin: str
) -> None:
    assert not connects(client, origin)
    assert asked == []


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1",
        "https://papers.example",
        "https://PAPERS.example:8443",
        "https://read.example",
    ],
)
def test_our_own_pages_connect_and_nothing_outside_is_asked(
    client: TestClient, asked: list[str], origin: str
) -> None:
    assert connects(client, origin)
    assert asked == []


def test_a_program_without_an_origin_connects(client: TestClient) -> None:
    assert connects(client, None)


def test_an_address_of_ours_is_not_an_origin_by_its_beginning() -> None:
    assert is_own_origin(["https://papers.example"], "localhost:8501", ("papers.example",))
    assert not is_own_origin(["https://papers.example.org"], "localhost", ("papers.example",))
    two = ["http://localhost", "http://evil.example"]
    assert not is_own_origin(two, "localhost", ())
    for without_host in ("null", "file://", ""):
        assert not is_own_origin([without_host], "", ("localhost",))
