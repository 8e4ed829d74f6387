"""An invented week: papers, a recommender that scores by table, and finished manifests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import isfinite, nan

from recommender.config import Settings
from recommender.digest.compose.compose import compose
from recommender.digest.compose.manifest import Before, DigestItem, Manifest, Share
from recommender.domain import (
    Author,
    Event,
    EventKind,
    Listing,
    Paper,
    Reason,
    Recommendation,
    Slate,
)
from recommender.recommend.personal_bar import PersonalBar

WEEK = "2026-W47"
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
ALL = {1: 0.9, 2: 0.8, 3: 0.7, 4: 0.6, 5: 0.4, 6: 0.3, 90: 9.0, 91: 9.0}


class Nothing:
    """Hides nothing, or what it is told."""

    def __init__(self, *ids: str) -> None:
        self.ids = frozenset(ids)

    def hidden(self, reader_id: str) -> frozenset[str]:
        return self.ids

    def hides(self, words: Sequence[str]) -> dict[str, frozenset[str]]:
        return dict.fromkeys(words, self.ids)


class TableRecommender:
    """Ranks a pool by a table of scores; a paper that is not in it is left out."""

    def __init__(self, scores: Mapping[str, float], *hidden: str) -> None:
        self.table = scores
        self.pools: list[set[str]] = []
        self.asked: list[int] = []
        self.muted = Nothing(*hidden)

    def recommend(
        self, reader_id: str, *, n: int, pool: Collection[str], now: datetime, **how: str | bool
    ) -> Slate:
        assert how == {"surface": "digest", "record": False}
        self.pools.append(set(pool))
        self.asked.append(n)
        best = sorted((x for x in pool if x in self.table), key=lambda x: -self.table[x])[:n]
        reason = Reason("words", "Shares “toys” with your likes.", words=("toys",))
        items = tuple(
            Recommendation(
                rank,
                x,
                "",
                self.table[x],
                {"als": self.table[x], "tfidf": float("nan")},
                (reason,),
            )
            for rank, x in enumerate(best, 1)
        )
        return Slate("random", reader_id, None, "digest", "model-1", now, items)

    def scores(self, reader_id: str, pool: Collection[str], now: datetime) -> dict[str, float]:
        return {x: self.table[x] for x in pool if isfinite(self.table.get(x, nan))}

    def bar(self, reader_id: str, now: datetime) -> PersonalBar:
        return PersonalBar(0.65, 0.25, 3)


def week_paper(number: int, day: int = 17, **more: object) -> Paper:
    """Return a paper published on a day of November 2026."""
    return Paper(
        title=f"Toys of kind {number}",
        identifiers=(f"arxiv:2611.{number:05d}",),
        authors=(Author(f"Family{number}", "Ada"),),
        published_at=datetime(2026, 11, day, tzinfo=UTC),
        year=2026,
        **more,  # type: ignore[arg-type]
    )


HOSTILE = Paper(
    title="<script>alert('x')</script> [a](javascript:1) & $\\pi$ \u202e",
    authors=(Author(literal="<b>Bad</b>\nActor"),),
    abstract="<img src=x onerror=alert(1)> First. " * 20,
    url="javascript:alert(1)",
    venue="\"quoted\" 'venue'",
    listings=(Listing("hf-daily-papers", datetime(2026, 11, 17, tzinfo=UTC)),),
)

BASE = "https://papers.example.org/loop"
ITEM = DigestItem(
    rank=1,
    paper_id="arxiv:2611.00001",
    title=r"Toys with $\pi$ wheels",
    score=1.25,
    authors=("Ada Ng", "Bo Øst"),
    date="2026-11-17",
    listed="2026-11-18",
    listed_by="hf-daily-papers",
    venue="Toy Letters",
    url="https://arxiv.org/abs/2611.00001",
    abstract="Toys have wheels. …",
    parts={"als": 1.0, "tfidf": 0.25},
    reasons=(Reason("liked", "Near “Old toys”, which you liked.", "arxiv:2501.00001"),),
    propensity=0.5,
    interest_id="me/general",
)


def manifest(**changes: object) -> Manifest:
    """Return a digest of one paper, with changes."""
    plain = Manifest(
        reader_id="me",
        reader="Ada",
        week=WEEK,
        zone="UTC",
        starts_at=MONDAY,
        ends_at=datetime(2026, 11, 23, tzinfo=UTC),
        composed_at=NEXT_MONDAY,
        slate_id="0" * 32,
        model="model-1",
        seed=0,
        bar=0.5,
        size=10,
        likes=12,
        judged=20,
        library_size=300,
        candidates=4,
        left_out={"judged": 1, "below_bar": 2},
        best_below=0.49,
        items=(ITEM,),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def linked(**changes: object) -> Manifest:
    """Return a digest that carries links, a year after one of another model and bar."""
    item = replace(ITEM, answers={x: f"{x}-token_1" for x in ("like", "skip", "save")})
    before = Before("2026-W45", 10, 2, 3, 4, 7, "model-0", 0.3, 5, ("dolls",), ("Rivers",))
    shares = (Share("me/general", "General", 1.0), Share("me/rivers", "Rivers", 0.5))
    links = {"base_url": BASE, "expires_at": datetime(2027, 1, 22, tzinfo=UTC)}
    some = {"items": (item,), "before": before, "interests": shares, "missed": ("2026-W46",)}
    return manifest(**{**links, "unsubscribe": "leave-1", **some, **changes})


def paper_id(number: int) -> str:
    return f"arxiv:2611.{number:05d}"


def judge(store, number: int, kind: str = "like", reader: str = "me") -> None:
    key = f"{reader}-{number}-{kind}"
    store.feedback.append(
        Event(key, reader, "general", paper_id(number), EventKind(kind), LONG_AGO)
    )


def made(store, scores, *, week=WEEK, now=NEXT_MONDAY, how=compose, reader="me", **settings):
    ranker = TableRecommender({paper_id(n): score for n, score in scores.items()})
    return how(store, ranker, reader, week=week, now=now, settings=settings_of(**settings))


def settings_of(**changes) -> Settings:
    return Settings(**{"digest_size": 3, "digest_bar": 0.5, **changes})
