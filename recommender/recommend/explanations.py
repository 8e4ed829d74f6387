"""Suggestions as readers see them: each with why it is there, in words they can check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.domain import Candidate, Paper, Reason, Recommendation
from recommender.domain.slates import RECENCY
from recommender.features.authors import names_of, surely_one
from recommender.features.interactions import Profile
from recommender.features.wording import wordings
from recommender.ranking.base import row_cells
from recommender.ranking.calibration import CalibrationCurve
from recommender.ranking.explain.attribution import Attribution, explain, without_repeats
from recommender.ranking.pipeline import UserScorers
from recommender.recommend.exploration import DRAWN
from recommender.recommend.served_model import ServedModel

Titles = Callable[[Sequence[str]], dict[str, str]]
Papers = Callable[[Sequence[str]], Mapping[str, Paper]]
MAX_EXPLAINED = 100
"""How many candidates are explained by default: pages show no more."""
MAX_NAMED = 2


@dataclass(frozen=True, slots=True)
class ReasonWording:
    """How a reason names what a paper was ranked by.

    `kind` is that of the reason that names one paper, `near` is how its sentence begins;
    `what` names all papers together, and `also_said` does with the reader's own words.
    """

    kind: str
    near: str
    what: str
    also_said: str = ""


BY_LIKES = ReasonWording(
    "liked", "Because you liked", "what you like", "what you like and said you work on"
)
BY_SET = ReasonWording("near", "Close to", "these papers")


def reasons_of(
    served: ServedModel,
    scorers: UserScorers,
    candidates: Sequence[Candidate],
    papers: Papers,
    wording: ReasonWording = BY_LIKES,
    n: int = MAX_EXPLAINED,
) -> list[tuple[Reason, ...]]:
    """Return the reasons of each candidate, in their order; may be none for some.

    Parameters
    ----------
    scorers
        What the candidates were ranked by, by their `interest_id`.
    n
        How many are explained, from the first; the others get no reasons.
    papers
        Ids -> the papers.
    """
    why: dict[int, Attribution] = {}
    for interest, scorer in scorers.items():
        mine = [x.paper_index for x in candidates[:n] if x.interest_id == interest]
        others = [x.profile for name, x in scorers.items() if name != interest]
        model, rows = served.model, np.array(mine, dtype=np.intp)
        explained = explain(model.ranker, model.features, scorer, rows, others)
        why |= dict(zip(mine, explained, strict=True))
    said = {x: _sentence_in(served, scorer.profile) for x, scorer in scorers.items()}
    named = {x.liked for x in why.values() if x.liked is not None} - set(said.values())
    texts = papers([served.paper_id(row) for row in [*why, *sorted(named)]]) if why else {}
    return [
        _reasons(served, x, why.get(x.paper_index), texts, said.get(x.interest_id or ""), wording)
        for x in candidates
    ]


def reasons_of_similar(
    served: ServedModel, row: int, candidates: Sequence[Candidate], title: str, papers: Papers
) -> list[tuple[Reason, ...]]:
    """Return the words that make each candidate similar to the paper in `row`."""
    model, rows = served.model, np.array([x.paper_index for x in candidates], dtype=np.intp)
    scorer = model.ranker.user_scorer(Profile.of([row]))
    explained = explain(model.ranker, model.features, scorer, rows)
    texts = papers([served.paper_id(x.paper_index) for x in candidates])
    return [
        _words(served, why, texts.get(served.paper_id(x.paper_index)), f"“{title}”")
        for x, why in zip(candidates, explained, strict=True)
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
    scores = np.array([x.score for x in candidates], dtype=np.float64)
    chances = curve.chances(scores).tolist() if curve else [None] * len(ids)
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
            chance=chance if candidate.interest_id else None,
            team=candidate.team,
            drawn_from={served.paper_id(row): x for row, x in candidate.drawn_from.items()},
        )
        for rank, (paper_id, candidate, why, chance) in enumerate(
            zip(ids, candidates, reasons, chances, strict=True), 1
        )
    )


def _reasons(
    served: ServedModel,
    candidate: Candidate,
    why: Attribution | None,
    papers: Mapping[str, Paper],
    sentence: int | None,
    wording: ReasonWording,
) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    if candidate.explored:
        reasons.append(DRAWN)
    if why is None:
        return (*reasons, _opening(served, candidate)) if RECENCY in candidate.parts else ()
    paper = papers.get(served.paper_id(candidate.paper_index))
    if why.liked is not None and why.liked == sentence:
        return (*reasons, _as_said(served, why, paper, sentence))
    if why.liked is not None:
        liked_id = served.paper_id(why.liked)
        liked = papers.get(liked_id)
        also = _also_by(served, why, liked, paper)
        title = liked.title if liked else liked_id
        reasons.append(Reason(wording.kind, f"{wording.near} “{title}”{also}.", liked_id))
    what = wording.what if sentence is None else wording.also_said
    return (*reasons, *_words(served, why, paper, what))


def _also_by(
    served: ServedModel, why: Attribution, liked: Paper | None, paper: Paper | None
) -> str:
    """Return the authors of the liked paper who surely wrote this one too, to end a sentence.

    A name may raise a score and still prove no identity, see `surely_one`.
    """
    if liked is None or paper is None:
        return ""
    authors = served.model.features.authors
    shared = {authors.terms_[x] for x in why.names}
    known = [x for x in liked.authors if shared.intersection(names_of(x))]
    both = [x for x in known if surely_one(x, paper.authors, liked.authors, authors)]
    names = [x.name for x in both]
    if not names:
        return ""
    others = ["others"] if len(names) > MAX_NAMED else []
    *first, last = [*names[:MAX_NAMED], *others]
    return f", also by {', '.join(first)} and {last}" if first else f", also by {last}"


def _sentence_in(served: ServedModel, profile: Profile) -> int | None:
    """Return the row of the sentence that a profile holds, or None."""
    rows = set(served.sentences.values())
    return next((int(row) for row in profile.liked if int(row) in rows), None)


def _as_said(served: ServedModel, why: Attribution, paper: Paper | None, sentence: int) -> Reason:
    """Return the reason that names the reader's own words, as far as the paper shares them."""
    features = served.model.features
    said = set(row_cells(features.paper_terms, sentence)[0].tolist())
    # A phrase of the reader's says what is meant where a single word of it may not.
    telling = [t for t in why.raising if t in why.terms or " " in features.terms[t]]
    words = _spelled(served, [t for t in telling if t in said], paper)
    listed = ": " + ", ".join(f"“{x}”" for x in words) if words else ""
    return Reason("about", f"Matches what you said you work on{listed}.", words=words)


def _words(
    served: ServedModel, why: Attribution, paper: Paper | None, with_what: str
) -> tuple[Reason, ...]:
    words = _spelled(served, why.terms, paper)
    listed = ", ".join(f"“{x}”" for x in words)
    return (Reason("words", f"Shares {listed} with {with_what}.", words=words),) if words else ()


def _spelled(served: ServedModel, columns: Sequence[int], paper: Paper | None) -> tuple[str, ...]:
    """Return terms as the paper spells them; those that are no phrase of it are left out."""
    if paper is None:
        return ()
    terms = [served.model.features.terms[x] for x in columns]
    spelled = wordings(paper, set(terms))
    kept = without_repeats([x for x in terms if x in spelled])
    return tuple(dict.fromkeys(spelled[x] for x in kept))


def _opening(served: ServedModel, candidate: Candidate) -> Reason:
    dated = np.isfinite(served.model.features.newest_days[candidate.paper_index])
    start = "Recent, and on" if dated else "On"
    return Reason("recent", f"{start} another topic than the rest of this first selection.")
