"""One BibTeX entry as a paper: values joined, LaTeX decoded, fields under our names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from recommender.domain import Paper, StatusStatement
from recommender.sources.bounds import MAX_VENUE, why_too_long
from recommender.sources.file_format import Entry, Refusal, Unread, entry_or_refusal
from recommender.sources.parsing.author_names import bibtex_byline
from recommender.sources.parsing.clean_text import plain_text, without_control
from recommender.sources.parsing.dates import PartialDate, day_of_year, parse_date
from recommender.sources.parsing.identifier_fields import (
    arxiv_in_note,
    identifier_in_url,
    known_identifiers,
    parse_identifier,
    scheme_identifier,
    web_address,
)
from recommender.sources.parsing.latex import decode_latex, unescape_latex
from recommender.sources.parsing.reference_record import join_title
from recommender.sources.parsing.status_fields import remark_statements

KINDS = {
    "article": "article-journal",
    "book": "book",
    "booklet": "pamphlet",
    "collection": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "mastersthesis": "thesis",
    "mvbook": "book",
    "online": "webpage",
    "electronic": "webpage",
    "patent": "patent",
    "phdthesis": "thesis",
    "proceedings": "book",
    "report": "report",
    "software": "software",
    "techreport": "report",
    "thesis": "thesis",
    "unpublished": "manuscript",
    "www": "webpage",
}
"""BibTeX's and BibLaTeX's entry types in CSL's words; others have no kind."""

MAX_FORGOTTEN = 50
"""Most commas in a row that are made up for; each costs a walk over the rest of the entry."""

_VENUES = ("journal", "journaltitle", "booktitle", "school", "institution")
_TELLING = (
    *("doi", "url", "pmid", "archiveprefix", "eprinttype", "eprint"),
    *("journal", "journaltitle", "volume", "howpublished", "note", "identifiers"),
)
_WEBSITES = ("online", "electronic", "www")
_FURTHER_VENUES = {
    "book": ("publisher",),
    "dataset": ("organization",),
    "software": ("organization",),
    "webpage": ("titleaddon", "organization"),
}
# Where and when a page was seen; "Workshop on Abusive Language Online" is a venue.
_NO_VENUE = re.compile(
    r"\burl\b|https?:|www\.|arxiv|\b(?:accessed|visited|retrieved)\b|\bonline publication\b"
    r"|\baccess(?=\W*(?:on\b|date|\d))|^\W*(?:available\W+)?online(?=\W*(?:$|available|at\b))",
    re.IGNORECASE,
)
_RUN_ON = re.compile(r"\s*([A-Za-z][\w-]{0,60})\s*=\s*(\S.*)", re.DOTALL)
_ESCAPED = re.compile(r"\{?\\([_%&#~$<>])\}?")
_BRACE = re.compile(r"(?<!\\)[{}]")
_BRACE_OR_QUOTE = re.compile(r'(?<!\\)[{}"]')
_JOINT = re.compile(r"\s*#")
_WORD = re.compile(r'[^\s#{}"]+')


def value_of(raw: str, strings: Mapping[str, str]) -> str:
    """Return a field's value without its delimiters, ``#`` joins and strings resolved.

    A name that no ``@string`` defines stands for itself.
    """
    return _value_and_rest(raw, strings)[0]


def values_of(raw: Mapping[str, str], strings: Mapping[str, str]) -> dict[str, str]:
    """Return the values of an entry's fields, those after a forgotten comma among them."""
    fields: dict[str, str] = {}
    for name, text in raw.items():
        value, rest = _value_and_rest(text, strings)
        fields.setdefault(name, value)
        for _ in range(MAX_FORGOTTEN):
            if (run_on := _RUN_ON.match(rest)) is None:
                break
            value, rest = _value_and_rest(run_on.group(2), strings)
            fields.setdefault(run_on.group(1).lower(), value)
    return fields


def _value_and_rest(raw: str, strings: Mapping[str, str]) -> tuple[str, str]:
    """Return a value, and what follows it without a ``#`` between them."""
    raw, parts, place = raw.strip(), [], 0
    while place < len(raw):
        sign = raw[place]
        if sign in '{"':
            end = _closing(raw, place)
            parts.append(raw[place + 1 : end])
            place = end + 1
        elif word := _WORD.match(raw, place):
            parts.append(strings.get(word.group().lower(), word.group()))
            place = word.end()
        else:
            place += 1
            continue
        joint = _JOINT.match(raw, place)
        if joint is None:
            break
        place = joint.end()
    return "".join(parts), raw[place:]


