"""Rounds of sending: each issue once by each channel, whatever goes wrong in between."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from invented_week import MONDAY, TableRecommender
from mail_servers import SENDER
from stores import paper, sqlite_store

from recommender.config import Settings, SmtpSettings
from recommender.digest.alerts import GRACE, alerts, headline
from recommender.digest.compose.compose import preview
from recommender.digest.compose.manifest import Manifest
from recommender.digest.delivery.dispatch import LEASE, Round, dispatch, pause_after
from recommender.digest.delivery.smtp import SendOutcome
from recommender.digest.render.mail import mail_of
from recommender.digest.subscription import Subscription, save_subscription, subscription_of
from recommender.errors import StoreError
from recommender.store import engines

DUE = datetime(2026, 11, 23, 7, tzinfo=UTC)
WEEK = "2026-W47"


class Post:
    """A mailer that keeps what it is given and answers as it is told."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []
        self.answers: dict[str, SendOutcome | Exception] = {}
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, to: str, content: bytes, begin: Callable[[], bool]) -> SendOutcome:
        self.asked.append(to)
        answer = self.answers.get(to, SendOutcome("sent", "250 OK"))
        if isinstance(answer, Exception):
            raise answer
        if answer.state == "failed":
            return answer
        self.meanwhile()
        if not begin():
            return SendOutcome("failed", "Another process took it over.")
        self.mails.append((to, content))
        return answer


class World:
    """A library with a week of papers, readers with plans, and a clock that is set by hand."""

    def __init__(self, folder: Path) -> None:
        self.store = sqlite_store(folder)
        self.settings = Settings(
            data_dir=folder, smtp=SmtpSettings(host="localhost", sender=SENDER)
        )
        self.now = DUE
        self.post = Post()
        ids = [f"arxiv:2611.{i:05d}" for i in range(4)]
        papers = [paper(f"Paper {x}", x, published_at=MONDAY) for x in ids]
        self.store.catalogue.add(papers, MONDAY)
        self.ranks = TableRecommender({x: 2.0 - i / 10 for i, x in enumerate(ids)})

    def reader(self, name: str, **plan: object) -> str:
        self.store.readers.ensure(name, MONDAY + timedelta(days=1))
        given = {"channels": ("mail",), "address": f"{name}@example.org"} | plan
        save_subscription(self.store, name, Subscription(**given), MONDAY + timedelta(days=1))
        return name

    def round(self) -> Round:
        return dispatch(self.store, self.ranks, self.settings, lambda: self.now, self.post)

    def states(self, channel: str = "mail") -> list[tuple[str | None, str, str]]:
        found = self.store.deliveries.list()
        return sorted((x.reader_id or "", x.issue, x.state) for x in found if x.channel == channel)

    def alerts(self) -> list[str]:
        return [x.kind for x in alerts(self.store, self.settings, self.now)]


@pytest.fixture
def world(tmp_path: Path):
    made = World(tmp_path)
    yield made
    made.store.close()


def test_an_issue_goes_out_once_at_its_hour_and_then_no_more(world):
    world.reader("ada")
    world.now = DUE - timedelta(seconds=1)
    world.round()
    assert [x for x in world.states() if x[1] == WEEK] == []
    world.now = DUE
    for _ in range(3):
        world.round()
        world.now += timedelta(hours=5)
    assert [to for to, _ in world.post.mails] == ["ada@example.org"]
    assert world.states() == [("ada", WEEK, "sent")]
    assert world.alerts() == []


def test_what_was_previewed_is_what_is_sent_byte_for_byte(world):
    world.reader("ada")
    shown = preview(world.store, world.ranks, "ada", week=WEEK, now=DUE, settings=world.settings)
    world.round()
    assert world.post.mails == [
        ("ada@example.org", mail_of(shown, sender=SENDER, to="ada@example.org"))
    ]


def test_a_reader_who_came_after_its_hour_gets_the_next_issue(world):
    world.store.readers.ensure("late", DUE + timedelta(hours=1))
    mail = Subscription(channels=("mail",), address="l@example.org")
    save_subscription(world.store, "late", mail, DUE + timedelta(hours=1))
    world.now = DUE + timedelta(days=2)
    world.round()
    assert world.states() == []
    world.now = DUE + timedelta(days=7)
    world.round()
    assert world.states() == [("late", "2026-W48", "sent")]


def test_a_refused_address_is_tried_again_later_and_keeps_nobody_waiting(world):
    for name in ("ada", "bob", "cat"):
        world.reader(name)
    world.post.answers["bob@example.org"] = SendOutcome("failed", "550 no such box")
    assert len(world.round().failed) == 1
    assert world.states() == [
        ("ada", WEEK, "sent"),
        ("bob", WEEK, "failed"),
        ("cat", WEEK, "sent"),
    ]
    assert world.alerts() == ["failed"]
    world.round()
    assert world.post.asked.count("bob@example.org") == 1
    world.now += pause_after(1)
    world.post.answers.clear()
    world.round()
    assert world.states()[1] == ("bob", WEEK, "sent")
    assert world.alerts() == []


