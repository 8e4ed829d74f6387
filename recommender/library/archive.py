"""Everything a library holds in one file that outlives the program: a zip of JSON lines.

`write_archive` takes it from any database, `read_archive` puts it into any
other. Inside are ``README.md``, which says what each table and column is;
``manifest.json`` with the version of the tables and a SHA-256 of each file;
``tables/<name>.jsonl``, one object a row; and ``settings.json``, which is for
people: passwords and keys are not in it, and nothing reads it back.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from recommender import __version__
from recommender.errors import ArchiveError
from recommender.private_files import replace_whole
from recommender.store import Store
from recommender.store.dump import Row, describe, dump_rows, restore_rows

FORMAT = 1
"""Raised when the layout of the archive changes; `read_archive` reads this one."""
MAX_LINE_BYTES = 64 * 1024 * 1024
"""Bytes of one row at most."""
MAX_UNPACKED_BYTES = 20 * 1024**3
"""Bytes of all files of an archive together, unpacked, at most."""
MAX_FILES = 200
"""Files in an archive at most; one of ours holds about thirty."""
MAX_DIRECTORY_BYTES = 1024 * 1024
"""Bytes of the list of files in an archive, and of its manifest, at most."""
MAX_RATIO = 200
"""How many times larger a file of more than a mebibyte may be than it is in the archive."""
MANIFEST, README, SETTINGS = "manifest.json", "README.md", "settings.json"


@dataclass(frozen=True, slots=True)
class Archived:
    """What an archive holds: rows by table, and when and by what it was made."""

    made_at: datetime
    version: str
    revision: str
    rows: Mapping[str, int]


def is_archive(path: Path) -> bool:
    """Tell whether a file is a zip; whether it is a whole archive shows on reading."""
    try:
        return zipfile.is_zipfile(path)
    except OSError:
        return False


def restore(store: Store, path: Path) -> None:
    """Replace the library by an archive or a backup, also where it is damaged or there is none.

    The file is checked whole before anything is changed.

    Raises
    ------
    ArchiveError, StoreError, SchemaMismatch
        As `read_archive` and `Database.restore` say.
    """
    if not is_archive(path):
        store.database.restore(path)
        return
    if not store.database.is_sqlite:
        # SQLite files are created; the tables of a server must exist.
        store.database.upgrade()
    read_archive(store, path)


def write_archive(
    store: Store, path: Path, now: datetime, settings: Mapping[str, Any] | None = None
) -> Archived:
    """Write everything into a file, also while the library is in use; a file there is replaced.

    Parameters
    ----------
    settings
        Settings for people to read, without secrets.

    Raises
    ------
    ArchiveError
        The file cannot be written.
    SchemaMismatch
        The library is not of this version.
    """
    try:
        with replace_whole(path) as aside:
            made = _write(store, aside, now, settings or {})
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror or error}.") from error
    return made


def read_archive(store: Store, path: Path) -> Archived:
    """Put what an archive holds in the place of everything in the library.

    The archive is checked whole before anything is changed.

    Raises
    ------
    ArchiveError
        The file is no archive, incomplete, altered, or of a newer format.
    SchemaMismatch, StoreError
        Its rows do not fit this version of the program.
    """
    try:
        with path.open("rb") as raw, zipfile.ZipFile(_Bounded(raw)) as file:
            _must_be_bounded(file.infolist(), path)
            facts = _manifest(file)
            files = facts["files"]
            names = [x.name for x in describe()]
            for name in files:
                _check(file, name, files[name])

            def rows_of(table: str) -> Iterable[Row]:
                member = f"tables/{table}.jsonl"
                return _rows(file, member) if member in files else ()

            restore_rows(store.database, str(facts["revision"]), rows_of)
            rows = {x: files[f"tables/{x}.jsonl"]["rows"] for x in names if _member(x) in files}
            return _archived(facts, rows)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise ArchiveError(f"{path} is no whole archive of paperloop: {error}.") from error
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror or error}.") from error


def _write(store: Store, path: Path, now: datetime, settings: Mapping[str, Any]) -> Archived:
    files: dict[str, dict[str, Any]] = {}
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file,
        dump_rows(store.database) as rows_of,
    ):
        for table in describe():
            files[_member(table.name)] = _write_rows(file, table.name, rows_of(table.name))
        facts = {
            "format": FORMAT,
            "paperloop": __version__,
            "revision": store.database.head(),
            "made_at": now.isoformat(),
            "files": files,
        }
        file.writestr(SETTINGS, _json(settings))
        file.writestr(README, _readme())
        file.writestr(MANIFEST, _json(facts))
    return _archived(facts, {x.name: files[_member(x.name)]["rows"] for x in describe()})


def _write_rows(file: zipfile.ZipFile, table: str, rows: Iterable[Row]) -> dict[str, Any]:
    digest, n = hashlib.sha256(), 0
    with file.open(_member(table), "w", force_zip64=True) as member:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, allow_nan=False).encode() + b"\n"
            member.write(line)
            digest.update(line)
            n += 1
    return {"rows": n, "sha256": digest.hexdigest()}


class _Bounded(io.BufferedIOBase):
    """A file that gives no more than `MAX_DIRECTORY_BYTES` bytes at once.

    `zipfile` reads the list of all files into memory before anybody can count them. It reads
    the files themselves in far smaller pieces.
    """

    def __init__(self, raw: io.BufferedIOBase | IO[bytes]) -> None:
        self._raw = raw

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = MAX_DIRECTORY_BYTES + 1 if size is None or size < 0 else size
        content = self._raw.read(min(wanted, MAX_DIRECTORY_BYTES + 1))
        if len(content) > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its list of files is too long")
        return content

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def seekable(self) -> bool:
        return True


def _must_be_bounded(members: Sequence[zipfile.ZipInfo], path: Path) -> None:
    """Refuse what no archive of ours is, before any file in it is unpacked."""
    why = ""
    if len(members) > MAX_FILES:
        why = f"holds more than {MAX_FILES} files"
    elif len({x.filename for x in members}) < len(members):
        why = "holds two files of one name"
    elif any(x.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for x in members):
        why = "is compressed in a way that paperloop does not use"
    elif sum(x.file_size for x in members) > MAX_UNPACKED_BYTES:
        why = f"unpacks to more than {MAX_UNPACKED_BYTES // 1024**3} GiB"
    elif any(x.file_size > max(1024**2, MAX_RATIO * x.compress_size) for x in members):
        why = f"unpacks to more than {MAX_RATIO} times its size"
    elif sum(x.compress_size for x in members) > path.stat().st_size:
        why = "holds files that overlap"
    if why:
        raise ArchiveError(f"{path} {why}; it is no archive of paperloop.")


def _manifest(file: zipfile.ZipFile) -> dict[str, Any]:
    try:
        with file.open(MANIFEST) as member:
            facts = json.loads(member.read(MAX_DIRECTORY_BYTES))
        known = int(facts["format"])
        files = {str(k): {"rows": int(v["rows"]), **v} for k, v in facts["files"].items()}
        datetime.fromisoformat(facts["made_at"])
        facts |= {"files": files, "revision": str(facts["revision"])}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ArchiveError("The archive has no manifest that can be read.") from error
    if known != FORMAT:
        raise ArchiveError(f"The archive has format {known}; this paperloop reads {FORMAT}.")
    return dict(facts)


def _check(file: zipfile.ZipFile, name: str, said: Mapping[str, Any]) -> None:
    """Compare a member with the manifest, so that nothing is changed for a damaged archive."""
    digest, n = hashlib.sha256(), 0
    try:
        for line in _lines(file, name):
            digest.update(line)
            n += 1
    except KeyError:
        raise ArchiveError(f"The archive lacks {name[:80]}.") from None
    if (digest.hexdigest(), n) != (said.get("sha256"), said["rows"]):
        raise ArchiveError(f"{name[:80]} is not as it was written; use another copy.")


def _lines(file: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with file.open(name) as member:
        while line := member.readline(MAX_LINE_BYTES):
            if len(line) == MAX_LINE_BYTES:
                raise ArchiveError(f"{name[:80]} holds a line that is too long.")
            yield line


def _rows(file: zipfile.ZipFile, name: str) -> Iterator[Row]:
    for n, line in enumerate(_lines(file, name), 1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise ArchiveError(f"{name[:80]} line {n} is no JSON object.")
        yield row


def _archived(facts: Mapping[str, Any], rows: Mapping[str, int]) -> Archived:
    made_at = datetime.fromisoformat(facts["made_at"])
    return Archived(made_at, str(facts.get("paperloop", "")), facts["revision"], rows)


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"


def _readme() -> str:
    head = (
        "# A library of paperloop\n\n"
        "Everything but passwords and keys. `paperloop db restore FILE` reads it back, on any\n"
        "database. Each file below is UTF-8, one JSON object a line; times are ISO 8601 in UTC.\n"
        "`manifest.json` counts the rows and holds a SHA-256 of each file.\n"
    )
    tables = (
        f"\n## tables/{x.name}.jsonl\n\n{x.description}\n\n"
        + "".join(f"- `{name}`: {kind}\n" for name, kind in x.columns.items())
        for x in describe()
    )
    return head + "".join(tables)
