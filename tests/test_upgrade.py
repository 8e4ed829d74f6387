"""A library of an earlier version is upgraded, and keeps all that its reader left in it.

``data/library-0011.sqlite3.gz`` was made by the program as it was at that version.
"""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from postgres import Server

from recommender.domain.status import PARATEXT, RETRACTED, RETRACTION_NOTICE
from recommender.store import Store, schema
from recommender.store.engines import make_engine, parse_url

OLD = Path(__file__).parent / "data" / "library-0011.sqlite3.gz"
KEPT = (
    *("event", "impression", "slate", "reading_list", "reading_list_entry", "mark"),
    *("digest", "digest_entry", "preference", "delivery", "feed", "interest", "reader"),
    *("contribution", "paper_merge", "told_apart", "fetch", "listing", "alias"),
)


def old_file(folder: Path) -> Path:
    """Return a copy of the old library."""
    path = folder / "paperloop.sqlite3"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    return path


def old_rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every row of the old library by table."""
    (folder / "copy").mkdir()
    engine = sa.create_engine(f"sqlite:///{old_file(folder / 'copy')}")
    tables = sa.MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        rows = {
            name: [dict(x) for x in connection.execute(sa.select(tables.tables[name])).mappings()]
            for name in schema.table_names(tables.tables)
        }
    engine.dispose()
    return rows


def fill_postgres(url: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Put the rows of the old library into the tables of its version on a server."""
    schema.upgrade(parse_url(url), "0011")
    engine = make_engine(parse_url(url), migrating=True)
    tables = sa.MetaData()
    with engine.connect() as connection:
        connection = connection.execution_options(writing=True)
        with connection.begin():
            tables.reflect(connection)
            for table in tables.sorted_tables:
                given = rows.get(table.name, [])
                if given:
                    connection.execute(sa.delete(table))
                    connection.execute(sa.insert(table), given)
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The old library after the upgrade, on each kind of database."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{old_file(tmp_path)}")
    else:
        server: Server = request.getfixturevalue("postgres_server")
        url = server.url(server.new_database())
        fill_postgres(url, old_rows(tmp_path))
        store = Store(url)
    assert store.database.revision() == "0011"
    store.database.upgrade()
    store.database.check()
    yield store
    store.close()


def test_the_file_is_of_the_version_it_says(tmp_path: Path) -> None:
    connection = sqlite3.connect(old_file(tmp_path))
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0011",)
    connection.close()


def test_an_upgrade_keeps_every_row_a_reader_left(upgraded: Store, tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    before = old_rows(tmp_path / "before")
    tables = sa.MetaData()
    with upgraded.database.read() as connection:
        tables.reflect(connection)
        for name in KEPT:
            table = tables.tables[name]
            columns = [table.c[x] for x in before[name][0]]
            rows = [tuple(x) for x in connection.execute(sa.select(*columns))]
            assert before[name], name
            assert sorted(map(_plain, rows)) == sorted(
                _plain(tuple(x.values())) for x in before[name]
            ), name


def _plain(row: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(str(x.replace(tzinfo=None)) if hasattr(x, "tzinfo") else repr(x) for x in row)


def test_an_upgrade_reads_what_titles_say(upgraded: Store) -> None:
    said = {
        p.title: (p.status, p.record_type)
        for p in upgraded.catalogue.papers()
        if p.status or p.record_type
    }
    assert said == {
        "RETRACTED ARTICLE: Drift of pebbles": (RETRACTED, ""),
        "Retraction Note to: Drift of pebbles": ("", RETRACTION_NOTICE),
        "Front Matter": ("", PARATEXT),
    }
    assert upgraded.catalogue.not_suggested() == {
        "doi:10.5555/old.1",
        "doi:10.5555/old.2",
        "acl:2020.x-1.0",
    }


def test_an_upgraded_library_keeps_likes_lists_and_digests(upgraded: Store) -> None:
    states = upgraded.event_logs.get("me").states
    assert states["doi:10.5555/old.1"].liked
    (kept,) = upgraded.reading_lists.list("me")
    assert [(x.paper_id, x.note) for x in kept.entries] == [
        ("doi:10.5555/old.1", "Read again: the figures look odd."),
        ("arxiv:2401.00001", ""),
    ]
    assert upgraded.digests.get("me", "2026-W46") == (
        '{"format": 1, "kept": "character for character"}'
    )


def test_an_upgrade_tells_how_far_the_search_index_is(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{old_file(tmp_path)}")
    told: list[tuple[str, int, int]] = []
    store.database.upgrade(lambda *step: told.append(step))
    n = store.catalogue.count()
    store.close()
    assert n > 0
    assert ("making the search index again", n, n) in told
