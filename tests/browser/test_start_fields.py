"""A first-time reader of any field: a truthful page, then suggestions in that field."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from socket import socket

import pytest
from conftest import PATIENCE_SECONDS, SHOTS, Reading, ServedModel, serve
from field_mirror import FIELDS, Field, mirror, settings_file
from playwright.sync_api import Page, expect
from real_fields import REAL_FIELDS, answer, real_fields
from test_pages import quiet
from test_start import TWO_MINUTES, first_titles, go_on

from recommender.sources import read_starter

EACH = [
    pytest.param(x, id=x.name.replace(" ", "-"), marks=[] if i == 0 else [pytest.mark.long])
    for i, x in enumerate(FIELDS)
]
REAL = [
    pytest.param(x, id=x.partition("__")[0], marks=[] if i == 0 else [pytest.mark.long])
    for i, x in enumerate(REAL_FIELDS)
]
# Robotics is covered in part: the starter catalogue holds papers on reinforcement learning.
REAL_FAR = [x for x in REAL if x.id != "jpha226"]
Opener = Callable[[str], ServedModel]


@pytest.fixture
def starter(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Opener]:
    """Serve the starter catalogue with its sources at a given address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with ExitStack() as stack:

        def opened(url: str) -> ServedModel:
            folder = tmp_path_factory.mktemp("fields") / "library"
            files = {"config.toml": settings_file(url)}
            return stack.enter_context(contextmanager(serve)(folder, list(read_starter()), files))

        yield opened


