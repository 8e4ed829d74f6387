"""A simulated year: which papers come in each week, who reads, and what they want when. Pure.

**Papers.** A data set with dates gives the papers of its last `n_weeks` weeks week by week; what
came before is the catalogue at the start. Papers without any dates are dealt at random: half at
the start, the others evenly to the weeks.

**Readers.** Where enough readers have large libraries, each simulated reader wants the library of
one of them, who is hidden from everybody else. Elsewhere readers are invented: each wants the
papers on three subjects. A subject is a word that papers repeat, such as "speech" or "3d"; a paper
is on it if it names the word at least three times (Church & Gale 1995: a word that is repeated
where it occurs says what a text is about).

**Drift.** Half of the readers change their interests in the middle of the year, each to those of
the next one, so that all of them together want as many papers as before. In the week of the change
they find one paper of the new interests without being shown it, as by a search, and like it.

**Holidays.** A reader is away in one week of ten, drawn by the seed, but never in the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.interactions import Interactions, Rows
from recommender.evaluation.protocols.base import Options
from recommender.evaluation.protocols.temporal_windows import DAYS_TO_MONDAY, week_of
from recommender.evaluation.simulated_reader import SimulatedReader
from recommender.evaluation.splits import keep_other_readers, row_of
from recommender.evaluation.train_view import moment
from recommender.features.interactions import SparseRows
from recommender.features.tfidf import TextFeatures

N_READERS = 20
N_FIRST = 3
"""Papers that a reader likes at the start."""
N_FOUND = 1
"""Papers of new interests that a reader finds without help."""
AWAY, DRIFTING = 0.1, 0.5
"""Share of weeks on holiday; share of readers whose interests change."""
MIN_WEEKS = 2
START_SHARE = 0.5
"""Share of papers without dates that are there at the start."""
MIN_LIBRARY, MIN_LIBRARIES = 40, 40
"""Papers of a library that lasts a year; readers with as many below which readers are invented."""
N_WORDS, WORDS_EACH, MIN_REPEATS = 40, 3, 3
MIN_COMMON, MAX_COMMON = 0.01, 0.12
"""Share of the papers that are on a subject."""


@dataclass(frozen=True)
class YearReader:
    """One simulated reader.

    Parameters
    ----------
    number
        Place among the readers of the year.
    row
        Row of the data set's reader whose library it is, None for an invented reader.
    first
        ``(N_FIRST,)`` papers liked at the start.
    before, after
        The person before the drift and from it on; the same where nothing changes.
    found
        The paper that is liked in the week of the drift without being shown; else empty.
    away
        ``(n_weeks,)`` True in weeks on holiday.
    """

    number: int
    row: int | None
    first: Rows
    found: Rows
    before: SimulatedReader
    after: SimulatedReader
    away: NDArray[np.bool_]

    @property
    def drifts(self) -> bool:
        """True if the interests change."""
        return self.after is not self.before


@dataclass(frozen=True)
class SimulatedYear:
    """Everything that is the same for all systems.

    Parameters
    ----------
    start
        Papers that are there before the first week.
    weeks
        New papers, week by week; a week may have none.
    first_week
        Number of the first week since 1970, None without dates.
    drift_week
        Index of the week in which interests change.
    likes
        What other readers liked, whenever.
    notes
        How the year was made, in sentences.
    """

    start: Rows
    weeks: tuple[Rows, ...]
    first_week: int | None
    drift_week: int
    readers: tuple[YearReader, ...]
    likes: Interactions
    left_out: dict[str, int]
    notes: tuple[str, ...]

    def known(self, week: int) -> Rows:
        """Return the papers that were there before a week."""
        return np.concatenate([self.start, *self.weeks[:week]])

    def likes_before(self, week: int) -> Interactions:
        """Return the likes of other readers before a week; undated ones count from the start."""
        if self.first_week is None:
            return self.likes
        return self.likes.only(~(week_of(self.likes.day) >= self.first_week + week))

    def now(self, week: int) -> datetime | None:
        """Return the end of a week, None without dates."""
        return None if self.first_week is None else _monday(self.first_week + week + 1)


def simulate_year(dataset: Dataset, options: Options) -> SimulatedYear:
    """Deal the papers to the weeks and draw the readers.

    Raises
    ------
    EvaluationError
        There are too few weeks, papers or readers.
    """
    start, weeks, first_week, dealt = _deal(dataset, options)
    counts, words, terms = _counted(dataset)
    wants = _libraries(dataset, options) or _subjects(counts, words, options)
    readers = _readers(wants, terms, start, len(weeks), options)
    if not readers:
        raise EvaluationError(
            f"{dataset.name}: no simulated reader finds {N_FIRST} papers to begin with among "
            f"the {len(start)} that are there before the first week."
        )
    hidden = np.isin(dataset.likes.reader, [x for x in wants.rows if x is not None])
    likes = keep_other_readers(dataset.likes.only(~hidden), options.other_readers, options.seed)
    drift_week = len(weeks) // 2
    drift = (
        f"{sum(x.drifts for x in readers)} of them change their interests in week "
        f"{drift_week + 1} and find one paper of the new ones themselves; each is on holiday in "
        f"one week of ten. They take these {options.behaviour}."
    )
    few = len(wants.libraries) - len(readers)
    return SimulatedYear(
        start,
        weeks,
        first_week,
        drift_week,
        readers,
        likes,
        {f"fewer than {N_FIRST} papers to begin with": few},
        (dealt, wants.note, drift),
    )


def _deal(dataset: Dataset, options: Options) -> tuple[Rows, tuple[Rows, ...], int | None, str]:
    """Return the papers at the start, those of each week, and the number of the first week."""
    n_weeks, appeared = options.n_weeks, week_of(dataset.appeared_day)
    if n_weeks < MIN_WEEKS:
        raise EvaluationError(f"A simulation needs at least {MIN_WEEKS} weeks, not {n_weeks}.")
    if np.isnan(appeared).all():
        order = np.random.default_rng(options.seed).permutation(len(appeared))
        n_start = round(START_SHARE * len(order))
        weeks = tuple(np.sort(x) for x in np.array_split(order[n_start:], n_weeks))
        note = f"The papers carry no dates and were dealt at random to {n_weeks} weeks."
        return np.sort(order[:n_start]), weeks, None, note
    first = int(np.nanmax(appeared)) - n_weeks + 1
    start = np.flatnonzero(~(appeared >= first))
    if not len(start):
        n_dated = int(np.nanmax(appeared) - np.nanmin(appeared)) + 1
        raise EvaluationError(
            f"{dataset.name} has papers of {n_dated} weeks; ask for fewer, so that some papers "
            f"are there at the start: --weeks {max(n_dated // 2, MIN_WEEKS)}."
        )
    weeks = tuple(np.flatnonzero(appeared == first + i) for i in range(n_weeks))
    note = f"The papers came in the {n_weeks} weeks from {_monday(first):%Y-%m-%d} on."
    return start, weeks, first, note


def _monday(week: int) -> datetime:
    return moment(7.0 * week - DAYS_TO_MONDAY)


def _counted(dataset: Dataset) -> tuple[SparseRows, Sequence[str], SparseRows]:
    """Return how often each paper names each word, the words, and the TF-IDF of the papers."""
    if dataset.counts is None:
        text = TextFeatures.fit(dataset.records)
        counts = text.count(dataset.records)
    else:
        text, counts = TextFeatures.of_counts(dataset.counts, dataset.words), dataset.counts
    return counts, text.terms_, text.transform_counts(counts)


@dataclass(frozen=True)
class _Wants:
    """What each reader wants, whose library that is (None: nobody's), and how it was made."""

    libraries: list[Rows]
    rows: list[int | None]
    note: str


def _libraries(dataset: Dataset, options: Options) -> _Wants | None:
    """Return large libraries, or None where there are too few."""
    able = np.flatnonzero(dataset.likes.per_reader() >= MIN_LIBRARY)
    if len(able) < MIN_LIBRARIES:
        return None
    able = np.random.default_rng(options.seed).permutation(able)
    half = min(options.n_readers or N_READERS, len(able) // 2)
    chosen = np.sort(able[:half] if options.part == "test" else able[half : 2 * half])
    matrix = dataset.likes.matrix()
    note = f"{half} readers want the library of a reader with {MIN_LIBRARY} papers or more."
    return _Wants([row_of(matrix, int(x)) for x in chosen], chosen.tolist(), note)


def _subjects(counts: SparseRows, words: Sequence[str], options: Options) -> _Wants:
    """Return what invented readers want: the papers on three words that papers repeat."""
    on_subject = counts.tocsc()
    n_naming = np.diff(on_subject.indptr)
    on_subject.data = (on_subject.data >= MIN_REPEATS).astype(np.float32)
    n_repeating = np.asarray(on_subject.sum(axis=0)).reshape(-1)
    share = n_repeating / max(counts.shape[0], 1)
    common = np.flatnonzero((share >= MIN_COMMON) & (share <= MAX_COMMON)).tolist()
    usable = np.array([x for x in common if " " not in words[x]], dtype=np.intp)
    repeated = n_repeating[usable] / n_naming[usable]
    subjects = usable[np.argsort(-repeated, kind="stable")][:N_WORDS]
    if len(subjects) < WORDS_EACH:
        raise EvaluationError(
            f"Readers cannot be invented: only {len(subjects)} words are repeated by "
            f"{MIN_COMMON:.0%} to {MAX_COMMON:.0%} of the papers."
        )
    rng = np.random.default_rng([options.seed, options.part == "test"])
    n_readers = options.n_readers or N_READERS
    chosen = [rng.choice(subjects, WORDS_EACH, replace=False) for _ in range(n_readers)]
    libraries = [np.flatnonzero(np.asarray(on_subject[:, x].sum(axis=1))) for x in chosen]
    note = (
        f"{n_readers} invented readers want the papers on {WORDS_EACH} of {len(subjects)} subjects "
        f"each; a paper is on a subject if it names its word {MIN_REPEATS} times."
    )
    return _Wants(libraries, [None] * n_readers, note)


def _readers(
    wants: _Wants, terms: SparseRows, start: Rows, n_weeks: int, options: Options
) -> tuple[YearReader, ...]:
    begins = [np.intersect1d(x, start) for x in wants.libraries]
    able = [i for i, x in enumerate(begins) if len(x) >= N_FIRST]
    n_drifting = int(DRIFTING * len(able))
    drifting = np.random.default_rng(options.seed).permutation(able)[:n_drifting].tolist()
    next_one = dict(zip(drifting, [*drifting[1:], *drifting[:1]], strict=True))
    readers = []
    for number, i in enumerate(able):
        seed = [options.seed, i]
        rng = np.random.default_rng(seed)
        away = rng.random(n_weeks) < AWAY
        away[0] = False
        before = SimulatedReader(options.behaviour, wants.libraries[i], terms, seed)
        follows = next_one.get(i, i)
        after = before if follows == i else before.with_library(wants.libraries[follows])
        first = rng.permutation(begins[i])[:N_FIRST]
        found = rng.permutation(np.setdiff1d(begins[follows], wants.libraries[i]))[:N_FOUND]
        found = found if follows != i else found[:0]
        readers.append(YearReader(number, wants.rows[i], first, found, before, after, away))
    return tuple(readers)
