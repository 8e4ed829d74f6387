"""Every rendering shows hostile text as text and depends on the manifest only."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import feedparser
import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_week import BASE, HOSTILE, ITEM, linked, manifest
from markdown_it import MarkdownIt

from recommender.digest.compose.compose import item_of
from recommender.digest.compose.manifest import DigestItem, Manifest, StatusChange
from recommender.digest.render.plain_math import readable
from recommender.digest.render.render import MAX_HTML_BYTES, RENDERERS, _wrap, render
from recommender.domain import Reason, Recommendation
from recommender.errors import DigestError

ATOM = "{http://www.w3.org/2005/Atom}"
VOID = {"meta", "br", "hr", "img", "link", "input"}
OURS = "html head meta title style body div table tr td p h1 h2 a span bdi"
PIECES = r"""<script> </td> & " ' {{m}} {%if%} $\pi$ [a](b) ` *b* http://x.example <!-- --> ]]> é
$\frac{1}$ ${ \ 1. - # > === | <a href=x> &lt; www.x.example"""
hostile = st.lists(
    st.sampled_from((*PIECES.split(), "\n# x", "\u202e", "\x00", " ", "- ", "1. ")), min_size=1
).map("".join)
items = st.builds(
    DigestItem,
    rank=st.integers(1, 99),
    paper_id=hostile,
    title=hostile,
    score=st.floats(-3, 3),
    authors=st.lists(hostile, max_size=8).map(tuple),
    date=st.sampled_from(("", "2026", "2026-11-17")),
    listed=st.sampled_from(("", "2026-11-17")),
    listed_by=hostile,
    venue=hostile,
    url=st.one_of(hostile, st.just("https://example.org/?a=1&b='\"<x>")),
    abstract=hostile,
    abstract_is_summary=st.booleans(),
    status=hostile,
    reasons=st.lists(st.builds(Reason, st.just("words"), hostile), max_size=2).map(tuple),
)


class Page(HTMLParser):
    """The tags, links and text of a page; fails on a tag that is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data

    @property
    def links(self) -> list[str]:
        return [value for name, value in self.attributes if name == "href"]


def content_of(entry: str) -> str:
    return ElementTree.fromstring(entry).findtext(f"{ATOM}content") or ""


def words_of(name: str, text: str) -> str:
    """Return what a reader sees of a rendering."""
    if name == "atom":
        return ElementTree.fromstring(text).findtext(f"{ATOM}title") + Page(content_of(text)).words
    return Page(text).words if name == "html" else text


@given(st.lists(items, max_size=3).map(tuple), hostile)
def test_html_holds_no_tag_attribute_or_link_of_a_stranger(some, reader):
    page = Page(render(manifest(items=some, reader=reader), "html"))
    assert page.open == []
    assert page.tags <= set(OURS.split())
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert all(link.startswith(("http://", "https://")) for link in page.links)


@given(st.lists(items, max_size=3).map(tuple), hostile)
def test_markdown_holds_no_html_and_only_its_own_headings(some, reader):
    tokens = MarkdownIt("commonmark", {"html": True}).parse(
        render(manifest(items=some, reader=reader), "markdown")
    )
    inline = [x for token in tokens for x in token.children or []]
    assert not [x for x in (*tokens, *inline) if x.type.startswith(("html", "code", "image"))]
    assert sum(x.type == "heading_open" for x in tokens) == 1 + len(some)
    assert all(
        x.attrs["href"].startswith(("http://", "https://")) for x in inline if x.type == "link_open"
    )


@given(items)
def test_a_stranger_cannot_begin_a_line_of_the_text(item):
    lines = render(manifest(items=(item,)), "text").split("\n")
    assert not [x for x in lines if x.startswith("# x")]
    assert not any(c in line for line in lines for c in "\x00\u202e\r")


@pytest.mark.parametrize("name", RENDERERS)
def test_a_hostile_paper_is_shown_under_its_own_title(name):
    ranked = Recommendation(1, "title:1", "", 1.0)
    text = render(manifest(items=(item_of(ranked, HOSTILE),)), name)
    assert "javascript:1" in text
    assert "alert('x')" in words_of(name, text)
    assert "\u202e" not in text


@pytest.mark.parametrize("name", RENDERERS)
def test_a_rendering_depends_on_the_manifest_alone(name):
    again = Manifest.from_json(manifest().to_json())
    assert render(again, name) == render(manifest(), name)


@pytest.mark.parametrize("name", RENDERERS)
def test_every_rendering_tells_the_same_facts(name):
    item = replace(ITEM, title="Plain toys", abstract_is_summary=True)
    text = render(manifest(items=(item,), likes=2), name)
    text = " ".join(words_of(name, text).split())
    for fact in (
        *("Week 47, 2026", "Ada Ng, Bo Øst", "Toy Letters", "17 November 2026", "Plain toys"),
        *("listed 18 November 2026 by Hugging Face Daily Papers", "Summary by paperloop:"),
        *("Near “Old toys”, which you liked.", "only 2 liked papers", "below your bar of 0.5"),
        "Toys have wheels. …",
    ):
        assert fact in text, fact


@given(st.lists(items, max_size=3).map(tuple), hostile)
def test_html_is_valid_whatever_strangers_wrote(some, reader):
    page = render(linked(items=some, reader=reader), "html")
    tree = html5lib.HTMLParser(strict=True).parse(page)
    assert tree is not None


@given(st.lists(items, max_size=3).map(tuple), hostile)
def test_an_entry_is_one_in_any_feed_and_holds_no_stranger(some, reader):
    text = render(linked(items=some, reader=reader), "atom")
    entry = ElementTree.fromstring(text)
    assert [x.tag.removeprefix(ATOM) for x in entry] == [
        *("id", "title", "updated", "author", "summary", "content")
    ]
    content = Page(content_of(text))
    assert content.open == []
    assert content.tags <= {"p", "h3", "a", "bdi", "em"}
    assert all(link.startswith(("http://", "https://")) for link in content.links)
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>{text}</feed>"
    parsed = feedparser.parse(feed)
    assert not parsed.bozo
    (read,) = parsed.entries
    assert read.id == "urn:uuid:00000000-0000-0000-0000-000000000000"
    assert read.updated == "2026-11-23T09:00:00+00:00"


LINKS = [f"{BASE}/f/{x}-token_1" for x in ("like", "save", "skip")]


@pytest.mark.parametrize("name", RENDERERS)
def test_every_paper_carries_its_answers_and_the_digest_its_end(name):
    text = render(linked(), name)
    where = Page(content_of(text)).links if name == "atom" else text
    assert all(x in where for x in LINKS)
    assert (f"{BASE}/unsubscribe/leave-1" in text) == (name != "atom")


@pytest.mark.parametrize("name", RENDERERS)
def test_without_an_address_of_the_app_there_are_no_links(name):
    text = render(linked(base_url=""), name)
    assert "token_1" not in text
    assert "leave-1" not in text
    assert "nsubscribe" not in text


@pytest.mark.parametrize("name", RENDERERS)
def test_every_rendering_says_what_changed(name):
    text = " ".join(words_of(name, render(linked(), name)).split())
    for fact in (
        "Since week 45: of its 10 papers you liked 2, skipped 3 and left open 5;",
        "elsewhere you liked 4 and skipped 7.",
        "Week 46 had no digest of its own; what was new then is in this one.",
        *("refitted", "from 0.3 to 0.5", "from 5 to 10 papers", "dolls", "interests: Rivers"),
    ):
        assert fact in text, fact


def test_a_paper_of_one_of_several_interests_is_marked_with_it():
    for name in ("html", "text", "markdown"):
        assert "General" in words_of(name, render(linked(), name))
    assert "General" not in render(manifest(), "html")


@pytest.mark.parametrize("name", RENDERERS)
def test_a_drawn_paper_says_that_it_was_drawn(name):
    drawn = Reason("explored", "Drawn from those further down, to learn more.")
    item = replace(ITEM, explored=True, reasons=(drawn, *ITEM.reasons))
    text = words_of(name, render(manifest(items=(item,)), name))
    assert "Drawn from those further down" in text


@pytest.mark.slow
def test_a_mail_of_a_hundred_papers_with_links_stays_small_enough():
    long = dict.fromkeys(("like", "skip", "save"), "x" * 240)
    some = tuple(replace(ITEM, rank=n, answers=long, abstract="word " * 96) for n in range(1, 101))
    text = render(linked(items=some), "html")
    assert len(text.encode()) < MAX_HTML_BYTES
    assert "more papers did not fit" in text
    ten = render(linked(items=some[:10]), "html")
    assert ten.count("<h2") == 10


def test_html_asks_for_nothing_from_elsewhere():
    text = render(manifest(), "html")
    assert Page(text).links == ["https://arxiv.org/abs/2611.00001"]
    assert not [x for x in ("<script", "<img", "<link", "@import", "url(", "src=") if x in text]


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_of_text_can_be_read_on_every_ground_in_light_and_dark():
    page = render(linked(likes=2), "html")
    dark = page.partition("prefers-color-scheme:dark")[2].partition("</style>")[0]
    for scheme, n_inks in ((dark, 5), (page.partition("</style>")[2], 4)):
        inks = {luminance(x) for x in re.findall(r"[;{\"]color:(#\w{6})", scheme)}
        grounds = {luminance(x) for x in re.findall(r"background:(#\w{6})", scheme)}
        assert len(inks) >= n_inks
        assert len(grounds) == 2
        for ink in inks:
            for ground in grounds:
                low, high = sorted((ink, ground))
                assert (high + 0.05) / (low + 0.05) >= 4.5


def test_html_knows_dark_mode_and_small_screens():
    text = render(manifest(), "html")
    assert "prefers-color-scheme:dark" in text
    assert "max-width:480px" in text


@pytest.mark.parametrize("filler", ["word ", "<&>\"'"])
def test_html_stays_small_enough_for_mail_and_says_what_is_missing(filler):
    large = replace(
        ITEM, title=filler * 400, abstract=filler * 100, url=f"https://x.org/{'a' * 5000}"
    )
    some = tuple(replace(large, rank=n) for n in range(1, 101))
    text = render(manifest(items=some), "html")
    shown = text.count("<h2")
    assert 0 < shown < 100
    assert len(text.encode()) < MAX_HTML_BYTES
    assert f"{100 - shown} more papers did not fit" in text
    assert render(manifest(items=some), "markdown").count("\n## ") == 100


@pytest.mark.parametrize("name", RENDERERS)
def test_an_empty_digest_explains_itself(name):
    text = render(manifest(items=(), left_out={"below_bar": 4}), name)
    assert "No papers this week." in text
    assert "4 below your bar of 0.5" in text


def test_a_paper_of_which_only_the_title_is_known_is_shown():
    bare = DigestItem(1, "title:1", "Lonely", 0.5)
    assert "Lonely" in render(manifest(items=(bare,)), "text")
    assert Page(render(manifest(items=(bare,)), "html")).links == []


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(DigestError, match="html, text, markdown"):
        render(manifest(), "pdf")


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        (r"$\pi$-calculus in $\mathcal{O}(n \log n)$", "π-calculus in 𝒪(n log n)"),
        ("$5 and $10", "$5 and $10"),
        (r"$\nosuchmacro$", r"$\nosuchmacro$"),
        (r"$\frac{1}$ and $\frac{1}{2}$", r"$\frac{1}$ and 1/2"),
        (f"${'x' * 200}$", f"${'x' * 200}$"),
    ],
)
def test_simple_mathematics_reads_as_letters(text, letters):
    assert readable(text) == letters


@pytest.mark.parametrize("indent", [0, 4, 9])
def test_lines_are_broken_as_the_standard_library_breaks_them(indent):
    for text in ("", "one", "w" * 200, "a bb ccc dddd " * 30, f"{'x' * 73} y {'z' * 80} end-of-it"):
        lines = textwrap.wrap(text, 74 - indent, break_long_words=False, break_on_hyphens=False)
        assert _wrap(text, indent) == f"\n{' ' * indent}".join(lines)


BELOW = replace(
    ITEM,
    title="Plain toys",
    score=0.4,
    below_bar=True,
    reasons=(Reason("below_bar", "Below your bar: a score of 0.40, and the bar is 0.80."),),
)


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize(
    ("kind", "chance", "cause"),
    [
        ("fixed", None, "None of 3 new papers reached your bar, a fixed score of 0.8: the best"),
        ("likes", None, "your bar of 0.8, about what the weakest of the papers you liked score"),
        ("chance", 0.24, "your bar of 0.8 (a chance of a like of 24%), which follows what you"),
    ],
)
def test_what_is_below_the_bar_is_marked_and_the_cause_is_one_sentence(name, kind, chance, cause):
    made = manifest(
        items=(BELOW,), bar=0.8, bar_kind=kind, bar_chance=chance, best_below=0.4, size=10
    )
    words = " ".join(words_of(name, render(made, name)).split())
    assert "Below your bar: the best one is offered, of 4 that were new this week." in words
    assert cause in words
    marks = {"text": "[below your bar]", "markdown": "**Below your bar**"}
    assert marks.get(name, "Below your bar Plain toys") in words
    assert "Below your bar: a score of 0.40" in words


@pytest.mark.parametrize("name", RENDERERS)
def test_every_rendering_says_which_likes_are_retracted_and_marks_corrected_papers(name):
    change = StatusChange(
        "doi:10.5555/a", "Growth of <moss>", "Retracted", "https://doi.org/10.5555/n"
    )
    text = render(
        manifest(items=(replace(ITEM, status="Corrected"),), status_changes=(change,)), name
    )
    assert "Retracted, a paper you liked" in text
    assert "10.5555/n" in text
    assert "<moss>" not in text or name == "text"
    assert "corrected" in text.lower()