def _closing(raw: str, start: int) -> int:
    """Return the place of the brace or quote that closes the one at `start`, or the end."""
    quoted, depth = raw[start] == '"', 0
    for mark in (_BRACE_OR_QUOTE if quoted else _BRACE).finditer(raw, start + quoted):
        depth += {"{": 1, "}": -1}.get(mark.group(), 0)
        if depth == 0 and (not quoted or mark.group() == '"'):
            return mark.start()
    return len(raw)


def entry_from(
    line: int, entry_type: str, raw: Mapping[str, str], strings: Mapping[str, str]
) -> Entry | Refusal:
    """Return the paper of an entry, or why there is none.

    Parameters
    ----------
    line
        Where the entry starts, from 1.
    entry_type, raw
        Type and fields in lower case, values as they stand in the file.
    strings
        What ``@string`` and the names of the months stand for.
    """
    if why := why_too_long(raw):
        return Refusal(line, why)
    fields = values_of({name: value for name, value in raw.items() if value}, strings)
    identifiers = known_identifiers(_identifiers(fields))
    time = _time(fields)
    authors, understood = bibtex_byline(fields.get("author", ""))
    unread = () if understood else (Unread("authors", _prose(fields["author"])),)
    paper = Paper(
        title=_title(entry_type, fields),
        abstract=_prose(fields.get("abstract", "")),
        authors=authors,
        year=time.year,
        published_at=time.at,
        venue=_venue(entry_type, fields)[:MAX_VENUE],
        url=web_address(fields.get("url", "")),
        kind=KINDS.get(entry_type, _kind_of_other(identifiers)),
        identifiers=identifiers,
        statements=tuple(_statements(fields)),
    )
    return entry_or_refusal(line, paper, unread)


def _statements(fields: Mapping[str, str]) -> Iterator[StatusStatement]:
    """Yield what the notes and the state of publication say."""
    for name in ("note", "addendum", "pubstate"):
        if text := fields.get(name, ""):
            yield from remark_statements(_prose(text.replace("\\url", "")), "note")


def _prose(latex: str) -> str:
    return plain_text(unescape_latex(decode_latex(latex)))


def _venue(entry_type: str, fields: Mapping[str, str]) -> str:
    names = [*_VENUES, *_FURTHER_VENUES.get(KINDS.get(entry_type, ""), ())]
    if entry_type == "misc" and not _NO_VENUE.search(fields.get("howpublished", "")):
        names.append("howpublished")
    return next((_prose(fields[name]) for name in names if fields.get(name)), "")


def _title(entry_type: str, fields: Mapping[str, str]) -> str:
    """Return title, subtitle and the annex printed after them; of a nameless whole, its own."""
    names = [("title", "subtitle")]
    if KINDS.get(entry_type) == "book":
        names += [("booktitle", "booksubtitle"), ("maintitle", "mainsubtitle")]
    annex = "" if entry_type in _WEBSITES else _prose(fields.get("titleaddon", ""))
    for name, sub_name in names:
        if title := _prose(fields.get(name, "")):
            title = join_title(title, _prose(fields.get(sub_name, "")))
            return (
                f"{title} {annex}"
                if annex[:1].islower()
                else ". ".join(filter(None, (title, annex)))
            )
    return annex


def _kind_of_other(identifiers: tuple[str, ...]) -> str:
    return "article" if any(x.startswith("arxiv:") for x in identifiers) else ""


def _time(fields: Mapping[str, str]) -> PartialDate:
    date, year = parse_date(fields.get("date", "")), parse_date(_prose(fields.get("year", "")))
    known_year = date.year or year.year
    if date.at or known_year is None:
        return PartialDate(known_year, date.at)
    month, day = _prose(fields.get("month", "")), _prose(fields.get("day", ""))
    if month.isdecimal() and day.isdecimal():
        return PartialDate(known_year, parse_date(f"{known_year}-{month}-{day}").at)
    return PartialDate(known_year, day_of_year(known_year, f"{month} {day}"))


def _identifiers(fields: Mapping[str, str]) -> Iterator[str]:
    """Yield what names the paper, ``""`` among it; an arXiv id also from a journal's name."""
    text = {name: without_control(fields.get(name, "")) for name in _TELLING}
    yield scheme_identifier("doi", _BRACE.sub("", _ESCAPED.sub(r"\1", text["doi"])))
    yield identifier_in_url(web_address(text["url"]))
    yield scheme_identifier("pmid", text["pmid"]) if text["pmid"].isdecimal() else ""
    prefix = (text["archiveprefix"] or text["eprinttype"]).lower()
    if prefix in ("", "arxiv"):
        yield scheme_identifier("arxiv", text["eprint"])
    elif prefix == "pubmed":
        yield scheme_identifier("pmid", text["eprint"])
    for name in ("journal", "journaltitle", "volume", "howpublished"):
        yield arxiv_in_note(text[name])
    yield scheme_identifier("arxiv", text["note"])
    yield from map(parse_identifier, text["identifiers"].split())
