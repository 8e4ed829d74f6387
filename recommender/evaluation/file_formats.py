"""Lines of evaluation files as records and columns. Pure: lines in, values out.

Two layouts are known. *Text*: ``papers.jsonl`` (one JSON object a line: id,
title, abstract, authors, year, published, daily …) with ``interactions.tsv``
(reader, paper, optional date). *CiteULike*: ``users.dat`` and ``mult.dat``
(line = reader or paper, a count and then ids or ``word:count``) with
``vocabulary.dat`` (line = word).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from recommender.domain import Author, Listing, Paper
from recommender.errors import EvaluationError
from recommender.features.interactions import SparseRows

HEADERS = frozenset({"reader", "user", "reader_id", "user_id"})


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of ``interactions.tsv``; `day` is in days since 1970, NaN if absent."""

    reader: str
    paper: str
    day: float = float("nan")


def read_paper(line: str) -> Paper | None:
    """Return the paper of one JSON line, or None where the line holds no id and title."""
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    if not isinstance(fields, dict):
        return None
    # An id may be the number 0.
    ids = (str(fields[x]).strip() for x in ("id", "paper_id") if fields.get(x) is not None)
    paper_id, title = next(filter(None, ids), None), fields.get("title")
    if paper_id is None or not isinstance(title, str) or not title.strip():
        return None
    listed_at = moment_of(fields.get("daily"))
    return Paper(
        title=title.strip(),
        paper_id=paper_id,
        abstract=_text(fields.get("abstract")),
        authors=tuple(_authors(fields.get("authors"))),
        year=_year(fields.get("year")),
        published_at=moment_of(fields.get("published") or fields.get("published_at")),
        venue=_text(fields.get("venue")),
        listings=(Listing("daily", listed_at),) if listed_at else (),
    )


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _authors(value: Any) -> Iterator[Author]:
    names = value.split(" and ") if isinstance(value, str) else value
    for name in names if isinstance(names, list) else ():
        if isinstance(name, str) and name.strip():
            yield Author(literal=name.strip())


def _year(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def moment_of(value: Any) -> datetime | None:
    """Return an ISO day or time as an aware moment (UTC where it names no zone), or None."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_pair(line: str) -> Pair | None:
    """Return one line of ``interactions.tsv``, or None for a header or a line without both ids."""
    reader, _, rest = line.rstrip("\r\n").partition("\t")
    paper, _, date = rest.partition("\t")
    if not reader.strip() or not paper.strip() or reader.strip().lower() in HEADERS:
        return None
    moment = moment_of(date.partition("\t")[0])
    day = moment.timestamp() / 86_400 if moment else float("nan")
    return Pair(reader.strip(), paper.strip(), day)


def read_id_lists(lines: Iterable[str], where: str) -> list[list[int]]:
    """Return the ids of every line ``count id id …``; an empty line is an empty list.

    Raises
    ------
    EvaluationError
        A line holds something else than numbers, or fewer ids than it says.
    """
    lists = []
    for number, line in enumerate(lines, start=1):
        try:
            count, *ids = [int(x) for x in line.split()] or [0]
        except ValueError:
            raise EvaluationError(f"{where}, line {number}: expected numbers only.") from None
        if count != len(ids):
            raise EvaluationError(f"{where}, line {number}: says {count} ids, holds {len(ids)}.")
        lists.append(ids)
    return lists


def read_word_counts(lines: Iterable[str], n_words: int, where: str) -> SparseRows:
    """Return ``(n_lines, n_words) float32`` counts from lines ``n word:count …``.

    Raises
    ------
    EvaluationError
        A line is malformed or names a word the vocabulary does not have.
    """
    columns: list[int] = []
    values: list[float] = []
    bounds = [0]
    for number, line in enumerate(lines, start=1):
        try:
            cells = [cell.split(":") for cell in line.split()[1:]]
            columns += [int(word) for word, _ in cells]
            values += [float(count) for _, count in cells]
        except ValueError:
            raise EvaluationError(f"{where}, line {number}: expected word:count.") from None
        bounds.append(len(columns))
    if columns and not 0 <= min(columns) <= max(columns) < n_words:
        raise EvaluationError(f"{where}: a word is not among the {n_words} of the vocabulary.")
    counts = csr_matrix(
        (np.array(values, dtype=np.float32), np.array(columns, dtype=np.intp), np.array(bounds)),
        shape=(len(bounds) - 1, n_words),
    )
    counts.sum_duplicates()
    return counts
