"""Requests stay on the public internet: addresses in every form, redirects, lists and rebinding."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import httpcore2
import pytest

from recommender.errors import FetchError
from recommender.sources.client import PoliteClient
from recommender.sources.http_exchange import Limits
from recommender.sources.protocol import FetchState
from recommender.sources.public_network import (
    PrivateAddressError,
    PublicBackend,
    is_public_address,
)
from recommender.sources.rate_limit import RateLimit
from recommender.sources.registry import SourceQuery, SourceSettings, open_source

FAST = RateLimit("test", 0.0)
ONCE = Limits(attempts=1, connect_seconds=2.0, read_seconds=2.0)
SECRET = "the-secret-of-the-metadata-service"


class Server(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(500, SECRET)
        self.end_headers()
        self.wfile.write(SECRET.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    Server.asked = []
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1"),
        *("::ffff:127.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "x"),
        *("64:ff9b:1::a00:1", "fec0::1", "::ffff:0:127.0.0.1", "5f00::1", "3fff::1"),
    ],
)
def test_an_address_that_is_not_global_is_not_public(address: str) -> None:
    assert not is_public_address(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::808:808"])
def test_a_global_address_is_public(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0"),
        *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    ],
)
def test_no_form_of_a_loopback_address_is_asked(host: str, port: int) -> None:
    with PoliteClient(limits=ONCE) as client, pytest.raises(FetchError) as raised:
        client.get(f"http://{host}:{port}/latest/meta-data", FAST)
    assert re.search("is not on the public internet|cannot be asked", str(raised.value))
    assert SECRET not in str(raised.value)
    assert Server.asked == []


@pytest.mark.slow
def test_a_feed_and_the_entries_of_a_list_are_checked_too(port: int, tmp_path) -> None:
    url = f"http://127.0.0.1:{port}/feed"
    listed = tmp_path / "list.opml"
    listed.write_text(f'<opml><body><outline type="rss" xmlUrl="{url}"/></body></opml>')
    with PoliteClient(limits=ONCE) as client:
        with pytest.raises(FetchError, match="not on the public internet"):
            list(fetched("feed", url, client))
        pages = list(fetched("opml", listed.as_uri(), client))
    assert ["not on the public internet" in x.why for page in pages for x in page.refusals] == [
        True
    ]
    assert Server.asked == []


def fetched(name: str, url: str, client: PoliteClient):
    query = SourceQuery(name, url=url)
    return open_source(name, SourceSettings()).fetch(query, client, FetchState())


class Connections(httpcore2.NetworkBackend):
    """Records where it is asked to connect, and refuses."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.hosts.append(host)
        raise httpcore2.ConnectError("refused")


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    connections = Connections()
    backend = PublicBackend(connections, lambda host, port: next(answers))
    with pytest.raises(httpcore2.ConnectError):
        backend.connect_tcp("rebinding.example", 80)
    assert connections.hosts == ["93.184.215.14"]


def test_one_private_address_among_public_ones_is_refused() -> None:
    connections = Connections()
    backend = PublicBackend(connections, lambda host, port: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(PrivateAddressError):
        backend.connect_tcp("both.example", 80)
    assert connections.hosts == []


def test_a_redirect_to_a_private_address_is_refused(port: int) -> None:
    target = f"http://127.0.0.1:{port}/admin"

    class Redirecting(httpcore2.NetworkBackend):
        def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
            head = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
            return httpcore2.MockStream([head.encode()])

    client = PoliteClient(limits=ONCE)
    backend = PublicBackend(Redirecting(), lambda host, port: [host_address(host)])
    client._client._transport._direct._pool._network_backend = backend  # type: ignore[attr-defined]
    with client, pytest.raises(FetchError, match="not on the public internet"):
        client.get("http://public.example/feed", FAST)
    assert Server.asked == []


def host_address(host: str) -> str:
    return "93.184.215.14" if host == "public.example" else host


def test_the_setting_allows_private_networks_but_no_answer_is_quoted(port: int) -> None:
    with (
        PoliteClient(limits=ONCE, allow_private_networks=True) as client,
        pytest.raises(FetchError) as raised,
    ):
        client.get(f"http://127.0.0.1:{port}/feed", FAST)
    assert "500" in str(raised.value)
    assert SECRET not in str(raised.value)
    assert Server.asked == ["/feed"]


def test_a_server_that_speaks_another_protocol_is_not_quoted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def greet() -> None:
            connection, _ = other.accept()
            with connection:
                connection.sendall(f"SSH-2.0-{SECRET}\r\n".encode())

        threading.Thread(target=greet, daemon=True).start()
        with (
            PoliteClient(limits=ONCE, allow_private_networks=True) as client,
            pytest.raises(FetchError) as raised,
        ):
            client.get(f"http://127.0.0.1:{other.getsockname()[1]}/", FAST)
    assert SECRET not in str(raised.value)
