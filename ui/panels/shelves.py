"""Which papers stand on which shelf of the library, found, filtered and in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from recommender.domain import EventKind, Paper, Recommendation
from recommender.domain.history import EventLog, PaperState
from recommender.domain.identifiers import normalise_title
from recommender.store import Annotation, ReadingList
from ui import components, paper_text

LIKED, SAVED, TO_READ, READ = "Liked", "Saved", "To read", "Read"
READ_NEXT, OPENED, SKIPPED = "Read next", "Opened", "Skipped"
SHELVES = (LIKED, SAVED, READ_NEXT, TO_READ, READ, OPENED, SKIPPED)
EMPTY = {
    LIKED: "Papers you like on any page appear here.",
    SAVED: "Papers you save (key V) appear here.",
    READ_NEXT: "What you save, give the status “To read” or put on a list appears here, in the "
    "order to read it.",
    TO_READ: "Papers you save or give the status “To read” appear here.",
    READ: "Papers with the status “Read” appear here.",
    OPENED: "Papers you open and do not judge appear here; they are not suggested again.",
    SKIPPED: "Papers you skip appear here, so that a wrong key loses nothing.",
}
STATUS_NAMES = {"": "No status", "to-read": "To read", "reading": "Reading", "read": "Read"}

KEPT, OLDEST = "Newest here first", "Oldest here first"
LISTED = "Order of the list"
RANKED = "What to read next"
_BY_PAPER: dict[str, Callable[[Paper], tuple[object, ...]]] = {
    "Title": lambda x: (normalise_title(x.title),),
    "First author": lambda x: (
        not x.authors,
        normalise_title(x.authors[0].family or x.authors[0].name) if x.authors else "",
    ),
    "Newest published": lambda x: (-(x.year or 0), -_time(x.published_at)),
    "Oldest published": lambda x: (x.year or 9999, _time(x.published_at)),
}


def _time(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


@dataclass(frozen=True, slots=True)
class ShelfQuery:
    """What is looked for on a shelf: words, a tag, a status, and the order of what is found."""

    words: str = ""
    tag: str | None = None
    status: str | None = None
    order: str | None = None

    @property
    def narrowed(self) -> bool:
        """True where some of the shelf may be left out."""
        return bool(self.words.strip() or self.tag or self.status is not None)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Papers together, by id in their own order; `one` is the reading list they are.

    `items` says why each stands where it does, of a shelf that is ranked.
    """

    name: str
    ids: tuple[str, ...]
    annotations: Mapping[str, Annotation] = field(default_factory=dict)
    one: ReadingList | None = None
    items: Mapping[str, Recommendation] = field(default_factory=dict)

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders it can be shown in, its own first."""
        if self.name == READ_NEXT:
            return (RANKED, *_BY_PAPER)
        own = (LISTED,) if self.one else ()
        return (*own, KEPT, OLDEST, *_BY_PAPER)

    def matching(self, looking: ShelfQuery) -> list[str]:
        """Return the ids that are looked for, in the order asked for."""
        ids = [x for x in self.ids if self._suits(x, looking)]
        words = normalise_title(looking.words).split()
        by_paper = _BY_PAPER.get(looking.order or "")
        if words or by_paper:
            papers = {x.paper_id: x for x in components.papers(ids)}
            ids = [x for x in ids if x in papers and self._holds(papers[x], words)]
            if by_paper:
                return sorted(ids, key=lambda x: by_paper(papers[x]))
        if self.one is not None and looking.order in (KEPT, OLDEST):
            added = {x.paper_id: x.added_at for x in self.one.entries}
            return sorted(ids, key=added.__getitem__, reverse=looking.order == KEPT)
        return ids[::-1] if looking.order == OLDEST else ids

    def _suits(self, paper_id: str, looking: ShelfQuery) -> bool:
        annotation = self.annotations.get(paper_id, Annotation())
        if looking.tag and looking.tag not in annotation.tags:
            return False
        return looking.status is None or annotation.status == looking.status

    def _holds(self, paper: Paper, words: Sequence[str]) -> bool:
        if not words:
            return True
        tags = self.annotations.get(paper.paper_id, Annotation()).tags
        note = self.one.notes.get(paper.paper_id, "") if self.one else ""
        texts = (paper.title, *paper_text.authors(paper), paper.abstract, paper.venue, *tags, note)
        inside = normalise_title(" ".join(texts))
        return all(word in inside for word in words)


def shelf(name: str, log: EventLog, annotations: Mapping[str, Annotation]) -> Shelf:
    """Return one of `SHELVES`, what came last first."""
    at = {x.paper_id: x.at for x in log.states.values() if _on(name, x, annotations)}
    for paper_id, annotation in annotations.items():
        if annotation.at and (
            (name == READ and annotation.status == "read")
            or (name == TO_READ and annotation.status in ("to-read", "reading"))
        ):
            at[paper_id] = max(annotation.at, at.get(paper_id, annotation.at))
    return Shelf(name, tuple(sorted(at, key=at.__getitem__, reverse=True)), annotations)


def _on(name: str, held: PaperState, annotations: Mapping[str, Annotation]) -> bool:
    if name == SAVED:
        return held.saved
    if name == TO_READ:
        return held.saved and annotations.get(held.paper_id, Annotation()).status != "read"
    if name == LIKED:
        return held.verdict is EventKind.like
    if name == OPENED:
        return held.opened and not held.judged
    return name == SKIPPED and held.verdict in (EventKind.skip, EventKind.dislike)


def of_list(one: ReadingList, annotations: Mapping[str, Annotation]) -> Shelf:
    """Return a reading list as a shelf."""
    return Shelf(one.name, one.paper_ids, annotations, one)
