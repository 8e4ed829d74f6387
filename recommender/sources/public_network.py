"""Connections of the fetchers: to public addresses only, unless a setting allows more.

Runs on fetch. A host name is resolved once a connection, all its addresses are checked, and the
connection goes to a checked address, so a name that resolves differently a moment later (DNS
rebinding) changes nothing. Redirects and the entries of feed lists are requests like any other.
Behind a proxy of the environment the proxy resolves names; addresses and local names in the URL
are refused all the same.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

Resolve = Callable[[str, int], Sequence[str]]
"""Host name and port to IP addresses; raises OSError where there are none."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6; Python calls more global, such as site-local addresses."""
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".home.arpa", ".lan")


class PrivateAddressError(Exception):
    """A request would go to an address that is not on the public internet."""


def is_public_address(address: str) -> bool:
    """Say whether an IP address is global, also the IPv4 address inside an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64 or int(ip) >> 32 == 0:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None and not is_public_address(str(inner)):
            return False
        if ip in _DOCUMENTATION or not (ip in _GLOBAL_UNICAST or ip in _NAT64):
            return False
    return ip.is_global and not ip.is_multicast


def resolve_host(host: str, port: int) -> list[str]:
    """Return the addresses of a host, once each; numeric forms (``0x7f.1``) are understood."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(x[4][0]) for x in addresses))


class PublicBackend(httpcore2.NetworkBackend):
    """Opens connections to hosts all of whose addresses are public."""

    def __init__(
        self, backend: httpcore2.NetworkBackend | None = None, resolve: Resolve = resolve_host
    ) -> None:
        self._backend = backend or httpcore2.SyncBackend()
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first checked address that answers.

        Raises
        ------
        PrivateAddressError
            One of the host's addresses is not public.
        httpcore2.ConnectError, httpcore2.ConnectTimeout
            The name is unknown, or no address answers.
        """
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("the host name is not known") from error
        if not all(map(is_public_address, addresses)):
            raise PrivateAddressError(host)
        failure: Exception = httpcore2.ConnectError("the host has no address")
        for address in addresses:
            try:
                return self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


class PublicTransport(httpx2.BaseTransport):
    """A transport for public addresses, through the proxies of the environment if there are any.

    Raises
    ------
    PrivateAddressError
        On a request to an address that is not public.
    """

    def __init__(self, resolve: Resolve = resolve_host) -> None:
        context = httpx2.create_ssl_context()
        self._direct = httpx2.HTTPTransport(verify=context)
        # The one way to give a transport its own connections: httpx2 has no parameter for it.
        self._direct._pool = httpcore2.ConnectionPool(
            ssl_context=context, keepalive_expiry=5.0, network_backend=PublicBackend(None, resolve)
        )
        proxies = getproxies()
        self._proxied = {
            scheme: httpx2.HTTPTransport(verify=context, proxy=address)
            for scheme in ("http", "https")
            if (address := proxies.get(scheme) or proxies.get("all"))
        }

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and return its response."""
        host = request.url.host
        proxied = self._proxied.get(request.url.scheme)
        if proxied is None or proxy_bypass(host):
            return self._direct.handle_request(request)
        if _is_local_name(host) or not all(map(is_public_address, _literal_addresses(host))):
            raise PrivateAddressError(host)
        return proxied.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        for transport in (self._direct, *self._proxied.values()):
            transport.close()


def is_public_peer(response: httpx2.Response) -> bool:
    """Say whether an open response comes from a public address; True without a connection."""
    stream = response.extensions.get("network_stream")
    if stream is None:
        return True
    try:
        peer = stream.get_extra_info("server_addr")
    except OSError:
        return False
    return peer is None or is_public_address(str(peer[0]))


def _is_local_name(host: str) -> bool:
    return ("." + host.rstrip(".").lower()).endswith(
        tuple("." + x.lstrip(".") for x in _LOCAL_NAMES)
    )


def _literal_addresses(host: str) -> list[str]:
    """Return the address that a host is the numeric form of, without asking a name server."""
    try:
        addresses = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(x[4][0]) for x in addresses]
