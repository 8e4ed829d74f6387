"""The verbs of the API: each takes the open library of one reader and a request, gives an answer.

They call the jobs that the pages and the command line call. Those that look write nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import tempfile
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from recommender import domain
from recommender.config import Settings
from recommender.digest.compose.compose import preview
from recommender.digest.compose.manifest import Manifest
from recommender.digest.periods import day_of, in_order, week_of
from recommender.digest.subscription import subscription_of
from recommender.errors import DigestError, InvalidValue, StoreBusy, UnknownFormat
from recommender.escaping import link_of, web_url
from recommender.export import FORMATS, render
from recommender.library import export_selection
from recommender.recommend.recommender import Recommender
from recommender.store import Annotation, Store
from recommender.store import ReadingList as StoredList
from recommender.training.fit import refit_if_due
from ui.api import models

MAX_FOUND = 1_000
"""How far a search can be paged through."""
MAX_REFUSALS = 150
CURRENT = "current"
_Record = TypeVar("_Record")
_importing = threading.BoundedSemaphore(1)


@dataclass(frozen=True, slots=True)
class Session:
    """The open library, the reader who asks, and the time."""

    settings: Settings
    store: Store
    recommender: Recommender
    reader_id: str
    now: datetime


# ---- suggestions and papers --------------------------------------------------------------------


def get_reader(session: Session, asked: models.GetReader) -> models.Reader:
    """Return the reader and their interests."""
    reader = session.store.readers.get(session.reader_id)
    interests = [
        models.Interest(
            interest_id=x.interest_id, name=x.name, share=x.share, paused=x.paused, about=x.about
        )
        for x in session.store.readers.interests(reader.reader_id)
    ]
    return models.Reader(reader_id=reader.reader_id, name=reader.name, interests=interests)


def recommend(session: Session, asked: models.Recommend) -> models.Slate:
    """Suggest papers, best first, each with a reason. Records nothing."""
    return _recommend(session, asked, record=False)


def recommend_and_record(session: Session, asked: models.Recommend) -> models.Slate:
    """Suggest papers and record them as shown, for a program that shows them to the reader."""
    return _recommend(session, asked, record=True)


def _recommend(session: Session, asked: models.Recommend, *, record: bool) -> models.Slate:
    pool = None
    if asked.venue is not None:
        pool = session.store.filters.of_venue(asked.venue, asked.year)
    since = None
    if asked.since is not None:
        since = datetime(asked.since.year, asked.since.month, asked.since.day, tzinfo=UTC)
    slate = session.recommender.recommend(
        session.reader_id,
        interest_id=_interest_id(session, asked.interest) if asked.interest else None,
        n=asked.n,
        since=since,
        pool=pool,
        now=session.now,
        surface="api",
        record=record,
    )
    return models.Slate(
        reader_id=slate.reader_id,
        interest_id=slate.interest_id,
        slate_id=slate.slate_id if record else None,
        model=slate.model,
        items=_items(session, slate.items),
    )


def search(session: Session, asked: models.Search) -> models.SearchPage:
    """Search the catalogue; at most the first 1,000 papers can be paged through."""
    start = _offset(asked.cursor)
    wanted = min(start + asked.limit + 1, MAX_FOUND)
    found = session.store.catalogue.find(asked.query, wanted, newest=asked.newest)
    hits = found.hits[start : start + asked.limit]
    papers = session.store.catalogue.get_many([paper_id for paper_id, _ in hits])
    ranked = [
        domain.Recommendation(rank, paper_id, papers[paper_id].title, score)
        for rank, (paper_id, score) in enumerate(hits, start + 1)
        if paper_id in papers
    ]
    more = len(found.hits) > start + asked.limit
    return models.SearchPage(
        query=asked.query,
        total=found.total,
        notes=list(found.notes),
        items=_items(session, ranked, papers),
        next_cursor=_cursor(start + asked.limit) if more else None,
    )


def similar(session: Session, asked: models.Similar) -> models.Items:
    """Return the papers nearest to one paper, or to several together."""
    ids = list(session.store.catalogue.require(asked.paper_id).values())
    if len(ids) == 1:
        items = session.recommender.similar(ids[0], asked.n)
    else:
        items = session.recommender.similar_to_set(ids, asked.n, exclude=ids, now=session.now)
    return models.Items(items=_items(session, items))


def get_paper(session: Session, asked: models.GetPaper) -> models.Paper:
    """Return all that is known of a paper, and what the reader did with it."""
    paper = session.store.catalogue.get(asked.paper_id)
    state = session.store.event_logs.get(session.reader_id).states.get(paper.paper_id)
    held = session.store.annotations.all(session.reader_id).get(paper.paper_id, Annotation())
    return models.Paper(
        paper_id=paper.paper_id,
        title=paper.title,
        abstract=paper.abstract,
        abstract_is_summary=paper.abstract_is_summary,
        authors=[x.name for x in paper.authors],
        year=paper.year,
        published=paper.published_at.date() if paper.published_at else None,
        venue=paper.venue,
        url=link_of(paper),
        kind=paper.kind,
        identifiers=list(paper.identifiers),
        publication_status=paper.status,
        listings=[
            models.Listing(
                source=x.source,
                listed=x.listed_at.date() if x.listed_at else None,
                upvotes=x.upvotes,
            )
            for x in paper.listings
        ],
        citations=paper.citations,
        verdict=state.verdict.value if state and state.verdict else None,  # type: ignore[arg-type]
        saved=bool(state and state.saved),
        opened=bool(state and state.opened),
        reading_status=held.status,
        tags=list(held.tags),
        note=held.note,
    )


# ---- feedback ----------------------------------------------------------------------------------


def add_feedback(session: Session, asked: models.AddFeedback) -> models.Events:
    """Record events in their order, all or none; the next suggestions show their effect."""
    first = session.store.readers.interests(session.reader_id)[0].interest_id
    events = [
        domain.Event(
            client_key=x.key or f"api:{uuid.uuid4()}",
            reader_id=session.reader_id,
            interest_id=_interest_id(session, x.interest) if x.interest else first,
            paper_id=x.paper_id,
            kind=x.kind,
            created_at=session.now,
            slate_id=x.slate_id,
            undoes=x.undoes,
        )
        for x in asked.events
    ]
    stored = session.store.feedback.append_many(events)
    refit_if_due(session.store, session.settings)
    return models.Events(events=[_event(x) for x in stored])


def list_feedback(session: Session, asked: models.ListFeedback) -> models.EventPage:
    """Return the reader's log page by page, oldest first."""
    after = _offset(asked.cursor)
    events = session.store.feedback.events(session.reader_id, after, asked.limit + 1)
    page = events[: asked.limit]
    more = len(events) > asked.limit
    return models.EventPage(
        events=[_event(x) for x in page],
        next_cursor=_cursor(page[-1].event_id) if more else None,
    )


