"""The loop on the starter catalogue: likes on one subject bring it up, skips sink its twins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from recommender.config import Settings, load_settings
from recommender.domain import Event, EventKind, Slate
from recommender.ingest import import_paths, import_starter
from recommender.recommend.recommender import Recommender
from recommender.store import Store

LIKED = (
    "Subclass-balancing Contrastive Learning for Long-tailed Recognition",
    "Rethinking the Value of Labels for Improving Class-Imbalanced Learning",
    "From Head to Tail: Towards Balanced Representation in Large Vision-Language Models "
    "through Adaptive Data Calibration",
)
WORDS = ("long-tail", "long tail", "imbalance", "minority", "rare ", "tail class")


@dataclass
class Desk:
    """One reader at the starter catalogue."""

    store: Store
    recommender: Recommender
    settings: Settings
    now: datetime
    keys: int = 0

    def say(self, kind: EventKind, paper_id: str) -> None:
        self.keys += 1
        event = Event(f"k{self.keys}", "me", "me/general", paper_id, kind, self.now)
        self.store.feedback.append(event)

    def slate(self, n: int = 10) -> Slate:
        return self.recommender.recommend("me", n=n, now=self.now)

    def on_subject(self, slate: Slate) -> int:
        papers = self.store.catalogue.get_many([x.paper_id for x in slate.items]).values()
        texts = [f"{x.title} {x.abstract}".lower() for x in papers]
        return sum(any(word in text for word in WORDS) for text in texts)

    def like_three(self) -> None:
        for title in LIKED:
            self.say(EventKind.like, self.store.catalogue.search(title, 1)[0][0])


def desk_on(folder: Path, now: datetime) -> Desk:
    settings = load_settings(data_dir=folder)
    store = Store(settings.url)
    store.database.upgrade()
    store.readers.ensure("me", now)
    return Desk(store, Recommender(store, settings), settings, now)


@pytest.fixture(scope="module")
def starter_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("starter")
    start = datetime.fromisoformat("2026-11-18T12:00:00+00:00")
    desk = desk_on(folder, start)
    import_starter(desk.store, start)
    desk.recommender.ensure_model(start)
    desk.store.close()
    return folder


@pytest.fixture
def desk(starter_folder: Path, now: datetime) -> Iterator[Desk]:
    desk = desk_on(starter_folder, now)
    desk.store.readers.forget("me")
    desk.store.readers.ensure("me", now)
    yield desk
    desk.store.close()


def test_three_likes_make_the_next_slate_about_their_subject(desk: Desk) -> None:
    before = desk.on_subject(desk.slate())
    desk.like_three()
    after = desk.slate()
    assert desk.on_subject(after) >= before + 4
    assert all(x.reasons for x in after.items[:3])


def test_two_skipped_papers_and_their_near_twins_sink(desk: Desk) -> None:
    desk.like_three()
    before = {x.paper_id: x.rank for x in desk.slate(n=228).items}
    skipped = list(before)[:2]
    near = {x.paper_id for y in skipped for x in desk.recommender.similar(y, n=5)}
    for paper_id in skipped:
        desk.say(EventKind.skip, paper_id)
    after = {x.paper_id: x.rank for x in desk.slate(n=228).items}
    assert not set(skipped) & set(after)
    twins = near & set(before) & set(after)
    assert len(twins) >= 3
    # Two papers above them are gone; without sinking they would stand two ranks higher.
    assert sum(after[x] - before[x] for x in twins) / len(twins) > 0


def test_undo_restores_the_slate_before(desk: Desk) -> None:
    desk.like_three()
    before = desk.slate()
    paper_id = before.items[0].paper_id
    desk.say(EventKind.dislike, paper_id)
    assert desk.slate().items != before.items
    desk.say(EventKind.undo, paper_id)
    assert desk.slate().items == before.items


@pytest.mark.slow
def test_real_pages_learn_the_same_way(shared: Path, tmp_path: Path, now: datetime) -> None:
    desk = desk_on(tmp_path, now)
    pages = sorted((shared / "data" / "seeds").glob("*.txt"))
    report = import_paths(desk.store, pages, now=now)
    assert [x.read for x in report.files] == [57, 49, 147]
    assert desk.store.catalogue.count() == 228
    desk.recommender.ensure_model(now)
    before = desk.on_subject(desk.slate())
    desk.like_three()
    assert desk.on_subject(desk.slate()) >= before + 3
    desk.store.close()


def test_reasons_name_what_a_reader_finds_in_the_paper(desk: Desk) -> None:
    desk.like_three()
    slate = desk.slate()
    papers = desk.store.catalogue.get_many([x.paper_id for x in slate.items])
    named = 0
    for item in slate.items:
        text = " ".join(f"{papers[item.paper_id].title} {papers[item.paper_id].abstract}".split())
        for word in (w for reason in item.reasons for w in reason.words):
            named += 1
            assert word.casefold() in text.casefold()
            assert word not in {"class", "learn", "long", "learning", "deep", "gradient", "labels"}
    assert named >= 3
