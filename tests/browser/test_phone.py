"""A phone of 390 pixels: a finger answers a card, and the menu gives way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Reading, shown_text, until
from playwright.sync_api import Browser, Page, expect

from recommender.domain import EventKind

_SWIPE = """([x, y]) => {
    const hosts = [...document.querySelectorAll('*')].filter((x) => x.shadowRoot);
    const card = hosts.map((h) => h.shadowRoot.querySelector('.deck .card')).find((c) => c);
    const at = (dx, dy) => new Touch({
        identifier: 1, target: card, clientX: 200 + dx, clientY: 300 + dy});
    const fire = (name, touch, list) => card.dispatchEvent(new TouchEvent(name, {
        touches: list, changedTouches: [touch], bubbles: true, cancelable: true}));
    fire('touchstart', at(0, 0), [at(0, 0)]);
    fire('touchmove', at(x / 2, y / 2), [at(x / 2, y / 2)]);
    fire('touchend', at(x, y), []);
}"""


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def test_a_swipe_to_the_right_likes_and_to_the_left_skips(reading: Reading, phone: Page) -> None:
    phone.goto(reading.address())
    title = phone.locator(".deck .title")
    title.wait_for()
    first = shown_text(title)
    phone.evaluate(_SWIPE, [150, 10])
    until(phone, lambda: reading.events() == [(EventKind.like, first)])
    second = shown_text(title)
    phone.evaluate(_SWIPE, [-150, 10])
    until(phone, lambda: reading.events()[1:] == [(EventKind.skip, second)])
    phone.get_by_role("button", name="Undo").tap()
    until(phone, lambda: shown_text(title) == second)


@pytest.mark.parametrize("movement", [[40, 0], [150, 200], [0, -300]])
def test_a_slip_and_a_scroll_answer_nothing(
    reading: Reading, phone: Page, movement: list[int]
) -> None:
    phone.goto(reading.address())
    phone.locator(".deck .title").wait_for()
    before = shown_text(phone.locator(".deck .title"))
    phone.evaluate(_SWIPE, movement)
    phone.wait_for_timeout(500)
    assert shown_text(phone.locator(".deck .title")) == before
    assert reading.events() == []


def test_the_menu_closes_when_a_page_is_chosen(reading: Reading, phone: Page) -> None:
    phone.goto(reading.address())
    phone.locator(".deck .title").wait_for()
    phone.get_by_test_id("stExpandSidebarButton").tap()
    phone.get_by_test_id("stSidebarNavItems").get_by_role("link", name="Search").tap()
    phone.get_by_role("heading", name="Search", level=1).wait_for()
    until(phone, lambda: not covered(phone))


def test_actions_on_picked_papers_are_one_line_that_a_finger_moves(
    kept: Reading, phone: Page
) -> None:
    phone.goto(kept.address("library"))
    bar = phone.locator(".stHorizontalBlock.st-key-bar-Liked")
    expect(bar.get_by_text("Export all", exact=True)).to_be_attached()
    box = bar.bounding_box()
    assert box is not None
    assert box["height"] < 60
    bar.get_by_text("Export all", exact=True).scroll_into_view_if_needed()
    expect(bar.get_by_text("Export all", exact=True)).to_be_in_viewport(ratio=0.9)


def covered(page: Page) -> bool:
    """Whether the menu lies over the page."""
    box = page.get_by_test_id("stSidebar").bounding_box()
    return box is not None and box["width"] > 0 and box["x"] + box["width"] > 40
