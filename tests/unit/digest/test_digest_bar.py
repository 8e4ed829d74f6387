"""A reader who does everything that a reader does, for ten weeks, has no empty digest."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from stores import sqlite_store
from worlds import world_papers

from recommender.config import AlsSettings, Settings
from recommender.digest.compose.compose import compose
from recommender.digest.compose.explain_exclusion import why
from recommender.digest.compose.manifest import Manifest
from recommender.digest.periods import week_bounds
from recommender.domain import Event, EventKind, Paper
from recommender.domain.history import preference_weights
from recommender.evaluation.systems import FittedPipeline
from recommender.ranking.calibration import ScoredVerdicts
from recommender.recommend.recommender import Recommender
from recommender.training.fit import fit

N_SUBJECTS, PER_WEEK = 8, 10
N_BEFORE, N_WEEKS = 4, 10
N_DISLIKES = 49
START = week_bounds("2026-W20", "UTC")[0]
SMALL = AlsSettings(factors=16, iterations=4)


def subject_of(paper_id: str) -> int:
    """Return the subject of one of this file's papers; the reader's are 0 and 1."""
    return int(paper_id.removeprefix("doi:10.1000/").split("-")[0])


def papers_by_week(n_weeks: int) -> list[list[Paper]]:
    """Return as many papers of each subject for every week."""
    n_each = PER_WEEK * n_weeks
    weeks: list[list[Paper]] = [[] for _ in range(n_weeks)]
    for number, paper in enumerate(world_papers(N_SUBJECTS, n_each)):
        week = number % n_each // PER_WEEK
        day = timedelta(days=7 * (week - N_BEFORE) + 1 + number % 5)
        name = f"doi:10.1000/{number // n_each}-{number}"
        weeks[week].append(
            replace(paper, paper_id="", identifiers=(name,), published_at=START + day)
        )
    return weeks


class Library:
    """A library to which papers come week by week, and one reader of two of its subjects."""

    def __init__(self, folder: Path) -> None:
        self.store = sqlite_store(folder)
        self.settings = Settings(data_dir=folder, als=SMALL)
        self.store.readers.ensure("me", START)
        self.weeks = papers_by_week(N_BEFORE + N_WEEKS)
        for papers in self.weeks[:N_BEFORE]:
            self.store.catalogue.add(papers, START - timedelta(days=1))
        fit(self.store, self.settings, now=START)
        self.recommender = Recommender(self.store, self.settings)
        self.rng = np.random.default_rng(0)
        self.done: Counter[str] = Counter()

    def arrive(self, number: int) -> datetime:
        """Let a week's papers come in; return the morning after it."""
        begin = START + timedelta(days=7 * number)
        self.store.catalogue.add(self.weeks[N_BEFORE + number], begin)
        return begin + timedelta(days=7, hours=7)

    def digest(self, number: int, now: datetime) -> Manifest:
        week = f"2026-W{20 + number}"
        return compose(
            self.store, self.recommender, "me", week=week, now=now, settings=self.settings
        )

    def answer(self, slate_id: str, papers: list[str], now: datetime) -> None:
        for paper in papers:
            for kind in self.actions(subject_of(paper) < 2):
                self.act(kind, paper, now, slate_id)

    def act(self, kind: str, paper: str, now: datetime, slate_id: str | None = None) -> None:
        self.done[kind] += 1
        key = f"e{self.done.total()}"
        self.store.feedback.append(
            Event(key, "me", "me/general", paper, EventKind(kind), now, slate_id=slate_id)
        )

    def actions(self, wanted: bool) -> list[str]:
        """Return what the reader does with a paper; one in twenty is a mis-click."""
        if self.rng.random() < 0.05:
            wanted = not wanted
        if wanted:
            return [["like"], ["open", "like"], ["save"], ["skip", "undo", "like"]][
                self.rng.choice(4, p=[0.6, 0.2, 0.1, 0.1])
            ]
        if self.done["dislike"] < N_DISLIKES and self.rng.random() < 0.5:
            return ["dislike"]
        return [["skip"], ["like", "undo", "skip"], []][self.rng.choice(3, p=[0.75, 0.05, 0.2])]

    def open_papers(self, number: int) -> int:
        """Return how many papers of a week are on the reader's subjects and not judged."""
        states = self.store.event_logs.get("me").states
        ids = [x.identifiers[0] for x in self.weeks[N_BEFORE + number]]
        return sum(subject_of(x) < 2 and not (x in states and states[x].judged) for x in ids)


