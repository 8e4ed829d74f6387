"""/feed/<token>.atom: a reader's digests, or one of their lists, for feed readers."""

from __future__ import annotations

import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from recommender.digest.compose.manifest import Manifest
from recommender.digest.periods import in_order
from recommender.digest.render.feed import MEDIA_TYPE, NEWEST, digest_feed, feed_id, list_feed
from recommender.errors import RecommenderError, StoreUnavailable
from recommender.export import render
from recommender.library.export_selection import listed
from recommender.store import FeedToken
from ui import app_state

_HEADERS = {"cache-control": "private, no-cache", "x-robots-tag": "noindex"}


async def feed(request: Request) -> Response:
    """Return the feed that a token opens; 304 for who has it already."""
    if request.method not in ("GET", "HEAD"):
        return Response(status_code=405, headers={"allow": "GET, HEAD"})
    return await run_in_threadpool(_feed, request)


def _feed(request: Request) -> Response:
    try:
        token = app_state.store().feed_tokens.find(request.path_params["token"])
        if token is None:
            return _plain("There is no such feed, or it was closed.", 404)
        content = _content(token, _address(request))
    except StoreUnavailable as error:
        return _plain(str(error), 503)
    except RecommenderError:
        return _plain("There is no such feed any more.", 404)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = _HEADERS | {"etag": tag}
    if _knows(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(content, 200, headers, media_type=MEDIA_TYPE)


def _content(token: FeedToken, url: str) -> bytes:
    store = app_state.store()
    reader = store.readers.get(token.reader_id)
    if token.list_id is None:
        identifier = feed_id(store.database.library_id, f"digests of {reader.reader_id}")
        weeks = in_order(store.digests.weeks(reader.reader_id))[-NEWEST:]
        stored = [store.digests.get(reader.reader_id, x) for x in weeks]
        manifests = [Manifest.from_json(x) for x in stored if x is not None]
        return digest_feed(
            manifests, identifier=identifier, name=reader.name, url=url, since=token.created_at
        )
    name = store.reading_lists.get(reader.reader_id, token.list_id).name
    chosen = listed(store, reader.reader_id, token.list_id)
    atom = render(chosen.papers, "atom", chosen.heading)
    identifier = feed_id(store.database.library_id, f"list {token.list_id}")
    return list_feed(atom, identifier=identifier, name=name, url=url, since=token.created_at)


def _address(request: Request) -> str:
    base = app_state.settings().base_url.rstrip("/")
    return f"{base}{request.url.path}" if base else str(request.url.replace(query=""))


def _knows(given: str, tag: str) -> bool:
    known = {x.strip().removeprefix("W/") for x in given.split(",")}
    return bool({tag, "*"} & known)


def _plain(why: str, status: int) -> Response:
    return Response(f"{why}\n", status, _HEADERS, media_type="text/plain")
