"""One library of Zotero by its web API, version 3: collections and items, read and written.

Runs when a person or the schedule asks. Reading is by versions: every object has the number of the
library's version in which it last changed. Writing carries the version that was read
(``If-Unmodified-Since-Version``), so that a change made in between, or a first try whose answer
was lost, is met with `StaleVersion` and nothing is written twice. Requests, pauses (``Backoff``,
``Retry-After``) and limits are the `PoliteClient`'s. The key travels in a header.

Not used: pyzotero. It brings an HTTP client of its own, which knows neither our pauses nor limits.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recommender.errors import FetchError, SourceError
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.files.zotero_json import item_entries
from recommender.sources.http_exchange import Response
from recommender.sources.rate_limit import host_rate_limit

BATCH = 50
"""Most items of one request, by Zotero's rules."""

MAX_COLLECTIONS = 2_000
MAX_ITEMS = 50_000
_PAGE = 100
_KEY = re.compile(r"[A-Z0-9]{8}")
_PATH = re.compile(r"(?:users|groups)/\d{1,12}")
_PRECONDITION_FAILED, _NOT_FOUND, _LOCKED = 412, 404, 409


class StaleVersion(SourceError):
    """The library has changed since it was read: read it again and write then."""


@dataclass(frozen=True, slots=True)
class ZoteroCollection:
    """A collection: its key, its name, and how many items Zotero says are in it."""

    key: str
    name: str
    n_items: int = 0


@dataclass(frozen=True, slots=True)
class ZoteroItem:
    """An item: its key, version and collections, and what it is as a paper of ours.

    `found` is None for what is no work (a note, an attachment).
    """

    key: str
    version: int
    collections: tuple[str, ...]
    found: Entry | Refusal | None


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of a write: keys by place, why places failed, and the library's new version."""

    keys: Mapping[int, str]
    failed: Mapping[int, str]
    version: int


@dataclass
class ZoteroLibrary:
    """The library of a user, or of a group that the key may read.

    Parameters
    ----------
    path
        ``users/123`` or ``groups/45``; empty is the library of the key's owner.
    """

    client: PoliteClient
    key: str = field(repr=False)
    base_url: str
    path: str = ""

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        self._pace = host_rate_limit(self.base_url, 0.0)
        if self.path and not _PATH.fullmatch(self.path):
            raise SourceError(f"A library is written users/123 or groups/45, not {self.path!r}.")

    def open(self) -> None:
        """Find whose library it is.

        Raises
        ------
        FetchError
            Zotero does not answer, or does not know the key.
        """
        if self.path:
            return
        answer = _object(self._get("/keys/current"))
        user = answer.get("userID")
        if not isinstance(user, int):
            raise FetchError("Zotero does not say whose key it is.", passing=False)
        self.path = f"users/{user}"

    def collections(self) -> list[ZoteroCollection]:
        """Return all collections, at most `MAX_COLLECTIONS`."""
        found: list[ZoteroCollection] = []
        while len(found) < MAX_COLLECTIONS:
            answer = self._get(
                f"/{self.path}/collections", {"limit": str(_PAGE), "start": str(len(found))}
            )
            page = _list(answer)
            found += [_collection(x) for x in page]
            if len(page) < _PAGE:
                break
        return found

    def collection(self, name: str) -> ZoteroCollection:
        """Return the collection of a key or name.

        Raises
        ------
        SourceError
            There is none of this name, or several.
        """
        every = self.collections()
        named = [x for x in every if name == x.key] or [x for x in every if x.name == name]
        named = named or [x for x in every if x.name.casefold() == name.casefold()]
        if len(named) == 1:
            return named[0]
        if named:
            keys = ", ".join(x.key for x in named)
            raise SourceError(
                f"Several collections are called {name[:100]!r}; name one by its key: {keys}."
            )
        names = ", ".join(x.name for x in every[:20]) or "none yet"
        raise SourceError(f"Zotero has no collection {name[:100]!r}; there is: {names}.")

    def versions(self, collection: str, since: int = 0) -> tuple[int, dict[str, int]] | None:
        """Return the library's version and the version of each item of a collection, by key.

        None where nothing in the library has changed since that version. What is in the trash is
        in no collection.
        """
        headers = {"If-Modified-Since-Version": str(since)} if since else {}
        answer = self._get(
            f"/{self.path}/collections/{_checked(collection)}/items/top",
            {"format": "versions"},
            headers,
            allow=(_NOT_FOUND,),
        )
        if answer.status == _NOT_FOUND:
            raise SourceError("The collection is not in Zotero any more.")
        if answer.unchanged:
            return None
        items = _object(answer)
        known = {k: v for k, v in items.items() if _KEY.fullmatch(k) and isinstance(v, int)}
        if len(known) > MAX_ITEMS:
            raise SourceError(f"The collection has more than {MAX_ITEMS:,} items.")
        return _version(answer), known

    def items(self, keys: Sequence[str]) -> Iterator[ZoteroItem]:
        """Yield the items of these keys, `BATCH` a request; those that are gone are left out."""
        for start in range(0, len(keys), BATCH):
            some = [_checked(x) for x in keys[start : start + BATCH]]
            answer = self._get(
                f"/{self.path}/items",
                {"itemKey": ",".join(some), "format": "json", "limit": str(BATCH)},
            )
            for record in _list(answer):
                item = _item(record)
                if item is not None and item.key in some:
                    yield item

    def create_collection(self, name: str) -> ZoteroCollection:
        """Make a collection, once however often the request has to be sent."""
        answer = self.client.post(
            f"{self.base_url}/{self.path}/collections",
            self._pace,
            [{"name": name}],
            headers=self._headers() | {"Zotero-Write-Token": secrets.token_hex(16)},
            allow=(_PRECONDITION_FAILED,),
        )
        if answer.status == _PRECONDITION_FAILED:
            # A first try had been carried out, and its answer was lost.
            return self.collection(name)
        result = _result(answer)
        if 0 not in result.keys:
            why = result.failed.get(0, "no reason given")
            raise FetchError(f"Zotero made no collection {name[:100]!r} ({why}).", passing=False)
        return ZoteroCollection(result.keys[0], name)

    def write(self, objects: Sequence[Mapping[str, Any]], version: int) -> WriteResult:
        """Write new and changed items, at most `BATCH`, if the library is still of a version.

        Raises
        ------
        StaleVersion
            It is not; nothing was written by this call.
        FetchError
            Zotero does not answer, or the key may not write.
        """
        answer = self.client.post(
            f"{self.base_url}/{self.path}/items",
            self._pace,
            [dict(x) for x in objects[:BATCH]],
            headers=self._headers() | {"If-Unmodified-Since-Version": str(version)},
            allow=(_PRECONDITION_FAILED, _LOCKED),
        )
        if answer.status == _PRECONDITION_FAILED:
            raise StaleVersion("The Zotero library changed while it was written to.")
        if answer.status == _LOCKED:
            raise FetchError("The Zotero library is locked just now.", _LOCKED)
        return _result(answer)

    def _headers(self) -> dict[str, str]:
        return {"Zotero-API-Version": "3", "Zotero-API-Key": self.key}

    def _get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        allow: tuple[int, ...] = (),
    ) -> Response:
        sent = self._headers() | dict(headers or {})
        try:
            return self.client.get(
                self.base_url + path, self._pace, params=params, headers=sent, allow=allow
            )
        except FetchError as error:
            if error.status not in (401, 403):
                raise
            raise FetchError(
                f"Zotero refuses the key ({error.status}): it is mistyped or revoked, or it may "
                "not use this library.",
                error.status,
                passing=False,
            ) from error


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise SourceError(f"{key[:20]!r} is no key of Zotero.")
    return key


