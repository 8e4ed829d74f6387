"""Crossref's XML (UNIXREF and UNIXSD), the answer of its older services, saved to disk."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element, tostring

from recommender.domain import Author, StatusStatement
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.jats import jats_abstract
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    join_title,
    personal_author,
)
from recommender.sources.parsing.status_fields import MAX_STATEMENTS, update_to
from recommender.sources.parsing.version_relations import related_versions, typed_identifier
from recommender.sources.parsing.xml_format import (
    date_text,
    first_text,
    root_element,
    single_line_text,
    xml_format,
)

_KINDS = {
    "journal_article": "article-journal",
    "conference_paper": "paper-conference",
    "content_item": "chapter",
    "posted_content": "article",
    "dissertation": "thesis",
    "report-paper": "report",
    "dataset": "dataset",
    "standard": "standard",
    "peer_review": "review",
    "book_metadata": "book",
    "book_series_metadata": "book",
    "book_set_metadata": "book",
    "report-paper_metadata": "report",
    "report-paper_series_metadata": "report",
    "standard_metadata": "standard",
    "proceedings_metadata": "book",
    "proceedings_series_metadata": "book",
    "journal_metadata": "periodical",
}
"""Crossref's elements in CSL's words, the part before the whole it stands in."""

_VENUES = (
    *("journal_metadata/full_title", "proceedings_metadata/proceedings_title"),
    *("proceedings_series_metadata/proceedings_title", "event_metadata/conference_name"),
    *("book_metadata/titles/title", "book_series_metadata/titles/title"),
)
_CROSSREF = ("doi_records", "crossref_result", "doi_batch")
_WRAPPERS = ("doi_record", "record", "crossref", "body")
_OF_THE_WHOLE = (
    "journal_issue/publication_date",
    "proceedings_metadata/publication_date",
    "proceedings_series_metadata/publication_date",
)
_DATES = ("publication_date", "posted_date", "approval_date", "review_date", "creation_date")


def _matches(head: str) -> bool:
    """Say whether the file's first element is Crossref's."""
    root = root_element(head)[0]
    return root in _CROSSREF or (root in _WRAPPERS and "<crossref" in head)


def work_of(record: Element) -> Reference:
    """Return the work of one ``<crossref>`` element."""
    whole = next(iter(record), record)
    work = _work(record)
    volume = first_text(whole, *_VENUES)
    return Reference(
        title=join_title(
            first_text(work, "titles/title", "full_title", "proceedings_title"),
            first_text(work, "titles/subtitle"),
        ),
        abstract=_abstract(work),
        authors=tuple(_authors(work)),
        time=_time(work, whole),
        venue=volume
        if volume != first_text(work, "titles/title")
        else first_text(work, "publisher/publisher_name"),
        url=first_text(work, "doi_data/resource"),
        kind=_KINDS.get(work.tag, ""),
        doi=first_text(work, "doi_data/doi"),
        statements=tuple(_statements(work)),
        related=tuple(
            related_versions(
                (
                    x.get("relationship-type", "") or x.get("type", ""),
                    typed_identifier(x.get("identifier-type", ""), single_line_text(x)),
                )
                for x in work.iter()
                if x.tag in ("intra_work_relation", "update")
            )
        ),
    )


def _statements(work: Element) -> Iterator[StatusStatement]:
    """Yield what the updates of Crossmark say of the work that each is made to."""
    own = first_text(work, "doi_data/doi")
    for one in list(work.iter("update"))[:MAX_STATEMENTS]:
        at = parse_date(one.get("date", "")).at
        yield from update_to(one.get("type", ""), single_line_text(one), own, "crossref", at)


def _abstract(work: Element) -> str:
    """Return the abstract with its markup, less a heading that only says so."""
    abstract = work.find("abstract")
    if abstract is None:
        return ""
    inside = (tostring(x, encoding="unicode") for x in abstract)
    return jats_abstract(escape(abstract.text or "").strip() + "".join(inside))


def _work(record: Element) -> Element:
    """Return the element that is the work itself; the record where none is known."""
    known = ((tag, x) for tag in _KINDS for x in record.iter(tag))
    return next((x for _, x in known), record)


def _authors(work: Element) -> Iterator[Author]:
    for one in work.iterfind("contributors/*"):
        if one.get("contributor_role", "author") not in ("author", "reviewer"):
            continue
        if one.tag == "organization":
            yield corporate_author(single_line_text(one))
        elif one.tag == "person_name":
            yield personal_author(
                first_text(one, "surname"),
                first_text(one, "given_name"),
                suffix=first_text(one, "suffix"),
            )


def _time(work: Element, whole: Element) -> PartialDate:
    """Return the day of print, else of its issue, else the first day online."""
    dates = [x for name in _DATES for x in work.iterfind(name)]
    printed = [x for x in dates if x.get("media_type", "print") == "print"]
    printed += list(whole.iterfind("journal_issue/publication_date[@media_type='print']"))
    rest = [x for path in _OF_THE_WHOLE for x in whole.iterfind(path)]
    known = [time for x in (*printed, *dates, *rest) if (time := _day(x)).year is not None]
    first = known[0] if known else PartialDate()
    return next((x for x in known if x.at is not None and x.year == first.year), first)


def _day(date: Element) -> PartialDate:
    return parse_date(date_text(*(first_text(date, part) for part in ("year", "month", "day"))))


CROSSREF_XML = xml_format(
    "crossref-xml", _matches, ("crossref",), (*_CROSSREF, *_WRAPPERS), work_of
)
"""Reads a work a record: what the DOI of the record names, not what that stands in."""
