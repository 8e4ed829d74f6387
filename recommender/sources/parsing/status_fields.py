"""What the fields of a record say about its status, in the words of each kind of source. Pure.

Crossref calls it an update, PubMed a publication type and a comment or correction, arXiv
writes a remark. All of it becomes a `StatusStatement`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from recommender.domain import StatusStatement
from recommender.domain.identifiers import normalise_doi, normalise_identifier
from recommender.domain.status import (
    CONCERN,
    CONCERN_NOTICE,
    CORRECTED,
    EDITORIAL,
    ERRATUM,
    LABELS,
    NOTICE_OF,
    OTHER,
    PARATEXT,
    RECORD_TYPES,
    RETRACTED,
    RETRACTION_NOTICE,
    SENTENCE,
    STATUSES,
    WITHDRAWN,
)
from recommender.domain.title_status import remark_says
from recommender.sources.parsing.dates import parse_date

MAX_STATEMENTS = 50
"""Statements of one kind that are read from one record."""

_UPDATES = {
    "retraction": RETRACTED,
    "retraction and replacement": RETRACTED,
    "withdrawal": WITHDRAWN,
    "removal": WITHDRAWN,
    "expression of concern": CONCERN,
    "concern": CONCERN,
    "correction": CORRECTED,
    "corrigendum": CORRECTED,
    "erratum": CORRECTED,
    "corrected article": CORRECTED,
    "clarification": CORRECTED,
    "partial retraction": CORRECTED,
}
"""What Crossref's kind of an update says of the work that is updated.

