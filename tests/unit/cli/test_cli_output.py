"""What every command that prints papers says of them, and in how many columns."""

from __future__ import annotations

import re

import pytest
from libraries import NOW
from shells import Shell

from recommender.config import load_settings
from recommender.domain import Author, Listing, Paper
from recommender.store import Store

ID = "arxiv:2401.01234"
LONG = Paper(
    title="A study of bees and hives in which the title of the paper is longer than any line of "
    "a terminal that is eighty columns wide",
    abstract="Bees and hives and nectar and pollen. " * 12,
    authors=tuple(Author(given="Ada Emilia", family=f"Inventedlongname{i}") for i in range(8)),
    year=2024,
    venue="Journal of Invented Results",
    identifiers=(ID,),
    listings=(Listing(source="hf-daily-papers", listed_at=NOW, byline="someone", upvotes=42),),
    citations=1_234,
)


@pytest.fixture
def filled(shell: Shell) -> Shell:
    """A library with a paper of long fields, on a list and liked."""
    store = Store(load_settings(data_dir=shell.folder).url)
    try:
        store.catalogue.add([LONG], NOW)
    finally:
        store.close()
    shell.run("list", "create", "Monday")
    shell.run("list", "add", "Monday", ID)
    return shell


COMMANDS = {
    "search": ("search", "bees eighty columns"),
    "recommend": ("recommend", "-n", "100"),
    "similar": ("similar", "doi:10.5555/bees.1", "-n", "100"),
    "list": ("list", "show", "Monday"),
    "picks": ("start", "--picks", "100"),
    "show": ("show", ID),
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_papers_are_printed_in_eighty_columns_with_authors_year_and_link(
    filled: Shell, command: str
) -> None:
    filled.run("fit")
    text = filled.run(*COMMANDS[command]).stdout
    assert max(map(len, text.splitlines())) <= 80
    whole = " ".join(text.split())
    for part in ("Ada Emilia Inventedlongname0", "2024", ID.removeprefix("arxiv:")):
        assert part in whole
    assert "Journal of Invented Results" in whole
    assert "https://arxiv.org/abs/2401.01234" in whole
    assert "{'" not in text


@pytest.mark.slow
@pytest.mark.parametrize("command", [x for x in COMMANDS if x != "show"])
def test_json_names_authors_year_venue_and_address(filled: Shell, command: str) -> None:
    filled.run("fit")
    document = filled.json(*COMMANDS[command])
    rows = document[{"list": "papers", "picks": "picks"}.get(command, "items")]
    (found,) = (x for x in rows if x["paper_id"] == ID)
    assert found["authors"][0] == "Ada Emilia Inventedlongname0"
    assert (found["year"], found["venue"]) == (2024, LONG.venue)
    assert found["url"] == "https://arxiv.org/abs/2401.01234"


@pytest.mark.slow
def test_show_prints_listings_in_words(filled: Shell) -> None:
    text = filled.run("show", ID).stdout
    assert "hf-daily-papers" in text
    assert "42 upvotes" in text
    assert re.search(r"citations +1234$", text, re.MULTILINE)
    assert filled.json("show", ID)["citations"] == 1_234
    assert set(filled.json("show", ID)["details"]) >= {"volume", "pages", "keywords"}
