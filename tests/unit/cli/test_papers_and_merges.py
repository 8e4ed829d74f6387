"""Papers in and out on the command line."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import bibtexparser
import pytest
from folders import DATA
from shells import Shell


def test_import_reports_each_file(empty: Shell) -> None:
    report = empty.json("import", str(DATA / "references.bib"), str(DATA / "daily-papers.txt"))
    first, second = report["files"]
    assert first["format"] == "bibtex"
    assert second["format"] == "daily-papers"
    for file in (first, second):
        assert file["read"] == file["new"] + file["merged"]
        assert file["new"] > 0
        assert file["refused"] == []


@pytest.mark.slow
def test_importing_twice_changes_nothing(empty: Shell) -> None:
    first = empty.json("import", str(DATA / "references.bib"))["files"][0]
    again = empty.json("import", str(DATA / "references.bib"))["files"][0]
    assert again["new"] == 0
    assert again["merged"] == first["read"]


def test_a_refused_entry_is_named_and_the_rest_imported(empty: Shell, tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text('{"title": "Whole"}\n{"title": \n{"title": "Also whole"}\n', encoding="utf-8")
    report = empty.json("import", str(path), code=1)["files"][0]
    assert report["new"] == 2
    assert [x["line"] for x in report["refused"]] == [2]
    assert report["refused"][0]["why"]


def test_an_absent_file_is_one_refusal_and_no_traceback(empty: Shell) -> None:
    result = empty.run("import", "/nowhere/at-all.bib", code=1)
    assert "Traceback" not in result.output


def test_hostile_files_are_named_with_their_reasons_and_cost_the_others_nothing(
    empty: Shell, tmp_path: Path
) -> None:
    hostile = {
        "bomb.xml": b"<!DOCTYPE r [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><r>&c;</r>",
        "error.json": b"<!DOCTYPE html><html><title>502 Bad Gateway</title></html>",
        "cut.bib": b"@article{k, title = {{{ Never closed",
        "noise.ris": b"TY  - JOUR\n\x00\xff\xfe\x00TI  - \nER  - \n",
    }
    for name, content in hostile.items():
        (tmp_path / name).write_bytes(content)
    paths = [*(str(tmp_path / name) for name in hostile), str(DATA / "references.bib")]
    *bad, good = empty.json("import", *paths, code=1)["files"]
    assert all(x["refused"] and all(y["why"] for y in x["refused"]) for x in bad)
    assert all(x["read"] == 0 for x in bad)
    assert good["new"] > 0
    assert good["refused"] == []
    empty.run("db", "check")


def test_imported_likes_are_feedback(empty: Shell) -> None:
    empty.run("import", str(DATA / "references.bib"), "--as", "liked")
    exported = empty.run("export", "--liked", "--format", "bibtex").stdout
    library = bibtexparser.parse_string(exported)
    assert len(library.entries) > 0
    assert not library.failed_blocks


def test_export_to_a_file_and_as_jsonl(shell: Shell, tmp_path: Path) -> None:
    shell.run("feedback", "save", "doi:10.5555/bees.1")
    path = tmp_path / "saved.jsonl"
    shell.run("export", "--saved", "--format", "jsonl", "-o", str(path))
    assert json.loads(path.read_text(encoding="utf-8"))["title"].startswith("A model of bees")


def test_an_unknown_format_names_the_known_ones(shell: Shell) -> None:
    result = shell.run("export", "--format", "docx", code=1)
    assert "bibtex" in result.output
    assert "Traceback" not in result.output


def test_show_and_an_unknown_paper(shell: Shell) -> None:
    assert shell.json("show", "doi:10.5555/bees.1")["authors"] == ["Ada Invented", "Bo Madeup"]
    assert "nowhere" in shell.run("show", "arxiv:nowhere", code=1).output


@pytest.mark.slow
def test_a_reading_list_from_beginning_to_end(shell: Shell) -> None:
    shell.run("list", "create", "Apiary")
    shell.run("list", "add", "Apiary", "doi:10.5555/bees.1", "doi:10.5555/bees.2")
    shell.run("list", "remove", "Apiary", "doi:10.5555/bees.1")
    shown = shell.json("list", "show", "Apiary")
    assert [x["paper_id"] for x in shown["papers"]] == ["doi:10.5555/bees.2"]
    assert shell.json("list", "ls")["lists"][0]["name"] == "Apiary"
    assert "@" in shell.run("export", "--list", "Apiary", "--format", "bibtex").stdout
    shell.run("list", "delete", "Apiary")
    assert shell.json("list", "ls")["lists"] == []


def test_readers_are_added_renamed_and_forgotten(shell: Shell) -> None:
    shell.run("reader", "add", "Ada")
    shell.run("feedback", "like", "doi:10.5555/bees.1", "--reader", "Ada")
    shell.run("reader", "rename", "Ada", "Ada L.")
    assert "Ada L." in [x["name"] for x in shell.json("reader", "ls")["readers"]]
    shell.run("reader", "forget", "Ada L.", "--yes")
    assert "Ada L." not in [x["name"] for x in shell.json("reader", "ls")["readers"]]
    shell.run("recommend", "--reader", "Ada", code=1)


@pytest.mark.slow
def test_a_digest_is_a_preview_until_it_is_issued(shell: Shell, tmp_path: Path) -> None:
    before = shell.run("db", "archive", str(tmp_path / "before.zip")).stdout
    shown = shell.run("digest", "--out", str(tmp_path / "preview"))
    assert "--issue" in shown.stderr
    assert len(list((tmp_path / "preview").iterdir())) == 3
    for words in (("digest",), ("digest", "--all"), ("digest", "--json")):
        assert "--issue" in shell.run(*words).stderr
    assert shell.json("digest")["issued"] is False
    after = shell.run("db", "archive", str(tmp_path / "after.zip")).stdout
    assert after.replace("after.zip", "before.zip") == before
    assert "0 digests" in after
    issued = shell.run("digest", "--issue")
    assert issued.stderr.count("--issue") == 0
    assert "1 digests" in shell.run("db", "archive", str(tmp_path / "issued.zip")).stdout
    again = shell.run("digest")
    assert (again.stdout, again.stderr.count("--issue")) == (issued.stdout, 0)
    assert shell.json("digest")["issued"] is True


def test_the_digest_is_the_same_twice(shell: Shell, tmp_path: Path) -> None:
    week = ("--issue", "--week", "2026-W47")
    shell.run("digest", *week, "--out", str(tmp_path / "a"))
    shell.run("feedback", "like", "doi:10.5555/bees.1")
    shell.run("digest", *week, "--out", str(tmp_path / "b"))
    names = sorted(x.name for x in (tmp_path / "a").iterdir())
    assert len(names) == 3
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_backup_and_restore(shell: Shell, empty: Shell, tmp_path: Path) -> None:
    shell.run("feedback", "like", "doi:10.5555/bees.1")
    shell.run("db", "backup", str(tmp_path / "copy.sqlite3"))
    empty.run("db", "restore", str(tmp_path / "copy.sqlite3"), "--yes")
    empty.run("db", "check")
    assert "10.5555/bees.1" in empty.run("export", "--liked", "--format", "jsonl").stdout


def test_an_empty_library_says_what_to_do(empty: Shell) -> None:
    assert "paperloop import" in empty.run("recommend", code=1).output
    assert empty.json("doctor")["ok"]
    assert empty.json("search", "anything")["items"] == []


@pytest.mark.slow
def test_a_wrong_merge_is_shown_and_undone(empty: Shell, tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    nets = {"arxiv": "2401.00001", "title": "Deep nets for vision", "authors": ["Ada Lee"]}
    soil = {"arxiv": "2401.00001", "doi": "10.1000/soil", "title": "Soil acidity", "venue": "S"}
    path.write_text(f"{json.dumps(nets)}\n{json.dumps(soil)}\n", encoding="utf-8")
    empty.run("import", str(path), "--as", "liked")
    given = empty.json("show", "10.1000/soil")["provenance"]
    assert [(x["source"], x["line"], x["fields"]) for x in given] == [
        ("jsonl", 1, ["authors", "identifiers"]),
        ("jsonl", 2, ["title", "venue", "identifiers", "versions"]),
    ]
    shown = " ".join(empty.run("show", "10.1000/soil").stdout.split())
    assert f"from jsonl {path}, line 2" in shown
    [merge] = empty.json("merges", "ls", "10.1000/soil")["merges"]
    assert (merge["other_title"], merge["place"]) == ("Soil acidity", str(path))
    assert "merged with: Soil acidity" in empty.run("merges", "ls").stdout
    empty.run("merges", "undo", str(merge["number"]))
    assert "has been undone" in empty.run("merges", "undo", str(merge["number"]), code=1).stderr
    again = empty.json("import", str(path))["files"][0]
    assert (again["new"], again["merged"]) == (0, 2)
    assert empty.json("show", "10.1000/soil")["title"] == "Soil acidity"
    assert empty.json("show", "2401.00001")["identifiers"] == ["arxiv:2401.00001"]


def test_a_pipe_is_imported_under_its_sign(
    empty: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (DATA / "references.bib").open(encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        file = empty.json("import", "-")["files"][0]
    assert (file["path"], file["format"]) == ("-", "bibtex")
    found = empty.json("search", "a")["items"] or empty.json("search", "the")["items"]
    given = empty.json("show", found[0]["paper_id"])["provenance"]
    assert [(x["source"], x["place"]) for x in given] == [("bibtex", "-")]


@pytest.mark.slow
def test_versions_of_one_work_are_shown_and_exported_as_the_article(
    empty: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "two.ris"
    common = (
        "TY  - JOUR\nTI  - Kelp forests remember last year's storms\nAU  - Larsen, Ines\n"
        "AU  - Vogel, Mo\nAB  - We follow forty kelp forests over nine years and show that the "
        "growth of a season depends on the storms of the season before, by way of sediment.\n"
    )
    path.write_text(
        f"{common}PY  - 2023\nT2  - bioRxiv\nDO  - 10.1101/2023.01.01.555555\nER  - \n"
        f"{common}PY  - 2024\nT2  - Forests of the Sea\nDO  - 10.5555/kelp.9\nER  - \n"
    )
    assert empty.json("import", str(path), "--as", "liked")["files"][0]["new"] == 1
    shown = empty.json("show", "10.1101/2023.01.01.555555")
    assert (shown["year"], shown["venue"]) == (2024, "Forests of the Sea")
    assert [(x["year"], x["doi"], x["source"]) for x in shown["versions"]] == [
        (2024, "10.5555/kelp.9", "ris"),
        (2023, "10.1101/2023.01.01.555555", "ris"),
    ]
    said = empty.run("show", "10.5555/kelp.9").stdout
    assert "version  2023, bioRxiv, https://doi.org/10.1101/2023.01.01.555555" in said
    entry = empty.run("export", "--format", "bibtex").stdout
    assert "doi = {10.5555/kelp.9}" in entry
    assert "Forests of the Sea" in entry
    assert "2023" not in entry.replace("10.1101/2023.01.01.555555", "").replace("larsen2023", "")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_file_that_may_not_be_used_is_one_sentence(
    number: int, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object) -> None:
        raise OSError(number, os.strerror(number), "fit.lock")

    monkeypatch.setattr("recommender.cli.app", refuse)
    said = shell.run("fit", code=1).stderr
    assert said == f"paperloop: fit.lock cannot be used: {os.strerror(number)}.\n"
