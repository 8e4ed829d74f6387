"""Identifiers of papers in the fields and addresses of foreign files. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from recommender.domain.identifiers import (
    SCHEMES,
    normalise_arxiv,
    normalise_doi,
    normalise_identifier,
    sort_identifiers,
)
from recommender.sources.bounds import MAX_IDENTIFIER, MAX_URL

_ACL = re.compile(r"[A-Z]\d{2}-\d{4,5}|\d{4}\.[a-z\d_]+-[a-z\d_]+\.\d+")
_ADDRESSES = (
    (re.compile(r"aclanthology\.org/(?:papers/)?([^/?#\s]+?)(?:\.pdf|\.bib|/)?$"), "acl"),
    (re.compile(r"aclweb\.org/anthology/(?:papers/(?:\w/){1,2})?([^/?#\s]+?)(?:\.pdf|/)?$"), "acl"),
    (re.compile(r"openreview\.net/(?:forum|pdf)\?id=([\w-]+)"), "openreview"),
    (re.compile(r"ncbi\.nlm\.nih\.gov/(?:m/)?pubmed/(\d+)"), "pmid"),
    (re.compile(r"pubmed\.ncbi\.nlm\.nih\.gov/(\d+)"), "pmid"),
    (re.compile(r"openalex\.org/(?:works/)?(W\d+)", re.IGNORECASE), "openalex"),
    (re.compile(r"semanticscholar\.org/paper/(?:[^/\s]+/)?([0-9a-f]{40})"), "s2"),
)
_PMID = re.compile(r"(?:pmid\s?:\s?)?(\d{1,9})(?:\.0)?", re.IGNORECASE | re.ASCII)
_DOI_ADDRESS = re.compile(r"^(?:https?://)?(?:dx\.)?doi\.org/([^?#\s]+)", re.IGNORECASE)
_DOI_NOTED = re.compile(r"^\s*+(?:doi\s*+[:=]?\s*+|https?://(?:dx\.)?doi\.org/)(10\.\S++)", re.I)
_ARXIV_NOTED = re.compile(
    r"(?:\barxiv\s*(?:preprint)?\s*(?:arxiv)?\s*[:/]\s*|\babs/)"
    r"(\d{4}\.\d{4,5}|[a-z][a-z.-]*/\d{7})(?:v\d+)?",
    re.IGNORECASE,
)
_ARXIV_VERSION = re.compile(
    r"(?:\b\d{4}\.\d{4,5}|[a-z]/\d{7})v([1-9]\d{0,2})\b", re.IGNORECASE | re.ASCII
)
_ARXIV_VENUE = re.compile(r"arxiv|\bcorr\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]{1,1000}", re.IGNORECASE)
_LATEX_ADDRESS = re.compile(
    r"\\(?:url|href|path|nolinkurl|texttt)\b\s*|(\{?\\textasciitilde\b\s*(?:\{\})?\}?"
    r"|\$\{?\\sim\}?\$|\\sim\b\s*|\\string~|\\~(?:\{\s?\})?)|(\{?\\textunderscore\b\s*(?:\{\})?\}?)"
    r"|(\{?\\textpercent\b\s*(?:\{\})?\}?)|(\\slash\b\s*)|\\([_%&#$^])(?:\{\})?|\\[-/]|[{}]"
)
_LINK_TEXT = re.compile(r"\\href\s{0,9}\{([^{}]{0,1000})\}\s{0,9}\{[^{}]{0,1000}\}")
_ADDRESS_SIGNS = ("~", "_", "%", "/")
_FOUND_ADDRESS = re.compile(
    r"\b(?:https?://|www\.(?=[\w-]+\.))[^\s<>\"{}|\\^`]{1,1000}", re.IGNORECASE
)
_NO_SCHEME = re.compile(r"www\.[\w-]+\.[^\s]+", re.IGNORECASE)
_FILE_NAME = re.compile(r"\.\w{2,5}$")
_MAX_IDS = 50


def parse_identifier(text: str) -> str:
    """Return an ``id`` of a foreign record in canonical form, or ``""`` for one of its own.

    Understands what `domain.identifiers` does, and bare ids of the ACL Anthology
    (``P19-1001``, ``2021.acl-long.1``).
    """
    text = text.strip()
    if not text or len(text) > MAX_IDENTIFIER:
        return ""
    if _ACL.fullmatch(text):
        return f"acl:{text}"
    if "://" in text:
        return identifier_in_url(text)
    found = normalise_identifier(text)
    return found if found.partition(":")[0] in SCHEMES else ""


def identifier_in_url(url: str) -> str:
    """Return the identifier that an address stands for, or ``""``."""
    url = url.strip()
    if len(url) > MAX_IDENTIFIER:
        return ""
    for pattern, scheme in _ADDRESSES:
        if match := pattern.search(url):
            bare = match.group(1)
            if scheme != "acl" or _ACL.fullmatch(bare):
                return f"{scheme}:{bare}"
    doi = _DOI_ADDRESS.match(url)
    return normalise_doi(doi.group(1)) if doi else normalise_arxiv(url)


def web_address(text: str) -> str:
    r"""Return the address that a field holds, LaTeX undone, or ``""`` if it is none of the web.

    Only ``http`` and ``https`` are addresses here: what else a file offers
    (``javascript:``, ``file:``) must never become a link.
    """
    tokens = _without_latex(text).split()
    if not tokens:
        return ""
    address = tokens[0]
    if len(tokens) > 1:
        if any("://" in x for x in tokens[1:]):
            address = address.rstrip(",;")
        elif "\n" in text or "\t" in text:
            address = "".join(tokens)
        else:
            address = "%20".join(tokens) if _FILE_NAME.search(tokens[-1]) else ""
    address = address.removeprefix("<").removeprefix("URL:").removesuffix(">")
    if _NO_SCHEME.fullmatch(address):
        address = f"http://{address}"
    return address if _ADDRESS.fullmatch(address) else ""


def find_address(text: str) -> str:
    r"""Return the first web address in a sentence such as ``Available at \url{…}.``, or ``""``."""
    found = _FOUND_ADDRESS.search(_without_latex(text))
    if found is None:
        return ""
    address = found.group().rstrip(".,;:!?'")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?'")
    return web_address(address)


def _without_latex(text: str) -> str:
    if "\\" not in text and "{" not in text and "$" not in text:
        return text[:MAX_URL]
    return _LATEX_ADDRESS.sub(_address_sign, _LINK_TEXT.sub(r"{\1}", text[:MAX_URL]))


def _address_sign(match: re.Match[str]) -> str:
    signs = zip(match.groups(), _ADDRESS_SIGNS, strict=False)
    return next((sign for found, sign in signs if found), match.group(5) or "")


def arxiv_in_note(text: str) -> str:
    """Return the arXiv id in a line such as ``CoRR abs/2401.01234``, or ``""``."""
    match = _ARXIV_NOTED.search(text[:MAX_IDENTIFIER])
    return normalise_arxiv(match.group(1)) if match else ""


def doi_in_note(text: str) -> str:
    """Return the DOI that a note begins with (``doi: 10.1000/1``), as written, or ``""``."""
    match = _DOI_NOTED.match(text[:MAX_IDENTIFIER])
    return match.group(1) if match else ""


def preprint_version(venue: str, *texts: str) -> int | None:
    """Return the number of the version in an arXiv id such as ``2301.01234v2``, or None.

    Also None where the record stands in a venue of its own: then it is an article, and the id
    that of its preprint.
    """
    if venue.strip() and not _ARXIV_VENUE.search(venue[:MAX_IDENTIFIER]):
        return None
    found = (_ARXIV_VERSION.search(x[:MAX_IDENTIFIER]) for x in (*texts, venue) if x)
    return next((int(x.group(1)) for x in found if x), None)


def scheme_identifier(scheme: str, text: str) -> str:
    """Return a bare identifier under its scheme, or ``""`` where there is none."""
    text = text.strip()
    if not text or len(text) > MAX_IDENTIFIER:
        return ""
    if scheme == "doi":
        return normalise_doi(text)
    if scheme == "arxiv":
        return normalise_arxiv(text)
    if scheme == "pmid":  # a spreadsheet may have made 1.2E+07 of it
        number = _PMID.fullmatch(text)
        return f"pmid:{number.group(1)}" if number else ""
    return normalise_identifier(f"{scheme}:{text.rpartition(':')[2]}")


def known_identifiers(identifiers: Iterable[str]) -> tuple[str, ...]:
    """Return the identifiers that are ones, once each and in their order of rank."""
    return sort_identifiers(x for x in identifiers if x)[:_MAX_IDS]
