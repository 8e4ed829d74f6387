r"""LaTeX as Unicode text, formulas left as they are.

Pure. `decode_latex` is for BibTeX, where everything is LaTeX; pylatexenc does the
work, which is slow, so text without a backslash never reaches it. `unescape_latex`
is for JSON and tables, where the odd ``\%`` or ``\textbf{…}`` was left behind
in plain text and the rest must not be read as LaTeX.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    SpecialsTextSpec,
    get_default_latex_context_db,
)
from pylatexenc.latexwalker import LatexNode, LatexWalker
from pylatexenc.latexwalker import get_default_latex_context_db as get_default_walker_db
from pylatexenc.macrospec import LatexContextDb, std_macro

from recommender.sources.bounds import MAX_TEXT
from recommender.sources.parsing.clean_text import MATH

MIN_CUT = 200
"""Characters from which a field is decoded sentence by sentence."""
MAX_LATEX = 200_000
"""Characters up to which a field is decoded; a longer one loses its braces only."""

_SYMBOLS = {
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textunderscore": "_",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textdollar": "$",
    "textquotesingle": "'",
    "textquotedbl": '"',
    "deg": "°",
    "copyright": "©",
    "pounds": "£",
    "euro": "€",
    "dag": "†",
    "P": "¶",
    "S": "§",
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "BibTeX": "BibTeX",
    "slash": "/",
    "-": "",
    "/": "",
    "cite": "",
    "citep": "",
    "citet": "",
    "ref": "",
    "url": "%s",
    "path": "%s",
    "href": "%(2)s",
    "item": " ",
    "par": " ",
    "footnote": "",
    "input": "",
    "include": "",
    "title": "",
    "author": "",
    "date": "",
    "today": "",
    "maketitle": "",
    "thanks": "",
    "inst": "",
    "orcid": "",
    "orcidlink": "",
    "noopsort": "",
    "SortNoop": "",
    "NoopSort": "",
}
_BELOW = {"textcommabelow": "\N{COMBINING COMMA BELOW}", "ogonek": "\N{COMBINING OGONEK}"}
_DASHES = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("~", " "))
_LITERAL = re.compile(r"(?<!\\)((?:\\\\)*)([%$])")
_ONE_SIGN = re.compile(r"(?<!\\)\$([<>|=+])\$")
_SENTENCE_END = re.compile(r"(?<=[a-z]{3})[.,] (?=[A-Za-z])")
_SPANS = re.compile(r"\\(?:begin|end|verb|[{}()\[\]\\])")
_PLACE = re.compile("\x02(\\d+)\x03")

_LEFT_BEHIND = re.compile(
    r"\\([%&#_])"
    r"|\\(?:text(?:bf|it|sc|tt|rm|sf|sl|md|up|normal)?|emph|mbox|url|underline|em|it|bf)"
    r"\{([^{}\\$]{0,500})\}"
    r"|\{\\(?:em|it|bf|sc|tt|rm|sf|sl)\s+([^{}\\$]{0,500})\}"
)
_ACCENT = re.compile(
    r"\{?\\(?:[\"^](?:\{?\\?[aeiouyAEIOUY]\}?)|['`](?:\{?\\?[aeiouAEIOU]\}?)"
    r"|~(?:\{?[anoANO]\}?)|[cvHkru]\{[A-Za-z]\})\}?"
)
_ACCENTED = (
    r"""(?:["'`^~=.](?:\{\\?[^\W\d_]\}|\\[ij](?![A-Za-z])|[^\W\d_])|[cvHkrudb]\{[^\W\d_]\})"""
)
_COMMON = re.compile(
    rf"(?<!\\)(?:\{{\\{_ACCENTED}\}}|\\{_ACCENTED}"
    r"|\{\\(?:[oOlLij]|ss|ae|AE|oe|OE|aa|AA)\}|\\[%&_#])"
)


def _below(mark: str) -> Callable[[LatexNode, LatexNodes2Text], str]:
    """Return what sets a mark on the first letter of a command's argument."""

    def text(node: LatexNode, l2tobj: LatexNodes2Text) -> str:
        letters = l2tobj.nodelist_to_text(node.nodeargd.argnlist)
        return unicodedata.normalize("NFC", f"{letters[:1]}{mark}{letters[1:]}")

    return text


def _text_context() -> LatexContextDb:
    context = get_default_latex_context_db()
    context.add_context_category(
        "paperloop",
        prepend=True,
        macros=[
            *(MacroTextSpec(name, text) for name, text in _SYMBOLS.items()),
            *(MacroTextSpec(name, _below(mark)) for name, mark in _BELOW.items()),
        ],
        specials=[SpecialsTextSpec("&", "&")],
    )
    context.set_unknown_macro_spec(MacroTextSpec("", discard=False))
    return context


def _walker_context() -> LatexContextDb:
    context = get_default_walker_db()
    names = ("url", "path", "thanks", "inst", "orcid", "orcidlink", "noopsort", "SortNoop")
    macros = [std_macro(x, False, 1) for x in (*names, "NoopSort", *_BELOW)]
    macros.append(std_macro("href", False, 2))
    context.add_context_category("paperloop", prepend=True, macros=macros)
    return context


_TO_TEXT = LatexNodes2Text(_text_context(), math_mode="verbatim")
_WALKER = _walker_context()


def decode_latex(latex: str) -> str:
    """Return the text of a BibTeX field: accents composed, braces gone, formulas as TeX.

    Never raises: what pylatexenc cannot follow loses its braces and stays.
    """
    # A tilde is a space, but not in an address.
    latex = latex[:MAX_TEXT].replace("/~", "/\\textasciitilde{}")
    if "\\" not in latex and "$" not in latex:
        return _without_braces(latex)
    formulas: list[str] = []
    latex = latex.replace("\\~{}", "\\textasciitilde{}").replace("\\^{}", "\\textasciicircum{}")

    def put_aside(match: re.Match[str]) -> str:
        formulas.append(match.group())
        return f"\x02{len(formulas) - 1}\x03"

    if "$" in latex or "\\(" in latex or "\\[" in latex:
        latex = MATH.sub(put_aside, _ONE_SIGN.sub(r"\1", _PLACE.sub("", latex)))
    # What nearly all LaTeX in reference lists is, each sign looked up once; the rest is slow.
    latex = _COMMON.sub(_common_sign, latex)
    if "\\" not in latex or len(latex) > MAX_LATEX:
        text = _without_braces(latex)
    else:
        text = "".join(_decoded(x) if "\\" in x else _without_braces(x) for x in _sentences(latex))
    if not formulas:
        return text
    return _PLACE.sub(lambda match: formulas[int(match.group(1))], text)


def _sentences(latex: str) -> Iterator[str]:
    """Yield the text in pieces that LaTeX reads alike alone, as most of them hold no command."""
    if len(latex) < MIN_CUT or _SPANS.search(latex):
        yield latex
        return
    start, depth, seen = 0, 0, 0
    for end in _SENTENCE_END.finditer(latex):
        between = latex[seen : end.start()]
        depth += between.count("{") - between.count("}")
        seen = end.start()
        if depth == 0:
            yield latex[start : end.end()]
            start = end.end()
    yield latex[start:]


def _decoded(latex: str) -> str:
    # Writers of reference lists mean a bare % or $ as the sign, not as a comment or a formula.
    latex = _LITERAL.sub(r"\1\\\2", latex)
    walker = LatexWalker(latex, latex_context=_WALKER, tolerant_parsing=True)
    try:
        nodes, _, _ = walker.get_latex_nodes()
        return str(_TO_TEXT.nodelist_to_text(nodes))
    except Exception:  # A parser that meets broken LaTeX may raise anything.
        return _without_braces(latex)


_sign = lru_cache(maxsize=5_000)(_decoded)


def compose_accents(latex: str) -> str:
    """Return LaTeX in which accented letters are single signs, one accent on another too."""
    for _ in range(2 if "\\" in latex else 0):
        latex = _COMMON.sub(_common_sign, latex)
    return latex


def _common_sign(match: re.Match[str]) -> str:
    r"""Return what an accent or letter stands for, apart from a command right before it.

    Of ``\L\'od\'z`` the bare ``\Lód\'z`` would be read as a command of three letters.
    """
    text, start = match.string, match.start()
    sign = _sign(match.group())
    at = start
    while at and text[at - 1].isalpha():
        at -= 1
    return f"{{{sign}}}" if at < start and text[at - 1 : at] == "\\" else sign


def _without_braces(latex: str) -> str:
    for signs, sign in _DASHES:
        latex = latex.replace(signs, sign)
    return latex.replace("{", "").replace("}", "")


def unescape_latex(text: str) -> str:
    r"""Return plain text without the LaTeX escapes and font commands left in it.

    Formulas, unknown commands and bare mathematics (``\alpha``) stay as they are.
    """
    text = text[:MAX_TEXT]
    if "\\" not in text:
        return text
    pieces: list[str] = []
    end = 0
    for formula in MATH.finditer(text):
        pieces += _unescaped(text[end : formula.start()]), formula.group()
        end = formula.end()
    return "".join(pieces) + _unescaped(text[end:])


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    text = _ACCENT.sub(lambda match: _sign(match.group()), text)
    return _LEFT_BEHIND.sub(lambda match: "".join(x or "" for x in match.groups()), text)
