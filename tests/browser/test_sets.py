"""Sets of papers in the browser: their addresses, Back and reload, lists kept in one click."""

from __future__ import annotations

import re

import pytest
from conftest import Reading, shown_text, until
from playwright.sync_api import Page, expect
from test_addresses import again, parts, shown
from test_pages import _RUN, AXE, quiet

from recommender.domain import EventKind


@pytest.fixture
def kept(reading: Reading) -> Reading:
    """A reader with a list of three papers on glaciers, all tagged."""
    store = reading.served.store
    now = store.readers.list()[0].created_at
    found = [x for x, _ in store.catalogue.search("calving moraine", 3)]
    made = store.reading_lists.create(reading.reader_id, "Monday", now)
    store.reading_lists.extend(made.list_id, found, now)
    store.annotations.tag(reading.reader_id, found, "Ice & snow", now)
    return reading


def test_from_a_list_to_what_is_near_and_back(kept: Reading, page: Page) -> None:
    page.goto(kept.address("library", shelf="Reading lists"))
    listed, address = shown(page), page.url
    page.get_by_role("link", name="More like these").click()
    page.get_by_role("heading", level=1, name="More like these").wait_for()
    page.get_by_text("Near the list Monday").wait_for()
    near = shown(page)
    assert near
    assert not set(near) & set(listed)
    assert all("glaciers" in x for x in near[:5])
    assert kept.events() == []
    near_address = page.url
    assert {"near_list", "reader"} <= set(parts(near_address)[1])
    page.reload()
    again(page, near, near_address)
    page.go_back()
    again(page, listed, address)
    page.go_forward()
    again(page, near, near_address)


def test_the_order_stands_in_the_address_and_a_paper_leads_back(kept: Reading, page: Page) -> None:
    page.goto(kept.address("near", near_tag="Ice & snow", near_order="Newest first"))
    newest, address = shown(page), page.url
    page.locator(".row h3 a").nth(1).click()
    page.get_by_role("heading", level=1, name=newest[1]).wait_for()
    page.go_back()
    again(page, newest, address)
    page.goto(kept.address("near", near_tag="Ice & snow"))
    nearest = shown(page)
    assert set(nearest) == set(newest)
    assert nearest != newest


def test_what_is_near_a_search_is_kept_as_a_list_in_one_click(kept: Reading, page: Page) -> None:
    page.goto(kept.address("search", q="calving moraine"))
    shown(page)
    page.get_by_role("link", name="More like these").click()
    page.get_by_text("Near the search").wait_for()
    near = shown(page)
    page.get_by_role("button", name="Keep as a list").click()
    page.get_by_role("link", name="Kept as Near calving moraine").click()
    until(page, lambda: "shelf=Reading+lists" in page.url)
    until(page, lambda: page.locator(".row h3").all_inner_texts() == near)
    page.go_back()
    page.get_by_role("heading", level=1, name="More like these").wait_for()


def test_near_the_papers_selected(kept: Reading, page: Page) -> None:
    page.goto(kept.address("library", shelf="Reading lists"))
    listed = shown(page)
    for nth in (0, 2):
        page.locator(".row .pick").nth(nth).click()
        page.wait_for_timeout(700)
    page.get_by_role("link", name="More like the 2 selected").click()
    page.get_by_text("Near 2 papers").wait_for()
    near = shown(page)
    assert near
    assert not {listed[0], listed[2]} & set(near)


def test_a_row_is_answered_with_the_keyboard(kept: Reading, page: Page) -> None:
    page.goto(kept.address("near", near_tag="Ice & snow"))
    near = shown(page)
    page.keyboard.press("j")
    page.keyboard.press("l")
    until(page, lambda: kept.events() == [(EventKind.like, near[0])])
    expect(page.locator(".row h3")).to_have_text(near, use_inner_text=True)


def test_a_programme_is_triaged_with_the_deck(kept: Reading, page: Page) -> None:
    venue = "Journal of Invented Results"
    page.goto(kept.address(venue=venue, year="2026"))
    page.get_by_text(f"of {venue} 2026").wait_for()
    store = kept.served.store
    titles = {x.title for x in store.catalogue.get_many(
        list(store.filters.of_venue(venue, 2026))
    ).values()}  # fmt: skip
    liked = []
    for _ in range(3):
        title = shown_text(page.locator(".deck .title"))
        assert title in titles
        liked.append((EventKind.like, title))
        page.keyboard.press("l")
        until(page, lambda before=title: shown_text(page.locator(".deck .title")) != before)
    until(page, lambda: kept.events() == liked)
    page.reload()
    page.get_by_text(f"of {venue} 2026").wait_for()
    until(page, lambda: shown_text(page.locator(".deck .title")) in titles)
    query = parts(page.url)[1]
    assert (query["venue"], query["year"]) == ([venue], ["2026"])
    page.get_by_role("button", name="Keep as a list").click()
    page.get_by_role("link", name=f"Kept as {venue} 2026").click()
    until(page, lambda: "shelf=Reading+lists" in page.url)
    until(page, lambda: page.locator(".row h3").all_inner_texts()[:3] == [x for _, x in liked])
    page.go_back()
    page.get_by_text(f"of {venue} 2026").wait_for()


