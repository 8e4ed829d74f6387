"""The note for Obsidian: front matter that YAML reads, and text that stays text."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from markdown_it import MarkdownIt
from nasty_papers import NASTY, papers

from recommender.domain import Paper
from recommender.export import Heading, render

PARSER = MarkdownIt("commonmark", {"html": True})
HEADING = Heading(
    title='Toys: "a" list\n---\nevil: yes',
    about="What to read",
    updated_at=datetime(2026, 11, 21, tzinfo=UTC),
    tags={NASTY[0].paper_id: ("read first", "2024", "a/b", "[[link]]")},
    notes={NASTY[0].paper_id: "See [[this]] and <b>that</b>"},
)


def parts(text: str) -> tuple[str, str]:
    """Return the front matter and what follows it."""
    before, front, body = text.split("---\n", 2)
    assert before == ""
    return front, body


def test_the_front_matter_names_the_list_whatever_it_is_called():
    front, _ = parts(render(NASTY, "obsidian", HEADING))
    assert front.splitlines() == [
        r'title: "Toys: \"a\" list --- evil: yes"',
        'description: "What to read"',
        "updated: 2026-11-21",
        f"papers: {len(NASTY)}",
        "tags: [paperloop]",
    ]


def test_tags_are_such_as_obsidian_takes():
    _, body = parts(render(NASTY[:1], "obsidian", HEADING))
    assert "#read-first #n2024 #a/b #link\n" in body


def test_notes_and_abstracts_are_callouts_with_their_marks_escaped():
    _, body = parts(render(NASTY[:2], "obsidian", HEADING))
    assert "> [!note] Note\n> See \\[\\[this\\]\\] and \\<b\\>that\\</b\\>\n" in body
    assert "> [!abstract]- Abstract\n> One sentence. Another with" in body
    assert "> [!abstract]- Summary by paperloop\n> A summary of ours.\n" in body


def test_a_paper_without_anything_but_a_title_has_no_empty_lines_of_properties():
    _, body = parts(render([Paper("Toys", "title:a", citation_key="Toys")], "obsidian"))
    assert body == "\n## Toys\n\n- citekey: \\@Toys\n- id: title:a\n"


@given(papers)
def test_no_paper_brings_html_or_a_second_section(paper):
    _, body = parts(render([paper], "obsidian"))
    tokens = PARSER.parse(body)
    inner = [x for token in tokens for x in token.children or []]
    assert not any(x.type.startswith("html") for x in (*tokens, *inner))
    assert sum(x.type == "heading_open" for x in tokens) == 1
