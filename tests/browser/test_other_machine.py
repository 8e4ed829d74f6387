"""A phone on the same network, over plain HTTP; and the app installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import Reading, ServedModel, serve, shown_text, until
from libraries import papers_on
from playwright.sync_api import Page, expect

from recommender.domain import EventKind
from ui.listening import addresses


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    """A server at this machine's address on the network."""
    hosts = [urlsplit(x).hostname or "" for x in addresses("0.0.0.0", 1)[1:]]
    if not hosts:
        pytest.skip("this machine has no address on a network")
    folder = tmp_path_factory.mktemp("open") / "library"
    yield from serve(folder, papers_on("bees", 12), host=hosts[0])


@pytest.fixture
def requests() -> None:
    """Other tests require that every request goes to localhost."""


def test_another_machine_gets_in_and_its_answers_are_stored(
    open_server: ServedModel, page: Page
) -> None:
    reading = open_server.new_reader("phone")
    page.goto(reading.address())
    title = page.locator(".deck .title")
    title.wait_for()
    assert page.evaluate("isSecureContext") is False
    first = shown_text(title)
    page.keyboard.press("l")
    until(page, lambda: reading.events() == [(EventKind.like, first)])
    page.goto(reading.address("", view="List"))
    row = page.locator(".row").first
    row.wait_for()
    row.focus()
    page.keyboard.press("s")
    until(page, lambda: EventKind.skip in [kind for kind, _ in reading.events()])


def test_bibtex_is_copied_without_https(open_server: ServedModel, page: Page) -> None:
    reading = open_server.new_reader("copying phone")
    page.goto(reading.address("", view="List"))
    row = page.locator(".row").first
    row.wait_for()
    row.get_by_role("button", name="BibTeX").click()
    expect(page.locator(".note", has_text="BibTeX copied.")).to_be_visible()


def test_the_app_can_be_installed(reading: Reading, page: Page) -> None:
    page.goto(reading.address())
    page.locator(".deck .title").wait_for()
    assert page.title().endswith("paperloop")
    browser = page.context.new_cdp_session(page)
    manifest = browser.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert Path(urlsplit(manifest["url"]).path).name == "manifest.webmanifest"
    browser.send("Page.enable")
    found = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # Playwright's pages are those of a private window, which never installs anything.
    assert [x["errorId"] for x in found if x["errorId"] != "in-incognito"] == []
