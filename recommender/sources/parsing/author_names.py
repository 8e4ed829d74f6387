r"""Names of people as authors: family and given name apart, in order.

Pure. BibTeX's own rules tell the parts of one name (through bibtexparser); a particle
(``van der``) and a suffix (``Jr.``) stay with the family name, and a name wholly
in braces is one of a body, kept as it is.

The names of a byline are told apart here. bibtexparser 2.1 has a function for it,
`split_multiple_persons_names`, which loses letters: a backslash skips two characters
before it looks at whether a new name begins there, so that of
``Vogel, Mo and \L ukasz, Jan`` the second name is ``ukasz, Jan``, and of
``A and \v{C}apek, B`` it is ``{C}apek, B``. It also returns ``and Larsen`` for
``A and and Larsen``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import islice

from bibtexparser.middlewares.names import parse_single_name_into_parts

from recommender.domain import Author
from recommender.sources.bounds import MAX_AUTHORS, MAX_NAME, MAX_TEXT, MAX_WRITTEN_NAME
from recommender.sources.parsing.clean_text import plain_text
from recommender.sources.parsing.latex import compose_accents, decode_latex, unescape_latex

_BRACE = re.compile(r"([{}])")
_OTHERS = {"others", "et al", "et al.", "...", "…"}
_SUFFIX = re.compile(r"(?:jr|sr|jnr|snr|ii|iii|iv|2nd|3rd)\.?", re.IGNORECASE)
_TITLE_AFTER = re.compile(r"(?:ph\.? ?d|m\.? ?d|m\.? ?sc|esq)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-Z]\.[ -]?){1,4}|[A-Z]{1,3}")
_INITIAL_FIRST = re.compile(r"[A-Z]\.[\s~A-Z]")
_INITIALS_LAST = re.compile(r"(?<=\w)[\s~]+((?:[A-Z]\.[ -]?){1,4}|[A-Z]{1,3})$")
_DOTTED_LAST = re.compile(r"(?<=[a-z])\s+((?:[A-Z]\.[ -]?){1,4})$")
_QUOTED = re.compile(r"(?<!\\)(?:'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\")")
_KEYED = re.compile(r"\s*(?:family|given|prefix|suffix|id)\s*=", re.IGNORECASE)
_KEY = re.compile(r"\b(family|given|prefix|suffix)\s*=\s*([^,]*)", re.IGNORECASE)

_COMMON = re.compile(r"((?:[A-Z][a-z]+|[A-Z]\.)(?: (?:[A-Z][a-z]+|[A-Z]\.)){0,3}) ([A-Z][a-z]+)")
_FAMILY_FIRST = re.compile(
    r"([A-Z][a-z]+), ((?:[A-Z][a-z]+|[A-Z]\.)(?: (?:[A-Z][a-z]+|[A-Z]\.)){0,3})"
)
_SPACED_ACCENT = re.compile(r"\\([cvHkrudbt]) ([A-Za-z])")
_SPACED_LETTER = re.compile(r"\\(o|O|l|L|ss|ae|AE|aa|AA|oe|OE|i|j) +")
_NO_NAME = re.compile(
    r"\\(?:thanks|footnote(?:mark|text)?|inst|orcid(?:link)?|noopsort|sortnoop)\s{0,9}"
    r"(?:\{[^{}]{0,200}\}|\[[^\[\]]{0,20}\])"
    r"|\\textsuperscript\s{0,9}\{[\d,*\s]{1,20}\}|\$\s?\^\s?\{?[\d,*\s]{1,20}\}?\s?\$",
    re.IGNORECASE,
)
"""Marks of an affiliation, notes, and what only sorts a name."""
_APOSTROPHE = re.compile(r"\{\\['’]\}")
_AND = re.compile(r"(?:^|\s)(?:and(?=\s|$)\s*)+", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_ESCAPED_OR_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_SEMICOLON, _COMMA = re.compile(";"), re.compile(",")
_AMPERSAND = re.compile(r"(?:\\&|&)\s")
_OF_OTHERS = re.compile(
    r"\bal(?:ii|ia)?\b|\bothers\b|(?-i:\bu\.\s?a\.)|\bcolleagues\b", re.IGNORECASE
)
_AND_OTHERS = re.compile(
    r"(?:^|(?<=[\s,;~]))(?:and\s|\\?&\s)?\s{0,20}+(?:\d{1,3}\s)?[{(\[]*+(?:\\(?:emph|textit|textsl|it|em)\b\s*+\{?)?+"
    r"(?:et[\s.~]*+al(?:ii|ia)?+|others|(?-i:u\.\s?a)|colleagues)[.\s]*+[})\].,;\s]*+$",
    re.IGNORECASE,
)
_END = 80
"""Characters at the end of a name in which ``et al.`` is looked for."""


def bibtex_byline(field: str) -> tuple[tuple[Author, ...], bool]:
    """Return the authors of a BibTeX field in order, and whether all names were understood.

    ``and others`` is left out. Names are separated by ``and``. Bylines that people write
    otherwise (``;``, ``&``, commas) are taken apart too where that is certain; a part that
    cannot be stays whole, as a literal.
    """
    field = " ".join(field[:MAX_TEXT].split())
    if "&" in field:
        field = _ENTITY.sub(lambda x: html.unescape(x.group()), field)
    if "\\" in field or "$" in field:
        field = _APOSTROPHE.sub("'", _NO_NAME.sub("", field))
    names = _at_depth_0(field, _AND)
    natural = any("," not in x and " " in x and x[:1] != "{" for x in names[1:])
    # A comma before "and others" belongs to a list with commas.
    natural = natural or (names[1:] == ["others"] and names[0].endswith(","))
    authors: list[Author] = []
    understood = True
    for name in names:
        common = _FAMILY_FIRST.fullmatch(name) if len(name) <= MAX_NAME else None
        if common and not _OF_OTHERS.search(name):
            authors.append(Author(family=common.group(1), given=common.group(2)))
        elif (several := _names_within(name, natural=natural)) is None:
            understood = False
            authors.append(Author(literal=_decoded(name[:MAX_WRITTEN_NAME])[:MAX_NAME]))
        else:
            authors += map(_bibtex_author, several[: MAX_AUTHORS + 1])
        if len(authors) > MAX_AUTHORS:
            break
    return _known(authors), understood


def _names_within(name: str, *, natural: bool) -> list[str] | None:
    """Return the names in one part of a byline, or None where they are not certain.

    `natural` says that another part of the byline is a name with its given name first.
    """
    name = name.strip(" ,;") if name[-1:] in ",;" or name[:1] in ",;" else name
    has_others = _OF_OTHERS.search(name) is not None
    if not (has_others or ";" in name or "&" in name or "," in name):
        return [name]
    if _braced_whole(name) or _KEYED.match(name):
        return [name]
    if has_others:
        known = name[:-_END] + _AND_OTHERS.sub("", name[-_END:])
        natural = natural or (known != name and known.rstrip().endswith(","))
        name = known.strip(" ,;")
    parts = _at_depth_0(name, _SEMICOLON)
    if len(parts) == 1:
        parts = _at_ampersand(name)
        if len(parts) == 1 and "," not in name and _AMPERSAND.search(name):
            return [f"{{{name}}}"]
        natural = natural or (len(parts) > 1 and "," not in parts[-1])
    found: list[str] = []
    for part in parts:
        several = _at_commas(part.strip(" ,"), natural=natural)
        if several is None:
            return None
        found += several
    return found


def _at_ampersand(text: str) -> list[str]:
    """Return the persons on both sides of ``&``; the whole where it may be a firm's name."""
    if "&" not in text:
        return [text]
    parts = [x.strip(" ,") for x in _at_depth_0(text, _AMPERSAND)]
    return parts if all(" " in x or "," in x for x in parts) else [text]


