"""The loop from the command line: recommend, feedback, recommend again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from shells import Shell

BEE = "doi:10.5555/bees.1"


def ids(slate: dict[str, Any]) -> list[str]:
    return [x["paper_id"] for x in slate["items"]]


def test_recommend_prints_the_documented_form(shell: Shell) -> None:
    slate = shell.json("recommend", "-n", "3")
    assert set(slate) == {"reader", "interest", "slate_id", "model", "items"}
    assert [x["rank"] for x in slate["items"]] == [1, 2, 3]
    for item in slate["items"]:
        assert set(item) == {
            "rank",
            "paper_id",
            "title",
            "score",
            "parts",
            "reasons",
            "propensity",
            "chance",
            "authors",
            "year",
            "venue",
            "url",
            "publication_status",
            "record_type",
        }
        assert item["chance"] is None


def test_a_like_moves_the_next_slate_and_undo_restores_it(shell: Shell) -> None:
    before = shell.json("recommend")
    shell.run("feedback", "like", BEE)
    after = shell.json("recommend")
    shell.run("feedback", "undo", BEE)
    restored = shell.json("recommend")
    assert ids(after) != ids(before)
    assert BEE not in ids(after)
    assert ids(restored) == ids(before)


def test_likes_on_one_subject_bring_it_up(shell: Shell) -> None:
    for i in range(3):
        shell.run("feedback", "like", f"doi:10.5555/bees.{i}")
    slate = shell.json("recommend", "-n", "5")
    assert sum("bees" in x for x in ids(slate)) >= 4
    assert any(x["reasons"] for x in slate["items"])


def test_feedback_prints_the_stored_event(shell: Shell) -> None:
    event = shell.json("feedback", "save", BEE, "--interest", "Beekeeping")
    assert event["kind"] == "save"
    assert event["paper_id"] == BEE
    assert event["interest"] == "me/beekeeping"
    assert event["event_id"] > 0


def test_one_client_key_is_one_event(shell: Shell) -> None:
    first = shell.json("feedback", "like", BEE, "--key", "k1")
    again = shell.json("feedback", "like", BEE, "--key", "k1")
    assert first == again


def test_readers_do_not_touch_each_other(shell: Shell) -> None:
    shell.run("reader", "add", "Ada")
    before = shell.json("recommend", "--reader", "Ada")
    shell.run("feedback", "like", BEE)
    assert ids(shell.json("recommend", "--reader", "Ada")) == ids(before)


def test_since_keeps_older_papers_out(shell: Shell) -> None:
    assert shell.json("recommend", "--since", "2026-11-17")["items"]
    assert not shell.json("recommend", "--since", "2027-01-01")["items"]


def test_similar_and_search_share_the_items(shell: Shell) -> None:
    similar = shell.json("similar", BEE, "-n", "4")
    assert len(similar["items"]) == 4
    assert BEE not in ids(similar)
    assert all("bees" in x for x in ids(similar)[:2])
    found = shell.json("search", "corrosion girder", "-n", "2")
    assert found["items"]
    assert all("bridges" in x for x in ids(found))


def test_fit_prints_its_manifest(shell: Shell) -> None:
    shell.run("feedback", "like", BEE)
    manifest = shell.json("fit")
    assert manifest["n_papers"] == 36
    assert manifest["n_readers"] == 1
    assert manifest["last_event_id"] == 1
    assert shell.json("recommend")["model"] == manifest["version"]


def test_fit_if_due_leaves_a_fresh_model_alone(shell: Shell) -> None:
    version = shell.json("recommend")["model"]
    shell.run("fit", "--if-due")
    assert shell.json("recommend")["model"] == version


def test_doctor_finds_nothing_wrong(shell: Shell) -> None:
    report = shell.json("doctor")
    assert report["ok"]
    assert {"packages", "database", "library", "model"} <= {x["what"] for x in report["checks"]}


BEES = [f"doi:10.5555/bees.{i}" for i in range(4)]


@pytest.mark.slow
def test_similar_to_several_papers_a_list_a_tag_and_a_search(shell: Shell) -> None:
    shell.run("list", "create", "Hives")
    shell.run("list", "add", "Hives", *BEES)
    shell.run("list", "tag", "later", *BEES)
    together = shell.json("similar", *BEES, "-n", "5")
    assert together["paper_ids"] == BEES
    assert len(together["items"]) == 5
    assert all("bees" in x for x in ids(together))
    assert not set(ids(together)) & set(BEES)
    assert together["items"][0]["reasons"][0]["kind"] == "near"
    assert ids(shell.json("similar", "--list", "Hives", "-n", "5")) == ids(together)
    assert ids(shell.json("similar", "--tag", "later", "-n", "5")) == ids(together)
    near = shell.json("similar", "--search", "waggle hive", "-n", "5")
    assert not set(near["paper_ids"]) & set(ids(near))
    assert "bees" in ids(near)[0]
    assert not shell.json("list", "ls")["lists"][0]["about"]


def test_similar_to_nothing_is_one_sentence(shell: Shell) -> None:
    for words in ((), ("--tag", "none"), ("--search", "zygomorphic")):
        failed = shell.run("similar", *words, code=1).stderr
        assert "no papers to look near" in failed
    assert "No reading list" in shell.run("similar", "--list", "Nowhere", code=1).stderr


JOURNAL = "Journal of Invented Results"


def test_a_venue_and_a_year_are_ranked_and_kept(shell: Shell) -> None:
    shell.run("feedback", "like", "doi:10.5555/bridges.2")
    slate = shell.json(
        "recommend", "--venue", "journal of invented results", "--year", "2026", "-n", "50",
        "--keep", "Read at work",
    )  # fmt: skip
    assert all(int(x.rpartition(".")[2]) % 2 for x in ids(slate))
    assert len(ids(slate)) == 18
    assert "bridges" in ids(slate)[0]
    (kept,) = shell.json("list", "ls")["lists"]
    assert (kept["name"], kept["paper_ids"]) == ("Read at work", ids(slate))
    again = shell.run("recommend", "--venue", JOURNAL, "--keep", "Read at work", code=1)
    assert "already" in again.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--venue", "Nowhere"), 1, f"there are {JOURNAL}"),
        (("--venue", JOURNAL, "--year", "1999"), 1, "there are 2026"),
        (("--year", "2026"), 2, "name it with --venue"),
        (("--venue", JOURNAL, "--year", "12"), 2, "greater than or equal to 1000"),
    ],
)
def test_a_venue_that_is_not_there_is_one_sentence(
    shell: Shell, words: Sequence[str], code: int, says: str
) -> None:
    ran = shell.run("recommend", *words, code=code)
    assert says in " ".join(ran.stderr.split())


@pytest.mark.slow
def test_unread_papers_come_in_the_order_to_read_them(shell: Shell) -> None:
    assert "nothing to read" in shell.run("recommend", "--unread").stderr
    for i in range(3):
        shell.run("feedback", "like", f"doi:10.5555/glaciers.{i}")
    shell.run("list", "create", "Monday")
    shell.run("list", "add", "Monday", "doi:10.5555/bees.7", "doi:10.5555/glaciers.7")
    slate = shell.json("recommend", "--unread")
    assert ids(slate) == ["doi:10.5555/glaciers.7", "doi:10.5555/bees.7"]
    assert slate["items"][0]["reasons"][0]["kind"] == "liked"
    assert set(slate) == {"reader", "interest", "slate_id", "model", "items"}
    assert len(ids(shell.json("recommend", "--unread", "-n", "1"))) == 1
    assert "takes no" in shell.run("recommend", "--unread", "--venue", "ACL", code=2).stderr


@pytest.mark.slow
def test_an_interest_is_paused_resumed_reset_and_the_reset_undone(shell: Shell) -> None:
    shell.run("feedback", "like", BEE)
    liked = shell.json("recommend", "-n", "3")
    assert liked["items"][0]["reasons"][0]["kind"] == "liked"
    shell.run("reader", "pause", "General")
    ran = shell.run("recommend")
    assert ran.stdout == ""
    assert "Every interest is paused" in ran.stderr
    assert "General (paused)" in shell.run("reader", "ls").stdout
    assert ids(shell.json("recommend", "-n", "3", "--interest", "General")) == ids(liked)
    shell.run("reader", "resume", "General")
    shell.run("reader", "reset", "General")
    (interest,) = shell.json("reader", "ls")["readers"][0]["interests"]
    assert (interest["paused"], interest["reset"]) == (False, True)
    reset = shell.json("recommend", "-n", "3")
    assert {y["kind"] for x in reset["items"] for y in x["reasons"]} == {"recent"}
    assert BEE not in ids(shell.json("recommend", "-n", "36"))
    shell.run("reader", "reset", "General", "--undo")
    assert ids(shell.json("recommend", "-n", "3")) == ids(liked)
    assert "No interest" in shell.run("reader", "pause", "Nothing", code=1).stderr
