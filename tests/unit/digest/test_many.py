"""Many readers at once get what they would get one by one."""

from __future__ import annotations

import pytest
from invented_week import LONG_AGO, NEXT_MONDAY, WEEK, judge, paper_id, week_paper
from stores import sqlite_store

from recommender.config import Settings
from recommender.digest.compose.compose import compose
from recommender.digest.compose.manifest import Manifest
from recommender.digest.many import compose_many
from recommender.digest.render.render import render
from recommender.recommend.recommender import Recommender

READERS = [f"r{n}" for n in range(6)]


@pytest.fixture
def team(tmp_path):
    store = sqlite_store(tmp_path)
    for reader in READERS:
        store.readers.ensure(reader, LONG_AGO)
    store.catalogue.add([week_paper(n) for n in range(1, 40)], LONG_AGO)
    for n, reader in enumerate(READERS):
        judge(store, n + 1, reader=reader)
    settings = Settings(data_dir=tmp_path, digest_bar=-9)
    Recommender(store, settings).ensure_model(NEXT_MONDAY)
    yield store, settings
    store.close()


@pytest.mark.parametrize("n_processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_every_reader_gets_the_issue_that_is_stored(team, n_processes):
    store, settings = team
    made = list(
        compose_many(
            settings,
            [*READERS, "nobody"],
            week=WEEK,
            now=NEXT_MONDAY,
            formats=["text"],
            n_processes=n_processes,
        )
    )
    assert [x.reader_id for x in made] == [*READERS, "nobody"]
    for one, reader in zip(made, READERS, strict=False):
        assert one.manifest == Manifest.from_json(store.digests.get(reader, WEEK))
        assert one.texts == {"text": render(one.manifest, "text")}
        assert paper_id(READERS.index(reader) + 1) not in {x.paper_id for x in one.manifest.items}
    assert (made[-1].manifest, made[-1].texts) == (None, {})
    assert "nobody" in made[-1].error


def test_it_is_what_compose_gives(team):
    store, settings = team
    alone = compose(
        *(store, Recommender(store, settings), "r0"), week=WEEK, now=NEXT_MONDAY, settings=settings
    )
    (made,) = compose_many(settings, ["r0"], week=WEEK, now=NEXT_MONDAY)
    assert made.manifest == alone
