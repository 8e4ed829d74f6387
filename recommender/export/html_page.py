"""A reading list as one HTML page: nothing loaded from anywhere, fit for printing.

Everything is escaped by the template; the page's own policy forbids scripts
and requests, whatever a title holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from recommender.domain import Paper
from recommender.domain.status import badges
from recommender.escaping import link_of, shown, web_url
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import day_of, year_of


def status_of(paper: Paper) -> list[tuple[str, str, str]]:
    """Return status and record type, each as label, word and address of its link or ``""``."""
    return [(x.label, x.word, web_url(x.link)) for x in badges(paper.statements)]


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters["shown"] = shown
_ENVIRONMENT.globals.update(link_of=link_of, status_of=status_of)


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write the page; "" for no papers."""
    if not papers:
        return ""
    template = _ENVIRONMENT.get_template("list.html.j2")
    return template.render(papers=papers, heading=heading, date_of=_date_of)


def _date_of(paper: Paper) -> str:
    day, year = day_of(paper), year_of(paper)
    return day.isoformat() if day else "" if year is None else str(year)
