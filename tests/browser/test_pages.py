"""Every page in Chromium: hostile text, native buttons, and how it all looks."""

from __future__ import annotations

import pytest
from conftest import SHOTS, Reading, ServedModel, shown_text, until
from contrast import faint_texts
from folders import ROOT
from libraries import HOSTILE
from playwright.sync_api import Browser, Page, expect

from recommender.domain import EventKind

PAGES = {
    "for-you": {},
    "for-you-list": {"view": "List"},
    "search": {"q": "glaciers"},
    "library": {"shelf": "Liked"},
    "library-lists": {"shelf": "Reading lists"},
    "library-import": {"shelf": "Import"},
    "sources": {},
    "digest": {},
    "start": {},
    "taste": {},
    "taste-map": {"side": "Map"},
    "taste-did": {"side": "What you did"},
    "working": {},
    "settings": {},
}
WIDTHS = {1440: 900, 1024: 800, 390: 844}


def open_page(page: Page, reading: Reading, name: str) -> None:
    path = "" if name.startswith("for-you") else name.partition("-")[0]
    page.goto(reading.address(path, **PAGES[name]))
    page.get_by_role("heading", level=1).wait_for()
    if name == "for-you":
        page.locator(".deck .title").wait_for()
    quiet(page)


def quiet(page: Page) -> None:
    """Wait until the page has been drawn in full."""
    page.wait_for_timeout(300)
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached")
    page.get_by_test_id("stSkeleton").first.wait_for(state="detached")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


