"""Notifications: once each, tried again where they failed, and no secret in what is said."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from folders import ROOT
from notification_service import SECRET, taking_notifications
from test_dispatch import DUE, WEEK, World

from recommender.config import Settings, public_settings
from recommender.digest.alerts import Alert
from recommender.digest.compose.compose import preview
from recommender.digest.delivery.alert_notifications import tell_alarms
from recommender.digest.delivery.dispatch import Round, dispatch
from recommender.digest.delivery.notify import MAX_CHARACTERS, notify, plain, text_of
from recommender.digest.delivery.smtp import SendOutcome
from recommender.errors import MissingExtra


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_a_notification_arrives_and_is_taken() -> None:
    with taking_notifications() as (url, got):
        assert notify(url, "Week 3", "Two papers", lambda: True).state == "sent"
    assert [(x["title"], x["message"]) for x in got] == [("Week 3", "Two papers")]


def test_what_was_taken_over_is_not_handed_over() -> None:
    with taking_notifications() as (url, got):
        assert notify(url, "x", "y", lambda: False).state == "failed"
    assert got == []


@pytest.mark.parametrize(
    ("status", "silent", "state", "said"),
    [
        (401, False, "failed", "The service answered 401."),
        (503, False, "failed", "The service answered 503."),
        (200, True, "unclear", "The connection ended before the service answered."),
    ],
)
def test_every_outcome_is_told_apart_and_none_says_the_address(
    status: int, silent: bool, state: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with taking_notifications(status, silent=silent) as (url, _):
        outcome = notify(url, "x", "y", lambda: True)
    assert (outcome.state, outcome.result) == (state, said)
    assert SECRET not in caplog.text


def test_a_service_that_is_away_and_an_address_that_is_none_have_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with taking_notifications() as (url, _):
        pass
    away = notify(url, "x", "y", lambda: True)
    assert (away.state, away.result) == ("failed", "The service cannot be reached.")
    for wrong in ("nosuch://x", "", f"json://[{SECRET}"):
        assert "none that apprise knows" in notify(wrong, "x", "y", lambda: True).result
    assert SECRET not in caplog.text


def test_text_of_strangers_mentions_no_one_and_is_no_link() -> None:
    shown = plain("@everyone <!channel> [x](http://evil) `code` *bold*\n\x00")
    assert "@everyone" not in shown
    assert not set(shown) & set("<>[]`\n\x00")


def told(to: list[tuple[str, str, str]], outcome: SendOutcome) -> Callable[..., SendOutcome]:
    def tell(url: str, title: str, text: str, begin: Callable[[], bool]) -> SendOutcome:
        if outcome.state != "failed" and not begin():
            return SendOutcome("failed", "taken over")
        to.append((url, title, text))
        return outcome

    return tell


SENT = SendOutcome("sent", "Taken.")
FAILED = SendOutcome("failed", "The service answered 503.")
UNCLEAR = SendOutcome("unclear", "No answer.")


def with_url(world: World, **urls: str) -> None:
    settings = Settings(notify_urls=urls, base_url="https://papers.example.org")
    world.settings = world.settings.model_copy(
        update={"notify_urls": settings.notify_urls, "base_url": settings.base_url}
    )


def a_round(world: World, to: list[tuple[str, str, str]], outcome: SendOutcome = SENT) -> Round:
    return dispatch(
        world.store, world.ranks, world.settings, lambda: world.now, world.post, told(to, outcome)
    )


def test_an_issue_is_notified_once_with_its_papers(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.reader("ada", channels=("notify",))
    with_url(world, ada="ntfy://x")
    to: list[tuple[str, str, str]] = []
    for _ in range(3):
        a_round(world, to)
    ((url, title, text),) = to
    assert (url, WEEK in title) == ("ntfy://x", True)
    assert "1. Paper arxiv:2611.00000" in text
    assert text.endswith("https://papers.example.org/digest")
    assert world.states("notify") == [("ada", WEEK, "sent")]
    assert world.states("page") == [("ada", WEEK, "sent")]


def test_what_failed_is_tried_again_and_what_is_unclear_is_not(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.reader("ada", channels=("notify",))
    with_url(world, ada="ntfy://x")
    to: list[tuple[str, str, str]] = []
    assert "answered 503" in a_round(world, to, FAILED).failed[0]
    a_round(world, to, UNCLEAR)
    assert len(to) == 1
    world.now = DUE + timedelta(minutes=6)
    a_round(world, to, UNCLEAR)
    world.now = DUE + timedelta(days=2)
    a_round(world, to, SENT)
    assert len(to) == 2
    assert world.states("notify") == [("ada", WEEK, "unclear")]


def test_a_reader_without_an_address_is_told_of_the_setting(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.reader("ada", channels=("notify",))
    to: list[tuple[str, str, str]] = []
    assert "notify_urls" in a_round(world, to).failed[0]
    assert to == []


def test_a_long_digest_is_cut_and_says_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.reader("ada")
    manifest = preview(
        world.store, world.ranks, "ada", week=WEEK, now=world.now, settings=world.settings
    )
    long = replace(manifest.items[0], title="word " * 200)
    _, text = text_of(replace(manifest, items=(long,) * 50))
    assert len(text) <= MAX_CHARACTERS
    assert "more papers" in text


ALARMS = [Alert("failed", "W47 for ada is failed, tried 2 times", 7), Alert("late", "W47 is late")]


def test_an_alarm_is_told_once_while_it_holds_and_again_when_it_returns(tmp_path: Path) -> None:
    world = World(tmp_path)
    settings = Settings(data_dir=tmp_path, alarm_url=f"ntfy://{SECRET}")
    to: list[tuple[str, str, str]] = []

    def tell(alarms: list[Alert], outcome: SendOutcome = SENT) -> str:
        return tell_alarms(world.store, settings, alarms, told(to, outcome))

    assert tell_alarms(world.store, world.settings, ALARMS, told(to, SENT)) == ""
    assert to == []
    said = tell(ALARMS, FAILED)
    assert "not told: The service answered 503" in said
    assert SECRET not in said
    to.clear()
    tell(ALARMS)
    tell([replace(ALARMS[0], text="W47 for ada is failed, tried 3 times"), ALARMS[1]])
    assert len(to) == 1
    assert to[0][1] == "Digests: 1 failed, 1 late."
    tell(ALARMS[:1])
    tell(ALARMS)
    assert [x[2] for x in to[1:]] == ["W47 is late"]
    tell([])
    tell(ALARMS, UNCLEAR)
    tell(ALARMS)
    assert len(to) == 3


def test_addresses_are_in_no_export_and_no_repr() -> None:
    settings = Settings(notify_urls={"me": f"ntfy://{SECRET}"}, alarm_url=f"ntfy://{SECRET}")
    assert SECRET not in repr(settings) + repr(public_settings(settings))


def test_without_the_package_one_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(MissingExtra, match=r"paperloop\[notify\]"):
        notify("ntfy://x", "x", "y", lambda: True)


@pytest.mark.slow
def test_the_package_is_not_loaded_before_something_is_sent() -> None:
    program = (
        "import sys, recommender.digest.delivery.notify\n"
        "assert not [x for x in sys.modules if x.startswith('apprise')]"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    others = [x for x in (ROOT / "recommender").rglob("*.py") if x.stem != "notify"]
    assert not [x for x in others if re.search(r"(import|from) apprise", x.read_text())]
