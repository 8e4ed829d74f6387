"""A digest from a real library and a fitted model, over two weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from invented_week import MONDAY, NEXT_MONDAY, WEEK
from stores import sqlite_store

from recommender.config import Settings
from recommender.digest.compose.compose import compose, preview
from recommender.digest.delivery.file_channel import write_files
from recommender.domain import Author, Event, EventKind, Paper
from recommender.recommend.recommender import Recommender

TOPICS = {
    "toys": ["wooden", "toys", "wheels", "play", "children", "blocks", "colours", "paint"],
    "rivers": ["river", "water", "flood", "sediment", "delta", "rain", "basin", "stream"],
    "stars": ["star", "light", "galaxy", "telescope", "orbit", "dust", "planet", "spectrum"],
}
LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)


def _paper(topic: str, number: int, day: datetime) -> Paper:
    words = TOPICS[topic]
    picked = [words[(number * step + step) % len(words)] for step in (1, 2, 3, 5, 7)]
    return Paper(
        title=f"On {picked[0]} and {picked[1]} {topic} {number}",
        abstract=f"We study {topic} with {' '.join(picked)}. The {topic} are new.",
        identifiers=(f"doi:10.1000/{topic}.{number}",),
        authors=(Author("Ng", "Ada"),),
        published_at=day,
        year=2026,
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    store = sqlite_store(folder)
    old = [_paper(t, n, LONG_AGO + timedelta(days=n)) for t in TOPICS for n in range(12)]
    new = [_paper(t, n, MONDAY + timedelta(days=n % 5)) for t in TOPICS for n in range(20, 28)]
    store.catalogue.add([*old, *new], LONG_AGO)
    for reader in ("me", "nobody"):
        store.readers.ensure(reader, LONG_AGO)
    for n in range(6):
        _judge(store, f"doi:10.1000/toys.{n}", "like")
        _judge(store, f"doi:10.1000/rivers.{n}", "skip")
    settings = Settings(data_dir=folder, digest_size=5, digest_bar=0.2)
    recommender = Recommender(store, settings)
    recommender.ensure_model(NEXT_MONDAY)
    yield store, recommender, settings
    store.close()


def _judge(store, paper_id: str, kind: str, reader: str = "me") -> None:
    event = Event(f"{reader}-{paper_id}", reader, "general", paper_id, EventKind(kind), LONG_AGO)
    store.feedback.append(event)


def _made(library, *, how=compose, reader="me", week=WEEK, now=NEXT_MONDAY):
    store, recommender, settings = library
    return how(store, recommender, reader, week=week, now=now, settings=settings)


@pytest.mark.slow
def test_a_readers_week_is_about_what_they_like(library):
    manifest = _made(library, how=preview)
    assert manifest.candidates == 24
    assert manifest.candidates == len(manifest.items) + sum(manifest.left_out.values())
    assert manifest.items
    assert all("toys" in x.paper_id for x in manifest.items[:3])
    assert all(x.score >= 0.2 for x in manifest.items)


def test_writing_the_week_twice_gives_the_same_bytes(library, tmp_path):
    first = [x.read_bytes() for x in write_files(_made(library), tmp_path / "a")]
    later = _made(library, now=NEXT_MONDAY + timedelta(days=3))
    assert [x.read_bytes() for x in write_files(later, tmp_path / "b")] == first


def test_the_next_week_repeats_nothing(library):
    store = library[0]
    first = {x.paper_id for x in _made(library).items}
    store.catalogue.add([_paper("toys", n, NEXT_MONDAY) for n in range(40, 44)], NEXT_MONDAY)
    second = _made(library, week="2026-W48", now=NEXT_MONDAY + timedelta(days=7))
    assert second.items
    assert not first & {x.paper_id for x in second.items}


def test_a_new_reader_gets_papers_without_a_bar(library):
    manifest = _made(library, reader="nobody")
    assert (manifest.bar, len(manifest.items)) == (None, 5)
    assert len({x.paper_id.split("/")[1].split(".")[0] for x in manifest.items}) > 1
