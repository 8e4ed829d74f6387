"""A service on loopback that takes what apprise posts to a ``json://`` address."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "sEcReTtOkEn"
"""Stands in the address of the service."""


@contextmanager
def taking_notifications(
    status: int = 200, *, silent: bool = False
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Give the address of a service, and what it was sent; a silent one hangs up."""
    got: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            if silent:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/{SECRET}", got
    finally:
        server.shutdown()
        server.server_close()
