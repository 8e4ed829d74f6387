"""What one system knows of one simulated reader, and which readers' answers it learns from. Pure.

Both simulations, `protocols.feedback_simulation` and `protocols.weekly_simulation`, keep what was
shown and answered here. A `LearningRule` leaves answers out, so that the product can be compared
with itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.evaluation.interactions import Rows
from recommender.evaluation.simulated_reader import Action, Behaviour
from recommender.evaluation.systems import PAPERLOOP, System
from recommender.evaluation.train_view import TrainView
from recommender.features.interactions import Profile
from recommender.ranking.als.fold_in import Floats
from recommender.ranking.calibration import ScoredVerdicts

VERDICTS = ("like", "save", "skip", "dislike")
LIKES = ("like", "save")


@dataclass(frozen=True, slots=True)
class LearningRule:
    """Which answers a system learns from.

    Parameters
    ----------
    frozen
        Nothing is learned after the first round (of a session) or week (of a year).
    ignores
        Actions that count as no answer.
    """

    frozen: bool = False
    ignores: tuple[Action, ...] = ()


LEARNS = LearningRule()
FROZEN, NO_DISLIKES = f"{PAPERLOOP}-frozen", f"{PAPERLOOP}-no-dislikes"
RULES = {FROZEN: LearningRule(frozen=True), NO_DISLIKES: LearningRule(ignores=("dislike",))}
"""The product with a part of its learning left out, by name."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A system under a learning rule; contestants of one system share its fit."""

    name: str
    system: System
    rule: LearningRule = LEARNS


def contestants_of(
    systems: Sequence[System], behaviour: Behaviour, ablations: bool = True
) -> list[Contestant]:
    """Return the systems, and with the product itself what it is without a part of its learning.

    Parameters
    ----------
    ablations
        False for the systems alone.
    """
    found = [Contestant(x.entry.name, x) for x in systems]
    for own in systems if ablations else ():
        if own.entry.name == PAPERLOOP:
            found += [
                Contestant(name, own, rule)
                for name, rule in RULES.items()
                if set(rule.ignores) <= set(behaviour.actions)
            ]
    return found


class ReaderHistory:
    """What a system has shown to a simulated reader and what it remembers of the answers.

    Parameters
    ----------
    first
        Rows of the papers that the reader likes at the start.
    """

    def __init__(self, first: Rows, rule: LearningRule) -> None:
        self._rule, self._learns = rule, True
        self._actions: dict[int, Action] = dict.fromkeys(first.tolist(), "like")
        self._shown = [first]
        self.answers: list[ScoredVerdicts] = []
        """The product's own scores and the verdicts on them, slate by slate."""

    @property
    def shown(self) -> Rows:
        """Rows of all papers that were shown, those of the start first."""
        return np.concatenate(self._shown)

    @property
    def verdicts(self) -> ScoredVerdicts:
        """All scored verdicts, oldest first; may be empty."""
        pairs = [
            (float(score), bool(liked))
            for x in self.answers
            for score, liked in zip(x.scores, x.liked, strict=True)
        ]
        return ScoredVerdicts.of(pairs)

    def profile(self, view: TrainView, reader: int | None) -> Profile:
        """Return the remembered answers by the rows of a view."""
        return view.profile_of_actions(reader, self._actions)

    def record(
        self, slate: Rows, answers: Sequence[Action], undone: Rows, scores: Floats | None
    ) -> None:
        """Remember a slate and, as far as the rule has it, the answers.

        Parameters
        ----------
        undone
            Papers whose answer is taken back before the next slate.
        scores
            The product's own scores of the slate, None for other systems.
        """
        self._shown.append(slate)
        if not self._learns:
            return
        known: list[Action] = ["nothing" if x in self._rule.ignores else x for x in answers]
        if scores is not None:
            judged = np.array([x in VERDICTS for x in known], dtype=bool)
            liked = np.array([x in LIKES for x in known], dtype=bool)
            self.answers.append(ScoredVerdicts(scores[judged], liked[judged]))
        self._actions |= dict(zip(slate.tolist(), known, strict=True))
        self._actions |= dict.fromkeys(undone.tolist(), "nothing")

    def record_found(self, papers: Rows) -> None:
        """Remember papers that the reader found without being shown them, and likes."""
        new = np.setdiff1d(papers, self.shown)
        self.record(new, ["like"] * len(new), np.empty(0, dtype=np.intp), None)

    def end_round(self) -> None:
        """Close a round or a week; a frozen system learns nothing from here on."""
        self._learns = not self._rule.frozen
