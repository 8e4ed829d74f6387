"""Which record is which paper: identifiers and titles in their canonical form. Pure.

A canonical id has no version and is the first known of arXiv, DOI, ACL,
OpenReview, PubMed, OpenAlex, Semantic Scholar; a paper without any is known by
a hash of its normalised title.

Not used: idutils 1.7. On the texts of the recorded files it misses 523 of 1,056 arXiv ids
(all ``https://arxiv.org/abs/…`` addresses) and 18 of 1,527 DOIs (publishers' resolvers
such as ``doi.acm.org/10.1145/…``), keeps a sentence's full stop as part of a DOI, and
takes 2 s to import.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SCHEMES = ("arxiv", "doi", "acl", "openreview", "pmid", "openalex", "s2")
"""Identifier schemes, the one that names the paper first."""

_RANK = {scheme: place for place, scheme in enumerate(SCHEMES)}

# Until 2007 an id began with one of these archives; none has been added since.
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas"
    "|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin"
    "|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_ARXIV = re.compile(
    rf"(?:(\d{{4}}\.\d{{4,5}})|({_ARCHIVES})(?:\.[a-z-]+)?/(\d{{7}}))(?:v\d+)?",
    re.IGNORECASE | re.ASCII,
)
_ARXIV_IN_DOI = re.compile(r"^10\.48550/arxiv\.(.+)$", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+", re.ASCII)
_ARXIV_SAID = re.compile(r"arxiv:\s*", re.IGNORECASE)
_URL_OF_ARXIV = re.compile(
    r"arxiv\.org/(?:abs|pdf|html)/(\S+?)(?:\.pdf)?(?:[?#].*)?$", re.IGNORECASE
)
_NOT_WORD = re.compile(r"[\W_]+")
# .v2: figshare, Preprints.org, TechRxiv; /v2: Research Square, Authorea; -v2: ChemRxiv;
# _v2: OSF; v2 alone: bioRxiv. F1000Research and eLife write .2.
_DOI_VERSION = re.compile(r"(?<=\w)[./_-]v([1-9]\d?)$", re.ASCII)
_DOI_VERSION_OF_HOST = re.compile(
    r"^doi:10\.(?:1101/[\d.]{6,20}v|12688/[a-z0-9]{2,40}\.\d{1,9}\.|7554/elife\.\d{4,6}\.)"
    r"([1-9]\d?)$",
    re.ASCII,
)
_SUBTITLE = re.compile(r"[:：?!]\s|\s[-–—]{1,3}\s|(?<=\w\w\w\w)\.\s")
_GENRES = re.compile(
    r"(?:book )?reviews?|editorials?|prefaces?|forewords?|introductions?|letters?|news|abstracts?"
    r"|comment(?:ary|aries|s)?(?: on| to)?|reply(?: to)?|response(?: to)?|discussions?"
    r"|obituar(?:y|ies)|in memoriam|announcements?|corrections?(?: to)?|corrigend(?:um|a)(?: to)?"
    r"|errat(?:um|a)(?: to| for)?|addend(?:um|a)(?: to)?|withdrawn"
    r"|retract(?:ion|ed)(?: article| note| notice)?(?: to| of)?|proceedings|overview|conclusions?"
    r"|contents|table of contents|appendix|index|notes?|(?:annual )?report|tutorial|poster|keynote"
)


def normalise_arxiv(text: str) -> str:
    """Return ``arxiv:<id>`` from an id, ``arXiv:`` form or URL, or ``""``.

    Neither a version nor an old id's subject class (``cs.LG/0112017`` is
    ``cs/0112017``) is part of which paper it is.
    """
    text = text.strip()
    url = _URL_OF_ARXIV.search(text) if "/" in text else None
    said = None if url else _ARXIV_SAID.match(text)
    bare = url.group(1) if url else text[said.end() :] if said else text
    words = bare.split(maxsplit=1)
    match = _ARXIV.fullmatch(words[0]) if words else None
    if not match:
        return ""
    number, archive, old_number = match.groups()
    return f"arxiv:{number}" if number else f"arxiv:{archive.lower()}/{old_number}"


def normalise_doi(text: str) -> str:
    """Return ``doi:<doi>`` in lower case (or the arXiv id a DOI stands for), or ``""``."""
    match = _DOI.search(text.strip())
    if not match:
        return ""
    doi = _without_trailing_marks(match.group(0).lower())
    if not _DOI.fullmatch(doi):
        return ""
    arxiv = _ARXIV_IN_DOI.match(doi)
    return (normalise_arxiv(arxiv.group(1)) if arxiv else "") or f"doi:{doi}"


def _without_trailing_marks(doi: str) -> str:
    """Cut off what ended the sentence around a DOI; a bracket it opened itself stays."""
    while doi.endswith((".", ",", ";")) or (doi.endswith(")") and doi.count(")") > doi.count("(")):
        doi = doi[:-1]
    return doi


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
    if title.isascii():
        return _NOT_WORD.sub(" ", title.lower()).strip()
    decomposed = unicodedata.normalize("NFKD", title)
    folded = unicodedata.normalize("NFKD", decomposed.casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain).strip()


@lru_cache(maxsize=8192)
def title_key(title: str) -> str:
    """Return a stable 16-digit key of the title as it is spoken.

    Where a word is parted (``pre-training``, ``pretraining``) does not count, nor
    whether an ``and`` is written out.
    """
    words = normalise_title(title).split()
    spoken = "".join(x for x in words if x != "and") or "".join(words) or title.strip()
    return hashlib.sha256(spoken.encode()).hexdigest()[:16]


def is_genre(title: str) -> bool:
    """Say whether a title names a kind of text and no work (``Editorial``, ``Reply to``)."""
    return _GENRES.fullmatch(normalise_title(title)) is not None


def main_title(title: str) -> str:
    """Return the title without its subtitle; all of it where that would name only a genre."""
    main = _SUBTITLE.split(title, maxsplit=1)[0]
    return title if main == title or not main.strip() or is_genre(main) else main


@lru_cache(maxsize=2_048)
def main_title_key(title: str) -> str:
    """Return the `title_key` of the title without its subtitle."""
    return title_key(main_title(title))


def split_version(identifier: str) -> tuple[str, int | None]:
    """Return an identifier without the version that stands in it, and that version's number.

    Repositories give each version a DOI of its own, such as ``10.6084/m9.figshare.5.v2``.
    """
    for pattern in (_DOI_VERSION, _DOI_VERSION_OF_HOST) if identifier.startswith("doi:") else ():
        if found := pattern.search(identifier):
            base = identifier[: found.start() if pattern is _DOI_VERSION else found.start(1) - 1]
            return base, int(found.group(1))
    return identifier, None


def sort_identifiers(identifiers: Iterable[str]) -> tuple[str, ...]:
    """Return the identifiers once each, in the order of `SCHEMES`, unknown schemes last."""
    unique = {x for x in identifiers if x}
    if len(unique) < 2:
        return tuple(unique)
    return tuple(sorted(unique, key=lambda x: (_RANK.get(x.partition(":")[0], len(_RANK)), x)))


def canonical_id(identifiers: Iterable[str], title: str) -> str:
    """Return the id that names a paper with these identifiers and this title."""
    known = [x for x in sort_identifiers(identifiers) if x.partition(":")[0] in SCHEMES]
    return known[0] if known else f"title:{title_key(title)}"
