"""A loaded model and the current catalogue: which row is which paper.

Papers that came after the fit are appended as rows; papers merged away since
are reached under their new id, or hidden where that id has a row of its own. A
sentence that says what an interest is about is a row too, folded in as if it were
a paper's text, and never shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from recommender.domain import Paper, Vocabulary
from recommender.domain.history import PaperState
from recommender.errors import ArtifactMismatch
from recommender.features.interactions import Profile, Rows, profile_of_rows
from recommender.features.paper_features import days_of
from recommender.ranking import pipeline
from recommender.ranking.calibration import SHARED_CURVE, CalibrationCurve
from recommender.ranking.cold_start import sentence_weight
from recommender.ranking.pipeline import Model
from recommender.store import Store
from recommender.training import artifacts

NEVER = -1
AT_ONCE = 20
"""New papers that a slate may wait for, at one or two milliseconds each."""


@dataclass(frozen=True)
class ServedModel:
    """A model, ready for requests; never changes.

    Most papers have the id that they had at the fit; only the others are named here.

    Parameters
    ----------
    readers
        Interest id -> its row among the model's readers.
    new_name
        Row -> the paper's id of today where that is another one; ``""`` where there is none.
    new_row
        Id of today -> row, for the same papers.
    doubles
        Rows of papers that have another row too.
    gone
        Rows that may not be shown: doubles, sentences and papers that are not suggested.
    sentences
        What interests are about, in words -> its row.
    shared
        What a score means to all readers together, as of the fit; None where unknown.
    revision
        The catalogue revision this agrees with.
    pending
        Ids of papers that came since and have no row yet.
    """

    version: str
    model: Model
    readers: Mapping[str, int]
    new_name: Mapping[int, str] = field(default_factory=dict)
    new_row: Mapping[str, int] = field(default_factory=dict)
    doubles: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    sentences: Mapping[str, int] = field(default_factory=dict)
    shared: CalibrationCurve | None = None
    revision: int = NEVER
    is_caught_up: bool = False
    pending: tuple[str, ...] = ()

    @classmethod
    def load(cls, folder: Path, store: Store) -> ServedModel:
        """Load the model that serves; it still has to catch up with the catalogue."""
        arrays, manifest = artifacts.load(folder, store.database.library_id)
        readers = {x: row for row, x in enumerate(manifest.rows)}
        try:
            model = Model.from_arrays(arrays)
        except (KeyError, ValueError) as error:
            raise ArtifactMismatch(
                f"Model {manifest.version} was written by another version of paperloop; "
                "run `paperloop fit`."
            ) from error
        shared = arrays.get(SHARED_CURVE)
        curve = None if shared is None else CalibrationCurve.from_array(shared)
        revision = manifest.catalogue_revision
        return cls(manifest.version, model, readers, shared=curve, revision=revision)

    def caught_up(self, store: Store, revision: int, most: int | None = None) -> ServedModel:
        """Return this with every paper of the catalogue as it is at `revision`.

        Only papers that were added or changed since are read, unless the catalogue was
        replaced by another one, such as a backup.

        Parameters
        ----------
        most
            Where more papers are new than this, all of them stay `pending`; None: none does.
        """
        known = self.model.features.vocabulary
        is_older = revision < self.revision
        names = store.catalogue.names_since(NEVER if is_older else self.revision)
        # A backup that was restored: every paper of it is new, and others may be gone.
        is_other = is_older or (
            2 * len(names) > len(known) and len(names) >= store.catalogue.count()
        )
        start = replace(self, new_name={}, new_row={}, doubles=frozenset()) if is_other else self
        renamed = _Renamed(known, dict(start.new_name), dict(start.new_row), set(start.doubles))
        new = sorted({*self.pending, *(x for x in names if not renamed.name(x, names[x]))})
        pending = tuple(new) if most is not None and len(new) > most else ()
        if is_other:
            renamed.hide_all_but({row for x in names for row in renamed.rows_of((x, *names[x]))})
        model = self.model
        if new and not pending:
            # One that is merged at this moment comes under its other id, with the next revision.
            papers = [p for x, p in store.catalogue.get_many(new).items() if p.paper_id == x]
            model = pipeline.extend(model, model.features.with_papers(papers))
        caught_up = replace(
            self,
            model=model,
            new_name=renamed.new_name,
            new_row=renamed.new_row,
            doubles=frozenset(renamed.doubles),
            revision=revision,
            is_caught_up=True,
            pending=pending,
        )
        return replace(caught_up, gone=caught_up._gone(store.catalogue.not_suggested()))

    def _gone(self, not_suggested: Iterable[str]) -> frozenset[int]:
        return self.doubles.union(
            self.sentences.values(), self.rows_of(not_suggested), _nameless(self.new_name)
        )

    def with_sentences(self, sentences: Iterable[str]) -> ServedModel:
        """Return this with a row for every sentence; itself when it has them all."""
        missing = [x for x in dict.fromkeys(sentences) if x and x not in self.sentences]
        if not missing:
            return self
        papers = [Paper(title="", abstract=x, paper_id=_sentence_id(x)) for x in missing]
        rows = range(len(self.model.features), len(self.model.features) + len(missing))
        return replace(
            self,
            model=pipeline.extend(self.model, self.model.features.with_papers(papers)),
            new_name={**self.new_name, **dict.fromkeys(rows, "")},
            gone=self.gone.union(rows),
            sentences={**self.sentences, **dict(zip(missing, rows, strict=True))},
        )

    def sentence_row(self, about: str) -> int | None:
        """Return the row of a sentence; None without one, or where no word of it is known."""
        row = self.sentences.get(about)
        starts = self.model.features.paper_terms.indptr
        return row if row is not None and starts[row] < starts[row + 1] else None

    def rows_of(self, ids: Iterable[str]) -> list[int]:
        """Return the rows of papers by their ids of today; unknown ones are left out."""
        return [row for row in map(self.row_of, ids) if row is not None]

    def row_of(self, paper_id: str) -> int | None:
        """Return the row of a paper by its id of today; None for an unknown one."""
        row = self.new_row.get(paper_id)
        if row is None:
            row = self.model.features.vocabulary.index(paper_id)
            if row in self.new_name:
                return None
        return row

    def paper_id(self, row: int) -> str:
        """Return the id of today of a row; ``""`` for a sentence."""
        name = self.new_name.get(row)
        return self.model.features.vocabulary.ids[row] if name is None else name

    def profile(
        self,
        interest_id: str,
        states: Mapping[str, PaperState],
        weights: Mapping[str, float],
        about: str = "",
    ) -> Profile:
        """Return what one interest wants and does not want, in rows of the model.

        A sentence counts only if this has a row for it (`with_sentences`).
        """
        mine = {
            row: weight
            for paper_id, weight in weights.items()
            if states[paper_id].interest_id == interest_id
            and (row := self.row_of(paper_id)) is not None
        }
        sentence = self.sentence_row(about)
        if sentence is not None:
            liked = sum(weight for weight in mine.values() if weight > 0)
            mine[sentence] = sentence_weight(liked)
        return profile_of_rows(mine, self.readers.get(interest_id))

    def pool(self, ids: Iterable[str] | None, since: datetime | None) -> Rows | None:
        """Return the rows that may be shown; None for all of them."""
        if ids is None and since is None:
            return None
        wanted = np.arange(len(self.model.features), dtype=np.intp)
        if ids is not None:
            wanted = np.unique(np.asarray(self.rows_of(ids), dtype=np.intp))
        if since is not None:
            wanted = wanted[self.model.features.newest_days[wanted] >= days_of(since)]
        return wanted


@dataclass(frozen=True, slots=True)
class _Renamed:
    """How papers of a vocabulary are called today, while a catalogue is read."""

    known: Vocabulary
    new_name: dict[int, str]
    new_row: dict[str, int]
    doubles: set[int]

    def rows_of(self, names: Iterable[str]) -> list[int]:
        """Return the rows of a paper that has these ids, ascending."""
        return sorted({row for x in names if (row := self.known.index(x)) is not None})

    def name(self, paper_id: str, names: Iterable[str]) -> bool:
        """Take note of all ids of a paper; return whether it has a row."""
        rows = self.rows_of((paper_id, *names))
        if not rows:
            return False
        own = self.known.index(paper_id)
        shown = rows[0] if own is None else own
        for row in rows:
            before = self.new_name.pop(row, "")
            if self.new_row.get(before) == row:
                del self.new_row[before]
            self.doubles.discard(row)
            if row != shown:
                self.doubles.add(row)
            if row != own:
                self.new_name[row] = paper_id
        if own is None:
            self.new_row[paper_id] = shown
        return True

    def hide_all_but(self, rows: set[int]) -> None:
        """Take every other row for a paper that is not in the catalogue."""
        self.new_name.update((row, "") for row in range(len(self.known)) if row not in rows)


def _nameless(names: Mapping[int, str]) -> Iterable[int]:
    return (row for row, name in names.items() if not name)


def _sentence_id(sentence: str) -> str:
    return f"about:{hashlib.sha256(sentence.encode()).hexdigest()[:32]}"
