"""PubMed's XML, as its website and E-utilities give it out (``PubmedArticleSet``).

Format: NLM's PubMed DTD. A title's full stop is PubMed's own and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from recommender.domain import Author, StatusStatement
from recommender.sources.files.nbib import KINDS
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    dotted_initials,
    personal_author,
)
from recommender.sources.parsing.status_fields import (
    MAX_STATEMENTS,
    identifier_in_citation,
    pubmed_statements,
    type_statements,
)
from recommender.sources.parsing.version_relations import related_versions
from recommender.sources.parsing.xml_format import (
    all_texts,
    date_text,
    first_text,
    labelled_text,
    root_element,
    single_line_text,
    xml_format,
)

_RECORDS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")
_ROOTS = (*_RECORDS, "PubmedArticleSet", "PubmedBookArticleSet", "MedlineCitationSet")
_AUTHORS = ("AuthorList/Author", "Book/AuthorList[@Type='authors']/Author")
_IN_BRACKETS = re.compile(r"\[(.+)\]")


def _matches(head: str) -> bool:
    """Say whether the file's first element is PubMed's."""
    return root_element(head)[0] in _ROOTS


def _reference(record: Element) -> Reference:
    """Return the record of an article (``MedlineCitation/Article``) or a book."""
    article = next((x for tag in ("Article", "BookDocument") for x in record.iter(tag)), record)
    return Reference(
        title=_title(article),
        abstract=labelled_text(
            (x.get("Label", "").replace("UNLABELLED", ""), single_line_text(x))
            for x in article.iterfind("Abstract/AbstractText")
        ),
        authors=tuple(_author(x) for path in _AUTHORS for x in article.iterfind(path)),
        time=_time(article),
        venue=first_text(article, "Journal/Title", "Journal/ISOAbbreviation", "Book/BookTitle"),
        kind=_kind(article),
        doi=first_text(
            article, "ELocationID[@EIdType='doi']", "ArticleIdList/ArticleId[@IdType='doi']"
        )
        or first_text(record, "PubmedData/ArticleIdList/ArticleId[@IdType='doi']"),
        pmid=first_text(record, "MedlineCitation/PMID", "PMID", "BookDocument/PMID"),
        statements=tuple(_statements(record, article)),
        related=tuple(related_versions(_relations(record))),
    )


def _relations(record: Element) -> Iterator[tuple[str, str]]:
    """Yield each kind of comments and corrections, and the record at its other end."""
    for one in list(record.iter("CommentsCorrections"))[:MAX_STATEMENTS]:
        pmid = first_text(one, "PMID")
        cited = identifier_in_citation(first_text(one, "RefSource"))
        yield one.get("RefType", ""), f"pmid:{pmid}" if pmid.isdecimal() else cited


def _statements(record: Element, article: Element) -> Iterator[StatusStatement]:
    """Yield what the publication types, the comments and corrections say."""
    yield from type_statements(all_texts(article, "PublicationTypeList/PublicationType"), "pubmed")
    pmid = first_text(record, "MedlineCitation/PMID", "PMID", "BookDocument/PMID")
    own = f"pmid:{pmid}" if pmid.isdecimal() else ""
    for one in list(record.iter("CommentsCorrections"))[:MAX_STATEMENTS]:
        other = first_text(one, "PMID")
        named = f"pmid:{other}" if other.isdecimal() else ""
        source = identifier_in_citation(first_text(one, "RefSource"))
        yield from pubmed_statements(one.get("RefType", ""), named or source, own)


def _title(article: Element) -> str:
    """Return the title, or the one of its own language where English is only a translation."""
    own = first_text(article, "VernacularTitle")
    title = first_text(article, "ArticleTitle", "Book/BookTitle") or own
    if translated := _IN_BRACKETS.fullmatch(title.rstrip(".")):
        title = own or translated.group(1)
    return title.removesuffix(".") if not title.endswith("..") else title


def _author(author: Element) -> Author:
    if name := first_text(author, "CollectiveName"):
        return corporate_author(name)
    given = dotted_initials(first_text(author, "ForeName", "FirstName", "Initials"))
    return personal_author(
        first_text(author, "LastName"), given, suffix=first_text(author, "Suffix")
    )


def _time(article: Element) -> PartialDate:
    """Return the day of the issue, or the electronic one of the same year."""
    online = _day(article, "ArticleDate")
    issue = _day(article, "Journal/JournalIssue/PubDate")
    if issue.year is None:
        issue = _day(article, "Book/PubDate")
    if issue.year is None:
        return online
    return online if issue.at is None and online.year == issue.year else issue


def _day(article: Element, path: str) -> PartialDate:
    date = article.find(path)
    parts = (first_text(date, name) for name in ("Year", "Month", "Day"))
    return parse_date(date_text(*parts) or first_text(date, "MedlineDate"))


def _kind(article: Element) -> str:
    types = " ".join(all_texts(article, "PublicationTypeList/PublicationType")).lower()
    found = next((kind for words, kind in KINDS if words in types), "")
    return found or ("article-journal" if article.find("Journal") is not None else "book")


PUBMED_XML = xml_format("pubmed-xml", _matches, _RECORDS, _ROOTS, _reference)
"""Reads articles and books."""
