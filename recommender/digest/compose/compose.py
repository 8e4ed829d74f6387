"""One issue of one reader, composed once: window, pool, ranking, choice, manifest.

The pool of an issue is what is new in its window (`store.catalogue.recency`),
without what the reader has judged, opened, muted, or was shown in another digest. One
ranking orders it; the bar, not the size, decides how many papers a thin week has.
Runs when asked; writes through the store only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING

from recommender.config import Settings
from recommender.digest.action_tokens import Signer
from recommender.digest.compose.changes import before_of
from recommender.digest.compose.eligibility import Pool, eligible_papers
from recommender.digest.compose.exclusions import pack
from recommender.digest.compose.manifest import (
    CHANCE,
    FIXED,
    LIKES,
    WEEK,
    DigestItem,
    FoundPaper,
    Manifest,
    SearchNews,
    Share,
    StatusChange,
    finite,
)
from recommender.digest.compose.select import Rules, SelectionResult, choose, n_asked, seed_of
from recommender.digest.compose.window import WindowCache, last_before, window_of
from recommender.digest.render.excerpt import excerpt
from recommender.digest.subscription import Subscription, subscription_of
from recommender.domain import (
    Interest,
    Listing,
    Paper,
    Reader,
    Reason,
    Recommendation,
    Slate,
)
from recommender.domain.status import LABELS
from recommender.escaping import link_of, one_line, web_url
from recommender.private_files import signing_key
from recommender.recommend.exploration import explored_share
from recommender.recommend.muted_terms import muted_words
from recommender.recommend.search_news import hits_of_searches
from recommender.recommend.status_alerts import status_alerts
from recommender.recommend.trial import trial_of
from recommender.store import Store

if TYPE_CHECKING:
    from recommender.recommend.recommender import Recommender

LINKS_LAST = timedelta(days=60)
"""How long the links of an issue work after it was composed."""

FOUND_SHOWN, MOST_AUTHORS = 5, 6
"""Papers named under a saved search, and authors named of each."""

ANSWERS = ("like", "skip", "save")
"""What the links under a paper ask for."""


def compose(
    store: Store,
    recommender: Recommender,
    reader_id: str,
    *,
    week: str,
    now: datetime,
    settings: Settings,
    windows: WindowCache | None = None,
) -> Manifest:
    """Return the reader's digest of a week or a day, composed and stored if it was not yet.

    What is stored wins: the same week again is the same manifest, whatever has
    changed since. Its papers are recorded as shown.

    Parameters
    ----------
    windows
        Shared by the calls for many readers, so that a week is read once.

    Raises
    ------
    UnknownReader
        There is no such reader.
    DigestError
        There is no such week, it has not begun, or the stored digest is damaged.
    """
    reader = store.readers.get(reader_id)
    stored = store.digests.get(reader.reader_id, week)
    if stored is None:
        fresh = _composed(
            store, recommender, reader, week, now, settings, windows or WindowCache(store)
        )
        papers = [x.paper_id for x in fresh.items]
        stored = store.digests.save(reader.reader_id, week, fresh.to_json(), papers, now)
    manifest = Manifest.from_json(stored)
    if manifest.items and store.feedback.slate(manifest.slate_id) is None:
        store.feedback.record_slate(slate_of(manifest))
    return manifest


def preview(
    store: Store,
    recommender: Recommender,
    reader_id: str,
    *,
    week: str,
    now: datetime,
    settings: Settings,
    windows: WindowCache | None = None,
) -> Manifest:
    """Return what `compose` would return now, storing nothing; raises the same errors."""
    reader = store.readers.get(reader_id)
    stored = store.digests.get(reader.reader_id, week)
    if stored is not None:
        return Manifest.from_json(stored)
    windows = windows or WindowCache(store)
    with store.database.snapshot():
        return _composed(store, recommender, reader, week, now, settings, windows)


def slate_of(manifest: Manifest) -> Slate:
    """Return the digest as the slate that its reader was shown."""
    items = tuple(
        Recommendation(
            rank=x.rank,
            paper_id=x.paper_id,
            title=x.title,
            score=x.score,
            parts=x.parts,
            reasons=x.reasons,
            propensity=x.propensity,
            interest_id=x.interest_id,
            chance=x.chance,
            drawn_from=x.drawn_from,
            team=x.team,
        )
        for x in manifest.items
    )
    return Slate(
        slate_id=manifest.slate_id,
        reader_id=manifest.reader_id,
        interest_id=None,
        surface="digest",
        model=manifest.model,
        created_at=manifest.composed_at,
        items=items,
    )


def item_of(ranked: Recommendation, paper: Paper) -> DigestItem:
    """Return the paper at its place; text on single lines, the link a web address or empty."""
    listing = _newest_listing(paper)
    return DigestItem(
        rank=ranked.rank,
        paper_id=paper.paper_id,
        title=one_line(paper.title),
        score=float(ranked.score),
        authors=tuple(one_line(x.name) for x in paper.authors if one_line(x.name)),
        date=_date(paper),
        listed=listing.listed_at.date().isoformat() if listing and listing.listed_at else "",
        listed_by=one_line(listing.source) if listing else "",
        venue=one_line(paper.venue),
        url=link_of(paper),
        abstract=excerpt(paper.abstract),
        abstract_is_summary=paper.abstract_is_summary,
        parts=finite(ranked.parts),
        reasons=tuple(replace(x, text=one_line(x.text)) for x in ranked.reasons),
        propensity=float(ranked.propensity),
        interest_id=ranked.interest_id,
        status=LABELS.get(paper.status, ""),
        chance=None if ranked.chance is None else float(ranked.chance),
        drawn_from=finite(ranked.drawn_from),
        team=ranked.team,
    )


def _newest_listing(paper: Paper) -> Listing | None:
    dated = [(x.listed_at, x) for x in paper.listings if x.listed_at is not None]
    return max(dated, key=lambda pair: pair[0])[1] if dated else None


def _date(paper: Paper) -> str:
    if paper.published_at is not None:
        return paper.published_at.date().isoformat()
    return "" if paper.year is None else str(paper.year)


def _composed(
    store: Store,
    recommender: Recommender,
    reader: Reader,
    week: str,
    now: datetime,
    settings: Settings,
    windows: WindowCache,
) -> Manifest:
    me, subscription = reader.reader_id, subscription_of(store, reader, settings)
    last = last_before(store, me, week)
    window = window_of(windows, last, week, now, subscription.zone)
    pool = eligible_papers(store, me, window, recommender.muted.hidden(me))
    interests = store.readers.interests(me)
    ranked = _ranked(
        recommender, me, interests, pool, _rules(store, me, week, subscription, settings), now
    )
    exclusions = _with_closed(ranked.choice, pool)
    shares = tuple(Share(x.interest_id, one_line(x.name), x.share_now) for x in interests)
    muted = tuple(map(one_line, muted_words(store, me)))
    links = _Links.of(settings, me, week, now)
    return Manifest(
        reader_id=me,
        reader=one_line(reader.name),
        week=week,
        zone=subscription.zone,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        composed_at=now,
        slate_id=_slate_id(me, week),
        model=ranked.model,
        seed=settings.seed,
        bar=ranked.rules.bar,
        bar_kind=ranked.bar_kind,
        bar_chance=ranked.bar_chance,
        size=subscription.size,
        likes=pool.likes,
        judged=pool.verdicts,
        library_size=windows.library_size,
        candidates=len(window.papers),
        left_out={why: len(papers) for why, papers in exclusions.items()},
        best_below=ranked.choice.best_below,
        items=_items(ranked, window.papers, links),
        missed=window.missed,
        interests=shares,
        muted=muted,
        explore=ranked.rules.explore,
        before=before_of(last, pool.states, muted, shares),
        fates=pack(exclusions),
        base_url=links.base_url,
        expires_at=links.expires_at,
        unsubscribe=links.token("", "unsubscribe"),
        status_changes=_status_changes(store, me, last),
        searches=_searches(store, me, {x: window.papers[x] for x in pool.open_ids}),
    )


def _searches(store: Store, reader_id: str, papers: Mapping[str, Paper]) -> tuple[SearchNews, ...]:
    """Return what the reader's saved searches find among the papers that may be shown."""
    return tuple(
        SearchNews(
            one_line(x.search.name),
            x.search.author,
            len(x.papers),
            tuple(
                FoundPaper(
                    paper.paper_id,
                    one_line(paper.title),
                    tuple(one_line(a.name) for a in paper.authors[:MOST_AUTHORS] if a.name),
                    _date(paper),
                    link_of(paper),
                )
                for paper in x.papers[:FOUND_SHOWN]
            ),
        )
        for x in hits_of_searches(store, reader_id, papers)
    )