def _event(event: domain.Event) -> models.Event:
    return models.Event(
        event_id=event.event_id,
        key=event.client_key,
        kind=event.kind,
        paper_id=event.paper_id,
        interest_id=event.interest_id,
        slate_id=event.slate_id,
        undoes=event.undoes,
        created_at=event.created_at,
    )


# ---- reading lists -----------------------------------------------------------------------------


def list_lists(session: Session, asked: models.ListLists) -> models.ListPage:
    """Return the reading lists page by page, oldest first."""
    owned = session.store.reading_lists.list(session.reader_id)
    page, cursor = _page(owned, asked.limit, asked.cursor, lambda x: x.list_id)
    return models.ListPage(lists=[_list(x) for x in page], next_cursor=cursor)


def create_list(session: Session, asked: models.CreateList) -> models.ReadingList:
    """Create a reading list, empty or with papers."""
    lists = session.store.reading_lists
    papers = list(session.store.catalogue.require(asked.paper_ids).values())
    made = lists.create(session.reader_id, asked.name, session.now, asked.about)
    return _list(lists.extend(made.list_id, papers, session.now) if papers else made)


def get_list(session: Session, asked: models.GetList) -> models.ListWithPapers:
    """Return a reading list with its papers, page by page."""
    held = session.store.reading_lists.get(session.reader_id, asked.slug)
    page, cursor = _page(held.entries, asked.limit, asked.cursor, lambda x: x.paper_id)
    titles = session.store.catalogue.titles([x.paper_id for x in page])
    papers = [
        models.ListEntry(
            paper_id=x.paper_id,
            title=titles.get(x.paper_id, ""),
            note=x.note,
            added_at=x.added_at,
        )
        for x in page
    ]
    return models.ListWithPapers(**_list(held).model_dump(), papers=papers, next_cursor=cursor)


