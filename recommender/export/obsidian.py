"""A reading list as a note for Obsidian: front matter, a heading a paper, callouts.

The front matter is YAML whose values are JSON strings, which YAML reads as
they are. Abstracts are folded callouts; the reader's tags are Obsidian's, its
letters, digits, ``-``, ``_`` and ``/``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from recommender.domain import Paper
from recommender.escaping import link_of, markdown, markdown_link, one_line, shown
from recommender.export.citation_keys import citation_keys
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.markdown import status_of
from recommender.export.paper_fields import day_of, year_of

_NOT_TAG = re.compile(r"[^\w/-]+")


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write the front matter and one section a paper; "" for no papers."""
    if not papers:
        return ""
    keyed = zip(citation_keys(papers), papers, strict=True)
    sections = [_section(key, paper, heading) for key, paper in keyed]
    return "\n".join((_front_matter(papers, heading), *sections))


def _front_matter(papers: Sequence[Paper], heading: Heading) -> str:
    facts = {
        "title": _yaml(heading.name),
        "description": _yaml(heading.about) if one_line(heading.about) else "",
        "updated": heading.updated_at.date().isoformat() if heading.updated_at else "",
        "papers": str(len(papers)),
        "tags": "[paperloop]",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in facts.items() if value)
    return f"---\n{lines}---\n"


def _section(key: str, paper: Paper, heading: Heading) -> str:
    title = markdown_link(paper.title, link_of(paper)) if one_line(paper.title) else "(no title)"
    properties = "".join(f"- {name}: {value}\n" for name, value in _properties(key, paper))
    tags = " ".join(f"#{x}" for x in map(_tag, heading.tags_of(paper)) if x)
    own = "Summary by paperloop" if paper.abstract_is_summary else "Abstract"
    parts = [
        f"## {title}\n",
        properties,
        f"{tags}\n" if tags else "",
        _callout("note", "Note", heading.note(paper)),
        _callout("abstract", own, one_line(paper.abstract), folded=True),
    ]
    return "\n".join(x for x in parts if x)


def _properties(key: str, paper: Paper) -> Iterator[tuple[str, str]]:
    day, year = day_of(paper), year_of(paper)
    values = {
        "authors": ", ".join(markdown(x.name) for x in paper.authors if one_line(x.name)),
        "date": day.isoformat() if day else "" if year is None else str(year),
        "venue": markdown(paper.venue),
        "status": " ".join(status_of(paper)),
        "citekey": markdown(f"@{key}"),
        "id": markdown(paper.paper_id),
    }
    return ((name, value) for name, value in values.items() if value)


def _callout(kind: str, title: str, text: str, *, folded: bool = False) -> str:
    return f"> [!{kind}]{'-' if folded else ''} {title}\n> {markdown(text)}\n" if text else ""


def _tag(tag: str) -> str:
    slug = _NOT_TAG.sub("-", shown(tag)).strip("-/")
    # A tag of digits alone is none in Obsidian.
    return f"n{slug}" if slug.isdigit() else slug


def _yaml(text: str) -> str:
    return json.dumps(shown(text), ensure_ascii=False)
