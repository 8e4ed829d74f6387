"""Back, forward and reload give the same page: its query, its view, its filters, its place."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import Reading, shown_text, until
from playwright.sync_api import Page, expect

from recommender.domain import EventKind


def shown(page: Page) -> list[str]:
    """Return the titles in rows, once the page has been drawn."""
    page.locator(".row").first.wait_for()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_timeout(300)
    return page.locator(".row h3").all_inner_texts()


def again(page: Page, expected: list[str], address: str) -> None:
    until(page, lambda: page.locator(".row h3").all_inner_texts() == expected, lambda: page.url)
    until(page, lambda: parts(page.url) == parts(address), lambda: page.url)


def parts(address: str) -> tuple[str, dict[str, list[str]]]:
    """Return path and query of an address, whatever the order of the query."""
    found = urlsplit(address)
    return found.path, parse_qs(found.query)


PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "search": ("search", {"q": "glaciers", "order": "Newest first"}),
    "similar": ("search", {"like": "doi:10.5555/bees.1"}),
    "list": ("", {"view": "List"}),
    "compact": ("", {"view": "Compact"}),
    "shelf": ("library", {"sort": "Title", "tag": "Survey"}),
    "reading list": ("library", {"shelf": "Reading lists"}),
    "digest": ("digest", {}),
}


@pytest.mark.parametrize("name", PAGES)
def test_back_from_a_paper_returns_to_where_it_was_opened(
    kept: Reading, page: Page, name: str
) -> None:
    path, query = PAGES[name]
    page.goto(kept.address(path, **query))
    before = shown(page)
    address = page.url
    row = page.locator(".row").nth(1)
    title = shown_text(row.locator("h3"))
    row.locator("h3 a").click()
    page.get_by_role("heading", level=1, name=title).wait_for()
    assert "paper=" in page.url
    paper_address = page.url
    page.go_back()
    again(page, before, address)
    until(page, lambda: in_focus(page) == title)
    page.go_forward()
    page.get_by_role("heading", level=1, name=title).wait_for()
    assert page.url == paper_address
    page.reload()
    page.get_by_role("heading", level=1, name=title).wait_for()
    shown(page)
    page.go_back()
    again(page, before, address)


def in_focus(page: Page) -> str:
    return "".join(page.locator(".row.current h3").all_inner_texts())


def test_details_then_more_like_this_then_back_twice(kept: Reading, page: Page) -> None:
    page.goto(kept.address("search", q="glaciers"))
    before, address = shown(page), page.url
    page.locator(".row h3 a").first.click()
    page.get_by_text("Related papers").wait_for()
    title = shown_text(page.get_by_role("heading", level=1))
    page.get_by_role("link", name="More like this").first.click()
    page.get_by_text("More like", exact=True).wait_for()
    page.go_back()
    page.get_by_role("heading", level=1, name=title).wait_for()
    expect(page.get_by_text("This paper is not in the library")).to_have_count(0)
    page.go_back()
    again(page, before, address)


def test_the_place_on_a_long_page_is_kept(kept: Reading, page: Page) -> None:
    page.goto(kept.address("search", q="year:2020..2030"))
    before = shown(page)
    for _ in range(24):
        page.keyboard.press("j")
    title = in_focus(page)
    assert title == before[23]
    page.keyboard.press("d")
    page.get_by_role("heading", level=1, name=title).wait_for()
    page.go_back()
    until(page, lambda: in_focus(page) == title)
    until(page, lambda: in_sight(page))


def in_sight(page: Page) -> bool:
    box = page.locator(".row.current").bounding_box()
    size = page.viewport_size
    return box is not None and size is not None and 0 < box["y"] < size["height"] - 20


def test_an_author_leads_to_their_papers(kept: Reading, page: Page) -> None:
    page.goto(kept.address("search", q="glaciers"))
    shown(page)
    page.locator(".row").first.click()
    name = shown_text(page.locator(".row .authors a").first)
    page.locator(".row .authors a").first.click()
    until(
        page, lambda: page.locator("input[type=search]").first.input_value() == f'author:"{name}"'
    )
    assert shown(page)
    page.go_back()
    until(page, lambda: page.locator("input[type=search]").first.input_value() == "glaciers")


@pytest.mark.parametrize("press", [lambda p: p.keyboard.press("d"), lambda p: None])
def test_back_from_the_deck_shows_the_same_card(
    kept: Reading, page: Page, press: Callable[[Page], None]
) -> None:
    page.goto(kept.address())
    title = shown_text(page.locator(".deck .title"))
    press(page)
    if "/paper" not in page.url:
        page.locator(".deck .title a").click()
    page.get_by_role("heading", level=1, name=title).wait_for()
    page.go_back()
    until(page, lambda: page.locator(".deck .title").all_inner_texts() == [title])


_STAY = """document.addEventListener('click', (event) => {
    if (event.composedPath().some((x) => x.target === '_blank')) event.preventDefault();
}, true)"""


def test_links_lead_to_where_a_paper_is_read(kept: Reading, page: Page) -> None:
    page.goto(kept.address("paper", paper="doi:10.5555/bees.1"))
    link = page.locator(".row .doors a", has_text="DOI")
    expect(link).to_have_attribute("href", "https://doi.org/10.5555/bees.1")
    expect(link).to_have_attribute("target", "_blank")
    page.evaluate(_STAY)  # nothing may leave the machine
    link.click()
    until(page, lambda: kept.events()[-1][0] is EventKind.open)


def test_bibtex_is_copied(kept: Reading, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(kept.address("paper", paper="doi:10.5555/bees.1"))
    page.get_by_role("button", name="Copy BibTeX").first.click()
    page.get_by_text("BibTeX copied.").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("@")
    assert "10.5555/bees.1" in text


def test_back_while_a_page_is_still_being_drawn_keeps_reader_and_query(
    kept: Reading, page: Page
) -> None:
    menu = page.get_by_test_id("stSidebarNavItems")
    for delay in (60, 150, 300, 600, 900, 1200):
        page.goto(kept.address("search", q="glaciers"))
        menu.get_by_role("link", name="Digest").wait_for()
        page.wait_for_timeout(delay)
        menu.get_by_role("link", name="Digest").click()
        page.wait_for_timeout(delay)
        if not page.url.startswith(f"{kept.served.url}/digest"):
            continue  # so early that the click was not taken
        page.go_back()
        until(page, lambda: parts(page.url)[1].get("q") == ["glaciers"], lambda: page.url)
        until(page, lambda: parts(page.url)[1].get("reader") == [kept.name], lambda: page.url)
        shown(page)
        assert parts(page.url) == parts(kept.address("search", q="glaciers"))


def test_back_after_the_menu_returns_to_the_query(kept: Reading, page: Page) -> None:
    page.goto(kept.address("search", q="glaciers"))
    before = shown(page)
    page.get_by_test_id("stSidebarNavItems").get_by_role("link", name="Digest").click()
    page.get_by_role("heading", level=1, name="Digest").wait_for()
    assert parts(page.url)[1]["reader"] == [kept.name]
    page.go_back()
    again(page, before, kept.address("search", q="glaciers"))