@pytest.fixture
def settled_reading(reading: Reading) -> Reading:
    """A reader who has liked a few papers and keeps a list."""
    store = reading.served.store
    found = store.catalogue.search("calving moraine", 4)
    now = store.readers.list()[0].created_at
    interest = store.readers.interests(reading.reader_id)[0]
    made = store.reading_lists.create(reading.reader_id, "For Monday", now)
    for paper_id, _ in found:
        reading.judge(EventKind.like, paper_id, interest.interest_id)
        store.reading_lists.add(made.list_id, paper_id, now)
    return reading


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        (390, "dark"),
        *(
            pytest.param(*x, marks=pytest.mark.long)
            for x in [(1024, "light"), (1440, "dark"), (1024, "dark"), (390, "light")]
        ),
    ],
)
def test_every_page_is_drawn(
    browser: Browser, settled_reading: Reading, requests: list[str], width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    for name in PAGES:
        open_page(page, settled_reading, name)
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png")
        assert page.get_by_test_id("stException").count() == 0
        too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(too_wide)
        until(page, lambda: not faint_texts(page), lambda: f"hard to read: {faint_texts(page)}")
    context.close()


@pytest.fixture
def attacked(hostile: ServedModel, page: Page) -> Reading:
    """A reader of a library of hostile papers; a script that runs opens a dialog."""
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    readers = hostile.store.readers
    known = readers.list()
    if len(known) > 1:
        return Reading(hostile, known[1].reader_id, known[1].name)
    return hostile.new_reader("attacked")


def test_hostile_titles_are_text_in_the_deck(attacked: Reading, page: Page) -> None:
    open_page(page, attacked, "for-you")
    shown = shown_text(page.locator(".deck .title"))
    seen = {shown, *page.locator(".deck .queue li").all_inner_texts()}
    assert set(HOSTILE) <= seen
    for tag in ("img", "script", "b", "code", "table"):
        assert page.locator(f".deck {tag}").count() == 0
    assert [x for x in hrefs(page, ".deck a") if not leads_to_a_known_place(x)] == []


@pytest.mark.parametrize("name", ["for-you-list", "search", "digest"])
def test_hostile_titles_are_text_on_native_pages(attacked: Reading, page: Page, name: str) -> None:
    if name == "search":
        page.goto(attacked.address("search", q="repeats"))
        page.locator(".row h3").first.wait_for()
        quiet(page)
    else:
        open_page(page, attacked, name)
    until(page, lambda: set(HOSTILE) <= headings(page), lambda: str(headings(page)))
    body = page.locator(".row")
    for tag in ("script", "h1", "table", "del", "strong", "em", "code", "img"):
        assert body.locator(tag).count() == 0, tag
    assert [x for x in hrefs(page, ".row a") if not leads_to_a_known_place(x)] == []


def hrefs(page: Page, selector: str) -> list[str]:
    """Return where links lead, but not the addresses that a text itself shows as such."""
    return page.locator(f"{selector}[href]").evaluate_all(
        "all => all.map(x => x.getAttribute('href')).filter((x, i) => x !== all[i].textContent)"
    )


def leads_to_a_known_place(href: str) -> bool:
    """Whether a link stays in the app, or leads to where papers are looked for."""
    known = ("paper?", "search?", "https://arxiv.org/search/", "https://doi.org/10.5555/")
    return href.startswith(known)


def headings(page: Page) -> set[str]:
    return {x.strip() for x in page.locator(".row h3").all_inner_texts()}


def test_a_like_in_the_list_counts_once_however_often_it_is_clicked(
    reading: Reading, page: Page
) -> None:
    open_page(page, reading, "for-you-list")
    before = page.locator(".row h3").all_inner_texts()
    page.get_by_role("button", name="Like", exact=True).nth(1).dblclick()
    page.get_by_role("button", name="Liked", exact=True).wait_for()
    quiet(page)
    assert reading.events() == [(EventKind.like, before[1])]
    until(page, lambda: page.locator(".row h3").all_inner_texts()[:2] == before[:2])


def test_the_list_can_be_worked_from_the_keyboard_alone(reading: Reading, page: Page) -> None:
    open_page(page, reading, "for-you-list")
    first = shown_text(page.locator(".row h3").first)
    page.get_by_role("button", name="Like", exact=True).first.focus()
    page.keyboard.press("Enter")
    until(page, lambda: reading.events() == [(EventKind.like, first)])


def test_more_like_this_leads_to_the_neighbours(reading: Reading, page: Page) -> None:
    page.goto(reading.address("search", q="moraine"))
    page.locator(".row").first.click()
    page.keyboard.press("m")
    page.get_by_role("button", name="Back to the search").wait_for()
    assert "like=" in page.url
    quiet(page)
    neighbours = page.locator(".row h3").all_inner_texts()
    assert len(neighbours) > 5
    assert sum("glaciers" in x for x in neighbours) > len(neighbours) / 2
    page.reload()
    until(page, lambda: page.locator(".row h3").all_inner_texts() == neighbours)


def test_the_reader_stays_the_same_from_page_to_page(reading: Reading, page: Page) -> None:
    open_page(page, reading, "for-you")
    for name in ("Search", "Library", "Digest", "For you"):
        page.get_by_role("link", name=name).click()
        page.get_by_role("heading", name=name, level=1).wait_for()
        quiet(page)
        expect(page.get_by_role("combobox").first).to_have_value(reading.name)
        assert "reader=" in page.url
    page.locator(".deck .title").wait_for()
    page.keyboard.press("l")
    until(page, lambda: len(reading.events()) == 1)


def test_an_export_can_be_downloaded(settled_reading: Reading, page: Page) -> None:
    open_page(page, settled_reading, "library")
    page.get_by_text("Export all").click()
    download = page.get_by_role("button", name="Download")
    download.wait_for()
    quiet(page)
    with page.expect_download() as waiting:
        download.click()
    assert waiting.value.suggested_filename == "liked.bib"
    assert waiting.value.path().read_text("utf-8").count("@") == 4


AXE = ROOT / "build" / "oracles" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async () => {
    const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const found = await axe.run(document, {runOnly: standards});
    return found.violations.flatMap((x) => x.nodes.map((n) => `${x.id}: ${n.html.slice(0, 200)}`));
}"""


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_no_page_breaks_the_guidelines(settled_reading: Reading, page: Page, scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not there: npm install --prefix build/oracles axe-core")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    broken = {}
    for name in PAGES:
        open_page(page, settled_reading, name)
        page.evaluate(AXE.read_text("utf-8"))
        if found := page.evaluate(_RUN):
            broken[name] = found
    assert broken == {}


@pytest.mark.parametrize(
    "width", [1440, *(pytest.param(x, marks=pytest.mark.long) for x in (1024, 390))]
)
def test_nothing_moves_while_a_page_is_drawn(
    browser: Browser, settled_reading: Reading, requests: list[str], width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]})
    context.on("request", lambda request: requests.append(request.url))
    context.add_init_script(
        """window.shift = 0; new PerformanceObserver((list) => {
            for (const x of list.getEntries()) if (!x.hadRecentInput) window.shift += x.value;
        }).observe({ type: 'layout-shift', buffered: true });"""
    )
    moved = {}
    for name in PAGES:
        page = context.new_page()
        open_page(page, settled_reading, name)
        page.wait_for_timeout(1_000)
        moved[name] = round(page.evaluate("window.shift"), 3)
        page.close()
    context.close()
    # A twentieth of the page by a tenth of its height is .005; what counts as good is 0.1.
    assert {name: shift for name, shift in moved.items() if shift >= 0.02} == {}


def test_the_first_screen_says_what_this_is(served: ServedModel, page: Page) -> None:
    newcomer = served.new_reader("newcomer", started=False)
    page.goto(newcomer.address())
    page.get_by_text("learns from what you like and skip").wait_for()
    expect(page.get_by_test_id("stSidebarLogo").first).to_be_visible()
