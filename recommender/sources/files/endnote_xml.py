"""EndNote's XML export, which Bookends, Zotero and RefWorks write too.

Text stands in ``<style>`` elements, one a change of font; only the text is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from recommender.sources.file_format import Entry, Refusal
from recommender.sources.files.refer import KINDS
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.reference_record import Reference, sorted_name
from recommender.sources.parsing.xml_format import every, root_of, said, xml_entries
from recommender.sources.text_file import Document


class EndNoteXml:
    """Reads the records."""

    name = "endnote-xml"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether the file's first element is EndNote's, with records in it."""
        return root_of(head)[0] in ("xml", "records") and "<record" in head

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the records by their first lines; see `FileFormat.read`."""
        return xml_entries(document, ("record",), ("xml", "records"), _reference)


def _reference(record: Element) -> Reference:
    kind = record.find("ref-type")
    name = kind.get("name", "") if kind is not None else ""
    medline = "pubmed" in said(record, "remote-database-name", "remote-database-provider").lower()
    number = said(record, "accession-num")
    return Reference(
        title=said(record, "titles/title", "titles/short-title"),
        abstract=" ".join(every(record, "abstract")),
        authors=tuple(map(sorted_name, every(record, "contributors/authors/author"))),
        time=_time(record),
        venue=said(record, "periodical/full-title", "titles/secondary-title", "publisher"),
        url=said(record, "urls/related-urls/url", "urls/web-urls/url", "urls/url"),
        addresses=tuple(every(record, "urls/related-urls/url")),
        kind=KINDS.get(name.lower(), ""),
        doi=said(record, "electronic-resource-num"),
        pmid=number if medline and number.isdecimal() else "",
    )


def _time(record: Element) -> When:
    """Return the date where it names a day of the year that stands beside it."""
    year = when(said(record, "dates/year"))
    date = said(record, "dates/pub-dates/date")
    if year.year is None:
        return when(date)
    day = when(date) if when(date).year else when(f"{date} {year.year}")
    return day if day.at is not None and day.year == year.year else year
