"""Names of people as authors: family and given name apart, in order.

Pure. BibTeX's own rules tell the parts (through bibtexparser); a particle
(``van der``) and a suffix (``Jr.``) stay with the family name, and a name wholly
in braces is one of a body, kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from bibtexparser.middlewares.names import (
    parse_single_name_into_parts,
    split_multiple_persons_names,
)

from recommender.domain import Author
from recommender.sources.parsing.clean_text import plain_text
from recommender.sources.parsing.latex import decode_latex, unescape_latex

MAX_NAME = 300
"""Most characters of one part of a name; a longer one is cut."""

_BRACE = re.compile(r"([{}])")
_OTHERS = {"others", "et al", "et al.", "...", "…"}
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-Z]\.[ -]?){1,4}|[A-Z]{1,3}")
_QUOTED = re.compile(r"(?<!\\)(?:'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\")")
_KEYED = re.compile(r"\s*(?:family|given|prefix|suffix|id)\s*=", re.IGNORECASE)
_KEY = re.compile(r"\b(family|given|prefix|suffix)\s*=\s*([^,]*)", re.IGNORECASE)

_COMMON = re.compile(r"((?:[A-Z][a-z]+|[A-Z]\.)(?: (?:[A-Z][a-z]+|[A-Z]\.)){0,3}) ([A-Z][a-z]+)")
_SPACED_ACCENT = re.compile(r"\\([cvHkrudbt]) ([A-Za-z])")
_SPACED_LETTER = re.compile(r"\\(o|O|l|L|ss|ae|AE|aa|AA|oe|OE|i|j) +")


def bibtex_authors(field: str) -> tuple[Author, ...]:
    """Return the authors of a BibTeX field in order, ``and others`` left out."""
    names = split_multiple_persons_names(" ".join(field.split()))
    return _known(_bibtex_author(name.strip()) for name in names)


def plain_authors(value: object) -> tuple[Author, ...] | None:
    """Return the authors of a JSON value or a table's cell, or None if it holds no names.

    A list holds one name an item (text, or an object with ``family`` and
    ``given``, ``literal`` or ``name``); text is split at ``;``, ``and`` or,
    where the parts look like names, at commas.
    """
    if value is None:
        return ()
    if isinstance(value, str):
        value = _split(plain_text(unescape_latex(value)))
    if not isinstance(value, list):
        return None
    if not all(isinstance(x, str) or isinstance(x, Mapping) for x in value):  # noqa: SIM101 - faster
        return None
    return _known(plain_author(x) if isinstance(x, str) else _from_object(x) for x in value)


def plain_author(name: str) -> Author:
    """Return one name written in ordinary text, either part first; one in braces is kept whole."""
    return _seen_author(name) if len(name) <= MAX_NAME else _plain_author(name)


def _plain_author(name: str) -> Author:
    # Most names are of this form, and the general way costs twenty times as much.
    if (common := _COMMON.fullmatch(name)) and not _SUFFIX.fullmatch(common.group(2)):
        return Author(family=common.group(2), given=common.group(1))
    if _braced_whole(name.strip()):
        return Author(literal=plain_text(unescape_latex(name.strip()[1:-1]))[:MAX_NAME])
    name = re.sub(r"[{}\\]", "", plain_text(unescape_latex(name)))
    before, comma, after = name.rpartition(",")
    if comma and _SUFFIX.fullmatch(after.strip()):
        name = f"{before} {after.strip()}"
    words = name.split()
    if "," not in name and len(words) > 1 and _are_initials(words[-1], words[0]):
        return Author(family=" ".join(words[:-1])[:MAX_NAME], given=words[-1])
    return _from_parts(name, lambda part: part)


_seen_author = lru_cache(maxsize=10_000)(_plain_author)
"""The same of a name as long as names are: an author has several papers."""


def _are_initials(last: str, first: str) -> bool:
    """Say whether a name ends in its initials (``Doe J.``), as in medical indexes."""
    ends = _INITIALS.fullmatch(last) and not _SUFFIX.fullmatch(last)
    return bool(ends) and not _INITIALS.fullmatch(first)


def _known(authors: Iterable[Author]) -> tuple[Author, ...]:
    return tuple(x for x in authors if (name := x.name) and name.lower() not in _OTHERS)


def _bibtex_author(name: str) -> Author:
    if _braced_whole(name):
        return Author(literal=_decoded(name)[:MAX_NAME])
    if _KEYED.match(name):
        parts = {key.lower(): _decoded(part.strip(' "')) for key, part in _KEY.findall(name)}
        family = " ".join(filter(None, map(parts.get, ("prefix", "family", "suffix"))))
        return Author(family=family[:MAX_NAME], given=parts.get("given", "")[:MAX_NAME])
    name = _SPACED_ACCENT.sub(r"\\\1{\2}", _SPACED_LETTER.sub(r"{\\\1}", name))
    return _from_parts(re.sub(r"(?<!\\)~", " ", name), _decoded)


def _decoded(latex: str) -> str:
    return plain_text(unescape_latex(decode_latex(latex)))


def _braced_whole(name: str) -> bool:
    """Say whether the first brace closes at the very end."""
    if not (name.startswith("{") and name.endswith("}")):
        return False
    depth = 0
    for place, sign in enumerate(name):
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return place == len(name) - 1
    return False


def _from_parts(name: str, text: Callable[[str], str]) -> Author:
    parts = parse_single_name_into_parts(name, strict=False)
    first, last, suffix = list(parts.first), list(parts.last), list(parts.jr)
    if len(last) == 1 and len(first) > 1 and _SUFFIX.fullmatch(last[0]) and "," not in name:
        suffix, last = last, [first.pop()]
    if len(first) == 1 and first[0].islower() and "," not in name and not last[0].islower():
        last, first = [*first, *last], []
    family = text(" ".join([*parts.von, *last, *suffix]))
    return Author(family=family[:MAX_NAME], given=text(" ".join(first))[:MAX_NAME])


def _from_object(value: Mapping[str, object]) -> Author:
    parts = {
        key: plain_text(part)[:MAX_NAME]
        for key in ("family", "given", "literal", "name")
        if isinstance(part := value.get(key), str)
    }
    if parts.get("family") or parts.get("literal"):
        return Author(parts.get("family", ""), parts.get("given", ""), parts.get("literal", ""))
    return plain_author(parts.get("name", ""))


def _split(text: str) -> list[str]:
    if text.startswith("[") and (quoted := _QUOTED.findall(text)):
        return [single or double for single, double in quoted]
    if ";" in text or _braced_whole(text.strip()):
        return _split_at_semicolons(text)
    return [x for piece in re.split(r",?(?<!\s)\s++and\s++", text) for x in _split_at_commas(piece)]


def _split_at_semicolons(text: str) -> list[str]:
    """Split at each ``;`` unless the next brace after it is a closing one."""
    # Texts and braces take turns; a loop, as a look-ahead at each semicolon is quadratic.
    pieces = _BRACE.split(text)
    names = [""]
    for piece, brace in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        first, *others = [piece] if brace == "}" else piece.split(";")
        names[-1] += first
        names += others
        names[-1] += brace
    return names


def _split_at_commas(text: str) -> list[str]:
    parts = [x.strip() for x in text.split(",") if x.strip()]
    several = all(" " in x for x in parts) and not parts[0].split()[0].islower() if parts else False
    if len(parts) < 2 or several:
        return parts
    if len(parts) == 3 and _SUFFIX.fullmatch(parts[1]):
        return [text]
    if len(parts) % 2 == 0:
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    return parts