def _at_commas(text: str, *, natural: bool) -> list[str] | None:
    """Return the names that commas separate, or None where it is not certain which do."""
    parts = _at_depth_0(text, _COMMA) if "," in text else [text]
    if len(parts) < 2:
        return [x for x in parts if x]
    full = all(re.search(r"[\s~]", x) and not _initials_only(x) for x in parts)
    if full and all(_INITIAL_FIRST.match(x) for x in parts):
        return parts
    if full and all(_INITIALS_LAST.search(x) for x in parts):
        return [_INITIALS_LAST.sub(r", \1", x) for x in parts]
    if len(parts) == 2:
        if " " in parts[0] and _TITLE_AFTER.fullmatch(parts[1]):
            return parts[:1]
        return parts if natural and full and not text[:1].islower() else [text]
    if len(parts) == 3 and (_is_suffix(parts[1]) or _is_suffix(parts[2])):
        family, *given = parts
        suffix = given.pop(0 if _is_suffix(given[0]) else 1)
        return [f"{family}, {suffix}, {given[0]}"]
    if full:
        return parts
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2 == 0 and not any(_initials_only(family) for family, _ in pairs):
        return [f"{family}, {given}" for family, given in pairs]
    return None


def _is_suffix(text: str) -> bool:
    text = text[1:-1] if _braced_whole(text) else text
    return bool(_SUFFIX.fullmatch(text) or _TITLE_AFTER.fullmatch(text))


