"""A digest's mail in a real browser: open it, click like, confirm, and the event is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from conftest import SHOTS, Reading, ServedModel, shown_text, until
from mail_servers import SENDER, Box, working
from playwright.sync_api import Page, expect

from recommender.digest.delivery.dispatch import dispatch
from recommender.digest.subscription import Subscription, save_subscription, subscription_of
from recommender.recommend.recommender import Recommender

DUE = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def mail(served: ServedModel, reading: Reading, tmp_path: Path) -> Path:
    """The HTML of the mail that the reader got over SMTP, as a file."""
    plan = Subscription(bar=-9.0, size=4, channels=("mail",), address="reader@example.org")
    save_subscription(served.store, reading.reader_id, plan, DUE - timedelta(days=2))
    box = Box()
    with working(box) as server:
        assert server.sender == SENDER
        more = {"base_url": served.url, "smtp": server}
        settings = served.settings.model_copy(update=more)
        recommender = Recommender(served.store, settings)
        dispatch(served.store, recommender, settings, lambda: DUE)
    ((_, content),) = box.mails
    part = message_from_bytes(content, policy=policy.default).get_body(("html",))
    assert part is not None
    file = tmp_path / "mail.html"
    file.write_text(part.get_content(), encoding="utf-8")
    return file


def test_a_like_in_a_mail_is_an_event_only_once_it_is_confirmed(
    page: Page, mail: Path, reading: Reading, served: ServedModel
) -> None:
    page.set_content(mail.read_text(encoding="utf-8"))
    title = shown_text(page.locator("h2").first)
    page.get_by_role("link", name="Like").first.click()
    page.get_by_role("button", name="Like it").wait_for()
    expect(page.locator("main")).to_contain_text(title, use_inner_text=True)
    assert reading.events() == []
    page.screenshot(path=SHOTS / "answer-asked.png")
    page.get_by_role("button", name="Like it").press("Enter")
    page.get_by_role("heading", name="Liked.").wait_for()
    until(page, lambda: [(k.value, t) for k, t in reading.events()] == [("like", title)])
    page.reload()
    page.get_by_role("heading", name="Liked.").wait_for()
    assert len(reading.events()) == 1
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 700})
    page.screenshot(path=SHOTS / "answer-done-dark.png")
    page.get_by_role("link", name="Open paperloop").click()
    page.locator(".deck .title").wait_for()


def test_the_mail_ends_by_its_own_link(
    page: Page, mail: Path, reading: Reading, served: ServedModel
) -> None:
    page.set_content(mail.read_text(encoding="utf-8"))
    page.locator('a[href*="/unsubscribe/"]').click()
    page.get_by_role("button", name="Stop the mail").click()
    page.get_by_role("heading", name="No more mail.").wait_for()
    plan = subscription_of(served.store, reading.reader_id, served.settings)
    assert plan.channels == ("page",)
    page.goto("about:blank")
    page.goto(f"{served.url}/f/forged")
    page.screenshot(path=SHOTS / "answer-forged.png")
    expect(page.locator("h1")).to_contain_text("does nothing", use_inner_text=True)
