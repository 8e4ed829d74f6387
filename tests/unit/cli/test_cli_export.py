"""What leaves by `paperloop export` and `paperloop db archive`."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import bibtexparser
import pytest
from libraries import NOW
from shells import Shell

from recommender.config import load_settings
from recommender.store import Store

BEE, BRIDGE = "doi:10.5555/bees.1", "doi:10.5555/bridges.1"


def ids(text: str) -> list[str]:
    return [json.loads(x)["id"] for x in text.splitlines()]


def test_one_can_take_papers_a_search_or_the_whole_library(shell: Shell) -> None:
    one = shell.run("export", "--id", BRIDGE, "--id", BEE, "-f", "jsonl").stdout
    assert ids(one) == [BRIDGE, BEE]
    found = shell.run("export", "--search", "bees", "-f", "jsonl").stdout
    assert BEE in ids(found)
    assert BRIDGE not in ids(found)
    whole = ids(shell.run("export", "--all", "-f", "jsonl").stdout)
    assert {BEE, BRIDGE} <= set(whole)
    assert len(whole) == len(set(whole)) > len(ids(found))


def test_a_list_takes_its_name_along(shell: Shell) -> None:
    shell.run("list", "create", "Apiary & more")
    shell.run("list", "add", "Apiary & more", BEE)
    page = shell.run("export", "--list", "Apiary & more", "-f", "html").stdout
    assert "<h1>Apiary &amp; more</h1>" in page
    note = shell.run("export", "--list", "Apiary & more", "-f", "obsidian").stdout
    assert note.startswith('---\ntitle: "Apiary & more"\n')


def test_notes_on_papers_go_along_with_and_without_a_list(shell: Shell) -> None:
    store = Store(load_settings(data_dir=shell.folder).url)
    try:
        reader = store.readers.list()[0].reader_id
        store.annotations.note(reader, BEE, "a note of mine", NOW)
    finally:
        store.close()
    assert "a note of mine" in shell.run("export", "--id", BEE, "-f", "bibtex").stdout
    shell.run("list", "create", "Apiary")
    shell.run("list", "add", "Apiary", BEE)
    shell.run("list", "note", "Apiary", BEE, "for Monday")
    entry = json.loads(shell.run("export", "--list", "Apiary", "-f", "jsonl").stdout)
    assert entry["note"] == "for Monday a note of mine"


def test_the_format_follows_from_the_name_of_the_file(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "bee.bib"
    shell.run("export", "--id", BEE, "-o", str(path))
    assert len(bibtexparser.parse_file(str(path)).entries) == 1
    said = shell.run("export", "--id", BEE, "-o", str(tmp_path / "bee.docx"), code=2)
    assert "biblatex" in said.stderr
    assert not (tmp_path / "bee.docx").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--id", "doi:10.1/none", "-f", "ris"), 1, "10.1/none"),
        (("--digest", "2026-W01", "-f", "ris"), 1, "2026-W01"),
        (("--list", "None", "-f", "ris"), 1, "None"),
        (("--liked", "--saved", "-f", "ris"), 2, "choose one of"),
    ],
)
def test_what_is_not_there_is_named(
    shell: Shell, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in shell.run("export", *words, code=code).stderr


def test_feeds_are_empty_text_before_any_was_fetched(shell: Shell) -> None:
    assert shell.run("export", "--feeds").stdout == ""


def test_an_archive_brings_a_library_to_another_folder(
    shell: Shell, empty: Shell, tmp_path: Path
) -> None:
    shell.run("feedback", "like", BEE)
    path = tmp_path / "all.zip"
    rows = shell.json("db", "archive", str(path))["rows"]
    assert rows["event"] >= 1
    assert f"Restored {rows['paper']} papers" in empty.run("db", "restore", str(path)).stdout
    assert BEE in ids(empty.run("export", "--liked", "-f", "jsonl").stdout)


def test_a_damaged_archive_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    shell.run("db", "archive", str(path))
    whole = path.read_bytes()
    path.with_name("whole.zip").write_bytes(whole)
    path.write_bytes(whole.replace(b"PK\x05\x06", b"PK\x05\x07"))
    said = shell.run("db", "restore", str(path), "--yes", code=1)
    assert "not a paperloop library" in said.stderr
    with zipfile.ZipFile(path.with_name("whole.zip")) as file:
        papers = file.getinfo("tables/paper.jsonl")
    middle = papers.header_offset + 100 + papers.compress_size // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
    shell.run("db", "restore", str(path), "--yes", code=1)
    assert BEE in ids(shell.run("export", "--all", "-f", "jsonl").stdout)
