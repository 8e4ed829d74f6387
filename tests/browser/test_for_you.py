"""What else For you does in Chromium: lists, filters, addresses, formulas, the calm of the page."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import Deck, Reading, ServedModel, serve, shown_text, until
from libraries import NOW, papers_on
from playwright.sync_api import Error, Page, expect

from recommender.domain import Author, EventKind, Paper

Opener = Callable[[Reading], Deck]


def named(page: Page) -> str:
    """Return the paper that the address names."""
    address = str(page.evaluate("window.location.href"))
    return parse_qs(urlsplit(address).query).get("paper", [""])[0]


def in_focus(page: Page) -> str:
    """Return the paper that the deck shows."""
    return str(page.evaluate("window.paperloopDeck.queue.focus.paper_id"))


def names(reading: Reading) -> dict[str, list[str]]:
    """Return the reader's lists with the titles they hold."""
    store = reading.served.store
    return {
        x.name: [store.catalogue.get(p).title for p in x.paper_ids]
        for x in store.reading_lists.list(reading.reader_id)
    }


def test_a_paper_is_saved_to_a_list_from_the_keyboard_and_off_it_with_undo(
    reading: Reading, open_deck: Opener
) -> None:
    deck = open_deck(reading)
    first = deck.title
    deck.page.keyboard.press("a")
    deck.page.get_by_label("A new list").press_sequentially("For <b>Monday</b>")
    deck.page.keyboard.press("Enter")
    deck.until(lambda: names(reading) == {"For <b>Monday</b>": [first]})
    deck.settled("Saved")
    second = deck.title
    deck.page.keyboard.press("a")
    expect(deck.page.locator(".list-choices b")).to_have_count(0)
    deck.page.keyboard.press("1")
    deck.until(lambda: names(reading) == {"For <b>Monday</b>": [first, second]})
    deck.page.reload()
    deck.page.locator(".deck .title").wait_for()
    deck.page.keyboard.press("u")
    deck.until(lambda: names(reading) == {"For <b>Monday</b>": [first]})
    kinds = [kind for kind, _ in reading.events()]
    assert kinds == [EventKind.save, EventKind.save, EventKind.undo]


def test_escape_leaves_the_choice_of_a_list_without_a_trace(
    reading: Reading, open_deck: Opener
) -> None:
    deck = open_deck(reading)
    first = deck.title
    slowed = deck.page.context.new_cdp_session(deck.page)
    slowed.send("Emulation.setCPUThrottlingRate", {"rate": 6})  # as on a busy machine
    deck.page.keyboard.press("a")
    deck.page.keyboard.press("Escape")
    deck.page.keyboard.press("j")
    deck.until(lambda: deck.title != first)
    assert reading.events() == []


def test_an_address_that_the_deck_has_left_behind_brings_no_paper_back(
    reading: Reading, open_deck: Opener
) -> None:
    deck = open_deck(reading)
    first = deck.title
    deck.page.keyboard.press("s")
    deck.settled("Skipped.")
    second = deck.title
    deck.page.evaluate(
        """(title) => {  // what a slow server answers to a rerun that the address was late for
            const deck = window.paperloopDeck;
            const left = [...deck.queue.known.values()].find((x) => x.title === title);
            deck.queue.deal({ ...deck.data, focus: { ...left, stands: 'Skipped.' } }, false);
            deck.render();
        }""",
        first,
    )
    assert deck.title == second != first


def test_the_address_names_the_paper_and_can_be_shared(
    reading: Reading, open_deck: Opener, page: Page
) -> None:
    deck = open_deck(reading)
    page.keyboard.press("j")
    page.keyboard.press("j")
    third = deck.title
    until(page, lambda: named(page) == in_focus(page))
    shared = page.url
    other = page.context.new_page()
    other.goto(shared)
    other.locator(".deck .title").wait_for()
    until(other, lambda: Deck(other).title == third)
    page.keyboard.press("l")
    deck.until(lambda: reading.events() == [(EventKind.like, third)])
    later = page.context.new_page()
    later.goto(shared)
    later.locator(".deck .stands").wait_for()
    assert Deck(later).title == third
    expect(later.locator(".deck .stands")).to_have_text(
        "You liked this paper.", use_inner_text=True
    )


def test_filters_stand_in_the_address_and_hold_after_a_reload(
    reading: Reading, open_deck: Opener, page: Page
) -> None:
    deck = open_deck(reading)
    until(page, lambda: named(page) == in_focus(page))
    page.get_by_text("Ranked from all ").wait_for()
    page.get_by_label("Published or listed", exact=True).click()
    page.get_by_role("option", name="Past week").click()
    until(page, lambda: "dated=" in page.url)
    page.get_by_text("Ranked from papers published or listed since").wait_for()
    until(page, lambda: 0 < len(deck.queue) < 11)
    assert named(page) == in_focus(page)  # or the paper before would come back
    shown = set(deck.order)
    page.reload()
    page.get_by_text("Ranked from papers published or listed since").wait_for()
    page.locator(".deck .title").wait_for()
    until(page, lambda: set(deck.order) == shown, lambda: f"{deck.order} {shown}")
    page.get_by_role("button", name="Show all").click()
    until(page, lambda: "dated=" not in page.url)


def test_a_muted_word_leaves_the_queue_and_says_what_it_hides(
    reading: Reading, open_deck: Opener, page: Page
) -> None:
    deck = open_deck(reading)
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("textbox", name="Hide a word or topic").fill("glaciers")
    page.keyboard.press("Enter")
    hidden = page.get_by_role("button", name="glaciers hides 90 papers")
    hidden.wait_for()

    def names_glaciers() -> bool | None:
        """Say it of the only deck; the one before goes when the new one has come."""
        try:
            shown = deck.order if page.locator(".deck").count() == 1 else None
        except Error:  # the other came in between
            shown = None
        return None if shown is None else any("glaciers" in x for x in shown)

    until(page, lambda: names_glaciers() is False)
    assert reading.served.store.preferences.get(reading.reader_id, "muted") == ["glaciers"]
    hidden.click()
    until(page, lambda: names_glaciers() is True)


