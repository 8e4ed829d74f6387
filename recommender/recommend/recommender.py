"""The job that answers "what should I read next": model + history -> recorded slate.

Runs on every request of the app, the command line and the digest. Loads the
artefact once, and again only when a newer one serves or the catalogue changed;
papers that came after the fit are folded in.
"""

from __future__ import annotations

import threading
import uuid
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import numpy as np

from recommender.config import Settings
from recommender.domain import Candidate, Interest, Recommendation, Slate
from recommender.domain.history import EventLog
from recommender.errors import EmptyLibrary, NoModel, RecommenderError
from recommender.features.interactions import Profile
from recommender.ranking import pipeline
from recommender.ranking.calibration import CalibrationCurve
from recommender.ranking.explain.attribution import MIN_COSINE, closest
from recommender.ranking.rerank.interleaving import team_draft
from recommender.recommend.explanations import (
    BY_SET,
    MAX_EXPLAINED,
    items_of,
    reasons_of,
    reasons_of_similar,
)
from recommender.recommend.exploration import explored_share
from recommender.recommend.muted_terms import Muted
from recommender.recommend.personal_bar import PersonalBar, personal_bar
from recommender.recommend.reader_context import ReaderContext, scores_of
from recommender.recommend.reading_order import reading_order, unread_papers
from recommender.recommend.served_model import AT_ONCE, ServedModel
from recommender.recommend.trial import trial_of
from recommender.store import Store
from recommender.store.half_life import half_life_of
from recommender.training import artifacts, fit
from recommender.training.like_calibration import LikeCalibrator

NOTHING_THERE = (
    "The library is empty. Import papers with `paperloop import FILE`, or the starter "
    "catalogue with `paperloop import --starter`."
)

_SET = "set"
"""What stands for the interest where a set of papers is looked from."""


