"""RDF/XML with bibliographic vocabularies: Zotero's own, Bibliontology, schema.org, Dublin Core.

Elements are read by their local names, so that ``dc:title``, ``dcterms:title``
and ``schema:name`` need no table of namespaces. People, journals and parts may
stand inside a work or apart from it, so the file is read twice: once for what
works refer to, once for the works. No other document is fetched.

Zotero writes an item's DOI, volume and number into the journal or proceedings that the
item stands in (``<bib:Journal><dc:identifier>DOI 10.…``). They are the item's, unless
several items stand in the same one.

By hand: rdflib would bring a graph store for what are a few look-ups by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from xml.etree.ElementTree import Element

from recommender.domain import Author, Details
from recommender.sources.file_format import Entry, FormatAdapter, Refusal
from recommender.sources.files.zotero_types import KINDS as ZOTERO_KINDS
from recommender.sources.files.zotero_types import NOT_WORKS
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    join_title,
    page_range,
    parse_sorted_name,
    personal_author,
    reference_entry,
)
from recommender.sources.parsing.xml_format import first_text, root_element, single_line_text
from recommender.sources.parsing.xml_stream import ParseFailure, XmlRecord, xml_records
from recommender.sources.text_file import Document

CLASSES = {
    **dict.fromkeys(("Article", "AcademicArticle", "ScholarlyArticle"), "article-journal"),
    **dict.fromkeys(("ConferencePaper", "ConferenceProceedings"), "paper-conference"),
    **dict.fromkeys(("Book", "EditedBook", "Proceedings"), "book"),
    **dict.fromkeys(("BookSection", "Chapter"), "chapter"),
    **dict.fromkeys(("Document", "Webpage", "WebPage", "WebSite"), "webpage"),
    **dict.fromkeys(("Data", "Dataset"), "dataset"),
    **dict.fromkeys(("Software", "SoftwareSourceCode"), "software"),
    **dict.fromkeys(("CreativeWork", "Description", "Manuscript", "Recording", "Image"), ""),
    # Zotero's letters, interviews, films, works of art, statutes and bills.
    **dict.fromkeys(("Letter", "Interview", "MotionPicture", "Illustration", "Legislation"), ""),
    "Thesis": "thesis",
    "Report": "report",
    "Patent": "patent",
    "Standard": "standard",
}
"""Classes of works, in CSL's words; those with ``""`` have no kind of their own."""

MAX_REFERRED = 500_000
"""Most people and journals kept to look up; further ones are passed over."""

_RSS = re.compile(r"xmlns\s*=\s*[\"']http://(?:purl\.org/rss/1\.0/|channel\.netscape\.com/)")
_ATTACHED = ("Attachment", "Memo")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PMID = re.compile(r"\bPMID\b\W*(\d+)", re.IGNORECASE)
_ISSN = re.compile(r"\bISSN\b\W*([\dXx-]{8,9})", re.IGNORECASE)
_ISBN = re.compile(r"\bISBN\b\W*([\dXx][\dXx -]{8,20})", re.IGNORECASE)
_NOTED = re.compile(
    r"^[ \t]*+(PMID|DOI|arXiv|Citation Key)[ \t]*+:[ \t]*+(\S++)", re.IGNORECASE | re.MULTILINE
)
_PEOPLE = ("Person", "Organization", "Agent", "Group")
_WHOLES = (
    *("Journal", "Issue", "Periodical", "PublicationIssue", "PublicationVolume", "Series"),
    *("Newspaper", "Website", "Blog", "Forum", "CourtReporter", "Conference"),
)
_DATES = ("date", "issued", "datePublished", "created")
_AUTHOR_LISTS = ("authors", "authorList")


def _matches(head: str) -> bool:
    """Say whether the file's first element is RDF's; an RSS 1.0 feed is a feed."""
    root, attributes = root_element(head)
    return root == "RDF" and _RSS.search(attributes) is None


