"""Every operation of the API once: its method and path, its scope, what goes in and comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ui.api import models, operations

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
    run: Callable[[operations.Session, Any], models.Answer]
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


_m, _do = models, operations
OPERATIONS = (
    Operation("get_reader", "GET", "/reader", "read", _m.GetReader, _m.Reader, _do.get_reader),
    Operation(
        "recommend", "GET", "/recommendations", "read", _m.Recommend, _m.Slate, _do.recommend
    ),
    Operation(
        "recommend_and_record",
        "POST",
        "/recommendations",
        "feedback",
        _m.Recommend,
        _m.Slate,
        _do.recommend_and_record,
    ),
    Operation("search", "GET", "/papers", "read", _m.Search, _m.SearchPage, _do.search),
    Operation(
        "get_paper", "GET", "/papers/{paper_id}", "read", _m.GetPaper, _m.Paper, _do.get_paper
    ),
    Operation("similar", "GET", "/similar", "read", _m.Similar, _m.Items, _do.similar),
    Operation(
        "list_feedback",
        "GET",
        "/feedback",
        "read",
        _m.ListFeedback,
        _m.EventPage,
        _do.list_feedback,
    ),
    Operation(
        "add_feedback", "POST", "/feedback", "feedback", _m.AddFeedback, _m.Events, _do.add_feedback
    ),
    Operation("list_lists", "GET", "/lists", "read", _m.ListLists, _m.ListPage, _do.list_lists),
    Operation(
        "create_list",
        "POST",
        "/lists",
        "write",
        _m.CreateList,
        _m.ReadingList,
        _do.create_list,
        201,
    ),
    Operation(
        "get_list", "GET", "/lists/{slug}", "read", _m.GetList, _m.ListWithPapers, _do.get_list
    ),
    Operation(
        "change_list",
        "PATCH",
        "/lists/{slug}",
        "write",
        _m.ChangeList,
        _m.ReadingList,
        _do.change_list,
    ),
    Operation(
        "delete_list", "DELETE", "/lists/{slug}", "write", _m.DeleteList, _m.Done, _do.delete_list
    ),
    Operation(
        "add_to_list",
        "POST",
        "/lists/{slug}/papers",
        "write",
        _m.AddToList,
        _m.ReadingList,
        _do.add_to_list,
    ),
    Operation(
        "remove_from_list",
        "DELETE",
        "/lists/{slug}/papers",
        "write",
        _m.RemoveFromList,
        _m.ReadingList,
        _do.remove_from_list,
    ),
    Operation("export", "GET", "/export", "read", _m.Export, _m.Exported, _do.export),
    Operation(
        "import_papers",
        "POST",
        "/import",
        "write",
        _m.ImportPapers,
        _m.Imported,
        _do.import_papers,
        raw_body="content",
    ),
    Operation(
        "list_digests", "GET", "/digests", "read", _m.ListDigests, _m.DigestPage, _do.list_digests
    ),
    Operation(
        "get_digest", "GET", "/digests/{week}", "read", _m.GetDigest, _m.Digest, _do.get_digest
    ),
)
