"""Data sets to evaluate on: a folder in one of two layouts, or this installation's own log.

The only module of the evaluation that opens files. Runs once per evaluation.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Paper, Vocabulary
from recommender.domain.history import PaperState
from recommender.errors import EvaluationError
from recommender.evaluation.file_formats import (
    Pair,
    read_id_lists,
    read_pair,
    read_paper,
    read_word_counts,
)
from recommender.evaluation.interactions import Interactions, interactions, no_interactions
from recommender.features.interactions import SparseRows
from recommender.features.sentence_encoder import text_of


@dataclass(frozen=True, slots=True)
class Dataset:
    """Papers, readers, and which reader liked which paper when.

    Parameters
    ----------
    papers, readers
        Text ids of the rows.
    likes, skips
        Pairs of reader and paper; `skips` is empty for most data sets.
    appeared_day
        ``(n_papers,) float64`` days since 1970 on which a paper was listed or
        published; NaN where unknown.
    records
        The papers with their text, row by row; empty for a bag of words.
    counts, words
        ``(n_papers, n_words)`` bag of words, None where there are records.
    notes
        What was left out while reading, in sentences.
    """

    name: str
    papers: Vocabulary
    readers: Vocabulary
    likes: Interactions
    skips: Interactions
    appeared_day: NDArray[np.float64]
    records: tuple[Paper, ...] = ()
    counts: SparseRows | None = None
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def texts(self) -> list[str]:
        """Return what a sentence encoder reads of the papers, row by row.

        Raises
        ------
        EvaluationError
            There are no texts, only counts of words.
        """
        if not self.records:
            raise EvaluationError(f"{self.name} is a bag of words; a sentence encoder needs texts.")
        return [text_of(paper) for paper in self.records]


def open_dataset(folder: Path) -> Dataset:
    """Read a folder with ``papers.jsonl[.gz]`` or with ``users.dat``.

    Raises
    ------
    EvaluationError
        The folder has neither layout, a file is malformed, or nothing is left to evaluate.
    """
    folder = folder.resolve()  # so that a data set has a name where it is called "."
    if _present(folder / "papers.jsonl"):
        return _open_text(folder)
    if _present(folder / "users.dat"):
        return _open_citeulike(folder)
    raise EvaluationError(
        f"{folder} is not a data set: it holds neither papers.jsonl[.gz] with interactions.tsv "
        "nor users.dat with mult.dat and vocabulary.dat."
    )


def _open_text(folder: Path) -> Dataset:
    lines = _lines(folder / "papers.jsonl")
    read = [read_paper(line) for line in lines if line.strip()]
    papers = list({p.paper_id: p for p in read if p is not None}.values())
    if not papers:
        raise EvaluationError(f"{folder}: papers.jsonl holds no paper with an id and a title.")
    pairs = [pair for line in _lines(folder / "interactions.tsv") if (pair := read_pair(line))]
    notes = [f"{len(read) - len(papers)} lines of papers.jsonl without id and title, or repeated"]
    return from_pairs(folder.name, papers, pairs, notes=notes if len(read) > len(papers) else [])


def from_pairs(
    name: str,
    papers: Sequence[Paper],
    liked: Sequence[Pair],
    skipped: Sequence[Pair] = (),
    notes: Sequence[str] = (),
) -> Dataset:
    """Build a data set from records; pairs with a paper that is not among them are counted out.

    Raises
    ------
    EvaluationError
        No pair is left.
    """
    paper_rows = Vocabulary.of(p.paper_id for p in papers)
    known = [pair for pair in liked if pair.paper in paper_rows]
    if not known:
        raise EvaluationError(f"{name}: no reader likes any of its {len(papers)} papers.")
    reader_rows = Vocabulary.of(sorted({pair.reader for pair in known}))
    unknown = len(liked) - len(known)
    left_out = [f"{unknown} interactions with papers that are not in the set"] if unknown else []
    passed = [p for p in skipped if p.paper in paper_rows and p.reader in reader_rows]
    return Dataset(
        name,
        paper_rows,
        reader_rows,
        _columns(known, reader_rows, paper_rows),
        _columns(passed, reader_rows, paper_rows),
        np.array([_appeared(paper) for paper in papers]),
        records=tuple(papers),
        notes=(*notes, *left_out),
    )


def _columns(pairs: Sequence[Pair], readers: Vocabulary, papers: Vocabulary) -> Interactions:
    reader = np.array([readers.index(p.reader) for p in pairs], dtype=np.intp)
    paper = np.array([papers.index(p.paper) for p in pairs], dtype=np.intp)
    day = np.array([p.day for p in pairs], dtype=np.float64)
    return interactions(reader, paper, day, len(readers), len(papers))


def _appeared(paper: Paper) -> float:
    days = [x.listed_at for x in paper.listings if x.listed_at is not None]
    moment = min(days, default=None) or paper.published_at or paper.added_at
    return moment.timestamp() / 86_400 if moment else float("nan")


def from_log(papers: Sequence[Paper], states: Mapping[str, Mapping[str, PaperState]]) -> Dataset:
    """Build a data set from this installation: its papers and every reader's folded log.

    Parameters
    ----------
    states
        reader id -> paper id -> what stands between them (`history.fold`).
        Likes and saves are what a ranking must find; skips and dislikes are skips.

    Raises
    ------
    EvaluationError
        No reader has liked or saved anything yet.
    """
    liked: list[Pair] = []
    skipped: list[Pair] = []
    for reader_id, of_reader in states.items():
        for paper_id, state in of_reader.items():
            pair = Pair(reader_id, paper_id, state.at.timestamp() / 86_400)
            if state.liked:
                liked.append(pair)
            elif state.rejected:
                skipped.append(pair)
    return from_pairs("mine", papers, liked, skipped)


def _open_citeulike(folder: Path) -> Dataset:
    words = tuple(line.strip() for line in _lines(folder / "vocabulary.dat"))
    counts = read_word_counts(_lines(folder / "mult.dat"), len(words), "mult.dat")
    lists = read_id_lists(_lines(folder / "users.dat"), "users.dat")
    n_readers, n_papers = len(lists), int(counts.shape[0])
    likes = _of_lists(lists, n_papers, "users.dat")
    if not len(likes):
        raise EvaluationError(f"{folder}: users.dat holds no library.")
    return Dataset(
        folder.name,
        Vocabulary.of(str(i) for i in range(n_papers)),
        Vocabulary.of(str(i) for i in range(n_readers)),
        likes,
        no_interactions(n_readers, n_papers),
        np.full(n_papers, np.nan),
        counts=counts,
        words=words,
    )


def _of_lists(lists: Sequence[Sequence[int]], n_papers: int, where: str) -> Interactions:
    reader = np.repeat(np.arange(len(lists)), [len(x) for x in lists])
    paper = np.array([i for ids in lists for i in ids], dtype=np.intp)
    if paper.size and not 0 <= paper.min() <= paper.max() < n_papers:
        raise EvaluationError(f"{where}: an id is not among the {n_papers} papers.")
    return interactions(reader, paper, np.full(paper.size, np.nan), len(lists), n_papers)


def read_split(path: Path, dataset: Dataset) -> Interactions:
    """Read a fixed train or test file: ``count id …`` (line = reader), or reader, tab, paper.

    Raises
    ------
    EvaluationError
        The file cannot be read, or names more readers or other papers than the data set.
    """
    lines = list(_lines(path))
    if any("\t" in line for line in lines[:2]):
        read = (read_pair(line) for line in lines)
        pairs = [p for p in read if p and p.reader in dataset.readers and p.paper in dataset.papers]
        return _columns(pairs, dataset.readers, dataset.papers)
    lists = read_id_lists(lines, path.name)
    if len(lists) > len(dataset.readers):
        found = f"{len(lists)} readers where the data set has {len(dataset.readers)}"
        raise EvaluationError(f"{path.name}: holds {found}.")
    lists += [[]] * (len(dataset.readers) - len(lists))
    return _of_lists(lists, len(dataset.papers), path.name)


def _present(path: Path) -> bool:
    return path.is_file() or path.with_name(path.name + ".gz").is_file()


def _lines(path: Path) -> Iterable[str]:
    """Return the lines of a file or of its ``.gz``; a file named with its ending is read as is."""
    packed = path if path.suffix == ".gz" else path.with_name(path.name + ".gz")
    try:
        raw = path.read_bytes() if path.is_file() else packed.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or error
        raise EvaluationError(f"{path} cannot be read: {why}.") from error
    text = raw.decode("utf-8-sig", errors="replace")
    return text.removesuffix("\n").split("\n")
