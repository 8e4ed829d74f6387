"""Library, Search and Sources in Chromium: by keyboard, with addresses to share."""

from __future__ import annotations

from functools import partial

import pytest
from conftest import SHOTS, Reading, until
from playwright.sync_api import Page, expect

from recommender.domain import EventKind


@pytest.fixture
def listed(reading: Reading) -> Reading:
    """A reader with a list of four papers."""
    store = reading.served.store
    now = store.readers.list()[0].created_at
    made = store.reading_lists.create(reading.reader_id, "Monday", now)
    found = [x for x, _ in store.catalogue.search("calving moraine", 4)]
    store.reading_lists.extend(made.list_id, found, now)
    return reading


def order(reading: Reading) -> tuple[str, ...]:
    return reading.served.store.reading_lists.get(reading.reader_id, "Monday").paper_ids


def opened(page: Page, reading: Reading, path: str, **query: str) -> None:
    page.goto(reading.address(path, **query))
    page.get_by_role("heading", level=1).wait_for()
    page.get_by_test_id("stMain").get_by_test_id("stSkeleton").first.wait_for(
        state="detached", timeout=60_000
    )


def settled(page: Page) -> None:
    """Wait until the page is drawn anew: a box that is redrawn under the key misses it."""
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_timeout(300)


def test_a_list_is_ordered_and_papers_are_picked_by_keyboard(page: Page, listed: Reading) -> None:
    opened(page, listed, "library", shelf="Reading lists")
    a, b, c, d = order(listed)
    page.locator(".row .handle").first.focus()
    page.keyboard.press("ArrowDown")
    until(page, lambda: order(listed) == (b, a, c, d))
    settled(page)
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    page.get_by_text("1 selected", exact=True).wait_for()
    page.get_by_test_id("stMain").get_by_role("button", name="Like", exact=True).first.focus()
    page.keyboard.press("Enter")
    until(page, lambda: [kind for kind, _ in listed.events()] == [EventKind.like])
    page.get_by_role("button", name="Undo: Liked 1 paper").press("Enter")
    until(page, lambda: [kind for kind, _ in listed.events()][1:] == [EventKind.undo])


def test_an_export_shows_the_selection_in_every_format(page: Page, listed: Reading) -> None:
    opened(page, listed, "library", shelf="Reading lists")
    page.get_by_text("Export all").click()
    page.get_by_text("Export 4 papers as").wait_for()
    page.get_by_text("@", exact=False).first.wait_for()
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / "library-export.png")


@pytest.mark.parametrize("left_by", ["Escape", "waiting"])
def test_a_note_is_kept_as_it_is_typed_on_a_paper_that_is_on_no_list(
    page: Page, reading: Reading, left_by: str
) -> None:
    opened(page, reading, "search", q="calving moraine")
    page.locator(".row").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Note", exact=True).first.fill("why <b>not</b>?")
    if left_by == "Escape":
        page.get_by_label("Note", exact=True).first.press("Escape")
    annotations = reading.served.store.annotations
    until(page, lambda: bool(annotations.all(reading.reader_id)))
    ((paper_id, held),) = annotations.all(reading.reader_id).items()
    assert held.note == "why <b>not</b>?"
    opened(page, reading, "paper", paper=paper_id)
    expect(page.get_by_label("Note", exact=True).first).to_have_value(held.note)


def test_a_search_is_shared_by_its_address(page: Page, reading: Reading) -> None:
    opened(page, reading, "search", q='glaciers author:"Bo Madeup" year:2026')
    expect(page.get_by_label("Years")).to_have_value("2026")
    page.get_by_label("Venue").fill("journal")
    page.keyboard.press("Enter")
    until(page, lambda: "venue%3Ajournal" in page.url)
    page.get_by_role("button", name="Operators").press("Enter")
    page.get_by_text("these words side by side").wait_for()


def test_details_of_a_paper_open_from_its_card(page: Page, reading: Reading) -> None:
    opened(page, reading, "search", q="glaciers")
    page.locator(".row h3 a").first.press("Enter")
    page.get_by_text("Where this comes from").wait_for()
    assert "paper=doi" in page.url


def test_a_list_opens_in_its_own_order_and_is_ordered_by_dragging(
    page: Page, listed: Reading
) -> None:
    store = listed.served.store
    made = store.reading_lists.get(listed.reader_id, "Monday")
    a, b, c, d = store.reading_lists.move(made.list_id, made.paper_ids[3], 0).paper_ids
    opened(page, listed, "library", shelf="Reading lists", list=made.list_id)
    shown = page.locator(".row")
    shown.nth(3).wait_for()
    papers = partial(shown.evaluate_all, "rows => rows.map(x => x.dataset.paper)")
    until(page, lambda: papers() == [a, b, c, d])
    page.locator(".row .handle").nth(3).drag_to(shown.nth(1))
    until(page, lambda: order(listed) == (a, d, b, c))
    until(page, lambda: papers() == [a, d, b, c])
