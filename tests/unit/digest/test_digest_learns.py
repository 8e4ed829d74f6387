"""A year of weekly digests: a reader who answers gets better ones than the same reader frozen.

    python -m pytest -m long -s tests/unit/digest/test_digest_learns.py

Real papers of a year in the weeks in which they were featured; invented readers,
each with two subjects that show in a paper's words, and from the middle of the
year on with another two. A reader likes what is on a subject and skips the rest
of what a digest shows. Its twin answers the first four digests and no other.
`-m slow` runs the first weeks of such a year, with the new subjects after the sixth.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from stores import sqlite_store
from threadpoolctl import threadpool_limits

from recommender.config import AlsSettings, Settings
from recommender.digest.compose.compose import compose
from recommender.digest.compose.manifest import Manifest
from recommender.digest.compose.window import WindowCache
from recommender.digest.periods import week_bounds
from recommender.domain import Author, Event, EventKind, Listing, Paper
from recommender.recommend.recommender import Recommender
from recommender.training.fit import fit

SUBJECTS = (
    *("robot", "speech|audio", "gaussian splatting|3d ", "retrieval", "mathematic", "graph"),
    *("segmentation", "medical|clinical", "multilingual|translation", "quantiz|pruning"),
    *("jailbreak|safety", "video generation"),
)
YEAR = 52
N_TAUGHT = 4
REFIT_EVERY = 13
SMALL = AlsSettings(factors=32, iterations=5)


def papers_of(folder: Path) -> Iterator[Paper]:
    with gzip.open(folder / "papers.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row.get("daily"):
                day = datetime.fromisoformat(row["daily"]).replace(tzinfo=UTC)
                yield Paper(
                    row["title"],
                    abstract=row.get("abstract") or "",
                    authors=tuple(Author(literal=x) for x in row.get("authors") or ())[:5],
                    identifiers=(f"arxiv:{row['id']}",),
                    listings=(Listing("hf-daily-papers", day),),
                )


def taste(reader: int, *, turned: bool) -> re.Pattern[str]:
    first = reader + 5 if turned else reader
    wanted = [SUBJECTS[(first + k) % len(SUBJECTS)] for k in (0, 1)]
    return re.compile("|".join(wanted))


class Year:
    """A library to which a year of papers comes week by week, and its readers."""

    def __init__(
        self, folder: Path, papers: list[Paper], *, n_readers: int, n_weeks: int, turn: int
    ) -> None:
        self.store = sqlite_store(folder)
        self.settings = Settings(data_dir=folder, digest_size=8, digest_bar=0.5, als=SMALL)
        self.recommender = Recommender(self.store, self.settings)
        self.papers, self.n_readers = papers, n_readers
        self.n_weeks, self.turn = n_weeks, turn
        self.text = {f"{x.identifiers[0]}": f"{x.title} {x.abstract}".lower() for x in papers}
        self.liked = {arm: np.zeros((n_readers, n_weeks)) for arm in ("learner", "frozen")}
        self.shown = {arm: np.zeros((n_readers, n_weeks)) for arm in ("learner", "frozen")}

    def run(self) -> None:
        start = week_bounds("2025-W01", "UTC")[0]
        self._arrive(start - timedelta(days=90), start)
        for arm in self.liked:
            for reader in range(self.n_readers):
                self.store.readers.ensure(f"{arm}-{reader}", start)
        for number in range(self.n_weeks):
            begin, end = week_bounds(f"2025-W{number + 1:02d}", "UTC")
            self._arrive(begin, end)
            if number % REFIT_EVERY == 0:
                fit(self.store, self.settings, now=end)
            self._week(number, end + timedelta(hours=7))
        self.store.close()

    def _arrive(self, begin: datetime, end: datetime) -> None:
        new = [x for x in self.papers if x.listed_at and begin <= x.listed_at < end]
        for i in range(0, len(new), 500):
            self.store.catalogue.add(new[i : i + 500], begin)

    def _week(self, number: int, now: datetime) -> None:
        windows = WindowCache(self.store)
        week = f"2025-W{number + 1:02d}"
        for arm in self.liked:
            for reader in range(self.n_readers):
                made = compose(
                    self.store,
                    self.recommender,
                    f"{arm}-{reader}",
                    week=week,
                    now=now,
                    settings=self.settings,
                    windows=windows,
                )
                self._answer(arm, reader, number, made)

    def _answer(self, arm: str, reader: int, number: int, made: Manifest) -> None:
        wanted = taste(reader, turned=number + 1 >= self.turn)
        liked = [bool(wanted.search(self.text[x.paper_id])) for x in made.items]
        self.liked[arm][reader, number] = sum(liked)
        self.shown[arm][reader, number] = len(liked)
        if arm == "frozen" and number >= N_TAUGHT:
            return
        self.store.feedback.append_many(
            [
                Event(
                    f"{made.week} {x.paper_id}",
                    made.reader_id,
                    f"{made.reader_id}/general",
                    x.paper_id,
                    EventKind.like if yes else EventKind.skip,
                    made.composed_at + timedelta(hours=3),
                    slate_id=made.slate_id,
                )
                for x, yes in zip(made.items, liked, strict=True)
            ]
        )

    def share(self, arm: str, weeks: slice) -> np.ndarray:
        """Return each reader's part of liked papers among those shown."""
        shown = self.shown[arm][:, weeks].sum(axis=1)
        return self.liked[arm][:, weeks].sum(axis=1) / np.maximum(shown, 1)


