"""Everything of a library in one file, and back, on this database and on another."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from postgres import Server
from stores import NOW, event, fill, paper, slate, sqlite_store

from recommender.domain import EventKind, Listing
from recommender.errors import ArchiveError, RecommenderError, SchemaMismatch
from recommender.library.archive import Archived, is_archive, read_archive, restore, write_archive
from recommender.store import Fetch, Store
from recommender.store.dump import describe, dump_rows


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a library with something in every corner, and its archive beside it."""
    folder = tmp_path_factory.mktemp("full")
    store = sqlite_store(folder)
    ids = fill(store)
    store.catalogue.add(
        [
            paper(
                "Otters – ♞ \u2028 and $x<y$",
                "doi:10.1000/o",
                abstract="A\nB",
                listings=(Listing("here", NOW, "by us", "x.txt", 3),),
            )
        ],
        NOW,
    )
    bob = store.readers.add("Bób", NOW)
    store.feedback.record_slate(slate("s1", ids[:3]))
    liked = store.feedback.append(event(ids[0], "k1", slate_id="s1"))
    store.feedback.append(event(ids[0], "k2", EventKind.undo, undoes=liked.event_id))
    named = store.reading_lists.create("me", "Later", NOW)
    store.reading_lists.add(named.list_id, ids[1], NOW)
    store.digests.save("me", "2026-W47", '{"a": 1}', ids[:2], NOW)
    store.preferences.set(bob.reader_id, "muted", ["ärger"])
    store.fetches.save(Fetch("k", "arxiv", "otters", "{}", NOW))
    write_archive(store, folder / "all.zip", NOW, {"slate_size": 20})
    store.database.backup(folder / "copy.sqlite3")
    store.close()
    return folder


@pytest.fixture
def full(template: Path, tmp_path: Path) -> Iterator[Store]:
    """A library with something in every corner that a reader would miss."""
    (tmp_path / "from").mkdir()
    file = tmp_path / "from" / "paperloop.sqlite3"
    shutil.copyfile(template / "copy.sqlite3", file)
    store = Store(f"sqlite:///{file}")
    yield store
    store.close()


def content(store: Store) -> dict[str, list[dict]]:
    """Return every row of a library but for the counts that restoring renews."""
    with dump_rows(store.database) as rows_of:
        found = {x.name: [dict(row) for row in rows_of(x.name)] for x in describe()}
    for row in found["paper"]:
        del row["revision"]
    return found


@pytest.fixture
def archive(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template / "all.zip", tmp_path / "all.zip"))


