"""Error messages in HTTP responses: HTML pages, JSON error objects, XML errors.

Pure. These sentences go into messages, so they are plain text, short,
and never hold an address's query, where keys and tokens travel.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from recommender.sources.parsing.clean_text import plain_text

_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+"
    rb"(?:<\?xml[^>]{0,200}\?>\s*+|<!--(?:[^-<]|-(?!->)|<(?!!--)){0,2000}+-->\s*+){0,5}"
    rb"<(?:!doctype\s+html|html)[\s>]",
    re.IGNORECASE,
)
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,500})</title", re.IGNORECASE)
_XML_MESSAGE = re.compile(rb"<(summary|error|message)\b[^>]{0,200}>([^<]{1,500})</", re.IGNORECASE)
_KEYS = ("message", "error", "detail", "title", "errors")
_HEAD = 20_000
_MAX_CHARACTERS = 200


def is_web_page(content: bytes) -> bool:
    """Say whether the content is an HTML page, whatever the host calls it."""
    return bool(_PAGE.match(content[:_HEAD]))


def is_web_address(url: str) -> bool:
    """Say whether an address is one of the web (http or https) with a host in it."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def error_message(content: bytes) -> str:
    """Return the host's own words from an error page, object or document, or ``""``."""
    head = content[:_HEAD]
    if is_web_page(head):
        found = _TITLE.search(head)
        return _short(found.group(1)) if found else ""
    message = _from_json(content) if head.lstrip()[:1] in (b"{", b"[") else ""
    if message:
        return message
    in_xml = _XML_MESSAGE.search(head)
    if in_xml:
        return _short(in_xml.group(2))
    return "" if b"<" in head else _short(head)


def redacted_url(url: str) -> str:
    """Return the address as it may stand in a message: no user, no password, no query."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "the address"
    return f"{host}{parts.path if parts.path != '/' else ''}" or "the address"


def _short(text: bytes | str) -> str:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    text = plain_text(text)
    return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 1] + "…"


def _from_json(content: bytes) -> str:
    try:
        value = json.loads(content[: 100 * _HEAD])
    except (ValueError, RecursionError):
        return ""
    return _words(value, 4)


def _words(value: object, depth: int) -> str:
    """Find the first sentence under a key that errors are put under."""
    if isinstance(value, str):
        return _short(value)
    if isinstance(value, list) and value and depth:
        return _words(value[0], depth - 1)
    if isinstance(value, dict) and depth:
        found = (_words(value[key], depth - 1) for key in _KEYS if key in value)
        return next((words for words in found if words), "")
    return ""
