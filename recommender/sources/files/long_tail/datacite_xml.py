"""DataCite's XML (kernels 2 to 4), as repositories offer it with a data set or preprint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from recommender.domain import Author
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    join_title,
    parse_sorted_name,
    personal_author,
)
from recommender.sources.parsing.status_fields import datacite_statements
from recommender.sources.parsing.version_relations import related_versions, typed_identifier
from recommender.sources.parsing.xml_format import (
    all_texts,
    first_text,
    root_element,
    single_line_text,
    xml_format,
)

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


def _matches(head: str) -> bool:
    """Say whether the file's first element is DataCite's."""
    root, attributes = root_element(head)
    named = "datacite.org/schema" in attributes
    return (root == "resource" and named) or (root == "record" and "datacite.org/schema" in head)


def work_of(resource: Element) -> Reference:
    """Return the work of one ``<resource>`` element."""
    kind = resource.find("resourceType")
    general = "" if kind is None else kind.get("resourceTypeGeneral", "")
    return Reference(
        title=_title(resource),
        abstract=" ".join(
            all_texts(resource, "descriptions/description[@descriptionType='Abstract']")
        ),
        authors=tuple(_author(x) for x in resource.iterfind("creators/creator")),
        time=_time(resource),
        venue=first_text(resource, "publisher"),
        kind=_KINDS.get(general.lower(), ""),
        doi=first_text(resource, "identifier[@identifierType='DOI']"),
        arxiv=first_text(resource, _ARXIV),
        related=tuple(related_versions(_relations(resource))),
        statements=tuple(
            datacite_statements(
                general,
                first_text(resource, "resourceType"),
                all_texts(resource, "dates/date[@dateType='Withdrawn']"),
                _relations(resource),
                first_text(resource, "identifier[@identifierType='DOI']"),
            )
        ),
    )


def _relations(resource: Element) -> Iterator[tuple[str, str]]:
    """Yield each relation of the work, and the identifier at its other end."""
    for one in resource.iterfind("relatedIdentifiers/relatedIdentifier"):
        kind = one.get("relatedIdentifierType", "")
        yield one.get("relationType", ""), typed_identifier(kind, single_line_text(one))


def _title(resource: Element) -> str:
    titles = resource.findall("titles/title")
    proper = [x for x in titles if not x.get("titleType")] or titles
    subtitle = first_text(resource, "titles/title[@titleType='Subtitle']")
    return join_title(single_line_text(proper[0]), subtitle) if proper else ""


def _author(creator: Element) -> Author:
    name = creator.find("creatorName")
    if name is not None and name.get("nameType") == "Organizational":
        return corporate_author(first_text(creator, "creatorName"))
    if family := first_text(creator, "familyName"):
        return personal_author(family, first_text(creator, "givenName"))
    return parse_sorted_name(first_text(creator, "creatorName"))


def _time(resource: Element) -> PartialDate:
    """Return the day the resource appeared, in the year that DataCite calls its own."""
    year = parse_date(first_text(resource, "publicationYear"))
    for kind in _FIRST:
        for date in all_texts(resource, f"dates/date[@dateType='{kind}']"):
            day = parse_date(re.split("/", date)[0])
            if day.at is not None and year.year in (None, day.year):
                return day
    return year


DATACITE_XML = xml_format("datacite-xml", _matches, ("resource",), ("resource", "record"), work_of)
"""Reads each ``<resource>``."""
