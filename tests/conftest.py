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

for profile, max_examples in (("quick", 10), ("thorough", 100)):
    settings.register_profile(
        profile,
        max_examples=max_examples,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")


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
