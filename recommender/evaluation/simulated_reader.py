"""What a simulated reader does with a paper that is shown. Pure, drawn from a seed.

A paper of the reader's library is wanted. A reader likes what is wanted; of the rest 60 % are
skipped, 25 % disliked and 15 % left without an answer. A share of all answers, `noise`, are
mis-clicks: a wanted paper gets an answer meant for another, an unwanted one a like.

What a reader does with a paper does not depend on the system that shows it, so that all systems
meet the same reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from recommender.errors import EvaluationError
from recommender.evaluation.interactions import Rows
from recommender.features.interactions import SparseRows

Action: TypeAlias = Literal["like", "save", "skip", "dislike", "open", "nothing", "undo"]
DislikeRule: TypeAlias = Literal["random", "far"]

EVERY_ANSWER: tuple[Action, ...] = ("like", "skip", "dislike", "nothing")
UNWANTED_SHARES: dict[Action, float] = {"skip": 0.6, "dislike": 0.25, "nothing": 0.15}
"""Share of each action among unwanted papers; those that are not asked for leave theirs."""
NOISE = 0.05
SAVED_SHARE = 0.2
"""Share of the liked papers that are saved as well, where `save` is asked for."""
OPENED_SHARE = 0.5
"""Share of the papers without an answer that are opened, where `open` is asked for."""
UNDONE_SHARE = 0.5
"""Share of the mis-clicks that are taken back before the next round, where `undo` is asked for."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Which actions simulated readers take.

    Parameters
    ----------
    actions
        `like` and at least one of `skip`, `dislike`, `nothing`; also `save`, `open`, `undo`.
    noise
        Share of mis-clicks, 0 to below 0.5.
    dislikes
        Which unwanted papers of a slate are disliked: ``random`` ones, or those ``far`` from the
        library by TF-IDF.
    """

    actions: tuple[Action, ...] = EVERY_ANSWER
    noise: float = NOISE
    dislikes: DislikeRule = "random"

    @classmethod
    def of(
        cls, actions: Sequence[str] = EVERY_ANSWER, noise: float | None = None, dislikes: str = ""
    ) -> Self:
        """Check the names and build the behaviour.

        Parameters
        ----------
        noise
            None for `NOISE`, or for 0 where readers only like and skip.

        Raises
        ------
        EvaluationError
            An unknown or missing action, a share out of range, an unknown rule.
        """
        known = get_args(Action)
        unknown = [x for x in actions if x not in known]
        if unknown:
            raise EvaluationError(
                f"There is no action {unknown[0]!r}; known are {', '.join(known)}."
            )
        if "like" not in actions or not set(actions) & set(UNWANTED_SHARES):
            others = ", ".join(UNWANTED_SHARES)
            raise EvaluationError(f"A simulated reader needs like and at least one of {others}.")
        if noise is None:
            noise = 0.0 if set(actions) <= {"like", "skip"} else NOISE
        if not 0 <= noise < 0.5:
            raise EvaluationError(f"The share of mis-clicks is {noise}; it must be 0 to below 0.5.")
        dislikes = dislikes or "random"
        if dislikes not in get_args(DislikeRule):
            rules = ", ".join(get_args(DislikeRule))
            raise EvaluationError(f"There is no rule {dislikes!r} for dislikes; known are {rules}.")
        chosen = tuple(x for x in known if x in actions)
        return cls(chosen, noise, dislikes)  # type: ignore[arg-type]

    @property
    def shares(self) -> dict[Action, float]:
        """The share of each action among unwanted papers; they add up to 1."""
        asked = {x: share for x, share in UNWANTED_SHARES.items() if x in self.actions}
        return {x: share / sum(asked.values()) for x, share in asked.items()}

    def __str__(self) -> str:
        """Say it in words for a report."""
        rule = f", dislikes {self.dislikes}" if "dislike" in self.actions else ""
        return f"actions {', '.join(self.actions)}; {self.noise:.0%} mis-clicks{rule}"


LIKES_AND_SKIPS = Behaviour(("like", "skip"), 0.0)
"""Every wanted paper is liked, every other skipped, as the loop was measured at first."""


class SimulatedReader:
    """One reader with a library, through one session or one year.

    Parameters
    ----------
    library
        Rows of the wanted papers.
    paper_terms
        ``(n_papers, n_terms)`` TF-IDF, by which `far` is measured.
    seed
        Same seed, same answer to the same paper.
    """

    def __init__(
        self, behaviour: Behaviour, library: Rows, paper_terms: SparseRows, seed: Sequence[int]
    ) -> None:
        self._behaviour, self._library, self._paper_terms = behaviour, library, paper_terms
        # Every paper's draws are made at once: they are the same whatever is shown when.
        self._draws = np.random.default_rng([*seed, 1]).random((4, paper_terms.shape[0]))
        self._nearness = self._measure_nearness()

    def with_library(self, library: Rows) -> SimulatedReader:
        """Return the same person, who clicks as before, with other interests."""
        changed = copy(self)
        changed._library = library
        changed._nearness = changed._measure_nearness()
        return changed

    def wanted(self, papers: Rows) -> NDArray[np.bool_]:
        """Return which papers are in the library, ``(n,)``."""
        return np.isin(papers, self._library)

    def answers(self, slate: Rows) -> list[Action]:
        """Return what is done with each paper of a slate, in its order."""
        wanted = self.wanted(slate)
        noise, answer, more, _ = self._draws[:, slate]
        liked = wanted != (noise < self._behaviour.noise)
        unwanted = self._unwanted_answers(slate, answer, ~liked)
        return [
            self._liked_answer(float(m)) if is_liked else self._opened(other, float(m))
            for is_liked, other, m in zip(liked, unwanted, more, strict=True)
        ]

    def undone(self, slate: Rows) -> Rows:
        """Return the mis-clicked papers of a slate whose answer is taken back; may be empty."""
        noise, _, _, undo = self._draws[:, slate]
        asked = "undo" in self._behaviour.actions
        taken_back = (noise < self._behaviour.noise) & (undo < UNDONE_SHARE) & asked
        return np.asarray(slate[taken_back], dtype=np.intp)

    def _measure_nearness(self) -> NDArray[np.float32] | None:
        """Return each paper's nearness to the library by TF-IDF; None where no rule asks for it."""
        if self._behaviour.dislikes != "far" or "dislike" not in self._behaviour.actions:
            return None
        terms = self._paper_terms
        centre = np.asarray(terms[self._library].sum(axis=0), dtype=np.float32).reshape(-1)
        return np.asarray(terms @ centre, dtype=np.float32)

    def _unwanted_answers(
        self, slate: Rows, answer: NDArray[np.float64], unliked: NDArray[np.bool_]
    ) -> list[Action]:
        """Return the answer to each paper if it is not liked, by its draw between 0 and 1."""
        shares = self._behaviour.shares
        if self._nearness is not None:
            # The draws of the slate's unliked papers are dealt out again, the lowest, which
            # are dislikes, to the papers farthest from the library.
            shares = {"dislike": shares["dislike"], **shares}
            dealt = answer.copy()
            farthest = np.flatnonzero(unliked)[
                np.argsort(self._nearness[slate[unliked]], kind="stable")
            ]
            dealt[farthest] = np.sort(answer[farthest])
            answer = dealt
        names, bounds = list(shares), np.cumsum(list(shares.values()))
        places = np.searchsorted(bounds, answer, side="right")
        return [names[min(int(place), len(names) - 1)] for place in places]

    def _liked_answer(self, draw: float) -> Action:
        return "save" if "save" in self._behaviour.actions and draw < SAVED_SHARE else "like"

    def _opened(self, answer: Action, draw: float) -> Action:
        opens = answer == "nothing" and "open" in self._behaviour.actions
        return "open" if opens and draw < OPENED_SHARE else answer
