"""The OpenAPI 3.1 document of the API, made from the table of operations."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from recommender import __version__
from recommender.export import FORMATS
from ui.api.models import Answer, Request
from ui.api.table import OPERATIONS, PREFIX, Operation

_REFERENCE = "#/components/schemas/{model}"
ERRORS = {
    401: "The token is missing, wrong, revoked or expired.",
    403: "The token does not have the scope.",
    404: "Something that the request names is not there.",
    409: "It contradicts what is there, such as a name that is taken, or is being carried out.",
    413: "The body is too large.",
    415: "The body is of the wrong type.",
    422: "A field is unknown, missing, of the wrong type or out of bounds; says which.",
    429: "Too many requests; Retry-After says when to go on.",
    503: "The library cannot be used right now; Retry-After says when to try again.",
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key again brings the first answer and changes nothing; kept a week.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 180, "pattern": "^[!-~]+$"},
}


class Error(BaseModel):
    """Why a request was not carried out, in one sentence."""

    error: str


def document(base_url: str = "") -> dict[str, Any]:
    """Return the document; `base_url` is the address of the app where it is known."""
    return {**_document(), "servers": [{"url": base_url.rstrip("/") + PREFIX}]}


@cache
def _document() -> dict[str, Any]:
    requests = {x.asks for x in OPERATIONS}
    answers = {x.answers for x in OPERATIONS if not x.is_file}
    models: list[tuple[type[BaseModel], Any]] = [
        *((x, "validation") for x in sorted(requests, key=_name)),
        *((x, "serialization") for x in sorted(answers, key=_name)),
        (Error, "serialization"),
    ]
    schemas, definitions = models_json_schema(models, ref_template=_REFERENCE)
    held = definitions["$defs"]
    names = {model: schema["$ref"].rpartition("/")[2] for (model, _), schema in schemas.items()}
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        asks = held[names[operation.asks]]
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, asks, names
        )
    for request in requests:
        # Requests stand where they are used: their fields are parameters and parts of a body.
        del held[names[request]]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "paperloop",
            "version": __version__,
            "description": "The reading list of one reader: suggestions, feedback, lists, digests.",
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(held.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _name(model: type[Request] | type[Answer]) -> str:
    return model.__name__


def _operation(operation: Operation, asks: dict[str, Any], names: dict[Any, str]) -> dict[str, Any]:
    fields, required = asks.get("properties", {}), asks.get("required", [])
    parameters = [
        {
            "name": name,
            "in": place,
            "required": place == "path" or name in required,
            "schema": _parameter(fields[name]),
        }
        for place, given in (("path", operation.path_fields), ("query", operation.query_fields))
        for name in given
    ]
    made: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Needs a token with the scope `{operation.scope}`.",
        "security": [{"token": [operation.scope]}],
        "parameters": [*parameters, *([KEY] if operation.changes else [])],
    }
    if operation.raw_body:
        content: dict[str, Any] = {"application/octet-stream": {}}
        made["requestBody"] = {"required": True, "content": content}
    elif operation.body_fields:
        schema = {
            "type": "object",
            "additionalProperties": False,
            "properties": {x: _without_title(fields[x]) for x in operation.body_fields},
            "required": [x for x in required if x in operation.body_fields],
        }
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    made["responses"] = _responses(operation, names)
    return made


def _responses(operation: Operation, names: dict[Any, str]) -> dict[str, Any]:
    if operation.is_file:
        kinds = sorted({x.media_type for x in FORMATS.values()})
        content: dict[str, Any] = {x: {} for x in kinds}
    else:
        content = {"application/json": {"schema": _reference(names[operation.answers])}}
    error = {"application/json": {"schema": _reference(names[Error])}}
    has_body = bool(operation.raw_body or operation.body_fields)
    return {
        str(operation.status): {"description": "What was asked for.", "content": content},
        **{
            str(status): {"description": says, "content": error}
            for status, says in ERRORS.items()
            if has_body or status not in (413, 415)
        },
    }


def _reference(name: str) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=name)}


def _parameter(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field that stands in a path or a query, where there is no null."""
    given = _without_title(schema)
    kinds = [x for x in given.get("anyOf", ()) if x.get("type") != "null"]
    if len(kinds) != 1:
        return given
    rest = {k: v for k, v in given.items() if k not in ("anyOf", "default")}
    return {**rest, **kinds[0]}


def _without_title(schema: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k != "title"}