def interval(differences: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """Return the middle 95 of 100 of the mean, readers drawn anew 10,000 times."""
    drawn = np.random.default_rng(seed).choice(differences, (10_000, differences.size))
    low, high = np.percentile(drawn.mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


@pytest.mark.parametrize(
    ("n_weeks", "turn"),
    [pytest.param(12, 7, marks=pytest.mark.slow), pytest.param(YEAR, 27, marks=pytest.mark.long)],
)
def test_digests_of_a_reader_who_answers_hold_more_liked_papers(
    shared: Path, tmp_path: Path, n_weeks: int, turn: int
):
    assert date(2025, 12, 28).isocalendar().week >= n_weeks
    papers = list(papers_of(shared / "data" / "hf-daily"))
    year = Year(tmp_path, papers, n_readers=8, n_weeks=n_weeks, turn=turn)
    with threadpool_limits(1, "blas"):
        year.run()
    print(
        f"\n{'weeks':>8} {'learner':>8} {'frozen':>8} {'liked a week':>14}   difference, interval"
    )
    for begin, end in ((0, N_TAUGHT), (N_TAUGHT, turn - 1), (turn - 1, n_weeks)):
        say(year, slice(begin, end))
    taught, taught_twin = (year.share(arm, slice(0, N_TAUGHT)) for arm in ("learner", "frozen"))
    assert taught.tolist() == taught_twin.tolist()
    mean, low = say(year, slice(N_TAUGHT, n_weeks))
    # A few weeks of eight readers show the gain; only the year makes it sure.
    assert (low if n_weeks == YEAR else mean) > 0


def say(year: Year, weeks: slice) -> tuple[float, float]:
    """Print what the twins' digests held; return the mean difference and its lower end."""
    learner, frozen = (year.share(arm, weeks) for arm in ("learner", "frozen"))
    low, high = interval(learner - frozen)
    many = [year.liked[arm][:, weeks].mean() for arm in ("learner", "frozen")]
    print(
        f"{weeks.start + 1:>4}-{weeks.stop:<3} {learner.mean():8.3f} {frozen.mean():8.3f}"
        f" {many[0]:6.2f} {many[1]:6.2f}   {(learner - frozen).mean():+.3f}"
        f" ({low:+.3f} to {high:+.3f})"
    )
    return float((learner - frozen).mean()), low
