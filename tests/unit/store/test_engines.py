"""Connections of a pool: those that idle stay idle."""

from __future__ import annotations

from contextlib import ExitStack

from sqlalchemy import text

from recommender.store.engines import make_engine, parse_url


def test_requests_in_turn_use_one_connection(tmp_path):
    file = tmp_path / "library.sqlite3"
    file.touch()
    engine = make_engine(parse_url(f"sqlite:///{file}"))
    try:
        with ExitStack() as stack:
            for _ in range(4):
                stack.enter_context(engine.connect()).execute(text("SELECT 1"))
        used = set()
        for _ in range(8):
            with engine.connect() as connection:
                used.add(id(connection.connection.dbapi_connection))
        assert len(used) == 1
    finally:
        engine.dispose()
