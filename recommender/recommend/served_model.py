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

from recommender.domain import Paper
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


@dataclass(frozen=True)
class ServedModel:
    """A model, ready for requests; never changes.

    Parameters
    ----------
    shown_as
        Row -> the paper's id of today; ``""`` for a row that may not be shown.
    row_of
        Id of today -> row.
    readers
        Interest id -> its row among the model's readers.
    sentences
        What interests are about, in words -> its row.
    shared
        What a score means to all readers together, as of the fit; None where unknown.
    revision
        The catalogue revision this agrees with.
    """

    version: str
    model: Model
    readers: Mapping[str, int]
    shown_as: tuple[str, ...] = ()
    row_of: Mapping[str, int] | None = None
    gone: frozenset[int] = frozenset()
    sentences: Mapping[str, int] = field(default_factory=dict)
    shared: CalibrationCurve | None = None
    revision: int = NEVER

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
        return cls(manifest.version, model, readers, shared=curve)

    def caught_up(self, store: Store, revision: int) -> ServedModel:
        """Return this with every paper of the catalogue as it is at `revision`."""
        known = self.model.features.vocabulary
        held = set(store.catalogue.ids())
        today = dict(store.catalogue.resolve(x for x in known if x not in held))
        shown_as = [x if x in held else today.get(x, "") for x in known]
        new = sorted(held - set(shown_as))
        model = self.model
        if new:
            papers = store.catalogue.get_many(new)
            model = pipeline.extend(model, model.features.with_papers(list(papers.values())))
            shown_as += list(papers)
        row_of: dict[str, int] = {}
        for row, paper_id in enumerate(shown_as):
            if paper_id and (paper_id not in row_of or known.index(paper_id) == row):
                row_of[paper_id] = row
        gone = {i for i, x in enumerate(shown_as) if not x or row_of[x] != i}
        gone.update(row_of[x] for x in store.catalogue.not_suggested() if x in row_of)
        return replace(
            self,
            model=model,
            shown_as=tuple(shown_as),
            row_of=row_of,
            gone=frozenset(gone),
            revision=revision,
        )

    def with_sentences(self, sentences: Iterable[str]) -> ServedModel:
        """Return this with a row for every sentence; itself when it has them all."""
        missing = [x for x in dict.fromkeys(sentences) if x and x not in self.sentences]
        if not missing:
            return self
        papers = [Paper(title="", abstract=x, paper_id=_sentence_id(x)) for x in missing]
        rows = range(len(self.shown_as), len(self.shown_as) + len(missing))
        return replace(
            self,
            model=pipeline.extend(self.model, self.model.features.with_papers(papers)),
            shown_as=(*self.shown_as, *("" for _ in missing)),
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
        rows = self.row_of or {}
        return [rows[x] for x in ids if x in rows]

    def paper_id(self, row: int) -> str:
        """Return the id of today of a row that may be shown."""
        return self.shown_as[row]

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
        rows = self.row_of or {}
        mine = {
            rows[paper_id]: weight
            for paper_id, weight in weights.items()
            if paper_id in rows and states[paper_id].interest_id == interest_id
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
        wanted = np.arange(len(self.shown_as), dtype=np.intp)
        if ids is not None:
            wanted = np.unique(np.asarray(self.rows_of(ids), dtype=np.intp))
        if since is not None:
            wanted = wanted[self.model.features.newest_days[wanted] >= days_of(since)]
        return wanted


def _sentence_id(sentence: str) -> str:
    return f"about:{hashlib.sha256(sentence.encode()).hexdigest()[:32]}"
