"""Other versions of a work, as the relations of sources name them. Pure.

Crossref and DataCite write the same relations in two spellings (``is-preprint-of``,
``IsPreprintOf``), PubMed has words of its own (``UpdateOf``). Translations are other texts,
and a part or a supplement is no version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recommender.domain.identifiers import normalise_arxiv, normalise_doi

MAX_RELATED = 100
"""Related identifiers kept of one record."""

_VERSION_RELATIONS = frozenset(
    (
        *("ispreprintof", "haspreprint", "isversionof", "hasversion", "isnewversionof"),
        *("ispreviousversionof", "isidenticalto", "issameas", "isvariantformof"),
        *("isoriginalformof", "ismanuscriptof", "hasmanuscript", "ispublishedversionof"),
        # PubMed: a preprint and its article, a review and its update, a paper printed again.
        *("updateof", "updatein", "republishedfrom", "republishedin"),
        *("uof", "uin", "rpf", "rpi"),
    )
)


def related_versions(relations: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the canonical identifiers of other versions.

    Parameters
    ----------
    relations
        Pairs of a relation in its source's words and the identifier at its other end.
    """
    seen: set[str] = set()
    for kind, other in relations:
        if kind.replace("-", "").replace("_", "").lower() not in _VERSION_RELATIONS:
            continue
        text = other[:500].strip()
        found = text if text.startswith("pmid:") else normalise_arxiv(text) or normalise_doi(text)
        if found and found not in seen and len(seen) < MAX_RELATED:
            seen.add(found)
            yield found
