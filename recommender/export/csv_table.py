"""CSV for spreadsheets: UTF-8 with a byte order mark, a heading line, one line a paper.

Without the mark Excel takes the file for one in the alphabet of the machine, and
shows other letters in the place of accented ones.

Authors are ``Family, Given`` with ``; `` between them; a corporate name stands
in braces, and a single name that reads like two ends with ``;``. Identifiers
besides DOI and arXiv id are apart by spaces.

A cell that a spreadsheet would run as a formula gets an apostrophe before it.
The rule is reversible: a cell that begins with apostrophes or characters that
are not seen and then one of ``= + - @``, a tab or their wide forms has exactly
one apostrophe too many; `escaping.original_cell` takes it off.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from recommender.domain import Author, Paper
from recommender.domain.status import in_force, web_link
from recommender.escaping import one_line, safe_cell, web_url
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import (
    date_text,
    identifiers_beside,
    month_of,
    part_of_year,
    year_of,
)

_NAMES = """
id title authors year published venue kind url doi arxiv identifiers listed abstract
abstract_is_summary publication_status record_type notice tags note citation_key month
volume number pages publisher place series edition genre issn isbn keywords source_note
files citations
"""
COLUMNS = tuple(_NAMES.split())

_NO_BRACES = str.maketrans("{}", "()")


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write the heading and one row a paper."""
    text = io.StringIO()
    text.write("\ufeff")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(
        [safe_cell(one_line(cell)) for cell in _row(paper, heading)] for paper in papers
    )
    return text.getvalue()


def _row(paper: Paper, heading: Heading) -> list[str]:
    year, details = year_of(paper), paper.details
    listed = paper.listed_at
    return [
        paper.paper_id,
        paper.title,
        _authors(paper.authors),
        "" if year is None else str(year),
        date_text(paper) if month_of(paper) else "",
        paper.venue,
        paper.kind,
        web_url(paper.url),
        paper.identifier("doi"),
        paper.identifier("arxiv"),
        " ".join(identifiers_beside(paper, "doi", "arxiv")),
        listed.date().isoformat() if listed else "",
        paper.abstract,
        "true" if paper.abstract_is_summary else "",
        paper.status,
        paper.record_type,
        _notice(paper),
        "; ".join(heading.tags_of(paper)),
        heading.note(paper),
        paper.citation_key,
        part_of_year(paper),
        details.volume,
        details.number,
        details.pages,
        details.publisher,
        details.place,
        details.series,
        details.edition,
        details.genre,
        details.issn,
        details.isbn,
        "; ".join(x.replace(";", ",") for x in details.keywords),
        details.note,
        "; ".join(details.files),
        "" if paper.citations is None else str(paper.citations),
    ]


def _notice(paper: Paper) -> str:
    """Return the address of the notice about a paper; of a notice, that of its work."""
    said = paper.status or paper.record_type
    links = (web_link(x.link) for x in in_force(paper.statements) if x.says == said)
    return web_url(next(filter(None, links), ""))


def _authors(authors: Sequence[Author]) -> str:
    names = list(filter(None, map(_author, authors)))
    # "Van Siclen, Clinton J." alone could be two people; the mark says that it is one.
    one = len(names) == 1 and all(" " in x.strip() for x in names[0].split(","))
    return "; ".join(names) + (";" if one and "," in names[0] else "")


def _author(author: Author) -> str:
    if author.family and author.given and not author.literal:
        return f"{author.family}, {author.given}"
    if author.literal or not author.family:
        name = author.literal or author.given
        return f"{{{name.translate(_NO_BRACES)}}}" if name else ""
    return f"{author.family}," if {*author.family} & {*", ;"} else author.family
