"""EndNote's XML export, which Bookends, Zotero and RefWorks write too.

Text stands in ``<style>`` elements, one a change of font; only the text is taken.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from recommender.domain import Details
from recommender.sources.files.long_tail.refer import KINDS
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    page_range,
    parse_sorted_name,
)
from recommender.sources.parsing.xml_format import all_texts, first_text, root_element, xml_format


def _matches(head: str) -> bool:
    """Say whether the file's first element is EndNote's, with records in it."""
    return root_element(head)[0] in ("xml", "records") and "<record" in head


def _reference(record: Element) -> Reference:
    kind = record.find("ref-type")
    name = kind.get("name", "") if kind is not None else ""
    medline = (
        "pubmed" in first_text(record, "remote-database-name", "remote-database-provider").lower()
    )
    number = first_text(record, "accession-num")
    return Reference(
        title=first_text(record, "titles/title", "titles/short-title"),
        abstract=" ".join(all_texts(record, "abstract")),
        authors=tuple(map(parse_sorted_name, all_texts(record, "contributors/authors/author"))),
        time=_time(record),
        venue=first_text(record, "periodical/full-title", "titles/secondary-title", "publisher"),
        url=first_text(record, "urls/related-urls/url", "urls/web-urls/url", "urls/url"),
        addresses=tuple(all_texts(record, "urls/related-urls/url")),
        kind=KINDS.get(name.lower(), ""),
        doi=first_text(record, "electronic-resource-num"),
        pmid=number if medline and number.isdecimal() else "",
        date=first_text(record, "dates/year", "dates/pub-dates/date"),
        citation_key=first_text(record, "label"),
        details=Details(
            volume=first_text(record, "volume"),
            number=first_text(record, "number"),
            pages=page_range(first_text(record, "pages")),
            publisher=first_text(record, "publisher")
            if first_text(record, "periodical/full-title", "titles/secondary-title")
            else "",
            place=first_text(record, "pub-location"),
            series=first_text(record, "titles/tertiary-title"),
            edition=first_text(record, "edition"),
            issn=first_text(record, "isbn"),
            keywords=tuple(all_texts(record, "keywords/keyword")),
            note=" ".join(all_texts(record, "notes")),
            files=tuple(all_texts(record, "urls/pdf-urls/url")),
        ),
    )


def _time(record: Element) -> PartialDate:
    """Return the date where it names a day of the year in the record."""
    year = parse_date(first_text(record, "dates/year"))
    date = first_text(record, "dates/pub-dates/date")
    if year.year is None:
        return parse_date(date)
    day = parse_date(date) if parse_date(date).year else parse_date(f"{date} {year.year}")
    return day if day.at is not None and day.year == year.year else year


ENDNOTE_XML = xml_format("endnote-xml", _matches, ("record",), ("xml", "records"), _reference)
"""Reads the records."""
