"""The HTTP server with bounded connections.

So many at once, none that says nothing, and none that does not take its answer.
"""

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

TAKE_SECONDS = 30.0
TAKE_BYTES = 32_000
"""In each `TAKE_SECONDS` a client has to take so much of an answer that waits for it."""

SHUTDOWN_SECONDS = 10
MAX_WEBSOCKET_BYTES = 10 * 1024 * 1024
"""Of one message from a browser: what widgets say; files are uploaded by another way."""


class BoundedConnection(H11Protocol):
    """A connection that is closed when it is one too many, or too slow.

    Too slow is one that sends no head of a request in time, or does not take its answer.
    """

    _head_timer: asyncio.TimerHandle | None = None
    _take_timer: asyncio.TimerHandle | None = None

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
        self._cancel_take_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to wait for the client to take what was written."""
        super().pause_writing()
        self._wait_for_taking()

    def resume_writing(self) -> None:
        """Go on: most of what was written is taken."""
        self._cancel_take_timer()
        super().resume_writing()

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

    def _wait_for_taking(self) -> None:
        waiting = self.transport.get_write_buffer_size()

        def look() -> None:
            if self.transport.get_write_buffer_size() > waiting - TAKE_BYTES:
                self.transport.abort()  # closing would wait until all is taken
            else:
                self._wait_for_taking()

        self._cancel_take_timer()
        self._take_timer = self.loop.call_later(TAKE_SECONDS, look)

    def _cancel_take_timer(self) -> None:
        if self._take_timer is not None:
            self._take_timer.cancel()
            self._take_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if self._idle and not self.transport.is_closing():
            self.transport.close()


def server_config(app: ASGIApp, *, host: str, port: int) -> uvicorn.Config:
    """Return how an application is served."""
    return uvicorn.Config(
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


def run_server(app: ASGIApp, *, host: str, port: int) -> None:
    """Serve an application until the process is told to stop (SIGINT or SIGTERM)."""
    uvicorn.Server(server_config(app, host=host, port=port)).run()
