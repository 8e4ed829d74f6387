"""The OpenAPI document follows from the table; requests made from it meet no fault."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from deck_clients import Server
from folders import ROOT
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from libraries import NOW, SUBJECTS, make_library, papers_on
from starlette.testclient import TestClient

from recommender.store import Store
from recommender.store.api_tokens import SCOPES
from ui.api import openapi
from ui.api.table import OPERATIONS, PREFIX

PAPER = "doi:10.5555/bees.0"
IMPORT = "import_papers"
"""Each of its requests starts a process, so that fewer of them are sent."""
MAX_ADDRESS = 50_000
"""Characters; the server takes no request with a longer head."""


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (v for k, v in node.items() if k == "$ref")
        node = list(node.values())
    if isinstance(node, list):
        for x in node:
            yield from references(x)


@pytest.mark.slow
def test_the_document_is_served_to_everyone_and_names_every_operation(client: TestClient) -> None:
    served = client.get(f"{PREFIX}/openapi.json")
    assert served.status_code == 200
    document = served.json()
    assert document["openapi"].startswith("3.1")
    named = {
        (method.upper(), path, x["operationId"], x["security"][0]["token"][0])
        for path, methods in document["paths"].items()
        for method, x in methods.items()
    }
    assert named == {(x.method, x.path, x.name, x.scope) for x in OPERATIONS}
    assert document["servers"] == [{"url": PREFIX}]


def test_every_reference_of_the_document_leads_to_a_schema_and_all_are_used() -> None:
    document = openapi.document("https://papers.example/app/")
    assert document["servers"] == [{"url": f"https://papers.example/app{PREFIX}"}]
    used = {x.rpartition("/")[2] for x in references(document)}
    assert used == set(document["components"]["schemas"])


@pytest.mark.slow
def test_no_part_of_the_api_is_loaded_before_it_is_used() -> None:
    program = """
import sys
import recommender.cli
assert not {x for x in sys.modules if x.partition(".")[0] in ("ui", "mcp", "starlette")}
try:
    recommender.cli.main(["--help"])
except SystemExit:
    pass
assert not {x for x in sys.modules if x.partition(".")[0] in ("ui", "mcp", "starlette")}
import ui.api.http
assert "recommender.ingest" not in sys.modules
import ui.server
extra = {"mcp", "mcp_types", "jwt", "sse_starlette", "opentelemetry", "schemathesis"}
assert not extra & {x.partition(".")[0] for x in sys.modules}
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


@contextmanager
def fuzzed(folder: Path) -> Iterator[tuple[Server, str, Store]]:
    """Serve a small library with a list, an event and a token of all scopes."""
    library = make_library(folder / "library", [x for s in SUBJECTS for x in papers_on(s)])
    store = library.open()
    token = store.api_tokens.create("me", "fuzzer", SCOPES, NOW.replace(year=2099))
    store.reading_lists.create("me", "Held", NOW)
    more = {"PAPERLOOP_API_REQUESTS_PER_MINUTE": "1000000", "PAPERLOOP_SCHEDULE": "false"}
    server = Server(library, folder / "log", environment=more)
    try:
        yield server, token, store
    finally:
        server.kill()
        store.close()


def fuzz(folder: Path, n_of_each: int, n_imports: int) -> Counter[int]:
    """Send requests made from the document; return how often each status was answered."""
    import schemathesis
    from requests import Request
    from schemathesis import checks

    statuses: Counter[int] = Counter()
    with fuzzed(folder) as (server, token, _):
        base = f"http://127.0.0.1:{server.port}{PREFIX}"
        schema = schemathesis.openapi.from_url(f"{base}/openapi.json")
        headers = {"Authorization": f"Bearer {token}"}
        for found in schema.get_all_operations():
            operation = found.ok()
            name = operation.definition.raw["operationId"]
            n = n_imports if name == IMPORT else n_of_each
            for mode in schemathesis.GenerationMode:

                @seed(42)
                @hypothesis_settings(
                    max_examples=n // 2,
                    deadline=None,
                    database=None,
                    derandomize=False,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                @given(case=operation.as_strategy(generation_mode=mode))
                def send(case: Any) -> None:
                    # Half of the requests are about what is there.
                    if sum(statuses.values()) % 2 and "slug" in case.path_parameters:
                        case.path_parameters["slug"] = "held"
                    if sum(statuses.values()) % 2 and "paper_id" in case.path_parameters:
                        case.path_parameters["paper_id"] = PAPER
                    if len(Request("GET", base, params=case.query).prepare().url) > MAX_ADDRESS:
                        return
                    # On a busy machine an import, which starts a process, may take long.
                    answer = case.call(base_url=base, headers=headers, timeout=600)
                    statuses[answer.status_code] += 1
                    if answer.status_code == 400:
                        # Streamlit refuses such an address before the API sees it.
                        assert "%00" in answer.request.url
                        return
                    case.validate_response(
                        answer,
                        checks=[
                            checks.not_a_server_error,
                            checks.status_code_conformance,
                            checks.content_type_conformance,
                            checks.response_schema_conformance,
                        ],
                    )
                    if answer.status_code >= 400:
                        assert list(json.loads(answer.content)) == ["error"]

                send()
    return statuses


@pytest.mark.slow
def test_a_fuzzer_that_follows_the_document_meets_no_fault(tmp_path: Path) -> None:
    statuses = fuzz(tmp_path, n_of_each=18, n_imports=6)
    assert sum(statuses.values()) >= 250
    assert statuses[200] >= 50
    assert statuses[422] >= 50


@pytest.mark.slow
@pytest.mark.long
def test_ten_thousand_requests_that_follow_the_document_meet_no_fault(tmp_path: Path) -> None:
    statuses = fuzz(tmp_path, n_of_each=600, n_imports=100)
    assert sum(statuses.values()) >= 10_000
