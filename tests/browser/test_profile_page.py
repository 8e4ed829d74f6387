"""The map of the catalogue: hover, select and act; hostile titles are text on it."""

from __future__ import annotations

import pytest
from conftest import Reading, ServedModel, shown_text, until
from playwright.sync_api import Page
from test_pages import quiet

from recommender.domain import EventKind


def open_map(page: Page, reading: Reading) -> None:
    page.goto(reading.address("taste", side="Map"))
    page.get_by_label("Or choose a paper by its title").wait_for(timeout=60_000)
    page.locator("[data-testid=stVegaLiteChart] svg").wait_for()
    quiet(page)


def points(page: Page) -> list[list[float]]:
    """Return the middles of the papers' marks."""
    marks = page.get_by_test_id("stVegaLiteChart").locator("svg .role-mark path")
    found: list[list[float]] = marks.evaluate_all(_MIDDLES)
    return found


_MIDDLES = """(marks) => marks.map((mark) => {
    const box = mark.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
})"""


def hover_a_paper(page: Page) -> tuple[float, float]:
    """Move over the chart until a tooltip shows; return where."""
    tooltip = page.locator("#vg-tooltip-element.visible")
    for x, y in points(page):
        page.mouse.move(x, y)
        page.wait_for_timeout(20)
        if tooltip.count():
            return x, y
    raise AssertionError("no paper was found on the map")


def test_a_paper_on_the_map_is_hovered_selected_and_liked(reading: Reading, page: Page) -> None:
    open_map(page, reading)
    x, y = hover_a_paper(page)
    page.mouse.click(x, y)
    like = page.get_by_role("button", name="Like", exact=True)
    like.wait_for()
    title = shown_text(page.locator(".row h3").first)
    like.click()
    until(page, lambda: reading.events() == [(EventKind.like, title)])
    page.get_by_text("1 liked").wait_for()


def test_a_paper_is_chosen_from_the_keyboard_alone(reading: Reading, page: Page) -> None:
    open_map(page, reading)
    page.get_by_label("Or choose a paper by its title").focus()
    page.keyboard.type("glaciers 3")
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Like", exact=True).wait_for()


@pytest.mark.parametrize("side", ["Map", "What you did"])
def test_hostile_titles_are_text(hostile: ServedModel, page: Page, side: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    reading = hostile.new_reader(f"taste of {side}")
    interest = hostile.store.readers.interests(reading.reader_id)[0].interest_id
    for paper_id in hostile.store.catalogue.ids():
        reading.judge(EventKind.like, paper_id, interest)
    if side == "Map":
        open_map(page, reading)
        hover_a_paper(page)
        assert page.locator("#vg-tooltip-element img, #vg-tooltip-element script").count() == 0
        return
    page.goto(reading.address("taste", side=side))
    page.get_by_text("9 actions count").wait_for()
    quiet(page)
    body = page.locator("[class*=st-key-event-]")
    assert "<img src=x" in " ".join(body.all_inner_texts())
    for tag in ("img", "script", "a", "code", "table", "del"):
        assert body.locator(tag).count() == 0, tag
