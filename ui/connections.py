"""The HTTP server with bounded connections: so many at once, and none that says nothing."""

from __future__ import annotations

import asyncio
import logging

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 500
"""Open at once, WebSockets included; a reader's tab keeps one and opens six more to load."""

HEAD_SECONDS = 10.0
"""How long a client may take to send the head of a request."""

SHUTDOWN_SECONDS = 10
MAX_WEBSOCKET_BYTES = 10 * 1024 * 1024
"""Of one message from a browser: what widgets say; files are uploaded by another way."""


class BoundedConnection(H11Protocol):
    """A connection that is closed when it is one too many, or sends no request in time."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            logging.getLogger(__name__).warning("Too many connections; a new one was closed.")
            transport.close()
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take in a piece of a request."""
        super().data_received(data)
        if self.transport.get_protocol() is not self or not self._idle:
            self._cancel_head_timer()
        else:
            self._wait_for_head()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request where a part of it is here already."""
        super().on_response_complete()
        if self._idle and self.conn.trailing_data[0]:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._cancel_head_timer()
        super().connection_lost(exc)

    @property
    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait_for_head(self) -> None:
        # A further piece of the same head does not prolong the time.
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _cancel_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if self._idle and not self.transport.is_closing():
            self.transport.close()


def run_server(app: ASGIApp, *, host: str, port: int) -> None:
    """Serve an application until the process is told to stop (SIGINT or SIGTERM)."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedConnection,
        ws="websockets-sansio",
        ws_max_size=MAX_WEBSOCKET_BYTES,
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    uvicorn.Server(config).run()
