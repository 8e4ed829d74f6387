"""Suggestions as readers see them: each with why it is there, in words they can check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from recommender.domain import Author, Candidate, Reason, Recommendation
from recommender.features.authors import may_be_one, names_of
from recommender.features.interactions import Profile
from recommender.ranking.base import row_cells
from recommender.ranking.calibration import CalibrationCurve
from recommender.ranking.explain.attribution import Attribution, explain, without_repeats
from recommender.ranking.pipeline import UserScorers
from recommender.recommend.exploration import DRAWN
from recommender.recommend.served_model import ServedModel

Titles = Callable[[Sequence[str]], dict[str, str]]
Authors = Callable[[Sequence[str]], dict[str, tuple[Author, ...]]]
MAX_EXPLAINED = 100
MAX_NAMED = 2


def reasons_of(
    served: ServedModel,
    scorers: UserScorers,
    candidates: Sequence[Candidate],
    titles: Titles,
    authors: Authors,
) -> list[tuple[Reason, ...]]:
    """Return the reasons of each candidate, in their order; may be none for some.

    Only the first `MAX_EXPLAINED` are explained: pages show no more.

    Parameters
    ----------
    scorers
        What the candidates were ranked by, by their `interest_id`.
    titles, authors
        Ids of papers -> their titles, their authors.
    """
    why: dict[int, Attribution] = {}
    for interest, scorer in scorers.items():
        rows = [x.paper_index for x in candidates[:MAX_EXPLAINED] if x.interest_id == interest]
        papers = np.array(rows, dtype=np.intp)
        why |= dict(zip(rows, explain(served.model.ranker, scorer, papers), strict=True))
    said = {x: _sentence_in(served, scorer.profile) for x, scorer in scorers.items()}
    known = set(said.values())
    liked = {x.liked for x in why.values() if x.liked is not None and x.liked not in known}
    named = titles([served.paper_id(row) for row in liked])
    by = {x for row, w in why.items() if w.names and w.liked in liked for x in (row, w.liked)}
    wrote = authors([served.paper_id(row) for row in by if row is not None]) if by else {}
    return [
        _reasons(served, x, why.get(x.paper_index), named, wrote, said.get(x.interest_id or ""))
        for x in candidates
    ]


def reasons_of_similar(
    served: ServedModel, row: int, candidates: Sequence[Candidate], title: str
) -> list[tuple[Reason, ...]]:
    """Return the words that make each candidate similar to the paper in `row`."""
    ranker, papers = (
        served.model.ranker,
        np.array([x.paper_index for x in candidates], dtype=np.intp),
    )
    return [
        _words(served, why, f"“{title}”")
        for why in explain(ranker, ranker.user_scorer(Profile.of([row])), papers)
    ]


def items_of(
    served: ServedModel,
    candidates: Sequence[Candidate],
    reasons: Sequence[tuple[Reason, ...]],
    titles: Titles,
    curve: CalibrationCurve | None = None,
) -> tuple[Recommendation, ...]:
    """Return candidates as suggestions, ranks from 1.

    Parameters
    ----------
    reasons
        Of each candidate, in their order.
    curve
        What scores mean to the reader; None says no chances. A paper that no
        history ranked has none either.
    """
    ids = [served.paper_id(x.paper_index) for x in candidates]
    named = titles(ids)
    return tuple(
        Recommendation(
            rank=rank,
            paper_id=paper_id,
            title=named[paper_id],
            score=candidate.score,
            parts=candidate.parts,
            reasons=why,
            propensity=candidate.propensity,
            interest_id=candidate.interest_id,
            chance=curve.chance(candidate.score) if curve and candidate.interest_id else None,
        )
        for rank, (paper_id, candidate, why) in enumerate(
            zip(ids, candidates, reasons, strict=True), 1
        )
    )


def _reasons(
    served: ServedModel,
    candidate: Candidate,
    why: Attribution | None,
    titles: Mapping[str, str],
    authors: Mapping[str, tuple[Author, ...]],
    sentence: int | None,
) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    if candidate.explored:
        reasons.append(DRAWN)
    if why is None:
        return (*reasons, _opening(served, candidate)) if "recency" in candidate.parts else ()
    if why.liked is not None and why.liked == sentence:
        return (*reasons, _as_said(served, why, sentence))
    if why.liked is not None:
        paper_id = served.paper_id(why.liked)
        both = (authors.get(x, ()) for x in (paper_id, served.paper_id(candidate.paper_index)))
        also = _also_by(served, why, *both)
        text = f"Because you liked “{titles.get(paper_id, paper_id)}”{also}."
        reasons.append(Reason("liked", text, paper_id))
    what = "what you like" if sentence is None else "what you like and said you work on"
    return (*reasons, *_words(served, why, what))


def _also_by(
    served: ServedModel, why: Attribution, of_liked: Sequence[Author], authors: Sequence[Author]
) -> str:
    """Return the authors of the liked paper who wrote this one too, as the end of a sentence.

    Initials alone may raise a score, but prove no identity where the given names differ.
    """
    shared = {served.model.features.authors.terms_[x] for x in why.names}
    known = [x for x in of_liked if shared.intersection(names_of(x))]
    names = [x.name for x in known if any(may_be_one(x, y) for y in authors)]
    if not names:
        return ""
    others = ["others"] if len(names) > MAX_NAMED else []
    *first, last = [*names[:MAX_NAMED], *others]
    return f", also by {', '.join(first)} and {last}" if first else f", also by {last}"


def _sentence_in(served: ServedModel, profile: Profile) -> int | None:
    """Return the row of the sentence that a profile holds, or None."""
    rows = set(served.sentences.values())
    return next((int(row) for row in profile.liked if int(row) in rows), None)


def _as_said(served: ServedModel, why: Attribution, sentence: int) -> Reason:
    """Return the reason that names the reader's own words, as far as the paper shares them."""
    said = set(row_cells(served.model.features.paper_terms, sentence)[0].tolist())
    shared = [served.model.features.terms[t] for t in why.terms if t in said]
    words = without_repeats(shared)
    listed = ": " + ", ".join(f"“{x}”" for x in words) if words else ""
    return Reason("about", f"Matches what you said you work on{listed}.", words=words)


def _words(served: ServedModel, why: Attribution, with_what: str) -> tuple[Reason, ...]:
    words = without_repeats([served.model.features.terms[t] for t in why.terms])
    listed = ", ".join(f"“{x}”" for x in words)
    return (Reason("words", f"Shares {listed} with {with_what}.", words=words),) if words else ()


def _opening(served: ServedModel, candidate: Candidate) -> Reason:
    dated = np.isfinite(served.model.features.newest_days[candidate.paper_index])
    start = "Recent, and on" if dated else "On"
    return Reason("recent", f"{start} another topic than the rest of this first selection.")
