"""Foreign text made safe for the place where it is shown. Pure.

Titles, abstracts, names and links come from strangers. Here they become one
line, Markdown without surprises, a cell that no spreadsheet runs, or a web
address that a page may link to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from recommender.domain import Paper

_SPACE = re.compile("[ \t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MATH = re.compile(r"(?<![\\$])\$(?![\s$])(?:[^$\\]|\\.)+?(?<!\s)\$(?![\d$])")

_MARKDOWN = re.compile(
    r"[\\`*_\[\]<>&$~@]"  # marks of Markdown, HTML and mathematics wherever they stand
    r"|(?<!\w)#|(?<==)=|=(?==)|(?<=%)%|%(?=%)"  # tags, highlights and comments of note programs
    r"|(?<=:)//|\bwww\."  # bare addresses
    r"|^[-+]|^\d+[.)](?=\s|$)"  # lists and rules
)
_BARE_ADDRESS = re.compile(r":/\\/|\bwww\\\.")
_PLAIN_MATH = re.compile(r"\$(?:[A-Za-z0-9 ^{}()+=,./'-]|\\[A-Za-z]|(?<=[A-Za-z0-9])_)+\$")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_MATH_PUNCTUATION = frozenset(" ,;:!{}|")
_MATH_WORDS = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi
pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta
Lambda Xi Pi Sigma Upsilon Phi Psi Omega mathcal mathbb mathbf mathrm mathit mathsf mathtt
mathfrak text sqrt frac sum prod int oint bigcup bigcap log ln exp min max arg sup inf lim
liminf limsup det dim ker deg gcd Pr sin cos tan sinh cosh tanh times cdot pm mp div ast
star circ bullet oplus otimes leq geq le ge ll gg ne neq approx sim simeq cong equiv propto
prec succ perp parallel infty partial nabla hbar ell Re Im aleph in ni subset supset
subseteq supseteq cup cap setminus emptyset forall exists neg wedge vee to mapsto rightarrow
leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow uparrow downarrow hat bar tilde
vec dot ddot widehat widetilde overline underline prime dagger dots ldots cdots mid vert
Vert langle rangle lfloor rfloor lceil rceil quad
"""
MATH_COMMANDS = frozenset(_MATH_WORDS.split())
"""TeX commands that formulas of outside text may use, on pages and in every export.

They set a symbol or its style; none reads or writes a file, makes a link or defines a command.
"""
_ENTITY = re.compile(r"&(?=#?\w+;)")
# What a spreadsheet drops or does not show before it looks for a formula: apostrophes, spaces,
# controls, marks of direction and width, fillers, variation selectors, tags.
_UNSEEN = (
    "'\x00-\x20\x7f-\xa0\xad\u034f\u061c\u070f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMULA = re.compile(f"[{_UNSEEN}]*[=+\\-@\t\r＝＋－＠﹢﹣﹦﹫]")
_URL_SAFE = ":/?#[]@!$&'()*+,;=%~-._"
_BRACKETS = str.maketrans({"(": "%28", ")": "%29"})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text; `math` is true for ``$…$``, the dollars included."""

    text: str
    math: bool


def valid(text: str) -> str:
    """Return the text with lone surrogates replaced, so that UTF-8 can hold it."""
    return _SURROGATE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Return the text on one line: runs of space become one, controls are dropped.

    No-break and other wide spaces stay.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACE.sub(" ", _CONTROL.sub("", valid(text))).strip()


def shown(text: str) -> str:
    """Return `one_line` without the marks that turn the direction of later text."""
    line = one_line(text)
    return line if line.isascii() else _DIRECTION.sub("", line)


def spans(text: str) -> list[Span]:
    """Split text into prose and ``$…$`` mathematics, in order, nothing lost.

    A dollar opens mathematics when no space follows it, and closes it when no
    space precedes and no digit follows it; so "$5 and $10" are two prices.
    """
    if "$" not in text:
        return [Span(text, math=False)] if text else []
    spans: list[Span] = []
    end = 0
    for match in _MATH.finditer(text):
        if match.start() > end:
            spans.append(Span(text[end : match.start()], math=False))
        spans.append(Span(match.group(), math=True))
        end = match.end()
    if end < len(text):
        spans.append(Span(text[end:], math=False))
    return spans


def is_safe_math(formula: str) -> bool:
    """Return whether ``$…$`` uses only `MATH_COMMANDS` and escaped punctuation.

    TeX reads ``^^5c`` as a backslash, so doubled carets are refused too.
    """
    if "^^" in formula:
        return False
    return all(
        name in MATH_COMMANDS or name in _MATH_PUNCTUATION for name in _COMMAND.findall(formula)
    )


def markdown(text: str) -> str:
    """Escape text for one line of CommonMark so that it shows as it is.

    Neither HTML, links, emphasis nor lists can come of it. Simple mathematics
    is left as ``$…$`` for renderers that know it; what Markdown would change
    in it is escaped like the rest.
    """
    line = shown(text)
    parts = (x.text if x.math and _is_plain_math(x.text) else _escape(x.text) for x in spans(line))
    return "".join(parts)


def _is_plain_math(formula: str) -> bool:
    return _PLAIN_MATH.fullmatch(formula) is not None and is_safe_math(formula)


def _escape(text: str) -> str:
    return _MARKDOWN.sub(_backslashed, text)


def _backslashed(match: re.Match[str]) -> str:
    mark = match.group()
    return f"{mark[:-1]}\\{mark[-1]}"


def markdown_link(label: str, url: str) -> str:
    """Return a link, or only the escaped label when `url` is not a web address.

    An address in the label of a link is no link of its own, so its slashes stay as they are.
    """
    address = _ENTITY.sub("&amp;", web_url(url)).translate(_BRACKETS)
    if not address:
        return markdown(label)
    return f"[{_BARE_ADDRESS.sub(_without_backslash, markdown(label))}]({address})"


def _without_backslash(match: re.Match[str]) -> str:
    return match.group().replace("\\", "")


def safe_cell(text: str) -> str:
    """Return a cell of a table with an apostrophe before it if a spreadsheet could run it."""
    return f"'{text}" if _FORMULA.match(text) else text


def original_cell(text: str) -> str:
    """Undo `safe_cell`: of apostrophes before the sign of a formula one is too many."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text


@lru_cache(maxsize=1024)
def web_url(url: str) -> str:
    """Return an http or https address as plain ASCII, or ``""`` for anything else.

    Spaces, quotes and all else that could end an attribute or a line are percent-encoded.
    """
    line = shown(url).replace(" ", "%20")
    try:
        parts = urlsplit(line)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    return quote(line, safe=_URL_SAFE)


def link_of(paper: Paper) -> str:
    """Return where the paper can be opened: its own page, else arXiv, else its DOI."""
    own = web_url(paper.url)
    if own:
        return own
    if paper.identifier("arxiv"):
        return web_url(f"https://arxiv.org/abs/{paper.identifier('arxiv')}")
    if paper.identifier("doi"):
        return web_url(f"https://doi.org/{quote(paper.identifier('doi'), safe='/:;()')}")
    return ""
