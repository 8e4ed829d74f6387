"""The first minutes on the command line."""

from __future__ import annotations

from pathlib import Path

from shells import Shell

BEES = [f"doi:10.5555/bees.{i}" for i in range(12)]


def test_a_sentence_is_followed_and_taken_back(shell: Shell) -> None:
    before = shell.json("recommend", "-n", "5")["items"]
    assert shell.json("start", "--about", "nectar in a hive of bees")["about"]
    after = shell.json("recommend", "-n", "5")["items"]
    assert sum(x["paper_id"] in BEES for x in after) >= 4
    assert after[0]["reasons"][0]["kind"] == "about"
    assert "was removed" in shell.run("start", "--about", "").stdout
    again = shell.json("recommend", "-n", "5")["items"]
    assert [x["paper_id"] for x in again] == [x["paper_id"] for x in before]


def test_pasted_papers_become_likes_once(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "titles.txt"
    path.write_text(f"1. {BEES[2]}\nhttps://doi.org/10.5555/bees.4\nAn unheard of treatise\n")
    told = shell.json("start", "--papers", str(path))
    assert [x["paper_id"] for x in told["liked"]] == [BEES[2], BEES[4]]
    assert told["unknown"] == ["An unheard of treatise"]
    shell.run("start", "--papers", str(path))
    assert shell.run("export", "--liked", "--format", "jsonl").stdout.count("\n") == 2


def test_nothing_found_is_exit_code_1_and_says_so(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "titles.txt"
    path.write_text("An unheard of treatise\x1b[31m\n")
    ran = shell.run("start", "--papers", str(path), code=1)
    assert "0 papers; 1 lines not found" in ran.stdout
    assert "\x1b" not in ran.output
    assert "cannot be read" in shell.run("start", "--papers", "/nowhere.txt", code=1).stderr
    assert "--about" in shell.run("start", code=2).stderr


def test_picks_are_papers_of_different_subjects(shell: Shell) -> None:
    picks = shell.json("start", "--picks", "3")["picks"]
    assert {x["paper_id"].split("/")[1].split(".")[0] for x in picks} == {
        "bees",
        "bridges",
        "glaciers",
    }
    assert all(x["title"] for x in picks)


def test_another_interest_is_described_by_name(shell: Shell) -> None:
    told = shell.json("start", "--about", "corrosion of girders", "--interest", "Steel")
    assert told["interest"] == "me/steel"
    slate = shell.json("recommend", "--interest", "Steel", "-n", "3")
    assert all("bridges" in x["paper_id"] for x in slate["items"])
