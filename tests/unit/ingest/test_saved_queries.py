"""Queries that are kept: as text and back, due again, tried without storing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from fake_hosts import HOSTS, PAPERS
from fake_network import FakeClock, Host
from stores import NOW, sqlite_store

from recommender.config import load_settings
from recommender.errors import SourceError
from recommender.ingest import due, forms, keep, query_of_key, try_out
from recommender.sources.registry import SOURCES, SourceQuery
from recommender.store import Fetch

QUERIES = [
    *(x.query for x in HOSTS.values()),
    SourceQuery("crossref", ids=("doi:10.1/x", "doi:10.1/y"), since=date(2026, 1, 2)),
    SourceQuery("arxiv", text='a "b" é', categories=("cs.IR",), authors=("Ada",), limit=7),
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda x: x.source)
def test_a_key_stands_for_its_query(query: SourceQuery) -> None:
    assert query_of_key(query.key(), query.limit) == query


@pytest.mark.parametrize("key", ["", "{", "[]", "7", '["arxiv", 3]', '["arxiv", {"since": "x"}]'])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(SourceError, match="add it again"):
        query_of_key(key)


@pytest.mark.parametrize("name", SOURCES)
def test_a_trial_asks_for_a_page_of_any_source(tmp_path: Path, name: str) -> None:
    host = Host(FakeClock(), *[HOSTS[name].answer] * 3)
    with host.client() as client:
        trial = try_out(load_settings(data_dir=tmp_path), HOSTS[name].query, client=client)
    assert 0 < len(trial.records) <= PAPERS


def test_what_is_due_is_what_the_reader_wants_and_whose_time_has_come(tmp_path: Path) -> None:
    store, settings = sqlite_store(tmp_path), load_settings(data_dir=tmp_path)
    query = replace(HOSTS["arxiv"].query, limit=7)
    key = keep(store, settings, query)
    assert due(store, NOW + timedelta(days=999)) == []
    store.fetches.plan(key, 24, 7)
    assert due(store, NOW) == [query]
    assert keep(store, settings, query) == key
    assert due(store, NOW) == [query]
    with pytest.raises(SourceError, match="cannot be asked by"):
        keep(store, settings, SourceQuery("feed", text="x"))
    store.close()


def test_a_saved_query_that_cannot_be_read_stops_no_other_and_is_not_due_at_once(
    tmp_path: Path,
) -> None:
    store, settings = sqlite_store(tmp_path), load_settings(data_dir=tmp_path)
    store.fetches.save(Fetch("[", "arxiv", "broken", "", None))
    key = keep(store, settings, HOSTS["arxiv"].query)
    for one in ("[", key):
        store.fetches.plan(one, 24, 7)
    assert [x.key() for x in due(store, NOW)] == [key]
    broken = store.fetches.get("[")
    assert broken is not None
    assert "add it again" in broken.error
    assert not broken.due(NOW)
    store.close()


def test_every_source_says_what_it_takes(tmp_path: Path) -> None:
    told = forms(load_settings(data_dir=tmp_path))
    assert [x.name for x in told] == list(SOURCES)
    assert all(x.accepts and x.pause_seconds > 0 for x in told)
