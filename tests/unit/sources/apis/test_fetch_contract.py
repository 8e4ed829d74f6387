"""What every network source does, whatever its host does: one contract for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx2
import pytest
from fake_hosts import ALL_TITLES as ALL
from fake_hosts import HOSTS, PAPERS, FakeHost
from fake_network import FakeClock, Host, gaps

from recommender.errors import FetchError, SourceError
from recommender.sources.protocol import FetchedPage, FetchState, SourceQuery
from recommender.sources.registry import SOURCES, NetworkSource, SourceSettings, open_source

Change = Callable[[httpx2.Response], httpx2.Response | Exception]


class Run:
    """One run against a host whose answers may be changed from a certain request on."""

    def __init__(
        self,
        name: str,
        *,
        state: FetchState | None = None,
        change: dict[int, Change] | None = None,
        query: SourceQuery | None = None,
        always: Change | None = None,
        takes: float = 0.0,
    ) -> None:
        fake = HOSTS[name]
        self.clock = FakeClock()
        changes = change or {}

        def answer(request: httpx2.Request) -> httpx2.Response:
            number = len(self.host.asked) - 1
            changed = changes.get(number, always)
            given = fake.answer(request)
            told = changed(given) if changed else given
            if isinstance(told, Exception):
                raise told
            return told

        self.host = Host(self.clock, *[answer] * 60, takes=takes)
        self.pages: list[FetchedPage] = []
        self.error: FetchError | None = None
        source = open_source(name, SourceSettings())
        with self.host.client() as client:
            try:
                fetched = source.fetch(query or fake.query, client, state or FetchState())
                self.pages.extend(fetched)
            except FetchError as error:
                self.error = error

    @property
    def titles(self) -> list[str]:
        return [paper.title for page in self.pages for paper in page.records]

    @property
    def state(self) -> FetchState:
        """The state a caller would have kept, by way of the text a store keeps it as."""
        kept = self.pages[-1].next_state if self.pages else FetchState()
        again = FetchState.from_json(kept.to_json())
        assert again == kept
        return again


def refused(status: int, **headers: str) -> Change:
    return lambda _: httpx2.Response(status, headers=headers, content=b"{}")


def cut(response: httpx2.Response) -> httpx2.Response:
    """Cut an answer in the middle of its last title."""
    content = response.content
    return httpx2.Response(200, content=content[: content.rindex(b"Otters") + 3])


def test_every_source_has_a_host_here_and_keeps_to_the_protocol() -> None:
    assert set(HOSTS) == set(SOURCES)
    for name in SOURCES:
        source = open_source(name, SourceSettings())
        assert isinstance(source, NetworkSource)
        assert source.name == name


@pytest.mark.parametrize("name", HOSTS)
def test_all_records_come_once_and_the_run_is_finished(name: str) -> None:
    run = Run(name)
    assert run.error is None
    assert sorted(run.titles) == ALL
    assert len([x for x in run.pages if x.records]) == HOSTS[name].pages
    assert not run.state.unfinished
    assert all(not x.refusals for x in run.pages)


@pytest.mark.parametrize("name", HOSTS)
def test_requests_are_never_closer_than_the_source_allows(name: str) -> None:
    run = Run(name, takes=0.1, change={0: refused(503)})
    assert len(run.host.at) >= 2
    assert min(gaps(run.host.at)) >= HOSTS[name].pace + 0.1


@pytest.mark.parametrize("name", [x for x in HOSTS if HOSTS[x].pages > 1 and x != "opml"])
def test_a_run_goes_on_where_it_broke_off(name: str) -> None:
    broken = Run(name, change=dict.fromkeys(range(1, 9), lambda _: httpx2.ConnectError("gone")))
    assert broken.error is not None
    assert broken.titles == ALL[: len(broken.titles)]
    assert broken.state.unfinished
    resumed = Run(name, state=broken.state)
    assert broken.titles + resumed.titles == ALL
    assert len(resumed.host.asked) == HOSTS[name].pages - 1
    assert not resumed.state.unfinished


@pytest.mark.parametrize("name", HOSTS)
def test_retry_after_is_honoured_in_the_middle_of_a_run(name: str) -> None:
    middle = min(1, HOSTS[name].pages - 1)
    run = Run(name, change={middle: refused(429, **{"Retry-After": "50"})})
    assert run.error is None
    assert sorted(run.titles) == ALL
    assert gaps(run.host.at)[middle] == 50.0


@pytest.mark.parametrize("name", HOSTS)
def test_a_web_page_instead_of_data_is_no_empty_answer(name: str) -> None:
    page = httpx2.Response(200, content=b"<!doctype html><title>Sorry</title>")
    run = Run(name, always=lambda _: page)
    assert run.error is not None
    assert "web page" in str(run.error)
    assert run.titles == []


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize(
    "fault", [httpx2.ReadTimeout(""), httpx2.ConnectError("no route"), httpx2.ReadError("reset")]
)
def test_a_host_that_does_not_answer_is_one_clear_sentence(name: str, fault: Exception) -> None:
    run = Run(name, always=lambda _: fault)
    assert run.error is not None
    assert str(run.error).endswith("(4 attempts).")
    assert len(run.host.asked) == 4


@pytest.mark.parametrize("name", [x for x in HOSTS if x not in ("feed", "opml")])
def test_a_page_cut_off_keeps_what_was_whole_and_is_asked_for_again(name: str) -> None:
    fake = HOSTS[name]
    broken = Run(name, change={fake.damaged: cut})
    assert broken.error is not None
    assert "damaged" in str(broken.error)
    assert 0 < len(broken.titles) < PAPERS
    assert broken.titles == ALL[: len(broken.titles)]
    again = Run(name, state=broken.state)
    assert sorted({*broken.titles, *again.titles}) == ALL
    assert len(again.host.asked) == fake.pages - fake.damaged


def test_a_feed_cut_off_is_asked_for_whole_the_next_time() -> None:
    def marked(response: httpx2.Response) -> httpx2.Response:
        headers = {"ETag": '"1"'}
        return httpx2.Response(200, headers=headers, content=cut(response).content)

    run = Run("feed", always=marked)
    assert run.titles
    assert run.state.validators == ()


OTHER_SHAPES = (
    b"{}", b"[]", b"null", b'{"new": {"shape": [1]}}', b"<new><shape/></new>", b"<OAI-PMH/>",
     b"<feed/>", b"<rss/>", b"\x00\xff\xfe", b'{"results": {}, "data": 7, "message": []}',
     b'[[["x"]], {"paper": 7}]',
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTS)
def test_an_answer_of_another_shape_is_refused_or_empty_and_nothing_else(name: str) -> None:
    for other in OTHER_SHAPES:
        run = Run(name, always=lambda _, other=other: httpx2.Response(200, content=other))
        assert run.titles == [], other
        assert len(run.host.asked) <= 4, other


@pytest.mark.parametrize("name", HOSTS)
def test_a_query_for_nothing_is_refused_before_anybody_is_asked(name: str) -> None:
    nothing = HOSTS[name].nothing
    if nothing is None:
        pytest.skip("this source has an answer for it")
    with pytest.raises(SourceError):
        Run(name, query=nothing)


@pytest.mark.parametrize("name", HOSTS)
def test_a_query_the_source_does_not_know_is_refused_by_name(name: str) -> None:
    unknown = "period" if name != "hf-daily" else "text"
    query = replace(HOSTS[name].query, **{unknown: "2026-05"})
    with pytest.raises(SourceError, match=f"{name} cannot be asked by {unknown}; it takes"):
        Run(name, query=query)


@pytest.mark.parametrize("name", [x for x in HOSTS if x not in ("oai", "opml")])
def test_no_more_records_come_than_were_asked_for(name: str) -> None:
    run = Run(name, query=replace(HOSTS[name].query, limit=3))
    assert run.titles == ALL[:3]
    assert not run.state.unfinished
    assert run.state.validators == ()


@pytest.mark.parametrize("name", [x for x in HOSTS if HOSTS[x].pages > 1 and x != "opml"])
def test_a_host_that_turns_in_a_circle_is_left(name: str) -> None:
    first: list[httpx2.Response] = []

    def again(response: httpx2.Response) -> httpx2.Response:
        first.append(response)
        return httpx2.Response(200, content=first[0].content)

    run = Run(name, always=again)
    assert len(run.host.asked) <= 4
    if name != "arxiv":  # Its pages are counted, so there the run ends by itself.
        assert run.error is not None
        assert "again and again" in str(run.error)


@pytest.mark.parametrize("name", HOSTS)
def test_the_contact_is_told_to_every_host(name: str) -> None:
    assert all("reader@example.org" in x.headers["User-Agent"] for x in Run(name).host.asked)


def test_hosts_here_differ_from_each_other() -> None:
    assert len({id(x.answer) for x in HOSTS.values()}) == len(HOSTS)
    assert isinstance(HOSTS["arxiv"], FakeHost)
