"""Which web sites may talk to the server from a browser: its own pages, and no others.

A page of another site can open a WebSocket or send a post here, but it cannot
forge the ``Origin`` header that the browser adds.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from recommender.config import Settings

POLICY_VIOLATION = 1008
"""Close code of a WebSocket that is refused (RFC 6455); before the handshake it is a 403."""


def named_hosts(settings: Settings) -> tuple[str, ...]:
    """Return the host names of the app that the settings name, in lower case."""
    base = urlsplit(settings.base_url).hostname
    return tuple(x.lower() for x in (*settings.allowed_hosts, base) if x)


def is_own_origin(origins: list[str], host: str, named: tuple[str, ...]) -> bool:
    """Return whether a request comes from a page of ours, or from no page at all.

    Parameters
    ----------
    origins
        Every ``Origin`` header of the request; programs other than browsers send none.
    host
        Its ``Host`` header, which has been checked before.
    named
        See `named_hosts`: behind a proxy the two headers may differ.
    """
    if not origins:
        return True
    if len(origins) > 1:
        return False
    try:
        parts = urlsplit(origins[0].lower())
        # "null" and "file://" have no host, and a request may lack one too.
        return bool(parts.netloc) and (parts.netloc == host.lower() or parts.hostname in named)
    except ValueError:
        return False


class WebSocketOrigins:
    """ASGI middleware that refuses WebSockets of other sites before Streamlit sees them.

    Streamlit compares an origin that it does not know with the machine's public
    address and asks a host on the internet for that, while all readers wait.
    """

    def __init__(self, app: ASGIApp, named: tuple[str, ...]) -> None:
        self.app = app
        self.named = named

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the connection on, or close it before the handshake."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origins = headers.getlist("origin")
        if not is_own_origin(origins, headers.get("host", ""), self.named):
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        if origins:
            # Both are ours; where a proxy has changed the host, Streamlit would ask outside.
            scope = {**scope, "headers": list(scope["headers"])}
            MutableHeaders(scope=scope)["host"] = urlsplit(origins[0]).netloc
        await self.app(scope, receive, send)
