"""Generated libraries of any size, with word statistics like those of real abstracts.

Words are drawn by Zipf and Mandelbrot's law from a vocabulary that grows by Heaps' law; each
paper takes most of them from one or two of its subjects, and some words are followed by always
the same one, which makes word pairs that recur. Lengths are log-normal. The same seed gives the
same library.

Up to `MAX_FITTED` papers everything is real: the catalogue takes the papers, and the product
fits its model. Above, titles without abstracts are written straight into SQLite's tables, and the
model is assembled (`scale_model`): shapes, sparsity and everything derived are those of a fit.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, text

from recommender.config import load_settings
from recommender.domain import Author, Event, EventKind, Paper
from recommender.store import Store
from recommender.store.models import PAPER
from recommender.store.paper_mapping import paper_columns
from recommender.training.fit import fit

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
MAX_FITTED = 100_000
CHUNK = 2_000
N_TOPICS, TOPIC_WORDS = 200, 1_000
HEAPS, HEAPS_POWER = 20.0, 0.55
ZIPF, MANDELBROT = 1.05, 2.7
OF_TOPIC, FOLLOWED = 0.55, 0.15
N_READERS, N_LIKES = 60, 20
_COMMON, _TITLE = 97, (1, 2, 3, 5, 7, 11, 13, 17, 19)
"""Titles of a library that is not fitted: of so many words, by steps through them."""
_SYLLABLES = [c + v for c in "bdfghjklmnprstvz" for v in "aeiou"]


def word(i: int) -> str:
    """Return the i-th invented word, pronounceable and never an English stop word."""
    letters = []
    for _ in range(3):
        i, k = divmod(i, len(_SYLLABLES))
        letters.append(_SYLLABLES[k])
    return "".join(letters) + ("" if i == 0 else f"x{i}")


@dataclass(frozen=True)
class Language:
    """A vocabulary, how often its words occur, and what subjects are made of."""

    n_words: int
    cumulated: NDArray[np.float64]
    of_topic: NDArray[np.int64]
    topic_cumulated: NDArray[np.float64]
    follower: NDArray[np.int64]

    @classmethod
    def for_papers(cls, n_papers: int, seed: int) -> Language:
        """Return a language as rich as so many abstracts of 110 words make it."""
        rng = np.random.default_rng(seed)
        n_words = int(HEAPS * (110.0 * n_papers) ** HEAPS_POWER)
        often = 1.0 / (np.arange(n_words) + MANDELBROT) ** ZIPF
        cumulated = np.cumsum(often / often.sum())
        # A subject's words are common in it, whatever they are elsewhere.
        low, high = np.log(30.0), np.log(n_words)
        of_topic = np.exp(rng.uniform(low, high, (N_TOPICS, TOPIC_WORDS))).astype(np.int64)
        in_topic = 1.0 / (np.arange(TOPIC_WORDS) + MANDELBROT) ** ZIPF
        follower = rng.permutation(n_words)
        return cls(n_words, cumulated, of_topic, np.cumsum(in_topic / in_topic.sum()), follower)

    def texts(self, topics: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], ...]:
        """Return words of papers on these subjects, ``(n_tokens,)``, and where each begins."""
        rng = np.random.default_rng(seed)
        lengths = np.clip(rng.lognormal(4.65, 0.4, topics.shape[0]), 20, 400).astype(np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        paper = np.repeat(np.arange(topics.shape[0]), lengths)
        n = int(starts[-1])
        tokens = np.searchsorted(self.cumulated, rng.random(n)).clip(max=self.n_words - 1)
        topical = np.flatnonzero(rng.random(n) < OF_TOPIC)
        topic = topics[paper[topical], (rng.random(topical.size) < 0.3).astype(np.int64)]
        place = np.searchsorted(self.topic_cumulated, rng.random(topical.size))
        tokens[topical] = self.of_topic[topic, place.clip(max=TOPIC_WORDS - 1)]
        followed = np.flatnonzero(rng.random(n - 1) < FOLLOWED)
        tokens[followed + 1] = self.follower[tokens[followed]]
        return tokens, starts


def topics_of(n: int, seed: int) -> NDArray[np.int64]:
    """Return two subjects of each paper, large ones more often, ``(n, 2)``."""
    rng = np.random.default_rng(seed)
    return (N_TOPICS * rng.random((n, 2)) ** 1.7).astype(np.int64)


def papers(n: int, first: int, language: Language, seed: int, now: datetime) -> Iterator[Paper]:
    """Yield papers from number `first` on, published over ten years."""
    rng = np.random.default_rng([seed, first])
    tokens, starts = language.texts(topics_of(n, seed + first), seed + first)
    written = [word(i) for i in range(language.n_words)]
    days = rng.integers(1, 3_650, n)
    names = (2 * 0.4 * (first + n) * rng.random((n, 3)) ** 2).astype(np.int64)
    for i in range(n):
        words = [written[k] for k in tokens[starts[i] : starts[i + 1]]]
        authors = tuple(Author(family=word(k), given=word(k % 997)) for k in names[i].tolist())
        yield Paper(
            " ".join(words[:9]) + f" {first + i}",
            abstract=" ".join(words[9:]),
            authors=authors,
            year=(now - timedelta(days=int(days[i]))).year,
            published_at=now - timedelta(days=int(days[i])),
            identifiers=(f"doi:10.5555/scale.{first + i}",),
        )


def make(folder: Path, n: int, seed: int = 0) -> dict[str, float]:
    """Make a library of `n` papers and its model in a folder; return what it took."""
    settings = load_settings(data_dir=folder)
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(settings.url)
    store.database.upgrade()
    language = Language.for_papers(n, seed)
    started = time.process_time()
    if n > MAX_FITTED:
        _insert(store, n)
    for first in range(0, n if n <= MAX_FITTED else 0, CHUNK):
        some = list(papers(min(CHUNK, n - first), first, language, seed, NOW))
        store.catalogue.add(some, NOW)
    imported = time.process_time() - started
    rng = np.random.default_rng(seed)
    of_topic = topics_in_chunks(n, seed)[:, 0]
    for r in range(N_READERS):
        reader = store.readers.ensure(f"reader {r:03d}", NOW).reader_id
        wanted = np.flatnonzero(np.isin(of_topic, rng.choice(N_TOPICS, 3, replace=False)))
        for i, row in enumerate(rng.choice(wanted, min(N_LIKES, wanted.size), replace=False)):
            paper_id = f"doi:10.5555/scale.{row}"
            key, day = f"{reader} {i}", NOW - timedelta(days=100)
            store.feedback.append(
                Event(key, reader, f"{reader}/general", paper_id, EventKind.like, day)
            )
    started = time.process_time()
    if n <= MAX_FITTED:
        fit(store, settings, now=NOW)
    else:
        from scale_model import assemble

        assemble(store, settings, n, language, seed)
    took = time.process_time() - started
    store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"papers": n, "import_s": imported, "fit_s": took, "fit_peak_mb": peak}


def topics_in_chunks(n: int, seed: int) -> NDArray[np.int64]:
    """Return the subjects that `papers` gave them, chunk by chunk."""
    parts = [topics_of(min(CHUNK, n - x), seed + x) for x in range(0, n, CHUNK)]
    return np.concatenate(parts)


def _insert(store: Store, n: int) -> None:
    """Write papers straight into the tables: titles of nine common words, no abstracts."""
    titles = " || ' ' || ".join(f"w{k}.word" for k in range(len(_TITLE)))
    joined = " ".join(
        f"JOIN common AS w{k} ON w{k}.place = number.i * {step} % {_COMMON}"
        for k, step in enumerate(_TITLE)
    )
    numbers = (
        f"WITH RECURSIVE number(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM number"
        f" WHERE i + 1 < {n})"
    )
    with store.database.write() as connection:
        connection.execute(text("CREATE TEMP TABLE common (place INTEGER PRIMARY KEY, word TEXT)"))
        words = [{"place": k, "word": word(k)} for k in range(_COMMON)]
        connection.execute(text("INSERT INTO common VALUES (:place, :word)"), words)
        (first,) = papers(1, 0, Language.for_papers(1, 0), 0, NOW)
        columns = paper_columns(replace(first, paper_id="", added_at=NOW), 1)
        # A row as the catalogue writes it gives every column that differs for no paper.
        connection.execute(insert(PAPER), columns)
        named = {
            "paper_id": "'doi:10.5555/scale.' || number.i",
            "title": f"{titles} || ' ' || number.i",
            "title_key": "'title ' || number.i",
            "main_title_key": "NULL",
            "abstract": "''",
            "published_at": "datetime(paper.published_at, '-' || (number.i % 3650) || ' days')",
        }
        names = [x for x in columns if x != "id"]
        values = ", ".join(named.get(x, f"paper.{x}") for x in names)
        connection.execute(
            text(
                f"INSERT INTO paper ({', '.join(names)}) {numbers} SELECT {values}"
                f" FROM number {joined} JOIN paper ON paper.paper_id = ''"
            )
        )
        connection.execute(text("DELETE FROM paper WHERE paper_id = ''"))
        connection.execute(text("INSERT INTO alias SELECT paper_id, id FROM paper"))
        connection.execute(text("DROP TABLE common"))
