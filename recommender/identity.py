"""Which record is which paper: identifiers and titles in their canonical form. Pure.

A canonical id has no version and is the first known of arXiv, DOI, ACL,
OpenReview, PubMed, OpenAlex, Semantic Scholar; a paper without any is known by
a hash of its normalised title.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

SCHEMES = ("arxiv", "doi", "acl", "openreview", "pmid", "openalex", "s2")
"""Identifier schemes, the one that names the paper first."""

_ARXIV = re.compile(r"(\d{4}\.\d{4,5}|[a-z][a-z.-]*(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE)
_ARXIV_IN_DOI = re.compile(r"^10\.48550/arxiv\.(.+)$", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_URL_OF_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf|html)/(\S+?)(?:\.pdf)?(?:[?#].*)?$", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^\w]+")


def normalise_arxiv(text: str) -> str:
    """Return ``arxiv:<id>`` without version from an id, ``arXiv:`` form or URL, or ``""``."""
    text = text.strip()
    url = _URL_OF_ARXIV.search(text)
    bare = url.group(1) if url else re.sub(r"^arxiv:\s*", "", text, flags=re.IGNORECASE)
    match = _ARXIV.fullmatch(bare.split()[0] if bare.split() else "")
    return f"arxiv:{match.group(1).lower()}" if match else ""


def normalise_doi(text: str) -> str:
    """Return ``doi:<doi>`` in lower case (or the arXiv id a DOI stands for), or ``""``."""
    match = _DOI.search(text.strip())
    if not match:
        return ""
    doi = match.group(0).rstrip(".,;)").lower()
    arxiv = _ARXIV_IN_DOI.match(doi)
    return (normalise_arxiv(arxiv.group(1)) if arxiv else "") or f"doi:{doi}"


def normalise_identifier(text: str) -> str:
    """Return any identifier a person may type in canonical form, or ``""``."""
    text = text.strip()
    scheme, _, rest = text.partition(":")
    if scheme.lower() in SCHEMES[2:] and rest.strip():
        return f"{scheme.lower()}:{rest.strip()}"
    if scheme == "title" and rest:
        return text
    return normalise_arxiv(text) or normalise_doi(text)


def normalise_title(title: str) -> str:
    """Return the title as letters and digits in lower case, single-spaced, accents dropped."""
    decomposed = unicodedata.normalize("NFKD", title)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain.casefold()).replace("_", " ").strip()


def title_key(title: str) -> str:
    """Return a stable 16-digit key of the normalised title."""
    normalised = normalise_title(title) or title.strip()
    return hashlib.sha256(normalised.encode()).hexdigest()[:16]


def sort_identifiers(identifiers: Iterable[str]) -> tuple[str, ...]:
    """Return the identifiers once each, in the order of `SCHEMES`, unknown schemes last."""
    order = {scheme: i for i, scheme in enumerate(SCHEMES)}
    unique = {x for x in identifiers if x}
    return tuple(sorted(unique, key=lambda x: (order.get(x.partition(":")[0], len(order)), x)))


def canonical_id(identifiers: Iterable[str], title: str) -> str:
    """Return the id that names a paper with these identifiers and this title."""
    known = [x for x in sort_identifiers(identifiers) if x.partition(":")[0] in SCHEMES]
    return known[0] if known else f"title:{title_key(title)}"