def test_pauses_grow_and_end_at_half_a_day():
    pauses = [pause_after(n) for n in range(1, 40)]
    assert pauses[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=12)


def test_a_server_that_is_down_is_asked_once_a_round_and_nobody_is_put_off(world):
    for name in ("ada", "bob", "cat"):
        world.reader(name)
        world.post.answers[f"{name}@example.org"] = SendOutcome("failed", "no route", "server")
    assert len(world.round().failed) == 3
    assert len(world.post.asked) == 1
    world.post.answers.clear()
    world.now += timedelta(minutes=1)
    world.round()
    assert [x[2] for x in world.states()] == ["failed", "sent", "sent"]


def test_one_poisoned_mail_that_cuts_the_line_does_not_starve_the_others(world):
    names = [f"r{i}" for i in range(8)]
    for name in names:
        world.reader(name)
    for name in names[:4]:
        world.post.answers[f"{name}@example.org"] = SendOutcome("failed", "cut off", "line")
    for _ in range(3):
        world.round()
        world.now += timedelta(minutes=1)
    assert sum(x[2] == "sent" for x in world.states()) == 4


@pytest.mark.slow
def test_fifty_failures_cannot_go_unseen(world):
    for i in range(50):
        world.reader(f"r{i}")
        world.post.answers[f"r{i}@example.org"] = SendOutcome("failed", "550 no")
    world.round()
    found = alerts(world.store, world.settings, world.now)
    assert len(found) == 50
    assert headline(found) == "Digests: 50 failed."
    assert "r49" in " ".join(x.text for x in found)


def test_an_unclear_mail_is_listed_and_not_sent_again_until_somebody_says_so(world):
    world.reader("ada")
    world.post.answers["ada@example.org"] = SendOutcome("unclear", "The connection ended.")
    world.round()
    world.now += timedelta(days=3)
    world.round()
    assert len(world.post.mails) == 1
    assert world.alerts() == ["unclear"]
    world.post.answers.clear()
    number = world.store.deliveries.list(states=["unclear"])[0].number
    world.store.deliveries.resolve(number, arrived=False, now=world.now)
    world.round()
    first, second = world.post.mails
    assert first == second


def test_a_process_that_was_overtaken_hands_nothing_over(world):
    world.reader("ada")

    def overtaken() -> None:
        world.post.meanwhile = lambda: None
        world.now += LEASE
        world.round()

    world.post.meanwhile = overtaken
    world.round()
    assert len(world.post.mails) == 1
    assert world.states() == [("ada", WEEK, "sent")]


def test_a_full_disk_before_handing_over_sends_nothing(world, monkeypatch):
    world.reader("ada")

    def full(*_: object) -> bool:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(world.store.deliveries, "begin", full)
    assert world.round().failed == [f"ada {WEEK} mail: The disk is full."]
    assert world.post.mails == []
    assert world.states() == [("ada", WEEK, "failed")]


def test_a_full_disk_after_it_leaves_the_mail_unclear_and_not_sent_twice(world, monkeypatch):
    world.reader("ada")

    def full(*_: object, **__: object) -> bool:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(world.store.deliveries, "finish", full)
        for _ in range(2):
            with pytest.raises(StoreError):
                world.round()
    world.now += 2 * LEASE
    world.round()
    world.now += timedelta(days=1)
    world.round()
    assert len(world.post.mails) == 1
    assert world.states() == [("ada", WEEK, "unclear")]


def test_a_reader_forgotten_meanwhile_gets_nothing_and_stops_nobody(world, monkeypatch):
    # What is forgotten leaves the log of the database after a wait for those who read.
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)
    world.reader("ada")
    world.reader("bob")
    compose = world.ranks.recommend

    def forget(reader_id: str, **more: object):
        if reader_id == "ada":
            world.store.readers.forget("ada")
        return compose(reader_id, **more)

    world.ranks.recommend = forget
    world.round()
    assert [to for to, _ in world.post.mails] == ["bob@example.org"]
    assert ("", WEEK, "waiting") in world.states()
    assert world.alerts() == []


def test_what_was_switched_off_meanwhile_is_dropped(world):
    world.reader("ada")
    world.post.answers["ada@example.org"] = SendOutcome("failed", "451 later")
    world.round()
    plan = subscription_of(world.store, "ada", world.settings)
    save_subscription(world.store, "ada", replace(plan, channels=("page",)), world.now)
    world.now += timedelta(days=1)
    world.post.answers.clear()
    world.round()
    assert world.post.mails == []
    assert world.states() == [("ada", WEEK, "dropped")]
    assert world.alerts() == []


