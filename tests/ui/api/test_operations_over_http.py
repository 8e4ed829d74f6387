"""Each operation of the API, asked over HTTP as a program asks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from libraries import NOW
from starlette.testclient import TestClient

from recommender.digest.compose.compose import compose
from recommender.domain import EventKind
from recommender.export import FORMATS
from recommender.store import Store
from ui import app_state

Call = Callable[..., Any]
BIB = b"""@article{a, title={A model of bees in winter}, author={Ada Invented}, year={2025}}
@article{b, title={Girders and their strain}, author={Bo Madeup}, year={2024}}
"""


def test_the_reader_of_the_token_and_their_interests(call: Call, store: Store) -> None:
    store.readers.ensure_interest("me", "Bees")
    said = call("GET", "/reader")
    assert (said["reader_id"], said["name"]) == ("me", "me")
    assert [x["interest_id"] for x in said["interests"]] == ["me/general", "me/bees"]


def test_suggestions_have_reasons_and_move_with_a_like(
    call: Call, store: Store, papers: list[str]
) -> None:
    liked = next(x for x in papers if "bees" in x)
    call("POST", "/feedback", json={"events": [{"kind": "like", "paper_id": liked}]})
    slate = call("GET", "/recommendations", params={"n": 5})
    assert len(slate["items"]) == 5
    assert [x["rank"] for x in slate["items"]] == [1, 2, 3, 4, 5]
    assert liked not in [x["paper_id"] for x in slate["items"]]
    assert any(x["reasons"] for x in slate["items"])
    assert "bees" in slate["items"][0]["paper_id"]
    assert slate["slate_id"] is None
    assert store.feedback.slates("me") == []


def test_suggestions_that_are_shown_are_recorded_once(call: Call, store: Store) -> None:
    slate = call("POST", "/recommendations", json={"n": 3})
    (kept,) = store.feedback.slates("me")
    assert kept.slate_id == slate["slate_id"]
    assert [x.paper_id for x in kept.items] == [x["paper_id"] for x in slate["items"]]
    event = {"kind": "like", "paper_id": kept.items[0].paper_id, "slate_id": kept.slate_id}
    (stored,) = call("POST", "/feedback", json={"events": [event]})["events"]
    assert stored["slate_id"] == kept.slate_id


def test_suggestions_of_a_venue_and_since_a_day(call: Call, store: Store) -> None:
    venue = "Journal of Invented Results"
    named = call("GET", "/recommendations", params={"venue": venue, "year": 2026, "n": 50})["items"]
    assert named
    assert {x["venue"] for x in named} == {venue}
    recent = call("GET", "/recommendations", params={"since": "2026-11-10", "n": 50})["items"]
    papers = store.catalogue.get_many([x["paper_id"] for x in recent])
    assert recent
    assert min(x.newest_at for x in papers.values()).date().isoformat() >= "2026-11-10"
    call("GET", "/recommendations", 404, params={"venue": "Nowhere Letters"})
    call("GET", "/recommendations", 404, params={"interest": "Nothing"})


def test_a_search_is_paged_to_its_end(call: Call) -> None:
    found, params = [], {"query": "bees", "limit": 5}
    while True:
        page = call("GET", "/papers", params=params)
        found += page["items"]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert page["total"] == len(found) == len({x["paper_id"] for x in found}) == 12
    assert [x["rank"] for x in found] == list(range(1, 13))


def test_a_paper_says_what_is_known_and_what_the_reader_did(
    call: Call, store: Store, papers: list[str]
) -> None:
    paper = store.catalogue.get(papers[0])
    store.annotations.tag("me", [papers[0]], "to cite", NOW)
    events = [{"kind": x, "paper_id": papers[0]} for x in ("like", "save")]
    call("POST", "/feedback", json={"events": events})
    said = call("GET", f"/papers/{papers[0]}")
    assert (said["title"], said["abstract"]) == (paper.title, paper.abstract)
    assert (said["verdict"], said["saved"], said["tags"]) == ("like", True, ["to cite"])
    assert papers[0].startswith("doi:")
    assert call("GET", f"/papers/{papers[0].removeprefix('doi:')}") == said


def test_similar_papers_of_one_and_of_several(call: Call) -> None:
    bees, ice = "doi:10.5555/bees.0", "doi:10.5555/glaciers.0"
    near = call("GET", "/similar", params={"paper_id": bees, "n": 4})["items"]
    assert len(near) == 4
    assert all("bees" in x["paper_id"] for x in near)
    both = call("GET", "/similar", params={"paper_id": [bees, ice], "n": 10})["items"]
    assert not {bees, ice} & {x["paper_id"] for x in both}
    assert any("glaciers" in x["paper_id"] for x in both)
    call("GET", "/similar", 404, params={"paper_id": "doi:10.5555/nothing"})


def test_events_are_stored_all_or_none(call: Call, store: Store, papers: list[str]) -> None:
    good = {"kind": "like", "paper_id": papers[0]}
    bad = {"kind": "like", "paper_id": "doi:10.5555/nothing"}
    call("POST", "/feedback", 404, json={"events": [good, bad]})
    call("POST", "/feedback", 409, json={"events": [good, {**good, "kind": "undo", "undoes": 99}]})
    assert store.feedback.events("me") == []
    call("POST", "/feedback", json={"events": [good, {**good, "kind": "undo"}]})
    kinds = [x.kind for x in store.feedback.events("me")]
    assert kinds == [EventKind.like, EventKind.undo]


def test_the_log_is_paged_oldest_first(call: Call, papers: list[str]) -> None:
    events = [{"kind": "open", "paper_id": x, "key": f"k{i}"} for i, x in enumerate(papers[:5])]
    call("POST", "/feedback", json={"events": events})
    first = call("GET", "/feedback", params={"limit": 3})
    rest = call("GET", "/feedback", params={"limit": 3, "cursor": first["next_cursor"]})
    assert [x["key"] for x in first["events"] + rest["events"]] == ["k0", "k1", "k2", "k3", "k4"]
    assert rest["next_cursor"] is None


def test_a_list_from_its_making_to_its_end(call: Call, store: Store, papers: list[str]) -> None:
    made = call("POST", "/lists", 201, json={"name": "To cite", "paper_ids": papers[:2]})
    assert (made["slug"], made["list_id"], made["n_papers"]) == ("to-cite", "me/to-cite", 2)
    call("POST", "/lists", 409, json={"name": "to CITE"})
    added = call("POST", "/lists/to-cite/papers", json={"paper_ids": papers[1:4]})
    assert added["n_papers"] == 4
    params = {"paper_id": papers[:2]}
    assert call("DELETE", "/lists/to-cite/papers", params=params)["n_papers"] == 2
    renamed = call("PATCH", "/lists/to-cite", json={"name": "Cited", "about": "Chapter 2"})
    assert (renamed["slug"], renamed["name"], renamed["about"]) == ("to-cite", "Cited", "Chapter 2")
    shown = call("GET", "/lists/Cited")
    assert [x["paper_id"] for x in shown["papers"]] == papers[2:4]
    assert [x["slug"] for x in call("GET", "/lists")["lists"]] == ["to-cite"]
    assert call("DELETE", "/lists/to-cite") == {"done": True}
    assert store.reading_lists.list("me") == []
    call("DELETE", "/lists/to-cite", 404)


def test_a_list_with_an_unknown_paper_is_not_made(call: Call, store: Store) -> None:
    call("POST", "/lists", 404, json={"name": "X", "paper_ids": ["doi:10.5555/nothing"]})
    assert store.reading_lists.list("me") == []


def test_pages_go_on_where_they_ended_while_records_come_and_go(
    call: Call, store: Store, papers: list[str]
) -> None:
    store.reading_lists.extend(store.reading_lists.create("me", "L", NOW).list_id, papers[:6], NOW)
    first = call("GET", "/lists/l", params={"limit": 2})
    store.reading_lists.remove("me/l", papers[0])
    second = call("GET", "/lists/l", params={"limit": 2, "cursor": first["next_cursor"]})
    store.reading_lists.remove("me/l", papers[3])
    third = call("GET", "/lists/l", params={"limit": 2, "cursor": second["next_cursor"]})
    shown = [x["paper_id"] for page in (first, second, third) for x in page["papers"]]
    assert shown == papers[:6]
    assert third["next_cursor"] is None


@pytest.mark.parametrize("name", FORMATS)
def test_every_export_format(
    client: TestClient, token_of: Callable[..., str], papers: list[str], name: str
) -> None:
    answer = client.get(
        "/api/v1/export",
        params={"format": name, "paper_id": papers[:2]},
        headers={"authorization": f"Bearer {token_of('read')}"},
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(FORMATS[name].media_type)
    assert "attachment" in answer.headers["content-disposition"]
    assert "bees" in answer.text


def test_an_export_is_of_what_was_selected(
    client: TestClient, call: Call, token_of: Callable[..., str], store: Store, papers: list[str]
) -> None:
    headers = {"authorization": f"Bearer {token_of('read')}"}

    def exported(**params: str) -> set[str]:
        params |= {"format": "jsonl"}
        answer = client.get("/api/v1/export", params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        return {json.loads(x)["title"] for x in answer.text.splitlines()}

    titles = store.catalogue.titles(papers)
    for kind, paper in (("like", papers[0]), ("save", papers[1])):
        call("POST", "/feedback", json={"events": [{"kind": kind, "paper_id": paper}]})
    call("POST", "/lists", 201, json={"name": "L", "paper_ids": [papers[2]]})
    assert exported() == exported(papers="liked") == {titles[papers[0]]}
    assert exported(papers="saved") == {titles[papers[1]]}
    assert exported(papers="all") == set(titles.values())
    assert exported(slug="l") == {titles[papers[2]]}
    assert len(exported(query="bees")) == 12
    call("GET", "/export", 404, params={"format": "jsonl", "week": "2026-W01"})


@pytest.mark.usefixtures("imported_here")
def test_a_file_is_imported_and_again_changes_nothing(call: Call, store: Store) -> None:
    before = store.catalogue.count()
    kind = {"content-type": "application/octet-stream"}
    params = {"file_name": "refs.bib", "role": "liked"}
    said = call("POST", "/import", content=BIB, headers=kind, params=params)
    assert (said["format"], said["read"], said["new"], said["refused"]) == ("bibtex", 2, 2, [])
    assert store.catalogue.count() == before + 2
    assert [x.kind for x in store.feedback.events("me")] == [EventKind.like] * 2
    again = call("POST", "/import", content=BIB, headers=kind, params=params)
    assert (again["new"], again["merged"]) == (0, 2)
    assert store.catalogue.count() == before + 2
    assert len(store.feedback.events("me")) == 2


@pytest.mark.slow
def test_a_file_is_imported_in_a_process_of_its_own(call: Call, store: Store) -> None:
    before = store.catalogue.count()
    assert call("POST", "/import", content=BIB, params={"file_name": "refs.bib"})["new"] == 2
    assert store.catalogue.count() == before + 2


@pytest.mark.usefixtures("imported_here")
def test_what_is_no_file_of_papers_is_said(call: Call, store: Store) -> None:
    before = store.catalogue.count()
    said = call("POST", "/import", 422, content=b"\x00\x01\x02 nothing", params={"role": "liked"})
    assert said["error"]
    broken = call("POST", "/import", content=BIB + b"@article{c, title={}}\n")
    assert broken["n_refused"] == len(broken["refused"]) == 1
    assert broken["refused"][0]["line"] == 3
    assert store.catalogue.count() == before + 2


def test_the_running_digest_is_a_preview_and_an_issued_one_stays(call: Call, store: Store) -> None:
    shown = call("GET", "/digests/current")
    assert (shown["week"], shown["issued"], shown["slate_id"]) == ("2026-W47", False, None)
    assert call("GET", "/digests") == {
        "running": "2026-W47",
        "issued": [],
        "next_cursor": None,
    }
    call("GET", "/digests/2026-W46", 404)
    library = app_state.library()
    made = compose(
        store, library.recommender, "me", week="2026-W47", now=NOW, settings=library.settings
    )
    issued = call("GET", "/digests/2026-W47")
    assert (issued["issued"], issued["slate_id"]) == (True, made.slate_id)
    assert [x["paper_id"] for x in issued["items"]] == [x.paper_id for x in made.items]
    assert call("GET", "/digests")["issued"] == ["2026-W47"]
    secrets = {y for x in made.items for y in x.answers.values()} | {made.unsubscribe}
    assert not [x for x in secrets if x and x in json.dumps(issued)]
