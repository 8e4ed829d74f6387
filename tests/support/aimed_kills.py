"""Where a sender can die: `kill -9`, sent by the process to itself at one exact moment.

Used by `killable_sending`, in a process that is there to be killed.
"""

from __future__ import annotations

import os
import signal
import smtplib
from typing import Any

from recommender.store import Store

MOMENTS = (
    "before the claim",
    "after the claim",
    "before it is called sending",
    "after it is called sending",
    "half handed over",
    "handed over",
    "answered",
    "noted",
)
"""In the order in which a mail meets them."""

UNCLEAR = MOMENTS[3:7]
"""The moments after which nobody can know whether the mail arrived."""

_AROUND = {
    "claim": MOMENTS[0:2],
    "begin": MOMENTS[2:4],
    "finish": MOMENTS[6:8],
}


def take_aim(store: Store, moment: str) -> None:
    """Make this process die at a moment of the first mail that it comes to."""
    for name, (before, after) in _AROUND.items():
        if moment in (before, after):
            setattr(store.deliveries, name, _fatal(store, name, moment == before))
    if moment in ("half handed over", "handed over"):
        smtplib.SMTP.send = _handing_over(moment == "handed over")  # type: ignore[method-assign]


def _fatal(store: Store, name: str, before: bool) -> Any:
    method = getattr(store.deliveries, name)

    def called(number: int, *given: Any, **named: Any) -> Any:
        mail = any(x.number == number and x.channel == "mail" for x in store.deliveries.list())
        if mail and before:
            _die()
        done = method(number, *given, **named)
        if mail and done:
            _die()
        return done

    return called


def _handing_over(whole: bool) -> Any:
    send = smtplib.SMTP.send

    def sending(self: smtplib.SMTP, text: Any) -> None:
        if isinstance(text, bytes) and text.endswith(b"\r\n.\r\n"):
            send(self, text if whole else text[: len(text) // 2])
            _die()
        send(self, text)

    return sending


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