def test_the_page_stays_where_it_is_when_the_queue_re_ranks(
    reading: Reading, open_deck: Opener, page: Page
) -> None:
    deck = open_deck(reading)
    box = "(x) => { const r = x.getBoundingClientRect(); return [r.x, r.y, r.width]; }"
    parts = [page.locator(f".deck {x}") for x in (".title", ".meta", ".bar", ".next")]
    before = [x.evaluate(box) for x in parts]
    for key in "lsv":
        page.keyboard.press(key)
        deck.settled({"l": "Liked.", "s": "Skipped.", "v": "Saved."}[key])
        assert [x.evaluate(box) for x in parts] == before


def test_progress_counts_what_was_judged(reading: Reading, open_deck: Opener, page: Page) -> None:
    deck = open_deck(reading)
    line = page.locator(".deck .progress")
    if not shown_text(line):
        pytest.skip("no paper of the test library is of this week")
    assert shown_text(line).startswith("0 of ")
    for _ in range(3):
        page.keyboard.press("l")
        deck.settled("Liked.")


def test_everything_on_the_deck_can_be_reached_by_tab(
    reading: Reading, open_deck: Opener, page: Page
) -> None:
    open_deck(reading)
    page.locator(".deck .actions button").first.focus()
    seen = []
    for _ in range(14):
        seen.append(page.evaluate(_FOCUSED))
        page.keyboard.press("Tab")
    for label in ("Like", "Skip", "Not interested", "Save", "Save to list", "Open", "Next", "Keys"):
        assert any(x.startswith(label) for x in seen), (label, seen)
    buttons = page.locator(".deck .bar button")
    for i in range(buttons.count()):
        assert buttons.nth(i).get_attribute("title")
        assert buttons.nth(i).get_attribute("aria-keyshortcuts")


_FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at?.innerText ?? '';
}"""


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[ServedModel]:
    """A library of formulas, long lists of authors, and what is used to attack web pages."""
    source = (shared / "data" / "hostile" / "html-xss" / "DOMPurify__expect.mjs").read_text("utf-8")
    found = re.findall(r'"payload": ("(?:[^"\\]|\\.)*")', source)
    payloads = sorted({str(json.loads(x)).strip() for x in found} - {""})[:150]
    attacks = [
        Paper(f"{x[:300]} #{i}", abstract=x, published_at=NOW) for i, x in enumerate(payloads)
    ]
    formulas = Paper(
        r"Sorting in $O(n \log n)$, for $\mathbb{R}^d$",
        abstract=r"We bound $\frac{1}{n}\sum_{i=1}^{n} x_i$ by $\epsilon$; it costs $5 and $10.",
        authors=tuple(Author(given="A", family=f"Name{i}") for i in range(14)),
        published_at=NOW,
        identifiers=("doi:10.5555/formulas",),
    )
    folder = tmp_path_factory.mktemp("odd") / "library"
    yield from serve(folder, [*attacks, formulas, *papers_on("bees", 4)])


def test_formulas_are_set_and_long_lists_of_authors_unfold(odd: ServedModel, page: Page) -> None:
    reading = odd.new_reader(f"reader {uuid.uuid4().hex[:12]}")
    page.goto(reading.address(paper="doi:10.5555/formulas"))
    page.locator(".deck .title math").first.wait_for()
    expect(page.locator(".deck .title math")).to_have_count(2)
    expect(page.locator(".deck .abstract mfrac")).to_have_count(1)
    expect(page.locator(".deck .abstract")).to_contain_text(
        "it costs $5 and $10.", use_inner_text=True
    )
    names = page.locator(".deck .names")
    expect(names).to_contain_text("Name4", use_inner_text=True)
    expect(names).not_to_contain_text("Name13", use_inner_text=True)
    page.get_by_role("button", name="and 9 more").click()
    expect(names).to_contain_text("Name13", use_inner_text=True)


def test_what_attacks_web_pages_is_text_in_the_deck(odd: ServedModel, page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    reading = odd.new_reader(f"reader {uuid.uuid4().hex[:12]}")
    page.goto(reading.address())
    page.locator(".deck .title").wait_for()
    allowed = page.evaluate(_TAGS)
    seen = set()
    for _ in range(70):
        seen.add(shown_text(page.locator(".deck .title")))
        assert set(page.evaluate(_TAGS)) - {"math"} <= {*allowed, *_MATH}
        page.keyboard.press("j")
    assert len(seen) > 40


_MATH = """mrow mi mo mn mtext msup msub msubsup mfrac msqrt mroot mover munder munderover
    mtable mtr mtd mspace""".split()  # noqa: SIM905
_TAGS = """() => {
    const hosts = [...document.querySelectorAll('*')].filter((x) => x.shadowRoot);
    const deck = hosts.map((x) => x.shadowRoot.querySelector('.deck')).find((x) => x);
    return [...new Set([...deck.querySelectorAll('*')].map((x) => x.localName))];
}"""


def test_bibtex_and_link_of_a_card_are_copied(
    reading: Reading, open_deck: Callable[[Reading], Deck], page: Page
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    deck = open_deck(reading)
    for name in ("BibTeX", "Link"):
        page.locator(".deck").get_by_role("button", name=f"Copy {name}").click()
        deck.until(lambda name=name: deck.note == f"{name} copied.")  # type: ignore[misc]
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "10.5555/" in copied
        assert copied.startswith("@" if name == "BibTeX" else "https://doi.org/")