def unreachable() -> str:
    """Return an address at which nothing answers."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def newcomer(served: ServedModel, page: Page) -> Reading:
    reading = served.new_reader("newcomer", started=False)
    page.goto(reading.address())
    page.get_by_role("heading", name="What do you read?", level=1).wait_for()
    quiet(page)
    return reading


def bibliography(folder: Path, content: str) -> Path:
    path = folder / "references.bib"
    path.write_text(content, "utf-8")
    return path


def upload(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Use these papers").click()
    page.get_by_text("So far:").wait_for(timeout=TWO_MINUTES * 1000)


def judged(page: Page) -> str:
    """Return what the page says about the library once it is known."""
    said = page.get_by_text(re.compile("^This library (is far|covers)"))
    said.wait_for(timeout=TWO_MINUTES * 1000)
    return said.inner_text()


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    quiet(page)
    page.screenshot(path=SHOTS / f"fields-{name}.png", full_page=True)


@pytest.mark.parametrize("field", EACH)
def test_five_suggestions_in_the_readers_own_field_in_two_minutes(
    field: Field, starter: Opener, page: Page, tmp_path: Path
) -> None:
    with mirror() as (url, asked):
        served = starter(url)
        newcomer(served, page)
        began = time.monotonic()
        upload(page, bibliography(tmp_path, field.bib()))
        page.get_by_text("This library is far from your field").wait_for()
        assert not asked, "something was fetched before the reader wanted it"
        shot(page, f"{field.category}-far")
        page.get_by_role("button", name="Fetch these").click()
        page.get_by_text("This library covers your field").wait_for(timeout=TWO_MINUTES * 1000)
        go_on(page)
        assert time.monotonic() - began < TWO_MINUTES
        shot(page, f"{field.category}-slate")
        own = set(field.new_titles())
        titles = first_titles(page)[:5]
        assert len(titles) == 5
        assert own.issuperset(titles), titles
        kept = served.store.fetches.list()
        assert len(kept) >= 2
        assert all(x.every_hours is None for x in kept), "nothing was planned"
        assert any(field.category in x for x in asked)


@pytest.mark.parametrize("field", EACH)
def test_without_a_network_the_page_is_truthful_in_two_minutes(
    field: Field, starter: Opener, page: Page, tmp_path: Path
) -> None:
    served = starter(unreachable())
    newcomer(served, page)
    began = time.monotonic()
    upload(page, bibliography(tmp_path, field.bib()))
    page.get_by_text("This library is far from your field").wait_for()
    page.get_by_role("button", name="Fetch these").click()
    page.get_by_text("This library is still far from your field").wait_for(
        timeout=TWO_MINUTES * 1000
    )
    assert time.monotonic() - began < TWO_MINUTES
    shot(page, f"{field.category}-no-network")
    errors = [x.error for x in served.store.fetches.list()]
    assert errors
    assert all(errors)
    shown = page.get_by_test_id("stMain").inner_text()
    assert all(re.sub(r"\s+", " ", x)[:40] in re.sub(r"\s+", " ", shown) for x in errors)
    go_on(page)


def test_a_fetch_from_start_is_cancelled(starter: Opener, page: Page, tmp_path: Path) -> None:
    # A server that takes connections and never answers.
    with closing(socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        served = starter(f"http://127.0.0.1:{silent.getsockname()[1]}")
        newcomer(served, page)
        upload(page, bibliography(tmp_path, FIELDS[0].bib()))
        page.get_by_role("button", name="Fetch these").click()
        page.get_by_text("Papers of your field are on their way").wait_for()
        shot(page, "running")
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text("Cancelled; what was fetched before is kept.").first.wait_for(
            timeout=PATIENCE_SECONDS * 1000
        )
        expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_library_that_covers_the_field_says_so(
    starter: Opener, page: Page, tmp_path: Path
) -> None:
    titles = [x.title for x in list(read_starter())[::12]]
    bib = "\n".join(f"@misc{{p{i}, title={{{x}}}}}" for i, x in enumerate(titles))
    newcomer(starter(unreachable()), page)
    upload(page, bibliography(tmp_path, bib))
    page.get_by_text("This library covers your field").wait_for()
    expect(page.get_by_role("button", name="Fetch these")).to_be_hidden()


@pytest.mark.long
@pytest.mark.parametrize("name", REAL_FAR)
def test_a_real_bibliography_without_a_network_is_told_the_truth(
    name: str, starter: Opener, page: Page, shared: Path
) -> None:
    served = starter(unreachable())
    newcomer(served, page)
    began = time.monotonic()
    upload(page, shared / "data" / "bib-real" / name)
    assert judged(page) == "This library is far from your field:"
    assert time.monotonic() - began < TWO_MINUTES
    shot(page, f"real-{name[:8]}-far")
    page.get_by_role("button", name="Fetch these").click()
    page.get_by_text("This library is still far from your field").wait_for(
        timeout=TWO_MINUTES * 1000
    )
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    go_on(page)


@pytest.mark.parametrize("name", REAL)
def test_a_real_bibliography_leads_to_five_suggestions_of_its_field(
    name: str, starter: Opener, page: Page, shared: Path, tmp_path: Path
) -> None:
    fields = real_fields(shared / "data")
    with mirror(partial(answer, fields)) as (url, _):
        newcomer(starter(url), page)
        began = time.monotonic()
        upload(page, bibliography(tmp_path, fields[name].bib()))
        judged(page)
        page.get_by_role("button", name="Fetch these").click()
        brought = page.locator(".st-key-field-sources").get_by_text("known already").first
        brought.wait_for(timeout=TWO_MINUTES * 1000)
        page.get_by_text("on their way").wait_for(state="detached", timeout=TWO_MINUTES * 1000)
        assert "covers" in judged(page)
        go_on(page)
        assert time.monotonic() - began < TWO_MINUTES
        shot(page, f"real-{name[:8]}-slate")
        titles = first_titles(page)[:10]
        own = [x for x in titles if x in fields[name].held_titles()]
        assert len(own) >= 5, titles


def test_a_part_of_the_field_is_called_a_part(starter: Opener, page: Page, shared: Path) -> None:
    newcomer(starter(unreachable()), page)
    upload(
        page, shared / "data" / "bib-real" / "DeveloperJose__LaTeX-PhD-Dissertation__library.bib"
    )
    assert judged(page) == "This library covers a part of your field:"
    expect(page.get_by_role("button", name="Fetch these")).to_be_visible()
