"""Abstracts in JATS, as Crossref hands them on, prepared for `clean_text`. Pure.

Of a formula given in several forms the TeX is kept, out of the document that
publishers wrap around it; a heading that only says "Abstract" is dropped.
"""

from __future__ import annotations

import re

MAX_JATS = 400_000
"""Characters up to which an abstract is looked at; more is no abstract."""

_HEADING = re.compile(
    r"^\s*(?:<(?:jats:)?sec>\s*)?<(?:jats:)?title>\s*"
    r"(?:abstract|summary|zusammenfassung|r[ée]sum[ée]|resumen|resumo|abstrak|riassunto)"
    r"[\s.:]*</(?:jats:)?title>",
    re.IGNORECASE,
)
_FORMS = re.compile(
    r"<(?:jats:)?alternatives>((?:[^<]|<(?!/?(?:jats:)?alternatives>)){0,20000}+)"
    r"</(?:jats:)?alternatives>"
)
_TEX = re.compile(r"<(?:jats:)?tex-math\b[^>]{0,300}>(.{0,10000}?)</(?:jats:)?tex-math>", re.DOTALL)
_WRAPPED = re.compile(
    r"\\begin\{document\}((?:[^\\]|\\(?!(?:begin|end)\{document\})){0,10000}+)\\end\{document\}"
)
_CDATA = re.compile(r"<!\[CDATA\[((?:[^\]<]|\](?!\]>)|<(?!!\[CDATA\[)){0,10000}+)\]\]>")


def jats_abstract(markup: str) -> str:
    """Return the markup with one form of each formula and without its bare heading."""
    if len(markup) > MAX_JATS:
        return ""
    markup = _HEADING.sub("", markup)
    markup = _FORMS.sub(lambda forms: _one_form(forms.group(1)), markup)
    return _TEX.sub(lambda tex: _tex(tex.group(1)), markup)


def _one_form(forms: str) -> str:
    tex = _TEX.search(forms)
    return tex.group() if tex else forms


def _tex(source: str) -> str:
    """Return the formula between dollars; one that brings its own keeps them, once."""
    source = _CDATA.sub(r"\1", source)
    wrapped = _WRAPPED.search(source)
    formula = (wrapped.group(1) if wrapped else source).strip()
    bare = formula.strip("$").strip()
    return f" ${bare}$ " if bare else " "