def test_a_fault_of_ours_in_one_issue_leaves_the_others_theirs(world, caplog):
    world.reader("ada")
    world.reader("bob")
    world.post.answers["ada@example.org"] = ZeroDivisionError("oops")
    with caplog.at_level(logging.CRITICAL):
        world.round()
    assert world.states() == [("ada", WEEK, "failed"), ("bob", WEEK, "sent")]


def test_a_plan_that_cannot_be_used_is_an_alert_and_stops_nobody(world):
    world.reader("ada")
    world.reader("bob")
    world.store.preferences.set("ada", "digest", {"zone": "Mars"})
    assert len(world.round().failed) == 1
    assert [x[0] for x in world.states()] == ["bob"]
    assert world.alerts() == ["misplanned"]


def test_files_are_written_and_an_unwritable_folder_is_a_failure(world, tmp_path):
    world.reader("ada", channels=("files",))
    world.round()
    written = sorted(x.name for x in (tmp_path / "digests").iterdir())
    assert written == [f"{WEEK}-ada.html", f"{WEEK}-ada.md", f"{WEEK}-ada.txt"]
    (tmp_path / "blocked").write_text("")
    world.settings = world.settings.model_copy(update={"digest_folder": tmp_path / "blocked"})
    world.now += timedelta(days=7)
    assert len(world.round().failed) == 1


def test_a_day_without_papers_sends_no_mail(world):
    world.reader("ada", every="day")
    world.now = DUE + timedelta(days=4)
    world.round()
    assert world.post.mails == []
    assert [x[2] for x in world.states()] == ["dropped"]


def test_issues_nobody_sends_are_late(world):
    world.reader("ada")
    world.reader("reads-in-the-app", channels=("page",))
    world.now = DUE + GRACE
    assert world.alerts() == []
    world.now += timedelta(seconds=1)
    assert world.alerts() == ["late"]
    world.store.deliveries.expect("ada", WEEK, ["mail"], DUE, world.now)
    assert world.alerts() == ["late"]
    world.round()
    assert world.alerts() == []


@pytest.mark.parametrize(
    "before",
    [{"channels": ("page",)}, {"every": "off"}, {"channels": ("page",), "hour": 20}],
    ids=["page only", "off", "page at another hour"],
)
def test_mail_that_is_switched_on_in_mid_week_begins_with_the_next_issue(world, before):
    world.reader("ada", **before)
    world.round()
    world.now = DUE + timedelta(days=3)
    save_subscription(
        world.store, "ada", Subscription(channels=("mail",), address="ada@example.org"), world.now
    )
    for _ in range(3):
        assert world.alerts() == []
        world.round()
        world.now += timedelta(hours=5)
    assert world.post.mails == []
    world.now = DUE + timedelta(days=7)
    world.round()
    assert world.states() == [("ada", "2026-W48", "sent")]


def test_mail_stays_on_when_the_rest_of_a_plan_changes(world):
    world.reader("ada", weekday=4)
    world.now = DUE + timedelta(days=3)
    changed = replace(subscription_of(world.store, "ada", world.settings), weekday=0)
    save_subscription(world.store, "ada", changed, world.now)
    assert world.alerts() == []
    world.round()
    assert world.states() == [("ada", WEEK, "sent")]


def test_a_change_of_the_plan_excuses_a_late_issue_for_a_while_only(world):
    world.reader("ada", weekday=4)
    world.now = DUE + timedelta(days=3)
    changed = replace(subscription_of(world.store, "ada", world.settings), weekday=0)
    save_subscription(world.store, "ada", changed, world.now)
    world.now += GRACE + timedelta(seconds=1)
    assert world.alerts() == ["late"]


def test_weeks_that_were_missed_come_as_one_issue(world):
    world.reader("ada")
    world.round()
    world.now = DUE + timedelta(days=28)
    world.round()
    assert [x[1] for x in world.states()] == [WEEK, "2026-W51"]


def test_no_paper_comes_twice(world):
    world.reader("ada")
    for week in range(4):
        world.store.catalogue.add(
            [paper(f"New {week}", f"arxiv:2612.{week:05d}", published_at=world.now)], world.now
        )
        world.ranks.table = {**world.ranks.table, f"arxiv:2612.{week:05d}": 1.0}
        world.round()
        world.now += timedelta(days=7)
    stored = [world.store.digests.get("ada", x[1]) or "" for x in world.states()]
    shown = [x.paper_id for text in stored for x in Manifest.from_json(text).items]
    assert len(shown) == len(set(shown)) == 7
