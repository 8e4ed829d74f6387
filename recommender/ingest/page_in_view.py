"""Which paper a web page is about: from its address, its title and its tags for indexes.

The bookmarklet sends them from the browser; nothing is fetched here, and nothing is stored before
`add_paper`. Everything comes from a page that anyone may have written, so all of it is bounded and
cleaned as an imported record is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from recommender.domain import Paper
from recommender.domain.identifiers import sort_identifiers, title_key
from recommender.errors import InvalidValue
from recommender.sources import Entry, Refusal
from recommender.sources.error_pages import redacted_url
from recommender.sources.files.web_page import known_tags, reference_of_tags
from recommender.sources.parsing.identifier_fields import identifier_in_url, web_address
from recommender.sources.parsing.reference_record import reference_entry
from recommender.sources.registry import SourceQuery
from recommender.store import Origin, Store

MAX_ADDRESS, MAX_TITLE, MAX_TAGS_TEXT = 2_000, 1_000, 20_000
MAX_TAGS, MAX_TAG_NAME, MAX_TAG = 200, 80, 10_000
SOURCE = "bookmarklet"

_ARXIV_TITLE = re.compile(r"\[[^\[\]]{5,30}\]\s{0,9}")
_SITES = re.compile(
    r"\s{1,9}[|·–—-]\s{1,9}(?:ACL Anthology|OpenReview|PubMed|arXiv(?:\.org)?)\s{0,9}$",
    re.IGNORECASE,
)
_FETCHED_FROM = {"arxiv": "arxiv", "doi": "crossref"}
"""Scheme of an identifier, and the source that knows the papers with one."""


@dataclass(frozen=True, slots=True)
class PageInView:
    """What a page says of the paper that it is about.

    Parameters
    ----------
    address
        Of the page; ``""`` where it is no web address.
    paper_id
        The paper, where the library has it.
    paper
        The record that the page gives, None where it gives too little.
    identifiers
        Those that were found, the surest first.
    title
        The title that was found.
    missing
        What would be needed and was not found; empty where there is a `paper`.
    """

    address: str
    paper_id: str | None
    paper: Paper | None
    identifiers: tuple[str, ...]
    title: str
    missing: tuple[str, ...] = ()

    @property
    def query(self) -> SourceQuery | None:
        """What asks a source for the paper by its identifier, None where none can be asked."""
        for identifier in self.identifiers:
            source = _FETCHED_FROM.get(identifier.partition(":")[0])
            if source:
                return SourceQuery(source, ids=(identifier,))
        return None


def recognise(store: Store, address: str, title: str, tags: str) -> PageInView:
    """Return which paper a page is about; only reads the store.

    Parameters
    ----------
    address, title
        Of the page, as the browser shows them.
    tags
        Its tags for indexes as JSON: a list of name and content.
    """
    address = web_address(address.strip()) if len(address) <= MAX_ADDRESS else ""
    by_tags = known_tags(_pairs(tags))
    given = replace(reference_of_tags(by_tags), url=address)
    shown = " ".join(title[:MAX_TITLE].split())
    named = replace(given, title=given.title or _without_site(shown))
    found = reference_entry(0, named)
    from_address = identifier_in_url(address.partition("#")[0])
    paper = found.paper if isinstance(found, Entry) else None
    identifiers = sort_identifiers((from_address, *(paper.identifiers if paper else ())))
    if paper is not None:
        paper = replace(paper, identifiers=identifiers)
    names = [*identifiers]
    if given.title and paper is not None:
        names.append(f"title:{title_key(paper.title)}")
    known = store.catalogue.resolve(names)
    paper_id = next((known[x] for x in names if x in known), None)
    missing = _missing(by_tags, identifiers, named.title, found)
    return PageInView(
        address,
        paper_id,
        None if missing else paper,
        identifiers,
        paper.title if paper else "",
        () if paper_id else missing,
    )


def add_paper(store: Store, page: PageInView, now: datetime) -> str:
    """Store the paper of a page, or complete the one that the library has; return its id.

    Raises
    ------
    InvalidValue
        The page gives too little for a paper.
    StoreError
        The library cannot be written, or refuses the record.
    """
    if page.paper is None:
        if page.paper_id is None:
            raise InvalidValue("The page does not say enough of a paper.")
        return page.paper_id
    origin = Origin(SOURCE, redacted_url(page.address) if page.address else "")
    (added,) = store.catalogue.add([page.paper], now, origin)
    return added.paper_id


def _missing(
    tags: Mapping[str, list[str]],
    identifiers: tuple[str, ...],
    title: str,
    found: Entry | Refusal,
) -> tuple[str, ...]:
    """Return what a record would need: a title, and a sign that the page is about one paper."""
    missing: list[str] = []
    if isinstance(found, Refusal):
        missing.append(f"a record that can be kept ({found.why})" if title else "a title")
    if not identifiers and not tags.get("title"):
        missing.append("an identifier (arXiv, DOI, ACL Anthology, OpenReview, PubMed)")
        missing.append("tags that name a paper (citation_title)")
    return tuple(missing)


def _pairs(tags: str) -> list[tuple[str, str]]:
    if len(tags) > MAX_TAGS_TEXT:
        return []
    try:
        given = json.loads(tags)
    except (ValueError, RecursionError):
        return []
    pairs: list[tuple[str, str]] = []
    for one in given[:MAX_TAGS] if isinstance(given, list) else ():
        if isinstance(one, list) and len(one) == 2 and all(isinstance(x, str) for x in one):
            pairs.append((one[0][:MAX_TAG_NAME], one[1][:MAX_TAG]))
    return pairs


def _without_site(title: str) -> str:
    """Return the title of a page without the name of the site or the number before it."""
    numbered = _ARXIV_TITLE.match(title)
    return _SITES.sub("", title[numbered.end() :] if numbered else title).strip()
