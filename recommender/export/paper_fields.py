"""What several formats need to know of a paper and no field holds as it is. Pure."""

from __future__ import annotations

from datetime import date

from recommender.domain import Paper

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
