"""Where the server listens, and by which names it may be called.

A web site can point a name of its own at this machine and have a visitor's
browser talk to it (DNS rebinding); the ``Host`` header then holds that name. So
only known names are answered. A bare address cannot be pointed anywhere, and is
answered where other machines may connect.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from contextlib import closing
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from recommender.errors import RecommenderError

ADDRESS = "127.0.0.1"
LOCAL_HOSTS = ("localhost", ADDRESS)

_OUTSIDE = ("192.0.2.1", 9)  # an address for documentation (RFC 5737); nothing is sent to it


def is_local(host: str) -> bool:
    """Return whether nobody but this machine can connect to a server that listens at `host`."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def own_names(host: str) -> tuple[str, ...]:
    """Return the names of this machine by which a server that listens at `host` is called."""
    if is_local(host):
        return (*LOCAL_HOSTS, f"[{host}]" if ":" in host else host)
    name = socket.gethostname().lower()
    return (*LOCAL_HOSTS, host.lower(), name, f"{name}.local")


def addresses(host: str, port: int) -> list[str]:
    """Return the addresses to type into a browser, on this machine and on others."""
    if is_local(host):
        return [f"http://localhost:{port}"]
    if not _is_every_address(host):
        return [f"http://{_bracketed(host)}:{port}"]
    found = [f"http://localhost:{port}"]
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(_OUTSIDE)
        except OSError:
            return found
        return [*found, f"http://{probe.getsockname()[0]}:{port}"]


def require_port(host: str, port: int) -> None:
    """Raise RecommenderError unless a server could listen at this address and port."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise RecommenderError(f"{host!r} is no address of a machine; see --host.") from error
    with closing(socket.socket(family, kind)) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address[0], 0))
        except OSError as error:
            raise RecommenderError(
                f"{host} is no address of this machine; --host 0.0.0.0 listens at all of them."
            ) from error
    with closing(socket.socket(family, kind)) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise RecommenderError(
                f"Port {port} cannot be used ({error.strerror or error}); "
                f"choose another with --port."
            ) from error


class KnownHosts(TrustedHostMiddleware):
    """ASGI middleware that answers known host names only, and bare addresses if `open_to_others`.

    Everything else gets 400.
    """

    def __init__(self, app: ASGIApp, names: tuple[str, ...], *, open_to_others: bool) -> None:
        super().__init__(app, names, www_redirect=False)
        self.open_to_others = open_to_others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if (
            self.open_to_others
            and scope["type"] in ("http", "websocket")
            and _is_bare_address(Headers(scope=scope).get("host", ""))
        ):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _is_bare_address(host: str) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return False
    return parts.netloc == host and "@" not in host


def _is_every_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
