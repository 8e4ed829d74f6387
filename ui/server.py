"""The one process that serves paperloop: the pages, and the routes that are no pages.

`application` builds the ASGI application, `serve` runs it until it is
stopped. It listens on this machine only, unless it is told to listen at another
address; to put a proxy in front, name the proxy's host in the setting `allowed_hosts`.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import tomllib
import webbrowser
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from streamlit.web import bootstrap

from recommender import __version__
from recommender.config import Settings
from recommender.errors import RecommenderError
from recommender.private_files import signing_key
from ui import app_state, components, gc_tuning, web_app
from ui.api.http import routes as api_routes
from ui.base_path import PathForStreamlit, PathTakenOff, base_path
from ui.connections import run_server, server_config
from ui.listening import ADDRESS, KnownHosts, addresses, is_local, own_names, require_port
from ui.log_limits import limit_logs
from ui.memory_arenas import limit_arenas
from ui.origin_check import WebSocketOrigins, named_hosts
from ui.request_limits import RequestLimits
from ui.routes import ROUTES
from ui.routes.feedback import post_feedback
from ui.security_headers import Headers
from ui.sign_in import SECRETS
from ui.sign_in_guard import SignInGuard
from ui.workers import Front, WorkerCookie, WorkerServer, require_workers

OPEN = (
    "Warning: there is no sign-in, so anyone who reaches this address can read and change every "
    "reader's library. Use it on a network you trust, or set up a sign-in (docs/how-to/sign-in.md)."
)

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


def application(
    settings: Settings,
    *,
    host: str = ADDRESS,
    open_browser_at: str | None = None,
    sign_in_required: bool | None = None,
) -> st.App:
    """Build the application for one library; one to a process.

    Parameters
    ----------
    settings
        The library's settings; its database must be upgraded.
    host
        The address it will listen at; decides which host names are answered.
    open_browser_at
        Address to open in a browser once the pages are served; None for none.
    sign_in_required
        As in `ui.sign_in.SignIn`.
    """
    app_state.configure(settings, sign_in_required=sign_in_required)
    named, path = named_hosts(settings), base_path(settings)
    routes = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/for-you", to_the_first_page),
        # Other methods too, or Streamlit would answer them with its page.
        Route("/api/feedback", post_feedback, methods=["GET", "POST", "PUT", "DELETE"]),
        *api_routes(),
        *web_app.ROUTES,
        *ROUTES,
    ]
    return st.App(
        _FOLDER / "app.py",
        routes=routes,
        middleware=[
            Middleware(PathTakenOff, path=path),
            Middleware(Headers),
            Middleware(
                KnownHosts,
                names=(*own_names(host), *named),
                open_to_others=not is_local(host),
            ),
            Middleware(SignInGuard, sign_in=app_state.sign_in()),
            Middleware(WebSocketOrigins, named=named),
            Middleware(RequestLimits, metrics=settings.metrics),
            Middleware(web_app.Head),
            Middleware(PathForStreamlit, path=path, routes=routes),
        ],
        lifespan=_lifespan(open_browser_at),
        on_script_error=_show_error,
    )


def serve(
    settings: Settings, *, port: int, open_browser: bool, host: str = ADDRESS, workers: int = 1
) -> None:
    """Serve the library until the process is stopped.

    Parameters
    ----------
    host
        An address of this machine, or ``0.0.0.0`` for all of them.
    workers
        How many processes serve; more than one need Linux or macOS.

    Raises
    ------
    RecommenderError
        The address is not of this machine, the port is taken or may not be used, or the file of
        secrets cannot be read.
    """
    require_port(host, port)
    if workers > 1:
        require_workers()
    places = addresses(host, port)
    app_state.configure(settings)
    print(
        f"paperloop is at {' and '.join(places)} (stop it with Ctrl-C).",
        file=sys.stderr,
        flush=True,
    )
    if not is_local(host) and not app_state.sign_in().required:
        print(OPEN, file=sys.stderr, flush=True)
    if workers > 1:
        front = Front(
            settings,
            host=host,
            port=port,
            workers=workers,
            sign_in_required=app_state.sign_in().required,
        )
        asyncio.run(front.run(lambda: _open_browser(places[0]) if open_browser else None))
        return
    _configure_process(settings, host, port)
    app = application(settings, host=host, open_browser_at=places[0] if open_browser else None)
    run_server(app, host=host, port=port)


def serve_worker(
    settings: Settings,
    channel: socket.socket,
    *,
    number: int,
    host: str,
    port: int,
    sign_in_required: bool,
) -> None:
    """Serve the library as one of several processes, see `ui.workers`."""
    _configure_process(settings, host, port)
    served = application(settings, host=host, sign_in_required=sign_in_required)
    app = WorkerCookie(served, number)
    WorkerServer(server_config(app, host=host, port=port), channel).run()


def _configure_process(settings: Settings, host: str, port: int) -> None:
    limit_arenas()
    bootstrap.load_config_options(
        {
            **CONFIG,
            **theme(),
            "secrets.files": [str(settings.data_dir / SECRETS)],
            # One for all processes of a library, and the same after a new start.
            "server.cookieSecret": sha256(
                b"xsrf " + signing_key(settings.data_dir).encode()
            ).hexdigest(),
            "server.address": host,
            "server.baseUrlPath": base_path(settings).strip("/"),
            "server.port": port,
        }
    )
    limit_logs()


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
            _open_browser(address)
        yield {}

    return lifespan


def _open_browser(address: str) -> None:
    # In a thread: a text browser would hold up the server until it is closed.
    Thread(target=webbrowser.open, args=(address,), daemon=True).start()


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
