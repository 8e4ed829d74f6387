"""A Zotero on loopback: answers as its web API (version 3) and keeps what is written.

The answers have the shapes of Zotero's documentation and of recorded answers: envelopes with
``data`` and ``meta``, ``Last-Modified-Version``, 304 and 412 by versions, write tokens, and the
four tables of a write.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sEcReTzOtErOkEy000000001"
USER = "/users/4711"
_LETTERS = "ABCDEFGHIJKLMNPQ"

Answer = tuple[int, dict[str, str], bytes]


def item_data(title: str, **fields: Any) -> dict[str, Any]:
    """Return an item as a person's library holds it."""
    return {
        "itemType": "journalArticle",
        "title": title,
        "creators": [{"creatorType": "author", "firstName": "Ada", "lastName": "Okafor"}],
        "date": "2020-03-01",
        "publicationTitle": "Journal of Habits",
        "tags": [],
        "collections": [],
        "relations": {},
        **fields,
    }


@dataclass
class Zotero:
    """One user's library. `replies` are given first, in order; `before` runs before a write."""

    version: int = 10
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    collections: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    replies: list[Answer | None] = field(default_factory=list)
    before: Callable[[], None] | None = None
    lose_answers: int = 0
    address: str = ""
    _tokens: set[str] = field(default_factory=set)
    _made: int = 0

    def put(self, data: dict[str, Any], *collections: str) -> str:
        """Add an item as a person does in Zotero."""
        key = self._new_key()
        self.version += 1
        self.items[key] = data | {"collections": list(collections), "version": self.version}
        return key

    def change(self, key: str, **fields: Any) -> None:
        self.version += 1
        self.items[key] |= fields | {"version": self.version}

    def delete(self, key: str) -> None:
        self.version += 1
        del self.items[key]

    def add_collection(self, name: str) -> str:
        key = self._new_key()
        self.version += 1
        self.collections[key] = {"key": key, "name": name, "version": self.version}
        return key

    def inside(self, collection: str) -> dict[str, dict[str, Any]]:
        return {k: x for k, x in self.items.items() if collection in x["collections"]}

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any) -> Answer:
        parts = urlsplit(target)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.asked.append((method, target, headers, body))
        if self.replies and (reply := self.replies.pop(0)) is not None:
            return reply
        if headers.get("zotero-api-key") != KEY or "key" in query:
            return 403, {}, b"Forbidden"
        if headers.get("zotero-api-version") != "3":
            return 400, {}, b"Wrong version"
        if parts.path == "/keys/current":
            return self._json({"key": "x", "userID": 4711, "access": {"user": {"library": True}}})
        if method == "POST":
            return self._written(parts.path, headers, body)
        return self._read(parts.path, query, headers)

    def _read(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        if path == f"{USER}/collections":
            start, limit = int(query.get("start", 0)), int(query.get("limit", 25))
            every = [self._collection(x) for x in self.collections]
            return self._json(every[start : start + limit])
        if path == f"{USER}/items":
            wanted = query["itemKey"].split(",")
            if len(wanted) > 50:
                return 400, {}, b"Too many keys"
            return self._json([self._item(x) for x in wanted if x in self.items])
        if path.startswith(f"{USER}/collections/") and path.endswith("/items/top"):
            key = path.split("/")[4]
            if key not in self.collections:
                return 404, {}, b"Collection not found"
            if int(headers.get("if-modified-since-version", -1)) >= self.version:
                return 304, {"Last-Modified-Version": str(self.version)}, b""
            return self._json({k: x["version"] for k, x in self.inside(key).items()})
        return 404, {}, b"Not found"

    def _written(self, path: str, headers: dict[str, str], body: Any) -> Answer:
        if self.before:
            before, self.before = self.before, None
            before()
        token = headers.get("zotero-write-token")
        since = headers.get("if-unmodified-since-version")
        if token and since:
            return 400, {}, b"Write token and version cannot be used together"
        if not token and not since:
            return 428, {}, b"Precondition required"
        if len(body) > 50:
            return 413, {}, b"Too many objects"
        if token in self._tokens or (since and int(since) < self.version):
            return 412, {"Last-Modified-Version": str(self.version)}, b"Precondition failed"
        if token:
            self._tokens.add(token)
        self.version += 1
        said: dict[str, Any] = {"successful": {}, "success": {}, "unchanged": {}, "failed": {}}
        for place, one in enumerate(body):
            key, fault = self._store(path, one)
            if fault:
                said["failed"][str(place)] = {"code": 400, "message": fault}
            else:
                said["success"][str(place)] = key
        if self.lose_answers:
            self.lose_answers -= 1
            return 503, {}, b"Lost"
        return self._json(said)

    def _store(self, path: str, one: dict[str, Any]) -> tuple[str, str]:
        if path == f"{USER}/collections":
            key = self._new_key()
            self.collections[key] = {"key": key, "name": one["name"], "version": self.version}
            return key, ""
        known = set(self.collections)
        if not set(one.get("collections", ())) <= known:
            return "", "Collection not found"
        if "key" in one:
            if one["key"] not in self.items:
                return "", "Item not found"
            self.items[one["key"]] |= one | {"version": self.version}
            return one["key"], ""
        if not one.get("title"):
            return "", "An item needs a title"
        key = self._new_key()
        self.items[key] = one | {"version": self.version}
        return key, ""

    def _item(self, key: str) -> dict[str, Any]:
        data = self.items[key]
        return {"key": key, "version": data["version"], "meta": {}, "data": {"key": key, **data}}

    def _collection(self, key: str) -> dict[str, Any]:
        data = self.collections[key]
        meta = {"numCollections": 0, "numItems": len(self.inside(key))}
        return {"key": key, "version": data["version"], "meta": meta, "data": data}

    def _json(self, value: Any) -> Answer:
        return 200, {"Last-Modified-Version": str(self.version)}, json.dumps(value).encode()

    def _new_key(self) -> str:
        self._made += 1
        digits = f"{self._made:08x}".upper()
        return "".join(_LETTERS[int(x, 16)] for x in digits)


@contextmanager
def serving(zotero: Zotero) -> Iterator[Zotero]:
    """Serve a library on loopback; its `address` says where."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def _answer(self, body: Any) -> None:
            headers = {k.lower(): v for k, v in self.headers.items()}
            status, more, content = zotero.answer(self.command, self.path, headers, body)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    zotero.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield zotero
    finally:
        server.shutdown()
        server.server_close()
