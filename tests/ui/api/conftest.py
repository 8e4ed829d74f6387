"""A served library and tokens of every scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from libraries import NOW, Library
from starlette.testclient import TestClient

from recommender.store import Store
from recommender.store.api_tokens import SCOPES
from ui import app_state

Call = Callable[..., Any]


@pytest.fixture
def client(template_client: TestClient, library: Library) -> TestClient:
    return template_client


@pytest.fixture
def store(client: TestClient) -> Store:
    return app_state.store()


@pytest.fixture
def token_of(store: Store) -> Callable[..., str]:
    """Make a token of the reader `me` with these scopes; all of them by default."""

    def make(*scopes: str, reader: str = "me", days: int = 90) -> str:
        return store.api_tokens.create(reader, "a test", scopes or SCOPES, NOW, days)

    return make


@pytest.fixture
def call(client: TestClient, token_of: Callable[..., str]) -> Call:
    """Send a request with a token of all scopes; the answer as JSON, its status checked."""
    token = token_of()

    def send(method: str, path: str, status: int = 200, **more: Any) -> Any:
        headers = {"authorization": f"Bearer {token}", **more.pop("headers", {})}
        answer = client.request(method, f"/api/v1{path}", headers=headers, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    return send


@pytest.fixture
def papers(store: Store) -> list[str]:
    return store.catalogue.ids()