A partial retraction corrects a work (COPE, Retraction guidelines, 2019). An addendum, a new
version and a new edition say nothing against it.
"""

_RELATIONS = {
    "isretractedby": RETRACTED,
    "hasretraction": RETRACTED,
    "iswithdrawnby": WITHDRAWN,
    "haswithdrawal": WITHDRAWN,
    "hasexpressionofconcern": CONCERN,
    "iscorrectedby": CORRECTED,
    "hascorrection": CORRECTED,
    "haserratum": CORRECTED,
    "hascorrigendum": CORRECTED,
}
"""A relation of a work to a notice about it."""

_RELATIONS_OF_NOTICES = {
    "isretractionof": RETRACTED,
    "retracts": RETRACTED,
    "iswithdrawalof": WITHDRAWN,
    "withdraws": WITHDRAWN,
    "isexpressionofconcernof": CONCERN,
    "iscorrectionof": CORRECTED,
    "corrects": CORRECTED,
    "iserratumof": CORRECTED,
    "iscorrigendumof": CORRECTED,
}
"""A relation of a notice to the work that it concerns."""

_TYPES = {
    "retracted publication": RETRACTED,
    "retracted article": RETRACTED,
    "retracted": RETRACTED,
    "withdrawn publication": WITHDRAWN,
    "withdrawn": WITHDRAWN,
    "retraction of publication": RETRACTION_NOTICE,
    "retraction notice": RETRACTION_NOTICE,
    "retraction": RETRACTION_NOTICE,
    "item withdrawal": RETRACTION_NOTICE,
    "withdrawal": RETRACTION_NOTICE,
    "expression of concern": CONCERN_NOTICE,
    "published erratum": ERRATUM,
    "erratum": ERRATUM,
    "corrigendum": ERRATUM,
    "correction": ERRATUM,
    "correction, addition": ERRATUM,
    "corrected and republished article": CORRECTED,
    "editorial": EDITORIAL,
    "editorial material": EDITORIAL,
    "introductory journal article": EDITORIAL,
    "paratext": PARATEXT,
    "front matter": PARATEXT,
    "peer review": OTHER,
    "peer-review": OTHER,
    "news": OTHER,
    "news item": OTHER,
    "newspaper article": OTHER,
    "portrait": OTHER,
    "obituary": OTHER,
    "biographical-item": OTHER,
    "grant": OTHER,
    "sa-component": OTHER,
    "supplementary-materials": OTHER,
    "libguides": OTHER,
}
"""A publication type in the words of OpenAlex, Crossref, PubMed and Web of Science."""

_NO_WORKS_OF_DATACITE = frozenset(
    ("award", "event", "instrument", "journal", "peerreview", "physicalobject", "project")
)
"""General types of DataCite that are no papers to suggest."""

_OF_PUBMED = {
    "retractionin": RETRACTED,
    "retractedandrepublishedin": RETRACTED,
    "expressionofconcernin": CONCERN,
    "erratumin": CORRECTED,
    "partialretractionin": CORRECTED,
    "correctedandrepublishedin": CORRECTED,
}
_NOTICES_OF_PUBMED = {
    "retractionof": RETRACTED,
    "expressionofconcernfor": CONCERN,
    "erratumfor": CORRECTED,
    "partialretractionof": CORRECTED,
}
_REPLACED_OF_PUBMED = {
    "retractedandrepublishedfrom": RETRACTED,
    "correctedandrepublishedfrom": CORRECTED,
}
"""What a paper that was published again says of the paper that it replaces."""
MEDLINE_TAGS = {
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "EIN": "ErratumIn",
    "EFR": "ErratumFor",
    "ECI": "ExpressionOfConcernIn",
    "ECF": "ExpressionOfConcernFor",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "CRI": "CorrectedandRepublishedIn",
    "CRF": "CorrectedandRepublishedFrom",
    "RRI": "RetractedandRepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
}
"""MEDLINE's tags for what PubMed's XML calls a comment or correction."""

Relations = Iterable[tuple[str, str]]

_GAPS = re.compile(r"[\W_]+")
_PMID = re.compile(r"PMID:\s{0,5}(\d{1,9})")
_SAID = {label.lower(): says for says, label in LABELS.items()}


def type_statements(
    types: Iterable[str], source: str, *, link: str = ""
) -> Iterator[StatusStatement]:
    """Yield what publication types say of a record."""
    found = (_TYPES.get(x.strip().lower()) for x in list(types)[:MAX_STATEMENTS])
    for says in dict.fromkeys(x for x in found if x):
        yield StatusStatement(says, source, link)


def updated_by(
    kind: str, notice: str, source: str, at: datetime | None = None
) -> StatusStatement | None:
    """Return what an update of a kind says of the work that a notice updates."""
    says = _UPDATES.get(_words(kind))
    return StatusStatement(says, source, _named(notice), at) if says else None


def update_to(
    kind: str, work: str, notice: str, source: str, at: datetime | None = None
) -> Iterator[StatusStatement]:
    """Yield what a notice says of itself and of the work that it updates.

    A work that updates itself is no notice: what is said is said of the work.
    """
    says, subject, own = _UPDATES.get(_words(kind)), _named(work), _named(notice)
    if says and subject and subject == own:
        yield StatusStatement(says, source, "", at)
    elif says:
        yield StatusStatement(NOTICE_OF[says], source, subject)
        if subject:
            yield StatusStatement(says, source, own, at, subject)


def relation_statements(kind: str, other: str, own: str, source: str) -> Iterator[StatusStatement]:
    """Yield what a relation between a notice and its work says, from either side."""
    name = _GAPS.sub("", kind).lower()
    if says := _RELATIONS.get(name):
        yield StatusStatement(says, source, _named(other))
    elif says := _RELATIONS_OF_NOTICES.get(name):
        yield StatusStatement(NOTICE_OF[says], source, _named(other))
        if subject := _named(other):
            yield StatusStatement(says, source, _named(own), subject=subject)


def pubmed_statements(kind: str, other: str, own: str) -> Iterator[StatusStatement]:
    """Yield what one comment or correction of PubMed says.

    Parameters
    ----------
    kind
        Its ``RefType``, such as ``RetractionIn``.
    other, own
        Identifiers of the other record and of this one; may be empty.
    """
    name = kind.lower()
    if says := _OF_PUBMED.get(name):
        yield StatusStatement(says, "pubmed", other)
    elif says := _NOTICES_OF_PUBMED.get(name):
        yield StatusStatement(NOTICE_OF[says], "pubmed", other)
        if other:
            yield StatusStatement(says, "pubmed", own, subject=other)
    elif (says := _REPLACED_OF_PUBMED.get(name)) and other:
        yield StatusStatement(says, "pubmed", own, subject=other)


def datacite_statements(
    general: str, own_type: str, withdrawn: Iterable[str], relations: Relations, own: str
) -> Iterator[StatusStatement]:
    """Yield what DataCite's types, days of a withdrawal and relations say.

    Parameters
    ----------
    general, own_type
        Its ``resourceTypeGeneral``, and its type in words of its own.
    withdrawn
        The days at which it was withdrawn.
    relations
        Pairs of a relation and the identifier at its other end.
    own
        Its DOI.
    """
    yield from type_statements((general, own_type), "datacite")
    if general.lower() in _NO_WORKS_OF_DATACITE:
        yield StatusStatement(OTHER, "datacite")
    for day in withdrawn:
        yield StatusStatement(WITHDRAWN, "datacite", at=parse_date(day).at)
    for kind, other in islice(relations, MAX_STATEMENTS):
        yield from relation_statements(kind, other, own, "datacite")


def identifier_in_citation(text: str) -> str:
    """Return the PubMed id or the DOI that a citation in words names, or ``""``."""
    found = _PMID.search(text[:2_000])
    return f"pmid:{found.group(1)}" if found else normalise_doi(text[:2_000])


def remark_statements(remark: str, source: str) -> Iterator[StatusStatement]:
    """Yield what a remark or a note says, also in the words of our own exports."""
    own = False
    for line in remark.splitlines()[:MAX_STATEMENTS]:
        said = SENTENCE.fullmatch(line.strip())
        if said and (says := _SAID.get(said.group(1).lower())):
            own = True
            yield StatusStatement(says, source, said.group(2) or "")
    if not own and (says := remark_says(remark)):
        yield StatusStatement(says, source)


def stated(
    value: object, status: str, record_type: str, notice: str = ""
) -> Iterator[StatusStatement]:
    """Yield the statements of our own JSON, else those of its two words for people.

    `notice` is the address of the notice about the paper, or of the work of a notice.
    """
    given = value[:MAX_STATEMENTS] if isinstance(value, list) else []
    found = [x for one in given if isinstance(one, Mapping) and (x := _own(one))]
    yield from found
    if not found:
        for word, known in ((status, STATUSES), (record_type, RECORD_TYPES)):
            plain = word.strip().lower()
            says = plain if plain in known else _SAID.get(plain, "")
            if says in known:
                yield StatusStatement(says, "file", notice)
                notice = ""


def _own(one: Mapping[str, object]) -> StatusStatement | None:
    says, source, link = (_text(one.get(x)) for x in ("says", "source", "link"))
    if says not in (*STATUSES, *RECORD_TYPES) or not source.strip():
        return None
    return StatusStatement(says, source[:200], link[:2_000], _time(_text(one.get("at"))))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _words(kind: str) -> str:
    return _GAPS.sub(" ", kind).strip().lower()


def _named(text: str) -> str:
    return normalise_identifier(text) if text else ""