class Recommender:
    """Ranks papers for the readers of one library; threads may share it.

    Parameters
    ----------
    store
        The library.
    settings
        Where the models lie, the size of a slate, what events mean.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self.muted = Muted(store)
        """What readers have muted."""
        self._lock = threading.Lock()
        self._calibrator = LikeCalibrator(store)
        self._served: ServedModel | None = None
        self._folding: threading.Thread | None = None
        self._last: tuple[ReaderContext, ...] = ()

    @property
    def model_version(self) -> str:
        """The version of the model that serves; raises ArtifactError when none does."""
        return self._current().version

    def served(self) -> ServedModel:
        """Return the model that serves, with the current catalogue, for looking into it.

        Raises
        ------
        NoModel, ArtifactError
        """
        return self._current()

    def ensure_model(self, now: datetime, progress: Callable[[str], None] | None = None) -> None:
        """Fit a first model when there is none, without a sentence encoder.

        Raises
        ------
        EmptyLibrary
            There are no papers to fit on.
        ArtifactError
            There is a model, and it is damaged or of another library.
        """
        if not self._store.catalogue.count():
            raise EmptyLibrary(NOTHING_THERE)
        try:
            self._current()
        except NoModel:
            fit.fit_first(self._store, self._settings, now=now, progress=progress)

    def recommend(
        self,
        reader_id: str,
        *,
        interest_id: str | None = None,
        n: int | None = None,
        since: datetime | None = None,
        pool: Collection[str] | None = None,
        exclude: Collection[str] = (),
        now: datetime,
        surface: str = "app",
        record: bool = True,
        explained: int = MAX_EXPLAINED,
    ) -> Slate:
        """Return the reader's next slate, and keep it in the log.

        The same events, model, catalogue and arguments give the same slate
        under another `slate_id`. For the surface ``app``, more than `AT_ONCE` papers that came at
        once are folded in behind the request, and are in the slates after that. A caller that asked
        for the model before, as the pages do, has them all in this one.

        Parameters
        ----------
        interest_id
            One interest, whatever its share and also while it is paused; None gives every interest
            its share, and nothing where all are paused.
        n
            Most papers; default ``settings.slate_size``.
        since
            Only papers published or listed from this time on.
        pool
            Only these papers; None for the whole catalogue.
        exclude
            Papers not to show, in addition to those the reader has judged, opened or muted.
        explained
            How many of the first papers get reasons; they take most of a slate's time.

        Returns
        -------
        Slate
            Best first, never padded; may be empty.

        Raises
        ------
        UnknownReader, UnknownInterest, ArtifactError
        """
        interests = self._interests(reader_id, interest_id)
        in_app = surface == "app" and pool is None
        context = self._read(reader_id, interests, now, may_leave_papers=in_app)
        served, log = context.served, context.log
        seen = (x.paper_id for x in log.states.values() if x.seen)
        hidden = self.muted.hidden(reader_id).union(exclude)
        paused = all(x.paused for x in interests)
        n, rows = n or self._settings.slate_size, served.pool(() if paused else pool, since)
        excluded = served.gone.union(served.rows_of(seen), served.rows_of(hidden))
        tried = trial_of(self._store, log.reader_id)
        explored = self._explored(reader_id, surface) if tried is None else 0.0

        def rank(ranked: ReaderContext) -> list[Candidate]:
            return pipeline.rank(
                served.model,
                ranked.profiles,
                scorers=ranked.scorers,
                n=n,
                pool=rows,
                exclude=excluded,
                now=now,
                seed=self._settings.seed,
                options=pipeline.SlateOptions(explore=explored),
            )

        candidates = rank(context)
        if tried is not None and context.scorers:
            other = self._context(served, log, interests, now, tried)
            coin = zlib.crc32(f"{log.reader_id} {log.last_event_id} {now.date()}".encode())
            candidates = team_draft(candidates, rank(other), n, coin + self._settings.seed)
        titles = self._titles([served.paper_id(x.paper_index) for x in candidates])
        papers = self._store.paper_cache.get_many
        slate = Slate(
            slate_id=str(uuid.uuid4()),
            reader_id=reader_id,
            interest_id=interest_id,
            surface=surface,
            model=served.version,
            created_at=now,
            items=items_of(
                served,
                candidates,
                reasons_of(served, context.scorers, candidates, papers, n=explained),
                lambda _: titles,
                self._calibrator.curve(log, served.shared),
            ),
        )
        if record and not self._store.database.is_read_only:
            self._store.feedback.record_slate(slate)
        return slate

    def onboarding_items(self, reader_id: str, *, n: int = 12, now: datetime) -> list[str]:
        """Return papers to choose a first few likes from: ids, the widest topic first.

        They cover the topics of the catalogue and are told apart easily; topics that
        the reader has judged papers of come later. The same until something changed.

        Returns
        -------
        list[str]
            At most `n`; may be empty.

        Raises
        ------
        UnknownReader, ArtifactError
        """
        reader_id = self._store.readers.get(reader_id).reader_id
        served = self._current()
        states = self._store.event_logs.get(reader_id).states.values()
        judged = served.rows_of(x.paper_id for x in states if x.judged)
        rows = pipeline.onboarding_items(
            served.model, n=n, judged=judged, exclude=served.gone, now=now
        )
        return [served.paper_id(row) for row in rows]

    def scores(self, reader_id: str, pool: Collection[str], now: datetime) -> dict[str, float]:
        """Return the scores of a pool without a slate, see `scores_of`; raises as `recommend`."""
        interests = self._interests(reader_id, None)
        return scores_of(self._read(reader_id, interests, now), pool)

    def bar(self, reader_id: str, now: datetime) -> PersonalBar | None:
        """Return how good a paper must be for a reader, from what this reader likes.

        None where nothing is known of the reader's taste; raises as `recommend`.
        """
        context = self._read(reader_id, self._interests(reader_id, None), now)
        return personal_bar(context, self._calibrator.curve(context.log, context.served.shared))

    def curve(self, reader_id: str) -> CalibrationCurve | None:
        """Return what a score of `scores` means to a reader, as `Recommendation.chance` says it.

        None while the reader has answered too little to say.
        """
        return self._calibrator.curve(self._store.event_logs.get(reader_id), self._current().shared)

    def similar(self, paper_id: str, n: int = 10) -> list[Recommendation]:
        """Return the papers nearest in content to one paper, best first; may be empty.

        Raises
        ------
        UnknownPaper, ArtifactError
        """
        paper = self._store.catalogue.get(paper_id)
        served = self._current()
        for row in served.rows_of([paper.paper_id]):
            candidates = pipeline.similar(served.model, row, n=n, exclude=served.gone)
            catalogue = self._store.catalogue
            reasons = reasons_of_similar(served, row, candidates, paper.title, catalogue.get_many)
            return list(items_of(served, candidates, reasons, catalogue.titles))
        return []

    def similar_to_set(
        self,
        paper_ids: Collection[str],
        n: int = 50,
        *,
        exclude: Collection[str] = (),
        now: datetime,
    ) -> list[Recommendation]:
        """Return the papers nearest to a set of papers, best first; may be empty.

        Papers that are close to none of the set are left out.
        They are ranked as for a reader with one interest whose likes are the set. Nothing is
        written, and nothing that a reader has done counts.

        Parameters
        ----------
        paper_ids
            The set; unknown papers are left out. A set on several subjects gives each its share.
        exclude
            Papers not to show, in addition to those of the set.

        Raises
        ------
        ArtifactError
        """
        served = self._current()
        catalogue = self._store.catalogue
        known = catalogue.resolve(paper_ids).values()
        profiles = {_SET: (Profile.of(sorted(set(served.rows_of(known)))), 1.0)}
        scorers = pipeline.user_scorers(served.model, profiles)
        if not scorers:
            return []
        candidates = pipeline.rank(
            served.model,
            profiles,
            scorers=scorers,
            n=n,
            exclude=served.gone.union(served.rows_of(exclude)),
            now=now,
            seed=self._settings.seed,
        )
        reasons = reasons_of(served, scorers, candidates, catalogue.get_many, BY_SET, n=n)
        # Far papers are ranked too, where there are not enough near ones.
        rows = np.array([x.paper_index for x in candidates], dtype=np.intp)
        alike = closest(served.model.features, profiles[_SET][0].liked, rows) >= MIN_COSINE
        # The set is no interest of a reader, so nothing that is answered belongs to it.
        near = [
            (replace(x, interest_id=None), why)
            for x, why, is_alike in zip(candidates, reasons, alike, strict=True)
            if is_alike or any(y.kind == BY_SET.kind for y in why)
        ]
        return list(items_of(served, [x for x, _ in near], [y for _, y in near], catalogue.titles))

    def reading_order(self, reader_id: str, *, now: datetime) -> list[Recommendation]:
        """Return the papers that a reader keeps to read, in the order to read them, each with why.

        These are `reading_order.unread_papers`. Those that nothing is known to rank by come last,
        the newest first, with score 0 and no reason. Nothing is recorded.

        Raises
        ------
        UnknownReader, ArtifactError
        """
        interests = self._interests(reader_id, None)
        served = self._current(x.about for x in interests)
        log = self._store.event_logs.get(interests[0].reader_id)
        unread = unread_papers(self._store, log)
        half_life_days = half_life_of(self._store, log.reader_id)
        catalogue = self._store.catalogue

        def without(papers: Sequence[str]) -> ReaderContext:
            return ReaderContext.of(
                served, log, interests, self._settings, now, papers, half_life_days
            )

        candidates, reasons = reading_order(served, unread, without, catalogue.get_many)
        curve = self._calibrator.curve(log, served.shared)
        ranked = items_of(served, candidates, reasons, catalogue.titles, curve)
        known = {x.paper_id for x in ranked}
        titles = catalogue.titles([x for x in unread if x not in known])
        rest = enumerate(titles.items(), len(ranked) + 1)
        return [*ranked, *(Recommendation(rank, x, title, 0.0) for rank, (x, title) in rest)]

    def _current(
        self, sentences: Iterable[str] = (), *, may_leave_papers: bool = False
    ) -> ServedModel:
        """Return the model that serves, loaded or caught up when something changed.

        Parameters
        ----------
        may_leave_papers
            Whether many new papers may still be folded in behind this request, see `AT_ONCE`.
        """
        version = artifacts.latest_version(self._settings.models_dir)
        revision = self._store.catalogue.revision()
        with self._lock:
            served = self._served
            if served is None or served.version != version:
                served = ServedModel.load(self._settings.models_dir, self._store)
            most = AT_ONCE if may_leave_papers and served.is_caught_up else None
            if (
                served.revision != revision
                or not served.is_caught_up
                or (served.pending and most is None)
            ):
                served = served.caught_up(self._store, revision, most)
            served = served.with_sentences(sentences)
            self._served = served
            if served.pending and (self._folding is None or not self._folding.is_alive()):
                self._folding = threading.Thread(target=self._fold, args=(served,), name="fold")
                self._folding.start()
        return served

    def _fold(self, served: ServedModel) -> None:
        """Fold pending papers in, and let them serve unless something else changed meanwhile."""
        with suppress(RecommenderError):
            whole = served.caught_up(self._store, served.revision)
            with self._lock:
                if self._served is served:
                    self._served = whole

    def _read(
        self,
        reader_id: str,
        interests: Sequence[Interest],
        now: datetime,
        *,
        may_leave_papers: bool = False,
    ) -> ReaderContext:
        """Return the log as the model reads it, with the half-life that the reader chose."""
        served = self._current((x.about for x in interests), may_leave_papers=may_leave_papers)
        log = self._store.event_logs.get(reader_id)
        half_life_days = half_life_of(self._store, log.reader_id)
        return self._context(served, log, interests, now, half_life_days)

    def _context(
        self,
        served: ServedModel,
        log: EventLog,
        interests: Sequence[Interest],
        now: datetime,
        half_life_days: float | None,
    ) -> ReaderContext:
        """Return a log as the model reads it with a half-life; the last two are kept.

        A digest asks twice, and a trial asks with two half-lives each time.
        """
        last = self._last
        for context in last:
            if context.is_of(served, log, interests, now, half_life_days):
                return context
        context = ReaderContext.of(
            served, log, interests, self._settings, now, half_life_days=half_life_days
        )
        self._last = (context, *last[:1])
        return context

    def _titles(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the titles of a slate; one that a page shows whole is read whole, and once."""
        if len(ids) > MAX_EXPLAINED:
            return self._store.catalogue.titles(ids)
        return {x: paper.title for x, paper in self._store.paper_cache.get_many(ids).items()}

    def _explored(self, reader_id: str, surface: str) -> float:
        """Return which part of the positions the reader wants drawn; none in a digest."""
        return 0.0 if surface == "digest" else explored_share(self._store, reader_id)

    def _interests(self, reader_id: str, interest_id: str | None) -> Sequence[Interest]:
        if interest_id is not None:
            asked = self._store.readers.interest(reader_id, interest_id)
            return [replace(asked, share=1.0, paused=False)]
        return self._store.readers.interests(reader_id)