def test_a_venue_is_chosen_under_filters(kept: Reading, page: Page) -> None:
    page.goto(kept.address())
    page.locator(".deck .title").wait_for()
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("combobox", name="Venue").click()
    page.get_by_role("option", name="Journal of Invented Results").click()
    page.get_by_text("of Journal of Invented Results").wait_for()
    until(page, lambda: "venue=" in page.url)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show all").click()
    page.get_by_text("Ranked from all").wait_for()
    until(page, lambda: "venue=" not in page.url)


def test_the_palette_leads_to_the_list_that_it_names(kept: Reading, page: Page) -> None:
    store = kept.served.store
    now = store.readers.list()[0].created_at
    other = store.reading_lists.create(kept.reader_id, "Tuesday", now)
    store.reading_lists.extend(other.list_id, ["doi:10.5555/bees.1"], now)
    page.goto(kept.address())
    page.locator(".deck .title").wait_for()
    page.keyboard.press("Control+k")
    page.keyboard.type("Tuesday")
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    until(page, lambda: "bees 1)" in " ".join(page.locator(".row h3").all_inner_texts()))


def test_an_interest_is_paused_and_reset_on_taste(kept: Reading, page: Page) -> None:
    store = kept.served.store
    (interest,) = store.readers.interests(kept.reader_id)
    for paper_id in store.reading_lists.list(kept.reader_id)[0].paper_ids:
        kept.judge(EventKind.like, paper_id, interest.interest_id)
    page.goto(kept.address("taste"))
    page.get_by_text("3 liked").wait_for()
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("paused: no part of any slate").wait_for()
    page.goto(kept.address())
    page.get_by_text("Every interest is paused").wait_for()
    page.goto(kept.address("taste"))
    page.get_by_role("button", name="Resume").click()
    page.get_by_text("of every slate").wait_for()
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_role("button", name="Reset this interest").click()
    page.get_by_text("0 liked").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo reset").click()
    page.get_by_text("3 liked").wait_for()
    assert len(kept.events()) == 3


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("near", {"near_tag": "Ice & snow"}),
        ("library", {"shelf": "Read next"}),
        ("", {"venue": "Journal of Invented Results", "year": "2026"}),
        ("taste", {}),
    ],
)
def test_pages_of_sets_keep_the_guidelines(
    kept: Reading, page: Page, path: str, query: dict[str, str]
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not there: npm install --prefix build/oracles axe-core")
    page.goto(kept.address(path, **query))
    page.locator(".deck .title, .row, [class*=st-key-interest-]").first.wait_for()
    quiet(page)
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(_RUN) == []


def test_what_a_like_does_is_told_where_it_is_listed(kept: Reading, page: Page) -> None:
    store = kept.served.store
    (interest,) = store.readers.interests(kept.reader_id)
    for i in (1, 2, 3):
        kept.judge(EventKind.like, f"doi:10.5555/bees.{i}", interest.interest_id)
    kept.judge(EventKind.like, "doi:10.5555/glaciers.7", interest.interest_id)
    page.goto(kept.address("taste", side="What you did"))
    page.get_by_role("button", name="What it does").first.click()
    page.get_by_text("with 3 other likes").wait_for()
    page.get_by_text("These papers rose most for it").wait_for()
    listed = page.locator("[class*=st-key-effect-] li")
    listed.first.wait_for()
    rose = listed.all_inner_texts()
    places = [re.search(r"place ([\d,]+) without it, ([\d,]+) with it$", x) for x in rose]
    assert all(x and int(x[1].replace(",", "")) > int(x[2].replace(",", "")) for x in places), rose
    page.get_by_role("button", name="What it does").first.click()
    until(page, lambda: page.get_by_text("with 3 other likes").count() == 0)


def test_likes_are_shown_between_two_who_agreed(kept: Reading, page: Page) -> None:
    other = kept.served.new_reader(f"fellow of {kept.name}")
    interest = kept.served.store.readers.interests(other.reader_id)[0].interest_id
    other.judge(EventKind.like, "doi:10.5555/bees.1", interest)
    said = page.get_by_text(f"Liked by {other.name}.")
    switch = page.get_by_text("Show my likes and saves to readers who show me theirs")
    for reader in (kept, other):
        page.goto(kept.address("paper", paper="doi:10.5555/bees.1"))
        page.locator(".row .tools").first.wait_for()
        assert said.count() == 0
        page.goto(reader.address("settings"))
        switch.click()
        until(page, lambda who=reader: kept.served.store.preferences.get(
            who.reader_id, "shares_likes"
        ) is True)  # fmt: skip
    page.goto(kept.address("paper", paper="doi:10.5555/bees.1"))
    said.wait_for()
