"""What each source asks its host for, and what it makes of that host's habits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import fake_hosts
import httpx2
import pytest
from fake_hosts import ALL_TITLES, PAPERS, title
from fake_network import FakeClock, Host, gaps

from recommender.errors import FetchError, SourceError
from recommender.ingest.query_text import in_words, query_of
from recommender.sources.apis.arxiv import ArxivSearch, search_query
from recommender.sources.apis.opml import FeedLink, OpmlSource
from recommender.sources.http_exchange import Validators
from recommender.sources.protocol import FetchedPage, FetchState, SourceQuery
from recommender.sources.registry import NetworkSource, SourceSettings, open_source

NO_SETTINGS = SourceSettings()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def fetched(
    host: Host,
    query: SourceQuery,
    state: FetchState | None = None,
    settings: SourceSettings = NO_SETTINGS,
) -> list[FetchedPage]:
    source: NetworkSource = open_source(query.source, settings)
    return list(source.fetch(query, host.client(), state or FetchState()))


def titles(pages: list[FetchedPage]) -> list[str]:
    return [paper.title for page in pages for paper in page.records]


def reasons(pages: list[FetchedPage]) -> list[str]:
    return [refusal.why for page in pages for refusal in page.refusals]


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


# arXiv


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (SourceQuery("arxiv", text="river otter"), "(all:river AND all:otter)"),
        (SourceQuery("arxiv", text='"river otter" dam'), '(all:"river otter" AND all:dam)'),
        (SourceQuery("arxiv", text="ti:otter ANDNOT abs:dam"), "(ti:otter ANDNOT abs:dam)"),
        (
            SourceQuery("arxiv", categories=("cs.IR", "math"), authors=('Ann "A" Lee',)),
            '(cat:cs.IR OR cat:math) AND (au:"Ann  A  Lee")',
        ),
        (
            SourceQuery("arxiv", text="x", since=date(2024, 1, 2), until=date(2024, 2, 3)),
            "(all:x) AND submittedDate:[202401020000 TO 202402032359]",
        ),
    ],
)
def test_arxiv_is_asked_in_its_own_syntax(query: SourceQuery, asked: str) -> None:
    assert search_query(query) == asked


@pytest.mark.parametrize("category", ["cs.IR OR all:x", "../etc", "", "cs.IR&start=0"])
def test_what_is_no_category_never_reaches_arxiv(clock: FakeClock, category: str) -> None:
    for name in ("arxiv", "arxiv-rss"):
        with pytest.raises(SourceError, match="no category"):
            fetched(Host(clock), SourceQuery(name, categories=(category,)))


def test_arxiv_s_sporadic_empty_page_is_asked_for_again(clock: FakeClock) -> None:
    empty = b"<feed><totalResults>5</totalResults></feed>"
    host = Host(clock, empty, fake_hosts.arxiv, empty, empty, empty)
    query = SourceQuery("arxiv", text="otter", limit=None)
    pages: list[FetchedPage] = []
    with pytest.raises(FetchError, match="no results from 2 on, though it says there are 5"):
        pages.extend(ArxivSearch().fetch(query, host.client(), FetchState()))
    assert titles(pages) == ALL_TITLES[:2]
    assert pages[-1].next_state.cursor == "2"


def test_a_search_without_results_ends_at_once(clock: FakeClock) -> None:
    host = Host(clock, b"<feed><totalResults>0</totalResults></feed>")
    (page,) = fetched(host, SourceQuery("arxiv", text="nothing"))
    assert (page.records, page.total) == ((), 0)


def test_arxiv_is_asked_for_papers_by_any_form_of_their_ids(clock: FakeClock) -> None:
    host = Host(clock, fake_hosts.arxiv)
    ids = ("arXiv:2401.00000v3", "https://arxiv.org/abs/2401.00001", "2401.99999", "2401.00000")
    pages = fetched(host, SourceQuery("arxiv", ids=ids, limit=1))
    assert host.params[0]["id_list"] == "2401.00000,2401.00001,2401.99999"
    assert titles(pages) == ALL_TITLES[:2]
    assert reasons(pages) == ["arxiv knows no arxiv:2401.99999"]


def test_ids_are_asked_for_a_hundred_at_a_time(clock: FakeClock) -> None:
    host = Host(clock, *[b"<feed/>"] * 3)
    ids = tuple(f"2401.{n:05}" for n in range(250))
    pages = fetched(host, SourceQuery("arxiv", ids=ids))
    assert [len(x["id_list"].split(",")) for x in host.params] == [100, 100, 50]
    assert [x.next_state.cursor for x in pages] == ["100", "200", ""]
    assert min(gaps(host.at)) >= 3.0


def test_an_id_of_another_kind_is_refused(clock: FakeClock) -> None:
    with pytest.raises(SourceError, match="arxiv cannot be asked for doi:10\\.1000/1"):
        fetched(Host(clock), SourceQuery("arxiv", ids=("10.1000/1",)))
    with pytest.raises(SourceError, match="'otter' is no identifier"):
        fetched(Host(clock), SourceQuery("crossref", ids=("otter",)))


def test_what_arxiv_says_with_status_400_is_told(clock: FakeClock) -> None:
    said = b"<feed><entry><title>Error</title><summary>incorrect id format</summary></entry></feed>"
    host = Host(clock, httpx2.Response(400, content=said))
    with pytest.raises(FetchError, match="400 Bad Request: incorrect id format"):
        fetched(host, SourceQuery("arxiv", text="x"))


def test_an_announcement_that_has_not_changed_is_not_sent_again(clock: FakeClock) -> None:
    first = httpx2.Response(
        200, headers={"ETag": '"7"'}, content=fake_hosts.arxiv_rss(None).content
    )
    host = Host(clock, first, httpx2.Response(304))
    query = SourceQuery("arxiv-rss", categories=("cs.IR", "cs.CL"))
    (page,) = fetched(host, query)
    (again,) = fetched(host, query, FetchState.from_json(page.next_state.to_json()))
    assert host.asked[0].url.path == "/rss/cs.IR+cs.CL"
    assert host.asked[1].headers["If-None-Match"] == '"7"'
    assert again.unchanged
    assert again.next_state.validators == page.next_state.validators


# OAI-PMH


def test_a_harvest_goes_on_from_when_the_last_one_began(clock: FakeClock) -> None:
    query = SourceQuery("oai", categories=("cs.IR",), limit=None)
    pages = fetched(Host(clock, *[fake_hosts.oai] * 3), query)
    state = pages[-1].next_state
    assert state.since == "2026-11-18T12:00:00Z"
    host = Host(clock, fake_hosts.oai, fake_hosts.oai, fake_hosts.oai)
    fetched(host, query, state)
    assert host.params[0] == {
        "verb": "ListRecords",
        "metadataPrefix": "arXiv",
        "set": "cs:cs:IR",
        "from": "2026-11-18",
    }
    assert host.params[1] == {"verb": "ListRecords", "resumptionToken": "2"}


def test_a_harvest_stops_at_its_limit_and_the_next_run_goes_on(clock: FakeClock) -> None:
    query = SourceQuery("oai", limit=3)
    first = fetched(Host(clock, *[fake_hosts.oai] * 2), query)
    assert titles(first) == ALL_TITLES[:4]
    rest = fetched(Host(clock, fake_hosts.oai), query, first[-1].next_state)
    assert titles(rest) == ALL_TITLES[4:]
    assert rest[-1].next_state.since == "2026-11-18T12:00:00Z"


def test_sets_are_harvested_one_after_another(clock: FakeClock) -> None:
    none = b'<OAI-PMH><error code="noRecordsMatch"/></OAI-PMH>'
    host = Host(clock, none, fake_hosts.oai, fake_hosts.oai, fake_hosts.oai)
    pages = fetched(host, SourceQuery("oai", categories=("math", "cs"), limit=None))
    assert titles(pages) == ALL_TITLES
    assert reasons(pages) == []
    assert [x.get("set") for x in host.params] == ["math", "cs", None, None]


def test_a_token_that_has_grown_old_begins_its_set_again(clock: FakeClock) -> None:
    old = b'<OAI-PMH><error code="badResumptionToken">expired</error></OAI-PMH>'
    host = Host(clock, old, *[fake_hosts.oai] * 3)
    pages = fetched(host, SourceQuery("oai", limit=None), FetchState(cursor="0|4", read=4))
    assert titles(pages) == ALL_TITLES
    assert "resumptionToken" not in host.params[1]


def test_what_a_repository_refuses_is_told(clock: FakeClock) -> None:
    bad = b'<OAI-PMH><error code="badArgument">no such set</error></OAI-PMH>'
    with pytest.raises(FetchError, match="badArgument: no such set"):
        fetched(Host(clock, bad), SourceQuery("oai", categories=("nope",)))


def test_withdrawn_records_are_told_by_name(clock: FakeClock) -> None:
    gone = (
        b'<OAI-PMH><ListRecords><record><header status="deleted"><identifier>oai:x:9</identifier>'
        b"</header></record></ListRecords></OAI-PMH>"
    )
    (page,) = fetched(Host(clock, gone), SourceQuery("oai"))
    assert (page.records, page.refusals, page.withdrawn) == ((), (), ("oai:x:9",))


def test_another_repository_is_asked_for_dublin_core_at_its_own_pace(clock: FakeClock) -> None:
    host = Host(clock, *[fake_hosts.oai] * 3)
    fetched(host, SourceQuery("oai", url="https://repo.example.org/oai?verb=Identify", limit=None))
    assert host.asked[0].url.copy_with(query=None) == "https://repo.example.org/oai"
    assert host.params[0]["metadataPrefix"] == "oai_dc"
    assert min(gaps(host.at)) >= 3.0


# Daily Papers


@pytest.mark.parametrize(
    ("period", "params"),
    [
        ("", {}),
        ("2026-05-20", {"date": "2026-05-20"}),
        ("2026-W21", {"week": "2026-W21"}),
        ("2026-05", {"month": "2026-05"}),
    ],
)
def test_daily_papers_are_asked_for_by_period(
    clock: FakeClock, period: str, params: dict[str, str]
) -> None:
    host = Host(clock, fake_hosts.hf_daily)
    (page,) = fetched(host, SourceQuery("hf-daily", period=period))
    assert host.params[0] == {"p": "0", "limit": "100", **params}
    day = datetime(2026, 5, 20, tzinfo=UTC) if "date" in params else None
    assert page.records[0].listings[0].listed_at == day


@pytest.mark.parametrize("period", ["2026-13-45", "2026-5", "May", "2026-05-20T00:00", "20260520"])
def test_what_is_no_period_is_refused(clock: FakeClock, period: str) -> None:
    with pytest.raises(SourceError, match="no day, week or month"):
        fetched(Host(clock), SourceQuery("hf-daily", period=period))


def test_a_month_is_read_page_after_page(clock: FakeClock) -> None:
    def entries(first: int, number: int) -> bytes:
        return as_json(
            [
                {"paper": {"id": f"2605.{n:05}", "title": title(n), "upvotes": n}}
                for n in range(first, first + number)
            ]
        )

    host = Host(clock, entries(0, 100), entries(100, 100), entries(200, 7))
    pages = fetched(host, SourceQuery("hf-daily", period="2026-05", limit=None))
    assert len(titles(pages)) == 207
    assert [x["p"] for x in host.params] == ["0", "1", "2"]
    assert pages[2].records[6].listings[0].upvotes == 206


# OpenAlex, Semantic Scholar, Crossref, DataCite


def test_openalex_is_asked_for_ids_by_kind(clock: FakeClock) -> None:
    work = {"id": "https://openalex.org/W1", "title": "x", "doi": "https://doi.org/10.1000/1"}
    host = Host(clock, as_json({"results": [work]}), as_json({"results": []}))
    ids = ("10.1000/1", "arxiv:2401.00001", "pmid:7")
    pages = fetched(host, SourceQuery("openalex", ids=ids))
    assert [x["filter"] for x in host.params] == [
        "doi:10.1000/1|10.48550/arxiv.2401.00001",
        "pmid:7",
    ]
    assert reasons(pages) == ["openalex knows no arxiv:2401.00001", "openalex knows no pmid:7"]


def test_openalex_s_newest_are_not_those_of_years_to_come(clock: FakeClock) -> None:
    host = Host(clock, as_json({"meta": {"count": 0}, "results": []}))
    fetched(host, SourceQuery("openalex", text="otter", authors=("Lee, Ann",)))
    (params,) = host.params
    assert params["filter"] == "to_publication_date:2026-11-18,raw_author_name.search:Lee  Ann"
    assert (params["search"], params["sort"]) == ("otter", "publication_date:desc")
    assert params["cursor"] == "*"
    assert "abstract_inverted_index" in params["select"]


def test_by_relevance_openalex_sorts_by_itself(clock: FakeClock) -> None:
    host = Host(clock, as_json({"results": []}))
    fetched(host, SourceQuery("openalex", text="otter", sort="relevance"))
    assert "sort" not in host.params[0]
    assert "filter" not in host.params[0]


def test_semantic_scholar_is_asked_for_ids_in_one_body(clock: FakeClock) -> None:
    paper = {"paperId": "a" * 40, "title": "x", "externalIds": {"DOI": "10.1000/1"}}
    host = Host(clock, as_json([paper, None, None]))
    ids = ("10.1000/1", "acl:2024.acl-long.1", "s2:" + "b" * 40)
    pages = fetched(host, SourceQuery("semantic-scholar", ids=ids))
    assert json.loads(host.asked[0].content) == {
        "ids": ["DOI:10.1000/1", "ACL:2024.acl-long.1", "b" * 40]
    }
    assert titles(pages) == ["x"]
    assert reasons(pages) == [
        "semantic-scholar knows no acl:2024.acl-long.1",
        "semantic-scholar knows no s2:" + "b" * 40,
    ]


def test_semantic_scholar_by_relevance_goes_by_offset(clock: FakeClock) -> None:
    host = Host(clock, *[fake_hosts.semantic_scholar] * 3)
    query = SourceQuery("semantic-scholar", text="otter", sort="relevance", limit=None)
    pages = fetched(host, replace(query, since=date(2024, 1, 2)))
    assert titles(pages) == ALL_TITLES
    assert [x["offset"] for x in host.params] == ["0", "2", "4"]
    assert host.params[0]["publicationDateOrYear"] == "2024-01-02:"


def test_crossref_s_cursor_may_stay_the_same_from_page_to_page(clock: FakeClock) -> None:
    def page(first: int, number: int) -> bytes:
        items = [{"DOI": f"10.1000/{n}", "title": [title(n)]} for n in range(first, first + number)]
        return as_json({"message": {"items": items, "next-cursor": "same", "total-results": 250}})

    host = Host(clock, page(0, 100), page(100, 100), page(200, 50))
    pages = fetched(host, SourceQuery("crossref", text="otter", limit=None))
    assert len(set(titles(pages))) == 250
    assert [x["cursor"] for x in host.params] == ["*", "same", "same"]
    assert min(gaps(host.at)) >= 1.0


def test_crossref_s_cursor_that_has_expired_begins_again(clock: FakeClock) -> None:
    gone = httpx2.Response(400, content=b'{"message": "cursor expired"}')
    host = Host(clock, gone, fake_hosts.crossref)
    query = SourceQuery("crossref", text="otter", limit=None)
    pages = fetched(host, query, FetchState(cursor="old", read=2))
    assert [x["cursor"] for x in host.params] == ["old", "*"]
    assert titles(pages) == ALL_TITLES


def test_crossref_is_asked_for_dois_some_at_a_time(clock: FakeClock) -> None:
    host = Host(clock, fake_hosts.crossref, as_json({"message": {"items": []}}))
    pages = fetched(host, SourceQuery("crossref", ids=tuple(f"10.1000/{n}" for n in range(25))))
    assert host.params[0]["filter"].split(",")[:2] == ["doi:10.1000/0", "doi:10.1000/1"]
    assert [len(x["filter"].split(",")) for x in host.params] == [20, 5]
    assert len(titles(pages)) == 5
    assert len(reasons(pages)) == 20


def test_datacite_s_words_cannot_break_its_syntax(clock: FakeClock) -> None:
    host = Host(clock, as_json({"data": []}))
    fetched(host, SourceQuery("datacite", text='C++ "otter" (x:y) OR/', since=date(2024, 1, 1)))
    asked = host.params[0]["query"]
    assert asked.startswith("(C otter x y OR) AND publicationYear:[2024 TO *] AND types.")


# Keys, hosts and pauses from the settings


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("openalex", "Authorization"),
        ("semantic-scholar", "x-api-key"),
        ("crossref", "Crossref-Plus-API-Token"),
    ],
)
def test_keys_travel_in_headers_and_are_never_shown(
    clock: FakeClock, name: str, header: str
) -> None:
    settings = SourceSettings(keys={name: "hunter2"})
    host = Host(clock, httpx2.Response(403, content=b"{}"))
    with pytest.raises(FetchError) as told:
        fetched(host, SourceQuery(name, text="x"), settings=settings)
    assert "hunter2" in host.asked[0].headers[header]
    assert "hunter2" not in str(host.asked[0].url)
    assert "hunter2" not in str(told.value)
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in repr(open_source(name, settings).endpoint)  # type: ignore[attr-defined]


def test_no_key_is_sent_where_none_is_set(clock: FakeClock) -> None:
    for name in ("openalex", "semantic-scholar", "crossref", "datacite"):
        host = Host(clock, as_json({}))
        fetched(host, SourceQuery(name, text="x"))
        assert not {"authorization", "x-api-key", "crossref-plus-api-token"} & set(
            host.asked[0].headers
        )


def test_with_a_key_semantic_scholar_may_be_asked_every_second(clock: FakeClock) -> None:
    host = Host(clock, *[fake_hosts.semantic_scholar] * 3)
    settings = SourceSettings(keys={"semantic-scholar": "k"})
    fetched(host, SourceQuery("semantic-scholar", text="x", limit=None), settings=settings)
    assert gaps(host.at) == [1.0, 1.0]


def test_hosts_are_settings(clock: FakeClock) -> None:
    settings = SourceSettings(base_urls={"arxiv": "http://127.0.0.1:8000/mirror/"})
    host = Host(clock, fake_hosts.arxiv)
    fetched(host, SourceQuery("arxiv", text="x", limit=2), settings=settings)
    assert str(host.asked[0].url).startswith("http://127.0.0.1:8000/mirror/api/query?")


def test_a_real_host_s_pause_can_be_made_longer_and_never_shorter() -> None:
    def pause(**settings: dict[str, object]) -> float:
        source = open_source("arxiv", SourceSettings(**settings))  # type: ignore[arg-type]
        assert isinstance(source, ArxivSearch)
        return source.endpoint.rate_limit.seconds

    assert pause() == 3.0
    assert pause(pauses={"arxiv": 0.1}) == 3.0
    assert pause(pauses={"arxiv": 9.0}) == 9.0
    assert pause(pauses={"arxiv": 0.1}, base_urls={"arxiv": "http://127.0.0.1:1"}) == 0.1


def test_a_source_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(SourceError, match="no source 'otters'; there are arxiv, arxiv-rss"):
        open_source("otters", NO_SETTINGS)


# Feeds and lists of feeds


def test_a_feed_on_arxiv_s_host_keeps_arxiv_s_pace(clock: FakeClock) -> None:
    host = Host(clock, fake_hosts.feed, fake_hosts.feed)
    client = host.client()
    for path in ("a", "b"):
        query = SourceQuery("feed", url=f"https://rss.arxiv.org/atom/{path}")
        list(open_source("feed", NO_SETTINGS).fetch(query, client, FetchState()))
    assert gaps(host.at) == [3.0]


def test_one_feed_s_failure_does_not_stop_the_others(clock: FakeClock) -> None:
    gone = httpx2.Response(404, content=b"")
    host = Host(clock, fake_hosts.opml, fake_hosts.opml, gone, *[fake_hosts.opml] * 3)
    query = SourceQuery("opml", url="https://feeds.example.org/list")
    pages = fetched(host, query)
    assert titles(pages) == [x for n, x in enumerate(ALL_TITLES) if n != 1]
    assert reasons(pages) == ["feeds.example.org/1 answered 404 Not Found"]
    assert pages[0].total == 5


def test_a_list_broken_off_goes_on_with_its_next_feed(clock: FakeClock) -> None:
    host = Host(clock, fake_hosts.opml, fake_hosts.opml, fake_hosts.opml)
    query = SourceQuery("opml", url="https://feeds.example.org/list")
    pages = fetched(host, query, FetchState(cursor="3"))
    assert titles(pages) == ALL_TITLES[3:]
    assert pages[-1].next_state.cursor == ""


def test_a_list_that_is_already_here_is_followed_with_validators_a_feed(clock: FakeClock) -> None:
    links = [FeedLink("https://feeds.example.org/0"), FeedLink("https://other.example.org/1")]
    marked = [
        httpx2.Response(200, headers={"ETag": f'"{n}"'}, content=fake_hosts.feed(None).content)
        for n in range(2)
    ]
    host = Host(clock, *marked, httpx2.Response(304), httpx2.Response(304))
    query, source = SourceQuery("opml"), OpmlSource()
    state = list(source.follow(links, query, host.client(), FetchState()))[-1].next_state
    assert state.validators_of("https://other.example.org/1") == Validators('"1"')
    again = list(source.follow(links, query, host.client(), state))
    assert [x.unchanged for x in again] == [True, True]


# What a store keeps


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "x", '{"cursor": 1}', "[" * 10_000, '{"validators": [["a"]]}']
)
def test_a_state_that_cannot_be_read_is_a_fresh_one(text: str) -> None:
    assert FetchState.from_json(text) == FetchState()


def test_the_same_question_has_the_same_key_whatever_its_limit() -> None:
    query = SourceQuery("arxiv", text="otter", since=date(2024, 1, 2))
    assert query.key() == replace(query, limit=7).key()
    assert query.key() != replace(query, text="dam").key()
    assert json.loads(query.key()) == ["arxiv", {"text": "otter", "since": "2024-01-02"}]


def test_a_list_on_this_disk_is_followed(clock: FakeClock, tmp_path: Path) -> None:
    file = tmp_path / "my feeds & more.opml"
    file.write_bytes(fake_hosts.opml(httpx2.Request("GET", "https://x.example.org/list")).content)
    query = query_of("opml", str(file))
    assert query.url.startswith("file:///")
    host = Host(clock, *[fake_hosts.opml] * PAPERS)
    pages = fetched(host, query)
    assert titles(pages) == ALL_TITLES
    assert in_words(query).endswith("my%20feeds%20%26%20more.opml")


def test_a_list_that_is_no_longer_there_is_said_so(clock: FakeClock, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        fetched(Host(clock), SourceQuery("opml", url=(tmp_path / "gone.opml").as_uri()))
