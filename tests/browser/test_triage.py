"""The deck in Chromium: what is pressed is what is stored, and what comes next follows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Deck, Reading, shown_text, until
from libraries import SUBJECTS
from playwright.sync_api import Page, expect

from recommender.domain import EventKind

Opener = Callable[[Reading], Deck]
SAID = {"l": "Liked.", "s": "Skipped.", "u": "Undone."}


def press(deck: Deck, key: str) -> None:
    deck.page.keyboard.press(key)
    deck.settled(SAID[key])


def like_three_on(deck: Deck, subject: str, like: Callable[[], None]) -> list[str]:
    liked: list[str] = []
    while len(liked) < 3:
        if subject in deck.title:
            liked.append(deck.title)
            like()
            deck.settled("Liked.")
        else:
            deck.page.keyboard.press("j")
    return liked


def by_click(deck: Deck) -> Callable[[], None]:
    button = deck.page.get_by_role("button", name="Like L")

    def click() -> None:
        deck.page.wait_for_timeout(600)  # a slow reader: two clicks in a row are a double click
        button.click()

    return click


@pytest.mark.parametrize("way", ["keyboard", "click"])
def test_three_likes_on_a_subject_bring_more_of_it_with_reasons(
    reading: Reading, open_deck: Opener, way: str
) -> None:
    deck = open_deck(reading)
    like = by_click(deck) if way == "click" else lambda: deck.page.keyboard.press("l")
    before = [deck.title, *deck.queue]
    assert all(any(subject in x for x in before) for subject in SUBJECTS)
    liked = like_three_on(deck, "glaciers", like)
    shown = open_deck(reading).order
    assert sum("glaciers" in x for x in shown) >= 9
    assert not set(shown) & set(liked)
    assert any(x in reason for x in [*liked, "glaciers", "ice", "snow"] for reason in deck.reasons)
    assert reading.events() == [(EventKind.like, x) for x in liked]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("l", EventKind.like),
        ("ArrowRight", EventKind.like),
        ("s", EventKind.skip),
        ("ArrowLeft", EventKind.skip),
        ("n", EventKind.dislike),
        ("v", EventKind.save),
    ],
)
def test_every_key_does_what_its_button_says(
    reading: Reading, open_deck: Opener, key: str, kind: EventKind
) -> None:
    deck = open_deck(reading)
    first = deck.title
    deck.page.keyboard.press(key)
    deck.until(lambda: reading.events() == [(kind, first)])
    assert deck.title != first


def test_undo_restores_the_slate_before(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    first = [deck.title, *deck.queue]
    press(deck, "l")
    second = [deck.title, *deck.queue]
    press(deck, "s")
    press(deck, "u")
    assert [deck.title, *deck.queue] == second
    press(deck, "u")
    assert [deck.title, *deck.queue] == first


def test_undo_works_after_a_reload(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    first = [deck.title, *deck.queue]
    press(deck, "l")
    deck.page.reload()
    deck.page.locator(".deck .title").wait_for()
    press(deck, "u")
    assert [deck.title, *deck.queue] == first


def test_the_next_paper_is_there_before_the_server_knows(
    reading: Reading, open_deck: Opener
) -> None:
    deck = open_deck(reading)
    following = deck.queue[0]
    deck.page.route("**/api/feedback", lambda route: None)
    deck.page.keyboard.press("l")
    assert deck.title == following
    assert reading.events() == []


def test_a_double_click_counts_once(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    first = deck.title
    deck.page.get_by_role("button", name="Like L").dblclick()
    deck.settled("Liked.")
    assert reading.events() == [(EventKind.like, first)]


def test_a_key_held_down_counts_once(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    first = deck.title
    for _ in range(4):
        deck.page.keyboard.down("l")
    deck.page.keyboard.up("l")
    deck.settled("Liked.")
    assert reading.events() == [(EventKind.like, first)]


def test_a_reload_in_the_middle_loses_and_doubles_nothing(
    reading: Reading, open_deck: Opener
) -> None:
    deck = open_deck(reading)
    for _ in range(4):
        deck.page.keyboard.press("s")
    deck.page.reload()
    deck.page.locator(".deck .title").wait_for()
    deck.until(lambda: len(reading.events()) >= 4)
    judged = {title for _, title in reading.events()}
    assert len(judged) == len(reading.events()) == 4
    assert deck.title not in judged


def test_a_tab_closed_right_after_the_last_press_loses_nothing(
    reading: Reading, open_deck: Opener, page: Page
) -> None:
    deck = open_deck(reading)
    blank = page.context.new_page()
    page.bring_to_front()
    deck.watch()
    for _ in range(5):
        page.keyboard.press("l")
    pressed = deck.pressed()
    page.close()
    until(blank, lambda: len(reading.events()) >= 5)
    assert reading.events() == pressed


def test_what_cannot_be_sent_is_said_and_sent_later(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    first = deck.title
    deck.page.route("**/api/feedback", lambda route: route.abort())
    deck.page.keyboard.press("l")
    deck.until(lambda: "Not saved yet" in deck.note)
    deck.page.unroute("**/api/feedback")
    deck.until(lambda: reading.events() == [(EventKind.like, first)])


def test_a_reload_while_the_server_is_away_keeps_what_was_pressed(
    reading: Reading, open_deck: Opener
) -> None:
    deck = open_deck(reading)
    first = deck.title
    deck.page.route("**/api/feedback", lambda route: route.abort())
    deck.page.keyboard.press("l")
    deck.until(lambda: "Not saved yet" in deck.note)
    deck.page.unroute("**/api/feedback")
    deck.page.reload()
    deck.until(lambda: reading.events() == [(EventKind.like, first)])


def test_a_token_that_has_run_out_is_renewed(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    first = deck.title
    answers = [{"status": 401, "json": {"error": "The page was open for too long; reload it."}}]
    deck.page.route(
        "**/api/feedback",
        lambda route: route.fulfill(**answers.pop()) if answers else route.continue_(),  # type: ignore[arg-type]
    )
    deck.page.keyboard.press("l")
    deck.until(lambda: reading.events() == [(EventKind.like, first)])


def test_letters_typed_into_a_field_are_no_actions(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    deck.page.get_by_role("button", name="Add").click()
    deck.page.get_by_label("A reader").press_sequentially("lsnvouz")
    deck.page.keyboard.press("Escape")
    deck.page.wait_for_timeout(200)
    assert reading.events() == []


def test_moving_without_judging_stores_nothing(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    order = [deck.title, *deck.queue]
    deck.page.keyboard.press("j")
    deck.page.keyboard.press("j")
    assert deck.title == order[2]
    deck.page.keyboard.press("k")
    assert deck.title == order[1]
    deck.page.locator(".deck .queue button").nth(4).click()
    assert deck.title == order[5]
    assert reading.events() == []


def test_help_lists_every_key_and_holds_the_others_back(
    reading: Reading, open_deck: Opener
) -> None:
    deck = open_deck(reading)
    deck.page.keyboard.press("?")
    keys = deck.page.locator(".shortcuts .keys")
    shown = shown_text(keys)
    for name in ("Like", "Skip", "Not interested", "Save", "Open", "Undo", "the paper before"):
        assert name in shown
    deck.page.keyboard.press("l")
    deck.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    assert reading.events() == []


def test_two_tabs_of_one_reader_agree(reading: Reading, open_deck: Opener, page: Page) -> None:
    deck = open_deck(reading)
    other = page.context.new_page()
    other.goto(reading.address())
    second = Deck(other)
    other.locator(".deck .title").wait_for()
    first = deck.title
    press(deck, "l")
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    second.until(lambda: first not in [second.title, *second.queue])
    press(second, "s")
    assert [kind for kind, _ in reading.events()] == [EventKind.like, EventKind.skip]


def test_opening_is_noted_and_keeps_the_paper(reading: Reading, open_deck: Opener) -> None:
    deck = open_deck(reading)
    first = deck.title
    deck.page.context.route("https://**", lambda route: route.fulfill(body="elsewhere"))
    deck.page.evaluate("window.open = (...given) => { window.opened = given; }")
    deck.page.keyboard.press("o")
    deck.until(lambda: reading.events() == [(EventKind.open, first)])
    url, target, features = deck.page.evaluate("window.opened")
    assert url.startswith("https://doi.org/10.5555/")
    assert (target, features) == ("_blank", "noopener,noreferrer")
    assert deck.title == first
