"""A manifest as HTML fit for mail, as plain text, as Markdown, or as an Atom entry. Pure.

Every rendering depends on the manifest and on nothing else. All of them escape
by default: HTML by autoescape, text by keeping every value on its line,
Markdown by `escaping.markdown`; a link is a web address or is left out.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from recommender.digest.compose import changes
from recommender.digest.compose.manifest import Manifest
from recommender.digest.render import copy
from recommender.digest.render.plain_math import readable
from recommender.errors import DigestError
from recommender.escaping import markdown, markdown_link, shown, web_url

MAX_HTML_BYTES = 68_000
"""Bytes that an HTML digest takes at most in a mail, so that the plain text fits too."""

_MAX_URL_CHARACTERS = 1_000
_WIDTH = 74
_CONTROL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(manifest: Manifest, format_name: str) -> str:
    """Render the manifest as ``html``, ``text``, ``markdown`` or ``atom``.

    HTML that would be too large for mail holds fewer papers and says how many
    more there are.

    Raises
    ------
    DigestError
        There is no format of this name.
    """
    renderer = RENDERERS.get(format_name)
    if renderer is None:
        known = ", ".join(RENDERERS)
        raise DigestError(f"A digest has no format {format_name!r}; choose one of {known}.")
    return renderer(manifest)


def text_of_mail(manifest: Manifest, most_bytes: int) -> str:
    """Render as ``text``, with as many papers as a part of a mail of this size holds."""
    return _fitted(_TEXT.get_template("digest.txt.j2"), manifest, most_bytes)


def size_in_mail(text: str) -> int:
    """Return how many bytes a text takes in a mail, where it is quoted-printable."""
    return len(b2a_qp(text.replace("\n", "\r\n").encode()))


def _html(manifest: Manifest) -> str:
    return _fitted(_HTML.get_template("digest.html.j2"), manifest, MAX_HTML_BYTES)


def _text(manifest: Manifest) -> str:
    n = len(manifest.items)
    return _TEXT.get_template("digest.txt.j2").render(m=manifest, n_shown=n, w=copy, c=changes)


def _fitted(template: Template, manifest: Manifest, most_bytes: int) -> str:
    n = len(manifest.items)
    while True:
        text = template.render(m=manifest, n_shown=n, w=copy, c=changes)
        size = size_in_mail(text)
        if size < most_bytes or not n:
            return text
        n = min(n - 1, n * most_bytes // size)


def _markdown(manifest: Manifest) -> str:
    return _MARKDOWN.get_template("digest.md.j2").render(m=manifest, w=copy, c=changes)


def _atom(manifest: Manifest) -> str:
    """Return an ``atom:entry`` (RFC 4287) that an aggregate may take in as it is."""
    content = _HTML.get_template("digest.entry.j2").render(m=manifest, w=copy, c=changes)
    entry = Element("entry", xmlns="http://www.w3.org/2005/Atom")
    SubElement(entry, "id").text = UUID(hex=manifest.slate_id).urn
    SubElement(entry, "title", type="text").text = shown(copy.subject(manifest))
    SubElement(entry, "updated").text = manifest.composed_at.isoformat(timespec="seconds")
    author = SubElement(entry, "author")
    SubElement(author, "name").text = "paperloop"
    SubElement(entry, "summary", type="text").text = shown(copy.lead(manifest))
    SubElement(entry, "content", type="html").text = _CONTROL.sub("", content)
    return tostring(entry, encoding="unicode") + "\n"


RENDERERS: dict[str, Callable[[Manifest], str]] = {
    "html": _html,
    "text": _text,
    "markdown": _markdown,
    "atom": _atom,
}
"""The formats of a digest by name."""


def _environment(*, html: bool, finalize: Callable[[Any], Any]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=html,  # noqa: S701  text and Markdown escape by `finalize`
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"fit": _fit, "readable": readable, "web": _web}
    environment.filters |= {"link": _link, "left": _left, "right": _right, "wrap": _wrap}
    return environment


def _escaped(escape: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return a finalizer that leaves alone what a filter has made safe already."""
    return lambda value: value if isinstance(value, Markup) else escape(str(value))


def _fit(text: str, longest: int) -> str:
    """Cut text that would break the page, with a mark; whole words where there are any."""
    line = shown(text)
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return f"{cut.rpartition(' ')[0] if ' ' in cut[longest // 2 :] else cut}…"


def _web(url: str) -> str:
    address = web_url(url)
    return address if len(address) <= _MAX_URL_CHARACTERS else ""


# Markup means below: this is ready for text or Markdown. None of it is used for HTML.


def _link(label: str, url: str) -> Markup:
    return Markup(markdown_link(label, _web(url)))  # noqa: S704


def _right(number: int, width: int) -> Markup:
    return Markup(f"{number:>{width}}")  # noqa: S704


def _left(text: str, width: int) -> Markup:
    return Markup(f"{shown(text):<{width}}")  # noqa: S704


def _wrap(text: str, indent: int = 0) -> Markup:
    lines: list[str] = []
    for word in shown(text).split(" "):
        if lines and len(lines[-1]) + len(word) < _WIDTH - indent:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return Markup(f"\n{' ' * indent}".join(lines))  # noqa: S704


_HTML = _environment(html=True, finalize=lambda value: value)
_TEXT = _environment(html=False, finalize=_escaped(shown))
_MARKDOWN = _environment(html=False, finalize=_escaped(markdown))
