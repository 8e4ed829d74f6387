"""The head of every page: what makes it an app to install, and what keeps its address.

A phone or desktop browser offers to install the app where the pages come over
HTTPS or from the machine itself; over plain HTTP it adds a link to the home
screen. There is no service worker: nothing works without the server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.about import NAME, SUMMARY

LIGHT, DARK = "#fdfcfa", "#141619"
"""Background of the pages, as in the theme."""

_FOLDER = Path(__file__).parent
_ICONS = {
    "icon.svg": (_FOLDER / "icon.svg", "image/svg+xml"),
    **{
        f"{name}.png": (_FOLDER / "icons" / f"{name}.png", "image/png")
        for name in ("icon-192", "icon-512", "maskable-512", "apple-touch-180")
    },
}
_SCRIPTS = (_FOLDER / "deck" / "address.js", _FOLDER / "navigation.js")
_EARLY_STYLE = (_FOLDER / "early.css").read_text("utf-8")
_NAVIGATION = "\n".join(("(() => {", *(x.read_text("utf-8") for x in _SCRIPTS), "})();\n"))
_DAY = {"cache-control": "public, max-age=86400"}
_STREAMLIT_TITLE = b"<title>Streamlit</title>"
_STREAMLIT_ICON = b'<link rel="shortcut icon" href="./favicon.png" />'
# Addresses are relative, so that they hold under any path of a proxy. Behind a
# proxy with its own sign-in the manifest is refused without the cookies.
_HEAD = f"""<title>{NAME}</title>
    <meta name="description" content="{SUMMARY}" />
    <meta name="application-name" content="{NAME}" />
    <meta name="apple-mobile-web-app-title" content="{NAME}" />
    <meta name="theme-color" content="{LIGHT}" media="(prefers-color-scheme: light)" />
    <meta name="theme-color" content="{DARK}" media="(prefers-color-scheme: dark)" />
    <link rel="manifest" href="./manifest.webmanifest" crossorigin="use-credentials" />
    <link rel="apple-touch-icon" href="./icons/apple-touch-180.png" />
    <script src="./navigation.js"></script>
    <style>{_EARLY_STYLE}</style>""".encode()
_ICON = b'<link rel="shortcut icon" href="./icons/icon.svg" />'


async def manifest(request: Request) -> JSONResponse:
    """Answer with the manifest of the app; its addresses are relative to its own."""
    return JSONResponse(_manifest(), headers=_DAY, media_type="application/manifest+json")


async def icon(request: Request) -> Response:
    """Answer with one of the icons."""
    found = _ICONS.get(request.path_params["name"])
    if found is None:
        return Response("Not found.\n", 404, media_type="text/plain")
    path, kind = found
    return FileResponse(path, headers=_DAY, media_type=kind)


async def navigation(request: Request) -> Response:
    """Answer with the script that runs before Streamlit's own."""
    return Response(
        _NAVIGATION, headers={"cache-control": "no-cache"}, media_type="text/javascript"
    )


ROUTES = [
    Route("/manifest.webmanifest", manifest),
    Route("/icons/{name}", icon),
    Route("/navigation.js", navigation),
]


def _manifest() -> dict[str, Any]:
    pages = {"For you": "./", "Search": "./search", "Library": "./library", "Digest": "./digest"}
    return {
        "id": "./",
        "name": NAME,
        "short_name": NAME,
        "description": SUMMARY,
        "lang": "en",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": LIGHT,
        "theme_color": LIGHT,
        "categories": ["education", "productivity"],
        "icons": [
            {"src": "./icons/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": "./icons/icon-512.png", "sizes": "512x512", "type": "image/png"},
            {
                "src": "./icons/maskable-512.png",
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
            {"src": "./icons/icon.svg", "sizes": "any", "type": "image/svg+xml"},
        ],
        "shortcuts": [{"name": name, "url": url} for name, url in pages.items()],
    }


class Head:
    """ASGI middleware that puts our name, icon and manifest into the head of Streamlit's page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; complete the head where the answer is Streamlit's page."""
        if not _asks_for_page(scope):
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": list(scope["headers"])}
        # A whole and plain answer is needed, and the page of an older version must not be kept.
        for name in ("accept-encoding", "if-none-match", "if-modified-since", "range"):
            del MutableHeaders(scope=scope)[name]
        start: Message = {}
        pieces: list[bytes] = []

        async def completed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            if not _is_html(start):
                await send(message)
            elif message["type"] == "http.response.body":
                pieces.append(message.get("body", b""))
                if not message.get("more_body", False):
                    body = complete_head(b"".join(pieces))
                    headers = MutableHeaders(scope=start)
                    headers["content-length"] = str(len(body))
                    for name in ("etag", "last-modified"):
                        del headers[name]
                    await send(start)
                    await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, completed)


def complete_head(page: bytes) -> bytes:
    """Return Streamlit's page with our head; any other page as it is."""
    return page.replace(_STREAMLIT_TITLE, _HEAD, 1).replace(_STREAMLIT_ICON, _ICON, 1)


def _asks_for_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and "text/html" in Headers(scope=scope).get("accept", "")
    )


def _is_html(start: Message) -> bool:
    kind = Headers(raw=start.get("headers", [])).get("content-type", "")
    return kind.startswith("text/html")
