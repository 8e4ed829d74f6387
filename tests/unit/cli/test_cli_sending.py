"""Sending from the command line: what is due, its exit codes, the log, feeds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from mail_servers import Box, working
from notification_service import taking_notifications
from shells import Shell

from recommender.digest.subscription import Subscription, save_subscription
from recommender.store import Store

LONG_AGO = datetime.now(UTC) - timedelta(days=60)


@pytest.fixture
def mailing(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    """A library with one reader of long ago who wants mail, and a server that takes it."""
    store = Store(f"sqlite:///{shell.folder / 'paperloop.sqlite3'}")
    store.readers.add("Ada", LONG_AGO)
    save_subscription(
        store, "ada", Subscription(channels=("mail",), address="ada@example.org"), LONG_AGO
    )
    box = Box()
    with working(box) as server:
        monkeypatch.setenv("PAPERLOOP_SMTP__HOST", server.host)
        monkeypatch.setenv("PAPERLOOP_SMTP__PORT", str(server.port))
        monkeypatch.setenv("PAPERLOOP_SMTP__SECURITY", "none")
        monkeypatch.setenv("PAPERLOOP_SMTP__SENDER", server.sender)
        yield shell, store, box
    store.close()


def test_what_is_due_is_sent_once_however_often_it_is_called(mailing) -> None:
    shell, _, box = mailing
    assert "ada" in shell.run("digest", "due").stdout
    for _ in range(2):
        assert "mail" not in shell.run("digest", "due").stdout
    assert [to for to, _ in box.mails] == ["ada@example.org"]
    assert "mail: sent" in shell.run("digest", "log", "--reader", "Ada").stdout


def test_a_failure_is_an_exit_code_a_line_and_a_finding_of_the_doctor(mailing) -> None:
    shell, _, box = mailing
    box.refuse["ada@example.org"] = "550 no such box"
    first = shell.run("digest", "due", code=1)
    assert "failed: ada" in first.stdout
    assert "550 no such box" in first.stderr
    shell.run("digest", "due", code=1)
    assert "ada@example.org" not in first.output
    assert "BAD  digests: Digests: 1 failed." in shell.run("doctor", code=1).stdout


def test_an_unclear_mail_is_settled_by_a_person(mailing) -> None:
    shell, store, _ = mailing
    store.deliveries.expect("ada", "2026-W01", ["mail"], LONG_AGO, LONG_AGO)
    (made,) = store.deliveries.list("ada")
    claim = store.deliveries.claim(made.number, LONG_AGO, LONG_AGO + timedelta(minutes=9))
    assert claim is not None
    store.deliveries.begin(made.number, claim, LONG_AGO, LONG_AGO + timedelta(minutes=9))
    assert "is unclear" in shell.run("digest", "due", code=1).stderr
    shell.run("digest", "resolve", str(made.number), "--arrived")
    assert "unclear" not in shell.run("digest", "due").output
    assert (
        "paperloop digest log"
        in shell.run("digest", "resolve", str(made.number), "--lost", code=1).stderr
    )


def test_without_a_mail_server_it_says_which_setting_is_missing(shell: Shell) -> None:
    store = Store(f"sqlite:///{shell.folder / 'paperloop.sqlite3'}")
    store.readers.add("Ada", LONG_AGO)
    save_subscription(
        store, "ada", Subscription(channels=("mail",), address="ada@example.org"), LONG_AGO
    )
    store.close()
    assert "smtp" in shell.run("digest", "due", code=1).stdout


def test_an_empty_library_has_nothing_due(empty: Shell) -> None:
    assert empty.run("digest", "due").stdout == ""
    assert empty.json("digest", "log") == {"deliveries": []}


def test_a_plan_is_set_shown_and_reset(shell: Shell) -> None:
    words = ["--channel", "mail", "--address", "me@example.org", "--weekday", "friday"]
    said = shell.run("digest", "plan", *words, "--hour", "18", "--zone", "Asia/Tokyo").stdout
    assert said == (
        "Fridays from 18:00 Asia/Tokyo, at most 10 papers above your own bar; "
        "by page, mail to me@example.org.\n"
    )
    assert shell.json("digest", "plan")["weekday"] == 4
    assert "zone" in shell.run("digest", "plan", "--zone", "Mars", code=1).stderr
    assert "Mondays" in shell.run("digest", "plan", "--reset").stdout
    assert shell.run("digest", "plan", "--every", "off").stdout == "No digest.\n"


def test_a_feed_is_made_listed_and_closed(shell: Shell) -> None:
    address = shell.run("feed", "new").stdout.strip()
    assert address.endswith(".atom")
    (found,) = shell.json("feed", "ls")["feeds"]
    assert address.rpartition("/")[2].removesuffix(".atom") not in str(found)
    shell.run("feed", "revoke", str(found["number"]))
    assert shell.json("feed", "ls") == {"feeds": []}
    shell.run("feed", "revoke", str(found["number"]), code=2)
    shell.run("feed", "new", "--list", "nothing", code=1)


@pytest.mark.slow
def test_a_test_notification_is_sent_to_the_address_of_the_settings(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No address is set" in shell.run("digest", "notify", code=1).stderr
    assert "alarm_url" in shell.run("digest", "notify", "--alarms", code=1).stderr
    with taking_notifications() as (url, got):
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("PAPERLOOP_NOTIFY_URLS__ME", url)
        said = shell.run("digest", "notify").stdout
        assert "by json" in said
        assert url not in said
        assert got == []
        assert "sent: Taken." in shell.run("digest", "notify", "--test").stdout
        assert len(got) == 1
    said = shell.run("digest", "notify", "--test", code=1).stdout
    assert said == "failed: The service cannot be reached.\n"


def test_alarms_are_told_once_and_a_service_that_is_away_is_said(
    mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell, _, box = mailing
    box.refuse["ada@example.org"] = "550 no such box"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with taking_notifications(503) as (url, got):
        monkeypatch.setenv("PAPERLOOP_ALARM_URL", url)
        first = shell.run("digest", "due", code=1)
        assert "not told: The service answered 503" in first.stderr
    with taking_notifications() as (url, got):
        monkeypatch.setenv("PAPERLOOP_ALARM_URL", url)
        for _ in range(2):
            assert "not told" not in shell.run("digest", "due", code=1).stderr
    (alarm,) = got
    assert "ada" in alarm["message"]
    assert alarm["title"] == "Digests: 1 failed."
