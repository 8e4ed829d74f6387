"""Which papers leave in a list, and what the reader has said of them: for every export there is.

Each function returns the papers in the order in which they are to stand and
the `Heading` that goes with them: the list's name, the reader's tags and notes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from recommender.digest.compose.manifest import Manifest
from recommender.domain import EventKind, Paper
from recommender.domain.history import fold
from recommender.errors import DigestError
from recommender.export import Heading
from recommender.store import Annotation, Store

MAX_FOUND = 10_000
"""Papers of a search at most."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Papers to write, in order, and the list's metadata."""

    papers: Sequence[Paper]
    heading: Heading


def judged(store: Store, reader_id: str, *, saved: bool = False) -> Selection:
    """Return the papers that a reader likes, or has saved, the newest judgement last."""
    states = fold(store.feedback.events(reader_id)).values()
    ids = [x.paper_id for x in states if (x.saved if saved else x.verdict is EventKind.like)]
    return _selection(store, reader_id, ids, "Saved papers" if saved else "Liked papers")


def listed(store: Store, reader_id: str, name: str) -> Selection:
    """Return a reading list; raises UnknownList."""
    list_ = store.reading_lists.get(reader_id, name)
    return _selection(
        store,
        reader_id,
        list_.paper_ids,
        list_.name,
        about=list_.about,
        list_id=list_.list_id,
        notes=list_.notes,
    )


def searched(store: Store, reader_id: str, query: str) -> Selection:
    """Return what a search finds, best first."""
    ids = [paper_id for paper_id, _ in store.catalogue.search(query, MAX_FOUND)]
    return _selection(store, reader_id, ids, f"Search: {query}")


def digested(store: Store, reader_id: str, week: str) -> Selection:
    """Return the papers of a week's digest; raises DigestError where there is none."""
    stored = store.digests.get(reader_id, week)
    if stored is None:
        raise DigestError(
            f"There is no digest of {week[:40]!r} yet; `paperloop digest --issue` makes it."
        )
    ids = [x.paper_id for x in Manifest.from_json(stored).items]
    return _selection(store, reader_id, ids, f"Digest of {week}")


def named(store: Store, reader_id: str, ids: Sequence[str]) -> Selection:
    """Return papers by any of their ids; raises UnknownPaper."""
    return _selection(store, reader_id, [store.catalogue.get(x).paper_id for x in ids], "Papers")


def everything(store: Store, reader_id: str) -> Selection:
    """Return the whole catalogue in the order of ids."""
    return _selection(store, reader_id, store.catalogue.ids(), "The library")


def feeds(store: Store) -> list[tuple[str, str]]:
    """Return the feeds that were ever fetched, each an address and what it is called in words."""
    asked = [x for x in store.fetches.list() if x.source == "feed"]
    return [(str(json.loads(x.key)[1].get("url", "")), x.query) for x in asked]


def all_notes(annotations: Mapping[str, Annotation], of_list: Mapping[str, str]) -> dict[str, str]:
    """Return a reader's words on each paper: those of a list's entries, then those on the paper."""
    own = {x: annotation.note for x, annotation in annotations.items() if annotation.note}
    return {
        x: "\n".join(filter(None, dict.fromkeys((of_list.get(x, ""), own.get(x, "")))))
        for x in {**of_list, **own}
    }


def _selection(
    store: Store,
    reader_id: str,
    ids: Iterable[str],
    title: str,
    notes: Mapping[str, str] | None = None,
    **more: object,
) -> Selection:
    wanted = list(ids)
    known = store.catalogue.get_many(wanted)
    annotations = store.annotations.all(reader_id)
    tags = {x: annotations[x].tags for x in known if x in annotations and annotations[x].tags}
    notes = all_notes(annotations, notes or {})
    papers = [known[x] for x in wanted if x in known]
    return Selection(papers, Heading(title=title, tags=tags, notes=notes, **more))  # type: ignore[arg-type]
