"""Paper text on its way to a page: escaped for Markdown, flat for the deck."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from libraries import HOSTILE
from markdown_it import MarkdownIt

from recommender.domain import Listing, Paper
from recommender.domain.identifiers import normalise_title
from ui import paper_links, paper_text

DAY = datetime(2026, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize("given", [*HOSTILE, "- item", "1. item", "> quoted", "a&amp;b", "[x]: y"])
def test_markdown_shows_the_text_and_makes_nothing_of_it(given: str) -> None:
    tokens = MarkdownIt("js-default").parse(paper_text.native(given))
    assert [x.type for x in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    inner = tokens[1].children or []
    assert {x.type for x in inner} <= {"text", "text_special"}
    shown = "".join(x.content for x in inner)
    assert normalise_title(shown) == normalise_title(given)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Run `paperloop fit`.", "Run `paperloop fit`\\."),
        ('Run `pip install "x[y]"` now', 'Run `pip install "x[y]"` now'),
        ("One ` only", "One \\` only"),
        ("Two `` in *a* row", "Two \\`\\` in \\*a\\* row"),
        ("a`b`c`d", "a\\`b\\`c\\`d"),
        ("`<b>:tada:`", "`<b>:tada:`"),
    ],
)
def test_a_command_in_a_sentence_of_the_program_is_shown_as_code(given: str, shown: str) -> None:
    assert paper_text.message(given) == shown


@pytest.mark.parametrize("given", [":tada:", ":material/home:", "A -> B", "a -- b", "www.x.org"])
def test_what_streamlit_would_change_after_markdown_is_broken_up(given: str) -> None:
    assert "\u2060" in paper_text.native(given)
    assert paper_text.native(given).replace("\u2060", "").replace("\\", "") == given


@pytest.mark.parametrize("math", [r"$\alpha_t$", r"$\mathbb{R}^d$", r"$O(n\log n)$", "$k$"])
def test_known_mathematics_renders(math: str) -> None:
    assert paper_text.native(f"On {math} and more") == f"On {math} and more"


@pytest.mark.parametrize(
    "math", [r"$\rule{9em}{9em}$", r"$\href{x}{y}$", r"$\def\a{b}$", "$a<b$", "$[x](y)$"]
)
def test_other_mathematics_is_shown_as_it_is_written(math: str) -> None:
    assert paper_text.native(math).startswith("\\$")


def test_prices_are_no_mathematics() -> None:
    assert paper_text.native("from $5 to $10") == "from \\$5 to \\$10"


def test_the_deck_gets_unknown_mathematics_as_it_is_written() -> None:
    assert paper_text.plain(r"A $\rule{9em}{9em}$ b") == r"A $\rule{9em}{9em}$ b"


def test_the_deck_gets_mathematics_as_letters_and_everything_else_as_it_is() -> None:
    assert paper_text.plain(r"On $\alpha$-stable <b>laws</b>") == "On α-stable <b>laws</b>"


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (Paper("t"), ""),
        (Paper("t", year=2024), "2024"),
        (Paper("t", published_at=DAY, venue="A venue"), "5 Mar 2026 · A venue"),
        (Paper("t", listings=(Listing("hf-daily-papers", DAY),)), "Daily Papers, 5 Mar 2026"),
        (Paper("t", listings=(Listing("some-page"),)), "some page"),
    ],
)
def test_facts_name_what_is_known(paper: Paper, expected: str) -> None:
    assert paper_text.facts(paper) == expected


def test_many_authors_are_folded() -> None:
    names = [f"Author {i}" for i in range(9)]
    assert paper_text.folded(names, 3) == "Author 0, Author 1, Author 2 and 6 more"
    assert paper_text.folded(names[:3], 3) == "Author 0, Author 1, Author 2"


def test_a_byline_is_the_listings_and_no_author() -> None:
    paper = Paper("t", listings=(Listing("hf-daily-papers", DAY, byline="poster"),))
    assert paper_text.authors(paper) == []
    assert paper_text.facts(paper) == "Daily Papers by poster, 5 Mar 2026"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x.example", "", "ftp://x"]
)
def test_only_web_addresses_are_linked(url: str) -> None:
    assert paper_links.link(Paper("A <title>", url=url)) == (
        "https://arxiv.org/search/?searchtype=title&query=A+%3Ctitle%3E"
    )
