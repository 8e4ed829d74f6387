"""The polite client: every source asks its host through it, and nothing else does.

Runs on fetch. A request waits for its host's turn (`rate_limit`), says who asks, is
bounded in time and size (`http_exchange`), and may carry the validators of an
earlier answer. Passing faults are asked about again, no sooner than a
Retry-After says.

The retry loop is by hand: stamina and tenacity sleep by themselves between two
calls, but a pause a host asks for has to bind every thread and process that
asks this host, so it belongs to the rate_limit, and what is left is a counter. So is
the record of ETags: hishel 2.0.0 gave out answers that had expired.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

from recommender import __version__
from recommender.errors import FetchError, TryLater
from recommender.sources.error_pages import redacted_url
from recommender.sources.http_exchange import (
    Limits,
    Redirect,
    Request,
    RequestFailure,
    Response,
    Validators,
    redirected_request,
    send_request,
)
from recommender.sources.rate_limit import (
    Clock,
    RateLimit,
    RateLimiter,
    SystemClock,
    known_rate_limit,
)

if TYPE_CHECKING:  # loaded by the first client: an import of files never needs it
    import httpx2

MAX_REDIRECTS = 5
"""How often one request may be sent on."""


class PoliteClient:
    """Asks hosts as they wish to be asked; one for all sources of a run.

    Parameters
    ----------
    contact
        Mail address put into the User-Agent, so that a host can complain.
    transport
        Replaces the network, for tests; None is the real one.
    clock, rate_limiter
        Time, and the turns kept with it; None is the machine's clock and turns
        of this process only.
    allow_private_networks
        Whether requests may go to addresses that are not public.
    jitter
        Random source for the length of a pause that the host did not ask for.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        transport: httpx2.BaseTransport | None = None,
        clock: Clock | None = None,
        rate_limiter: RateLimiter | None = None,
        limits: Limits | None = None,
        jitter: random.Random | None = None,
        allow_private_networks: bool = False,
    ) -> None:
        import httpx2  # noqa: PLC0415 - see above

        self.clock = clock or SystemClock()
        self._rate_limiter = rate_limiter or RateLimiter(self.clock)
        self._limits = limits or Limits()
        self._jitter = jitter or random.Random()  # noqa: S311
        waits = httpx2.Timeout(self._limits.read_seconds, connect=self._limits.connect_seconds)
        if transport is None and not allow_private_networks:
            from recommender.sources.public_network import (  # noqa: PLC0415 - see above
                PublicTransport,
            )

            transport = PublicTransport()
        self._client = httpx2.Client(
            transport=transport,
            headers={"User-Agent": _user_agent(contact), "Accept-Encoding": "gzip, deflate"},
            timeout=waits,
            follow_redirects=False,
        )

    def get(
        self,
        url: str,
        rate_limit: RateLimit,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        validators: Validators | None = None,
        allow: Collection[int] = (),
    ) -> Response:
        """Ask for an address and return the whole answer.

        `validators` make the request conditional. Statuses in `allow` are
        answers too (404 where an unknown id is no fault of the host).

        Raises
        ------
        FetchError
            No usable answer: refused, too large, too slow, a web page instead
            of data, or still failing after the last attempt.
        TryLater
            The host asks for a pause longer than is waited for.
        """
        sent = dict(headers or {})
        if validators and validators.etag:
            sent["If-None-Match"] = validators.etag
        if validators and validators.last_modified:
            sent["If-Modified-Since"] = validators.last_modified
        return self._answer(Request("GET", url, sent, params, None, allow), rate_limit)

    def post(
        self,
        url: str,
        rate_limit: RateLimit,
        body: object,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Response:
        """Send a JSON body that may be sent again; otherwise as `get`.

        It asks for records, or it carries a precondition or a write token in its headers, by which
        the host carries it out once.
        """
        ask = Request("POST", url, dict(headers or {}), params, body, allow)
        return self._answer(ask, rate_limit)

    def close(self) -> None:
        """Close what connections are open."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _answer(self, ask: Request, rate_limit: RateLimit) -> Response:
        attempt, moves = 1, 0
        while True:
            outcome = self._in_turn(ask, rate_limit, attempt)
            if isinstance(outcome, Response):
                return outcome
            if isinstance(outcome, Redirect):
                moves += 1
                onwards = (
                    redirected_request(ask, outcome) if moves <= MAX_REDIRECTS else _SENT_ROUND
                )
            else:
                onwards = outcome
            if isinstance(onwards, Request):
                ask = onwards
            elif onwards.passing and attempt < self._limits.attempts:
                attempt += 1
            else:
                self._give_up(ask, onwards, attempt)

    def _in_turn(
        self, ask: Request, rate_limit: RateLimit, attempt: int
    ) -> Response | RequestFailure | Redirect:
        """Ask once, when it is this host's turn, and put down the pause that follows."""
        rate_limit = known_rate_limit(ask.url) or rate_limit
        with self._rate_limiter.slot(rate_limit):
            outcome = send_request(self._client, ask, self._limits, self.clock)
            if isinstance(outcome, Response):
                self._rate_limiter.postpone(rate_limit, outcome.seconds_per_request)
            elif isinstance(outcome, RequestFailure):
                self._rate_limiter.postpone(rate_limit, self._pause(outcome, attempt))
        return outcome

    def _pause(self, fault: RequestFailure, attempt: int) -> float:
        """Return the seconds asked for, or seconds that double, a quarter longer by chance."""
        if fault.asked_seconds is not None:
            return fault.asked_seconds
        if not fault.passing or attempt >= self._limits.attempts:
            return 0.0
        doubled: float = self._limits.first_wait_seconds * 2 ** (attempt - 1)
        return doubled * (1 + 0.25 * self._jitter.random())

    def _give_up(self, ask: Request, fault: RequestFailure, attempt: int) -> NoReturn:
        tries = f" ({attempt} attempts)" if attempt > 1 else ""
        message = f"{redacted_url(ask.url)} {fault.why}{tries}."
        if fault.asked_seconds:
            until = self.clock.now() + timedelta(seconds=fault.asked_seconds)
            raise TryLater(f"{message} It asks for peace until {until:%Y-%m-%d %H:%M} UTC.", until)
        raise FetchError(message, fault.status, passing=fault.passing)


_SENT_ROUND = RequestFailure(f"sends on more than {MAX_REDIRECTS} times", passing=False)


def _user_agent(contact: str) -> str:
    """Return who asks; a contact that is no plain address is left out of the header."""
    plain = contact.isascii() and contact.isprintable() and not set(contact) & set("()<>\\ ")
    who = f"mailto:{contact}" if contact and plain else "no contact set"
    return f"paperloop/{__version__} ({who})"
