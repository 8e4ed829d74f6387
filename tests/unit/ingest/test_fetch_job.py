"""Fetching: invented hosts in, papers and the state to go on from out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fake_hosts import HOSTS, PAPERS, title
from fake_network import FakeClock, Host, Reply

from recommender.config import Settings, load_settings
from recommender.errors import ConfigError, StoreBusy
from recommender.ingest import FetchReport, fetch, fetch_all, query_of
from recommender.sources.registry import SOURCES, FetchState, SourceQuery
from recommender.store import AddResult, Store

ARXIV = HOSTS["arxiv"]
Fetching = Callable[..., FetchReport]


@pytest.fixture
def asked(store: Store, settings: Settings, now: datetime) -> Fetching:
    """Ask arXiv's stand-in for a query, which gives these replies."""

    def run(*replies: Reply, query: SourceQuery = ARXIV.query, at: datetime = now) -> FetchReport:
        with Host(FakeClock(), *replies).client() as client:
            return fetch(store, settings, query, now=at, client=client)

    return run


def state_of(store: Store, query: SourceQuery = ARXIV.query) -> FetchState:
    kept = store.fetches.get(query.key())
    assert kept is not None
    return FetchState.from_json(kept.state)


@pytest.mark.parametrize("name", SOURCES)
def test_a_fetch_stores_all_papers_of_any_source_once(
    asked: Fetching, store: Store, now: datetime, name: str
) -> None:
    host = HOSTS[name]
    first = asked(*[host.answer] * 9, query=host.query)
    revision = store.catalogue.revision()
    again = asked(*[host.answer] * 9, query=host.query, at=now + timedelta(days=1))
    assert first.ok, first
    assert (first.read, first.new, first.merged) == (PAPERS, PAPERS, 0)
    assert again.ok
    assert (again.new, again.merged) == (0, again.read)
    assert store.catalogue.count() == PAPERS
    assert store.catalogue.revision() == revision


def test_what_became_of_a_run_is_kept(asked: Fetching, store: Store, now: datetime) -> None:
    asked(*[ARXIV.answer] * 3)
    (kept,) = store.fetches.list()
    assert (kept.source, kept.query, kept.error) == ("arxiv", "otter", "")
    assert (kept.new, kept.merged, kept.refused) == (PAPERS, 0, 0)
    assert (kept.last_run_at, kept.last_ok_at) == (now, now)


def test_a_break_in_the_middle_is_resumed_where_it_was(
    asked: Fetching, store: Store, now: datetime
) -> None:
    broken = asked(ARXIV.answer, httpx2.Response(403))
    assert (broken.new, broken.unfinished) == (2, True)
    assert "403" in broken.error
    assert state_of(store).unfinished
    kept = store.fetches.get(ARXIV.query.key())
    assert kept is not None
    assert (kept.error, kept.last_ok_at) == (broken.error, None)
    # Two answers are enough for the rest: the first page is not asked for again.
    rest = asked(ARXIV.answer, ARXIV.answer, at=now + timedelta(days=1))
    assert (rest.new, rest.merged, rest.unfinished, rest.error) == (3, 0, False, "")
    assert store.catalogue.count() == PAPERS


