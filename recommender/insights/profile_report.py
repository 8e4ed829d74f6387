"""The job behind the page Taste: what is believed of a reader, for the reader to correct.

Reads the store and the serving model; writes nothing. `user_profile` and `topic_map` do
the computing, this joins them with the papers and events of today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from recommender.config import Settings
from recommender.domain import Event, Interest, Paper
from recommender.domain.history import (
    POSITIVE,
    PaperState,
    active_events,
    fold,
    learning_events,
    learning_states,
    preference_weights,
)
from recommender.domain.status import badges
from recommender.features.interactions import Profile
from recommender.insights import topic_map, user_profile
from recommender.insights.interest_reassignment import Move, moves
from recommender.insights.topic_map import MapRegion, TopicMap
from recommender.insights.user_profile import InterestSummary, MergeProposal
from recommender.recommend.recommender import Recommender
from recommender.recommend.served_model import ServedModel
from recommender.store import Store
from recommender.store.half_life import meanings_of

LIKED, SKIPPED, SUGGESTED, OTHER = "Liked", "Skipped", "Suggested next", "Other"
N_SUGGESTED = 30
MIN_FOR_DRIFT = 12


@dataclass(frozen=True, slots=True)
class InterestReport:
    """One interest as it is understood; `typical` are paper ids."""

    interest: Interest
    summary: InterestSummary
    typical: tuple[str, ...]
    n_liked: int
    n_skipped: int


@dataclass(frozen=True, slots=True)
class SplitProposal:
    """Papers of an interest that could stand alone, and words for a name."""

    interest: Interest
    words: tuple[str, ...]
    paper_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileReport:
    """Everything believed of a reader, and what could be put in better order."""

    interests: tuple[InterestReport, ...]
    splits: tuple[SplitProposal, ...]
    merges: tuple[MergeProposal, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A paper on the map; `what` is one of LIKED, SKIPPED, SUGGESTED, OTHER."""

    paper_id: str
    title: str
    x: float
    y: float
    what: str


@dataclass(frozen=True, slots=True)
class MonthlyLikes:
    """How many papers on a topic, told by its words, were liked in a month (its first day)."""

    month: datetime
    topic: str
    n_liked: int


@dataclass(frozen=True, slots=True)
class InterestDrift:
    """Topics of the likes by month; `likeness` of the newest third to the rest, -1 to 1."""

    months: tuple[MonthlyLikes, ...]
    likeness: float
    newest_words: tuple[str, ...]


def profile_report(
    store: Store, recommender: Recommender, settings: Settings, reader_id: str, now: datetime
) -> ProfileReport:
    """Return what is believed of a reader.

    Raises
    ------
    UnknownReader, ArtifactError
    """
    served = recommender.served()
    events = store.feedback.events(reader_id)
    interests = store.readers.interests(reader_id)
    states = learning_states(store.event_logs.get(reader_id), interests)
    meanings = meanings_of(store, reader_id, settings.meanings)
    weights = preference_weights(states, meanings, now)
    profiles = {x.interest_id: served.profile(x.interest_id, states, weights) for x in interests}
    known = {x.interest_id: x for x in interests}
    features = served.model.features
    return ProfileReport(
        interests=tuple(_about(x, profiles[x.interest_id], served, states) for x in interests),
        splits=tuple(
            SplitProposal(known[x.interest_id], x.words, tuple(served.paper_id(i) for i in x.rows))
            for x in user_profile.splits(profiles, features)
        ),
        merges=tuple(user_profile.merges(profiles, features)),
        moves=tuple(moves(events)),
    )


def _about(
    interest: Interest, profile: Profile, served: ServedModel, states: Mapping[str, PaperState]
) -> InterestReport:
    mine = [x for x in states.values() if x.interest_id == interest.interest_id]
    summary = user_profile.summary(profile, served.model.features)
    return InterestReport(
        interest=interest,
        summary=summary,
        typical=tuple(served.paper_id(row) for row in summary.typical),
        n_liked=sum(x.liked for x in mine),
        n_skipped=sum(x.rejected for x in mine),
    )


def map_points(
    store: Store, recommender: Recommender, drawn: TopicMap, reader_id: str, now: datetime
) -> list[MapPoint]:
    """Return the papers of a map, what the reader liked, skipped and would get next among them.

    Raises
    ------
    UnknownReader, ArtifactError
    """
    served = recommender.served()
    states = fold(store.feedback.events(reader_id))
    slate = recommender.recommend(reader_id, n=N_SUGGESTED, now=now, record=False)
    of_map = map(served.paper_id, drawn.rows.tolist())
    what = dict.fromkeys(filter(None, of_map), OTHER)
    what |= {x.paper_id: SUGGESTED for x in slate.items}
    what |= {k: found for k, x in states.items() if (found := _verdict(x))}
    ids = [x for x in what if served.rows_of([x])]
    rows = np.array(served.rows_of(ids), dtype=np.intp)
    points = topic_map.locate(drawn, served.model.features, rows)
    papers = store.catalogue.get_many(ids)
    return [
        MapPoint(paper_id, _titled(papers[paper_id]), float(x), float(y), what[paper_id])
        for paper_id, (x, y) in zip(ids, points, strict=True)
        if paper_id in papers
    ]


def _titled(paper: Paper) -> str:
    """Return a title, its status before it in brackets."""
    return " ".join((*(f"[{x.label}]" for x in badges(paper.statements)), paper.title))


def regions(recommender: Recommender, drawn: TopicMap) -> list[MapRegion]:
    """Return the regions of a map by their words; raises ArtifactError."""
    return topic_map.map_regions(drawn, recommender.served().model.features)


def drift(
    store: Store, recommender: Recommender, settings: Settings, reader_id: str
) -> InterestDrift:
    """Return how the topics of a reader's likes changed; no months while there are few likes.

    Raises
    ------
    ArtifactError
    """
    served = recommender.served()
    features = served.model.features
    events = learning_events(store.feedback.events(reader_id), store.readers.interests(reader_id))
    liked = _liked_in_order(events, served)
    rows = np.array([row for _, row in liked], dtype=np.intp)
    if rows.size < MIN_FOR_DRIFT:
        return InterestDrift((), float("nan"), ())
    of_row = user_profile.topics(rows, features, settings.seed)
    names = {
        int(t): ", ".join(user_profile.words_of(rows[of_row == t], features, 3)) for t in of_row
    }
    counts: dict[tuple[datetime, str], int] = {}
    for (at, _), topic in zip(liked, of_row.tolist(), strict=True):
        month = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        counts[month, names[topic]] = counts.get((month, names[topic]), 0) + 1
    newest = -(-rows.size // 3)
    return InterestDrift(
        months=tuple(MonthlyLikes(month, topic, n) for (month, topic), n in sorted(counts.items())),
        likeness=user_profile.likeness(rows[-newest:], rows[:-newest], features.embedding),
        newest_words=user_profile.words_of(rows[-newest:], features, 4),
    )


def _liked_in_order(events: list[Event], served: ServedModel) -> list[tuple[datetime, int]]:
    """Return when each paper that is liked now was first liked, and its row, oldest first."""
    states = fold(events)
    first: dict[str, datetime] = {}
    for event in active_events(events):
        if event.kind in POSITIVE and states[event.paper_id].liked:
            first.setdefault(event.paper_id, event.created_at)
    return [
        (at, row)
        for paper_id, at in sorted(first.items(), key=lambda x: x[1])
        for row in served.rows_of([paper_id])
    ]


def _verdict(state: PaperState) -> str:
    if state.liked:
        return LIKED
    return SKIPPED if state.rejected else ""
