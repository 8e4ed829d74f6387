"""A page opened and closed as a browser does, without a browser: its HTML, then its WebSocket."""

from __future__ import annotations

from urllib.parse import urlencode

from deck_clients import ask
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

PATIENCE_SECONDS = 60.0


def visit(port: int, reader: str, page: str = "") -> int:
    """Run a page for a reader and leave it; return how many messages it sent.

    Raises
    ------
    AssertionError
        The page showed an error.
    """
    assert ask(port, "GET", f"/{page}")[0] == 200
    run = BackMsg()
    run.rerun_script.query_string = urlencode({"reader": reader})
    run.rerun_script.page_name = page
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    origin = f"http://127.0.0.1:{port}"
    with connect(address, origin=origin, subprotocols=[Subprotocol("streamlit")]) as socket:  # type: ignore[arg-type]
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
