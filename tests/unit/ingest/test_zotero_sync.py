"""Zotero both ways, against a Zotero on loopback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_network import FakeClock
from stores import NOW, paper, sqlite_store
from zotero_server import KEY, USER, Zotero, item_data, serving

from recommender.config import Settings, public_settings
from recommender.domain import Author, Details, EventKind, Paper
from recommender.errors import ConfigError, SourceError
from recommender.ingest import zotero_sync
from recommender.ingest.zotero_sync import CollectionReport, ListReport
from recommender.sources.client import PoliteClient
from recommender.sources.zotero import ZoteroLibrary
from recommender.store import SyncedCollection


class Reader:
    """A reader with a library of paperloop's and one of Zotero's."""

    def __init__(self, folder: Path, zotero: Zotero) -> None:
        self.store = sqlite_store(folder)
        self.zotero = zotero
        self.clock = FakeClock()
        self.me = self.store.readers.add("me", NOW).reader_id
        self.settings = Settings(
            data_dir=folder, zotero_keys={"me": KEY}, zotero_url=zotero.address
        )

    def library(self) -> ZoteroLibrary:
        client = PoliteClient(clock=self.clock, allow_private_networks=True)
        return zotero_sync.open_library(self.settings, self.me, client=client)

    def collection(self, name: str = "Bees", role: str = "liked") -> SyncedCollection:
        library = self.library()
        interest = self.store.readers.ensure_interest(self.me, name)
        found = library.collection(name)
        return zotero_sync.load_synced_collection(
            self.store, self.me, library, found, interest.interest_id, role
        )

    def read(self, name: str = "Bees", now: datetime = NOW) -> CollectionReport:
        kept = self.collection(name)
        return zotero_sync.read_collection(self.store, self.library(), self.me, kept, now)

    def write(self, name: str = "To cite") -> ListReport:
        return zotero_sync.write_list(self.store, self.library(), self.me, name)

    def liked(self) -> list[str]:
        events = self.store.feedback.events(self.me)
        return [x.paper_id for x in events if x.kind is EventKind.like]


@pytest.fixture
def zotero(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zotero]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(Zotero()) as served:
        yield served


@pytest.fixture
def reader(tmp_path: Path, zotero: Zotero) -> Iterator[Reader]:
    made = Reader(tmp_path, zotero)
    yield made
    made.store.close()


def bees(zotero: Zotero, n: int = 3) -> tuple[str, list[str]]:
    """Return the key of a collection of bees and those of its items."""
    collection = zotero.add_collection("Bees")
    zotero.add_collection("Glaciers")
    return collection, [
        zotero.put(item_data(f"On the dances of bees {i}", DOI=f"10.5555/bees.{i}"), collection)
        for i in range(n)
    ]


def test_the_first_time_likes_every_work_and_the_second_nothing(reader: Reader) -> None:
    zotero = reader.zotero
    collection, _ = bees(zotero)
    zotero.put({"itemType": "note", "note": "Buy honey"}, collection)
    zotero.put({"itemType": "attachment", "title": "A scan"}, collection)
    zotero.put(item_data("On glaciers"))
    first = reader.read()
    assert (first.read, first.new, first.logged, first.error) == (3, 3, 3, "")
    assert reader.liked() == [f"doi:10.5555/bees.{i}" for i in range(3)]
    assert {x.interest_id for x in reader.store.feedback.events(reader.me)} == {"me/bees"}
    n_asked = len(zotero.asked)
    assert reader.read() == CollectionReport(unchanged=True)
    targets = [x[1] for x in zotero.asked[n_asked:]]
    assert not [x for x in targets if "itemKey" in x]
    assert all(x[0] == "GET" for x in zotero.asked)


def test_a_changed_a_new_and_a_deleted_item_are_told_apart(reader: Reader) -> None:
    collection, keys = bees(reader.zotero)
    reader.read()
    reader.zotero.change(keys[0], abstractNote="Bees dance to say where the flowers are.")
    reader.zotero.delete(keys[1])
    reader.zotero.put(item_data("On wasps", DOI="10.5555/wasps"), collection)
    found = reader.read()
    assert (found.read, found.new, found.logged) == (2, 1, 1)
    assert found.removed == ("doi:10.5555/bees.1",)
    assert "flowers" in reader.store.catalogue.get("doi:10.5555/bees.0").abstract
    assert len(reader.liked()) == 4
    assert reader.read().unchanged
    reader.zotero.change(keys[2], collections=[])
    assert reader.read().removed == ("doi:10.5555/bees.2",)
    assert len(reader.liked()) == 4


def test_without_what_was_kept_everything_is_read_again_and_nothing_liked_twice(
    reader: Reader,
) -> None:
    bees(reader.zotero)
    reader.read()
    kept = reader.collection()
    reader.store.synced_collections.remove(reader.me, kept.kind, kept.place)
    again = reader.read()
    assert (again.read, again.new, again.logged, again.removed) == (3, 0, 0, ())


def test_many_items_are_asked_for_fifty_at_a_time(reader: Reader) -> None:
    bees(reader.zotero, 120)
    assert reader.read().logged == 120
    asked = [x[1] for x in reader.zotero.asked if "itemKey" in x[1]]
    assert len(asked) == 3


def test_zotero_away_is_said_and_tried_again_later(reader: Reader) -> None:
    bees(reader.zotero)
    kept = replace(reader.collection(), planned=True)
    library = reader.library()
    reader.zotero.replies = [(503, {}, b"Down")] * 4
    report = zotero_sync.read_collection(reader.store, library, reader.me, kept, NOW)
    assert "answered 503" in report.error
    (held,) = reader.store.synced_collections.list(reader.me)
    assert held.error == report.error
    assert not held.due(NOW + timedelta(minutes=59))
    assert held.due(NOW + timedelta(minutes=61))
    assert reader.read(now=NOW + timedelta(hours=1)).logged == 3
    (held,) = reader.store.synced_collections.list(reader.me)
    assert (held.error, held.planned) == ("", True)


def test_pauses_that_zotero_asks_for_are_kept(reader: Reader) -> None:
    bees(reader.zotero)
    kept, library = replace(reader.collection(), planned=True), reader.library()
    reader.zotero.replies = [(429, {"Retry-After": "7"}, b"Slow"), None]
    assert zotero_sync.read_collection(reader.store, library, reader.me, kept, NOW).logged == 3
    assert max(reader.clock.slept) == pytest.approx(7, abs=1)
    reader.clock.slept.clear()
    reader.zotero.put(item_data("On drones"), kept.place.rpartition("/")[2])
    ok = reader.zotero.answer("GET", f"{USER}/collections?limit=100", headers(), None)
    reader.zotero.replies = [(200, ok[1] | {"Backoff": "11"}, ok[2])]
    library.collections()
    library.collections()
    assert max(reader.clock.slept) == pytest.approx(11, abs=1)
    reader.zotero.replies = [(503, {"Retry-After": "7200"}, b"Maintenance")]
    report = zotero_sync.read_collection(reader.store, library, reader.me, kept, NOW)
    assert "asks for no requests before" in report.error
    (held,) = reader.store.synced_collections.list(reader.me)
    assert not held.due(NOW + timedelta(minutes=119))


def headers() -> dict[str, str]:
    return {"zotero-api-key": KEY, "zotero-api-version": "3"}


def test_the_key_is_in_no_message_address_log_or_export(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bees(reader.zotero)
    reader.read()
    assert not [x for x in reader.zotero.asked if KEY in x[1]]
    assert KEY not in caplog.text
    assert KEY not in repr(reader.library()) + repr(reader.settings)
    assert KEY not in repr(public_settings(reader.settings))
    reader.settings = reader.settings.model_copy(
        update={"zotero_keys": Settings(zotero_keys={"me": "wRoNg"}).zotero_keys}
    )
    with pytest.raises(SourceError, match="refuses the key") as refused:
        reader.library()
    assert "wRoNg" not in str(refused.value)
    with pytest.raises(ConfigError, match="PAPERLOOP_ZOTERO_KEYS__BO_B"):
        zotero_sync.open_library(reader.settings, "bo-b")


@pytest.mark.parametrize(
    ("status", "content"),
    [(200, b"[1, 2]"), (200, b"{"), (200, b"<html><title>x</title>"), (404, b"gone"), (200, b"{}")],
)
def test_answers_that_make_no_sense_change_nothing(
    reader: Reader, status: int, content: bytes
) -> None:
    bees(reader.zotero)
    kept, library = reader.collection(), reader.library()
    reader.zotero.replies = [(status, {}, content)] * 4
    report = zotero_sync.read_collection(reader.store, library, reader.me, kept, NOW)
    assert report.error
    assert reader.liked() == []


def test_collections_are_named_by_name_or_key_and_never_guessed(reader: Reader) -> None:
    key = reader.zotero.add_collection("Bees")
    reader.zotero.add_collection("Bees")
    library = reader.library()
    assert library.collection(key).name == "Bees"
    with pytest.raises(SourceError, match="Several"):
        library.collection("Bees")
    with pytest.raises(SourceError, match="no collection 'Wasps'; there is: Bees"):
        library.collection("Wasps")


PAPERS = [
    paper("A plain article", "doi:10.5555/plain", author="Okafor", year=2019, venue="Habits",
          kind="article-journal", details=Details(volume="3", number="2", pages="10-20")),
    paper("A preprint of ours", "arxiv:2401.01234", author="Byron", year=2024, venue="arXiv",
          kind="article", abstract="Words with <tags> & signs."),
    paper("At a conference", "arxiv:2402.00001", "doi:10.5555/conf", author="Noether",
          year=2023, venue="Proceedings of Bees", kind="paper-conference"),
    paper("A medical matter", "pmid:31000001", year=2020, kind="article-journal"),
    replace(paper("Of a consortium", year=2021, kind="report", venue="The Institute"),
            authors=(Author(literal="The Bee Consortium"),)),
    paper("An odd thing without anything else"),
]  # fmt: skip


def reading_list(reader: Reader, papers: list[Paper] = PAPERS, name: str = "To cite") -> list[str]:
    ids = [x.paper_id for x in reader.store.catalogue.add(papers, NOW)]
    made = reader.store.reading_lists.create(reader.me, name, NOW)
    reader.store.reading_lists.extend(made.list_id, ids, NOW)
    return ids


def test_a_list_is_written_once_and_comes_back_equal(reader: Reader, tmp_path: Path) -> None:
    ids = reading_list(reader)
    first = reader.write()
    assert (sorted(first.created), first.added, first.failed) == (sorted(ids), [], {})
    again = reader.write()
    assert (again.created, again.added, again.taken_out) == ([], [], [])
    assert len(reader.zotero.inside(first.collection.key)) == len(ids)

    (tmp_path / "other").mkdir()
    other = Reader(tmp_path / "other", reader.zotero)
    assert other.read("To cite").new == len(ids)
    wanted = reader.store.catalogue.get_many(ids)
    got = other.store.catalogue.get_many(ids)
    assert [fields(x) for x in got.values()] == [fields(x) for x in wanted.values()]
    other.store.close()


def fields(x: Paper) -> tuple[Any, ...]:
    details = (x.details.volume, x.details.number, x.details.pages.replace("--", "-"))
    return (x.paper_id, x.title, x.authors, x.year, x.abstract, x.identifiers, x.venue, details)


def test_what_zotero_has_is_added_and_what_left_the_list_leaves_only_the_collection(
    reader: Reader,
) -> None:
    zotero = reader.zotero
    _, keys = bees(zotero)
    reader.read()
    reading_list(reader, [paper("On the dances of bees 0", "doi:10.5555/bees.0"), *PAPERS[:2]])
    first = reader.write()
    assert (first.added, len(first.created)) == (["doi:10.5555/bees.0"], 2)
    mine = zotero.put(item_data("By hand", DOI="10.5555/hand"), first.collection.key)
    made = reader.store.reading_lists.get(reader.me, "To cite")
    for paper_id in ("doi:10.5555/bees.0", "doi:10.5555/plain"):
        reader.store.reading_lists.take_out(made.list_id, [paper_id])
    second = reader.write()
    assert sorted(second.taken_out) == ["doi:10.5555/bees.0", "doi:10.5555/plain"]
    inside = zotero.inside(first.collection.key)
    assert set(inside) - {mine} == {k for k, x in inside.items() if "preprint" in x["title"]}
    assert len(zotero.items[keys[0]]["collections"]) == 1
    assert len(zotero.items) == 6


def test_a_library_that_changes_meanwhile_is_read_again_before_it_is_written(
    reader: Reader,
) -> None:
    reading_list(reader)
    key = reader.zotero.add_collection("To cite")
    plain = item_data("A plain article", DOI="10.5555/plain")
    reader.zotero.before = lambda: reader.zotero.put(plain, key) and None
    report = reader.write()
    assert len(report.created) == len(PAPERS) - 1
    assert len(reader.zotero.inside(key)) == len(PAPERS)


@pytest.mark.parametrize("lost", [1, 2])
def test_an_answer_that_was_lost_writes_nothing_twice(reader: Reader, lost: int) -> None:
    many = [paper(f"Number {i} of many", f"doi:10.5555/many.{i}") for i in range(60)]
    reading_list(reader, many)
    reader.zotero.lose_answers = lost
    report = reader.write()
    assert [x["name"] for x in reader.zotero.collections.values()] == ["To cite"]
    assert len(reader.zotero.items) == 60
    made = reader.store.reading_lists.get(reader.me, "To cite")
    reader.store.reading_lists.take_out(made.list_id, ["doi:10.5555/many.3"])
    assert reader.write().taken_out == ["doi:10.5555/many.3"]
    assert len(reader.zotero.inside(report.collection.key)) == 59
    sizes = [len(x[3]) for x in reader.zotero.asked if x[0] == "POST"]
    assert max(sizes) == 50


def test_a_list_that_cannot_be_written_now_is_finished_by_the_next_time(reader: Reader) -> None:
    many = [paper(f"Number {i} of many", f"doi:10.5555/many.{i}") for i in range(60)]
    reading_list(reader, many)
    key = reader.zotero.add_collection("To cite")

    library = reader.library()
    reader.zotero.before = lambda: reader.zotero.replies.extend([(500, {}, b"Down")] * 4)
    with pytest.raises(SourceError, match="answered 500"):
        zotero_sync.write_list(reader.store, library, reader.me, "To cite")
    assert len(reader.zotero.inside(key)) == 50
    assert len(reader.write().created) == 10
    assert len(reader.zotero.inside(key)) == 60


def test_an_item_that_zotero_refuses_is_named_and_the_others_are_written(reader: Reader) -> None:
    ids = reading_list(reader)
    store = reader.zotero._store
    reader.zotero._store = lambda path, one: (  # type: ignore[method-assign]
        ("", "'title' is too odd") if "odd" in one.get("title", "") else store(path, one)
    )
    report = reader.write()
    assert list(report.failed.values()) == ["'title' is too odd"]
    assert len(report.created) == len(ids) - 1
