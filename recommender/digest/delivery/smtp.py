"""Hands one mail to the server that takes ours, and says for certain what became of it.

Touches the network. Whatever the server says or does not say, the outcome is
one of three: ``sent``, the server took it; ``failed``, it did not; ``unclear``,
the connection ended after the mail was handed over and before the server said
which. A mail is never handed over twice within one call.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer

from recommender.config import SmtpSettings
from recommender.escaping import one_line

TIMEOUT_SECONDS = 30.0
"""How long the server may keep us waiting for one answer."""

MAX_SECONDS = 180.0
"""How long one mail may take in all, however alive the server seems."""

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_MAX_RESULT_CHARACTERS = 300
_EMAIL = re.compile(r"(?<![^\s<>@])[^\s<>@]++@[^\s<>@]++")


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """What became of a mail: the state, a sentence, and how much of it is the server's fault.

    `fault` is ``server`` where the next mail would fail in the same way, ``line``
    where it may, and empty where the mail or its address was refused.
    """

    state: str
    result: str
    fault: str = ""


class _Refused(Exception):
    """The server answered, and its answer was no."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(f"{code} {text.decode('utf-8', 'replace')}")


class _TakenOver(Exception):
    """The claim ran out while the server kept us waiting."""


def send(
    server: SmtpSettings,
    to: str,
    content: bytes,
    begin: Callable[[], bool],
    *,
    timeout_seconds: float = TIMEOUT_SECONDS,
    longest_seconds: float = MAX_SECONDS,
    context: ssl.SSLContext | None = None,
) -> SendOutcome:
    """Send one mail to one address.

    Parameters
    ----------
    content
        The mail, lines ended by CRLF.
    begin
        Called when the server is ready to take the mail; where it returns False
        nothing is handed over.
    context
        Which servers are trusted; by default those that the system trusts.
    """
    context = context or ssl.create_default_context()
    handed_over = False
    connected = False
    try:
        with _connected(server, timeout_seconds, longest_seconds, context) as smtp:
            connected = True
            _expect(smtp.mail(server.sender), 250)
            _expect(smtp.rcpt(to), 250, 251)
            _expect(smtp.docmd("DATA"), 354)
            if not begin():
                raise _TakenOver
            handed_over = True
            smtp.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            code, text = smtp.getreply()
            result = _plain(f"{code} {text.decode('utf-8', 'replace')}", server)
            return SendOutcome("sent" if code == 250 else "failed", result)
    except _TakenOver:
        return SendOutcome("failed", "Another process took it over.")
    except _Refused as refusal:
        return SendOutcome("failed", _plain(str(refusal), server))
    except (smtplib.SMTPException, OSError) as error:
        why = _plain(_error_text(error), server)
        if handed_over:
            return SendOutcome(
                "unclear", f"The connection ended before the server answered ({why})."
            )
        return SendOutcome("failed", why, "line" if connected else "server")


@contextmanager
def _connected(
    server: SmtpSettings, timeout: float, longest: float, context: ssl.SSLContext
) -> Iterator[smtplib.SMTP]:
    port = server.port or _PORTS[server.security]
    name = server.sender.rpartition("@")[2] or "localhost"
    smtp: smtplib.SMTP
    if server.security == "tls":
        smtp = smtplib.SMTP_SSL(server.host, port, name, timeout=timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, port, name, timeout=timeout)
    watch = Timer(longest, _cut, (smtp,))
    watch.daemon = True
    watch.start()
    try:
        if server.security == "starttls":
            _secure(smtp, context)
        if server.user and server.password is not None:
            smtp.login(server.user, server.password.get_secret_value())
        else:
            smtp.ehlo_or_helo_if_needed()
        yield smtp
        _leave(smtp)
    finally:
        # After an error no QUIT is sent: where the server waits for the mail it would be its text.
        watch.cancel()
        smtp.close()


def _secure(smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not smtp.has_extn("starttls"):
        raise smtplib.SMTPNotSupportedError(
            "The mail server does not offer STARTTLS, and nothing is sent in the open."
        )
    smtp.starttls(context=context)


def _cut(smtp: smtplib.SMTP) -> None:
    # Another thread may be waiting on it: shutting down wakes it, closing would not.
    if smtp.sock is not None:
        with suppress(OSError):
            smtp.sock.shutdown(socket.SHUT_RDWR)


def _leave(smtp: smtplib.SMTP) -> None:
    # The mail's fate is known by now: a server that hangs on QUIT changes nothing.
    with suppress(smtplib.SMTPException, OSError):
        if smtp.sock is not None:
            smtp.sock.settimeout(2)
            smtp.quit()


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise _Refused(*answer)


def _error_text(error: Exception) -> str:
    """Return what went wrong with a server as one sentence."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"The mail server refused the login: {_answer(error)}"
        case smtplib.SMTPResponseException():
            return _answer(error)
        case smtplib.SMTPServerDisconnected() | ConnectionResetError() | BrokenPipeError():
            return "The mail server cut the connection."
        case smtplib.SMTPNotSupportedError():
            return str(error)
        case ssl.SSLCertVerificationError():
            why = error.verify_message or "it cannot be checked"
            return f"The certificate of the mail server is not trusted: {why.rstrip('.')}."
        case ssl.SSLError():
            why = error.reason or "no reason is known"
            return f"No secure connection to the mail server: {why}. Check its port and security."
        case TimeoutError():
            return "The mail server did not answer in time."
        case OSError():
            return f"The mail server cannot be reached: {error.strerror or error}."
    return f"{type(error).__name__}: {error}"


def _answer(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    reply = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return f"{error.smtp_code} {reply}"


def _plain(text: str, server: SmtpSettings) -> str:
    """Return a server's words on one line, without addresses and the password."""
    secret = server.password.get_secret_value() if server.password is not None else ""
    text = one_line(text)
    if secret:
        text = text.replace(secret, "…")
    return _EMAIL.sub("(address)", text)[:_MAX_RESULT_CHARACTERS]
