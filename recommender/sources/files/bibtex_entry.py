"""One BibTeX entry as a paper: values joined, LaTeX decoded, fields under our names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from recommender.domain import NO_DETAILS, Details, Paper, StatusStatement
from recommender.domain.citation_keys import is_citation_key
from recommender.sources.bounds import MAX_VENUE, why_too_long
from recommender.sources.file_format import Entry, Refusal, Unread, entry_or_refusal
from recommender.sources.parsing.author_names import bibtex_byline
from recommender.sources.parsing.clean_text import plain_text, without_control
from recommender.sources.parsing.dates import PartialDate, parse_date, parse_part_of_year
from recommender.sources.parsing.identifier_fields import (
    arxiv_in_note,
    doi_in_note,
    find_address,
    identifier_in_url,
    known_identifiers,
    parse_identifier,
    preprint_version,
    scheme_identifier,
    web_address,
)
from recommender.sources.parsing.latex import decode_latex, unescape_latex
from recommender.sources.parsing.reference_record import (
    join_title,
    page_range,
    split_keywords,
    unread_date,
)
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

MAX_REMEMBERED = 80
"""Most characters of a text whose decoded form is remembered for the next entry."""

_VENUES = ("journal", "journaltitle", "booktitle", "school", "institution")
_TELLING = (
    *("doi", "url", "pmid", "archiveprefix", "eprinttype", "eprint"),
    *("journal", "journaltitle", "volume", "howpublished", "note", "identifiers"),
    "verba",
)
_WITH_VERSION = ("eprint", "url", "howpublished", "note")
_BETWEEN_FILES = re.compile(r"(?<!\\);")
_DETAILED = frozenset(
    [
        *("volume", "number", "issue", "pages", "publisher", "organization", "address", "location"),
        *(
            "series",
            "edition",
            "type",
            "issn",
            "isbn",
            "keywords",
            "keyword",
            "note",
            "file",
            "pdf",
            "usera",
        ),
    ]
)
"""Fields of which `Details` have something."""

_READ = _DETAILED | {
    *("title", "subtitle", "titleaddon", "booktitle", "booksubtitle", "maintitle", "mainsubtitle"),
    *("author", "year", "date", "month", "day", "abstract", "doi", "url", "link", "ee", "pmid"),
    *("eprint", "eprinttype", "archiveprefix", "primaryclass", "eprintclass", "identifiers"),
    *("crossref", "xdata", "verba"),
}
"""Fields that are read, where they have something to say."""

_GENRES = {
    "mathesis": "Master's thesis",
    "mastersthesis": "Master's thesis",
    "phdthesis": "PhD thesis",
    "techreport": "",
    "report": "",
}
"""BibLaTeX's words for kinds of theses and reports; the plain ones go without saying."""

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
    # Most values: one pair of braces, and none inside.
    inside = raw[1:-1]
    if raw == f"{{{inside}}}" and not ("{" in inside or "}" in inside or inside[-1:] == "\\"):
        return inside, ""
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
    line: int,
    entry_type: str,
    raw: Mapping[str, str],
    strings: Mapping[str, str],
    key: str = "",
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
    key
        The entry's citation key.
    """
    if why := why_too_long(raw):
        return Refusal(line, why)
    fields = values_of({name: value for name, value in raw.items() if value}, strings)
    identifiers = known_identifiers(_identifiers(fields))
    when = tuple(fields.get(x) for x in ("date", "year", "month", "day"))
    is_short = all(x is None or len(x) <= MAX_REMEMBERED for x in when)
    time, date = (_seen_time if is_short else _time)(*when)
    authors, understood = bibtex_byline(fields.get("author", ""))
    url = _address(fields)
    venue_field = _venue_field(entry_type, fields)
    key = key.strip()
    paper = Paper(
        title=_title(entry_type, fields),
        abstract=_prose(fields.get("abstract", "")),
        authors=authors,
        year=time.year,
        published_at=time.at,
        venue=_prose(fields.get(venue_field, ""))[:MAX_VENUE],
        url=url,
        kind=KINDS.get(entry_type, _kind_of_other(identifiers)),
        identifiers=identifiers,
        version=_version(identifiers, fields, fields.get(venue_field, "")),
        statements=tuple(_statements(fields)),
        citation_key=key if is_citation_key(key) else "",
        details=_details(entry_type, fields, time, venue_field),
    )
    unread: list[Unread] = []
    if not understood:
        unread.append(Unread("authors", _prose(fields["author"])))
    if fields.get("url", "").strip() and not url:
        unread.append(Unread("address", without_control(fields["url"].strip())))
    unread += unread_date(date, time)
    if key and not paper.citation_key:
        unread.append(Unread("key", without_control(key)))
    given = fields.keys() - _READ
    if given:
        used = {venue_field, "howpublished"} if url and "url" not in fields else {venue_field}
        unread += (Unread("field", x) for x in sorted(given - used) if fields[x].strip())
    return entry_or_refusal(line, paper, tuple(unread))


def _bare(latex: str) -> str:
    """Return an identifier without the braces and escapes of LaTeX."""
    return _BRACE.sub("", _ESCAPED.sub(r"\1", latex))


def _version(identifiers: Sequence[str], fields: Mapping[str, str], venue: str) -> int | None:
    """Return the version of a preprint on arXiv that a field names."""
    if not any(x.startswith("arxiv:") for x in identifiers):
        return None
    return preprint_version(venue, *(fields.get(x, "") for x in _WITH_VERSION))


def _address(fields: Mapping[str, str]) -> str:
    """Return the entry's address, else one that it names in passing."""
    if url := web_address(fields.get("url", "")):
        return url
    places = (fields.get(x, "") for x in ("howpublished", "note", "link", "ee"))
    return next((found for x in places if x and (found := find_address(x))), "")


