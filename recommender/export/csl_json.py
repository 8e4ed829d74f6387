"""CSL-JSON: an array of items with the field names of the CSL 1.0.2 input schema.

``id`` is our id, ``citation-key`` the key that the BibTeX export uses. Text is
written as it is; what the schema has no field for stands in ``custom``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from recommender.domain import Paper
from recommender.domain.status import in_force
from recommender.escaping import one_line, web_url
from recommender.export.author_names import NameParts, known_names
from recommender.export.citation_keys import citation_keys
from recommender.export.jsonl import statement
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import (
    abstract_of,
    day_of,
    identifiers_beside,
    keywords_of,
    month_of,
    part_of_year,
    year_of,
)

SEASONS = ("Spring", "Summer", "Autumn", "Winter")

TYPES = re.compile(
    r"article(-journal|-magazine|-newspaper)?|book|chapter|dataset|document|manuscript|pamphlet"
    r"|entry(-dictionary|-encyclopedia)?|paper-conference|patent|periodical|post(-weblog)?|report"
    r"|review(-book)?|software|speech|standard|thesis|webpage"
)
"""The types of the schema that a research paper may have."""


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write a JSON array of one item a paper; ``[]`` for no papers."""
    items = [_item(*x, heading) for x in zip(citation_keys(papers), papers, strict=True)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(key: str, paper: Paper, heading: Heading) -> dict[str, Any]:
    arxiv = paper.identifier("arxiv")
    others = identifiers_beside(paper, "doi", "arxiv", "pmid")
    details = paper.details
    item = {
        "id": one_line(paper.paper_id) or key,
        "citation-key": key,
        "type": _type(paper),
        "title": one_line(paper.title),
        "author": [_name(x) for x in known_names(paper.authors)],
        "issued": _issued(paper),
        "container-title": one_line(paper.venue),
        "volume": one_line(details.volume),
        "issue" if "article" in paper.kind else "number": one_line(details.number),
        "page": one_line(details.pages),
        "publisher": one_line(details.publisher),
        "publisher-place": one_line(details.place),
        "collection-title": one_line(details.series),
        "edition": one_line(details.edition),
        "genre": one_line(details.genre),
        "ISSN": one_line(details.issn),
        "ISBN": one_line(details.isbn),
        "DOI": one_line(paper.identifier("doi")),
        "PMID": one_line(paper.identifier("pmid")),
        "archive": "arXiv" if arxiv else "",
        "archive_location": one_line(arxiv),
        "URL": web_url(paper.url),
        "keyword": ", ".join(
            x.replace(",", " ") for x in keywords_of(paper, heading.tags_of(paper))
        ),
        "note": "\n".join(x for x in (heading.note(paper), one_line(details.note)) if x),
        "abstract": one_line(abstract_of(paper)),
        "status": paper.status,
        "custom": _custom(paper, [one_line(x) for x in others]),
    }
    return {name: value for name, value in item.items() if value}


def _custom(paper: Paper, identifiers: list[str]) -> dict[str, Any]:
    values = {
        "identifiers": identifiers,
        "files": [one_line(x) for x in paper.details.files],
        "record_type": paper.record_type,
        "statements": [statement(x) for x in in_force(paper.statements)],
    }
    return {name: value for name, value in values.items() if value}


def _type(paper: Paper) -> str:
    if TYPES.fullmatch(paper.kind):
        return paper.kind
    return "article" if paper.identifier("arxiv") else "document"


def _name(name: NameParts) -> dict[str, str]:
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
        "literal": name.literal,
    }
    return {part: value for part, value in parts.items() if value}


def _issued(paper: Paper) -> dict[str, Any]:
    day, year, month = day_of(paper), year_of(paper), month_of(paper)
    if day is not None:
        return {"date-parts": [[day.year, day.month, day.day]]}
    if year is None:
        return {}
    if part := part_of_year(paper):
        number = SEASONS.index(part) + 1 if part in SEASONS else 0
        return {"date-parts": [[year]], "season": str(number) if number else part}
    return {"date-parts": [[year, month] if month else [year]]}
