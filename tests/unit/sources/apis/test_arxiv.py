"""arXiv's answers: the search API's Atom and the daily announcements."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from wire_reading import Read, counts, names, written

from recommender.domain import Author, Listing
from recommender.sources import load
from recommender.sources.apis.arxiv import id_year

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <title>arXiv Query: search_query=all:otter</title>
  <entry>
    <id>http://arxiv.org/abs/2401.01234v3</id>
    <published>2024-01-02T18:00:01Z</published>
    <updated>2024-05-05T00:00:00Z</updated>
    <title>Otters $a&lt;b$ in
      two \\emph{rivers}</title>
    <summary>  We count otters.
 They hold hands.</summary>
    <author><name>Ann de Boer</name><arxiv:affiliation>Delft</arxiv:affiliation></author>
    <author><name>The River Collaboration</name></author>
    <arxiv:doi>10.1000/Otter.1</arxiv:doi>
    <arxiv:journal_ref>J. Otters 3 (2024) 1-9</arxiv:journal_ref>
  </entry>
</feed>"""

RSS = """<rss version="2.0"><channel><title>cs.IR updates on arXiv.org</title>
<link>http://rss.arxiv.org/rss/cs.IR</link>
<item><title>Otters again</title><link>https://arxiv.org/abs/2502.10403</link>
<description>arXiv:2502.10403v1 Announce Type: {kind}
Abstract: We count $a&lt;b$ otters.</description>
<guid isPermaLink="false">oai:arXiv.org:2502.10403v1</guid>
<category>cs.IR</category><category>cs.LG</category>
<pubDate>Tue, 18 Feb 2025 00:00:00 -0500</pubDate>
<arxiv:announce_type>{kind}</arxiv:announce_type>
<arxiv:DOI>10.1000/otter.2</arxiv:DOI>
<dc:creator>Ann Lee, Plato, Bo Chen (MIT)</dc:creator></item></channel></rss>"""


def atom(tmp_path: Path, content: str) -> Read:
    return Read(load("arxiv-atom"), written(tmp_path, content))


def rss(tmp_path: Path, content: str) -> Read:
    return Read(load("arxiv-rss"), written(tmp_path, content))


def test_an_atom_entry_becomes_a_paper(tmp_path: Path) -> None:
    paper = atom(tmp_path, ATOM).only
    assert paper.title == "Otters $a<b$ in two rivers"
    assert paper.abstract == "We count otters. They hold hands."
    assert paper.authors == (Author("de Boer", "Ann"), Author(literal="The River Collaboration"))
    assert paper.identifiers == ("arxiv:2401.01234", "doi:10.1000/otter.1")
    assert paper.published_at == datetime(2024, 1, 2, 18, 0, 1, tzinfo=UTC)
    assert paper.year == 2024
    assert paper.venue == "J. Otters 3 (2024) 1-9"
    assert paper.url == "https://arxiv.org/abs/2401.01234"
    assert paper.kind == "article"


def test_an_error_that_arxiv_sends_as_an_entry_is_its_reason(tmp_path: Path) -> None:
    entry = (
        "<feed><entry><id>https://arxiv.org/api/errors#x</id><title>Error</title>"
        "<summary>incorrect id format for abc</summary></entry></feed>"
    )
    read = atom(tmp_path, entry)
    assert read.papers == []
    assert read.refused == {1: "arXiv says: incorrect id format for abc"}


def test_an_atom_entry_without_id_or_title_is_refused_by_its_line(tmp_path: Path) -> None:
    feed = "<feed>\n<entry><title>x</title></entry>\n<entry><id>http://arxiv.org/abs/2401.00001</id></entry></feed>"
    assert atom(tmp_path, feed).refused == {2: "it has no arXiv id", 3: "it has no title"}


def test_a_feed_cut_off_keeps_its_whole_entries(tmp_path: Path) -> None:
    read = atom(tmp_path, ATOM[: ATOM.index("</feed>")] + "<entry><id>http://arx")
    assert len(read.papers) == 1
    assert "breaks off" in read.refusals[0].why


