"""What is suggested and shown, from candidate to impression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a paper is suggested, in a sentence that the score bears out.

    `kind` is ``liked`` (near `paper_id`, which the reader liked), ``near`` (near `paper_id`
    of the set that was looked from), ``about`` (near what the reader said they work on, in
    `words`), ``words`` (shares `words` with the likes or the set), ``recent`` or ``explored``.
    """

    kind: str
    text: str
    paper_id: str | None = None
    words: tuple[str, ...] = ()


RECENCY = "recency"
"""The only part of the score of a paper that no history ranked, as those of a first slate."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One paper on its way to a slate, as a row number of one vocabulary.

    `parts` are the weighted contributions that add up to `score`; a part that
    cannot be computed is NaN and counts as nothing.
    `drawn_from` is row -> score of all papers that were drawn from, this one among them;
    empty unless the paper was drawn.
    `team` is which of two rankers brought the paper in, empty where one ranks alone.
    """

    paper_index: int
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    propensity: float = 1.0
    interest_id: str | None = None
    explored: bool = False
    drawn_from: Mapping[int, float] = field(default_factory=dict)
    team: str = ""

    def with_parts(self, parts: Mapping[str, float]) -> Candidate:
        """Return the candidate with these parts; `dataclasses.replace` takes five times as long."""
        return Candidate(
            self.paper_index,
            self.score,
            parts,
            self.propensity,
            self.interest_id,
            self.explored,
            self.drawn_from,
            self.team,
        )


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One suggested paper, ready to be shown; `rank` counts from 1.

    `propensity` is the probability with which this position held this paper: 1
    unless the position was drawn or shared by two rankers.
    `chance` is the probability (0-1) of a like on this reader's history, None
    while there is too little history to say.
    `drawn_from` is paper id -> score of all papers that were drawn from, this one among
    them; empty unless the position was drawn.
    `team` is ``served`` or ``candidate`` where two rankers share the slate, else empty.
    """

    rank: int
    paper_id: str
    title: str
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    propensity: float = 1.0
    interest_id: str | None = None
    chance: float | None = None
    drawn_from: Mapping[str, float] = field(default_factory=dict)
    team: str = ""


@dataclass(frozen=True, slots=True)
class Impression:
    """That a slate showed a paper: where, by which score, how probably."""

    slate_id: str
    paper_id: str
    position: int
    score: float
    parts: Mapping[str, float]
    propensity: float


@dataclass(frozen=True, slots=True)
class SharedPaper:
    """A paper of a slate that two rankers shared, and the `team` that brought it in.

    `created_at` is the time of the slate.
    """

    slate_id: str
    created_at: datetime
    paper_id: str
    team: str


@dataclass(frozen=True, slots=True)
class Slate:
    """What one reader was shown at one time, best first; may be empty.

    `surface` is where (``app``, ``cli``, ``digest``), `model` the version of
    the artefact that ranked it.
    """

    slate_id: str
    reader_id: str
    interest_id: str | None
    surface: str
    model: str
    created_at: datetime
    items: tuple[Recommendation, ...] = ()

    @property
    def impressions(self) -> tuple[Impression, ...]:
        """The items as they are kept in the log, positions from 1."""
        return tuple(
            Impression(self.slate_id, x.paper_id, x.rank, x.score, x.parts, x.propensity)
            for x in self.items
        )
