"""The commands that print papers say which are retracted, corrected or no papers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from libraries import NOW, Library, papers_on
from shells import Shell

from recommender.config import load_settings
from recommender.domain import StatusStatement
from recommender.domain.status import CONCERN, CORRECTED, ERRATUM, RETRACTED

BEE, LIKE_IT = "doi:10.5555/bees.1", "doi:10.5555/bees.2"


def mark(shell: Shell, *said: str, link: str = "doi:10.5555/n") -> None:
    statements = tuple(StatusStatement(x, "crossref", link) for x in said)
    store = Library(load_settings(data_dir=shell.folder)).open()
    store.catalogue.add([replace(papers_on("bees")[1], statements=statements)], NOW)
    store.close()


def printed(shell: Shell) -> dict[str, tuple[str, ...]]:
    """Return the commands that print the marked paper."""
    shell.run("list", "create", "Monday")
    shell.run("list", "add", "Monday", LIKE_IT, BEE)
    return {
        "search": ("search", BEE),
        "recommend": ("recommend", "-n", "100"),
        "similar": ("similar", LIKE_IT, "-n", "100"),
        "list": ("list", "show", "Monday"),
    }


def lines_under_the_title(text: str) -> list[str]:
    """Return the lines between the marked paper's title and the next paper."""
    lines = text.splitlines()
    (at,) = (i for i, x in enumerate(lines) if papers_on("bees")[1].title in x)
    after = lines[at + 1 :]
    return after[: next((i for i, x in enumerate(after) if x[3:4] == "."), len(after))]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["search", "recommend", "similar", "list"])
def test_a_corrected_paper_has_its_badge_and_its_notice_wherever_it_is_printed(
    shell: Shell, command: str
) -> None:
    words = printed(shell)[command]
    assert "[Corrected]" not in shell.run(*words).stdout
    mark(shell, CORRECTED)
    text = shell.run(*words).stdout
    badge = ["     [Corrected]", "     notice: https://doi.org/10.5555/n"]
    assert lines_under_the_title(text)[:2] == badge
    assert text.count("[Corrected]") == 1
    document = shell.json(*words)
    papers = document["papers" if command == "list" else "items"]
    status = {x["paper_id"]: (x["publication_status"], x["record_type"]) for x in papers}
    assert status.pop(BEE) == ("corrected", "")
    assert set(status.values()) <= {("", "")}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["search", "list"])
def test_what_is_never_suggested_has_its_badges_where_it_is_found(
    shell: Shell, command: str
) -> None:
    words = printed(shell)[command]
    mark(shell, RETRACTED, CONCERN, ERRATUM, link="")
    shown = lines_under_the_title(shell.run(*words).stdout)
    assert shown[:2] == ["     [Retracted]", "     [Correction notice]"]
    document = shell.json(*words)
    (paper,) = (
        x for x in document["papers" if command == "list" else "items"] if x["paper_id"] == BEE
    )
    assert (paper["publication_status"], paper["record_type"]) == ("retracted", "erratum")
    if command == "list":
        assert paper["status"] == ""


@pytest.mark.slow
@pytest.mark.parametrize("command", ["search", "recommend", "similar", "list"])
def test_badges_keep_to_80_columns_and_drive_no_terminal(shell: Shell, command: str) -> None:
    words = printed(shell)[command]
    mark(shell, CORRECTED, link="https://example.org/\x1b[31mred")
    text = shell.run(*words).stdout
    assert "\x1b" not in text
    assert all(len(x) <= 80 for x in lines_under_the_title(text)[:2])
