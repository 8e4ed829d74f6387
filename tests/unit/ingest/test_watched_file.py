"""A watched reference file: new items become likes once, removed ones are said."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from stores import NOW, sqlite_store

from recommender.domain import Event, EventKind
from recommender.errors import SourceError
from recommender.ingest.watched_file import FileLook, in_words, load_watched_file, look
from recommender.store import Store, SyncedCollection
from recommender.store.synced_collections import FILE


def entry(key: str) -> str:
    return f"@article{{{key},\n title = {{On the habits of {key}}},\n doi = {{10.5555/{key}}}\n}}\n"


class Reader:
    """Looks at one file as one reader, in a new store each time, as after a restart."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "refs.bib"
        self.folder = folder
        with_store = sqlite_store(folder)
        self.me = with_store.readers.add("ada", NOW).reader_id
        self.url = f"sqlite:///{with_store.database.path}"
        with_store.close()
        self.waited: list[float] = []
        self.while_waiting: list[str] = []

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        if self.while_waiting:
            self.write(self.while_waiting.pop(0))

    def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        # Two writes within one tick of the file system's clock would look like one.
        stamp = 1_700_000_000 + len(self.waited) + len(text)
        os.utime(self.path, (stamp, stamp))

    def look(self, role: str = "liked", interest: str | None = None) -> FileLook:
        store = Store(self.url)
        try:
            if interest is None:
                interest_id = store.readers.interests(self.me)[0].interest_id
            else:
                interest_id = store.readers.ensure_interest(self.me, interest).interest_id
            file = load_watched_file(store, self.me, self.path, interest_id, role)
            return look(store, self.me, file, NOW, self.sleep)
        finally:
            store.close()

    def events(self) -> list[Event]:
        store = Store(self.url)
        try:
            return list(store.feedback.events(self.me))
        finally:
            store.close()

    def liked(self) -> list[str]:
        return [x.paper_id for x in self.events() if x.kind is EventKind.like]


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


def test_new_items_become_likes_once_whatever_replaces_the_file(reader: Reader) -> None:
    reader.write(entry("otters") + entry("badgers"))
    assert (reader.look().logged, reader.look().state) == (2, "unchanged")
    aside = reader.path.with_suffix(".new")
    aside.write_text(entry("badgers") + entry("otters") + entry("voles"), encoding="utf-8")
    aside.replace(reader.path)
    found = reader.look()
    assert (found.state, found.logged, found.removed) == ("read", 1, ())
    assert reader.liked() == ["doi:10.5555/otters", "doi:10.5555/badgers", "doi:10.5555/voles"]
    reader.path.unlink()
    assert reader.look().state == "missing"
    reader.write(entry("otters"))
    assert reader.look().logged == 0


def test_removed_items_are_said_once_and_stay_liked(reader: Reader) -> None:
    reader.write(entry("otters") + entry("badgers"))
    reader.look()
    reader.write(entry("otters"))
    assert reader.look().removed == ("doi:10.5555/badgers",)
    reader.write(entry("otters") + "% tidied\n")
    assert reader.look().removed == ()
    reader.write(entry("otters") + entry("badgers"))
    assert reader.look().logged == 0
    assert [x.kind for x in reader.events()] == [EventKind.like] * 2


def test_a_file_that_is_being_written_is_waited_for(reader: Reader) -> None:
    reader.write("")
    whole = entry("otters") + entry("badgers")
    reader.while_waiting = [whole[:60], whole[:100], whole]
    assert reader.look().logged == 2
    assert reader.events()[0].paper_id == "doi:10.5555/otters"
    reader.while_waiting = [whole + entry(f"a{i}") for i in range(20)]
    reader.write(whole[:-9])
    assert reader.look().state == "unfinished"
    assert len(reader.liked()) == 2


