"""A record of MARC 21 in XML, as libraries and INSPIRE-like repositories give out. Pure.

Format: loc.gov/standards/marcxml. Read are the few fields a reading list needs.

Not used: pymarc 5.4. It finds the same records in the recorded answer, but parses a stream of its
own without limits, while a record arrives here as an element of a bounded OAI-PMH answer; what is
left to replace is the look-up by tag and code below.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from recommender.domain import Author
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.adapter import nonempty_authors
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.identifier_fields import arxiv_in_note, scheme_identifier
from recommender.sources.parsing.reference_record import (
    Reference,
    clean_prose,
    corporate_author,
    join_title,
    parse_sorted_name,
    reference_entry,
)
from recommender.sources.parsing.xml_stream import inner_text

_KINDS = (
    ("thesis", "thesis"),
    ("conferencepaper", "paper-conference"),
    ("proceedings", "book"),
    ("bookchapter", "chapter"),
    ("book", "book"),
    ("preprint", "article"),
    ("article", "article-journal"),
    ("published", "article-journal"),
    ("report", "report"),
)


def marc_record(line: int, record: Element, identifier: str) -> Entry | Refusal:
    """Return the work of a record; `identifier` is the repository's and says nothing here."""
    fields = _Fields(record)
    title = fields.one("245", "a").rstrip(" /:")
    reference = Reference(
        title=join_title(title, fields.one("245", "b").rstrip(" /:")),
        abstract=fields.one("520", "a"),
        authors=nonempty_authors(fields.authors()),
        time=fields.time(),
        venue=fields.one("773", "p") or fields.one("773", "t"),
        url=next((x for x in fields.every("856", "u") if not x.endswith(".xml")), ""),
        kind=fields.kind(),
        doi=next((x for x in fields.every("024", "a") if x.startswith("10.")), ""),
        identifiers=tuple(fields.arxiv()),
    )
    return reference_entry(line, reference)


class _Fields:
    """The data fields of one record by tag, in their order."""

    def __init__(self, record: Element) -> None:
        self._fields = [x for x in record if x.tag == "datafield"]

    def every(self, tag: str, code: str) -> list[str]:
        """Return the filled subfields of this code in all fields of this tag."""
        found = (
            " ".join(inner_text(sub).split())
            for one in self._fields
            for sub in one
            if one.get("tag") == tag and sub.get("code") == code
        )
        return [x for x in found if x]

    def one(self, tag: str, code: str) -> str:
        return next(iter(self.every(tag, code)), "")

    def authors(self) -> Iterator[Author]:
        """Yield persons, first author first, and bodies after them."""
        for tag in ("100", "700"):
            yield from (parse_sorted_name(clean_prose(x).rstrip(",")) for x in self.every(tag, "a"))
        for tag in ("110", "710"):
            names = self.every(tag, "a") or self.every(tag, "g")
            yield from (corporate_author(x) for x in names)

    def time(self) -> PartialDate:
        """Return the day of publication or of the preprint, else the year of the article."""
        days = [parse_date(x) for tag in ("260", "264", "269") for x in self.every(tag, "c")]
        days += [parse_date(x) for x in self.every("773", "y")]
        known = [x for x in days if x.year is not None]
        return next((x for x in known if x.at is not None), next(iter(known), PartialDate()))

    def kind(self) -> str:
        kind_text = " ".join(self.every("980", "a")).lower()
        return next((kind for word, kind in _KINDS if word in kind_text), "")

    def arxiv(self) -> Iterator[str]:
        for one in self.every("037", "a") + self.every("088", "a"):
            found = scheme_identifier("arxiv", one) or arxiv_in_note(one)
            if found:
                yield found
                return
