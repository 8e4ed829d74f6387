"""Hostile files through the whole import, in a process of its own with limits."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from folders import ROOT
from stores import fill, sqlite_store

CHILD = Path(__file__).with_name("import_in_child.py")
SECONDS = 10
MEGABYTES = 500


@pytest.fixture
def imported(tmp_path) -> Iterator[Callable[[list[Path]], list[dict]]]:
    """Return what a child made of files; afterwards the library must be whole."""
    store = sqlite_store(tmp_path)
    known = fill(store)
    store.close()
    database = tmp_path / "paperloop.sqlite3"

    def run(files: list[Path]) -> list[dict]:
        child = subprocess.run(
            [sys.executable, str(CHILD), str(database), str(SECONDS), *map(str, files)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        said = [json.loads(line) for line in child.stdout.splitlines()]
        assert len(said) == len(files), (files[len(said)], child.returncode, child.stderr[-2_000:])
        assert child.stderr == ""
        return said

    yield run
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        ids = {row[0] for row in connection.execute("SELECT paper_id FROM paper")}
        assert set(known) <= ids


def must_be_bounded(said: list[dict]) -> None:
    for one in said:
        name = Path(one["file"]).name
        assert one["exit"] in (0, 1), name
        assert one["seconds"] < SECONDS, (name, one["seconds"])
        assert one["megabytes"] < MEGABYTES, (name, one["megabytes"])
        # A merge of two known papers may shrink the catalogue, nothing else may change it.
        assert one["grown"] <= one["new"] <= one["read"], name
        assert one["read"] or one["refused"], name


@pytest.mark.slow
def test_every_hostile_file_ends_in_bounded_time_and_memory(shared, imported):
    files = sorted(x for x in (shared / "data" / "hostile").rglob("*") if x.is_file())
    said = imported(files)
    must_be_bounded(said)
    assert sum(x["read"] for x in said) > 1_000
    assert {x["exit"] for x in said} == {0, 1}


def huge(line: bytes, times: int, *, before: bytes = b"", after: bytes = b"") -> Callable:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(before)
            for _ in range(times):
                file.write(line)
            file.write(after)

    return write


def packed(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"@article{k,\n title={T}, note={")
        for _ in range(600):
            file.write(b" " * 1_000_000)


MEGABYTE = b"x" * 1_000_000
LAUGHS = (
    b"<!DOCTYPE r [<!ENTITY l0 'lol'>"
    + b"".join(b"<!ENTITY l%d '%s'>" % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 12))
    + b"]>"
)
WORSE = {
    "line.jsonl": huge(MEGABYTE, 100, before=b'{"title": "', after=b'"}\n{"title": "Kept"}\n'),
    "value.bib": huge(MEGABYTE, 100, before=b"@article{k,\n title={", after=b"}\n}\n"),
    "entry.bib": huge(b"x y\n", 2_000_000, before=b"@article{k,\n note={"),
    "braces.bib": huge(b"{" * 1_000, 3_000, before=b"@article{k, title="),
    "commas.bib": huge(b" ,\n", 2_000_000, before=b"@article{k, title={T}"),
    "run-on.bib": huge(b" a={1}", 500_000, before=b"@article{k, title={T}", after=b"\n}\n"),
    "parents.bib": huge(b"@misc{k,title={T},crossref={k}}\n", 20_000),
    "value.ris": huge(MEGABYTE, 100, before=b"TY  - JOUR\nTI  - "),
    "lines.ris": huge(b"x\n", 4_000_000, before=b"TY  - JOUR\nTI  - "),
    "tags.nbib": huge(b"AU  - A\n", 2_000_000, before=b"PMID- 1\nTI  - T\n"),
    "lines.isi": huge(b"   A\n", 4_000_000, before=b"FN x\nVR 1\nPT J\nAU "),
    "quote.csv": huge(b"x\n", 1_000_000, before=b'title,year\n"'),
    "deep.json": huge(b"[", 20_000_000),
    "nested.json": huge(b'{"items":', 2_000_000, before=b'[{"itemType": "book", "title": "T"},'),
    "number.json": huge(b"9" * 1_000, 5_000, before=b'[{"title": "T", "year": '),
    "text.xml": huge(MEGABYTE, 100, before=b"<mods><titleInfo><title>"),
    "deep.xml": huge(b"<a>", 5_000_000, before=b"<mods>"),
    "tag.xml": huge(b" a='b'", 5_000_000, before=b"<mods "),
    "laughs.rdf": huge(
        LAUGHS,
        1,
        after=b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>&l11;</rdf:RDF>",
    ),
    "laughs.mods": huge(
        LAUGHS,
        1,
        after=b"<modsCollection xmlns='http://www.loc.gov/mods/v3'>&l11;</modsCollection>",
    ),
    "outside.xml": huge(
        b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///dev/zero'>]>",
        1,
        after=b"<mods xmlns='http://www.loc.gov/mods/v3'>&x;</mods>",
    ),
    "odd.utf16": huge("@article{k, title={T}, note={é}}\n".encode("utf-16-le"), 2_000, after=b"x"),
    "mixed.bib": huge(b"@misc{k, title={\xe9 \xc3\xa9 \xff\x00 \x81}}\n", 2_000),
    "controls.jsonl": huge(
        b'{"title": "\\u0000\\u202e\\ud800\\u001b[31m T", "authors": ["\\u0007"]}\n', 5_000
    ),
    "same.csv": huge(b"\"=cmd|' /C calc'!A0\",-1+1\n", 5_000, before=b"title,year\n"),
    "scripts.ris": huge(b"TY  - JOUR\nTI  - <script>alert(1)</script>\nER  - \n", 5_000),
    "meta.html": huge(
        b"<meta name='citation_title' ",
        600_000,
        before=b"<html><meta name='citation_title' content='T'>",
    ),
    "packed.gz": packed,
}


@pytest.mark.slow
def test_every_sample_cut_off_ends_in_bounded_time_and_memory(tmp_path, imported):
    samples = sorted(x for x in CHILD.parent.iterdir() if x.is_file() and x.suffix != ".py")
    assert len(samples) > 20
    files = []
    for sample in samples:
        content = sample.read_bytes()
        for part in (1, 2):
            files.append(tmp_path / f"{part}.{sample.name}")
            files[-1].write_bytes(content[: len(content) * part // 3])
    must_be_bounded(imported(files))


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_worse_files_end_in_bounded_time_and_memory(half, tmp_path, imported):
    names = list(WORSE)[half::2]
    for name in names:
        WORSE[name](tmp_path / name)
    must_be_bounded(imported([tmp_path / name for name in names]))
