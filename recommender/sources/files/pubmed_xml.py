"""PubMed's XML, as its website and E-utilities give it out (``PubmedArticleSet``).

Format: NLM's PubMed DTD. A title's full stop is PubMed's own and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from recommender.domain import Author
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.files.nbib import KINDS
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.reference_record import Reference, body, dotted, person
from recommender.sources.parsing.xml_format import (
    date_of,
    every,
    line_of,
    root_of,
    said,
    with_labels,
    xml_entries,
)
from recommender.sources.text_file import Document

_RECORDS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")
_ROOTS = (*_RECORDS, "PubmedArticleSet", "PubmedBookArticleSet", "MedlineCitationSet")
_AUTHORS = ("AuthorList/Author", "Book/AuthorList[@Type='authors']/Author")
_IN_BRACKETS = re.compile(r"\[(.+)\]")


class PubMedXml:
    """Reads articles and books."""

    name = "pubmed-xml"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether the file's first element is PubMed's."""
        return root_of(head)[0] in _ROOTS

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the records by their first lines; see `FileFormat.read`."""
        return xml_entries(document, _RECORDS, _ROOTS, _reference)


def _reference(record: Element) -> Reference:
    """Return the record of an article (``MedlineCitation/Article``) or a book."""
    article = next((x for tag in ("Article", "BookDocument") for x in record.iter(tag)), record)
    return Reference(
        title=_title(article),
        abstract=with_labels(
            (x.get("Label", "").replace("UNLABELLED", ""), line_of(x))
            for x in article.iterfind("Abstract/AbstractText")
        ),
        authors=tuple(_author(x) for path in _AUTHORS for x in article.iterfind(path)),
        time=_time(article),
        venue=said(article, "Journal/Title", "Journal/ISOAbbreviation", "Book/BookTitle"),
        kind=_kind(article),
        doi=said(article, "ELocationID[@EIdType='doi']", "ArticleIdList/ArticleId[@IdType='doi']")
        or said(record, "PubmedData/ArticleIdList/ArticleId[@IdType='doi']"),
        pmid=said(record, "MedlineCitation/PMID", "PMID", "BookDocument/PMID"),
    )


def _title(article: Element) -> str:
    """Return the title, or the one of its own language where English is only a translation."""
    own = said(article, "VernacularTitle")
    title = said(article, "ArticleTitle", "Book/BookTitle") or own
    if translated := _IN_BRACKETS.fullmatch(title.rstrip(".")):
        title = own or translated.group(1)
    return title.removesuffix(".") if not title.endswith("..") else title


def _author(author: Element) -> Author:
    if name := said(author, "CollectiveName"):
        return body(name)
    given = dotted(said(author, "ForeName", "FirstName", "Initials"))
    return person(said(author, "LastName"), given, suffix=said(author, "Suffix"))


def _time(article: Element) -> When:
    """Return the day of the issue, or the electronic one of the same year."""
    online = _day(article, "ArticleDate")
    issue = _day(article, "Journal/JournalIssue/PubDate")
    if issue.year is None:
        issue = _day(article, "Book/PubDate")
    if issue.year is None:
        return online
    return online if issue.at is None and online.year == issue.year else issue


def _day(article: Element, path: str) -> When:
    date = article.find(path)
    parts = (said(date, name) for name in ("Year", "Month", "Day"))
    return when(date_of(*parts) or said(date, "MedlineDate"))


def _kind(article: Element) -> str:
    types = " ".join(every(article, "PublicationTypeList/PublicationType")).lower()
    found = next((kind for words, kind in KINDS if words in types), "")
    return found or ("article-journal" if article.find("Journal") is not None else "book")
