"""Reading lists, marks and search from the command line."""

from __future__ import annotations

import pytest
from shells import Shell

BEES = [f"doi:10.5555/bees.{i}" for i in range(4)]


def made(shell: Shell) -> None:
    shell.run("list", "create", "Monday")
    shell.run("list", "add", "Monday", *BEES[:3])


@pytest.mark.slow
def test_a_list_is_ordered_described_and_annotated(shell: Shell) -> None:
    made(shell)
    moved = shell.json("list", "move", "Monday", BEES[2], "1")
    assert moved["paper_ids"] == [BEES[2], BEES[0], BEES[1]]
    assert "number 2 of 3" in shell.run("list", "move", "Monday", BEES[2], "--by", "1").stdout
    assert "is not on Monday" in shell.run("list", "move", "Monday", BEES[3], "1").stdout
    assert shell.json("list", "note", "Monday", BEES[0], "why not")["notes"] == {BEES[0]: "why not"}
    assert shell.json("list", "describe", "Monday", "For us")["about"] == "For us"
    shown = shell.json("list", "show", "Monday")
    assert (shown["about"], shown["notes"]) == ("For us", {BEES[0]: "why not"})
    text = shell.run("list", "show", "Monday").stdout
    assert text.startswith("For us\n")
    assert "note: why not" in text


@pytest.mark.slow
def test_papers_get_a_status_and_tags(shell: Shell) -> None:
    made(shell)
    assert shell.json("list", "status", "reading", *BEES[:2])["papers"] == [
        {"paper_id": x, "status": "reading", "tags": []} for x in BEES[:2]
    ]
    assert "reading, survey" in shell.run("list", "tag", "survey", BEES[0]).stdout
    papers = shell.json("list", "show", "Monday")["papers"]
    assert (papers[0]["status"], papers[0]["tags"]) == ("reading", ["survey"])
    shell.run("list", "tag", "SURVEY", BEES[0], "--remove")
    assert "no status, no tags" in shell.run("list", "status", "none", BEES[0]).stdout


@pytest.mark.slow
def test_what_makes_no_sense_is_said_in_a_sentence(shell: Shell) -> None:
    made(shell)
    shell.run("list", "move", "Monday", BEES[0], code=2)
    shell.run("list", "move", "Monday", BEES[0], "1", "--by", "1", code=2)
    assert "No paper is known" in shell.run("list", "tag", "x", "arxiv:9999.9", code=1).output
    assert "No reading list" in shell.run("list", "note", "Friday", BEES[0], "x", code=1).output


def test_search_takes_operators(shell: Shell) -> None:
    found = shell.json("search", 'hive author:"Bo Madeup" -review', "-n", "50")["items"]
    assert found
    assert all("bees" in x["paper_id"] and "review" not in x["title"] for x in found)
    without = shell.json("search", "bees -hive", "-n", "50")["items"]
    assert {x["paper_id"] for x in found}.isdisjoint(x["paper_id"] for x in without)
    newest = shell.json("search", "hive", "--newest")["items"]
    assert newest[0]["paper_id"] == BEES[0]


def test_nothing_is_due_before_the_reader_has_planned_it(shell: Shell) -> None:
    assert "Nothing is due" in shell.run("fetch", "--due").output
    shell.run("fetch", code=2)
    shell.run("fetch", "arxiv", "x", "--due", code=2)
