"""In which order to read what one has kept: a reader's own unread papers, ranked.

A saved paper counts as liked, and would bring itself to the top. So the papers are cut into a few
parts, and each part is scored by everything that the reader has done but the papers of the part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from recommender.domain import Candidate, Reason
from recommender.domain.history import EventLog
from recommender.features.interactions import Rows
from recommender.recommend.explanations import Papers, reasons_of
from recommender.recommend.reader_context import ReaderContext
from recommender.recommend.served_model import ServedModel
from recommender.store import Store

N_PARTS = 4
TO_READ = ("to-read", "reading")
"""What a reader notes of papers that are not read yet."""
READ = "read"

ContextWithout = Callable[[Sequence[str]], ReaderContext]


def unread_papers(store: Store, log: EventLog) -> list[str]:
    """Return the papers that a reader keeps to read, newest first, then those of lists.

    They are saved, noted as to read, or on a reading list; and neither noted as read nor skipped
    or disliked.
    """
    annotations = store.annotations.all(log.reader_id)
    states = log.states
    kept = {x.paper_id: x.at for x in states.values() if x.saved}
    for paper_id, annotation in annotations.items():
        if annotation.status in TO_READ and annotation.at is not None:
            kept[paper_id] = max(annotation.at, kept.get(paper_id, annotation.at))
    lists = store.reading_lists.list(log.reader_id)
    found = sorted(kept, key=kept.__getitem__, reverse=True)
    found += [x for one in lists for x in one.paper_ids]
    read = {x for x, annotation in annotations.items() if annotation.status == READ}
    turned_down = {x.paper_id for x in states.values() if x.rejected}
    return [x for x in dict.fromkeys(found) if x not in read and x not in turned_down]


def reading_order(
    served: ServedModel, unread: Sequence[str], context_without: ContextWithout, papers: Papers
) -> tuple[list[Candidate], list[tuple[Reason, ...]]]:
    """Return papers in the order to read them and why; those that cannot be scored are left out.

    Parameters
    ----------
    unread
        The reader's papers; those that the model does not know, and those that are never
        suggested, are left out.
    context_without
        Reads the reader's history without some papers.
    papers
        Ids -> the papers.

    Returns
    -------
    candidates, reasons
        Best first. A paper has the score of the interest that wants it most.
    """
    rows = sorted(set(served.rows_of(unread)) - served.gone)
    explained: list[tuple[Candidate, tuple[Reason, ...]]] = []
    for part in (rows[i::N_PARTS] for i in range(N_PARTS)):
        if not part:
            continue
        context = context_without([served.paper_id(x) for x in part])
        candidates = _best_of_interests(context, np.array(part, dtype=np.intp))
        reasons = reasons_of(served, context.scorers, candidates, papers)
        explained += zip(candidates, reasons, strict=True)
    explained.sort(key=lambda x: (-x[0].score, x[0].paper_index))
    return [x for x, _ in explained], [x for _, x in explained]


def _best_of_interests(context: ReaderContext, rows: Rows) -> list[Candidate]:
    best: dict[int, Candidate] = {}
    for interest, scorer in context.scorers.items():
        scores = scorer.score(rows)
        for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
            if np.isfinite(score) and (row not in best or score > best[row].score):
                best[row] = Candidate(row, score, interest_id=interest)
    return list(best.values())
