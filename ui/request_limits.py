"""Bounds on what one client may take: requests at once, waiting bodies, closed addresses."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_REQUESTS = 200
"""Requests that are answered at the same time; a browser sends six."""

IDLE_SECONDS = 20.0
"""How long the next piece of a body may take; a slow upload sends something sooner."""

MIN_BYTES_A_SECOND = 1_000
"""How fast a body has to arrive on the whole once `IDLE_SECONDS` were waited for it."""

METRICS = "/_stcore/metrics"
"""Streamlit's measurements of the process, open to anyone who can reach the server."""


class RequestLimits:
    """ASGI middleware: too many requests get 503, a body that stops or drips 408, METRICS 404.

    A client that goes away in the middle of its request is no fault and is not logged.
    """

    def __init__(self, app: ASGIApp, *, metrics: bool) -> None:
        self.app = app
        self.metrics = metrics
        self.answering = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or say why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif not self.metrics and scope["path"].rstrip("/") == METRICS:
            await PlainTextResponse("Not found.\n", 404)(scope, receive, send)
        elif self.answering >= MAX_REQUESTS:
            busy = PlainTextResponse("Too many requests at once.\n", 503, {"retry-after": "1"})
            await busy(scope, receive, send)
        else:
            self.answering += 1
            try:
                await self._answer(scope, receive, send)
            finally:
                self.answering -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _PatientBody(receive)
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, body.receive, noting)
        except ClientDisconnect:
            if body.gave_up and not started:
                late = PlainTextResponse(
                    "The request stopped arriving.\n", 408, {"connection": "close"}
                )
                await late(scope, receive, send)


class _PatientBody:
    """Hands a request's body on; ends it as if the client had gone when it arrives too slowly.

    The next piece has to come within `IDLE_SECONDS`, and n bytes within `IDLE_SECONDS` and
    n / `MIN_BYTES_A_SECOND` of waiting in all: single bytes do not hold a request for ever.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._complete = False
        self._seconds_left = IDLE_SECONDS
        self.gave_up = False

    async def receive(self) -> Message:
        """Return the next message of the request."""
        if self._complete:
            return await self._receive()
        begun = asyncio.get_running_loop().time()
        try:
            patience = min(IDLE_SECONDS, self._seconds_left)
            message = await asyncio.wait_for(self._receive(), max(patience, 0.0))
        except TimeoutError:
            self._complete = self.gave_up = True
            return {"type": "http.disconnect"}
        self._seconds_left -= asyncio.get_running_loop().time() - begun
        self._seconds_left += len(message.get("body", b"")) / MIN_BYTES_A_SECOND
        self._complete = not message.get("more_body", False)
        return message
