"""MODS, the XML of library catalogues (Library of Congress, versions 3.0 to 3.8).

Not used: pymods 2.0, which needs lxml, opens files by name and bounds nothing; what it would
replace here are look-ups by path.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from recommender.domain import Author
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    join_title,
    parse_sorted_name,
    personal_author,
)
from recommender.sources.parsing.xml_format import (
    all_texts,
    first_text,
    root_element,
    single_line_text,
    xml_format,
)

_AUTHORS = {
    *("aut", "author", "cre", "creator", "art", "artist", "ctg", "cartographer", "pht"),
    *("photographer", "inv", "inventor", "dis", "dissertant"),
}
_KINDS = (
    ("journalarticle", "article-journal"),
    ("conference publication", "book"),
    ("conferencepaper", "paper-conference"),
    ("thesis", "thesis"),
    ("article", "article-journal"),
    ("booksection", "chapter"),
    ("book", "book"),
    ("report", "report"),
    ("web site", "webpage"),
    ("web page", "webpage"),
)
_YEARS = re.compile(r"(?<!\s)\s*+\[?\b\d{4}\??-(?:\d{4})?\]?\s*+$")
_FULL_STOP = re.compile(r"(?<=\w\w)\.$")
_DATES = ("dateIssued", "copyrightDate", "dateCreated", "dateOther")


def _matches(head: str) -> bool:
    """Say whether the file's first element is one of MODS."""
    return root_element(head)[0] in ("mods", "modsCollection")


def _reference(mods: Element) -> Reference:
    host = mods.find("relatedItem[@type='host']")
    return Reference(
        title=_title(mods),
        abstract=" ".join(all_texts(mods, "abstract")),
        authors=tuple(_author(x) for x in mods.findall("name") if _is_author(x)),
        time=_time(mods, host),
        venue=first_text(host, "titleInfo/title") or first_text(mods, "originInfo/publisher"),
        url=first_text(mods, "location/url[@usage='primary display']", "location/url"),
        addresses=tuple(all_texts(mods, "identifier[@type='uri']")),
        kind=_kind(mods, host),
        doi=first_text(mods, "identifier[@type='doi']"),
        pmid=first_text(mods, "identifier[@type='pmid']", "identifier[@type='pubmed']"),
        arxiv=first_text(mods, "identifier[@type='arxiv']"),
    )


def _title(mods: Element) -> str:
    """Return the title proper, its article and subtitle with it; another where there is none."""
    proper = [x for x in mods.findall("titleInfo") if x.get("type") is None]
    for info in (*proper, *mods.findall("titleInfo")):
        article, title = first_text(info, "nonSort"), first_text(info, "title")
        joint = "" if article.endswith(("'", "’")) else " "
        named = join_title(f"{article}{joint}{title}", first_text(info, "subTitle"))
        if named:
            return named
    return ""


def _is_author(name: Element) -> bool:
    """Say whether a role makes the name an author's; a name without any role is one."""
    roles = {x.lower().rstrip(".") for x in all_texts(name, "role/roleTerm")}
    return not roles or bool(roles & _AUTHORS)


def _author(name: Element) -> Author:
    parts = {kind: first_text(name, f"namePart[@type='{kind}']") for kind in ("family", "given")}
    if parts["family"]:
        return personal_author(parts["family"], parts["given"])
    whole = [single_line_text(x) for x in name.findall("namePart") if x.get("type") is None]
    if name.get("type", "personal") != "personal":
        return corporate_author(", ".join(whole))
    bare = _YEARS.sub("", whole[0] if whole else "").rstrip(", ")
    return parse_sorted_name(_FULL_STOP.sub("", bare))


def _time(mods: Element, host: Element | None) -> PartialDate:
    """Return the day a work was issued; one meant for machines before one for readers."""
    places = [x for x in (mods, host) if x is not None]
    for encoded in ("[@encoding]", ""):
        for name in _DATES:
            for place in places:
                if (time := parse_date(first_text(place, f"originInfo/{name}{encoded}"))).year:
                    return time
    return next(
        (t for x in places if (t := parse_date(first_text(x, "part/date"))).year), PartialDate()
    )


def _kind(mods: Element, host: Element | None) -> str:
    genres = " ".join(all_texts(mods, "genre")).lower()
    found = next((kind for word, kind in _KINDS if word in genres), "")
    if found or host is None:
        return found
    continuing = "continuing" in all_texts(host, "originInfo/issuance")
    return "article-journal" if continuing else ""


MODS = xml_format(
    "mods", _matches, ("mods",), ("mods", "modsCollection"), _reference, suffixes=(".mods",)
)
"""Reads each ``<mods>``; what it only mentions (hosts, parts, series) is no entry."""