def _entries(document: Document) -> Iterator[Entry | Refusal]:
    referred = _Referred()
    wanted = (*CLASSES, *_PEOPLE, *_WHOLES, *_ATTACHED)
    for found in xml_records(document.pieces(), wanted, ("RDF",)):
        if isinstance(found, XmlRecord):
            referred.note(found.element)
    for found in xml_records(document.pieces(), (*CLASSES, *_PEOPLE, *_WHOLES), ("RDF",)):
        if isinstance(found, ParseFailure):
            yield Refusal(found.line, found.why)
        elif _is_work(found.element) and _own_name(found.element) not in referred.parts:
            yield reference_entry(found.line, _reference(found.element, referred))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a work, or what it stands in, says in numbers; ``""`` where it does not."""

    doi: str = ""
    pmid: str = ""
    volume: str = ""
    number: str = ""
    issn: str = ""
    isbn: str = ""


def _facts(element: Element) -> _Facts:
    names = [single_line_text(x) for x in element.findall("identifier")]
    text = "\n".join(names)
    dois = (_first(element, "doi", "DOI"), *names)
    return _Facts(
        doi=next((x.group() for y in dois if (x := _DOI.search(y))), ""),
        pmid=next(iter(_PMID.findall(text)), ""),
        volume=_first(element, "volume", "volumeNumber"),
        number=_first(element, "number", "issue", "issueNumber"),
        issn=_first(element, "issn", "eIssn") or next(iter(_ISSN.findall(text)), ""),
        isbn=_first(element, "isbn", "isbn13", "isbn10") or next(iter(_ISBN.findall(text)), ""),
    )


def _attached(element: Element) -> str:
    """Return where a file is, or the text of a note."""
    link = next((x for x in element.iter("resource") if _name(x)), None)
    if element.tag == "Attachment":
        return _name(link) if link is not None else _first(element, "path", "identifier/URI/value")
    return _first(element, "value")


@dataclass
class _Referred:
    """What works refer to by name: people, what they are part of, and when that appeared."""

    people: dict[str, Author] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    times: dict[str, PartialDate] = field(default_factory=dict)
    facts: dict[str, _Facts] = field(default_factory=dict)
    attached: dict[str, str] = field(default_factory=dict)
    parts: Counter[str] = field(default_factory=Counter)

    def note(self, element: Element) -> None:
        """Keep what a later look-up may ask for."""
        name = _own_name(element)
        if name and len(self.people) + len(self.titles) + len(self.attached) < MAX_REFERRED:
            if element.tag in _PEOPLE:
                self.people[name] = _person(element)
            elif element.tag in _ATTACHED:
                self.attached[name] = _attached(element)
            else:
                self.titles[name] = _first(element, "title", "name")
                self.times[name] = _date(element)
                self.facts[name] = _facts(element)
        if element.tag in CLASSES and len(self.parts) < MAX_REFERRED:
            self.parts.update({_name(x) for x in element.iter("isPartOf") if _name(x)})


def _own_name(element: Element) -> str:
    return element.get("about") or element.get("nodeID") or ""


def _name(link: Element) -> str:
    return link.get("resource") or link.get("nodeID") or ""


def _is_work(element: Element) -> bool:
    if element.tag not in CLASSES or _first(element, "itemType") in NOT_WORKS:
        return False
    return element.tag != "Description" or bool(_first(element, "title", "name"))


def _reference(work: Element, referred: _Referred) -> Reference:
    item_type = _first(work, "itemType")
    extra = next((x for x in work.iterfind("description") if item_type), None)
    described = "" if item_type else _first(work, "description")
    noted_lines = "".join(extra.itertext()) if extra is not None else ""
    noted = {key.lower(): value for key, value in _NOTED.findall(noted_lines)}
    wholes = list(_wholes(work))
    facts = _united([_facts(work), *_facts_of_wholes(wholes, referred)])
    addresses = [x for x in (*_addresses(work), _own_name(work)) if "://" in x]
    return Reference(
        title=join_title(_first(work, "title", "name"), _first(work, "subtitle")),
        abstract=_first(work, "abstract") or described,
        authors=tuple(_authors(work, referred)),
        time=_time(work, wholes, referred),
        date=_first(work, *_DATES),
        venue=_venue(wholes, referred) or _first(work, "publisher"),
        url=addresses[0] if addresses else "",
        addresses=tuple(addresses[1:]),
        kind=ZOTERO_KINDS.get(item_type, "") if item_type else CLASSES[work.tag],
        doi=facts.doi or noted.get("doi", ""),
        pmid=facts.pmid or noted.get("pmid", ""),
        arxiv=noted.get("arxiv", ""),
        citation_key=_first(work, "citationKey") or noted.get("citation key", ""),
        details=Details(
            volume=facts.volume,
            number=facts.number,
            pages=page_range(
                _first(work, "pages", "pageStart", "startingPage"),
                _first(work, "pageEnd", "endingPage"),
            ),
            publisher=_publisher(work) if _venue(wholes, referred) else "",
            edition=_first(work, "edition"),
            genre=_first(work, "type") if item_type in ("thesis", "report") else "",
            issn=facts.issn,
            isbn=facts.isbn,
            keywords=tuple(
                single_line_text(x).replace(",", " ").replace(";", " ")
                for x in work.iterfind("subject")
            ),
            note="\n".join((*_notes(noted_lines), *_linked(work, "isReferencedBy", referred))),
            files=tuple(_linked(work, "link", referred)),
        ),
    )


def _notes(lines: str) -> list[str]:
    """Return the lines of Zotero's field for the rest that say nothing to us."""
    return [x.strip() for x in lines.splitlines() if x.strip() and not _NOTED.match(x)]


