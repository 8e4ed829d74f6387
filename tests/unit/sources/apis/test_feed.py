"""Foreign feeds and lists of feeds: what becomes a paper, and what is too much."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from wire_reading import Read, counts, names, written

from recommender.domain import Listing
from recommender.sources import load
from recommender.sources.apis.feed import MAX_FEED, MAX_SIGNS, read_feed
from recommender.sources.apis.opml import MAX_OUTLINES, FeedLink, read_opml
from recommender.sources.file_format import Refusal
from recommender.sources.parsing.adapter import collect_page

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
<channel><title>Journal of Otters</title><link>https://otters.example.org/</link>
<item>
<title>J. Otters, Vol. 3, Pages 1: Counting &lt;i&gt;otters&lt;/i&gt;</title>
<link>https://otters.example.org/doi/full/10.1000/otter.1?af=R</link>
<description>&lt;p&gt;We count &lt;script&gt;alert(1)&lt;/script&gt;otters.&lt;/p&gt;</description>
<dc:creator>Lee, Ann; Chen, Bo</dc:creator>
<pubDate>Tue, 18 Feb 2025 23:30:00 -0500</pubDate>
<prism:publicationName>Journal of Otters</prism:publicationName><prism:volume>3</prism:volume>
</item>
<item><link>https://otters.example.org/2</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Otter blog</title>
<entry><title>Otters at work</title><id>tag:otters.example.org,2025:1</id>
<link rel="alternate" href="https://otters.example.org/blog/1"/>
<author><name>Ann Lee</name></author><author><name>Bo Chen</name></author>
<updated>2025-02-18T10:00:00Z</updated>
<summary>Short.</summary>
<content type="html">&lt;p&gt;Much longer, and about otters.&lt;/p&gt;</content>
</entry></feed>"""


def read(tmp_path: Path, content: str | bytes) -> Read:
    return Read(load("feed"), written(tmp_path, content))


def test_an_item_of_a_journal_becomes_a_paper(tmp_path: Path) -> None:
    found = read(tmp_path, RSS)
    paper = found.only
    assert paper.title == "Counting otters"
    assert paper.abstract == "We count otters."
    assert names(paper) == ["Ann Lee", "Bo Chen"]
    assert paper.identifiers == ("doi:10.1000/otter.1",)
    assert paper.published_at == datetime(2025, 2, 19, 4, 30, tzinfo=UTC)
    assert (paper.venue, paper.kind) == ("Journal of Otters", "article-journal")
    day = datetime(2025, 2, 19, tzinfo=UTC)
    assert paper.listings == (Listing("feed", day, origin="Journal of Otters"),)
    assert found.refused == {13: "it has no title"}


def test_an_entry_of_a_blog_keeps_its_longer_text(tmp_path: Path) -> None:
    paper = read(tmp_path, ATOM).only
    assert paper.abstract == "Much longer, and about otters."
    assert names(paper) == ["Ann Lee", "Bo Chen"]
    assert (paper.identifiers, paper.kind) == ((), "")
    assert paper.url == "https://otters.example.org/blog/1"


def test_authors_that_a_publisher_hides_in_the_text_are_found(tmp_path: Path) -> None:
    text = "Publication date: May 2025 Source: J. Otters, Volume 3 Author(s): Ann Lee, Bo Chen"
    item = f"<item><title>Otters</title><description>{text}</description></item>"
    paper = read(tmp_path, f"<rss version='2.0'><channel>{item}</channel></rss>").only
    assert names(paper) == ["Ann Lee", "Bo Chen"]
    assert paper.abstract == ""


def test_a_feed_that_is_not_well_formed_is_read_with_a_note(tmp_path: Path) -> None:
    found = read(tmp_path, RSS.replace("</channel></rss>", "<oops></channel>"))
    assert found.papers[0].title == "Counting otters"
    assert "not well-formed" in found.document.notes[0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "it is empty"),
        ("{}", "it is neither RSS nor Atom"),
        ("<html><body>x</body></html>", "it is neither RSS nor Atom"),
        (RSS.replace("http://purl.org/dc", "a\xa0http://purl.org/dc"), "namespace"),
        ('<!DOCTYPE rss [<!entity a "b">]>' + RSS, "entities"),
        ("<rss>" + "x" * MAX_FEED, "characters; no feed is so long"),
        ("<rss>" + "<item>" * MAX_SIGNS, "no feed is so long"),
        ("<rss>" + "&" * (MAX_SIGNS + 1), "tags; no feed is so long"),
    ],
)
def test_what_is_no_feed_or_no_honest_one_is_refused(
    tmp_path: Path, content: str, why: str
) -> None:
    found = read(tmp_path, content)
    assert found.papers == []
    assert why in found.refused[1]


