"""Unicode text as LaTeX for BibTeX fields, in a form that reads back unchanged. Pure.

Letters stay UTF-8. Outside ``$…$`` the characters that LaTeX takes for commands
are written as text. Mathematics is copied when its braces balance and it holds
only commands of `escaping.MATH_COMMANDS`, else it is text too. Pairs that TeX
would join (``--``, ``''``) are kept apart by ``{}``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from recommender.escaping import Span, is_safe_math, one_line, spans

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    # Not \textasciicircum: common readers take that for the accent, not the character.
    "^": r"\string^",
    **{c: f"\\{c}" for c in "&%_#$"},
}
_BALANCED = str.maketrans(_SPECIAL | {"{": r"\{", "}": r"\}"})
# BibTeX counts braces even behind a backslash, so a lone one must not appear at all.
_LONE = str.maketrans(_SPECIAL | {"{": r"\ensuremath{\lbrace}", "}": r"\ensuremath{\rbrace}"})
_JOINED = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=,)(?=,)|(?<=<)(?=<)|(?<=>)(?=>)|(?<=[`?!])(?=`)")
_TOUCHING = ("--", "''", ",,", "<<", ">>", "``", "?`", "!`")
"""The pairs that `_JOINED` parts: looking for them first takes a tenth of the time."""
_NOT_IN_MATH = re.compile(r"(?<!\\)[%#&]|\\(?:begin|end|verb|[()\[\]])|\\\\")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\S+")


def escape(text: str) -> str:
    """Return the text on one line as LaTeX."""
    parts = spans(one_line(text))
    table = _table(parts)
    return "".join(x.text if _kept(x.text, x.math) else _plain(x.text, table) for x in parts)


def escape_title(text: str) -> str:
    """Return a title as LaTeX, braces round what must keep its capitals.

    Always kept: capitals inside a word, single letters, words with digits, and
    mathematics. In a title in sentence case every capitalised word after the
    first is a name and is kept as well.
    """
    line = one_line(text)
    parts = spans(line)
    table = _table(parts)
    names = _is_sentence_case(line)
    written: list[str] = []
    at = 0
    for span in parts:
        if _kept(span.text, span.math):
            written.append(f"{{{span.text}}}")
        else:
            written.append(_protected(span.text, table, names=names, first=at == 0))
        at += len(span.text)
    return "".join(written)


def is_balanced(text: str) -> bool:
    """Tell whether braces pair up, both by BibTeX's count and by TeX's."""
    return _pairs(text) and _pairs(re.sub(r"\\[{}]", "", text))


def _pairs(text: str) -> bool:
    if "{" not in text and "}" not in text:
        return True
    depth = 0
    for c in text:
        depth += (c == "{") - (c == "}")
        if depth < 0:
            return False
    return depth == 0


def _table(parts: Sequence[Span]) -> dict[int, str]:
    prose = "".join(x.text for x in parts if not _kept(x.text, x.math))
    return _BALANCED if _pairs(prose) else _LONE


def _kept(text: str, math: bool) -> bool:
    return math and is_balanced(text) and not _NOT_IN_MATH.search(text) and is_safe_math(text)


def _plain(text: str, table: dict[int, str]) -> str:
    if not any(x in text for x in _TOUCHING):
        return text.translate(table)
    return "{}".join(piece.translate(table) for piece in _JOINED.split(text))


def _protected(text: str, table: dict[int, str], *, names: bool, first: bool) -> str:
    written: list[str] = []
    end = 0
    for i, match in enumerate(_WORD.finditer(text)):
        core = _core(match.group())
        opening = first and i == 0
        if core and _needs_braces(core, names=names and not opening):
            start = match.start() + match.group().index(core)
            written.append(_plain(text[end:start], table))
            written.append(f"{{{_plain(core, table)}}}")
            end = start + len(core)
    return "".join(written) + _plain(text[end:], table)


def _core(word: str) -> str:
    inner = re.search(r"[^\W_](?:.*[^\W_])?", word)
    return inner.group() if inner else ""


def _needs_braces(word: str, *, names: bool) -> bool:
    return any(_keeps_capital(part, names) for part in re.split(r"[-–—/]", word))


def _keeps_capital(part: str, names: bool) -> bool:
    if part == part.lower() or part == "A":
        return False
    return names or len(part) == 1 or part[1:] != part[1:].lower() or bool(_DIGIT.search(part))


def _is_sentence_case(line: str) -> bool:
    later: list[str] = re.findall(r"[^\W\d_]{4,}", line.partition(" ")[2])
    words = [w for w in later if w[1:] == w[1:].lower()]
    return sum(w[0].isupper() for w in words) * 2 < len(words)
