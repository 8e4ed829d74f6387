"""RDF/XML with bibliographic vocabularies: Zotero's own, Bibliontology, schema.org, Dublin Core.

Elements are read by their local names, so that ``dc:title``, ``dcterms:title``
and ``schema:name`` need no table of namespaces. People, journals and parts may
stand inside a work or apart from it, so the file is read twice: once for what
works refer to, once for the works. No other document is fetched.

By hand: rdflib would bring a graph store for what are a few look-ups by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from recommender.domain import Author
from recommender.sources.file_format import Entry, FormatAdapter, Refusal
from recommender.sources.files.zotero_types import KINDS as ZOTERO_KINDS
from recommender.sources.files.zotero_types import NOT_WORKS
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    join_title,
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
    "Thesis": "thesis",
    "Report": "report",
    "Patent": "patent",
    "Standard": "standard",
}
"""Classes of works, in CSL's words; those with ``""`` have no kind of their own."""

MAX_REFERRED = 500_000
"""Most people and journals kept to look up; further ones are passed over."""

_RSS = re.compile(r"xmlns\s*=\s*[\"']http://(?:purl\.org/rss/1\.0/|channel\.netscape\.com/)")
_PEOPLE = ("Person", "Organization", "Agent", "Group")
_WHOLES = ("Journal", "Issue", "Periodical", "PublicationIssue", "PublicationVolume", "Series")
_AUTHOR_LISTS = ("authors", "authorList")


def _matches(head: str) -> bool:
    """Say whether the file's first element is RDF's; an RSS 1.0 feed is a feed."""
    root, attributes = root_element(head)
    return root == "RDF" and _RSS.search(attributes) is None


def _entries(document: Document) -> Iterator[Entry | Refusal]:
    referred = _Referred()
    for found in xml_records(document.pieces(), (*CLASSES, *_PEOPLE, *_WHOLES), ("RDF",)):
        if isinstance(found, XmlRecord):
            referred.note(found.element)
    for found in xml_records(document.pieces(), (*CLASSES, *_PEOPLE, *_WHOLES), ("RDF",)):
        if isinstance(found, ParseFailure):
            yield Refusal(found.line, found.why)
        elif _is_work(found.element) and _own_name(found.element) not in referred.parts:
            yield reference_entry(found.line, _reference(found.element, referred))


@dataclass
class _Referred:
    """What works refer to by name: people, what they are part of, and when that appeared."""

    people: dict[str, Author] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    times: dict[str, PartialDate] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)

    def note(self, element: Element) -> None:
        """Keep what a later look-up may ask for."""
        name = _own_name(element)
        if name and len(self.people) + len(self.titles) < MAX_REFERRED:
            if element.tag in _PEOPLE:
                self.people[name] = _person(element)
            else:
                self.titles[name] = _first(element, "title", "name")
                self.times[name] = _date(element)
        if element.tag in CLASSES and len(self.parts) < MAX_REFERRED:
            self.parts |= {_name(x) for x in element.iter("isPartOf") if _name(x)}


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
    described = "" if item_type else _first(work, "description")
    wholes = list(_wholes(work))
    addresses = [x for x in (*_addresses(work), _own_name(work)) if "://" in x]
    return Reference(
        title=join_title(_first(work, "title", "name"), _first(work, "subtitle")),
        abstract=_first(work, "abstract") or described,
        authors=tuple(_authors(work, referred)),
        time=_time(work, wholes, referred),
        venue=_venue(wholes, referred) or _first(work, "publisher"),
        url=addresses[0] if addresses else "",
        addresses=tuple(addresses[1:]),
        kind=ZOTERO_KINDS.get(item_type, "") or CLASSES[work.tag],
        doi=_first(work, "doi") or next((x for x in _identifiers(work) if "10." in x), ""),
    )


def _first(element: Element, *names: str) -> str:
    return first_text(element, *names)


def _identifiers(work: Element) -> list[str]:
    return [single_line_text(x) for x in work.findall("identifier")]


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
    """Yield what a work is part of, the nearest first: links, and elements inside them."""
    for link in work.findall("isPartOf"):
        yield link
        yield from (x for x in link.iter() if x is not link and x.tag in (*_WHOLES, *CLASSES))


def _venue(wholes: list[Element], referred: _Referred) -> str:
    """Return the title of the first whole that has one."""
    found = (_first(x, "title", "name") or referred.titles.get(_name(x), "") for x in wholes)
    return next(filter(None, found), "")


def _date(element: Element) -> PartialDate:
    return parse_date(_first(element, "date", "issued", "datePublished", "created"))


def _time(work: Element, wholes: list[Element], referred: _Referred) -> PartialDate:
    """Return the date of the work, else of what it is part of."""
    times = [_date(work), *(_date(x) for x in wholes)]
    times += [referred.times[_name(x)] for x in wholes if _name(x) in referred.times]
    return next((x for x in times if x.year is not None), PartialDate())


RDF = FormatAdapter("rdf", _matches, _entries, suffixes=(".rdf",))
"""Reads the works, in the order of the file."""
