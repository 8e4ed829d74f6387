"""Atom feeds (RFC 4287): a reader's issues, or a list as `export` writes it. Pure.

The same issues are the same bytes, so that a feed reader that asks again can be
told that nothing has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, fromstring, register_namespace, tostring

from recommender.digest.compose.manifest import Manifest
from recommender.digest.render.render import render
from recommender.escaping import shown

MEDIA_TYPE = "application/atom+xml"
NEWEST = 12
"""Issues in a feed."""

_ATOM = "http://www.w3.org/2005/Atom"
register_namespace("", _ATOM)


def feed_id(library_id: str, what: str) -> str:
    """Return the id of a feed, the same for ever and another for every library."""
    return uuid5(NAMESPACE_URL, f"paperloop {library_id} {what}").urn


def digest_feed(
    manifests: Sequence[Manifest], *, identifier: str, name: str, url: str, since: datetime
) -> bytes:
    """Return the newest issues as a feed, newest first.

    Parameters
    ----------
    manifests
        Issues in any order; the newest `NEWEST` are taken.
    name
        The reader's.
    url
        Where the feed lies.
    since
        The feed's time while it has no entry.
    """
    newest = sorted(manifests, key=lambda x: x.composed_at, reverse=True)[:NEWEST]
    updated = newest[0].composed_at if newest else since
    feed = _empty(identifier, f"Papers for {shown(name)}", updated)
    _link_to(feed, url)
    for manifest in newest:
        feed.append(fromstring(render(manifest, "atom")))  # noqa: S314  our own renderer's
    return _bytes(feed)


def list_feed(atom: str, *, identifier: str, name: str, url: str, since: datetime) -> bytes:
    """Return a reading list's feed: what `export` wrote, or an empty one for ``""``."""
    empty = _empty(identifier, shown(name) or "Reading list", since)
    feed = fromstring(atom) if atom else empty  # noqa: S314  our own writer's
    _link_to(feed, url)
    return _bytes(feed)


def _empty(identifier: str, title: str, updated: datetime) -> Element:
    feed = Element(_tag("feed"))
    SubElement(feed, _tag("id")).text = identifier
    SubElement(feed, _tag("title")).text = title
    SubElement(feed, _tag("updated")).text = updated.astimezone(UTC).isoformat(timespec="seconds")
    SubElement(feed, _tag("generator")).text = "paperloop"
    SubElement(SubElement(feed, _tag("author")), _tag("name")).text = "paperloop"
    return feed


def _link_to(feed: Element, url: str) -> None:
    place = next((i for i, x in enumerate(feed) if x.tag == _tag("entry")), len(feed))
    feed.insert(place, Element(_tag("link"), rel="self", type=MEDIA_TYPE, href=url))


def _bytes(feed: Element) -> bytes:
    text: str = tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"