def _json(answer: Response) -> Any:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise FetchError("Zotero sent what is no JSON.") from None


def _object(answer: Response) -> Mapping[str, Any]:
    value = _json(answer)
    if not isinstance(value, dict):
        raise FetchError("Zotero sent something else than was asked for.")
    return value


def _list(answer: Response) -> list[Mapping[str, Any]]:
    value = _json(answer)
    if not isinstance(value, list):
        raise FetchError("Zotero sent something else than was asked for.")
    return [x for x in value if isinstance(x, dict)]


def _version(answer: Response) -> int:
    text = answer.headers.get("last-modified-version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise FetchError("Zotero does not say of which version its library is.")
    return int(text)


def _collection(record: Mapping[str, Any]) -> ZoteroCollection:
    data, meta = record.get("data"), record.get("meta")
    name = data.get("name") if isinstance(data, dict) else ""
    n_items = meta.get("numItems") if isinstance(meta, dict) else 0
    key = record.get("key")
    return ZoteroCollection(
        key if isinstance(key, str) else "",
        " ".join(str(name).split())[:200],
        n_items if isinstance(n_items, int) else 0,
    )


def _item(record: Mapping[str, Any]) -> ZoteroItem | None:
    key, version, data = record.get("key"), record.get("version"), record.get("data")
    if not (isinstance(key, str) and _KEY.fullmatch(key) and isinstance(version, int)):
        return None
    inside = data.get("collections") if isinstance(data, dict) else None
    found = next(item_entries(0, record), None)
    collections = tuple(x for x in inside if isinstance(x, str)) if isinstance(inside, list) else ()
    return ZoteroItem(key, version, collections, found)


def _result(answer: Response) -> WriteResult:
    said = _object(answer)
    keys: dict[int, str] = {}
    for name in ("success", "unchanged"):
        stated = said.get(name)
        for place, key in stated.items() if isinstance(stated, dict) else ():
            if place.isdigit() and isinstance(key, str) and _KEY.fullmatch(key):
                keys[int(place)] = key
    failed = said.get("failed")
    faults: dict[int, str] = {}
    for place, fault in failed.items() if isinstance(failed, dict) else ():
        if place.isdigit():
            message = fault.get("message") if isinstance(fault, dict) else ""
            faults[int(place)] = " ".join(str(message).split())[:200]
    return WriteResult(keys, faults, _version(answer))