def test_an_announced_paper_is_listed_on_its_day(tmp_path: Path) -> None:
    paper = rss(tmp_path, RSS.format(kind="new")).only
    day = datetime(2025, 2, 18, tzinfo=UTC)
    assert paper.abstract == "We count $a<b$ otters."
    assert names(paper) == ["Ann Lee", "Plato", "Bo Chen"]
    assert paper.identifiers == ("arxiv:2502.10403", "doi:10.1000/otter.2")
    assert paper.published_at == day
    assert paper.listings == (Listing("arxiv", day, origin="cs.IR"),)


@pytest.mark.parametrize(("kind", "listed"), [("cross", 1), ("replace", 0), ("replace-cross", 0)])
def test_only_what_is_new_to_the_category_is_listed(tmp_path: Path, kind: str, listed: int) -> None:
    paper = rss(tmp_path, RSS.format(kind=kind)).only
    assert len(paper.listings) == listed
    assert paper.published_at is None
    assert paper.year == 2025


def test_an_announcement_of_before_2024_is_read(tmp_path: Path) -> None:
    old = """<rdf:RDF><channel><link>http://arxiv.org/</link></channel>
<item rdf:about="http://arxiv.org/abs/hep-th/0601001">
<title>Strings. (arXiv:hep-th/0601001v2 UPDATED)</title>
<link>http://arxiv.org/abs/hep-th/0601001</link>
<description>&lt;p&gt;We pull.&lt;/p&gt;</description>
<dc:creator>&lt;a href="http://arxiv.org/a"&gt;Ann Lee&lt;/a&gt;,
&lt;a href="x"&gt;Bo Chen&lt;/a&gt;</dc:creator>
</item></rdf:RDF>"""
    paper = rss(tmp_path, old).only
    assert paper.title == "Strings."
    assert names(paper) == ["Ann Lee", "Bo Chen"]
    assert paper.identifiers == ("arxiv:hep-th/0601001",)
    assert paper.year == 2006


@pytest.mark.parametrize(
    ("arxiv_id", "year"),
    [
        ("arxiv:2401.01234", 2024),
        ("arxiv:hep-th/9901001", 1999),
        ("arxiv:math.gt/0309136", 2003),
        ("", None),
    ],
)
def test_an_id_tells_the_year(arxiv_id: str, year: int | None) -> None:
    assert id_year(arxiv_id) == year


def test_each_format_knows_its_own_answers_only() -> None:
    announcement = RSS.format(kind="new")
    assert load("arxiv-atom").matches(ATOM)
    assert load("arxiv-rss").matches(announcement)
    assert not load("arxiv-atom").matches(announcement)
    assert not load("arxiv-rss").matches(ATOM)
    assert not load("arxiv-rss").matches(
        "<rss><channel><link>https://example.org/</link></channel></rss>"
    )


def test_every_recorded_answer_has_as_many_entries_as_feedparser_counts(shared: Path) -> None:
    found = {}
    for folder, kind in (("arxiv-atom", load("arxiv-atom")), ("arxiv-rss", load("arxiv-rss"))):
        for path in sorted((shared / "data" / "formats" / folder).glob("*.xml")):
            assert kind.matches(path.read_text(encoding="utf-8")), path.name
            read = Read(kind, path)
            found[f"formats/{folder}/{path.name}"] = len(read.papers) + len(read.refusals)
            for paper in read.papers:
                assert paper.identifier("arxiv"), path.name
                assert paper.abstract, path.name
                assert paper.authors, path.name
                assert paper.year, path.name
    oracle = counts(shared, "feedparser_entries")
    assert len(found) == 14
    assert found == {name: oracle[name] for name in found}


def test_only_arxiv_s_own_error_entry_is_refused_of_the_recorded_answers(shared: Path) -> None:
    refused = [
        refusal.why
        for path in sorted((shared / "data" / "formats" / "arxiv-atom").glob("*.xml"))
        for refusal in Read(load("arxiv-atom"), path).refusals
    ]
    assert refused == ["arXiv says: incorrect id format for abc"]