def change_list(session: Session, asked: models.ChangeList) -> models.ReadingList:
    """Rename a reading list, or say what it is for; its slug stays."""
    lists = session.store.reading_lists
    held = lists.get(session.reader_id, asked.slug)
    if asked.name is not None:
        held = lists.rename(held.list_id, asked.name)
    if asked.about is not None:
        held = lists.describe(held.list_id, asked.about)
    return _list(held)


def delete_list(session: Session, asked: models.DeleteList) -> models.Done:
    """Delete a reading list; its papers stay in the library."""
    lists = session.store.reading_lists
    lists.delete(lists.get(session.reader_id, asked.slug).list_id)
    return models.Done()


def add_to_list(session: Session, asked: models.AddToList) -> models.ReadingList:
    """Add papers to the end of a reading list; those on it stay where they are."""
    lists = session.store.reading_lists
    held = lists.get(session.reader_id, asked.slug)
    return _list(lists.extend(held.list_id, asked.paper_ids, session.now))


def remove_from_list(session: Session, asked: models.RemoveFromList) -> models.ReadingList:
    """Remove papers from a reading list; those that are not on it change nothing."""
    lists = session.store.reading_lists
    held = lists.get(session.reader_id, asked.slug)
    return _list(lists.take_out(held.list_id, asked.paper_id))


def _list(held: StoredList) -> models.ReadingList:
    return models.ReadingList(
        slug=held.list_id.partition("/")[2],
        list_id=held.list_id,
        name=held.name,
        about=held.about,
        n_papers=len(held.entries),
        created_at=held.created_at,
    )


# ---- export and import -------------------------------------------------------------------------


def export(session: Session, asked: models.Export) -> models.Exported:
    """Export papers as BibTeX, RIS, Markdown and more, with the reader's tags and notes."""
    store, me = session.store, session.reader_id
    if asked.slug is not None:
        selection = export_selection.listed(store, me, asked.slug)
    elif asked.query is not None:
        selection = export_selection.searched(store, me, asked.query)
    elif asked.week is not None:
        selection = export_selection.digested(store, me, asked.week)
    elif asked.paper_id:
        selection = export_selection.named(store, me, asked.paper_id)
    elif asked.papers == "all":
        selection = export_selection.everything(store, me)
    else:
        selection = export_selection.judged(store, me, saved=asked.papers == "saved")
    wanted = FORMATS[asked.format]
    return models.Exported(
        text=render(selection.papers, wanted.name, selection.heading),
        media_type=wanted.media_type,
        file_name=f"papers{wanted.extension}",
    )


def import_papers(session: Session, asked: models.ImportPapers) -> models.Imported:
    """Import papers from a file; importing the same file again changes nothing."""
    # Loading the readers of files takes half a second, and most servers are not asked for it.
    from recommender.ingest import subprocess_import  # noqa: PLC0415

    interest_id = None
    if asked.role != "catalogue":
        interest_id = _interest_id(session, asked.interest)
    if not _importing.acquire(blocking=False):
        raise StoreBusy("Another import is running; try again when it has finished.")
    try:
        with tempfile.TemporaryDirectory(prefix="paperloop-") as folder:
            path = Path(folder) / asked.file_name
            path.write_bytes(asked.content)
            report = subprocess_import.in_child(
                session.settings.url,
                [path],
                now=session.now,
                role=asked.role,
                reader_id=session.reader_id if interest_id else None,
                interest_id=interest_id,
                max_minutes=session.settings.import_minutes,
            )
    finally:
        _importing.release()
    (file,) = report.files
    if not file.format and file.refused:
        raise UnknownFormat(file.refused[0].why)
    if session.store.catalogue.count():
        session.recommender.ensure_model(session.now)
        refit_if_due(session.store, session.settings)
    return models.Imported(
        format=file.format,
        read=file.read,
        new=file.new,
        merged=file.merged,
        n_refused=len(file.refused),
        refused=[
            models.RefusedEntry(line=x.line, why=x.why[:500]) for x in file.refused[:MAX_REFUSALS]
        ],
        notes=list(file.notes[:10]),
    )


# ---- digest ------------------------------------------------------------------------------------


def list_digests(session: Session, asked: models.ListDigests) -> models.DigestPage:
    """Return which digests were issued, the newest first."""
    issued = list(reversed(in_order(session.store.digests.weeks(session.reader_id))))
    page, cursor = _page(issued, asked.limit, asked.cursor, str)
    return models.DigestPage(running=_running(session), issued=list(page), next_cursor=cursor)


