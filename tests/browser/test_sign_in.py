"""Signing in with an identity provider, in Chromium: to each their own library."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from conftest import Deck, ServedModel, serve, until
from libraries import papers_on
from playwright.sync_api import Browser, Page
from provider import CLIENT_ID, running

from recommender.domain import EventKind


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    """A library behind a sign-in."""
    with running(free_port()) as provider:
        section = {
            "redirect_uri": "http://localhost:{port}/oauth2callback",
            "cookie_secret": "a secret of the tests, long enough",
            "client_id": CLIENT_ID,
            "client_secret": "invented",
            "server_metadata_url": f"{provider.url}/.well-known/openid-configuration",
        }
        lines = ["[auth]", *(f'{k} = "{v}"' for k, v in section.items())]
        folder = tmp_path_factory.mktemp("behind") / "library"
        yield from serve(folder, papers_on("bees", 12), {"secrets.toml": "\n".join(lines)})


def sign_in(page: Page, behind: ServedModel, who: str, query: str = "") -> str:
    """Sign somebody in; return the id of the reader they are."""
    page.goto(f"{behind.url}/{query}")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=who, exact=True).click()
    page.get_by_role("button", name="Sign out").wait_for(timeout=60_000)
    (found,) = [x for x in behind.store.readers.list() if x.name == f"{who}@example.org"]
    behind.store.preferences.set(found.reader_id, "started", True)
    page.goto(f"{behind.url}/{query}")
    page.locator(".deck .title").wait_for(timeout=60_000)
    return found.reader_id


def test_nobody_sees_the_library_of_another(behind: ServedModel, browser: Browser) -> None:
    one, other = (browser.new_context().new_page() for _ in range(2))
    ann = sign_in(one, behind, "ann")
    bo = sign_in(other, behind, "bo", "?reader=ann%40example.org")
    assert ann != bo
    first = Deck(one).title
    one.keyboard.press("l")
    until(one, lambda: len(behind.store.feedback.events(ann)) == 1)
    other.reload()
    other.locator(".deck .title").wait_for()
    assert Deck(other).title == first
    assert behind.store.feedback.events(bo) == []
    assert "ann@" not in other.locator("body").inner_text()
    assert [e.kind for e in behind.store.feedback.events(ann)] == [EventKind.like]
    for page in (one, other):
        page.context.close()


def test_without_a_sign_in_no_page_shows_a_paper(behind: ServedModel, page: Page) -> None:
    for path in ("", "search?q=bees", "library", "digest", "settings"):
        page.goto(f"{behind.url}/{path}")
        page.get_by_role("button", name="Sign in").wait_for()
        assert "bees" not in page.locator("body").inner_text()
    assert urlsplit(page.url).hostname == "localhost"
