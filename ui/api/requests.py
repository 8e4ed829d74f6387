"""From the parts of a request to a request model; what does not fit is said with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_origin

from pydantic import ValidationError

from recommender.errors import InvalidValue
from ui.api.models import Request
from ui.api.table import Operation

_QUOTED = 60


def from_values(asks: type[Request], values: Mapping[str, Any]) -> Request:
    """Return a request of values that JSON gave; their types must fit as they are.

    Raises
    ------
    InvalidValue
        A field is unknown, missing, of the wrong type or out of bounds; says which and why.
    """
    # As JSON again: there a date is a text in its strict form too.
    return _validated(lambda: asks.model_validate_json(json.dumps(values), strict=True))


def from_http(
    operation: Operation,
    path: Mapping[str, str],
    query: Sequence[tuple[str, str]],
    body: bytes,
) -> Request:
    """Return the request of an HTTP request; raises InvalidValue as `from_values` does."""
    values = {**_query(operation, query), **path}
    if operation.raw_body:
        values[operation.raw_body] = body
    elif operation.body_fields:
        given = _json(body)
        foreign = sorted(set(given) - set(operation.body_fields))
        if foreign:
            raise InvalidValue(f"{foreign[0][:_QUOTED]}: is no field of the body.")
        return from_values(operation.asks, {**given, **path})
    return _validated(lambda: operation.asks.model_validate(values))


def _query(operation: Operation, query: Sequence[tuple[str, str]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in query:
        if name not in operation.query_fields:
            raise InvalidValue(f"{name[:_QUOTED]}: is no field of the query.")
        if get_origin(operation.asks.model_fields[name].annotation) is list:
            values.setdefault(name, []).append(value)
        elif name in values:
            raise InvalidValue(f"{name}: stands twice in the query.")
        else:
            values[name] = value
    return values


def _json(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body, parse_constant=_no_number)
        json.dumps(given, ensure_ascii=False).encode()  # half a character cannot be written
    except (ValueError, RecursionError):
        raise InvalidValue("body: is not JSON.") from None
    if not isinstance(given, dict):
        raise InvalidValue("body: is not a JSON object.")
    return given


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON.")


def _validated(validate: Callable[[], Request]) -> Request:
    try:
        return validate()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(x)[:_QUOTED] for x in first["loc"]) or "request"
        raise InvalidValue(f"{place}: {first['msg'].removeprefix('Value error, ')}.") from None