@pytest.fixture
def library(tmp_path: Path):
    made = Library(tmp_path)
    yield made
    made.store.close()


@pytest.mark.slow
def test_ten_weeks_of_every_action_leave_no_digest_empty(library):
    first = [x.identifiers[0] for x in library.weeks[0]]
    for paper in [x for x in first if subject_of(x) < 2][::5]:
        library.act("like", paper, START)
    kinds = set()
    for number in range(N_WEEKS):
        now = library.arrive(number)
        assert library.open_papers(number)
        made = library.digest(number, now)
        kinds.add(made.bar_kind)
        on_subject = [x for x in made.items if not x.below_bar and subject_of(x.paper_id) < 2]
        assert on_subject, f"week {number}: bar {made.bar} ({made.bar_kind}), {made.left_out}"
        library.answer(made.slate_id, [x.paper_id for x in made.items], now)
        for hour in (1, 2, 3):
            slate = library.recommender.recommend("me", n=10, now=now + timedelta(hours=hour))
            library.answer(slate.slate_id, [x.paper_id for x in slate.items], now)
    states = library.store.event_logs.get("me").states.values()
    assert library.done["dislike"] == N_DISLIKES
    assert sum(x.judged for x in states) > 300
    assert kinds == {"likes", "chance"}


@pytest.mark.slow
def test_a_reader_with_three_likes_has_a_bar_and_is_told_which(library):
    first = [x.identifiers[0] for x in library.weeks[0]]
    for paper in [x for x in first if subject_of(x) == 0][:3]:
        library.act("like", paper, START)
    now = library.arrive(0)
    made = library.digest(0, now)
    assert (made.bar_kind, made.bar_chance) == ("likes", None)
    assert sum(subject_of(x.paper_id) == 0 for x in made.items) >= 3
    low = next(
        x.identifiers[0] for x in library.weeks[N_BEFORE] if subject_of(x.identifiers[0]) == 5
    )
    said = why(
        library.store,
        library.recommender,
        "me",
        low,
        week=made.week,
        now=now,
        settings=library.settings,
    )
    assert said.fate == "below_bar"
    assert "your own bar was" in said.sentences[0]
    assert "made from the papers you liked" in said.sentences[0]


@pytest.mark.slow
def test_the_evaluation_chooses_the_papers_of_the_digest(library):
    first = [x.identifiers[0] for x in library.weeks[0]]
    for paper in [x for x in first if subject_of(x) < 2][::4]:
        library.act("like", paper, START)
    for kind, paper in (("skip", 3), ("skip", 4), ("dislike", 5)):
        library.act(kind, next(x for x in first if subject_of(x) == paper), START)
    now = library.arrive(0)
    made = library.digest(0, now)
    served = library.recommender.served()
    states = library.store.event_logs.get("me").states
    profile = served.profile(
        "me/general", states, preference_weights(states, library.settings.meanings, now)
    )
    pool = [
        row for paper in library.weeks[N_BEFORE] for row in served.rows_of([paper.identifiers[0]])
    ]
    moment = SimpleNamespace(now=now, seed=library.settings.seed)
    fitted = FittedPipeline(served.model, moment)
    chosen = fitted.digest(profile, np.sort(pool), made.size, ScoredVerdicts.of([]))
    assert [served.paper_id(row) for row in chosen.rows] == [x.paper_id for x in made.items]
    assert chosen.scores == pytest.approx([x.score for x in made.items])
    assert not chosen.below_bar
    assert 0 < len(made.items) < len(pool)
