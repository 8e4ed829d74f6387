"""Hands one notification to a chat or push service, by apprise, and says what became of it.

Touches the network. As with mail the outcome is one of three: ``sent``; ``failed``, the service did
not take it; ``unclear``, it was handed over and no answer came. apprise only returns whether all
went well, so its words, which hold addresses with secrets, are read here and never passed on.
apprise is an extra (``paperloop[notify]``), loaded when something is sent.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from recommender.digest.compose.manifest import Manifest
from recommender.digest.delivery.smtp import SendOutcome
from recommender.digest.render.copy import counted
from recommender.digest.render.mail import subject
from recommender.errors import MissingExtra

MAX_CHARACTERS = 1_500
"""Of the text; services cut longer ones, some refuse them."""

_MAX_TITLE = 140
_STATUS = re.compile(r"\berror=(\d{3})\b")
_HANDED_OVER = re.compile(
    r"read timed out|connection aborted|remotedisconnected|reset by peer", re.I
)
_NOT_REACHED = re.compile(
    r"newconnectionerror|nameresolution|connecttimeout|connection refused|max retries|sslerror",
    re.I,
)


def notify(url: str, title: str, text: str, begin: Callable[[], bool]) -> SendOutcome:
    """Send one notification to one address of apprise's.

    Parameters
    ----------
    url
        Such as ``ntfy://topic``; may hold secrets, and is in no result.
    begin
        Called when all is ready; where it returns False nothing is handed over.

    Raises
    ------
    MissingExtra
        apprise is not installed.
    """
    service = _service(url)
    if service is None:
        return SendOutcome("failed", "The address for notifications is none that apprise knows.")
    if not begin():
        return SendOutcome("failed", "Another process took it over.")
    with _words() as words:
        try:
            taken = bool(service.notify(body=text, title=title))
        except Exception as error:
            # A plug-in of apprise may raise anything, and with any text.
            return SendOutcome("unclear", f"apprise broke off ({type(error).__name__}).")
    return SendOutcome("sent", "Taken.") if taken else _outcome("\n".join(words))


def text_of(manifest: Manifest) -> tuple[str, str]:
    """Return the title and the text that tell of a digest: its papers, and where it stands."""
    lines: list[str] = []
    for i, item in enumerate(manifest.items, 1):
        lines.append(f"{i}. {plain(item.title)[:_MAX_TITLE]}")
    where = f"{manifest.base_url}/digest" if manifest.base_url else ""
    room = MAX_CHARACTERS - len(where) - 60
    kept: list[str] = []
    for line in lines:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    if len(kept) < len(lines):
        kept.append(f"and {counted(len(lines) - len(kept), 'more paper')}")
    if not lines:
        kept.append("No paper reached your bar.")
    if manifest.searches:
        kept.append(f"Searches and authors with something new: {len(manifest.searches)}.")
    return subject(manifest), "\n".join([*kept, where] if where else kept)


def plain(text: str) -> str:
    """Return foreign text that no chat takes for a mention, a link or markup."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    signs = {
        "@": "@\u200b",
        "<": "‹",
        ">": "›",
        "`": "'",
        "*": "∗",
        "_": "_\u200b",
        "[": "(",
        "]": ")",
    }
    return "".join(signs.get(c, c) for c in " ".join(shown.split()))


def _service(url: str) -> Any:
    """Return the service of an address, None where apprise knows none."""
    with warnings.catch_warnings(), _words():
        # Plug-ins import modules of Python that are deprecated.
        warnings.simplefilter("ignore")
        try:
            import apprise  # noqa: PLC0415 - an extra, which takes a second to load
        except ImportError:
            raise MissingExtra(
                "Notifications need the package apprise: pip install 'paperloop[notify]'."
            ) from None
        return apprise.Apprise.instantiate(url, suppress_exceptions=True)


@contextmanager
def _words() -> Iterator[list[str]]:
    """Give what apprise logs, and keep it from every other log."""
    words: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            words.append(record.getMessage()[:2_000])

    names = ("apprise", "urllib3", "requests")
    loggers = [logging.getLogger(x) for x in names]
    before = [(x.propagate, x.level, x.handlers[:]) for x in loggers]
    keeper = Keeper()
    for logger in loggers:
        logger.propagate, logger.handlers = False, [keeper]
        logger.setLevel(logging.DEBUG)
    try:
        yield words
    finally:
        for logger, (propagate, level, handlers) in zip(loggers, before, strict=True):
            logger.propagate, logger.handlers = propagate, handlers
            logger.setLevel(level)


def _outcome(words: str) -> SendOutcome:
    status = _STATUS.search(words)
    if status:
        return SendOutcome("failed", f"The service answered {status.group(1)}.")
    if _HANDED_OVER.search(words):
        return SendOutcome("unclear", "The connection ended before the service answered.")
    if _NOT_REACHED.search(words):
        return SendOutcome("failed", "The service cannot be reached.")
    return SendOutcome("failed", "The service did not take it.")
