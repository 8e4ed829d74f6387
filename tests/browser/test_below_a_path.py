"""The app below a path of a site: pages, votes and links go through the proxy that takes it off."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from conftest import Deck, ServedModel, serve, until
from libraries import papers_on_all
from path_proxy import taking_off
from playwright.sync_api import Page, expect

from recommender.domain import EventKind


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ServedModel]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://localhost:{port}/papers"
    settings = {"config.toml": f'base_url = "{address}"\n'}
    folder = tmp_path_factory.mktemp("below") / "library"
    for served in serve(folder, papers_on_all(12), settings):
        with taking_off("/papers", port, int(urlsplit(served.url).port or 0)):
            yield address, served


def test_pages_votes_and_links_stay_below_the_path(
    below: tuple[str, ServedModel], page: Page, requests: list[str]
) -> None:
    address, served = below
    reading = served.new_reader("ada")
    page.goto(f"{address}/?reader=ada")
    deck = Deck(page)
    page.locator(".deck .title").wait_for(timeout=60_000)
    first = deck.title
    page.keyboard.press("l")
    until(page, lambda: reading.events() == [(EventKind.like, first)])
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_role("heading", level=1, name="Search", exact=True).wait_for()
    assert page.url.startswith(f"{address}/search")
    page.goto(f"{address}/search?reader=ada&q=bees")
    page.locator(".row h3 a").first.click()
    page.get_by_text("Related papers", exact=True).wait_for()
    assert page.url.startswith(f"{address}/paper?")
    page.goto(f"{address}/settings?reader=ada")
    link = page.get_by_role("link", name="Add to paperloop", exact=True)
    expect(link).to_have_attribute("href", re.compile(re.escape(f"{address}/add?reader=ada&")))
    ours = [x for x in requests if not x.startswith(("data:", "blob:"))]
    assert [x for x in ours if not x.startswith((address, address.replace("http", "ws")))] == []
