r"""Titles and abstracts of foreign files as plain text, mathematics left as TeX.

Pure. What comes out holds no markup of HTML, JATS or the ACL Anthology, no
entities, no control or direction characters, no lone surrogates, and single
spaces only; cleaning it again changes nothing. It is text, not safe HTML:
code that shows it must still escape it.

Written by hand although sanitisers exist: those turn text into HTML, and what
is no tag (``x <y``, ``<eos>``, ``$a<b$``) must stay as it was written.
"""

from __future__ import annotations

import html
import re
import unicodedata
from html.entities import html5

from recommender.sources.bounds import MAX_TEXT

MATH = re.compile(
    r"(?<!\\)\$\$[^$]{1,2000}\$\$"
    r"|(?<!\\)\$(?!\s)(?:[^$\\]|\\.){1,1000}?(?<!\s)\$(?!\d)"
    r"|\\\((?:[^\\]|\\[^()]){1,1000}?\\\)"
    r"|\\\[(?:[^\\]|\\[^\[\]]){1,2000}?\\\]",
    re.DOTALL,
)
"""A formula with its delimiters; two prices in dollars are none."""

_LETTERS = frozenset("abipqsu")
_BLOCKS = (
    "blockquote|body|br|center|dd|div|dl|dt|h1|h2|h3|h4|h5|h6|head|hr|html|li|list|list-item|"
    "ol|p|pre|sec|section|table|tbody|td|th|thead|title|tr|ul"
)
_INLINE = (
    "bold|cite|code|em|embed|emph|fixed-case|font|iframe|img|inf|italic|monospace|roman|sc|scp|"
    "script|small|span|strike|strong|style|sub|sup|svg|tex-math|tt|underline|url|var|xref"
)
_NAMES = f"{'|'.join(sorted(_LETTERS))}|{_BLOCKS}|{_INLINE}"
_BLOCK = re.compile(_BLOCKS)
_TAG = re.compile(
    rf"</?((?:jats|mml|m|xhtml|html):[a-z][\w-]{{0,40}}|{_NAMES})((?=[\s/])[^<>]{{0,1000}})?>"
    r"|<!--(?:[^-<]|-(?!->)|<(?!!--)){0,1000}+-->|<!\[CDATA\[|\]\]>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_HYPHENATION = "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}"
_DIRECTION = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)))
_UNWANTED = re.compile(
    rf"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f{_HYPHENATION}{_DIRECTION}\ufffe\uffff]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ROUNDS = 10


def plain_text(text: str) -> str:
    """Return the text without markup, entities, control characters and surplus space."""
    text = text[:MAX_TEXT]
    plain = text.isprintable()
    text = text if plain else without_control(text)
    if "<" in text or "&" in text or "]]>" in text:
        plain = False
        for _ in range(_ROUNDS):
            plainer = _without_markup(text)
            if plainer == text:
                break
            text = without_control(plainer)
    if plain and text.isascii() and "  " not in text:
        return text.strip(" ")
    return " ".join(unicodedata.normalize("NFC", text).split())


def without_control(text: str) -> str:
    """Return the text without control and direction characters and lone surrogates."""
    if text.isprintable():
        return text
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _UNWANTED.sub("", text))


def _without_markup(text: str) -> str:
    pieces: list[str] = []
    end = 0
    for formula in MATH.finditer(text):
        pieces += (
            _TAG.sub(_tag_in_text, text[end : formula.start()]),
            _TAG.sub(_tag_in_formula, formula.group()),
        )
        end = formula.end()
    pieces.append(_TAG.sub(_tag_in_text, text[end:]))
    return _ENTITY.sub(_character, "".join(pieces))


def _character(entity: re.Match[str]) -> str:
    name = entity.group()[1:]
    return html.unescape(entity.group()) if name[0] == "#" else html5.get(name, entity.group())


def _tag_in_text(tag: re.Match[str]) -> str:
    attributes = (tag.group(2) or "").strip(" /")
    if attributes and "=" not in attributes:
        return tag.group()
    name = (tag.group(1) or "").lower().rpartition(":")[2]
    return " " if _BLOCK.fullmatch(name) else ""


def _tag_in_formula(tag: re.Match[str]) -> str:
    # In a formula <p> or <s> is a bracketed letter, <sub> is markup all the same.
    return tag.group() if tag.group(1) in _LETTERS else _tag_in_text(tag)
