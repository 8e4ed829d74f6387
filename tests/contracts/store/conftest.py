"""Every kind of store that the contract tests run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Server
from sqlalchemy import text
from stores import sqlite_store

from recommender.store import Store

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Server) -> str:
    """A migrated database on a server that lives as long as the tests."""
    url = postgres_server.url(postgres_server.new_database())
    first = Store(url)
    first.database.upgrade()
    first.close()
    return url


def emptied(store: Store) -> Store:
    """Delete every row, but for the library's own name, and number from 1 again."""
    with store.database.write() as connection:
        connection.execute(
            text('TRUNCATE paper, paper_status, reader, "fetch" RESTART IDENTITY CASCADE')
        )
    return store


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty library of every kind of database."""
    if request.param == "sqlite":
        opened = sqlite_store(tmp_path)
    else:
        opened = emptied(Store(request.getfixturevalue("postgres_url")))
    yield opened
    opened.close()
