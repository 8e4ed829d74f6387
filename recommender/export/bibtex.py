r"""BibTeX, as BibTeX 0.99d and biber read it: UTF-8, one field a line.

Entry types follow `Paper.kind`; what is no article, conference paper, book or
thesis is ``@misc``. Preprints carry ``eprint`` and ``archivePrefix``.
Identifiers without a field of their own stand in ``identifiers``, which no
style prints. Addresses and identifiers are verbatim, as ``\url`` wants them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recommender.domain import Paper
from recommender.export.facts import (
    MONTHS,
    abstract_of,
    day_of,
    identifiers_beside,
    year_of,
)
from recommender.export.keys import citation_keys
from recommender.export.latex import escape, escape_title, is_balanced
from recommender.export.names import NameParts, known_names
from recommender.markup import one_line, web_url

ENTRY_TYPES = {
    "article-journal": ("article", "journal"),
    "paper-conference": ("inproceedings", "booktitle"),
    "book": ("book", "publisher"),
    "thesis": ("phdthesis", "school"),
}
"""What a paper is, in CSL's words: its entry type and the field of its venue."""
OTHER = ("misc", "howpublished")


def write(papers: Sequence[Paper]) -> str:
    """Write one entry a paper, a blank line between them; "" for no papers."""
    entries = (_entry(*x) for x in zip(citation_keys(papers), papers, strict=True))
    return "\n".join(entries)


def _entry(key: str, paper: Paper) -> str:
    kind, venue_field = ENTRY_TYPES.get(paper.kind, OTHER)
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(paper, venue_field))
    return f"@{kind}{{{key},\n{fields}}}\n"


def _fields(paper: Paper, venue_field: str) -> Iterator[tuple[str, str]]:
    day = day_of(paper)
    year = year_of(paper)
    values = {
        "title": escape_title(paper.title),
        "author": " and ".join(map(_name, known_names(paper.authors))),
        "year": "" if year is None else str(year),
        venue_field: escape(paper.venue),
        "doi": _verbatim(paper.identifier("doi")),
        "eprint": _verbatim(paper.identifier("arxiv")),
        "archivePrefix": "arXiv" if paper.identifier("arxiv") else "",
        "pmid": _verbatim(paper.identifier("pmid")),
        "url": _verbatim(web_url(paper.url)),
        "identifiers": _verbatim(" ".join(identifiers_beside(paper, "doi", "arxiv", "pmid"))),
        "abstract": escape(abstract_of(paper)),
    }
    for name, value in values.items():
        if value:
            yield name, f"{{{value}}}"
        if name == "year" and day:
            yield "month", MONTHS[day.month - 1]


def _verbatim(text: str) -> str:
    line = one_line(text)
    return line if is_balanced(line) else line.replace("{", "%7B").replace("}", "%7D")


def _name(name: NameParts) -> str:
    if name.literal or not (name.given or name.is_plain_family):
        return f"{{{escape(name.literal or f'{name.last} {name.suffix}'.strip())}}}"
    family = _guarded(name.family, name.has_inner_particle)
    last = f"{escape(name.particle)} {family}".strip()
    given = _guarded(name.given)
    return ", ".join(x for x in (last, escape(name.suffix), given) if x)


def _guarded(part: str, always: bool = False) -> str:
    """Escape a part of a name; braces keep BibTeX from cutting it apart."""
    escaped = escape(part)
    cut = always or "," in part or "and" in part.casefold().split()
    return f"{{{escaped}}}" if cut else escaped
