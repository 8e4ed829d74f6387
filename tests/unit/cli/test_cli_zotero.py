"""`paperloop zotero`, against a Zotero on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from shells import Shell
from zotero_server import KEY, Zotero, item_data, serving

from recommender.config import Settings
from recommender.digest.delivery.scheduler import commands_due
from recommender.errors import StoreError
from recommender.store import SyncedCollection, SyncedCollections


@pytest.fixture
def zotero(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zotero]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PAPERLOOP_FETCH_PRIVATE_NETWORKS", "true")
    monkeypatch.setenv("PAPERLOOP_ZOTERO_KEYS__ME", KEY)
    with serving(Zotero()) as served:
        monkeypatch.setenv("PAPERLOOP_ZOTERO_URL", served.address)
        yield served


def due(shell: Shell, later: timedelta) -> list[tuple[str, ...]]:
    commands = commands_due(Settings(data_dir=shell.folder), datetime.now(UTC) + later)
    return [x for x in commands if x[0] == "zotero"]


def test_a_collection_is_kept_in_step_by_hand_and_by_the_schedule(
    shell: Shell, zotero: Zotero
) -> None:
    key = zotero.add_collection("Wasps")
    first = zotero.put(item_data("On wasps", DOI="10.5555/wasps"), key)
    zotero.put(item_data("On hornets", DOI="10.5555/hornets"), key)
    assert shell.run("zotero", "collections").stdout == f"{key}  Wasps (2)\n"
    said = shell.run("zotero", "sync", "Wasps", "--plan").stdout
    assert "Wasps: 2 read, 2 new, 2 newly liked" in said
    (reader,) = shell.json("reader", "ls")["readers"]
    assert "Wasps" in [x["name"] for x in reader["interests"]]
    assert due(shell, timedelta()) == []
    assert due(shell, timedelta(minutes=61)) == [("zotero", "due")]
    assert "Nothing" not in shell.run("zotero", "due").output
    zotero.delete(first)
    assert "still liked: On wasps" in shell.run("zotero", "sync", "Wasps").stderr
    assert "unchanged" in shell.run("zotero", "sync", "Wasps").stdout
    (held,) = shell.json("zotero", "ls")["synced"]
    assert "tried" not in held
    assert (held["name"], held["planned"], held["error"]) == ("Wasps", True, "")
    zotero.replies = [None, None, (404, {}, b"Gone")]
    assert "not in Zotero any more" in shell.run("zotero", "sync", "Wasps", code=1).stderr
    assert "not in Zotero any more" in shell.run("zotero", "ls").stderr
    shell.run("zotero", "sync", "Wasps", "--stop")
    assert due(shell, timedelta(days=2)) == []
    shell.run("zotero", "sync", "Wasps", "--stop", code=2)


def test_one_collection_that_cannot_be_stored_does_not_stop_the_others(
    shell: Shell, zotero: Zotero, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Wasps", "Voles"):
        zotero.put(item_data(f"On {name}", DOI=f"10.5555/{name}"), zotero.add_collection(name))
        shell.run("zotero", "sync", name, "--plan")
    later = datetime.now(UTC) + timedelta(hours=2)
    due_at, save = SyncedCollection.due, SyncedCollections.save
    monkeypatch.setattr(SyncedCollection, "due", lambda self, _: due_at(self, later))

    def full(
        kept: SyncedCollections, reader_id: str, collection: SyncedCollection, *items: Any
    ) -> None:
        if collection.name == "Wasps":
            raise StoreError("The disk is full.")
        save(kept, reader_id, collection, *items)

    monkeypatch.setattr(SyncedCollections, "save", full)
    said = shell.run("zotero", "due", code=1)
    assert "The disk is full." in said.stderr
    assert "Wasps: not read; it is tried again." in said.stderr
    assert "Voles: unchanged" in said.stdout


def test_a_list_is_written_and_nothing_works_without_a_key(
    shell: Shell, zotero: Zotero, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run("list", "create", "To cite")
    shell.run("list", "add", "To cite", "doi:10.5555/bees.0")
    said = shell.run("zotero", "write", "To cite").stdout
    assert said == "To cite: 1 new in Zotero, 0 added, 0 taken out\n"
    assert shell.json("zotero", "write", "To cite")["created"] == []
    (item,) = zotero.items.values()
    assert item["DOI"] == "10.5555/bees.0"
    assert "No reading list" in shell.run("zotero", "write", "Nope", code=1).stderr
    shell.run("zotero", "sync", "Wasps", code=1)
    monkeypatch.delenv("PAPERLOOP_ZOTERO_KEYS__ME")
    assert "No Zotero key is set for me" in shell.run("zotero", "collections", code=1).stderr
