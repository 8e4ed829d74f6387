"""What BibTeX and BibLaTeX write alike: entries, names, verbatim values. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from recommender.export.latex import escape, is_balanced
from recommender.export.names import NameParts
from recommender.markup import one_line


def entry(kind: str, key: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return one entry, a field a line; values come with their delimiters."""
    lines = "".join(f"  {name} = {value},\n" for name, value in fields)
    return f"@{kind}{{{key},\n{lines}}}\n"


def verbatim(text: str) -> str:
    """Return an address or identifier as it is; only lone braces are percent-encoded."""
    line = one_line(text)
    return line if is_balanced(line) else line.replace("{", "%7B").replace("}", "%7D")


def keywords(tags: Iterable[str]) -> str:
    """Return tags for a field that is cut at commas."""
    return ", ".join(escape(x.replace(",", " ")) for x in tags)


def name(parts: NameParts) -> str:
    """Return a name as ``von Last, Jr, First``; braces keep it from being cut apart."""
    if parts.literal or not (parts.given or parts.is_plain_family):
        return f"{{{escape(parts.literal or f'{parts.last} {parts.suffix}'.strip())}}}"
    family = _guarded(parts.family, parts.has_inner_particle)
    last = f"{escape(parts.particle)} {family}".strip()
    given = _guarded(parts.given)
    return ", ".join(x for x in (last, escape(parts.suffix), given) if x)


def _guarded(part: str, always: bool = False) -> str:
    escaped = escape(part)
    cut = always or "," in part or "and" in part.casefold().split()
    return f"{{{escaped}}}" if cut else escaped
