"""Mail over TLS and STARTTLS, against a server whose certificate the test has made itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from certificates import server_context, trusting
from mail_servers import Box, working
from pydantic import SecretStr

from recommender.config import SmtpSettings
from recommender.digest.delivery.smtp import SendOutcome, send

MAIL = b"Subject: x\r\n\r\nOne\r\n"
TO = "ada@example.org"
LOGIN = {"user": "papers", "password": SecretStr("s3cret words")}


class Door:
    """Lets one login in, and remembers who knocked."""

    def __init__(self) -> None:
        self.knocked: list[bytes] = []

    def __call__(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.knocked.append(data.login)
        known = (data.login, data.password) == (b"papers", b"s3cret words")
        return AuthResult(success=known, handled=False)


def served(security: str, folder: Path, door: Door | None = None) -> dict[str, Any]:
    """Return how a server of this security is run; with a door it takes logins."""
    context = server_context(folder)
    how: dict[str, Any] = {"ssl_context": context}
    if security == "starttls":
        how = {"tls_context": context, "require_starttls": True}
    if door is not None:
        # For aiosmtpd a line that was secure from the start is an open one.
        how |= {"authenticator": door, "auth_require_tls": security == "starttls"}
        how["auth_required"] = security == "starttls"
    return how


def sent(server: SmtpSettings, security: str, folder: Path | None, **login: Any) -> SendOutcome:
    server = server.model_copy(update={"security": security, **login})
    context = None if folder is None else trusting(folder)
    return send(server, TO, MAIL, lambda: True, timeout_seconds=5, context=context)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_arrives_over_a_secure_line_after_the_login(security: str, tmp_path: Path) -> None:
    box, door = Box(), Door()
    with working(box, **served(security, tmp_path, door)) as server:
        assert sent(server, security, tmp_path, **LOGIN).state == "sent"
    assert (box.mails, door.knocked) == ([(TO, MAIL)], [b"papers"])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_wrong_password_sends_nothing_and_is_not_repeated(security: str, tmp_path: Path) -> None:
    box = Box()
    wrong = LOGIN | {"password": SecretStr("wr0ng words")}
    with working(box, **served(security, tmp_path, Door())) as server:
        outcome = sent(server, security, tmp_path, **wrong)
    assert (outcome.state, outcome.fault, box.mails) == ("failed", "server", [])
    assert outcome.result.startswith("The mail server refused the login: 535")
    assert "wr0ng" not in outcome.result


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(security: str, tmp_path: Path) -> None:
    box, door = Box(), Door()
    with working(box, **served(security, tmp_path, door)) as server:
        outcome = sent(server, security, None, **LOGIN)
    assert (outcome.state, outcome.fault) == ("failed", "server")
    assert (
        outcome.result
        == "The certificate of the mail server is not trusted: self-signed certificate."
    )
    assert (box.mails, door.knocked) == ([], [])


def test_a_certificate_of_another_host_is_refused(tmp_path: Path) -> None:
    box = Box()
    with working(box, ssl_context=server_context(tmp_path, "192.0.2.1")) as server:
        outcome = sent(server, "tls", tmp_path)
    assert outcome.result.startswith(
        "The certificate of the mail server is not trusted: IP address"
    )
    assert box.mails == []


def test_where_starttls_is_wanted_and_not_offered_nothing_leaves_in_the_open() -> None:
    box, door = Box(), Door()
    with working(box, authenticator=door, auth_require_tls=False) as server:
        outcome = sent(server, "starttls", None, **LOGIN)
    why = "The mail server does not offer STARTTLS, and nothing is sent in the open."
    assert outcome == SendOutcome("failed", why, "server")
    assert (box.mails, door.knocked) == ([], [])


def test_tls_on_a_port_that_speaks_plainly_is_one_sentence() -> None:
    with working(Box()) as server:
        outcome = sent(server, "tls", None)
    assert (outcome.state, outcome.fault) == ("failed", "server")
    assert outcome.result.startswith("No secure connection to the mail server: ")


def test_an_open_line_where_the_server_demands_starttls_is_refused_by_it(tmp_path: Path) -> None:
    box = Box()
    with working(box, **served("starttls", tmp_path)) as server:
        outcome = sent(server, "none", None)
    assert (outcome.state, box.mails) == ("failed", [])
    assert "STARTTLS" in outcome.result