def _details(
    entry_type: str, fields: Mapping[str, str], time: PartialDate, venue_field: str
) -> Details:
    """Return what else the entry says, one line a field."""
    month = "" if time.at else time.month
    if not month and _DETAILED.isdisjoint(fields):
        return NO_DETAILS

    def one(*names: str) -> str:
        for name in names:
            if name in fields and name != venue_field and (text := _prose(fields[name])):
                return text[:MAX_VENUE]
        return ""

    genre = one("type") or ("Master's thesis" if entry_type == "mastersthesis" else "")
    return Details(
        month=month,
        volume=one("volume") or _named_volume(fields),
        number=one("number", "issue"),
        pages=page_range(one("pages")),
        publisher=one("publisher", "organization"),
        place=one("address", "location"),
        series=one("series"),
        edition=one("edition"),
        genre=_GENRES.get(genre.lower(), genre),
        issn=one("issn"),
        isbn=one("isbn"),
        # A category of arXiv (``primaryClass = {cs.LO}``) is a keyword of arXiv's.
        keywords=split_keywords(
            _prose(fields.get(x, ""))
            for x in ("keywords", "keyword", "primaryclass", "eprintclass")
        ),
        note=_prose(fields.get("note", "")),
        files=tuple(_files(fields)),
    )


def _named_volume(fields: Mapping[str, str]) -> str:
    """Return a volume that is no number, where our own export of BibLaTeX has it."""
    name, colon, volume = _prose(fields.get("usera", "")).partition(": ")
    return volume if colon and name == "volume" else ""


def _files(fields: Mapping[str, str]) -> Iterator[str]:
    """Yield the links to files as they stand there; several are separated by ``;``."""
    for name in ("file", "pdf"):
        for link in _BETWEEN_FILES.split(links) if (links := fields.get(name)) else ():
            if text := without_control(" ".join(link.split())):
                yield text