def test_a_file_is_copied_once_and_only_when_it_is_written(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []

    def copyfile(path: Path, copy: Path) -> None:
        copied.append(path.read_text(encoding="utf-8"))
        copy.write_text(copied[-1], encoding="utf-8")
        if len(copied) == 2:
            reader.write(entry("voles"))

    monkeypatch.setattr(shutil, "copyfile", copyfile)
    reader.write(entry("otters")[:-9])
    reader.while_waiting = [entry("otters") + entry(f"a{i}") for i in range(3)]
    whole = reader.while_waiting[-1]
    assert reader.look().logged == 2
    assert copied == [whole]
    reader.write(entry("badgers"))
    assert reader.look().state == "unfinished"  # it changed while it was copied
    assert len(copied) == 2
    assert len(reader.liked()) == 2


def test_a_full_disk_is_said_in_a_sentence(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    reader.write(entry("otters"))
    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    with pytest.raises(SourceError, match=r"refs\.bib cannot be read: No space left on device\."):
        reader.look()


def test_a_planned_file_that_cannot_be_read_is_tried_again_in_an_hour_or_once_it_changes(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.write(entry("otters"))
    place = str(reader.path.absolute())
    store = Store(reader.url)
    interest_id = store.readers.interests(reader.me)[0].interest_id
    kept = SyncedCollection(FILE, place, "refs.bib", interest_id, planned=True)
    store.synced_collections.save(reader.me, kept)

    def held() -> SyncedCollection:
        (one,) = store.synced_collections.list(reader.me)
        return one

    def refuse(path: Path, copy: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", refuse)
        with pytest.raises(SourceError, match="Permission denied"):
            reader.look()
    assert "Permission denied" in held().error
    assert not held().due(NOW + timedelta(minutes=59))
    assert held().due(NOW + timedelta(minutes=61))
    reader.write("")
    assert held().due(NOW)
    assert reader.look().state == "unfinished"
    assert not held().due(NOW + timedelta(minutes=59))
    reader.write(entry("otters") + entry("badgers"))
    assert held().due(NOW)
    assert reader.look().logged == 2
    assert (held().error, held().tried, held().next_at) == ("", "", "")
    store.close()


def test_a_cut_off_entry_hides_nothing_and_removes_nothing(reader: Reader) -> None:
    whole = entry("otters") + entry("badgers")
    reader.write(whole)
    reader.look()
    reader.write(whole[: len(entry("otters")) + 30])
    found = reader.look()
    assert found.report is not None
    assert len(found.report.refused) == 1
    assert found.removed == ()
    reader.write(entry("otters"))
    assert reader.look().removed == ("doi:10.5555/badgers",)


def test_an_empty_file_is_read_when_there_is_something_in_it(reader: Reader) -> None:
    reader.write("")
    found = reader.look()
    assert found.state == "unfinished"
    assert "read later" in in_words(SyncedCollection(FILE, "refs.bib"), found)


def test_a_like_that_was_undone_stays_undone(reader: Reader) -> None:
    reader.write(entry("otters"))
    reader.look()
    store = Store(reader.url)
    (like,) = reader.events()
    undo = replace(like, event_id=0, client_key="undo", kind=EventKind.undo, undoes=like.event_id)
    store.feedback.append(undo)
    store.close()
    reader.write(entry("otters") + entry("badgers"))
    assert reader.look().logged == 1
    assert reader.liked() == ["doi:10.5555/otters", "doi:10.5555/badgers"]


def test_another_interest_or_role_reads_the_file_again(reader: Reader) -> None:
    reader.write(entry("otters"))
    assert reader.look("catalogue").logged == 0
    assert reader.look("catalogue").state == "unchanged"
    assert reader.look("saved", "Mustelids").logged == 1
    (saved,) = reader.events()
    assert (saved.kind, saved.interest_id) == (EventKind.save, f"{reader.me}/mustelids")


def test_a_folder_is_no_file_to_watch(reader: Reader, tmp_path: Path) -> None:
    reader.path.mkdir()
    with pytest.raises(SourceError, match="is a folder"):
        reader.look()


def test_a_planned_file_that_is_missing_is_said_once_and_read_when_it_is_back(
    reader: Reader,
) -> None:
    reader.write(entry("otters"))
    reader.look()
    store = Store(reader.url)
    (kept,) = store.synced_collections.list(reader.me)
    store.synced_collections.save(reader.me, replace(kept, planned=True))

    def held() -> SyncedCollection:
        (one,) = store.synced_collections.list(reader.me)
        return one

    assert not held().due(NOW)
    away = reader.path.with_suffix(".away")
    reader.path.rename(away)
    assert held().due(NOW)
    assert reader.look().state == "missing"
    assert "is not there" in held().error
    assert not held().due(NOW + timedelta(days=1))
    away.rename(reader.path)
    assert held().due(NOW)
    assert reader.look().state == "unchanged"
    assert (held().error, held().due(NOW + timedelta(days=1))) == ("", False)
    reader.path.unlink()
    assert reader.look().state == "missing"
    reader.write(entry("otters") + entry("badgers"))
    assert held().due(NOW)
    assert (reader.look().logged, held().error) == (1, "")
    store.close()
