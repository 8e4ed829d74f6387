"""One invented host for each network source: five papers in pages of two, asked as the real one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2

from recommender.sources.registry import SourceQuery

PAPERS = 5
PAGE = 2

Answer = Callable[[httpx2.Request], httpx2.Response]


def title(number: int) -> str:
    return f"Otters, volume {number}"


ALL_TITLES = [title(n) for n in range(PAPERS)]


def _pages(start: int) -> list[int]:
    return list(range(start, min(start + PAGE, PAPERS)))


def _json(value: object) -> httpx2.Response:
    return httpx2.Response(200, content=json.dumps(value, indent=1).encode())


def _xml(text: str) -> httpx2.Response:
    return httpx2.Response(200, content=text.encode())


def _number(params: httpx2.QueryParams, name: str, default: int = 0) -> int:
    value = params.get(name, "")
    return int(value) if value.isdigit() else default


def arxiv(request: httpx2.Request) -> httpx2.Response:
    entries = "".join(
        f"\n<entry><id>http://arxiv.org/abs/2401.0000{n}v1</id><title>{title(n)}</title>"
        f"<published>2024-01-0{n + 1}T00:00:00Z</published></entry>"
        for n in _pages(_number(request.url.params, "start"))
    )
    return _xml(f"<feed><totalResults>{PAPERS}</totalResults>{entries}\n</feed>")


def arxiv_rss(request: httpx2.Request | None) -> httpx2.Response:
    items = "".join(
        f"\n<item><title>{title(n)}</title><link>https://arxiv.org/abs/2401.0000{n}</link></item>"
        for n in range(PAPERS)
    )
    return _xml(f"<rss><channel>{items}\n</channel></rss>")


def oai(request: httpx2.Request) -> httpx2.Response:
    start = _number(request.url.params, "resumptionToken")
    records = "".join(
        f"\n<record><header><identifier>oai:arXiv.org:2401.0000{n}</identifier></header><metadata>"
        f"<arXiv><id>2401.0000{n}</id><title>{title(n)}</title></arXiv></metadata></record>"
        for n in _pages(start)
    )
    after = str(start + PAGE) if start + PAGE < PAPERS else ""
    token = f'<resumptionToken completeListSize="{PAPERS}">{after}</resumptionToken>'
    return _xml(
        "<OAI-PMH><responseDate>2026-11-18T12:00:00Z</responseDate>"
        f"<ListRecords>{records}\n{token}</ListRecords></OAI-PMH>"
    )


def hf_daily(request: httpx2.Request) -> httpx2.Response:
    return _json([{"paper": {"id": f"2401.0000{n}", "title": title(n)}} for n in range(PAPERS)])


def openalex(request: httpx2.Request) -> httpx2.Response:
    start = _number(request.url.params, "cursor")
    works = [{"id": f"https://openalex.org/W{n + 1}", "title": title(n)} for n in _pages(start)]
    after = str(start + PAGE) if start + PAGE < PAPERS else None
    return _json({"meta": {"count": PAPERS, "next_cursor": after}, "results": works})


def semantic_scholar(request: httpx2.Request) -> httpx2.Response:
    bulk = request.url.path.endswith("/bulk")
    start = _number(request.url.params, "token" if bulk else "offset")
    papers = [{"paperId": f"{n}" * 40, "title": title(n)} for n in _pages(start)]
    more: dict[str, object] = {}
    if start + PAGE < PAPERS:
        more = {"token": str(start + PAGE)} if bulk else {"next": start + PAGE}
    return _json({"total": PAPERS, **more, "data": papers})


def crossref(request: httpx2.Request) -> httpx2.Response:
    start = _number(request.url.params, "cursor")
    rows = _number(request.url.params, "rows", 20)
    items = [
        {"DOI": f"10.1000/{n}", "title": [title(n)]}
        for n in range(start, min(start + rows, PAPERS))
    ]
    message = {"total-results": PAPERS, "items": items, "next-cursor": str(start + rows)}
    return _json({"status": "ok", "message-type": "work-list", "message": message})


def datacite(request: httpx2.Request) -> httpx2.Response:
    start = _number(request.url.params, "page[cursor]", 1) - 1
    works = [
        {"type": "dois", "attributes": {"doi": f"10.1000/{n}", "titles": [{"title": title(n)}]}}
        for n in _pages(start)
    ]
    following = f"https://x.example.org/dois?page%5Bcursor%5D={start + PAGE + 1}"
    links = {"next": following} if start + PAGE < PAPERS else {}
    return _json({"data": works, "meta": {"total": PAPERS}, "links": links})


def feed(request: httpx2.Request | None) -> httpx2.Response:
    items = "".join(f"\n<item><title>{title(n)}</title></item>" for n in range(PAPERS))
    return _xml(f"<rss version='2.0'><channel><title>Otters</title>{items}\n</channel></rss>")


def opml(request: httpx2.Request) -> httpx2.Response:
    number = request.url.path.rpartition("/")[2]
    if number.isdigit():
        item = f"\n<item><title>{title(int(number))}</title></item>"
        return _xml(f"<rss version='2.0'><channel><title>x</title>{item}\n</channel></rss>")
    outlines = "".join(
        f'\n<outline type="rss" xmlUrl="https://feeds.example.org/{n}"/>' for n in range(PAPERS)
    )
    return _xml(f"<opml><body>{outlines}\n</body></opml>")


@dataclass(frozen=True)
class FakeHost:
    """How a source is asked for all five papers, who answers, and what it is like."""

    query: SourceQuery
    answer: Answer
    pages: int = 3
    pace: float = 1.0
    damaged: int = 1
    """The request whose answer is cut off in the tests of damage."""

    nothing: SourceQuery | None = field(default=None)
    """A query that asks for nothing, where the source cannot answer one."""


HOSTS = {
    "arxiv": FakeHost(
        SourceQuery("arxiv", text="otter", limit=None),
        arxiv,
        pace=3.0,
        nothing=SourceQuery("arxiv"),
    ),
    "arxiv-rss": FakeHost(
        SourceQuery("arxiv-rss", categories=("cs.IR",), limit=None),
        arxiv_rss,
        pages=1,
        pace=3.0,
        damaged=0,
        nothing=SourceQuery("arxiv-rss"),
    ),
    "oai": FakeHost(SourceQuery("oai", categories=("cs",), limit=None), oai, pace=3.0),
    "hf-daily": FakeHost(
        SourceQuery("hf-daily", period="2026-05-20", limit=None), hf_daily, pages=1, damaged=0
    ),
    "openalex": FakeHost(
        SourceQuery("openalex", text="otter", limit=None),
        openalex,
        pace=0.2,
        nothing=SourceQuery("openalex"),
    ),
    "semantic-scholar": FakeHost(
        SourceQuery("semantic-scholar", text="otter", limit=None),
        semantic_scholar,
        pace=3.0,
        nothing=SourceQuery("semantic-scholar"),
    ),
    "crossref": FakeHost(
        SourceQuery("crossref", text="otter", limit=None),
        crossref,
        pages=1,
        damaged=0,
        nothing=SourceQuery("crossref"),
    ),
    "datacite": FakeHost(
        SourceQuery("datacite", text="otter", limit=None),
        datacite,
        nothing=SourceQuery("datacite"),
    ),
    "feed": FakeHost(
        SourceQuery("feed", url="https://feeds.example.org/all", limit=None),
        feed,
        pages=1,
        pace=2.0,
        damaged=0,
        nothing=SourceQuery("feed"),
    ),
    "opml": FakeHost(
        SourceQuery("opml", url="https://feeds.example.org/list", limit=None),
        opml,
        pages=5,
        pace=2.0,
        nothing=SourceQuery("opml"),
    ),
}
"""Name of a source to its host; every source in `SOURCES` has one."""
