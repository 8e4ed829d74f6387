"""The app below a path of a site, where `base_url` has one: ``https://example.org/papers``.

Requests arrive with the path or without it, as the proxy likes. Our routes and all that guards
them stand at the root. Streamlit is told the path (``server.baseUrlPath``) and answers below it: it
needs the path for the addresses and the cookies of the sign-in.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from recommender.config import Settings


def base_path(settings: Settings) -> str:
    """Return the path of `base_url` without a slash at its end, ``""`` where it has none."""
    return urlsplit(settings.base_url).path.rstrip("/")


class PathTakenOff:
    """ASGI middleware that takes the path off, before anything looks at the rest."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self.app = app
        self.path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if self.path and scope.get("path", "").startswith(f"{self.path}/"):
            scope = _at(scope, scope["path"].removeprefix(self.path))
        await self.app(scope, receive, send)


class PathForStreamlit:
    """ASGI middleware that puts the path before everything that is not for a route of ours."""

    def __init__(self, app: ASGIApp, path: str, routes: Sequence[BaseRoute]) -> None:
        self.app = app
        self.path = path
        self.routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if self.path and "path" in scope and not self._is_ours(scope):
            scope = _at(scope, self.path + scope["path"])
        await self.app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        return any(x.matches(scope)[0] is not Match.NONE for x in self.routes)


def _at(scope: Scope, path: str) -> Scope:
    return {**scope, "path": path, "raw_path": path.encode()}