def _statements(fields: Mapping[str, str]) -> Iterator[StatusStatement]:
    """Yield what the notes and the state of publication say."""
    for name in ("note", "addendum", "pubstate"):
        if text := fields.get(name, ""):
            yield from remark_statements(_prose(text.replace("\\url", "")), "note")


def _prose(latex: str) -> str:
    if len(latex) <= MAX_REMEMBERED:
        return _seen_prose(latex) if latex else ""
    return _decoded_prose(latex)


def _decoded_prose(latex: str) -> str:
    return plain_text(unescape_latex(decode_latex(latex)))


_seen_prose = lru_cache(maxsize=2_000)(_decoded_prose)
"""The same of a short text: journals, publishers, years and months come again and again."""


def _venue_field(entry_type: str, fields: Mapping[str, str]) -> str:
    """Return the name of the field that says where it appeared, or ``""``."""
    names = [*_VENUES, *_FURTHER_VENUES.get(KINDS.get(entry_type, ""), ())]
    if entry_type == "misc" and not _NO_VENUE.search(fields.get("howpublished", "")):
        names.append("howpublished")
    return next((name for name in names if fields.get(name)), "")


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


def _time(
    given_date: str | None, given_year: str | None, given_month: str | None, given_day: str | None
) -> tuple[PartialDate, str]:
    """Return when it appeared, and the text that says so."""
    # In a date of BibLaTeX ~ says that it is uncertain, and is no tie.
    text = without_control(_BRACE.sub("", given_date or "")).strip()
    date = parse_date(text)
    if date.at:
        return date, text
    year_text = _prose(given_year or "")
    year = parse_date(year_text)
    if date.year is not None and (date.month or given_month is None):
        return date, text
    known_year = date.year or year.year
    if known_year is None:
        return PartialDate(partial=date.partial or year.partial), text or year_text
    month, day = _prose(given_month or ""), _prose(given_day or "")
    if month.isdecimal() and day.isdecimal():
        part = parse_date(f"{known_year}-{month}-{day}")
    else:
        part = parse_part_of_year(known_year, f"{month} {day}")
        if month and not part.month and not month.isdecimal():
            # A word of another language, or a range: kept as it is.
            part = PartialDate(known_year, None, month[:MAX_VENUE])
    partial = part.partial or (date.partial if date.year is not None else year.partial)
    said = " ".join(x for x in (text or year_text, month, day) if x)
    return part if part.partial == partial else replace(part, partial=partial), said


_seen_time = lru_cache(maxsize=1_000)(_time)
"""The same of short fields: papers of one meeting have one date."""


def _identifiers(fields: Mapping[str, str]) -> Iterator[str]:
    """Yield what names the paper, ``""`` among it; an arXiv id also from a journal's name."""
    text = {x: without_control(fields[x]) for x in _TELLING if fields.get(x)}
    if doi := text.get("doi"):
        yield scheme_identifier("doi", _bare(doi))
    if "url" in text or "howpublished" in text:
        address = web_address(text.get("url", ""))
        yield identifier_in_url(address or find_address(text.get("howpublished", "")))
    if (pmid := text.get("pmid", "")).isdecimal():
        yield scheme_identifier("pmid", pmid)
    if eprint := text.get("eprint"):
        prefix = (text.get("archiveprefix") or text.get("eprinttype", "")).lower()
        if prefix in ("", "arxiv"):
            yield scheme_identifier("arxiv", eprint)
        elif prefix == "pubmed":
            yield scheme_identifier("pmid", eprint)
    for name in ("journal", "journaltitle", "volume", "howpublished"):
        if name in text:
            yield arxiv_in_note(text[name])
    if note := text.get("note"):
        yield scheme_identifier("arxiv", note)
        if "doi" not in text and (doi := doi_in_note(_bare(note.removeprefix("\\url")))):
            yield scheme_identifier("doi", doi)
    for name in ("identifiers", "verba"):
        yield from map(parse_identifier, text.get(name, "").split())
