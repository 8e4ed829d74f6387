"""What several formats need to know of a paper and no field holds as it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from recommender.domain import Paper
from recommender.escaping import one_line

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def year_of(paper: Paper) -> int | None:
    """Return the year of publication, from the date where no year is stored."""
    if paper.year is not None:
        return paper.year
    return paper.published_at.year if paper.published_at else None


def day_of(paper: Paper) -> date | None:
    """Return the day of publication, or None when unknown or at odds with the year."""
    if paper.published_at is None or paper.published_at.year != year_of(paper):
        return None
    return paper.published_at.date()


def month_of(paper: Paper) -> int | None:
    """Return the month of publication, of its day where that is known, or None."""
    if day := day_of(paper):
        return day.month
    month = paper.details.month
    return int(month) if month.isdecimal() and 1 <= int(month) <= len(MONTHS) else None


def part_of_year(paper: Paper) -> str:
    """Return what is known of the time in the year if it is no month (``Spring``), or ``""``."""
    return "" if month_of(paper) else one_line(paper.details.month)


def date_text(paper: Paper) -> str:
    """Return day, month or year in ISO 8601, as far as it is known."""
    year, day, month = year_of(paper), day_of(paper), month_of(paper)
    if day:
        return day.isoformat()
    if year is None:
        return ""
    # ISO 8601 and EDTF want four digits, and a minus before the year 0.
    written = f"{'-' if year < 0 else ''}{abs(year):04d}"
    return f"{written}-{month:02d}" if month else written


def file_path(link: str) -> str:
    """Return the path in a link to a file as JabRef and Zotero write it (``name:path:type``)."""
    parts = re.split(r"(?<!\\):", one_line(link))
    path = ":".join(parts[1:-1]) if len(parts) > 2 and parts[1] else one_line(link)
    return re.sub(r"\\([:;\\_])", r"\1", path)


def keywords_of(paper: Paper, tags: Iterable[str]) -> list[str]:
    """Return the reader's tags and the paper's own keywords, each once."""
    return list(dict.fromkeys((*tags, *map(one_line, paper.details.keywords))))


def identifiers_of(paper: Paper) -> tuple[str, ...]:
    """Return all identifiers with their scheme, the canonical id first, each once."""
    known = dict.fromkeys((paper.paper_id, *paper.identifiers))
    return tuple(x for x in known if x and not x.startswith("title:"))


def identifiers_beside(paper: Paper, *schemes: str) -> tuple[str, ...]:
    """Return the identifiers that are not the first of one of these schemes.

    They are what a format with a field for these schemes would lose.
    """
    shown = {f"{scheme}:{paper.identifier(scheme)}" for scheme in schemes}
    return tuple(x for x in identifiers_of(paper) if x not in shown)


def abstract_of(paper: Paper) -> str:
    """Return the paper's own abstract; a summary of ours is not passed off as one."""
    return "" if paper.abstract_is_summary else paper.abstract
