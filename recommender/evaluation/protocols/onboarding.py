"""Start: what each way to begin is worth, in likes among the first twenty papers shown.

Half of a reader's library (ten papers at most) is what they bring along; the rest
is what they will like. The same readers begin in every way, with the same papers
left to be found, and are shown two slates of ten, the second after the first was judged:

- ``nothing``: nothing is said;
- ``sentence``: the eight heaviest words of what they bring along, no paper named;
- ``picks``: the three of twelve picks that are nearest to what they bring along;
- ``popular``, ``random``: the same from the twelve papers most readers have, or any twelve;
- ``titles``: three of the papers they bring along;
- ``bib``: all of them.

A choice among picks is no paper shown, and what was not chosen means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender.domain import Paper
from recommender.domain.readers import SKIP_WEIGHT
from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.interactions import Rows
from recommender.evaluation.metrics import pad
from recommender.evaluation.protocols.base import (
    Monitor,
    Options,
    Result,
    SystemOutcome,
    each,
    timed,
)
from recommender.evaluation.splits import draw, keep_other_readers, row_of
from recommender.evaluation.systems import FittedSystem, System
from recommender.evaluation.train_view import TrainView, learn
from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.features.paper_features import days_of
from recommender.ranking.cold_start import onboarding_items, sentence_weight

N_READERS, SLOW_SAMPLE = 300, 60
MIN_PAPERS, MAX_BROUGHT = 6, 10
N_SHOWN, N_ROUNDS = 10, 2
N_PICKS, N_CHOSEN, N_TITLES, N_WORDS = 12, 3, 3, 8
WAYS = ("nothing", "sentence", "popular", "random", "picks", "titles", "bib")


@dataclass(frozen=True)
class _NewReader:
    """One reader: what they bring along and what they will like, as rows of the features."""

    reader: int
    brought: Rows
    wanted: Rows
    sentence: int


def run_onboarding(
    dataset: Dataset, options: Options, systems: Sequence[System], monitor: Monitor
) -> Result:
    """Let readers with six papers or more begin in every way; they are hidden from the others.

    Raises
    ------
    EvaluationError
        No reader has enough papers.
    """
    sizes = dataset.likes.per_reader()
    able = np.random.default_rng(options.seed).permutation(np.flatnonzero(sizes >= MIN_PAPERS))
    half = min(N_READERS, -(-len(able) // 2))
    readers = np.sort(able[:half] if options.part == "test" else able[half : 2 * half])
    if not len(readers):
        raise EvaluationError(f"{dataset.name}: no reader left with {MIN_PAPERS} papers or more.")
    hidden = np.isin(dataset.likes.reader, able[: 2 * half] if options.part == "valid" else readers)
    learnt = keep_other_readers(dataset.likes.only(~hidden), options.other_readers, options.seed)
    view, seconds = timed(monitor, lambda: learn(dataset, learnt, seed=options.seed))
    libraries = dataset.likes.matrix()
    beginners = [
        _beginner(view, int(reader), row_of(libraries, reader), number)
        for number, reader in enumerate(readers)
    ]
    with_sentences = replace(
        view,
        features=_with_sentences(dataset, view.fitted, beginners),
        order=np.append(view.order, np.full(len(beginners), -1)),
    )
    offers = _offers(with_sentences, learnt.per_paper())
    outcomes = {
        c.entry.name: _begin_all(dataset, with_sentences, beginners, offers, c, monitor)
        for c in systems
    }
    few = {f"fewer than {MIN_PAPERS} papers": int((sizes > 0).sum()) - len(able)}
    left_out = few | {f"not among the {len(readers)} drawn": len(able) - len(readers)}
    note = f"likes of {N_ROUNDS * N_SHOWN} shown, by how the reader began; see the protocol."
    return Result(outcomes, len(readers), seconds, left_out, (note,))


def _beginner(view: TrainView, reader: int, library: Rows, number: int) -> _NewReader:
    order = np.random.default_rng([view.seed, reader]).permutation(view.local[library])
    n = min(len(order) // 2, MAX_BROUGHT)
    return _NewReader(reader, order[:n], order[n:], len(view.fitted) + number)


def _with_sentences(
    dataset: Dataset, fitted: Features, beginners: Sequence[_NewReader]
) -> Features:
    """Append a row for the words of every beginner, as serving does."""
    ids = [f"about:{b.reader}" for b in beginners]
    heaviest = [_words(fitted, b.brought) for b in beginners]
    if dataset.counts is None:
        texts = [" ".join(fitted.terms[t] for t in terms) for terms in heaviest]
        return fitted.with_papers(
            [Paper("", x, abstract=text) for x, text in zip(ids, texts, strict=True)]
        )
    counts = np.zeros((len(ids), len(dataset.words)), dtype=np.float32)
    for row, terms in zip(counts, heaviest, strict=True):
        row[terms] = 1.0
    return fitted.with_counts(ids, type(fitted.paper_terms)(counts))


def _words(fitted: Features, brought: Rows) -> Rows:
    """Return the heaviest single words of some papers together, as columns."""
    weights = np.asarray(fitted.paper_terms[brought].sum(axis=0)).ravel()
    order = np.argsort(-weights, kind="stable")
    words = [t for t in order[: N_WORDS * 4] if weights[t] > 0 and " " not in fitted.terms[t]]
    return np.array(words[:N_WORDS], dtype=np.intp)


def _offers(view: TrainView, n_readers_of: Rows) -> Mapping[str, Rows]:
    """Return the papers offered for a first choice, by way; more than are needed."""
    rows, n = np.arange(len(view.fitted)), N_PICKS + MAX_BROUGHT
    drawn = np.random.default_rng(view.seed).permutation(rows)
    popular = view.local[np.argsort(-n_readers_of, kind="stable")]
    items = onboarding_items(view.fitted, rows, n, days_of(view.now))
    return {"picks": np.array(items), "popular": popular[popular >= 0][:n], "random": drawn[:n]}


def _begin_all(
    dataset: Dataset,
    view: TrainView,
    beginners: Sequence[_NewReader],
    offers: Mapping[str, Rows],
    system_by_name: System,
    monitor: Monitor,
) -> SystemOutcome:
    fitted, fit_seconds = timed(monitor, lambda: system_by_name.fit(view))
    entry = system_by_name.entry
    if entry.sample is not None:
        kept = draw(np.arange(len(beginners)), SLOW_SAMPLE, view.seed)
        beginners = [beginners[i] for i in kept]
    likes = np.zeros((len(beginners), len(WAYS)))
    shown: list[Rows] = []
    begun = monitor.clock()
    for i, beginner in enumerate(each(beginners, entry.name, monitor)):
        for j, way in enumerate(WAYS):
            first = _first(view, beginner, way, offers)
            slate = _shown(view, fitted, beginner, first, about=way == "sentence")
            likes[i, j] = np.isin(slate, beginner.wanted).sum()
            shown.append(view.order[slate])
    return SystemOutcome(
        readers=np.array([b.reader for b in beginners]),
        values={f"{way}@20": likes[:, j] for j, way in enumerate(WAYS)},
        shown=pad(shown, N_SHOWN * N_ROUNDS),
        pool=view.order[: len(view.fitted)],
        popularity=dataset.likes,
        fit_seconds=fit_seconds,
        rank_seconds=(monitor.clock() - begun) / (max(len(shown), 1) * N_ROUNDS),
    )


def _first(view: TrainView, beginner: _NewReader, way: str, offers: Mapping[str, Rows]) -> Rows:
    """Return the papers a reader names or chooses at the start, maybe none."""
    if way == "bib":
        return beginner.brought
    if way == "titles":
        return beginner.brought[:N_TITLES]
    if way not in offers:
        return beginner.brought[:0]
    offered = offers[way][~np.isin(offers[way], beginner.brought)][:N_PICKS]
    terms = view.features.paper_terms
    near = np.asarray((terms[offered] @ terms[beginner.brought].T).sum(axis=1)).ravel()
    near = near + 1e6 * np.isin(offered, beginner.wanted)
    chosen = np.argsort(-near, kind="stable")[:N_CHOSEN]
    return offered[chosen[near[chosen] > 0]]


def _shown(
    view: TrainView, fitted: FittedSystem, beginner: _NewReader, first: Rows, *, about: bool
) -> Rows:
    """Return the rows shown in two slates, the first judged before the second."""
    liked, skipped, slates = first, first[:0], list[Rows]()
    out_of_sight = np.concatenate([beginner.brought, first])
    pool = np.setdiff1d(np.arange(len(view.fitted)), out_of_sight)
    for _ in range(N_ROUNDS):
        likes = dict.fromkeys(liked.tolist(), 1.0)
        if about:
            likes[beginner.sentence] = sentence_weight(len(liked))
        skips = dict.fromkeys(skipped.tolist(), SKIP_WEIGHT)
        slate = fitted.rank(Profile.of(likes, skips), pool, N_SHOWN)
        wanted = np.isin(slate, beginner.wanted)
        liked, skipped = np.append(liked, slate[wanted]), np.append(skipped, slate[~wanted])
        slates.append(slate)
    return np.concatenate(slates)
