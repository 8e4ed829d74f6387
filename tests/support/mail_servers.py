"""Mail servers for tests: one that works, and ones that do not, each in its own way."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from recommender.config import SmtpSettings

SENDER = "papers@example.org"


@dataclass
class Box:
    """Keeps what arrives: who it is for, and its bytes; `refuse` answers an address with a no."""

    mails: list[tuple[str, bytes]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    after_data: str = "250 OK, kept"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.after_data.startswith("250"):
            content = envelope.original_content or b""
            self.mails += [(to, content) for to in envelope.rcpt_tos]
        return self.after_data


@contextmanager
def working(box: Box, **how: Any) -> Iterator[SmtpSettings]:
    """Run a server that works; its settings are handed out.

    Parameters
    ----------
    how
        What aiosmtpd's controller is told beside: of TLS, of logins.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **how)
    controller.start()
    try:
        yield settings(port)
    finally:
        controller.stop()


def settings(port: int) -> SmtpSettings:
    return SmtpSettings(host="127.0.0.1", port=port, security="none", sender=SENDER)


@contextmanager
def scripted(*answers: str) -> Iterator[SmtpSettings]:
    """Run a server that gives these answers in turn and then ends as the last word says.

    ``hang`` keeps the line open and silent, ``close`` cuts it, ``read`` waits for the
    mail's end first, ``part`` for its first bytes only.
    """
    over = Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        listener.settimeout(0.2)

        def serve() -> None:
            while not over.is_set():
                with suppress(OSError):
                    line, _ = listener.accept()
                    with line:
                        _play(line, answers, over)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield settings(listener.getsockname()[1])
        over.set()
        thread.join()


def _play(line: socket.socket, answers: tuple[str, ...], over: Event) -> None:
    line.settimeout(5)
    for number, answer in enumerate(answers):
        if answer == "hang":
            over.wait(5)
            return
        if answer == "close":
            return
        if answer == "part":
            line.recv(20)
        elif answer == "read":
            text = b""
            while not text.endswith(b"\r\n.\r\n"):
                text += line.recv(65536)
        else:
            line.sendall(f"{answer}\r\n".encode())
            if number + 1 < len(answers) and answers[number + 1] not in ("read", "part"):
                line.recv(4096)
