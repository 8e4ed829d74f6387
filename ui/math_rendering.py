"""TeX in titles and abstracts as trees that the deck turns into MathML.

latex2mathml reads the TeX; what strangers wrote goes on only as far as the
tables below name it, so neither links, styles, colours nor sizes can come of
it. Whatever is unknown, too long or malformed stays the text it was.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from recommender.escaping import shown, spans

MAX_CHARACTERS = 400
DEEPEST = 24
MAX_NODES = 400
TAGS = frozenset(
    re.findall(
        r"\w+",
        """math mrow mi mo mn mtext msup msub msubsup mfrac msqrt mroot mover munder
        munderover mtable mtr mtd mspace""",
    )
)
_ATTRIBUTES = frozenset(("stretchy", "fence", "form", "accent", "mathvariant", "linethickness"))
_NARROW = re.compile(r"0|0?\.\d+em|[01](\.\d+)?em")

Rich = list[Any]
"""Text and mathematics in order: a string, or ``[tag, attributes, children]``."""


class _Refused(Exception):
    """A formula that is shown as it was written."""


@lru_cache(maxsize=4096)
def rich(text: str) -> Rich | None:
    """Return one line of text with its ``$…$`` as trees, or None where there is no formula."""
    parts = [_formula(x.text) if x.math else x.text for x in spans(shown(text))]
    return parts if any(isinstance(x, list) for x in parts) else None


def _formula(written: str) -> Any:
    if len(written) > MAX_CHARACTERS:
        return written
    try:
        tree = convert_to_element(written[1:-1])
        left = [MAX_NODES]
        return _node(tree, 0, left)
    except Exception:
        # A dozen kinds, RecursionError and IndexError among them.
        return written


def _node(element: Element, depth: int, left: list[int]) -> Rich:
    left[0] -= 1
    if element.tag not in TAGS or depth > DEEPEST or left[0] < 0:
        raise _Refused(element.tag)
    words = unescape(element.text or "")
    if words.startswith("\\"):
        raise _Refused(words)  # a command that latex2mathml does not know
    children: Rich = [words] if words else []
    children += [_node(x, depth + 1, left) for x in element]
    return [element.tag, _attributes(element), children]


def _attributes(element: Element) -> dict[str, str]:
    if element.tag != "mspace":
        return {k: v for k, v in element.attrib.items() if k in _ATTRIBUTES}
    if not set(element.attrib) <= {"width"} or not _NARROW.fullmatch(element.get("width", "0")):
        raise _Refused("mspace")
    return dict(element.attrib)
