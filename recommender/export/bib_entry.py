"""What BibTeX and BibLaTeX write alike: entries, names, verbatim values. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from recommender.domain import Paper
from recommender.domain.status import badges
from recommender.escaping import one_line, web_url
from recommender.export.author_names import NameParts, known_names
from recommender.export.citation_keys import citation_keys
from recommender.export.latex_escape import escape, is_balanced
from recommender.export.list_metadata import Heading
from recommender.export.paper_fields import abstract_of, identifiers_beside, keywords_of

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
MASTERS_THESIS = "masters-thesis"
"""A thesis that has an entry type of its own in BibTeX."""

_RANGE = re.compile(r"(\w)\s*[-–—]+\s*(\w)")
_COMMAND = re.compile(r"\\[^:;\\_]")

Fields = Callable[[Paper, EntryType], Iterable[tuple[str, str]]]
"""A paper and its type to field names and values, the values with their delimiters."""


def entries(papers: Sequence[Paper], types: Mapping[str, EntryType], fields_of: Fields) -> str:
    """Return one entry a paper, a blank line between them; "" for no papers."""
    written = []
    for key, paper in zip(citation_keys(papers), papers, strict=True):
        entry_type = types.get(_kind(paper, types), OTHER)
        lines = (f"  {field} = {value},\n" for field, value in fields_of(paper, entry_type))
        written.append(f"@{entry_type[0]}{{{key},\n{''.join(lines)}}}\n")
    return "\n".join(written)


def _kind(paper: Paper, types: Mapping[str, EntryType]) -> str:
    if paper.kind == "thesis" and MASTERS_THESIS in types and is_masters_thesis(paper):
        return MASTERS_THESIS
    return paper.kind


def is_masters_thesis(paper: Paper) -> bool:
    """Say whether a thesis is a master's."""
    return paper.details.genre.casefold().startswith("master")


def issue_fields(paper: Paper, venue_field: str, place: str) -> dict[str, str]:
    """Return venue, volume, pages and the like; `place` is the field for the publisher's place."""
    details = paper.details
    known = {
        "volume": details.volume,
        "number": details.number,
        "pages": details.pages,
        "publisher": details.publisher,
        place: details.place,
        "series": details.series,
        "edition": details.edition,
        "issn": details.issn,
        "isbn": details.isbn,
    }
    if one_line(paper.venue):
        known[venue_field] = paper.venue
    fields = {venue_field: "", **known} if venue_field not in known else known
    written = {name: escape(value) for name, value in fields.items() if value}
    if "pages" in written:
        written["pages"] = _RANGE.sub(r"\1--\2", escape(details.pages.replace("--", "-")))
    return written


def last_fields(paper: Paper, heading: Heading, note: str, identifiers: str) -> dict[str, str]:
    """Return the fields with which entries end: address, further ids, notes, files, abstract.

    `note` is the field for the reader's note, `identifiers` the one for ids without a field;
    empty values are to be left out.
    """
    return {
        "url": verbatim(web_url(paper.url)),
        identifiers: verbatim(" ".join(identifiers_beside(paper, "doi", "arxiv", "pmid"))),
        "keywords": keywords(keywords_of(paper, heading.tags_of(paper))),
        note: escape(heading.note(paper)),
        "file": ";".join(filter(None, map(_file, paper.details.files))),
        "abstract": escape(abstract_of(paper)),
    }


def printed_note(paper: Paper) -> str:
    """Return status, notice and the reference list's own note, which styles print, or ``""``."""
    said = []
    for badge in badges(paper.statements):
        if f"{badge.label}." in paper.details.note:
            continue
        link = verbatim(web_url(badge.link))
        where = f" {badge.word.capitalize()}: \\url{{{link}}}" if link else ""
        said.append(f"{escape(badge.label)}.{where}")
    return " ".join(filter(None, (*said, escape(paper.details.note))))


def _file(link: str) -> str:
    """Return a link to a file as it came; backslashes may only escape there."""
    line = one_line(link)
    plain = is_balanced(line) and not _COMMAND.search(line) and "^^" not in line
    return line if plain else verbatim(line).replace(";", "\\;")


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
    last = f"{_guarded(parts.particle)} {family}".strip()
    given = _guarded(parts.given)
    return ", ".join(x for x in (last, escape(parts.suffix), given) if x)


def _guarded(part: str, always: bool = False) -> str:
    escaped = escape(part)
    cut = always or "," in part or "and" in part.casefold().split()
    return f"{{{escaped}}}" if cut else escaped
