"""Refuses every request while the settings of the sign-in are not what they were at the start."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.routes.pages import Page, show
from ui.sign_in import SignIn, SignInClosed

_TRY_AGAIN_LATER = 1013


class SignInGuard:
    """ASGI middleware that refuses everything but ``/healthz`` while the sign-in is closed."""

    def __init__(self, app: ASGIApp, sign_in: SignIn) -> None:
        self.app = app
        self.sign_in = sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 503; a WebSocket is closed before the handshake."""
        if scope["type"] in ("http", "websocket") and scope["path"] != "/healthz":
            try:
                self.sign_in.check()
            except SignInClosed as error:
                if scope["type"] == "websocket":
                    await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER})
                else:
                    await _refusal(scope["path"], str(error))(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _refusal(path: str, why: str) -> Response:
    if path == "/readyz" or path.startswith("/api/"):
        return JSONResponse({"status": "not ready", "error": why}, 503)
    sentences = (why, "The log of the server says what is wrong with them.")
    return show(Page("Closed for now", sentences, app="./", link="Try again"), 503)