def _status_changes(
    store: Store, reader_id: str, last: Manifest | None
) -> tuple[StatusChange, ...]:
    """Return the likes that are retracted or in doubt since the issue before, each said once."""
    news = (
        x
        for x in status_alerts(store, reader_id)
        if last is None or x.recorded_at > last.composed_at
    )
    return tuple(
        StatusChange(x.paper_id, one_line(x.title), x.label, web_url(x.notice)) for x in news
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """What came of ranking a pool; `model` is empty when there was nothing to rank."""

    model: str
    rules: Rules
    choice: SelectionResult
    bar_kind: str = FIXED
    bar_chance: float | None = None


def _rules(
    store: Store, reader_id: str, week: str, subscription: Subscription, settings: Settings
) -> Rules:
    # A trial shares the places between two rankers; a drawn paper is neither one's choice.
    tries = trial_of(store, reader_id) is not None
    explore = 0.0 if tries else explored_share(store, reader_id)
    return Rules(
        subscription.size, subscription.bar, explore, seed_of(settings.seed, reader_id, week)
    )


def _ranked(
    recommender: Recommender,
    reader_id: str,
    interests: Sequence[Interest],
    pool: Pool,
    rules: Rules,
    now: datetime,
) -> _Ranked:
    kind, chance = FIXED, None
    if not pool.likes:
        rules = replace(rules, bar=None)
    if not pool.open_ids:
        return _Ranked("", rules, SelectionResult((), {}))
    own = recommender.bar(reader_id, now) if pool.likes and rules.bar is None else None
    n, ids = n_asked(interests, rules), pool.open_ids
    slate = recommender.recommend(reader_id, n=n, pool=ids, now=now, surface="digest", record=False)
    items = [x for x in slate.items if isfinite(x.score)]
    if own is not None:
        best = max(items, key=lambda x: x.score, default=None)
        this_week = own if best is None else own.in_week(best.score, best.chance)
        rules, chance = replace(rules, bar=this_week.score), this_week.chance
        kind = WEEK if this_week is not own else LIKES if chance is None else CHANCE
    scores = recommender.scores(reader_id, ids, now) if len(items) < len(ids) else {}
    return _Ranked(slate.model, rules, choose(items, scores, ids, rules), kind, chance)


def _with_closed(choice: SelectionResult, pool: Pool) -> dict[str, Mapping[str, float | None]]:
    exclusions: dict[str, Mapping[str, float | None]] = dict(choice.exclusions)
    for why in ("judged", "opened", "shown", "muted", "status"):
        papers = {x: None for x, reason in pool.closed.items() if reason == why}
        if papers:
            exclusions[why] = papers
    return exclusions


def _items(ranked: _Ranked, papers: Mapping[str, Paper], links: _Links) -> tuple[DigestItem, ...]:
    choice, bar = ranked.choice, ranked.rules.bar
    below = [replace(x, reasons=(_below(x.score, bar or 0.0), *x.reasons)) for x in choice.below]
    return tuple(
        replace(
            item_of(x, papers[x.paper_id]),
            explored=x.paper_id == choice.drawn,
            below_bar=not choice.chosen,
            answers={a: links.token(x.paper_id, a) for a in ANSWERS} if links.base_url else {},
        )
        for x in (*choice.chosen, *below)
    )


def _below(score: float, bar: float) -> Reason:
    return Reason("below_bar", f"Below your bar: a score of {score:.2f}, and the bar is {bar:.2f}.")


@dataclass(frozen=True, slots=True)
class _Links:
    """Makes the tokens of one issue; none where no address of the app is set."""

    signer: Signer | None
    reader_id: str
    week: str
    base_url: str
    expires_at: datetime | None

    @classmethod
    def of(cls, settings: Settings, reader_id: str, week: str, now: datetime) -> _Links:
        base_url = settings.base_url.rstrip("/")
        if not base_url:
            return cls(None, reader_id, week, "", None)
        signer = Signer(signing_key(settings.data_dir).encode())
        expires_at = (now + LINKS_LAST).replace(microsecond=0)
        return cls(signer, reader_id, week, base_url, expires_at)

    def token(self, paper_id: str, action: str) -> str:
        if self.signer is None or self.expires_at is None:
            return ""
        return self.signer.token(self.reader_id, self.week, paper_id, action, self.expires_at)


def _slate_id(reader_id: str, week: str) -> str:
    """Name the slate by its digest, so that a crash between two writes is made good later."""
    return hashlib.sha256(f"digest {reader_id} {week}".encode()).hexdigest()[:32]
