"""What the store costs, beside bare ``sqlite3`` doing the least that could be called the same.

    python -m pytest -m benchmark -s tests/benchmarks/test_store_speed.py

Prints processor time, which other work on the machine does not change much;
asserts nothing about it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import process_time

import pytest
from stores import NOW, event, paper, sqlite_store

from recommender.domain import Author, Paper
from recommender.store import Store

pytestmark = pytest.mark.benchmark

N_PAPERS = 10_000
N_EVENTS = 1_000
BATCH = 500


def records() -> list[Paper]:
    sentence = "learning of rare classes from long tails under shift with few labels and noise"
    words, text = sentence.split(), " ".join([sentence] * 12)
    authors = tuple(Author(f"Family{i}", "Given") for i in range(5))
    return [
        paper(
            f"On {words[i % 14]} {words[i % 13]} number {i}",
            f"arxiv:{1000 + i // 100_000:04d}.{i % 100_000:05d}",
            authors=authors,
            year=2000 + i % 25,
            abstract=text,
        )
        for i in range(N_PAPERS)
    ]


def seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def add(store: Store, papers: list[Paper]) -> None:
    for i in range(0, len(papers), BATCH):
        store.catalogue.add(papers[i : i + BATCH], NOW)


def bare_papers(path: Path, papers: list[Paper]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE VIRTUAL TABLE p USING fts5(id, title, abstract)")
        for i in range(0, len(papers), BATCH):
            rows = [(x.identifiers[0], x.title, x.abstract) for x in papers[i : i + BATCH]]
            with connection:
                connection.executemany("INSERT INTO p VALUES (?, ?, ?)", rows)


def bare_events(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("CREATE TABLE e (key TEXT UNIQUE, paper TEXT)")
        for i in range(N_EVENTS):
            with connection:
                connection.execute("INSERT INTO e VALUES (?, ?)", (str(i), "p"))


def test_speed_of_the_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    papers, store = records(), sqlite_store(tmp_path)
    bare = seconds(lambda: bare_papers(tmp_path / "bare", papers))
    new, again = (seconds(lambda: add(store, papers)) for _ in range(2))
    store.readers.add("me", NOW)
    ids = store.catalogue.ids()[:N_EVENTS]
    likes = [event(x, f"key {x}") for x in ids]
    appending = seconds(lambda: [store.feedback.append(x) for x in likes]) / N_EVENTS
    bare_append = seconds(lambda: bare_events(tmp_path / "bare2")) / N_EVENTS
    reading = seconds(lambda: store.feedback.events("me"))
    loading = seconds(store.catalogue.papers)
    searching = seconds(lambda: store.catalogue.search("rare classes number 77"))
    store.close()
    with capsys.disabled():
        print(f"\nadd: {N_PAPERS / new:.0f} papers/s new, {N_PAPERS / again:.0f} known", end="")
        print(f" ({new / bare:.1f} x a bare FTS5 insert)")
        print(f"append: {appending * 1e3:.2f} ms ({appending / bare_append:.1f} x a bare insert)")
        print(f"read {N_EVENTS} events: {reading * 1e3:.0f} ms; {N_PAPERS} papers: {loading:.2f} s")
        print(f"search: {searching * 1e3:.1f} ms")
