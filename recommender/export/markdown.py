"""A reading list in Markdown: linked title, names, venue, notes and abstract of each paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import indent

from recommender.domain import Paper
from recommender.domain.status import badges
from recommender.escaping import link_of, markdown, markdown_link, one_line
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import day_of, year_of


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write a numbered list, a blank line between papers; "" for no papers."""
    return "\n".join(_entry(n, paper, heading) for n, paper in enumerate(papers, 1))


def _entry(n: int, paper: Paper, heading: Heading) -> str:
    title = markdown_link(paper.title, link_of(paper)) if one_line(paper.title) else "(no title)"
    head = "  \n".join(x for x in (f"**{title}**", *status_of(paper), _details(paper)) if x)
    body = "\n\n".join(x for x in (head, _own_words(paper, heading), _abstract(paper)) if x)
    mark = f"{n}. "
    return f"{mark}{indent(body, ' ' * len(mark)).lstrip()}\n"


def status_of(paper: Paper) -> Iterator[str]:
    """Yield status and record type, linked to their notice where one is known."""
    for badge in badges(paper.statements):
        link = f" ({markdown_link(badge.word, badge.link)})" if badge.link else ""
        yield f"**[{markdown(badge.label)}]**{link}"


def _details(paper: Paper) -> str:
    names = ", ".join(markdown(x.name) for x in paper.authors if one_line(x.name))
    venue = f"*{markdown(paper.venue)}*" if one_line(paper.venue) else ""
    day, year = day_of(paper), year_of(paper)
    date = day.isoformat() if day else "" if year is None else str(year)
    return ". ".join(x for x in (names, ", ".join(y for y in (venue, date) if y)) if x)


def _own_words(paper: Paper, heading: Heading) -> str:
    tags = ", ".join(markdown(x) for x in heading.tags_of(paper))
    note = markdown(heading.note(paper))
    lines = (f"*Tags:* {tags}" if tags else "", f"*Note:* {note}" if note else "")
    return "\n\n".join(x for x in lines if x)


def _abstract(paper: Paper) -> str:
    if not one_line(paper.abstract):
        return ""
    own = "*Summary by paperloop:* " if paper.abstract_is_summary else ""
    return f"{own}{markdown(paper.abstract)}"
