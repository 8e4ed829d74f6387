"""MODS, the library world's XML (Library of Congress, versions 3.0 to 3.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from recommender.domain import Author
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.reference_record import (
    Reference,
    body,
    person,
    sorted_name,
    title_of,
)
from recommender.sources.parsing.xml_format import every, line_of, root_of, said, xml_entries
from recommender.sources.text_file import Document

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
_YEARS = re.compile(r"\s*\[?\b\d{4}\??-(?:\d{4})?\]?\s*$")
_FULL_STOP = re.compile(r"(?<=\w\w)\.$")
_DATES = ("dateIssued", "copyrightDate", "dateCreated", "dateOther")


class Mods:
    """Reads each ``<mods>``; what it only mentions (hosts, parts, series) is no entry."""

    name = "mods"
    suffixes = (".mods",)

    def matches(self, head: str) -> bool:
        """Say whether the file's first element is one of MODS."""
        return root_of(head)[0] in ("mods", "modsCollection")

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the records by their first lines; see `FileFormat.read`."""
        return xml_entries(document, ("mods",), ("mods", "modsCollection"), _reference)


def _reference(mods: Element) -> Reference:
    host = mods.find("relatedItem[@type='host']")
    return Reference(
        title=_title(mods),
        abstract=" ".join(every(mods, "abstract")),
        authors=tuple(_author(x) for x in mods.findall("name") if _is_author(x)),
        time=_time(mods, host),
        venue=said(host, "titleInfo/title") or said(mods, "originInfo/publisher"),
        url=said(mods, "location/url[@usage='primary display']", "location/url"),
        addresses=tuple(every(mods, "identifier[@type='uri']")),
        kind=_kind(mods, host),
        doi=said(mods, "identifier[@type='doi']"),
        pmid=said(mods, "identifier[@type='pmid']", "identifier[@type='pubmed']"),
        arxiv=said(mods, "identifier[@type='arxiv']"),
    )


def _title(mods: Element) -> str:
    """Return the title proper, its article and subtitle with it; another where there is none."""
    proper = [x for x in mods.findall("titleInfo") if x.get("type") is None]
    for info in (*proper, *mods.findall("titleInfo")):
        article, title = said(info, "nonSort"), said(info, "title")
        joint = "" if article.endswith(("'", "’")) else " "
        named = title_of(f"{article}{joint}{title}", said(info, "subTitle"))
        if named:
            return named
    return ""


def _is_author(name: Element) -> bool:
    """Say whether a role makes the name an author's; a name without any role is one."""
    roles = {x.lower().rstrip(".") for x in every(name, "role/roleTerm")}
    return not roles or bool(roles & _AUTHORS)


def _author(name: Element) -> Author:
    parts = {kind: said(name, f"namePart[@type='{kind}']") for kind in ("family", "given")}
    if parts["family"]:
        return person(parts["family"], parts["given"])
    whole = [line_of(x) for x in name.findall("namePart") if x.get("type") is None]
    if name.get("type", "personal") != "personal":
        return body(", ".join(whole))
    bare = _YEARS.sub("", whole[0] if whole else "").rstrip(", ")
    return sorted_name(_FULL_STOP.sub("", bare))


def _time(mods: Element, host: Element | None) -> When:
    """Return the day a work was issued; one meant for machines before one for readers."""
    places = [x for x in (mods, host) if x is not None]
    for encoded in ("[@encoding]", ""):
        for name in _DATES:
            for place in places:
                if (time := when(said(place, f"originInfo/{name}{encoded}"))).year:
                    return time
    return next((t for x in places if (t := when(said(x, "part/date"))).year), When())


def _kind(mods: Element, host: Element | None) -> str:
    genres = " ".join(every(mods, "genre")).lower()
    found = next((kind for word, kind in _KINDS if word in genres), "")
    if found or host is None:
        return found
    continuing = "continuing" in every(host, "originInfo/issuance")
    return "article-journal" if continuing else ""
