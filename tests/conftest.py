"""Fixtures for every test: where the shared data lies, and a fixed clock.

Property tests draw the same examples in every run, however busy the machine is: a few in `make
test`, ten times as many in `make slow` (``--hypothesis-profile thorough``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attack_table import ROWS, table
from folders import ROOT
from hypothesis import HealthCheck, settings
from postgres import Server, find_binaries
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

for profile, max_examples in (("quick", 10), ("thorough", 100)):
    settings.register_profile(
        profile,
        max_examples=max_examples,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")

# The system's hundreds of certificates take longer to read than most tests run; none is needed.
os.environ["SSL_CERT_FILE"] = str(ROOT / "tests" / "support" / "no_authority.pem")

_compiled: LRUCache = LRUCache(2_000)
# The cache's key holds the dialect, of which each engine makes its own; they are alike.
SQLiteDialect_pysqlite.__eq__ = lambda self, other: type(self) is type(other)
SQLiteDialect_pysqlite.__hash__ = lambda self: hash(type(self))


@event.listens_for(Engine, "engine_connect")
def share_compiled_statements(connection: Connection) -> None:
    """Compile a statement once for all tests: each opens an engine, whose cache would be empty."""
    connection.execution_options(compiled_cache=_compiled)


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(os.environ.get("PAPERLOOP_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("the shared test data is not here (set PAPERLOOP_SHARED)")
    return folder


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_binaries() -> Path:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's initdb is not on this machine")
    return binaries


@pytest.fixture(scope="session")
def postgres_server(postgres_binaries: Path) -> Iterator[Server]:
    server = Server(postgres_binaries)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the attacks of `make attack` did, where any was run."""
    if ROWS:
        terminalreporter.section("attacks")
        terminalreporter.write_line(table())
