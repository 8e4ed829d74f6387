"""Every source against a real server on this machine that replays recorded answers, and faults."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from fake_hosts import HOSTS
from fake_network import FakeClock, gaps
from replay import RECORDED, Answer, Fault, Replay, replaying

from recommender.errors import FetchError
from recommender.sources.client import PoliteClient
from recommender.sources.protocol import FetchedPage, FetchState
from recommender.sources.registry import SOURCES, SourceSettings, open_source

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The server speaks plain HTTP; to load the certificates of all authorities takes longest."""

TOLERANT = ("feed", "opml")
"""Sources that read a feed cut off as far as it goes, and ask for it whole the next time."""


def busy(_: bytes) -> Answer:
    return Answer(b"busy", 503, {"Retry-After": "20"})


def limited(_: bytes) -> Answer:
    return Answer(b"{}", 429, {"Retry-After": "7"})


def web_page(_: bytes) -> Answer:
    return Answer(b"<!DOCTYPE html><html><title>Down for maintenance</title></html>")


def cut(content: bytes) -> Answer:
    return Answer(content[: len(content) * 2 // 3])


def renamed(content: bytes) -> Answer:
    """Answer as after a change of the schema: what was a title is called otherwise."""
    return Answer(content.replace(b"title", b"headline"))


@pytest.fixture(scope="module")
def server(shared: Path) -> Iterator[Replay]:
    with replaying(shared / "data" / "formats") as running:
        yield running


class Run:
    """One run against the server, whose first answers are faults."""

    def __init__(
        self, server: Replay, name: str, *faults: Fault, state: FetchState | None = None
    ) -> None:
        self.clock = FakeClock()
        server.play(self.clock, *faults)
        query = RECORDED[name].query
        query = replace(query, url=query.url.format(root=server.root))
        source = open_source(name, SourceSettings(base_urls={name: f"{server.root}/{name}"}))
        self.pages: list[FetchedPage] = []
        self.error = ""
        transport = httpx2.HTTPTransport(verify=NO_AUTHORITIES)
        with PoliteClient(transport=transport, clock=self.clock) as client:
            try:
                self.pages.extend(source.fetch(query, client, state or FetchState()))
            except FetchError as error:
                self.error = str(error)
        self.at = server.at

    @property
    def papers(self) -> int:
        return sum(len(x.records) for x in self.pages)

    @property
    def refused(self) -> int:
        return sum(len(x.refusals) for x in self.pages)

    @property
    def state(self) -> FetchState:
        return self.pages[-1].next_state if self.pages else FetchState()


def test_there_is_an_answer_of_every_source() -> None:
    assert set(RECORDED) == set(SOURCES)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_answer_comes_through_the_network_whole(server: Replay, name: str) -> None:
    run = Run(server, name)
    assert (run.papers, run.refused, run.error) == (RECORDED[name].papers, 0, "")
    assert not run.state.unfinished


@pytest.mark.parametrize("name", RECORDED)
def test_a_host_that_is_busy_and_counts_gets_the_time_it_asks_for(
    server: Replay, name: str
) -> None:
    run = Run(server, name, busy, limited)
    assert (run.papers, run.error) == (RECORDED[name].papers, "")
    waited = gaps(run.at)
    assert waited[0] >= 20
    assert waited[1] >= 7
    assert min(waited) >= HOSTS[name].pace


@pytest.mark.parametrize("name", RECORDED)
def test_a_web_page_with_status_200_is_never_an_answer(server: Replay, name: str) -> None:
    run = Run(server, name, *[web_page] * 9)
    assert (run.papers, run.refused) == (0, 0)
    assert "sent a web page instead of data" in run.error
    assert "Down for maintenance" not in run.error  # a private address's words are not quoted
    assert min(gaps(run.at), default=HOSTS[name].pace) >= HOSTS[name].pace
    assert Run(server, name, state=run.state).papers == RECORDED[name].papers


@pytest.mark.parametrize("name", RECORDED)
def test_an_answer_cut_off_is_asked_for_again(server: Replay, name: str) -> None:
    run = Run(server, name, *[cut] * 9)
    assert run.papers < RECORDED[name].papers
    assert "damaged" in run.error or name in TOLERANT
    assert Run(server, name, state=run.state).papers == RECORDED[name].papers


@pytest.mark.parametrize("name", [x for x in RECORDED if x != "opml"])
def test_a_schema_that_changed_is_said_and_gives_no_paper(server: Replay, name: str) -> None:
    run = Run(server, name, renamed)
    assert run.papers == 0
    assert run.refused == RECORDED[name].papers or run.error
