"""One keyboard on every page: rows, pages behind G, the search, the palette, the list of keys."""

from __future__ import annotations

import pytest
from conftest import Reading, shown_text, until
from playwright.sync_api import Page

from recommender.domain import EventKind


def rows_of(page: Page, reading: Reading, path: str = "", **query: str) -> list[str]:
    page.goto(reading.address(path, **query))
    page.locator(".row").first.wait_for()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_timeout(300)
    return page.locator(".row h3").all_inner_texts()


def test_papers_in_rows_are_answered_by_key(reading: Reading, page: Page) -> None:
    rows_of(page, reading, view="Compact")
    page.keyboard.press("j")
    titles = []
    for key in "lsnv":  # what follows may be ranked again between two keys
        titles.append(page.locator(".row.current h3").inner_text())
        page.keyboard.press(key)
    expected = list(
        zip(
            (EventKind.like, EventKind.skip, EventKind.dislike, EventKind.save),
            titles,
            strict=False,
        )
    )
    until(page, lambda: reading.events() == expected, lambda: str(reading.events()))
    page.wait_for_timeout(1500)  # what follows is ranked again; what was answered stays
    until(page, lambda: page.locator(".row h3").all_inner_texts()[:4] == titles[:4])
    stands = page.locator(".row .stands")
    answered = ["Liked", "Skipped", "Not interested", "Saved"]
    until(page, lambda: stands.all_inner_texts()[:4] == answered)
    page.keyboard.press("k")
    page.keyboard.press("u")
    until(page, lambda: reading.events()[-1] == (EventKind.undo, titles[2]))
    until(page, lambda: page.locator(".row h3").all_inner_texts()[:4] == titles[:4])


def test_after_the_first_answer_the_route_ranks_what_follows(reading: Reading, page: Page) -> None:
    rows_of(page, reading, view="Compact")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.get_by_role("button", name="Next papers", exact=True).wait_for()
    ids = page.locator(".row")
    before = ids.evaluate_all("x => x.map((row) => row.dataset.paper)")
    with page.expect_response("**/api/feedback") as sent:
        page.keyboard.press("l")
    ranked = [x["paper_id"] for x in sent.value.json()["queue"]["rows"]]
    kept = before[:3]  # two answered, and the one in focus
    expected = kept + [x for x in ranked if x not in kept]
    assert expected != before
    until(page, lambda: ids.evaluate_all("x => x.map((row) => row.dataset.paper)") == expected)
    stands = page.locator(".row .stands")
    assert stands.all_inner_texts()[:3] == ["Skipped", "Liked", ""]
    page.keyboard.press("u")
    until(page, lambda: [k for k, _ in reading.events()[2:]] == [EventKind.undo])
    until(page, lambda: stands.all_inner_texts()[:3] == ["Skipped", "", ""])


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("search", {"q": "glaciers"}),
        ("library", {}),
        ("digest", {}),
        ("", {"view": "List"}),
    ],
)
def test_the_same_keys_answer_on_every_page(
    kept: Reading, page: Page, path: str, query: dict[str, str]
) -> None:
    title = rows_of(page, kept, path, **query)[0]
    page.wait_for_timeout(1500)
    before = len(kept.events())
    page.keyboard.press("j")
    page.keyboard.press("n")
    until(page, lambda: kept.events()[before:] == [(EventKind.dislike, title)])
    page.wait_for_timeout(1500)  # on a shelf the paper leaves, and the next one is in focus
    page.keyboard.press("u")
    until(page, lambda: kept.events()[-1] == (EventKind.undo, title))
    page.keyboard.press("?")
    page.get_by_text("Not interested: clearly less of this kind").wait_for()


def test_the_keys_of_a_paper_s_page_are_about_that_paper(reading: Reading, page: Page) -> None:
    rows_of(page, reading, "paper", paper="doi:10.5555/bees.1")
    title = shown_text(page.get_by_role("heading", level=1))
    page.keyboard.press("l")
    until(
        page, lambda: reading.events() == [(EventKind.like, title)], lambda: str(reading.events())
    )
    page.keyboard.press("u")
    until(page, lambda: [k for k, _ in reading.events()] == [EventKind.like, EventKind.undo])


