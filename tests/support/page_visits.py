"""A page opened and closed as a browser does, without a browser: its HTML, then its WebSocket."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE_SECONDS = 60.0


@contextmanager
def open_page(port: int, reader: str, page: str = "") -> Iterator[str]:
    """Keep a page open for a reader, once it is drawn; gives the cookies the server has set.

    Raises
    ------
    AssertionError
        The page showed an error.
    """
    cookies = _cookies(port, f"/{page}")
    with _socket(port, cookies) as socket:
        _run(socket, reader, page)
        yield cookies


def visit(port: int, reader: str, page: str = "") -> int:
    """Run a page for a reader and leave it; return how many messages it sent.

    Raises
    ------
    AssertionError
        The page showed an error.
    """
    cookies = _cookies(port, f"/{page}")
    with _socket(port, cookies) as socket:
        return _run(socket, reader, page)


def _cookies(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        return "; ".join(x.partition(";")[0] for x in answer.msg.get_all("set-cookie", []))


def _socket(port: int, cookies: str) -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"cookie": cookies} if cookies else None,
        max_size=None,
    )


def _run(socket: ClientConnection, reader: str, page: str) -> int:
    run = BackMsg()
    run.rerun_script.query_string = urlencode({"reader": reader})
    run.rerun_script.page_name = page
    socket.send(run.SerializeToString())
    for n in range(1, 10_000):
        content = socket.recv(PATIENCE_SECONDS)
        assert isinstance(content, bytes)
        message = ForwardMsg.FromString(content)
        assert message.delta.new_element.WhichOneof("type") not in ("exception", "alert")
        if message.WhichOneof("type") == "script_finished":
            assert message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            return n
    raise AssertionError("the page does not end")
