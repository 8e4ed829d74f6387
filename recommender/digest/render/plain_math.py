r"""Simple mathematics as letters, for places that do not typeset TeX. Pure.

``$\pi$-calculus`` reads as "π-calculus". pylatexenc knows the symbols; what it
cannot turn into a short plain text stays as it was written.
"""

from __future__ import annotations

import re

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalkerError

from recommender.escaping import one_line, shown, spans

_MAX_CHARACTERS = 120
# A fraction without both parts makes pylatexenc print its own template.
_HALF = re.compile(r"frac(?!\s*\{[^{}]*\}\s*\{[^{}]*\})")
_DECODER = LatexNodes2Text(math_mode="text", strict_latex_spaces="based-on-source")


def readable(text: str) -> str:
    """Return the text on one line with its ``$…$`` as Unicode where that is possible."""
    line = shown(text)
    if "$" not in line:
        return line
    return "".join(_letters(x.text) if x.math else x.text for x in spans(line))


def _letters(formula: str) -> str:
    if len(formula) > _MAX_CHARACTERS or _HALF.search(formula):
        return formula
    try:
        plain = one_line(_DECODER.latex_to_text(formula[1:-1]))
    except (LatexWalkerError, RecursionError, ValueError, IndexError):
        return formula
    return plain or formula