def altered(archive: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Write the archive again with members changed, or left out for None."""
    copy = archive.with_name("altered.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            after = change(name, old.read(name))
            if after is not None:
                new.writestr(name, after)
    return copy


@pytest.mark.slow
def test_all_comes_back_in_another_library(full: Store, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    other = sqlite_store(tmp_path / "to")
    fill(other, 2, reader="somebody")
    back = read_archive(other, archive)
    assert back == Archived(NOW, back.version, full.database.head(), back.rows)
    assert back.rows["paper"] == 7
    assert content(other) == content(full)
    assert other.catalogue.search("otters")[0][0] == "doi:10.1000/o"
    assert other.database.library_id == full.database.library_id
    # Numbers go on where they were.
    fresh = other.feedback.append(event("arxiv:2401.00002", "k3"))
    assert fresh.event_id > full.feedback.last_event_id()


def test_the_archive_says_what_is_in_it(archive: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        text = file.read("README.md").decode()
        assert json.loads(file.read("settings.json")) == {"slate_size": 20}
        for table in describe():
            assert f"## tables/{table.name}.jsonl\n\n{table.description}\n" in text
            assert table.description
            lines = file.read(f"tables/{table.name}.jsonl").decode().split("\n")
            for line in filter(None, lines):
                assert list(json.loads(line)) == list(table.columns)
    assert "- `created_at`: time" in text
    assert is_archive(archive)


def test_the_same_library_gives_the_same_rows_whatever_the_day(
    full: Store, archive: Path, tmp_path: Path
) -> None:
    later = tmp_path / "later.zip"
    write_archive(full, later, NOW + timedelta(days=1))
    with zipfile.ZipFile(archive) as a, zipfile.ZipFile(later) as b:
        tables = [x for x in a.namelist() if x.startswith("tables/")]
        assert [a.read(x) for x in tables] == [b.read(x) for x in tables]


def _manifest(change: Callable[[dict], None]) -> Callable[[str, bytes], bytes]:
    def changed(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        facts = json.loads(content)
        change(facts)
        return json.dumps(facts).encode()

    return changed


def _member(part: str, new: bytes | None) -> Callable[[str, bytes], bytes | None]:
    return lambda name, content: new if part in name else content


def _resealed(table: str, line: bytes) -> Callable[[str, bytes], bytes | None]:
    """Put one row into a table and make the manifest agree, as somebody skilled would."""
    import hashlib

    seal = {"rows": 1, "sha256": hashlib.sha256(line).hexdigest()}
    name = f"tables/{table}.jsonl"
    manifest = _manifest(lambda facts: facts["files"].update({name: seal}))
    return lambda n, c: line if n == name else manifest(n, c)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (_member("manifest", None), ArchiveError, "no manifest|no whole archive|There is no item"),
        (_member("manifest", b"[" * 100_000), ArchiveError, "no manifest"),
        (_member("event.jsonl", None), ArchiveError, "lacks tables/event.jsonl"),
        (_member("event.jsonl", b"{}\n"), ArchiveError, "not as it was written"),
        (_manifest(lambda x: x.update(format=2)), ArchiveError, "format 2"),
        (_manifest(lambda x: x.update(revision="9999")), SchemaMismatch, "'9999'"),
        (_resealed("reader", b"[1]\n"), ArchiveError, "line 1 is no JSON object"),
        (_resealed("reader", b'{"evil": 1}\n'), RecommenderError, "no column 'evil'"),
        (_resealed("paper", b'{"id": "x"}\n'), RecommenderError, "paper.id cannot be 'x'"),
        (_resealed("paper", b'{"id": %d}\n' % 2**70), RecommenderError, "a number of 71 bits"),
        (_resealed("event", b'{"event_id": %d}\n' % (2**63 - 1)), RecommenderError, "63 bits"),
        (_resealed("interest", b'{"share": NaN}\n'), RecommenderError, "cannot be 'nan'"),
        (_resealed("interest", b'{"share": 1e999}\n'), RecommenderError, "cannot be 'inf'"),
        (
            _resealed("reader", b'{"created_at": "0001-01-01T00:00:00+23:00"}\n'),
            RecommenderError,
            "reader.created_at cannot be",
        ),
        (
            _resealed("reader", b'{"created_at": "9999-12-31T23:59:59-23:00"}\n'),
            RecommenderError,
            "reader.created_at cannot be",
        ),
        (_resealed("reader", b'{"number": 1}\n'), RecommenderError, "."),
        (_resealed("paper", b""), RecommenderError, "."),
    ],
)
def test_what_is_not_whole_changes_nothing(
    archive: Path, tmp_path: Path, change: Callable, error: type[Exception], said: str
) -> None:
    (tmp_path / "to").mkdir()
    other = sqlite_store(tmp_path / "to")
    fill(other, 2)
    before = content(other)
    with pytest.raises(error, match=said):
        read_archive(other, altered(archive, change))
    assert content(other) == before


@pytest.mark.parametrize("bytes_", [b"", b"PK\x03\x04 cut", b"SQLite format 3\x00"])
def test_another_file_is_no_archive(full: Store, tmp_path: Path, bytes_: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(bytes_)
    assert not is_archive(path)
    with pytest.raises(ArchiveError, match="no whole archive"):
        read_archive(full, path)


def test_a_file_that_cannot_be_written_leaves_nothing_behind(full: Store, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be written"):
        write_archive(full, tmp_path / "absent" / "x.zip", NOW)
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("kind", ["archive", "backup"])
def test_a_library_comes_back_where_there_is_none(
    kind: str, full: Store, archive: Path, tmp_path: Path
) -> None:
    copy = archive
    if kind == "backup":
        copy = tmp_path / "copy.sqlite3"
        full.database.backup(copy)
    new = Store(f"sqlite:///{tmp_path / 'new' / 'paperloop.sqlite3'}")
    (tmp_path / "new").mkdir()
    restore(new, copy)
    ids = full.catalogue.ids()
    assert new.catalogue.get_many(ids) == full.catalogue.get_many(ids)
    new.close()


@pytest.mark.postgres
def test_an_archive_comes_back_on_a_server_without_tables(
    full: Store, archive: Path, postgres_server: Server
) -> None:
    there = Store(postgres_server.url(postgres_server.new_database()))
    restore(there, archive)
    assert content(there) == content(full)
    there.close()


@pytest.mark.postgres
def test_a_library_moves_to_postgresql_and_back(
    full: Store, archive: Path, tmp_path: Path, postgres_server: Server
) -> None:
    there = Store(postgres_server.url(postgres_server.new_database()))
    there.database.upgrade()
    ids = fill(there, 2, reader="somebody")
    there.feedback.append(event(ids[0], "k0", reader="somebody"))
    read_archive(there, archive)
    assert content(there) == content(full)
    there.feedback.append(event("arxiv:2401.00002", "k3"))
    write_archive(there, tmp_path / "back.zip", NOW)
    before = content(there)
    there.close()
    (tmp_path / "to").mkdir()
    home = sqlite_store(tmp_path / "to")
    read_archive(home, tmp_path / "back.zip")
    assert content(home) == before


def _filled(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("members", "method", "said"),
    [
        ({f"{n}": b"" for n in range(300)}, zipfile.ZIP_STORED, "more than 200 files"),
        ({"n" * 60_000 + str(n): b"" for n in range(40)}, zipfile.ZIP_STORED, "list of files"),
        ({"manifest.json": b" " * 8_000_000}, zipfile.ZIP_DEFLATED, "200 times its size"),
        ({"manifest.json": b"{}"}, zipfile.ZIP_LZMA, "does not use"),
        ({"manifest.json": bytes(range(256)) * 8_000}, zipfile.ZIP_STORED, "no manifest"),
    ],
)
def test_a_zip_is_bounded_before_it_is_unpacked(
    full: Store, tmp_path: Path, members: dict[str, bytes], method: int, said: str
) -> None:
    before = content(full)
    with pytest.raises(ArchiveError, match=said):
        read_archive(full, _filled(tmp_path / "x.zip", members, method))
    assert content(full) == before


def test_a_zip_whose_files_overlap_is_refused(full: Store, archive: Path, tmp_path: Path) -> None:
    path = _filled(tmp_path / "x.zip", {"a": b"0123456789" * 9_000, "b": b""}, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    # Both entries of the list say that they are as large as the first, and where it begins.
    first = raw.index(b"PK\x01\x02")
    second = raw.index(b"PK\x01\x02", first + 1)
    raw[second + 16 : second + 28] = raw[first + 16 : first + 28]
    path.write_bytes(bytes(raw))
    with pytest.raises(ArchiveError, match="overlap"):
        read_archive(full, path)
