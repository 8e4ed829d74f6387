"""What every export format keeps to, run over all that are registered."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Author, Paper
from recommender.errors import ExportError
from recommender.export import FORMATS, Heading, render

PAPERS = (
    Paper("Alpha of toys", "title:a", authors=(Author("Nguyễn", "Ánh"),), year=2020),
    Paper("Beta of toys", "doi:10.1000/b"),
    Paper("Gamma of toys", "arxiv:2401.00001", abstract="One.\nTwo."),
)
anything = st.text(st.characters(), max_size=40)
names = st.builds(Author, anything, anything, st.one_of(st.just(""), anything))
wild_papers = st.builds(
    Paper,
    title=anything,
    paper_id=anything,
    abstract=anything,
    authors=st.lists(names, max_size=3).map(tuple),
    year=st.one_of(st.none(), st.integers()),
    venue=anything,
    url=anything,
    kind=anything,
    identifiers=st.lists(anything, max_size=3).map(tuple),
)


@pytest.fixture(params=FORMATS)
def name(request) -> str:
    return request.param


def test_a_format_says_how_its_files_are_called(name):
    row = FORMATS[name]
    assert row.name == name
    assert re.fullmatch(r"\.[a-z]+", row.extension)
    assert re.fullmatch(r"[a-z]+/[a-z.+-]+", row.media_type)


def test_the_papers_stand_in_the_order_of_the_list(name):
    text = render(PAPERS, name)
    places = [text.index(word) for word in ("Alpha", "Beta", "Gamma")]
    assert places == sorted(places)


def test_the_same_papers_give_the_same_text_of_whole_lines(name):
    text = render(PAPERS, name)
    assert text == render(list(PAPERS), name)
    assert text.endswith("\n")
    assert text.count("\r") == (text.count("\n") if name == "ris" else 0)


def test_a_paper_that_comes_twice_is_written_once(name):
    assert render((*PAPERS, PAPERS[0]), name) == render(PAPERS, name)


def test_no_papers_give_no_entries(name):
    assert render((), name).strip() in ("", "[]", render((), "csv").strip())


@given(paper=wild_papers)
@pytest.mark.parametrize("each", FORMATS)
def test_any_text_can_be_written_as_utf8(each, paper):
    assert "\x00" not in render([paper], each).encode("utf-8").decode("utf-8")


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(ExportError, match=r"bibtex, biblatex, ris, .*, csv, jsonl"):
        render(PAPERS, "docx")


TEX_ATTACKS = (
    r"$\input{/etc/passwd}$",
    r"$\immediate\write18{id}$",
    r"$\openout1=x$",
    r"$\href{//evil.example/}{x}$",
    r"$^^5cinput{/etc/passwd}$",
    r"$\csname input\endcsname x$",
    r"\input{/etc/passwd}",
    r"^^5cinput x",
)
TYPESET = ("bibtex", "biblatex", "markdown", "obsidian")
"""The formats that TeX, or a Markdown program with mathematics, typesets."""


@pytest.mark.parametrize("name", TYPESET)
@pytest.mark.parametrize("attack", TEX_ATTACKS)
def test_no_tex_command_of_outside_text_survives_an_export(name, attack):
    paper = Paper(
        f"A study {attack}",
        f"doi:10.1000/{attack}",
        abstract=f"We show {attack} in passing.",
        authors=(Author(attack, "Ann"), Author(literal=attack)),
        venue=attack,
        url=f"https://example.org/{attack}",
        identifiers=(f"doi:10.1000/{attack}", f"arxiv:{attack}", f"acl:{attack}"),
    )
    heading = Heading(
        title=attack, about=attack, tags={paper.paper_id: (attack,)}, notes={paper.paper_id: attack}
    )
    text = render([paper], name, heading)
    assert not re.search(r"(?<!\\)\\(?:input|immediate|write|openout|href|csname)", text)
    if name in ("bibtex", "biblatex"):
        assert "^^" not in text
