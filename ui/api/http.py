"""The HTTP API: every operation of the table as a route below /api/v1.

The key is ``Authorization: Bearer <token>`` and nothing else: no cookie and no sign-in opens it. An
error is ``{"error": "one sentence"}``. A request that changes something may carry an
``Idempotency-Key``; the same key again brings the first answer and changes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
from collections import defaultdict
from functools import cache
from math import ceil
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from recommender.errors import (
    ArtifactError,
    DigestError,
    EmptyLibrary,
    NameTaken,
    NothingToUndo,
    RecommenderError,
    RequestRunning,
    SchemaMismatch,
    StoreUnavailable,
    UnknownInterest,
    UnknownList,
    UnknownPaper,
    UnknownReader,
    UnknownVenue,
)
from recommender.store import ApiToken
from ui import app_state
from ui.api import openapi
from ui.api.models import MAX_IMPORT_BYTES, Exported
from ui.api.operations import Session
from ui.api.rate_limit import RateLimit
from ui.api.requests import from_http
from ui.api.table import OPERATIONS, PREFIX, Operation

MAX_BODY_BYTES = 1024 * 1024
BODY_SECONDS = 120.0
_KEY = re.compile(r"[!-~]{1,180}")
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}
# The first that fits counts; any other of our errors is about what was asked: 422.
_STATUS: tuple[tuple[type[RecommenderError], int], ...] = (
    (UnknownPaper, 404),
    (UnknownReader, 404),
    (UnknownInterest, 404),
    (UnknownList, 404),
    (UnknownVenue, 404),
    (DigestError, 404),
    (NameTaken, 409),
    (NothingToUndo, 409),
    (EmptyLibrary, 409),
    (RequestRunning, 409),
    (StoreUnavailable, 503),
    (SchemaMismatch, 503),
    (ArtifactError, 503),
)


class ApiError(Exception):
    """A request that is not carried out; `why` is one sentence."""

    def __init__(self, status: int, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def routes() -> list[Route]:
    """Return the routes of the API; what is below `PREFIX` and no operation answers 404."""
    paths: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in OPERATIONS:
        paths[operation.path][operation.method] = operation
    made = [Route(f"{PREFIX}/openapi.json", _document, methods=_METHODS)]
    for path, methods in paths.items():
        # The ids of papers hold slashes, such as those of a DOI.
        pattern = path.replace("{paper_id}", "{paper_id:path}")
        made.append(Route(PREFIX + pattern, _endpoint(methods), methods=_METHODS))
    nothing = _endpoint({})
    made += [Route(x, nothing, methods=_METHODS) for x in (PREFIX, PREFIX + "/{rest:path}")]
    for route in made:
        # An address may hold line breaks, at which Starlette's patterns end.
        route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
    return made


def _endpoint(methods: dict[str, Operation]) -> Any:
    async def answer(request: Request) -> Response:
        try:
            return await _answer(request, methods)
        except ApiError as error:
            return _refusal(error)
        except ClientDisconnect:
            return Response(status_code=400)  # it reaches no one

    return answer


async def _document(request: Request) -> Response:
    if request.method not in ("GET", "HEAD"):
        return _refusal(ApiError(405, "The document can only be read.", allow="GET, HEAD"))
    return JSONResponse(openapi.document(app_state.settings().base_url), headers=_HEADERS)


async def _answer(request: Request, methods: dict[str, Operation]) -> Response:
    if not methods:
        raise ApiError(404, "The API has no such address; see openapi.json.")
    operation = methods.get("GET" if request.method == "HEAD" else request.method)
    if operation is None:
        allowed = ", ".join(methods)
        raise ApiError(405, f"This address takes {allowed}.", allow=allowed)
    token = await run_in_threadpool(_token, request)
    _require_scope(token, operation)
    wait = _limit(app_state.settings().api_requests_per_minute).seconds_to_wait(token.number)
    if wait:
        raise ApiError(
            429, "This token has made too many requests; wait.", retry_after=str(ceil(wait))
        )
    body = await _body(request, operation)
    return await run_in_threadpool(_carry_out, request, operation, token, body)


@cache
def _limit(per_minute: int) -> RateLimit:
    return RateLimit(per_minute)


def _token(request: Request) -> ApiToken:
    given = request.headers.getlist("authorization")
    kind, _, secret = given[0].strip().partition(" ") if len(given) == 1 else ("", "", "")
    ask = {"www_authenticate": 'Bearer realm="paperloop"'}
    if kind.lower() != "bearer" or not secret.strip():
        why = "Send a token as `Authorization: Bearer …`; Settings and `paperloop token` make one."
        raise ApiError(401, why, **ask)
    try:
        token = app_state.store().api_tokens.find(secret.strip())
    except RecommenderError as error:
        raise _api_error(error) from error
    if token is None:
        why = "This token is not known: it is mistyped, revoked, or of another library."
        raise ApiError(401, why, **ask)
    if token.expires_at <= app_state.now():
        why = f"This token expired on {token.expires_at:%Y-%m-%d}; create another one."
        raise ApiError(401, why, **ask)
    return token


def _require_scope(token: ApiToken, operation: Operation) -> None:
    if operation.scope not in token.scopes:
        has = ", ".join(token.scopes)
        raise ApiError(
            403, f"This needs a token with the scope {operation.scope}; this one has {has}."
        )


async def _body(request: Request, operation: Operation) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if operation.raw_body:
        most = MAX_IMPORT_BYTES
        if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
            raise ApiError(415, "The body is the file itself; send it as application/octet-stream.")
    elif operation.body_fields:
        most = MAX_BODY_BYTES
        if kind != "application/json":
            raise ApiError(415, "The body is sent as application/json.")
    else:
        return b""
    pieces, size = list[bytes](), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                size += len(piece)
                if size > most:
                    raise ApiError(413, f"The body may hold {most // 1024:,} kB at most.")
                pieces.append(piece)
    except TimeoutError:
        raise ApiError(408, "The request took too long to arrive.") from None
    return b"".join(pieces)


def _carry_out(request: Request, operation: Operation, token: ApiToken, body: bytes) -> Response:
    try:
        return _carry_out_once(request, operation, token, body)
    except RecommenderError as error:
        raise _api_error(error) from error
    except ApiError:
        raise
    except Exception as error:
        logging.getLogger(__name__).exception("%s failed", operation.name)
        why = "Something went wrong here; the log of the program says what."
        raise ApiError(500, why) from error


def _carry_out_once(
    request: Request, operation: Operation, token: ApiToken, body: bytes
) -> Response:
    """Carry a request out, unless its key says that this was done."""
    key = request.headers.get("idempotency-key") if operation.changes else None
    if key is None:
        return _plain_answer(_run(request, operation, token, body))
    if not _KEY.fullmatch(key):
        raise ApiError(422, "Idempotency-Key: is 1 to 180 visible ASCII characters.")
    keys = app_state.store().idempotency_keys
    held = keys.claim(token.reader_id, key, _hash(request, body), app_state.now())
    if held is not None:
        return _plain_answer(json.loads(held))
    try:
        answer = _run(request, operation, token, body, key)
    except BaseException:
        keys.release(token.reader_id, key)
        raise
    keys.keep(token.reader_id, key, json.dumps(answer))
    return _plain_answer(answer)


def _run(
    request: Request, operation: Operation, token: ApiToken, body: bytes, key: str = ""
) -> dict[str, Any]:
    """Return the answer of an operation: its status, and its body as JSON or as a file."""
    asked = from_http(operation, request.path_params, request.query_params.multi_items(), body)
    if key and operation.name == "add_feedback":
        # Then a request that was cut off after its commit stores nothing twice either.
        asked = asked.with_keys(key)  # type: ignore[attr-defined]
    library = app_state.library()
    session = Session(
        library.settings, library.store, library.recommender, token.reader_id, app_state.now()
    )
    answer = operation.run(session, asked)
    if isinstance(answer, Exported):
        return {"status": operation.status, "file": answer.model_dump()}
    return {"status": operation.status, "json": answer.model_dump(mode="json")}


def _plain_answer(answer: dict[str, Any]) -> Response:
    if "json" in answer:
        return JSONResponse(answer["json"], answer["status"], _HEADERS)
    file = answer["file"]
    disposition = {"content-disposition": f'attachment; filename="{file["file_name"]}"'}
    return Response(
        file["text"], answer["status"], _HEADERS | disposition, media_type=file["media_type"]
    )


def _hash(request: Request, body: bytes) -> str:
    head = f"{request.method} {request.url.path}?{request.url.query}\n"
    return hashlib.sha256(head.encode("utf-8", "surrogatepass") + body).hexdigest()


def _api_error(error: RecommenderError) -> ApiError:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 422)
    if status == 503 or isinstance(error, RequestRunning):
        return ApiError(status, str(error), retry_after="5")
    return ApiError(status, str(error))


def _refusal(error: ApiError) -> JSONResponse:
    return JSONResponse({"error": error.why}, error.status, _HEADERS | error.headers)
