"""Which names of journals and conferences mean the same venue. Pure.

Sources write one conference in many ways: ``ACL 2024``, ``Proceedings of the 62nd Annual Meeting of
the Association for Computational Linguistics (Volume 1: Long Papers)``, ``ACL (1)``. Years, ordinal
numbers and volumes are no part of the venue; an acronym that stands by the name is one. A workshop
and the findings of a conference are venues of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from recommender.domain.identifiers import normalise_title

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_IN_BRACKETS = re.compile(r"\(([A-Za-z][A-Za-z&+-]{1,14})(?:[ '’]{0,2}\d{2,4})?\)")
_BY_YEAR = re.compile(r"\b([A-Z][A-Za-z&+-]{1,14})[ '’-]{0,2}(?:(?:19|20)\d\d\b|(?<=['’])\d\d\b)")
_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,200}[)\]]")
_VOLUME = re.compile(r"[,:;]?\s{0,3}\b(?:vol(?:ume|\.)?|part|issue|no\.)\s{0,3}\d.*", re.IGNORECASE)
_ORDINAL = re.compile(
    r"\b(?:\d{1,3}\s?(?:st|nd|rd|th)"
    r"|(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -])?"
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teenth|(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ieth"
    r")\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:in\s{1,3})?(?:conference\s{1,3})?proc(?:eedings|\.)?\s{1,3}(?:of\s{1,3})?(?:the\s{1,3})?",
    re.IGNORECASE,
)
_APART = re.compile(r"\b(?:workshops?|findings|companion|tutorials?)\b", re.IGNORECASE)
_SERVER = re.compile(r"^(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|ssrn|preprints?|hal)\b")
_MEETS = {"conference", "meeting", "symposium", "proceedings", "proc", "advances", "annual"}
_UNTELLING = {
    *("conference", "international", "annual", "meeting", "symposium", "proceedings", "proc"),
    *("advances", "of", "the", "on", "in", "for", "and", "ieee", "cvf", "acm"),
    *("computer", "society"),
}
_CORES = {
    "association computational linguistics": "ACL",
    "empirical methods natural language processing": "EMNLP",
    "north american chapter association computational linguistics": "NAACL",
    "north american chapter association computational linguistics human language technologies": (
        "NAACL"
    ),
    "european chapter association computational linguistics": "EACL",
    "neural information processing systems": "NeurIPS",
    "machine learning": "ICML",
    "learning representations": "ICLR",
    "vision pattern recognition": "CVPR",
    "vision": "ICCV",
    "european vision": "ECCV",
    "aaai artificial intelligence": "AAAI",
    "joint artificial intelligence": "IJCAI",
    "sigkdd knowledge discovery data mining": "KDD",
    "knowledge discovery data mining": "KDD",
    "sigir research development information retrieval": "SIGIR",
    "research development information retrieval": "SIGIR",
    "world wide web": "WWW",
    "artificial intelligence statistics": "AISTATS",
    "uncertainty artificial intelligence": "UAI",
    "acoustics speech signal processing": "ICASSP",
    "human factors computing systems": "CHI",
    "recommender systems": "RecSys",
}
"""Words that are left of a conference's name -> its acronym."""
_ACRONYMS = {x.lower(): x for x in _CORES.values()} | {"nips": "NeurIPS", "thewebconf": "WWW"}


@dataclass(frozen=True, slots=True)
class Venue:
    """A journal or conference with the papers that a library has of it.

    Parameters
    ----------
    name
        How it is shown: its acronym, else its most frequent spelling.
    spellings
        Every spelling in the catalogue.
    years
        Year -> number of papers, newest first; papers without a year are left out.
    n_papers
        Of all years.
    """

    name: str
    spellings: tuple[str, ...]
    years: Mapping[int, int]
    n_papers: int


@lru_cache(maxsize=65_536)
def normalise_venue(name: str) -> tuple[str, str]:
    """Return the key that all spellings of a venue share, and how this one would be shown.

    Both are ``""`` for no venue: an empty name, a preprint server.
    """
    name = " ".join(name.split())[:500]
    if _SERVER.match(normalise_title(name)):
        return "", ""
    apart = _APART.search(name) is not None
    acronym = "" if apart else _acronym_in(name)
    if acronym:
        return acronym.lower(), acronym
    shown = _BRACKETS.sub(" ", _VOLUME.sub("", name))
    shown = _ORDINAL.sub(" ", _YEAR.sub(" ", _LEADING.sub("", shown)))
    shown = re.sub(r"\s{1,9}(?=[,.;:])|['’]\d\d\b", "", " ".join(shown.split())).strip(" ,.;:-–")
    words = [x for x in normalise_title(shown).split() if x not in ("the", "annual")]
    if not words:
        return "", ""
    if not apart and _MEETS.intersection(normalise_title(name).split()):
        acronym = _CORES.get(
            " ".join(x for x in words if x not in _UNTELLING and not x.isdigit()), ""
        )
        known = [_ACRONYMS[x] for x in words if x in _ACRONYMS]
        acronym = acronym or (known[0] if len(known) == 1 else "")
    if not apart and " " not in shown:
        acronym = _ACRONYMS.get(words[0], "")
    return (acronym.lower(), acronym) if acronym else (" ".join(words), shown)


def _acronym_in(name: str) -> str:
    """Return the acronym in brackets or before a year, or ``""``."""
    found = [x.group(1) for pattern in (_IN_BRACKETS, _BY_YEAR) for x in pattern.finditer(name)]
    for acronym in found:
        first = acronym.split("-")[0]
        if known := _ACRONYMS.get(acronym.lower()) or _ACRONYMS.get(first.lower()):
            return known
        if sum(x.isupper() for x in acronym) >= 2:
            return acronym
    return ""


def group_venues(counted: Iterable[tuple[str, int | None, int]]) -> list[Venue]:
    """Return venues from (spelling, year, number of papers), the one with most papers first."""
    shown: dict[str, dict[str, int]] = {}
    spellings: dict[str, dict[str, None]] = {}
    years: dict[str, dict[int, int]] = {}
    totals: dict[str, int] = {}
    for spelling, year, n in counted:
        key, name = normalise_venue(spelling)
        if not key:
            continue
        of_key = shown.setdefault(key, {})
        of_key[name] = of_key.get(name, 0) + n
        spellings.setdefault(key, {})[spelling] = None
        totals[key] = totals.get(key, 0) + n
        of_year = years.setdefault(key, {})
        if year is not None:
            of_year[year] = of_year.get(year, 0) + n
    found = [
        Venue(
            name=min(names, key=lambda x: (-names[x], x)),
            spellings=tuple(spellings[key]),
            years=dict(sorted(years[key].items(), reverse=True)),
            n_papers=totals[key],
        )
        for key, names in shown.items()
    ]
    return sorted(found, key=lambda x: (-x.n_papers, x.name))
