"""Other versions of a work, as the relations of sources name them. Pure.

Crossref and DataCite write the same relations in two spellings (``is-preprint-of``,
``IsPreprintOf``), PubMed has words of its own (``UpdateOf``), and Crossref calls a version that
is updated an update too (``new_version``). Translations and new editions are other texts, and a
part or a supplement is no version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from recommender.domain.identifiers import normalise_arxiv, normalise_doi

MAX_RELATED = 100
"""Related identifiers kept of one record."""

_VERSION_RELATIONS = frozenset(
    (
        *("ispreprintof", "haspreprint", "isversionof", "hasversion", "isnewversionof"),
        *("ispreviousversionof", "isidenticalto", "issameas", "isvariantformof"),
        *("isoriginalformof", "ismanuscriptof", "hasmanuscript", "ispublishedversionof"),
        *("replaces", "isreplacedby", "obsoletes", "isobsoletedby", "newversion"),
        *("isformatof", "hasformat", "ismanifestationof", "hasmanifestation"),
        # PubMed: a preprint and its article, a review and its update, a paper printed again.
        *("updateof", "updatein", "republishedfrom", "republishedin", "reprintof", "reprintin"),
        *("uof", "uin", "rpf", "rpi"),
    )
)

_NO_LETTERS = re.compile(r"[-_\s]+")
_PMID = re.compile(
    r"(?:pmid:?\s?|https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/)?"
    r"([1-9]\d{0,8})/?",
    re.IGNORECASE | re.ASCII,
)


def typed_identifier(scheme: str, text: str) -> str:
    """Return an identifier so that it can be read without its type: a PubMed id is a bare number.

    Parameters
    ----------
    scheme
        Its type in the words of Crossref or DataCite, such as ``doi``, ``pmid`` or ``PMID``.
    """
    number = _PMID.fullmatch(text.strip()[:200]) if scheme.lower() == "pmid" else None
    return f"pmid:{number.group(1)}" if number else text


def related_versions(relations: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the canonical identifiers of other versions.

    Parameters
    ----------
    relations
        Pairs of a relation in its source's words and the identifier at its other end.
    """
    seen: set[str] = set()
    for kind, other in relations:
        if _NO_LETTERS.sub("", kind).lower() not in _VERSION_RELATIONS:
            continue
        text = other[:500].strip()
        found = text if text.startswith("pmid:") else normalise_arxiv(text) or normalise_doi(text)
        if found and found not in seen and len(seen) < MAX_RELATED:
            seen.add(found)
            yield found