def test_a_page_is_stored_before_its_state(
    asked: Fetching, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        """Stands for a process that ends between the two."""

    def killed(_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(store.fetches, "save", killed)
        with pytest.raises(KilledError):
            asked(ARXIV.answer)
    assert store.catalogue.count() == 2
    assert asked(*[ARXIV.answer] * 3).merged == 2
    assert store.catalogue.count() == PAPERS


def test_a_host_that_asks_for_peace_is_told_with_the_time(asked: Fetching, store: Store) -> None:
    report = asked(httpx2.Response(429, headers={"Retry-After": "7200"}))
    assert report.retry_at == datetime.fromisoformat("2026-11-18T14:00:00+00:00")
    assert "2026-11-18 14:00 UTC" in report.error
    assert store.catalogue.count() == 0


def test_a_web_page_with_status_200_is_an_error_and_no_paper(asked: Fetching, store: Store) -> None:
    page = "<!doctype html><title>Sorry</title>"
    report = asked(*[page] * 9)
    assert "a web page instead of data" in report.error
    assert report.error.endswith("Try again later.")
    assert store.catalogue.count() == 0


def test_a_page_cut_off_keeps_what_was_whole(asked: Fetching, store: Store) -> None:
    whole = ARXIV.answer(httpx2.Request("GET", "https://x.example.org")).content
    report = asked(whole[: whole.rindex(b"Otters") + 3])
    assert "damaged page" in report.error
    assert [x.title for x in store.catalogue.papers()] == [title(0)]


def test_one_source_s_failure_does_not_stop_the_others(
    store: Store, settings: Settings, now: datetime
) -> None:
    feed = HOSTS["feed"]
    queries = [ARXIV.query, SourceQuery("nowhere"), SourceQuery("feed"), feed.query]
    with Host(FakeClock(), httpx2.Response(404), feed.answer).client() as client:
        reports = fetch_all(store, settings, queries, now=now, client=client)
    assert [bool(x.error) for x in reports] == [True, True, True, False]
    assert reports[-1].new == PAPERS
    # A query that no source understands leaves nothing behind.
    assert [x.source for x in store.fetches.list()] == ["arxiv", "feed"]


def test_a_store_that_fails_for_one_query_does_not_stop_the_others(
    store: Store, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, add = HOSTS["feed"], store.catalogue.add
    failures = iter([StoreBusy("Another process keeps the library.")])

    def busy_once(*given: Any, **named: Any) -> list[AddResult]:
        for error in failures:
            raise error
        return add(*given, **named)

    monkeypatch.setattr(store.catalogue, "add", busy_once)
    with Host(FakeClock(), ARXIV.answer, feed.answer).client() as client:
        first, other = fetch_all(store, settings, [ARXIV.query, feed.query], now=now, client=client)
    assert (first.error, first.new) == ("Another process keeps the library.", 0)
    assert (other.error, other.new) == ("", PAPERS)


def test_what_a_source_does_not_know_is_refused_by_name(asked: Fetching) -> None:
    report = asked(ARXIV.answer, query=SourceQuery("arxiv", ids=("2401.00000", "2401.99999")))
    assert [x.why for x in report.refused] == ["arxiv knows no arxiv:2401.99999"]
    assert not report.ok


def test_an_unchanged_feed_is_no_failure(asked: Fetching) -> None:
    first = HOSTS["feed"].answer(httpx2.Request("GET", "https://x.example.org"))
    first.headers["ETag"] = '"7"'
    asked(first, query=HOSTS["feed"].query)
    again = asked(httpx2.Response(304), query=HOSTS["feed"].query)
    assert (again.ok, again.unchanged, again.read) == (True, True, 0)


def test_progress_says_how_many_there_will_be(
    store: Store, settings: Settings, now: datetime
) -> None:
    told: list[tuple[str, int, int | None]] = []
    with Host(FakeClock(), *[ARXIV.answer] * 3).client() as client:
        query = replace(ARXIV.query, limit=4)
        fetch(store, settings, query, now=now, client=client, progress=lambda *x: told.append(x))
    assert told == [("arxiv", 2, 4), ("arxiv", 4, 4)]


def test_a_setting_for_a_source_that_is_none_is_named(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    settings = load_settings(data_dir=tmp_path, source_keys={"arxvi": "s3cret"})
    with pytest.raises(ConfigError, match="'arxvi'") as error:
        fetch(store, settings, ARXIV.query, now=now)
    assert "s3cret" not in str(error.value)


def test_a_token_in_an_address_is_not_shown(asked: Fetching, store: Store) -> None:
    query = SourceQuery("feed", url="https://ann:pw@feeds.example.org/all?token=s3cret")
    report = asked(httpx2.Response(404), query=query)
    (kept,) = store.fetches.list()
    for shown in (report.query, report.error, kept.query, kept.error):
        assert "s3cret" not in shown
        assert "pw" not in shown


@pytest.mark.parametrize(
    ("source", "words", "query"),
    [
        ("arxiv", " class imbalance ", SourceQuery("arxiv", text="class imbalance")),
        ("arxiv-rss", "cs.IR, cs.LG", SourceQuery("arxiv-rss", categories=("cs.IR", "cs.LG"))),
        ("oai", "cs", SourceQuery("oai", categories=("cs",))),
        ("hf-daily", "2026-W21", SourceQuery("hf-daily", period="2026-W21")),
        ("feed", "https://x.example.org", SourceQuery("feed", url="https://x.example.org")),
        ("opml", "", SourceQuery("opml")),
    ],
)
def test_words_mean_what_a_source_takes_first(source: str, words: str, query: SourceQuery) -> None:
    assert query_of(source, words) == query
