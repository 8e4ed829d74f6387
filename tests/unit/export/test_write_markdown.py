"""Markdown that shows hostile text as text, by a CommonMark parser that is not ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from nasty_papers import NASTY, free_text, papers, titles

from recommender.domain import Paper
from recommender.escaping import markdown, shown
from recommender.export import render

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HARMLESS = {
    "text",
    "softbreak",
    "hardbreak",
    "strong_open",
    "strong_close",
    "link_open",
    "link_close",
}


def inline(text: str) -> list:
    return [x for token in PARSER.parse(text) for x in token.children or []]


def links(text: str) -> list[str]:
    return [x.attrs["href"] for x in inline(text) if x.type == "link_open"]


def words(tokens: list) -> str:
    return "".join(x.content for x in tokens if x.type == "text")


@given(titles | free_text)
def test_escaped_text_is_shown_as_it_is_and_is_nothing_else(text):
    source = markdown(text)
    blocks = PARSER.parse(source)
    assert {x.type for x in blocks} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {x.type for x in inline(source)} <= {"text"}
    assert words(inline(source)).strip() == shown(text).strip()


@given(papers)
def test_a_list_holds_no_html_and_no_link_but_the_papers_own(paper):
    source = render([paper], "markdown")
    tokens = PARSER.parse(source)
    assert not any(x.type.startswith("html") for x in (*tokens, *inline(source)))
    assert len(links(source)) <= 1
    assert all(x.startswith(("http://", "https://")) for x in links(source))
    assert shown(paper.title) in words(inline(source)) or shown(paper.title) == ""


def test_the_title_links_to_the_papers_page_even_with_brackets_in_the_address():
    assert links(render(NASTY[:1], "markdown")) == ["https://example.org/a_%28b%29?c=%20&copy;d"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://"]
)
def test_only_web_addresses_become_links(url):
    assert links(render([Paper(title="T", url=url)], "markdown")) == []


def test_a_paper_without_page_links_to_arxiv_or_its_doi():
    some = [Paper("T", "arxiv:2401.01234"), Paper("U", "doi:10.1000/a<b>(c)")]
    assert links(render(some, "markdown")) == [
        "https://arxiv.org/abs/2401.01234",
        "https://doi.org/10.1000/a%3Cb%3E%28c%29",
    ]


def test_simple_mathematics_is_left_for_renderers_that_know_it():
    assert markdown(r"Bounds on $\pi_{n}$ for $5") == r"Bounds on $\pi_{n}$ for \$5"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("#tag and C#", r"\#tag and C#"),
        ("%%gone%% 50%", r"\%\%gone\%\% 50%"),
        ("==lit== x=1", r"\=\=lit\=\= x=1"),
        ("[[note]]", r"\[\[note\]\]"),
    ],
)
def test_marks_of_note_programs_are_escaped(text, escaped):
    assert markdown(text) == escaped


@pytest.mark.parametrize("text", ["---", "***", "+ x", "1. x", "# x", "> x", "===", "    x", "```"])
def test_text_that_looks_like_a_block_stays_a_paragraph(text):
    assert PARSER.parse(markdown(text))[0].type == "paragraph_open"
    assert words(inline(markdown(text))) == text.strip()


def test_a_summary_of_ours_says_so():
    assert "*Summary by paperloop:* A summary of ours." in render(NASTY[1:2], "markdown")


def test_papers_are_numbered_in_order():
    tokens = [x.type for x in PARSER.parse(render(NASTY, "markdown"))]
    assert tokens.count("ordered_list_open") == 1
    assert tokens.count("list_item_open") == len(NASTY)


def test_an_address_in_a_title_is_not_escaped_inside_the_link():
    title = "See https://a.example/b and www.c.example"
    text = render([Paper(title, url="https://d.example/x_y")], "markdown")
    assert f"[{title}](https://d.example/x_y)" in text
    assert links(text) == ["https://d.example/x_y"]
    assert links(render([Paper(title)], "markdown")) == []
