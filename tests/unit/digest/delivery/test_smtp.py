"""What becomes of a mail, whatever the server does."""

from __future__ import annotations

import socket

import pytest
from mail_servers import Box, scripted, settings, working
from pydantic import SecretStr, ValidationError

from recommender.config import SmtpSettings
from recommender.digest.delivery.smtp import SendOutcome, send
from recommender.errors import StoreError

MAIL = b"Subject: x\r\n\r\nOne\r\n.\r\n..two\r\nlast\r\n"
TO = "ada@example.org"
READY = ("220 hi", "250 hello", "250 from", "250 to", "354 go")


def sent(server: SmtpSettings, content: bytes = MAIL, begin=lambda: True, **more) -> SendOutcome:
    return send(server, TO, content, begin, **{"timeout_seconds": 0.3} | more)


def test_a_mail_arrives_as_it_is_lines_of_dots_and_all():
    box = Box()
    with working(box) as server:
        assert sent(server, timeout_seconds=5).state == "sent"
    assert box.mails == [(TO, MAIL)]


def test_an_address_that_is_refused_failed_and_is_not_repeated_in_the_result():
    with working(Box(refuse={TO: f"550 no {TO} here"})) as server:
        outcome = sent(server, timeout_seconds=5)
    assert outcome == SendOutcome("failed", "550 no (address) here")


@pytest.mark.parametrize("answer", ["451 later", "554 spam", "421 closing"])
def test_a_mail_refused_after_its_last_line_failed(answer):
    with working(Box(after_data=answer)) as server:
        assert sent(server, timeout_seconds=5).state == "failed"


def test_a_server_that_is_not_there_is_a_fault_of_the_server():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = settings(free.getsockname()[1])
    outcome = sent(server)
    assert (outcome.state, outcome.fault) == ("failed", "server")


@pytest.mark.parametrize("n", range(len(READY)))
@pytest.mark.parametrize("end", ["hang", "close"])
def test_a_line_that_ends_before_the_mail_is_handed_over_failed(n, end):
    with scripted(*READY[:n], end) as server:
        outcome = sent(server)
    assert outcome.state == "failed"
    assert outcome.fault == ("line" if n >= 2 else "server")


@pytest.mark.parametrize("end", [("read", "close"), ("read", "hang"), ("part", "close")])
def test_a_line_that_ends_after_that_is_unclear(end):
    with scripted(*READY, *end) as server:
        assert sent(server, MAIL * 100_000).state == "unclear"


def test_a_server_that_accepts_and_then_falls_silent_has_it():
    with scripted(*READY, "read", "250 mine", "close") as server:
        assert sent(server).state == "sent"


def test_a_server_that_never_ends_its_answer_is_cut_off():
    with scripted("220 hi", "250-still here", "hang") as server:
        outcome = sent(server, timeout_seconds=4, longest_seconds=0.3)
    assert (outcome.state, outcome.fault) == ("failed", "server")


def test_nothing_is_handed_over_when_somebody_else_took_it():
    box = Box()
    with working(box) as server:
        assert sent(server, begin=lambda: False, timeout_seconds=5).state == "failed"

        def full() -> bool:
            raise StoreError("The disk is full.")

        with pytest.raises(StoreError):
            sent(server, begin=full, timeout_seconds=5)
    assert box.mails == []


def test_mail_that_should_be_secret_is_not_sent_in_the_open():
    box = Box()
    with working(box) as server:
        outcome = sent(server.model_copy(update={"security": "starttls"}), timeout_seconds=5)
    assert (outcome.state, outcome.fault, box.mails) == ("failed", "server", [])


def test_a_password_never_stands_in_a_result():
    secret = SecretStr("s3cret words")
    with scripted("220 hi", "250-hello\r\n250 AUTH PLAIN", "535 no: s3cret words") as server:
        known = server.model_copy(update={"user": "u", "password": secret})
        outcome = sent(known)
    assert outcome.state == "failed"
    assert "s3cret" not in outcome.result
    assert "s3cret" not in repr(known)


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "mail.example.org"},
        {"host": "mail.example.org", "sender": "p@x.org", "security": "none"},
        {"host": "mail.example.org", "sender": "p@x.org", "user": "u"},
        {"host": "mail.example.org", "sender": "p@x.org\r\nBcc: a@b.c"},
        {"host": "mail example", "sender": "p@x.org"},
        {"host": "mail.example.org", "sender": "p@x.org", "port": 0},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        SmtpSettings(**wrong)
