"""What papers lack, asked of invented hosts by identifier."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import httpx2
import pytest
from fake_network import FakeClock, Host
from stores import event, paper

from recommender.config import Settings
from recommender.errors import SourceError
from recommender.ingest import fill
from recommender.ingest.enrichment import gaps_of
from recommender.store import Store


def crossref(request: httpx2.Request) -> httpx2.Response:
    """Answer with the works asked for, but for one that Crossref does not know."""
    assert request.url.host == "api.crossref.org"
    asked = request.url.params["filter"].replace("doi:", "").split(",")
    works = [
        {
            "DOI": doi,
            "title": ["Another title than the library's"],
            "author": [{"family": "Otter", "given": "Ada"}],
            "abstract": "<jats:p>An abstract.</jats:p>",
            "issued": {"date-parts": [[2024, 5, 6]]},
            "type": "journal-article",
        }
        for doi in asked
        if doi != "10.1000/none"
    ]
    message = {"total-results": len(works), "items": works}
    body = {"status": "ok", "message-type": "work-list", "message": message}
    return httpx2.Response(200, json=body, request=request)


def broken(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(404, text="<html>Gone</html>", request=request)


def test_gaps_are_filled_and_nothing_known_changes(
    store: Store, settings: Settings, now: datetime
) -> None:
    store.catalogue.add(
        [
            paper("A study of lakes", "doi:10.1000/a", year=2020),
            paper("A study of seas", "doi:10.1000/none"),
            paper("A study of ponds"),
            paper("A study of brooks", "doi:10.1000/b", author="Lee", year=1, abstract="Known."),
        ],
        now,
    )
    host = Host(FakeClock(), *[crossref] * 3)
    with host.client() as client:
        report = fill(store, settings, now=now, sources=["crossref"], client=client)
    assert (report.lacking, report.asked, report.filled) == (3, 2, ("doi:10.1000/a",))
    assert report.ok
    filled = store.catalogue.get("doi:10.1000/a")
    assert (filled.title, filled.year) == ("A study of lakes", 2020)
    assert (filled.abstract, filled.authors[0].family) == ("An abstract.", "Otter")
    assert gaps_of(filled) == frozenset()
    assert store.catalogue.get("doi:10.1000/b").abstract == "Known."
    given = store.catalogue.provenance("doi:10.1000/a")
    assert [(x.origin.source, x.fields) for x in given][1] == (
        "crossref",
        ("abstract", "authors", "published_at", "kind"),
    )
    assert store.fetches.list() == []


def test_one_source_that_fails_does_not_stop_the_next(
    store: Store, settings: Settings, now: datetime
) -> None:
    store.catalogue.add([paper("A study of lakes", "doi:10.1000/a")], now)

    def answer(request: httpx2.Request) -> httpx2.Response:
        return crossref(request) if "crossref" in request.url.host else broken(request)

    with Host(FakeClock(), *[answer] * 4).client() as client:
        report = fill(store, settings, now=now, client=client)
    assert not report.ok
    assert [bool(x.error) for x in report.sources] == [True, True, False]
    assert report.filled == ("doi:10.1000/a",)


def test_a_library_without_gaps_and_dois_asks_nobody(
    store: Store, settings: Settings, now: datetime
) -> None:
    store.catalogue.add([paper("A", "acl:P19-1001", author="Lee", year=1, abstract="A.")], now)
    with Host(FakeClock()).client() as client:
        report = fill(store, settings, now=now, client=client)
    assert (report.lacking, report.asked, report.sources) == (0, 0, ())


def test_the_status_of_whole_papers_is_asked_for_again_liked_ones_first(
    store: Store, settings: Settings, now: datetime
) -> None:
    whole = {"author": "Lee", "year": 2020, "abstract": "Known."}
    records = [paper(f"A study of lake {i}", f"doi:10.1000/{i}", **whole) for i in range(6)]
    store.catalogue.add(records, now)
    store.readers.ensure("me", now)
    store.feedback.append(event("doi:10.1000/4", "k"))

    def answer(request: httpx2.Request) -> httpx2.Response:
        (doi,) = request.url.params["filter"].split(",")
        assert "select" not in request.url.params
        update = {"DOI": "10.1000/n", "type": "retraction"}
        work = {"DOI": doi.removeprefix("doi:"), "title": ["A study of lake 4"]}
        message = {"total-results": 1, "items": [work | {"updated-by": [update]}]}
        body = {"status": "ok", "message-type": "work-list", "message": message}
        return httpx2.Response(200, json=body, request=request)

    with Host(FakeClock(), answer).client() as client:
        report = fill(store, settings, now=now, n=1, sources=["crossref"], client=client)
    assert (report.lacking, report.asked, report.checked) == (0, 0, 1)
    assert report.marked == ("doi:10.1000/4",)
    kept = store.catalogue.get("doi:10.1000/4")
    assert [(x.says, x.source, x.link) for x in kept.statements] == [
        ("retracted", "crossref", "doi:10.1000/n")
    ]


def test_which_are_asked_for_changes_from_day_to_day(
    store: Store, settings: Settings, now: datetime
) -> None:
    store.catalogue.add([paper(f"Study {i}", "doi:10.1000/none", f"s2:{i}") for i in range(1)], now)
    store.catalogue.add([paper(f"The lake {i} study", f"doi:10.1000/{i}") for i in range(40)], now)
    asked: list[set[str]] = []
    for day in range(2):

        def answer(request: httpx2.Request) -> httpx2.Response:
            asked.append(set(request.url.params["filter"].split(",")))
            return httpx2.Response(
                200,
                content=json.dumps({"message": {"total-results": 0, "items": []}}),
                request=request,
            )

        with Host(FakeClock(), *[answer] * 2).client() as client:
            fill(
                store, settings, now=now + timedelta(day), n=5, sources=["crossref"], client=client
            )
    assert [len(x) for x in asked] == [5, 5]
    assert asked[0] != asked[1]


def test_a_source_that_fills_nothing_is_refused(
    store: Store, settings: Settings, now: datetime
) -> None:
    with pytest.raises(SourceError, match="'feed' fills no gaps; semantic-scholar"):
        fill(store, settings, now=now, sources=["feed"])
