"""The bookmarklet in Chromium: pressed on pages of each kind, it brings the right paper."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import Reading, ServedModel, serve, shown_text, until
from libraries import papers_on_all
from paper_pages import ONLY_AN_ID, PAGES, UNREADABLE, PaperPage
from playwright.sync_api import Browser, Page, Route

from recommender.domain import EventKind

EVERY = {**PAGES, "unreadable": UNREADABLE, "only an id": ONLY_AN_ID}


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    """The made pages, served on loopback by their names."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = EVERY[self.path[1:].replace("%20", " ")].html.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def elsewhere(browser: Browser, pages: str) -> Iterator[Page]:
    """A tab whose addresses of other sites are answered by the pages on loopback."""
    context = browser.new_context()

    def answer(route: Route) -> None:
        name = next(
            (x for x, y in EVERY.items() if y.address.partition("#")[0] == route.request.url), None
        )
        if name is None:
            assert route.request.url.startswith("http://localhost:"), route.request.url
            route.continue_()
        else:
            route.fulfill(response=route.fetch(url=f"{pages}/{name.replace(' ', '%20')}"))

    context.route("**/*", answer)
    yield context.new_page()
    context.close()


def code_of(page: Page, reading: Reading) -> str:
    """Return the code that Settings gives to drag; it is the one to copy."""
    page.goto(reading.address("settings"))
    link = page.get_by_role("link", name="Add to paperloop", exact=True)
    link.wait_for()
    dragged = link.get_attribute("href") or ""
    page.get_by_text("Or copy the code into a new bookmark", exact=True).click()
    copied = shown_text(page.locator("code", has_text="javascript:"))
    assert copied.replace("\n", "") == dragged
    link.click()
    assert "settings" in page.url
    return dragged


def press(tab: Page, seen: PaperPage, code: str) -> Page:
    """Open a page, press the bookmark, and return the tab that it opens."""
    tab.goto(seen.address)
    with tab.context.expect_page() as opened:
        # What the address bar does with a bookmark of this kind: decode it, then run it.
        tab.evaluate("x => { (0, eval)(decodeURIComponent(x.slice(11))) }", code)
    app = opened.value
    app.get_by_role("heading", level=1, name="Add a paper").wait_for()
    return app


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    """A library of this module's own, because papers are added to it."""
    yield from serve(tmp_path_factory.mktemp("bookmarklet") / "library", papers_on_all(12))


@pytest.fixture
def reading(served: ServedModel) -> Reading:
    return served.new_reader(f"reader {uuid.uuid4().hex[:12]}")


def test_each_kind_of_page_brings_its_paper_and_a_press_likes_it(
    reading: Reading, page: Page, elsewhere: Page
) -> None:
    code = code_of(page, reading)
    store = reading.served.store
    for seen in PAGES.values():
        app = press(elsewhere, seen, code)
        app.get_by_role("heading", level=3, name=seen.paper_title, exact=True).wait_for()
        n = len(reading.events()) + 1
        app.get_by_role("button", name="Like", exact=True).click()
        until(app, lambda n=n: len(reading.events()) == n)
        assert reading.events()[-1] == (EventKind.like, seen.paper_title)
        assert store.catalogue.get(seen.paper_id).title == seen.paper_title
        app.locator(".row h3").first.wait_for()
        app.close()
    again = press(elsewhere, PAGES["arxiv"], code)
    again.get_by_text("This paper is in your library.", exact=True).wait_for()
    assert len(reading.events()) == len(PAGES)


def test_a_page_that_cannot_be_read_says_what_is_missing(
    reading: Reading, page: Page, elsewhere: Page
) -> None:
    code = code_of(page, reading)
    app = press(elsewhere, UNREADABLE, code)
    app.get_by_text("The page cannot be read as a paper", exact=True).wait_for()
    app.get_by_text("Leek soup").first.wait_for()
    app.close()
    app = press(elsewhere, ONLY_AN_ID, code)
    app.get_by_text("Missing: a title", exact=True).wait_for()
    app.get_by_role("button", name="Fetch from arXiv", exact=True).wait_for()
    assert reading.events() == []
