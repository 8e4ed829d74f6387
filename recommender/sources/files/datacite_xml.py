"""DataCite's XML (kernels 2 to 4), as repositories offer it beside a data set or preprint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from recommender.domain import Author
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.reference_record import (
    Reference,
    body,
    person,
    sorted_name,
    title_of,
)
from recommender.sources.parsing.xml_format import every, line_of, root_of, said, xml_entries
from recommender.sources.text_file import Document

_KINDS = {
    "dataset": "dataset",
    "software": "software",
    "text": "",
    "journalarticle": "article-journal",
    "conferencepaper": "paper-conference",
    "preprint": "article",
    "book": "book",
    "bookchapter": "chapter",
    "dissertation": "thesis",
    "report": "report",
    "standard": "standard",
}
_ARXIV = "alternateIdentifiers/alternateIdentifier[@alternateIdentifierType='arXiv']"
_FIRST = ("Issued", "Available", "Created", "Submitted")


class DataCiteXml:
    """Reads each ``<resource>``."""

    name = "datacite-xml"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether the file's first element is DataCite's."""
        root, attributes = root_of(head)
        named = "datacite.org/schema" in attributes
        return (root == "resource" and named) or (
            root == "record" and "datacite.org/schema" in head
        )

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the record by its first line; see `FileFormat.read`."""
        return xml_entries(document, ("resource",), ("resource", "record"), work_of)


def work_of(resource: Element) -> Reference:
    """Return the work of one ``<resource>`` element."""
    kind = resource.find("resourceType")
    general = "" if kind is None else kind.get("resourceTypeGeneral", "")
    return Reference(
        title=_title(resource),
        abstract=" ".join(every(resource, "descriptions/description[@descriptionType='Abstract']")),
        authors=tuple(_author(x) for x in resource.iterfind("creators/creator")),
        time=_time(resource),
        venue=said(resource, "publisher"),
        kind=_KINDS.get(general.lower(), ""),
        doi=said(resource, "identifier[@identifierType='DOI']"),
        arxiv=said(resource, _ARXIV),
    )


def _title(resource: Element) -> str:
    titles = resource.findall("titles/title")
    proper = [x for x in titles if not x.get("titleType")] or titles
    subtitle = said(resource, "titles/title[@titleType='Subtitle']")
    return title_of(line_of(proper[0]), subtitle) if proper else ""


def _author(creator: Element) -> Author:
    name = creator.find("creatorName")
    if name is not None and name.get("nameType") == "Organizational":
        return body(said(creator, "creatorName"))
    if family := said(creator, "familyName"):
        return person(family, said(creator, "givenName"))
    return sorted_name(said(creator, "creatorName"))


def _time(resource: Element) -> When:
    """Return the day the resource appeared, in the year that DataCite calls its own."""
    year = when(said(resource, "publicationYear"))
    for kind in _FIRST:
        for date in every(resource, f"dates/date[@dateType='{kind}']"):
            day = when(re.split("/", date)[0])
            if day.at is not None and year.year in (None, day.year):
                return day
    return year
