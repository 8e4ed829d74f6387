"""The MCP server, asked with the SDK's own client, in this process and as the command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from api_rows import rows_of
from folders import ROOT
from libraries import NOW, SUBJECTS, Library, make_library, papers_on
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from recommender.store import Store
from ui import app_state
from ui.api.mcp import make_server
from ui.api.operations import Session
from ui.api.table import OPERATIONS

PAPER = "doi:10.5555/bees.0"
ARGUMENTS: dict[str, dict[str, Any]] = {
    "recommend": {"n": 3},
    "recommend_and_record": {"n": 3, "since": "2026-11-01"},
    "search": {"query": "bees"},
    "get_paper": {"paper_id": PAPER},
    "similar": {"paper_id": [PAPER]},
    "add_feedback": {"events": [{"kind": "like", "paper_id": PAPER}]},
    "create_list": {"name": "Another"},
    "get_list": {"slug": "held"},
    "change_list": {"slug": "held", "about": "what bees do"},
    "add_to_list": {"slug": "held", "paper_ids": [PAPER]},
    "remove_from_list": {"slug": "held", "paper_id": [PAPER]},
    "delete_list": {"slug": "held"},
    "export": {"format": "bibtex", "papers": "all"},
    "import_papers": {"content": "@article{x, title={Something about bees}}", "file_name": "x.bib"},
    "get_digest": {"week": "current"},
}
LAST = "delete_list"
"""The others need the list."""


@pytest.fixture
def store(library: Library) -> Store:
    store = app_state.store()
    store.reading_lists.create("me", "Held", NOW)
    return store


def asked(may_write: bool, ask: Callable[[Client], Awaitable[None]]) -> None:
    """Let a client of the SDK ask the server, over streams in this process."""
    library = app_state.library()

    def session() -> Session:
        return Session(library.settings, library.store, library.recommender, "me", NOW)

    async def run() -> None:
        with anyio.fail_after(120):
            async with Client(make_server(session, may_write=may_write)) as client:
                await ask(client)

    anyio.run(run)


def text(result: Any) -> str:
    (content,) = result.content
    return str(content.text)


@pytest.mark.slow
@pytest.mark.usefixtures("imported_here")
def test_every_tool_is_listed_and_works_where_writing_is_allowed(store: Store) -> None:
    async def ask(client: Client) -> None:
        tools = {x.name: x for x in (await client.list_tools()).tools}
        assert set(tools) == {x.name for x in OPERATIONS}
        for name in sorted(tools, key=lambda x: x == LAST):
            tool = tools[name]
            assert tool.description
            assert set(ARGUMENTS.get(name, {})) <= set(tool.input_schema.get("properties", {}))
            result = await client.call_tool(name, ARGUMENTS.get(name, {}))
            assert not result.is_error, f"{name}: {text(result)}"
            assert json.loads(text(result)) == result.structured_content

    asked(True, ask)
    assert [x.paper_id for x in store.feedback.events("me")] == [PAPER]
    assert [x.name for x in store.reading_lists.list("me")] == ["Another"]
    assert store.catalogue.find("Something about bees").total == 1
    assert len(store.feedback.slates("me")) == 1


def test_without_leave_to_write_nothing_is_written(store: Store) -> None:
    before = rows_of(store)

    async def ask(client: Client) -> None:
        tools = {x.name: x for x in (await client.list_tools()).tools}
        assert set(tools) == {x.name for x in OPERATIONS if not x.changes}
        assert all(x.annotations and x.annotations.read_only_hint for x in tools.values())
        for operation in OPERATIONS:
            result = await client.call_tool(operation.name, ARGUMENTS.get(operation.name, {}))
            assert result.is_error == operation.changes, operation.name
            if operation.changes:
                assert "--write" in text(result)

    asked(False, ask)
    assert rows_of(store) == before


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("get_paper", {}, "paper_id"),
        ("get_paper", {"paper_id": 7}, "paper_id"),
        ("get_paper", {"paper_id": PAPER, "colour": "red"}, "colour"),
        ("get_paper", {"paper_id": "doi:10.5555/nothing"}, "nothing"),
        ("get_paper", {"paper_id": "\ud800"}, "JSON"),
        ("recommend", {"n": 0}, "n:"),
        ("recommend", {"n": "3"}, "n:"),
        ("get_list", {"slug": "nowhere"}, "nowhere"),
        ("add_feedback", {"events": [{"kind": "love", "paper_id": PAPER}]}, "events.0.kind"),
        ("no_such_tool", {}, "no_such_tool"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence_and_writes_nothing(
    store: Store, name: str, arguments: dict[str, Any], says: str
) -> None:
    before = rows_of(store)

    async def ask(client: Client) -> None:
        result = await client.call_tool(name, arguments)
        assert result.is_error
        assert says in text(result)
        assert "\n" not in text(result)

    asked(True, ask)
    assert rows_of(store) == before


@pytest.mark.slow
def test_the_command_serves_a_client_over_standard_input_and_output(tmp_path: Path) -> None:
    library = make_library(tmp_path / "library", [x for s in SUBJECTS for x in papers_on(s)])
    words = ["-m", "recommender", "--data-dir", str(library.settings.data_dir), "mcp"]

    async def run() -> None:
        server = StdioServerParameters(command=sys.executable, args=words, cwd=str(ROOT))
        with anyio.fail_after(120):
            async with Client(stdio_client(server)) as client:
                found = await client.call_tool("search", {"query": "glaciers", "limit": 2})
                assert found.structured_content["total"] == 12
                refused = await client.call_tool("create_list", {"name": "X"})
                assert refused.is_error

    anyio.run(run)
    store = library.open()
    assert store.reading_lists.list("me") == []
    store.close()


def test_without_the_extra_one_sentence_says_how_to_install_it(tmp_path: Path) -> None:
    program = (
        "import sys, importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *more: None if name == 'mcp' else find(name, *more);"
        "from recommender.cli import main; main(['mcp'])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "paperloop: Assistants need the package mcp: `pip install 'paperloop[mcp]'`.\n"
    )


def test_the_time_of_a_call_is_the_time_it_is_made(store: Store) -> None:
    times = iter([NOW, NOW + timedelta(days=7)])
    library = app_state.library()

    def session() -> Session:
        return Session(library.settings, store, library.recommender, "me", next(times))

    weeks: list[str] = []

    async def run() -> None:
        async with Client(make_server(session, may_write=False)) as client:
            for _ in range(2):
                result = await client.call_tool("list_digests", {})
                weeks.append(result.structured_content["running"])

    anyio.run(run)
    assert weeks == ["2026-W47", "2026-W48"]
