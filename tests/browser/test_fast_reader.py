"""A reader who is faster than the program: what is pressed is what is stored, and no more."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from conftest import Deck, Reading, until
from playwright.sync_api import Page

from recommender.domain import EventKind

Opener = Callable[[Reading], Deck]
PRESSES = 200


def press_many(deck: Deck, n: int, pause_ms: float) -> None:
    """Press like and skip until `n` presses have met a card."""
    for i in itertools.count():
        deck.page.keyboard.press("s" if i % 3 else "l")
        deck.page.wait_for_timeout(pause_ms)
        # A slow machine may leave the deck without a card for a moment.
        if i + 1 >= n and len(deck.pressed()) >= n:
            return


@pytest.mark.parametrize(
    "pause_ms", [pytest.param(x, marks=pytest.mark.long) for x in (120, 60)] + [20]
)
def test_two_hundred_presses_are_kept_exactly_and_undone_to_the_start(
    reading: Reading, open_deck: Opener, pause_ms: int
) -> None:
    deck = open_deck(reading)
    first = deck.order
    deck.watch()
    press_many(deck, PRESSES, pause_ms)
    pressed = deck.pressed()
    deck.until_stored(reading, len(pressed))
    assert reading.events() == pressed
    assert len({title for _, title in pressed}) == len(pressed)
    judged = {title for _, title in pressed}
    deck.until(lambda: len(deck.queue) > 0 and not judged & set(deck.order))
    for _ in pressed:
        deck.page.keyboard.press("u")
        deck.page.wait_for_timeout(20)
    deck.until_stored(reading, 2 * len(pressed))
    assert [kind for kind, _ in reading.events()[len(pressed) :]] == [EventKind.undo] * len(pressed)
    assert [title for _, title in reading.events()[len(pressed) :]] == [
        title for _, title in reversed(pressed)
    ]
    deck.until(lambda: deck.order == first)


def test_a_refresh_in_the_middle_of_many_presses(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    pressed: list[tuple[EventKind, str]] = []
    for _ in range(3):
        deck.watch()
        press_many(deck, 20, 20)
        pressed += deck.pressed()
        deck.page.reload()
        deck.page.locator(".deck .title").wait_for()
    deck.until_stored(reading, len(pressed))
    assert reading.events() == pressed
    assert not {title for _, title in pressed} & set(deck.order)


def test_a_tab_closed_right_after_the_last_of_many_presses(
    reading: Reading, open_deck: Opener, page: Page
) -> None:
    deck = open_deck(reading)
    blank = page.context.new_page()
    page.bring_to_front()
    deck.watch()
    press_many(deck, 40, 20)
    pressed = deck.pressed()
    page.keyboard.press("l")
    last = page.evaluate("window.pressed.at(-1)[1]")
    page.close(run_before_unload=True)  # as a reader closes it: the page is told
    until(blank, lambda: len(reading.events()) > len(pressed))
    assert reading.events() == [*pressed, (EventKind.like, last)]
