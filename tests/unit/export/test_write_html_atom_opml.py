"""HTML, Atom and OPML: whole documents that hold hostile text as text."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from nasty_papers import NASTY, papers

from recommender.domain import Paper
from recommender.escaping import shown
from recommender.export import Heading, render
from recommender.export.opml import write_feeds

HEADING = Heading(
    title="Toys & <b>others</b>",
    about="For <i>Monday</i>",
    list_id="list/7",
    updated_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
    notes={NASTY[0].paper_id: "Read <script>first</script>"},
    tags={NASTY[0].paper_id: ("a,b", "<c>")},
)
ALLOWED = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ol", "li", "a"}
ALLOWED |= {"span", "em"}


class Page(HTMLParser):
    """The tags, links and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [v for k, v in attrs if k in ("href", "src")]
        assert not any(k.startswith("on") or k == "style" for k, _ in attrs)

    def handle_data(self, data):
        self.text += data


def outlines(text: str) -> list[dict[str, str]]:
    root = ElementTree.fromstring(text)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    return [dict(x.attrib) for x in root.findall("body/outline")]


def test_the_page_shows_all_that_is_known_and_loads_nothing():
    page = Page(render(NASTY, "html", HEADING))
    assert set(page.tags) <= ALLOWED
    assert all(x.startswith(("http://", "https://")) for x in page.links)
    for paper in NASTY:
        assert shown(paper.title) in page.text
    for text in (HEADING.title, HEADING.about, "Read <script>first</script>", "a,b", "<c>"):
        assert text in page.text
    assert "Summary by paperloop:" in page.text
    assert f"{len(NASTY)} papers, as of 2026-11-21" in page.text


@given(papers)
def test_no_paper_brings_a_tag_into_the_page(paper):
    assert set(Page(render([paper], "html")).tags) <= ALLOWED


def test_a_feed_parser_that_is_not_ours_finds_the_papers_in_order():
    feed = feedparser.parse(render(NASTY, "atom", HEADING))
    assert not feed.bozo
    assert feed.feed.id == "urn:paperloop:list:list%2F7"
    assert feed.feed.updated == "2026-11-21T09:00:00+00:00"
    assert [x.id for x in feed.entries][:2] == [
        "https://arxiv.org/abs/2401.01234",
        "urn:paperloop:paper:title%3A00000000000000aa",
    ]
    assert [x.term for x in feed.entries[0].tags] == ["a,b", "<c>"]
    assert feed.entries[0].published == "2024-01-03T00:00:00+00:00"
    assert len({x.id for x in feed.entries}) == len(NASTY)


@pytest.mark.parametrize("name", ["atom", "opml"])
@given(papers)
def test_any_paper_is_well_formed_xml(name, paper):
    ElementTree.fromstring(render([paper], name))


def test_what_bears_no_time_is_not_made_new():
    assert "<updated>1970-01-01T00:00:00+00:00</updated>" in render([Paper("A", "title:a")], "atom")


def test_an_outline_links_each_paper():
    first, second, *_ = outlines(render(NASTY, "opml", HEADING))
    assert first["type"] == "link"
    assert first["url"] == "https://example.org/a_(b)?c=%20&copy;d"
    assert first["_note"].startswith("Read <script>first</script> – One sentence.")
    assert first["category"] == "a b,<c>"
    assert second["text"] == shown(NASTY[1].title)
    assert "url" not in second


def test_feeds_are_such_as_feed_readers_import():
    text = write_feeds([("https://x.example/rss?a=1&b=2", "X & Y"), ("javascript:x", "No")])
    assert outlines(text) == [
        {"text": "X & Y", "type": "rss", "xmlUrl": "https://x.example/rss?a=1&b=2"}
    ]
    assert write_feeds([]) == ""
