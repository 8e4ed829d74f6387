"""A first-time reader: from nothing to a first slate, by a file, by words, by the keyboard."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE_SECONDS, SHOTS, Reading, ServedModel, serve, shown_text, until
from playwright.sync_api import Page, expect
from test_pages import quiet

from recommender.domain import EventKind
from recommender.sources import read_starter

TWO_MINUTES = 120.0
BIB = "lenskit__lkpy__docs__lenskit.bib"


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    folder = tmp_path_factory.mktemp("starter") / "library"
    yield from serve(folder, list(read_starter()))


@pytest.fixture
def newcomer(starter: ServedModel, page: Page) -> Reading:
    """A reader who opens the app for the first time."""
    reading = starter.new_reader(f"newcomer {uuid.uuid4().hex[:8]}", started=False)
    page.goto(reading.address())
    page.get_by_role("heading", name="What do you read?", level=1).wait_for()
    quiet(page)
    return reading


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Show me my papers").click()
    page.locator(".deck .title").wait_for(timeout=PATIENCE_SECONDS * 1000)


def first_titles(page: Page) -> list[str]:
    """Return the title in focus and those behind it."""
    queue = page.locator(".deck .queue li").all_inner_texts()
    return [shown_text(page.locator(".deck .title")), *queue]


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"walk-{name}.png")


def test_from_a_bibliography_to_the_first_slate_in_two_minutes(
    newcomer: Reading, page: Page, shared: Path
) -> None:
    began = time.monotonic()
    expect(page.get_by_role("button", name="Use these papers")).to_be_disabled()
    page.locator("input[type=file]").set_input_files(shared / "data" / "bib-real" / BIB)
    page.get_by_role("button", name="Use these papers").click()
    page.get_by_text("So far:").wait_for(timeout=TWO_MINUTES * 1000)
    expect(page.get_by_text("Last import")).to_be_visible()
    quiet(page)
    shot(page, "1-file")
    go_on(page)
    assert time.monotonic() - began < TWO_MINUTES
    shot(page, "2-slate")
    assert len(newcomer.events()) > 50
    assert {kind for kind, _ in newcomer.events()} == {EventKind.like}
    page.locator(".deck .reasons li").first.wait_for()


def test_from_a_sentence_to_papers_on_it(newcomer: Reading, page: Page) -> None:
    page.get_by_role("tab", name="Describe it").click()
    box = page.get_by_label(re.compile("What do you work on"))
    box.fill("Recognition of rare classes when training data is long-tailed or imbalanced")
    page.get_by_role("button", name="Use this", exact=True).click()
    page.get_by_text("So far:").wait_for()
    quiet(page)
    shot(page, "3-words")
    go_on(page)
    titles = first_titles(page)[:6]
    assert sum("tail" in x.lower() or "imbalanc" in x.lower() for x in titles) >= 3, titles


def test_pasted_lines_say_what_matched(newcomer: Reading, page: Page) -> None:
    known = newcomer.served.store.catalogue.papers()[0].title
    page.get_by_role("tab", name="Paste titles or ids").click()
    page.get_by_label(re.compile("Papers you like, one a line")).fill(f"{known}\n10.9999/none")
    page.get_by_role("button", name="Find them").click()
    page.get_by_text("Found and liked 1 paper").wait_for()
    expect(page.get_by_text("1 line not found")).to_be_visible()
    until(page, lambda: newcomer.events() == [(EventKind.like, known)])


def test_papers_are_picked_from_the_keyboard_alone(newcomer: Reading, page: Page) -> None:
    page.get_by_role("tab", name="Pick papers").focus()
    page.keyboard.press("Enter")
    like = page.get_by_role("button", name="Like", exact=True).first
    like.wait_for()
    shot(page, "4-pick")
    like.focus()
    page.keyboard.press("Enter")
    until(page, lambda: len(newcomer.events()) == 1)
    page.get_by_role("button", name="Show me my papers").focus()
    page.keyboard.press("Enter")
    page.locator(".deck .title").wait_for()


def test_who_skips_gets_recent_papers_and_is_not_asked_again(newcomer: Reading, page: Page) -> None:
    page.get_by_role("button", name="Skip this").click()
    page.locator(".deck .title").wait_for()
    page.goto(newcomer.address())
    page.locator(".deck .title").wait_for()
    page.get_by_role("link", name="Start").click()
    page.get_by_role("heading", name="Start", level=1).wait_for()
    expect(page.get_by_role("button", name="Skip this")).to_have_count(0)
