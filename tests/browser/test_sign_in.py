"""Signing in with an identity provider, in Chromium: to each their own library."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import Deck, ServedModel, serve, until
from libraries import papers_on
from path_proxy import taking_off
from playwright.sync_api import Browser, Page
from provider import CLIENT_ID, Provider, running

from recommender.domain import EventKind


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    """A library behind a sign-in."""
    with running(free_port()) as provider:
        files = {"secrets.toml": secrets_with(provider, "http://localhost:{port}/oauth2callback")}
        folder = tmp_path_factory.mktemp("behind") / "library"
        yield from serve(folder, papers_on("bees", 12), files)


def secrets_with(provider: Provider, redirect_uri: str) -> str:
    section = {
        "redirect_uri": redirect_uri,
        "cookie_secret": "a secret of the tests, long enough",
        "client_id": CLIENT_ID,
        "client_secret": "invented",
        "server_metadata_url": f"{provider.url}/.well-known/openid-configuration",
    }
    return "\n".join(["[auth]", *(f'{k} = "{v}"' for k, v in section.items())])


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


def test_below_a_path_the_sign_in_and_its_cookies_stay_there(
    tmp_path: Path, browser: Browser
) -> None:
    port = free_port()
    address = f"http://localhost:{port}/papers"
    page = browser.new_context().new_page()
    with running(free_port()) as provider:
        files = {
            "config.toml": f'base_url = "{address}"\n',
            "secrets.toml": secrets_with(provider, f"{address}/oauth2callback"),
        }
        for served in serve(tmp_path / "library", papers_on("bees", 12), files):
            with taking_off("/papers", port, int(urlsplit(served.url).port or 0)):
                page.goto(f"{address}/")
                page.get_by_role("button", name="Sign in").click()
                page.get_by_role("link", name="ann", exact=True).click()
                page.get_by_role("button", name="Sign out").wait_for(timeout=60_000)
                assert page.url == f"{address}/"
                held = {x["name"]: x["path"] for x in page.context.cookies(address)}
                assert held["_streamlit_user"] == "/papers"
                page.get_by_role("button", name="Sign out").click()
                page.get_by_role("button", name="Sign in").wait_for(timeout=60_000)
                assert page.url == f"{address}/"
                page.context.close()
