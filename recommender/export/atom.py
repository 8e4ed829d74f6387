"""A reading list as an Atom feed (RFC 4287), an entry a paper, in the list's order.

Built with ElementTree: it escapes, and the one kept library for writing feeds
brings lxml for forty lines. Times are the list's and the papers' own, never
the clock's, so the same list is the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from recommender.domain import Paper
from recommender.domain.status import sentences
from recommender.escaping import link_of, one_line, shown
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import day_of

NAMESPACE = "http://www.w3.org/2005/Atom"
UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of entries without one: Atom requires it, and an invented one would look new."""

register_namespace("", NAMESPACE)


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write the feed; "" for no papers."""
    if not papers:
        return ""
    feed = Element(_tag("feed"))
    updated = heading.updated_at or max(map(_updated, papers))
    _text(feed, "id", f"urn:paperloop:list:{quote(heading.list_id or heading.name, safe='')}")
    _text(feed, "title", heading.name)
    _text(feed, "updated", updated.astimezone(UTC).isoformat())
    _text(feed, "generator", "paperloop")
    _text(SubElement(feed, _tag("author")), "name", "paperloop")
    if one_line(heading.about):
        _text(feed, "subtitle", heading.about)
    for paper in papers:
        _entry(feed, paper, heading)
    indent(feed)
    body = tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _entry(feed: Element, paper: Paper, heading: Heading) -> None:
    entry = SubElement(feed, _tag("entry"))
    _text(entry, "id", _iri(paper))
    _text(entry, "title", shown(paper.title) or "(no title)")
    _text(entry, "updated", _updated(paper).isoformat())
    if day := day_of(paper):
        _text(entry, "published", f"{day.isoformat()}T00:00:00+00:00")
    for author in paper.authors:
        if shown(author.name):
            _text(SubElement(entry, _tag("author")), "name", author.name)
    for tag in heading.tags_of(paper):
        SubElement(entry, _tag("category"), term=shown(tag))
    if link := link_of(paper):
        SubElement(entry, _tag("link"), rel="alternate", href=link)
    status = " ".join(sentences(paper.statements))
    said = " – ".join(x for x in (status, heading.note(paper), one_line(paper.abstract)) if x)
    if said:
        _text(entry, "summary", said)


def _iri(paper: Paper) -> str:
    """Return what tells the paper from others in every feed, the same for ever."""
    scheme, _, name = one_line(paper.paper_id).partition(":")
    if scheme == "arxiv" and name:
        return f"https://arxiv.org/abs/{quote(name)}"
    if scheme == "doi" and name:
        return f"https://doi.org/{quote(name)}"
    return f"urn:paperloop:paper:{quote(one_line(paper.paper_id) or shown(paper.title), safe='')}"


def _updated(paper: Paper) -> datetime:
    return (paper.added_at or paper.newest_at or UNKNOWN).astimezone(UTC)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _tag(name)).text = shown(text)
