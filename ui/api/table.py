"""Every operation of the API once: its method and path, its scope, what goes in and comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from ui.api import models
from ui.api import operations as do

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Parameters
    ----------
    name
        What it is called in the OpenAPI document, and as a tool of the MCP server.
    path
        Below `PREFIX`; what stands in braces is a field of `asks`.
    scope
        What a token must allow.
    asks, answers
        Models of the request and the answer.
    run
        The function that does it; its docstring says what.
    status
        Of the answer where all went well.
    raw_body
        The field of `asks` that is the whole body of the request, not JSON.
    changes
        Whether it writes.
    """

    name: str
    method: str
    path: str
    scope: str
    asks: type[models.Request]
    answers: type[models.Answer]
    run: Callable[[do.Session, Any], models.Answer]
    status: int = 200
    raw_body: str = ""

    @property
    def changes(self) -> bool:
        """Whether it may write; such a request can be named by an idempotency key."""
        return self.method != "GET"

    @property
    def is_file(self) -> bool:
        """Whether the answer is a file and not JSON."""
        return self.answers is models.Exported

    @property
    def path_fields(self) -> tuple[str, ...]:
        """The fields of the request that stand in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def body_fields(self) -> tuple[str, ...]:
        """The fields of the request that stand in a JSON body."""
        if self.method not in ("POST", "PATCH") or self.raw_body:
            return ()
        return tuple(x for x in self.asks.model_fields if x not in self.path_fields)

    @property
    def query_fields(self) -> tuple[str, ...]:
        """The fields of the request that stand in the query."""
        elsewhere = {*self.path_fields, *self.body_fields, self.raw_body}
        return tuple(x for x in self.asks.model_fields if x not in elsewhere)

    @property
    def summary(self) -> str:
        """What it does, in a sentence or two."""
        return " ".join((self.run.__doc__ or "").split())


def _operation(
    method: str, path: str, scope: str, run: Any, status: int = 200, raw_body: str = ""
) -> Operation:
    hints = get_type_hints(run)
    asks, answers = hints["asked"], hints["return"]
    return Operation(run.__name__, method, path, scope, asks, answers, run, status, raw_body)


OPERATIONS = (
    _operation("GET", "/reader", "read", do.get_reader),
    _operation("GET", "/recommendations", "read", do.recommend),
    _operation("POST", "/recommendations", "feedback", do.recommend_and_record),
    _operation("GET", "/papers", "read", do.search),
    _operation("GET", "/papers/{paper_id}", "read", do.get_paper),
    _operation("GET", "/similar", "read", do.similar),
    _operation("GET", "/feedback", "read", do.list_feedback),
    _operation("POST", "/feedback", "feedback", do.add_feedback),
    _operation("GET", "/lists", "read", do.list_lists),
    _operation("POST", "/lists", "write", do.create_list, 201),
    _operation("GET", "/lists/{slug}", "read", do.get_list),
    _operation("PATCH", "/lists/{slug}", "write", do.change_list),
    _operation("DELETE", "/lists/{slug}", "write", do.delete_list),
    _operation("POST", "/lists/{slug}/papers", "write", do.add_to_list),
    _operation("DELETE", "/lists/{slug}/papers", "write", do.remove_from_list),
    _operation("GET", "/export", "read", do.export),
    _operation("POST", "/import", "write", do.import_papers, raw_body="content"),
    _operation("GET", "/digests", "read", do.list_digests),
    _operation("GET", "/digests/{week}", "read", do.get_digest),
)
"""Method, path, scope and function of each; name and models are those of the function."""