def test_entities_are_refused_in_any_encoding() -> None:
    bomb = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY a "aaaa">]>' + RSS[22:]
    page = collect_page(read_feed([bomb.encode("utf-16")]))
    assert "entities" in page.metadata["broken"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-1"])
def test_encodings_are_those_of_the_declaration(tmp_path: Path, encoding: str) -> None:
    text = RSS.replace('"1.0"?>', f'"1.0" encoding="{encoding}"?>').replace("Counting", "Zähle")
    assert read(tmp_path, text.encode(encoding)).papers[0].title == "Zähle otters"


@pytest.mark.slow
def test_every_feed_has_as_many_entries_as_feedparser_counts_alone(shared: Path) -> None:
    oracle = counts(shared, "feedparser_entries")
    assert len(oracle) > 200
    for name, entries in oracle.items():
        found = Read(load("feed"), shared / "data" / name)
        without_title = [x for x in found.refusals if x.why == "it has no title"]
        assert len(found.papers) + len(without_title) == entries, name
        if name.startswith("formats/"):
            assert load("feed").matches(found.document.head()), name


def test_nothing_of_a_hostile_feed_is_left_that_a_page_could_run(shared: Path) -> None:
    for path in sorted((shared / "data" / "hostile").glob("feeds*/*.xml")):
        for paper in Read(load("feed"), path).papers:
            shown = f"{paper.title} {paper.abstract} {paper.url}"
            assert not re.search(r"<script|javascript:|onload\s*=", shown, re.IGNORECASE), path.name


def test_the_one_item_of_a_journal_that_was_recorded_has_its_doi(shared: Path) -> None:
    folder = shared / "data" / "formats" / "feeds-rss-atom"
    paper = Read(load("feed"), folder / "zotero__feedArticleMetadata.rss").only
    assert paper.identifiers == ("doi:10.3390/fluids9060120",)
    assert paper.title.startswith("Environmental Hydraulics")
    assert len(paper.authors) == 3


OPML = """<opml version="2.0"><head><title>My feeds</title></head><body>
<outline text="Labs"><outline text="Otter Lab" type="rss" xmlUrl=" https://lab.example.org/feed "/>
</outline>
<outline title="Again" type="RSS" xmlURL="https://lab.example.org/feed"/>
<outline text="Atom" type="pie" url="https://atom.example.org/"/>
<outline text="Page" type="link" url="https://page.example.org/"/>
<outline text="More" type="include" url="https://more.example.org/list.opml"/>
<outline text="Bad" type="rss" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def test_a_list_of_feeds_gives_each_feed_once_with_its_folders() -> None:
    found = list(read_opml([OPML.encode()]))
    assert [x for x in found if isinstance(x, FeedLink)] == [
        FeedLink("https://lab.example.org/feed", "Otter Lab", ("Labs",)),
        FeedLink("https://atom.example.org/", "Atom"),
    ]
    assert [x.why for x in found if isinstance(x, Refusal)] == [
        "More is another list (https://more.example.org/list.opml); fetch it by itself",
        "'javascript:alert(1)' is no web address",
    ]


def test_a_list_read_as_a_file_says_what_it_is(tmp_path: Path) -> None:
    found = Read(load("opml"), written(tmp_path, OPML))
    assert load("opml").matches(OPML)
    assert found.papers == []
    assert found.document.notes == ["It is a list of 2 feeds; `paperloop fetch opml` reads them."]


def test_a_list_cut_off_keeps_the_feeds_before_the_break() -> None:
    *links, fault = read_opml([OPML[: OPML.index('<outline text="Page"')].encode()])
    assert len(links) == 2
    assert isinstance(fault, Refusal)


@pytest.mark.slow
def test_a_list_without_end_is_left() -> None:
    endless = b"<opml>" + b'<outline xmlUrl="http://a.example/1"/>' * (MAX_OUTLINES + 9)
    *links, fault = read_opml([endless])
    assert len(links) == 1
    assert isinstance(fault, Refusal)
    assert "not followed" in fault.why


def expected(text: str, what: str) -> int | None:
    found = re.search(rf"Eval: len\(result\['{what}'\]\) == (\d+)", text)
    return int(found.group(1)) if found else None


def test_every_recorded_list_has_the_feeds_its_own_test_expects(shared: Path) -> None:
    checked = 0
    for path in sorted((shared / "data" / "formats" / "opml").iterdir()):
        text = path.read_text(encoding="utf-8")
        found = list(read_opml([text.encode()]))
        feeds = [x for x in found if isinstance(x, FeedLink)]
        lists = [x for x in found if isinstance(x, Refusal) and "another list" in x.why]
        for what, number in (("feeds", len(feeds)), ("lists", len(lists))):
            wanted = expected(text, what)
            if wanted is not None:
                assert number == wanted, path.name
                checked += 1
        named = re.search(r"Eval: result\['feeds'\]\[0\]\['title'\] == '(\w+)'", text)
        if named:
            assert feeds[0].title == named.group(1), path.name
        address = re.search(
            r"Eval: result\['(feeds|lists)'\]\[0\]\['url'\] == ['\"]([^'\"]+)", text
        )
        if address:
            first = feeds[0].url if address.group(1) == "feeds" else lists[0].why
            assert address.group(2) in first, path.name
    assert checked >= 10


def test_hostile_lists_end_in_feeds_and_at_most_one_fault(shared: Path) -> None:
    for path in sorted((shared / "data" / "hostile" / "opml").iterdir()):
        found = list(read_opml([path.read_bytes()]))
        faults = [x for x in found if isinstance(x, Refusal)]
        assert len(faults) <= 1, path.name
