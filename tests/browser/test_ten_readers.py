"""Ten readers at once, each in a browser of its own, on one server."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from conftest import Deck, Reading, ServedModel
from playwright.sync_api import Browser, Error

READERS = 10
KEYS = "lssnvjk"


@pytest.fixture
def decks(browser: Browser, served: ServedModel) -> Iterator[list[tuple[Reading, Deck]]]:
    with ExitStack() as stack:
        found = []
        for _ in range(READERS):
            reading = served.new_reader(f"reader {uuid.uuid4().hex[:12]}")
            context = browser.new_context()
            stack.callback(context.close)
            page = context.new_page()
            page.goto(reading.address())
            found.append((reading, Deck(page)))
        for _, deck in found:
            deck.page.locator(".deck .title").wait_for(timeout=60_000)
            deck.watch()
        yield found


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(15, id="short", marks=pytest.mark.long),
        pytest.param(120, id="long", marks=pytest.mark.long),
    ],
)
def test_ten_readers_at_once_get_what_they_pressed_and_no_error(
    decks: list[tuple[Reading, Deck]], seconds: int
) -> None:
    draw = random.Random(0)
    faults: list[Error] = []
    for _, deck in decks:
        deck.page.on("pageerror", lambda error: faults.append(error))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for _, deck in decks:
            deck.page.keyboard.press(draw.choice(KEYS))
        decks[0][1].page.wait_for_timeout(draw.choice((20, 100, 300)))
    total = 0
    for reading, deck in decks:
        pressed = deck.pressed()
        deck.until_stored(reading, len(pressed))
        assert reading.events() == pressed
        judged = {title for _, title in pressed}
        deck.until(lambda: "Not saved" not in deck.note and not judged & set(deck.queue))  # noqa: B023
        assert deck.page.get_by_test_id("stException").count() == 0
        assert deck.page.get_by_test_id("stAlert").count() == 0
        total += len(pressed)
    assert total > 5 * READERS
    assert faults == []