def test_compact_shows_twenty_papers_on_a_laptop(reading: Reading, page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    rows_of(page, reading, view="Compact")
    boxes = [x.bounding_box() for x in page.locator(".row").all()]
    assert sum(x is not None and x["y"] + x["height"] <= 900 for x in boxes) >= 20


def test_all_above_are_skipped_and_brought_back_at_once(reading: Reading, page: Page) -> None:
    titles = rows_of(page, reading, view="Compact")
    page.locator(".row").nth(3).click()
    page.locator(".row").nth(3).get_by_role("button", name="Skip all above").click()
    until(page, lambda: reading.events() == [(EventKind.skip, x) for x in titles[:3]])
    page.keyboard.press("u")
    until(page, lambda: [k for k, _ in reading.events()[3:]] == [EventKind.undo] * 3)


def test_a_range_is_picked_with_shift(reading: Reading, page: Page) -> None:
    store = reading.served.store
    interest = store.readers.interests(reading.reader_id)[0].interest_id
    for paper_id, _ in store.catalogue.search("glaciers", 6):
        reading.judge(EventKind.like, paper_id, interest)
    rows_of(page, reading, "library", shelf="Liked")
    boxes = page.locator(".row .pick")
    boxes.nth(1).click()
    page.get_by_text("1 selected", exact=True).wait_for()
    boxes.nth(4).click(modifiers=["Shift"])
    page.get_by_text("4 selected", exact=True).wait_for()


def test_a_letter_behind_g_goes_to_a_page(reading: Reading, page: Page) -> None:
    rows_of(page, reading, view="Compact")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.get_by_role("heading", name="Library", level=1).wait_for()
    assert reading.events() == []
    page.keyboard.press("/")
    page.get_by_role("heading", name="Search", level=1).wait_for()


def test_the_palette_finds_pages_and_papers(reading: Reading, page: Page) -> None:
    rows_of(page, reading, view="Compact")
    page.keyboard.press("Control+k")
    palette = page.locator(".shortcuts .palette")
    palette.get_by_role("combobox").fill("bees")
    paper = palette.locator("li", has_text="Paper").first
    paper.wait_for()
    title = paper.locator("span").nth(1).inner_text()
    paper.click()
    page.get_by_role("heading", level=1, name=title).wait_for()
    page.keyboard.press("Control+k")
    palette.get_by_role("combobox").fill("tast")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Taste", level=1).wait_for()
    assert reading.events() == []


def test_a_note_left_by_escape_is_kept(reading: Reading, page: Page) -> None:
    store = reading.served.store
    now = store.readers.list()[0].created_at
    made = store.reading_lists.create(reading.reader_id, "Monday", now)
    paper_id = store.catalogue.search("glaciers", 1)[0][0]
    store.reading_lists.add(made.list_id, paper_id, now)
    rows_of(page, reading, "library", shelf="Reading lists")
    page.locator(".row").first.click()
    page.locator(".row textarea").fill("Ask Ada <b>")
    page.keyboard.press("Escape")
    until(
        page,
        lambda: (
            store.reading_lists.get(reading.reader_id, "Monday").notes == {paper_id: "Ask Ada <b>"}
        ),
    )


@pytest.mark.parametrize("path", ["", "library", "settings"])
def test_tab_leads_past_the_menu_and_then_through_the_page(
    kept: Reading, page: Page, path: str
) -> None:
    page.goto(kept.address(path))
    page.get_by_role("heading", level=1).wait_for()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_timeout(500)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    main = page.get_by_test_id("stMain")
    for _ in range(6):
        page.keyboard.press("Tab")
        assert main.evaluate(
            "x => x !== document.activeElement && x.contains(document.activeElement)"
        )


def test_the_menu_shows_where_the_keyboard_is(reading: Reading, page: Page) -> None:
    page.goto(reading.address("settings"))
    page.get_by_role("heading", level=1).wait_for()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_timeout(500)
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.testid") == "stSidebarNavLink":
            break
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate("document.activeElement.dataset.testid") == "stSidebarNavLink"
    assert page.evaluate(ring) == "solid"