def _initials_only(text: str) -> bool:
    return _INITIALS.fullmatch(text) is not None


def _at_depth_0(text: str, separator: re.Pattern[str]) -> list[str]:
    """Return the pieces of a text between separators outside braces, empty ones left out."""
    if "{" not in text and "\\" not in text:
        return [x for piece in separator.split(text) if (x := piece.strip())]
    opened, depth = [(0, 0)], 0
    for mark in _ESCAPED_OR_BRACE.finditer(text):
        if mark.group() in "{}":
            depth = depth + 1 if mark.group() == "{" else max(depth - 1, 0)
            opened.append((mark.end(), depth))
    pieces, start, at = [], 0, 0
    for found in separator.finditer(text):
        # Braces and separators are gone through side by side: each once.
        while at + 1 < len(opened) and opened[at + 1][0] <= found.start():
            at += 1
        if opened[at][1] == 0 and (found.group()[0] == "\\" or text[found.start() - 1] != "\\"):
            pieces.append(text[start : found.start()])
            start = found.end()
    pieces.append(text[start:])
    return [x for piece in pieces if (x := piece.strip())]


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
    return _seen_author(name) if len(name) <= MAX_NAME else _plain_author(name[:MAX_WRITTEN_NAME])


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
    elif " " in before.strip() and _TITLE_AFTER.fullmatch(after.strip()):
        name = before
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
    # One more than a paper may have is kept, so that the record is refused.
    some = islice(authors, MAX_AUTHORS + 1)
    return tuple(x for x in some if (name := x.name) and name.lower() not in _OTHERS)


def _bibtex_author(name: str) -> Author:
    name = name[:MAX_WRITTEN_NAME]
    if len(name) <= MAX_NAME:
        # Most names are of these forms, and the general way costs twenty times as much.
        if common := _FAMILY_FIRST.fullmatch(name):
            return Author(family=common.group(1), given=common.group(2))
        if (common := _COMMON.fullmatch(name)) and not _SUFFIX.fullmatch(common.group(2)):
            return Author(family=common.group(2), given=common.group(1))
    if _braced_whole(name):
        return Author(literal=_decoded(name)[:MAX_NAME])
    if _KEYED.match(name):
        parts = {key.lower(): _decoded(part.strip(' "')) for key, part in _KEY.findall(name)}
        family = " ".join(filter(None, map(parts.get, ("prefix", "family", "suffix"))))
        return Author(family=family[:MAX_NAME], given=parts.get("given", "")[:MAX_NAME])
    name = _SPACED_ACCENT.sub(r"\\\1{\2}", _SPACED_LETTER.sub(r"{\\\1}", name))
    # Whether a word is a particle, its first letter says: É of \'{E}mile as well.
    name = compose_accents(name)
    name = re.sub(r"(?<!\\)~", " ", name)
    if "," not in name and not _INITIAL_FIRST.match(name):
        # No family is called by initials: ``Vogel M.`` is Vogel.
        name = _DOTTED_LAST.sub(r", \1", name)
    return _from_parts(name, _decoded)


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
        key: plain_text(part[:MAX_WRITTEN_NAME])[:MAX_NAME]
        for key in ("family", "given", "literal", "name")
        if isinstance(part := value.get(key), str)
    }
    if parts.get("family") or parts.get("literal"):
        return Author(parts.get("family", ""), parts.get("given", ""), parts.get("literal", ""))
    return plain_author(parts.get("name", ""))


def _split(text: str) -> list[str]:
    if text.startswith("[") and (quoted := _QUOTED.findall(text)):
        return [single or double for single, double in quoted]
    if _OF_OTHERS.search(text[-_END:]):
        text = (text[:-_END] + _AND_OTHERS.sub("", text[-_END:])).rstrip(" ,;")
    if ";" in text or _braced_whole(text.strip()):
        return _split_at_semicolons(text)
    pieces = (x.strip(" ,") for x in _AND.split(text))
    return [x for piece in pieces if piece for x in _split_at_commas(piece)]


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
