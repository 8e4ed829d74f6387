"""Answers that cannot be stored yet: counted, and kept over a reload and a closed tab."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from conftest import Deck, Reading
from playwright.sync_api import Page

Opener = Callable[[Reading], Deck]
WAITING = "Object.keys(localStorage).filter((x) => x.startsWith('paperloop.outbox.')).length"
KEEP = "([item, text]) => localStorage.setItem(item, text)"


def press(deck: Deck, keys: str) -> None:
    for key in keys:
        before = deck.title
        deck.page.keyboard.press(key)
        deck.until(lambda before=before: deck.title != before)


def item_of(reading: Reading) -> str:
    """Return the name of an item of the browser's storage that the reader's deck looks at."""
    return f"paperloop.outbox.{reading.served.store.database.library_id}.{reading.reader_id}.0"


def readiness(url: str) -> int:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_answers_wait_while_the_disk_is_full_also_with_the_tab_closed(
    reading: Reading, open_deck: Opener, page: Page
) -> None:
    deck = open_deck(reading)
    deck.watch()
    with reading.served.full_disk():
        press(deck, "lsl")
        pressed = deck.pressed()
        deck.until(lambda: deck.waiting.startswith("3 answers wait to be saved"))
        deck.until(lambda: readiness(reading.served.url) == 503)
        page.reload()
        deck.until(lambda: deck.waiting.startswith("3 answers wait to be saved"))
        assert not {title for _, title in pressed} & set(deck.order)
        later = Deck(page.context.new_page())
        page.close()
        later.page.goto(reading.address())
        later.until(lambda: later.waiting.startswith("3 answers wait to be saved"))
        assert reading.events() == []
    later.until_stored(reading, 3)
    assert reading.events() == pressed
    later.until(lambda: later.waiting == "")
    assert later.page.evaluate(WAITING) == 0
    later.until(lambda: readiness(reading.served.url) == 200)


def test_answers_of_one_reader_are_not_sent_for_another(
    reading: Reading, open_deck: Opener, page: Page
) -> None:
    other = reading.served.new_reader(f"another {reading.name}")
    page.route("**/api/feedback", lambda route: route.abort())
    deck = open_deck(reading)
    press(deck, "ls")
    deck.until(lambda: deck.waiting.startswith("2 answers"))
    deck = open_deck(other)
    press(deck, "s")
    deck.until(lambda: deck.waiting.startswith("1 answer waits"))
    page.unroute("**/api/feedback")
    deck.until_stored(other, 1)
    assert [kind for kind, _ in other.events()] == ["skip"]
    deck = open_deck(reading)
    deck.until_stored(reading, 2)
    assert [kind for kind, _ in reading.events()] == ["like", "skip"]


@pytest.mark.parametrize(
    "stored",
    ["{", "null", '{"key": "x", "kind": "like"}', '{"key": "x", "kind": "adore", "paper_id": "y"}'],
)
def test_what_storage_holds_is_not_trusted_and_holds_nothing_up(
    reading: Reading, open_deck: Opener, page: Page, stored: str
) -> None:
    open_deck(reading)
    page.evaluate(KEEP, [item_of(reading), stored])
    page.reload()
    page.locator(".deck .title").wait_for()
    deck = Deck(page)
    press(deck, "ls")
    deck.until_stored(reading, 2)
    deck.until(lambda: page.evaluate(WAITING) == 0)
