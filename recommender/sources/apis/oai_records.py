"""One record of an OAI-PMH answer in the forms arXiv gives and in Dublin Core. Pure."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from recommender.domain import Author
from recommender.domain.identifiers import normalise_arxiv
from recommender.sources.apis.arxiv import id_year, paper_url, version_in
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.adapter import author_from_parts, nonempty_authors, parse_author
from recommender.sources.parsing.author_names import plain_authors
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.identifier_fields import parse_identifier as identifier_in
from recommender.sources.parsing.reference_record import Reference, clean_prose, reference_entry
from recommender.sources.parsing.status_fields import remark_statements, type_statements
from recommender.sources.parsing.xml_stream import inner_text

_OF_ARXIV = re.compile(r"^oai:arxiv\.org:", re.IGNORECASE)
_NOTE = re.compile(r"\s*comments?:", re.IGNORECASE)
_KINDS = (
    ("thesis", "thesis"),
    ("dissertation", "thesis"),
    ("conference", "paper-conference"),
    ("proceeding", "paper-conference"),
    ("bookpart", "chapter"),
    ("chapter", "chapter"),
    ("book", "book"),
    ("report", "report"),
    ("preprint", "article"),
    ("article", "article-journal"),
    ("dataset", "dataset"),
    ("software", "software"),
)


def arxiv_record(line: int, record: Element, identifier: str) -> Entry | Refusal:
    """Return the paper of arXiv's own form, which has the authors' names in parts."""
    arxiv_id = normalise_arxiv(_text(record, "id")) or _arxiv_in(identifier)
    if not arxiv_id:
        return Refusal(line, "it has no arXiv id")
    authors = nonempty_authors(_author(x) for x in record.findall("authors/author"))
    return _of_arxiv(line, record, arxiv_id, authors, parse_date(_text(record, "created")))


def arxiv_raw_record(line: int, record: Element, identifier: str) -> Entry | Refusal:
    """Return the paper of arXiv's raw form: authors in one line, a date for each version."""
    arxiv_id = normalise_arxiv(_text(record, "id")) or _arxiv_in(identifier)
    if not arxiv_id:
        return Refusal(line, "it has no arXiv id")
    names = re.sub(r"(?<!\s)\s*+\([^()]*+\)", "", _text(record, "authors"))
    first = parse_date(inner_text(record.find("version/date")))
    numbers = [version_in(f"0{x.get('version', '')}") for x in record.findall("version")]
    newest = max((x for x in numbers if x), default=None)
    return _of_arxiv(line, record, arxiv_id, plain_authors(names) or (), first, newest)


def _of_arxiv(
    line: int,
    record: Element,
    arxiv_id: str,
    authors: tuple[Author, ...],
    time: PartialDate,
    version: int | None = None,
) -> Entry | Refusal:
    # Several DOIs are the article's and then those of its errata.
    doi = re.split(r"[,;\s]+", _text(record, "doi").strip())[0]
    reference = Reference(
        title=_text(record, "title"),
        abstract=_text(record, "abstract"),
        authors=authors,
        time=PartialDate(time.year or id_year(arxiv_id), time.at),
        venue=_text(record, "journal-ref"),
        url=paper_url(arxiv_id),
        kind="article",
        doi=doi,
        statements=tuple(remark_statements(_text(record, "comments"), "arxiv")),
        version=version,
    )
    return reference_entry(line, reference)


def dublin_core_record(line: int, record: Element, identifier: str) -> Entry | Refusal:
    """Return the paper of a Dublin Core record, of which any element may come often or never."""
    fields = {x.tag: [inner_text(y) for y in record.findall(x.tag)] for x in record}
    arxiv_id = _arxiv_in(identifier)
    names = [x.strip() for x in fields.get("identifier", []) + fields.get("relation", [])]
    dates = sorted((x for x in map(parse_date, fields.get("date", [])) if x.year), key=_order)
    notes = [x[m.end() :] for x in fields.get("description", []) if (m := _NOTE.match(x))]
    abstracts = [x for x in fields.get("description", []) if not _NOTE.match(x)]
    first = dates[0] if dates else PartialDate()
    reference = Reference(
        title=next(iter(fields.get("title", [])), ""),
        abstract=max(abstracts, key=len, default=""),
        authors=nonempty_authors(map(_one_line, fields.get("creator", []))),
        time=PartialDate(first.year or id_year(arxiv_id), first.at),
        venue="" if arxiv_id else next(iter(fields.get("source", [])), ""),
        url=paper_url(arxiv_id) if arxiv_id else "",
        addresses=tuple(x for x in fields.get("identifier", []) if "://" in x),
        kind="article" if arxiv_id else _kind(fields.get("type", [])),
        identifiers=_identifiers(arxiv_id, names[: len(fields.get("identifier", []))]),
        statements=(
            *type_statements(fields.get("type", []), "oai-pmh"),
            *(y for x in notes for y in remark_statements(x, "arxiv" if arxiv_id else "note")),
        ),
    )
    return reference_entry(line, reference)


def _identifiers(arxiv_id: str, names: list[str]) -> tuple[str, ...]:
    """Return one identifier a scheme: a second DOI is that of something related."""
    found: dict[str, str] = {}
    for one in (arxiv_id, *(identifier_in(x.removeprefix("info:doi/")) for x in names)):
        found.setdefault(one.partition(":")[0], one)
    return tuple(found.values())


def _order(day: PartialDate) -> tuple[int, str]:
    return day.year or 0, day.at.isoformat() if day.at else ""


def _kind(types: list[str]) -> str:
    joined = " ".join(types).lower().replace(" ", "").replace("_", "")
    return next((kind for word, kind in _KINDS if word in joined), "")


def _one_line(name: str) -> Author:
    family, comma, given = clean_prose(name).partition(",")
    return author_from_parts(family, given) if comma else parse_author(name)


def _author(element: Element) -> Author:
    family = " ".join(inner_text(x).strip() for x in element.findall("keyname"))
    return author_from_parts(family, _text(element, "forenames"), _text(element, "suffix"))


def _arxiv_in(identifier: str) -> str:
    found = _OF_ARXIV.match(identifier)
    return normalise_arxiv(identifier[found.end() :]) if found else ""


def _text(element: Element, path: str) -> str:
    return inner_text(element.find(path))
