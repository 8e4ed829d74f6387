"""The one process that serves paperloop: the pages, and the routes that are no pages.

`application` builds the ASGI application, `serve` runs it until it is
stopped. It listens on this machine only; to put a proxy in front, name
the proxy's host in the setting `allowed_hosts`.
"""

from __future__ import annotations

import logging
import socket
import sys
import tomllib
import webbrowser
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from streamlit.web import bootstrap

from recommender import __version__
from recommender.config import Settings
from recommender.errors import RecommenderError
from ui import app_state, components, gc_tuning
from ui.connections import run_server
from ui.log_limits import limit_logs
from ui.origin_check import WebSocketOrigins, named_hosts
from ui.request_limits import RequestLimits
from ui.routes import ROUTES
from ui.routes.feedback import post_feedback
from ui.security_headers import Headers
from ui.sign_in import SECRETS
from ui.sign_in_guard import SignInGuard

ADDRESS = "127.0.0.1"
LOCAL_HOSTS = ("localhost", ADDRESS)

_FOLDER = Path(__file__).parent
_THEME = _FOLDER / ".streamlit" / "config.toml"
CONFIG: Mapping[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "viewer",
    # An address that names a view overrides the widget's default, as it should.
    "global.disableWidgetStateDuplicationWarning": True,
    # Pages write nothing by a bare expression; rewriting them costs time whenever one is compiled,
    # and CPython 3.11 raises an error if two threads do it at once.
    "runner.magicEnabled": False,
    "logger.hideWelcomeMessage": True,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxUploadSize": 50,
}


def application(settings: Settings, *, open_browser_at: str | None = None) -> st.App:
    """Build the application for one library; one to a process.

    Parameters
    ----------
    settings
        The library's settings; its database must be upgraded.
    open_browser_at
        Address to open in a browser once the pages are served; None for none.
    """
    app_state.configure(settings)
    named = named_hosts(settings)
    return st.App(
        _FOLDER / "app.py",
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/for-you", to_the_first_page),
            # Other methods too, or Streamlit would answer them with its page.
            Route("/api/feedback", post_feedback, methods=["GET", "POST", "PUT", "DELETE"]),
            *ROUTES,
        ],
        middleware=[
            Middleware(Headers),
            Middleware(
                TrustedHostMiddleware,
                allowed_hosts=[*LOCAL_HOSTS, *named],
                www_redirect=False,
            ),
            Middleware(SignInGuard, sign_in=app_state.sign_in()),
            Middleware(WebSocketOrigins, named=named),
            Middleware(RequestLimits, metrics=settings.metrics),
        ],
        lifespan=_lifespan(open_browser_at),
        on_script_error=_show_error,
    )


def serve(settings: Settings, *, port: int, open_browser: bool) -> None:
    """Serve the library on this machine until the process is stopped.

    Raises
    ------
    RecommenderError
        The port is taken or may not be used, or the file of secrets cannot be read.
    """
    _require_port(port)
    address = f"http://localhost:{port}"
    app = application(settings, open_browser_at=address if open_browser else None)
    print(f"paperloop is at {address} (stop it with Ctrl-C).", file=sys.stderr, flush=True)
    bootstrap.load_config_options(
        {
            **CONFIG,
            **theme(),
            "secrets.files": [str(settings.data_dir / SECRETS)],
            "server.address": ADDRESS,
            "server.port": port,
        }
    )
    limit_logs()
    run_server(app, host=ADDRESS, port=port)


def theme() -> dict[str, Any]:
    """Return the theme as Streamlit's option names, as ``theme.light.textColor``."""
    with _THEME.open("rb") as file:
        return dict(_options(tomllib.load(file)))


def _options(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _options(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


async def healthz(request: Request) -> JSONResponse:
    """Answer that the process lives."""
    return JSONResponse({"status": "ok", "version": __version__})


async def to_the_first_page(request: Request) -> RedirectResponse:
    """Lead to the first page, which Streamlit serves at the root alone, by its name."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"./{query}")


async def readyz(request: Request) -> JSONResponse:
    """Answer whether votes can be stored and a model used; 503 with the reason if not."""
    try:
        model = await run_in_threadpool(app_state.check_ready)
    except RecommenderError as error:
        return JSONResponse({"status": "not ready", "error": str(error)}, 503)
    return JSONResponse({"status": "ok", "model": model})


def _lifespan(address: str | None) -> Any:
    @asynccontextmanager
    async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
        await run_in_threadpool(_warm)
        if address is not None:
            # In a thread: a text browser would hold up the server until it is closed.
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        yield {}

    return lifespan


def _warm() -> None:
    # The first page should not wait for the model to be read from disk.
    try:
        app_state.check()
    except RecommenderError as error:
        logging.getLogger(__name__).warning("%s", error)
    gc_tuning.freeze_heap()


def _show_error(error: Exception) -> bool:
    """Show one of our errors as its sentence; others are logged and named as a fault."""
    if isinstance(error, RecommenderError):
        components.show_error(error)
    else:
        st.error("Something went wrong here; the log of the program says what.")
    return True


def _require_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise RecommenderError(
                f"Port {port} cannot be used ({error.strerror or error}); "
                f"choose another with --port."
            ) from error
