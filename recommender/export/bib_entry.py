"""What BibTeX and BibLaTeX write alike: entries, names, verbatim values. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from recommender.domain import Paper
from recommender.domain.status import badges
from recommender.escaping import one_line, web_url
from recommender.export.author_names import NameParts, known_names
from recommender.export.citation_keys import citation_keys
from recommender.export.latex_escape import escape, is_balanced
from recommender.export.list_metadata import Heading
from recommender.export.paper_fields import abstract_of, identifiers_beside

EntryType = tuple[str, str]
"""The type of an entry, and the field in which its venue stands."""
ENTRY_TYPES: Mapping[str, EntryType] = {
    "paper-conference": ("inproceedings", "booktitle"),
    "chapter": ("incollection", "booktitle"),
    "book": ("book", "publisher"),
}
"""What a paper is, in CSL's words, where both have one type for it."""
OTHER: EntryType = ("misc", "howpublished")
"""The type of all that has none."""
Fields = Callable[[Paper, EntryType], Iterable[tuple[str, str]]]
"""A paper and its type to field names and values, the values with their delimiters."""


def entries(papers: Sequence[Paper], types: Mapping[str, EntryType], fields_of: Fields) -> str:
    """Return one entry a paper, a blank line between them; "" for no papers."""
    written = []
    for key, paper in zip(citation_keys(papers), papers, strict=True):
        entry_type = types.get(paper.kind, OTHER)
        lines = (f"  {field} = {value},\n" for field, value in fields_of(paper, entry_type))
        written.append(f"@{entry_type[0]}{{{key},\n{''.join(lines)}}}\n")
    return "\n".join(written)


def last_fields(paper: Paper, heading: Heading, note: str) -> dict[str, str]:
    """Return the fields with which entries end: address, further ids, what a reader said, abstract.

    `note` is the field for the reader's note; empty values are to be left out.
    """
    return {
        "url": verbatim(web_url(paper.url)),
        "identifiers": verbatim(" ".join(identifiers_beside(paper, "doi", "arxiv", "pmid"))),
        "keywords": keywords(heading.tags_of(paper)),
        note: escape(heading.note(paper)),
        "abstract": escape(abstract_of(paper)),
    }


def status_note(paper: Paper) -> str:
    """Return status and notice as a note that styles print, ``""`` where there is none."""
    said = []
    for badge in badges(paper.statements):
        link = verbatim(web_url(badge.link))
        where = f" {badge.word.capitalize()}: \\url{{{link}}}" if link else ""
        said.append(f"{escape(badge.label)}.{where}")
    return " ".join(said)


def authors(paper: Paper) -> str:
    """Return the names of a paper's authors in order, as one value."""
    return " and ".join(map(name, known_names(paper.authors)))


def verbatim(text: str) -> str:
    """Return an address or identifier as it is.

    Percent-encoded are lone braces, and what TeX takes for a command: backslashes and ``^^``.
    """
    line = one_line(text).replace("\\", "%5C").replace("^^", "%5E%5E")
    return line if is_balanced(line) else line.replace("{", "%7B").replace("}", "%7D")


def keywords(tags: Iterable[str]) -> str:
    """Return tags for a field that is cut at commas."""
    return ", ".join(escape(x.replace(",", " ")) for x in tags)


def name(parts: NameParts) -> str:
    """Return a name as ``von Last, Jr, First``; braces keep it from being cut apart."""
    if parts.literal or not (parts.given or parts.is_plain_family):
        return f"{{{escape(parts.literal or f'{parts.last} {parts.suffix}'.strip())}}}"
    family = _guarded(parts.family, parts.has_inner_particle)
    last = f"{escape(parts.particle)} {family}".strip()
    given = _guarded(parts.given)
    return ", ".join(x for x in (last, escape(parts.suffix), given) if x)


def _guarded(part: str, always: bool = False) -> str:
    escaped = escape(part)
    cut = always or "," in part or "and" in part.casefold().split()
    return f"{{{escaped}}}" if cut else escaped
