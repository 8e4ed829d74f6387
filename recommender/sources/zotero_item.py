"""A paper as an item of Zotero, in the form that its API takes. Pure."""

from __future__ import annotations

from typing import Any

from recommender.domain import Author, Paper
from recommender.sources.files.zotero_types import KINDS

MAX_CREATORS = 500
"""Authors that are written; Zotero refuses items that are too large."""

_TYPES = {kind: item_type for item_type, kind in KINDS.items()}
_VENUE = {
    "journalArticle": "publicationTitle",
    "magazineArticle": "publicationTitle",
    "newspaperArticle": "publicationTitle",
    "preprint": "repository",
    "conferencePaper": "proceedingsTitle",
    "book": "publisher",
    "bookSection": "bookTitle",
    "thesis": "university",
    "report": "institution",
    "dataset": "repository",
    "document": "publisher",
}
"""The item types that are written, and the field of each that holds the venue."""

_HAS_DOI = {"journalArticle", "preprint", "conferencePaper", "dataset"}
_HAS_PAGES = {"journalArticle", "magazineArticle", "newspaperArticle", "conferencePaper"}
_HAS_PAGES |= {"bookSection", "report"}
_HAS_VOLUME = {"journalArticle", "magazineArticle", "conferencePaper", "book", "bookSection"}
_HAS_ISSUE = {"journalArticle", "magazineArticle"}
_HAS_PUBLISHER = {"conferencePaper", "bookSection"}


def zotero_item(paper: Paper, collections: list[str]) -> dict[str, Any]:
    """Return the item of a paper, in these collections; fields that are unknown are left out.

    An identifier for which the item's type has no field stands in ``extra``, as Zotero itself
    writes it.
    """
    item_type = _item_type(paper)
    arxiv, doi, pmid = (paper.identifier(x) for x in ("arxiv", "doi", "pmid"))
    extra = []
    if doi and item_type not in _HAS_DOI:
        extra.append(f"DOI: {doi}")
    if arxiv and item_type != "preprint":
        extra.append(f"arXiv: {arxiv}")
    if pmid:
        extra.append(f"PMID: {pmid}")
    details = paper.details
    fields = {
        "title": paper.title,
        "abstractNote": "" if paper.abstract_is_summary else paper.abstract,
        "date": _date(paper),
        "url": paper.url,
        _VENUE[item_type]: paper.venue,
        "DOI": doi if item_type in _HAS_DOI else "",
        "archiveID": f"arXiv:{arxiv}" if arxiv and item_type == "preprint" else "",
        "pages": details.pages if item_type in _HAS_PAGES else "",
        "volume": details.volume if item_type in _HAS_VOLUME else "",
        "issue": details.number if item_type in _HAS_ISSUE else "",
        "extra": "\n".join(extra),
    }
    if item_type in _HAS_PUBLISHER:
        fields["publisher"] = details.publisher
    return {
        "itemType": item_type,
        "creators": [_creator(x) for x in paper.authors[:MAX_CREATORS]],
        "collections": collections,
        **{name: text for name, text in fields.items() if text},
    }


def _item_type(paper: Paper) -> str:
    item_type = _TYPES.get(paper.kind, "")
    if item_type in _VENUE:
        return item_type
    if paper.identifier("arxiv"):
        return "preprint"
    return "journalArticle" if paper.identifier("doi") else "document"


def _date(paper: Paper) -> str:
    if paper.published_at is not None:
        return f"{paper.published_at:%Y-%m-%d}"
    return str(paper.year) if paper.year else ""


def _creator(author: Author) -> dict[str, str]:
    if author.literal or not (author.family and author.given):
        return {"creatorType": "author", "name": author.name}
    return {
        "creatorType": "author",
        "lastName": author.family,
        "firstName": author.given,
    }