def get_digest(session: Session, asked: models.GetDigest) -> models.Digest:
    """Return an issued digest, or the running one as it would be now. Issues nothing."""
    running = _running(session)
    week = running if asked.week == CURRENT else asked.week
    stored = session.store.digests.get(session.reader_id, week)
    if stored is not None:
        return _digest(Manifest.from_json(stored), issued=True)
    if week != running:
        raise DigestError(f"There is no digest of {week}.")
    made = preview(
        session.store,
        session.recommender,
        session.reader_id,
        week=week,
        now=session.now,
        settings=session.settings,
    )
    return _digest(made, issued=False)


def _running(session: Session) -> str:
    subscription = subscription_of(session.store, session.reader_id, session.settings)
    name = day_of if subscription.every == "day" else week_of
    return name(session.now, subscription.zone)


def _digest(manifest: Manifest, *, issued: bool) -> models.Digest:
    # The links of a mail stay out: whoever holds one may answer for the reader.
    items = [
        models.DigestItem(
            rank=x.rank,
            paper_id=x.paper_id,
            title=x.title,
            authors=list(x.authors),
            date=x.date,
            venue=x.venue,
            url=web_url(x.url),
            abstract=x.abstract,
            score=_finite(x.score),
            chance=_finite(x.chance),
            reasons=_reasons(x.reasons),
            status=x.status,
        )
        for x in manifest.items
    ]
    return models.Digest(
        week=manifest.week,
        issued=issued,
        starts_at=manifest.starts_at,
        ends_at=manifest.ends_at,
        composed_at=manifest.composed_at,
        slate_id=manifest.slate_id if issued else None,
        items=items,
    )


# ---- shared ------------------------------------------------------------------------------------


def _items(
    session: Session,
    ranked: Sequence[domain.Recommendation],
    papers: Mapping[str, domain.Paper] | None = None,
) -> list[models.Item]:
    if papers is None:
        papers = session.store.catalogue.get_many([x.paper_id for x in ranked])
    return [
        models.Item(
            rank=x.rank,
            paper_id=x.paper_id,
            title=x.title,
            authors=[a.name for a in papers[x.paper_id].authors],
            year=papers[x.paper_id].year,
            venue=papers[x.paper_id].venue,
            url=link_of(papers[x.paper_id]),
            score=_finite(x.score),
            chance=_finite(x.chance),
            reasons=_reasons(x.reasons),
            interest_id=x.interest_id,
            publication_status=papers[x.paper_id].status,
        )
        for x in ranked
        if x.paper_id in papers
    ]


def _reasons(reasons: Sequence[domain.Reason]) -> list[models.Reason]:
    return [
        models.Reason(kind=x.kind, text=x.text, paper_id=x.paper_id, words=list(x.words))
        for x in reasons
    ]


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and isfinite(value) else None


def _interest_id(session: Session, name: str | None) -> str:
    if name is None:
        return session.store.readers.interests(session.reader_id)[0].interest_id
    return session.store.readers.interest(session.reader_id, name).interest_id


def _cursor(place: int, key: str = "") -> str:
    """Return where a page ended: a number, and the record there if it may move."""
    text = json.dumps([place, key] if key else [place])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str | None) -> tuple[int, str]:
    if cursor is None:
        return 0, ""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found: Any = json.loads(base64.urlsafe_b64decode(padded))
        place, key = (*found, "")[:2]
        if type(place) is int and 0 <= place < 2**63 and isinstance(key, str):
            return place, key
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    raise InvalidValue("cursor: is not one that a page here has given.")


def _offset(cursor: str | None) -> int:
    return _place(cursor)[0]


def _page(
    records: Sequence[_Record], limit: int, cursor: str | None, key: Callable[[_Record], str]
) -> tuple[Sequence[_Record], str | None]:
    """Return a page and the cursor of the next; records may come and go between two pages."""
    start, last = _place(cursor)
    if last and not (0 < start <= len(records) and key(records[start - 1]) == last):
        places = (i for i, x in enumerate(records, 1) if key(x) == last)
        # A record that is gone has left its place to the next one.
        start = next(places, max(start - 1, 0))
    page = records[start : start + limit]
    end = start + len(page)
    return page, _cursor(end, key(page[-1])) if page and end < len(records) else None