def _linked(work: Element, name: str, referred: _Referred) -> Iterator[str]:
    """Yield the files or notes that a work links to."""
    for link in work.iterfind(name):
        if text := referred.attached.get(_name(link), ""):
            yield text


def _publisher(work: Element) -> str:
    return _first(work, "publisher/Organization/name", "publisher")


def _facts_of_wholes(wholes: list[Element], referred: _Referred) -> Iterator[_Facts]:
    """Yield what is said in the place of a work, the nearest first, by what it stands in."""
    for whole in wholes:
        name = _name(whole) if whole.tag == "isPartOf" else _own_name(whole)
        facts = referred.facts.get(name, _Facts()) if whole.tag == "isPartOf" else _facts(whole)
        is_shared = referred.parts[name] > 1 or whole.tag == "Series"
        yield replace(facts, doi="", pmid="") if is_shared else facts


def _united(facts: list[_Facts]) -> _Facts:
    """Return of every number the first that is known."""
    known = {x.name: [y for z in facts if (y := getattr(z, x.name))] for x in fields(_Facts)}
    return _Facts(**{name: values[0] for name, values in known.items() if values})


def _first(element: Element, *names: str) -> str:
    return first_text(element, *names)


def _addresses(work: Element) -> Iterator[str]:
    """Yield what may be opened: its own addresses, then what it is the same as."""
    for one in work.iterfind("identifier/URI/value"):
        yield single_line_text(one)
    for name in ("uri", "url", "sameAs"):
        for one in work.iterfind(name):
            yield single_line_text(one) or _name(one)


def _authors(work: Element, referred: _Referred) -> Iterator[Author]:
    """Yield the authors of the ordered list where there is one, else all creators."""
    listed = [li for name in _AUTHOR_LISTS for x in work.findall(name) for li in x.iter("li")]
    for one in listed or [*work.findall("creator"), *work.findall("author")]:
        inner = next((x for x in one if x.tag in _PEOPLE), None)
        if inner is not None:
            yield _person(inner)
        elif name := _name(one):
            yield referred.people.get(name, Author())
        else:
            yield parse_sorted_name(single_line_text(one))


def _person(element: Element) -> Author:
    family = _first(element, "surname", "familyName", "lastName")
    given = _first(element, "givenName", "givenname", "firstName")
    if family and given:
        return personal_author(family, given)
    name = family or _first(element, "name")
    return parse_sorted_name(name) if "," in name else corporate_author(name)


def _wholes(work: Element) -> Iterator[Element]:
    """Yield what a work is part of, the nearest first: links, and elements inside them.

    The conference at which it was presented comes after its proceedings.
    """
    for link in work.findall("isPartOf"):
        yield link
        yield from (x for x in link.iter() if x is not link and x.tag in (*_WHOLES, *CLASSES))
    for name in ("presentedAt", "presentsAt"):
        yield from work.iterfind(f"{name}/Conference")


def _venue(wholes: list[Element], referred: _Referred) -> str:
    """Return the title of the first whole that has one."""
    found = (_first(x, "title", "name") or referred.titles.get(_name(x), "") for x in wholes)
    return next(filter(None, found), "")


def _date(element: Element) -> PartialDate:
    return parse_date(_first(element, *_DATES))


def _time(work: Element, wholes: list[Element], referred: _Referred) -> PartialDate:
    """Return the date of the work, else of what it is part of."""
    times = [_date(work), *(_date(x) for x in wholes)]
    times += [referred.times[_name(x)] for x in wholes if _name(x) in referred.times]
    return next((x for x in times if x.year is not None), PartialDate())


RDF = FormatAdapter("rdf", _matches, _entries, suffixes=(".rdf",))
"""Reads the works, in the order of the file."""
