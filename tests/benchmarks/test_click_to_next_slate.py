"""The processor time from an answer to the re-ranked queue, with 5,000 papers.

    python -m pytest -m benchmark -s tests/benchmarks/test_click_to_next_slate.py

Measured is the request that the deck sends for every answer, through the application's
route: the event committed, the slate with its reasons recorded as shown, and the cards
that the deck does not hold. Printed are the median and the 95th percentile of the
processor time of this process over 60 answers, beside the same request without a queue.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from libraries import NOW
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from week import make_team

from recommender.launch import import_ui

import_ui()

from ui import app_state  # noqa: E402
from ui.routes.feedback import post_feedback  # noqa: E402

ANSWERS = 60
N_PAPERS, N_READERS = 5_000, 100


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings, _ = make_team(tmp_path, N_PAPERS, 0, N_READERS, NOW)
    app_state.configure(settings)
    app = Starlette(routes=[Route("/api/feedback", post_feedback, methods=["POST"])])
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client
    app_state.close()


@pytest.mark.benchmark
def test_click_to_next_queue(client: TestClient) -> None:
    token = app_state.tokens().issue(app_state.store().readers.list()[1].reader_id)
    holds: list[str] = []
    spent: dict[str, list[float]] = {"vote alone": [], "vote and queue": []}

    def post(name: str, *events: dict[str, Any], **more: Any) -> Any:
        start = process_time()
        answer = client.post("/api/feedback", json={"token": token, "events": events, **more})
        if events:
            spent[name].append((process_time() - start) * 1000)
        assert answer.status_code == 200, answer.text
        return answer.json()

    cards = post("", queue={"holds": []})["queue"]["cards"]
    for i in range(2 * ANSWERS):
        holds = [x["paper_id"] for x in cards]
        kind = "skip" if i % 3 else "like"
        vote = {"key": str(i), "kind": kind, "paper_id": holds[0]}
        if i % 2:
            post("vote alone", vote)
            cards = cards[1:]
        else:
            cards = post("vote and queue", vote, queue={"holds": holds})["queue"]["cards"]
    print()
    for name, times in spent.items():
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{name:15} median {statistics.median(times):6.1f} ms   p95 {p95:6.1f} ms")
