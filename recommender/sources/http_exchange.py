"""One HTTP request and its response, bounded in time and size.

Runs on fetch; the network is httpx2's. A failure is a `RequestFailure` that says
whether a retry may help; `client` waits and retries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from recommender.sources.error_pages import error_message, is_web_address, is_web_page
from recommender.sources.rate_limit import Clock

if TYPE_CHECKING:  # loaded by the first request: an import of files never needs it
    import httpx2

RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Statuses after which the same request may succeed."""

_NOT_MODIFIED = 304
_MOVED = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified of a response, for conditional requests."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """One whole answer; `content` is unpacked, and empty where `unchanged`.

    The names of `headers` are in lower case.
    """

    url: str
    status: int
    content: bytes
    media_type: str
    validators: Validators
    seconds_per_request: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def unchanged(self) -> bool:
        """True where the host says that what the validators stand for still holds."""
        return self.status == _NOT_MODIFIED


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a request: seconds, bytes (unpacked) and attempts."""

    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 180.0
    max_bytes: int = 64_000_000
    attempts: int = 4
    first_wait_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `allow` are statuses that are accepted besides 200 and 304."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] | None = None
    body: object = None
    allow: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class RequestFailure:
    """Why a request failed, whether a retry may help, and the pause the host asks for."""

    why: str
    passing: bool = True
    asked_seconds: float | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect: its target and its status."""

    location: str
    status: int


def send_request(
    client: httpx2.Client, ask: Request, limits: Limits, clock: Clock
) -> Response | RequestFailure | Redirect:
    """Send one request and return its outcome; raises nothing."""
    import httpx2  # noqa: PLC0415 - see above

    from recommender.sources.public_network import (  # noqa: PLC0415 - see above
        PrivateAddressError,
        is_public_peer,
    )

    if not is_web_address(ask.url):
        return RequestFailure("is not an address that can be asked (http or https)", passing=False)
    begun = clock.monotonic()
    try:
        with client.stream(
            ask.method, ask.url, params=ask.params, headers=ask.headers, json=ask.body
        ) as response:
            if response.status_code in _MOVED and "location" in response.headers:
                return Redirect(response.headers["location"], response.status_code)
            # Hosts of private networks are not quoted: what they answer may be secret.
            quotable = is_public_peer(response)
            content = _content(response, limits, clock, begun)
            if isinstance(content, RequestFailure):
                return content
            return _judged(response, content, ask, clock.now(), quotable)
    except PrivateAddressError:
        return RequestFailure(
            "is not on the public internet; the setting `fetch_private_networks` allows it",
            passing=False,
        )
    except httpx2.TimeoutException:
        return RequestFailure(f"did not answer within {limits.read_seconds:g} seconds")
    except (httpx2.HTTPError, OSError) as error:
        return RequestFailure(f"could not be read ({_reason(error)})")
    except (httpx2.InvalidURL, ValueError):
        # ValueError covers headers and host names that cannot be put into bytes.
        return RequestFailure("cannot be asked in this form", passing=False)


def _reason(error: Exception) -> str:
    """Return what went wrong without the bytes that a server sent instead of HTTP."""
    text = str(error)
    return (
        "it does not answer in HTTP" if "bytearray(" in text else text[:120] or type(error).__name__
    )


def redirected_request(ask: Request, to: Redirect) -> Request | RequestFailure:
    """Return the request to the redirect's target; headers are dropped when the host changes."""
    try:
        url = urljoin(ask.url, to.location)
    except ValueError:
        url = ""
    if not is_web_address(url):
        return RequestFailure("sends on to what is no web address", passing=False)
    old, new = urlsplit(ask.url), urlsplit(url)
    kept = replace(ask, url=url, params=None)
    if (old.scheme, old.netloc) != (new.scheme, new.netloc):
        kept = replace(kept, headers={})
    if to.status not in _KEEPS_METHOD and ask.method == "POST":
        kept = replace(kept, method="GET", body=None)
    return kept


def _content(
    response: httpx2.Response, limits: Limits, clock: Clock, begun: float
) -> bytes | RequestFailure:
    """Read the body up to the limits; a packed body inside a packed body is not unpacked."""
    if "," in response.headers.get("content-encoding", ""):
        return RequestFailure("packed its answer more than once", passing=False)
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_bytes(65_536):
        size += len(piece)
        if size > limits.max_bytes:
            return RequestFailure(f"sent more than {limits.max_bytes:,} bytes", passing=False)
        if clock.monotonic() - begun > limits.total_seconds:
            return RequestFailure(f"took more than {limits.total_seconds:g} seconds to answer")
        pieces.append(piece)
    return b"".join(pieces)


def _judged(
    response: httpx2.Response, content: bytes, ask: Request, now: datetime, quotable: bool
) -> Response | RequestFailure:
    status, headers = response.status_code, response.headers
    if status not in (200, 304) and status not in ask.allow:
        quote = error_message(content).rstrip(".") if quotable else ""
        phrase = f" {response.reason_phrase}".rstrip() if quotable else ""
        return RequestFailure(
            f"answered {status}{phrase}" + (f": {quote}" if quote else ""),
            passing=status in RETRYABLE,
            asked_seconds=retry_after(headers.get("retry-after", headers.get("backoff", "")), now),
            status=status,
        )
    if status == 200 and is_web_page(content):
        quote = error_message(content) if quotable else ""
        return RequestFailure(
            "sent a web page instead of data" + (f" ({quote!r})" if quote else "")
        )
    if status == 200 and not content.strip():
        return RequestFailure("sent an empty answer")
    return Response(
        url=str(response.url),
        status=status,
        content=content if status != 304 else b"",
        media_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        validators=Validators(headers.get("etag", ""), headers.get("last-modified", "")),
        seconds_per_request=max(
            _advertised(headers), retry_after(headers.get("backoff", ""), now) or 0.0
        ),
        headers={name.lower(): value for name, value in headers.items()},
    )


def retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for (a number or a date), or None."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    return max((until - now).total_seconds(), 0.0)


def _advertised(headers: httpx2.Headers) -> float:
    """Return the seconds between requests that Crossref's limit headers ask for, 0 if none."""
    try:
        requests = float(headers.get("x-rate-limit-limit", ""))
        seconds = float(headers.get("x-rate-limit-interval", "").rstrip("s "))
    except ValueError:
        return 0.0
    return seconds / requests if requests >= 1 and 0 < seconds <= 3600 else 0.0
