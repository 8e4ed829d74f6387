"""Paper text made fit for the two places where it is shown.

`native` is for Streamlit's Markdown: what strangers wrote appears letter for
letter, except mathematics of known commands, which renders. `plain` is for the
deck, which sets text only: mathematics becomes readable characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from recommender.digest.render.plain_math import readable
from recommender.domain import Paper
from recommender.domain.status import CONCERN, CORRECTED, RETRACTED, WITHDRAWN, badges
from recommender.escaping import MATH_COMMANDS, Span, shown, spans, web_url

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_JOINER = "\u2060"
# Streamlit makes emoji, icons, arrows and links of these after Markdown is
# parsed, where no backslash helps; an invisible joiner inside does.
_MADE_LATER = re.compile(
    r"(?<=:)(?=[\w+/-]+:)|(?<=[-<~>])(?=[-=>])|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=\w)(?=@)",
    re.IGNORECASE,
)

_COMMAND = re.compile(r"\\([A-Za-z]+)")
_CHANGED = re.compile(r"[\\`*<>&\[\]!|~#$]|https?:|www\.|@")


def native(text: str) -> str:
    """Return text for ``st.markdown`` and labels; shows as it is, on one line."""
    return _escaped(shown(text))


def _escaped(line: str) -> str:
    return "".join(_span(x) for x in spans(line))


def message(text: str) -> str:
    """Return a sentence of the program for ``st.markdown``, what stands in backticks as code."""
    line = shown(text)
    parts = line.split("`")
    if len(parts) % 2 == 0 or not all(x.strip() for x in parts[1::2]):
        return _escaped(line)
    return "".join(f"`{x}`" if i % 2 else _escaped(x) for i, x in enumerate(parts))


def sentences(given: Iterable[str]) -> str:
    """Return sentences for ``st.markdown``, a line each; empty ones are left out."""
    return "  \n".join(native(x) for x in given if x)


def _span(span: Span) -> str:
    if span.math and _harmless(span.text):
        return span.text
    return _PUNCTUATION.sub(r"\\\1", _MADE_LATER.sub(_JOINER, span.text))


def _harmless(math: str) -> bool:
    """Return whether mathematics holds only known commands, and nothing Markdown would change."""
    inner = _COMMAND.sub("", math[1:-1])
    return set(_COMMAND.findall(math)) <= MATH_COMMANDS and not _CHANGED.search(inner)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return text on one line with simple mathematics in plain characters."""
    return "".join(
        readable(x.text) if x.math and _harmless(x.text) else x.text for x in spans(shown(text))
    )


def day(moment: datetime | None) -> str:
    """Return a day as ``18 Nov 2026``, or ``""``."""
    return f"{moment.day} {moment:%b %Y}" if moment else ""


def dated(paper: Paper) -> str:
    """Return when the paper appeared, as exactly as is known, or ``""``."""
    return day(paper.published_at) or (str(paper.year) if paper.year else "")


def listed(paper: Paper) -> str:
    """Return where, by whom and when the paper was last featured, or ``""``."""
    if not paper.listings:
        return ""
    newest = max(paper.listings, key=lambda x: x.listed_at.timestamp() if x.listed_at else 0.0)
    name = source(newest.source)
    by = f" by {newest.byline}" if newest.byline else ""
    return ", ".join(x for x in (name + by, day(newest.listed_at)) if x)


def upvotes(paper: Paper) -> str:
    """Return how many upvotes a source has counted, or ``""``."""
    n = paper.upvotes
    return "" if n is None else f"{n:,} upvote{'' if n == 1 else 's'}"


def citations(paper: Paper) -> str:
    """Return how many works cite the paper, or ``""`` for none or an unknown number."""
    n = paper.citations
    return f"{n:,} citation{'' if n == 1 else 's'}" if n else ""


_SOURCES = {"hf-daily-papers": "Daily Papers", "arxiv": "arXiv"}


def source(name: str) -> str:
    """Return the name of a source as a reader knows it."""
    return _SOURCES.get(name, name.replace("-", " "))


def facts(paper: Paper) -> str:
    """Return date, venue, source, upvotes and citations in one line; may be empty."""
    parts = (dated(paper), paper.venue, listed(paper), upvotes(paper), citations(paper))
    return " · ".join(plain(x) for x in parts if x)


def brief(paper: Paper) -> str:
    """Return year, venue, upvotes and citations in one line, as a row has room for."""
    parts = (str(paper.year or ""), paper.venue, upvotes(paper), citations(paper))
    return plain(" · ".join(x for x in parts if x))


_COLOURS = {RETRACTED: "red", WITHDRAWN: "red", CONCERN: "orange", CORRECTED: "blue"}


def status(paper: Paper) -> str:
    """Return status and record type as badges for ``st.markdown``, each with its notice."""
    shown_as = (badge(x.says, x.label, x.word, x.link) for x in badges(paper.statements))
    return " ".join(shown_as)


def badge(says: str, label: str, word: str, address: str) -> str:
    """Return one badge for ``st.markdown``, and a link where there is an address."""
    safe = quote(web_url(address), safe=":/?#@!$&*+,;=%~")
    link = f" [{word}]({safe})" if safe else ""
    return f":{_COLOURS.get(says, 'gray')}-badge[{native(label)}]{link}"


def authors(paper: Paper) -> list[str]:
    """Return the authors' names in order; may be empty."""
    return [shown(x.name) for x in paper.authors if x.name]


def folded(names: list[str], most: int = 5) -> str:
    """Return the first names and how many follow."""
    rest = len(names) - most
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:most])} and {rest} more"


def origin(paper: Paper) -> str:
    """Return whose words the abstract is, where it is not the authors'."""
    return "Summary by paperloop, not the authors' abstract." if paper.abstract_is_summary else ""
