"""A Hugging Face "Daily Papers" page, saved as HTML: a day, a week or a month.

The page carries its data as JSON in an attribute (``data-target="DailyPapers"``,
``data-props``), with the very entries that the API gives. A page that was saved
without it still has its links; they give title and arXiv id.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from recommender.domain import Listing
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.files.web_page import attributes_of, page_text
from recommender.sources.parsing.adapter import file_entries
from recommender.sources.parsing.dates import parse_date
from recommender.sources.parsing.field_synonyms import DAILY_PAPERS
from recommender.sources.parsing.reference_record import Reference, reference_entry
from recommender.sources.text_file import Document

_PROPS = re.compile(r"data-props\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_TARGET = re.compile(r"data-target\s*=\s*[\"']DailyPapers[\"']")
_LINK = re.compile(r"<a\s([^<>]{1,2000})>([^<>]{3,2000})</a>", re.IGNORECASE)
_PAPER = re.compile(r"(?:https://huggingface\.co)?/papers/(\d{4}\.\d{4,5})/?")
_DAY = re.compile(r"huggingface\.co/papers/date/(\d{4}-\d{2}-\d{2})")
_OWN_ADDRESS = re.compile(
    r"(?:og:url|canonical|saved from url)[^<>]{0,200}https://huggingface\.co/papers"
    r"(?:/(?:date|week|month)/[\w-]+|/trending)?/?[\"'\s?#]",
    re.IGNORECASE,
)
_ASKED_DAY = re.compile(r'"dateString"\s*:\s*"(\d{4}-\d{2}-\d{2})"')
_ASKED_PERIOD = re.compile(r'"periodType"\s*:\s*"(?:week|month)"')
_COUNTED = re.compile(r"[\d\s.,·k]*(?:comments?|upvotes?|authors?)?", re.IGNORECASE)


class DailyPapersHtml:
    """Reads the entries of the page's data, or else of its links."""

    name = "daily-papers-html"
    suffixes = (".html", ".htm")

    def matches(self, head: str) -> bool:
        """Say whether it is a page of Daily Papers, by its data or its own address."""
        return bool(_TARGET.search(head) or _OWN_ADDRESS.search(head))

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the papers in the page's order; see `FileFormat.read`."""
        page = page_text(document)
        target = _TARGET.search(page)
        # Either attribute may stand first in the tag.
        start = page.rfind("<", 0, target.start()) if target else -1
        props = _PROPS.search(page, start) if start >= 0 else None
        if props is None:
            document.notes.append("The page holds no data; titles are taken from its links.")
            yield from _from_links(page)
            return
        data = html.unescape(props.group(1) or props.group(2) or "")
        above = page.count("\n", 0, props.start())
        asked = None if _ASKED_PERIOD.search(data) else _ASKED_DAY.search(data)
        day = parse_date(asked.group(1)).at if asked else None
        # Loaded here: every file whose format is looked for loads this module.
        from recommender.sources.apis.hf_daily import read_daily  # noqa: PLC0415

        for found in file_entries(read_daily(data.encode("utf-8", "replace"), day)):
            yield replace(found, line=above + found.line)


def _from_links(page: str) -> Iterator[Entry | Refusal]:
    """Yield a paper a linked title; the links of counts and pictures have no words."""
    day = parse_date(match.group(1)).at if (match := _DAY.search(page)) else None
    seen: set[str] = set()
    for link in _LINK.finditer(page):
        paper = _PAPER.fullmatch(attributes_of(link.group(1)).get("href", ""))
        title = html.unescape(link.group(2)).strip()
        if paper is None or paper.group(1) in seen or _COUNTED.fullmatch(title):
            continue
        seen.add(paper.group(1))
        line = page.count("\n", 0, link.start()) + 1
        found = reference_entry(line, Reference(title=title, kind="article", arxiv=paper.group(1)))
        if isinstance(found, Entry):
            listings = (Listing(DAILY_PAPERS, day),)
            found = Entry(line, replace(found.paper, listings=listings))
        yield found
