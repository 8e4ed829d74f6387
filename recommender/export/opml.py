"""OPML 2.0 (opml.org/spec2.opml): a list as an outline of links, or feeds for a feed reader.

Outliners take the first, with the reader's note and the abstract as
``_note``, the attribute they share; the second is what feed readers exchange.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from recommender.domain import Paper
from recommender.domain.status import sentences
from recommender.escaping import link_of, one_line, shown, web_url
from recommender.export.list_metadata import PLAIN, Heading


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write one outline a paper; "" for no papers."""
    if not papers:
        return ""
    opml, body = _frame(heading)
    for paper in papers:
        line = SubElement(body, "outline", text=shown(paper.title) or "(no title)")
        if link := link_of(paper):
            line.attrib |= {"type": "link", "url": link}
        status = " ".join(sentences(paper.statements))
        said = " – ".join(x for x in (status, heading.note(paper), one_line(paper.abstract)) if x)
        if said:
            line.set("_note", shown(said))
        if tags := ",".join(x.replace(",", " ") for x in heading.tags_of(paper)):
            line.set("category", shown(tags))
    return _written(opml)


def write_feeds(feeds: Sequence[tuple[str, str]], heading: Heading = PLAIN) -> str:
    """Write feeds, each an address and a title, as a feed reader imports them.

    What is no web address is left out; "" where nothing remains.
    """
    opml, body = _frame(heading)
    for url, title in feeds:
        if address := web_url(url):
            SubElement(body, "outline", text=shown(title) or address, type="rss", xmlUrl=address)
    return _written(opml) if len(body) else ""


def _frame(heading: Heading) -> tuple[Element, Element]:
    opml = Element("opml", version="2.0")
    head = SubElement(opml, "head")
    SubElement(head, "title").text = shown(heading.name)
    if heading.updated_at is not None:
        SubElement(head, "dateModified").text = format_datetime(heading.updated_at)
    return opml, SubElement(opml, "body")


def _written(opml: Element) -> str:
    indent(opml)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(opml, encoding="unicode")}\n'
