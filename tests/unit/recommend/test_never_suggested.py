"""What is retracted, in doubt or no paper is found and kept, and never suggested, on any way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from libraries import NOW, papers_on
from stores import sqlite_store

from recommender.config import Settings, load_settings
from recommender.digest.compose.compose import compose, preview
from recommender.domain import Event, EventKind, Paper, StatusStatement
from recommender.domain.status import CORRECTED, NOT_SUGGESTED, RETRACTED
from recommender.insights.profile_report import SUGGESTED, map_points
from recommender.insights.topic_map import draw
from recommender.recommend.recommender import Recommender
from recommender.recommend.status_alerts import dismiss, open_alerts, status_alerts
from recommender.store import Store

HOUR = timedelta(hours=1)
WEEK = "2026-W47"


def said(paper: Paper, says: str) -> Paper:
    one = StatusStatement(
        says, "crossref", "doi:10.5555/notice", datetime(2026, 11, 17, tzinfo=UTC)
    )
    return replace(paper, statements=(one,))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[tuple[Store, Recommender, Settings]]:
    """Twelve papers on bees and on bridges; of the bees one is of each status and kind."""
    settings = load_settings(data_dir=tmp_path)
    store = sqlite_store(tmp_path)
    store.readers.ensure("me", NOW - 2 * HOUR)
    bees = [replace(x, published_at=NOW - 2 * HOUR, year=NOW.year) for x in papers_on("bees")]
    kinds = sorted(NOT_SUGGESTED)
    marked = [said(x, says) for x, says in zip(bees[2:], kinds, strict=False)]
    assert len(marked) == len(kinds)
    records = [*bees[:2], *marked, said(bees[-1], CORRECTED), *papers_on("bridges")]
    store.catalogue.add(records, NOW - HOUR)
    recommender = Recommender(store, settings)
    recommender.ensure_model(NOW)
    yield store, recommender, settings
    store.close()


def like(store: Store, paper_id: str, at: datetime = NOW) -> None:
    store.feedback.append(Event(f"k-{paper_id}", "me", "general", paper_id, EventKind.like, at))


def barred(store: Store) -> set[str]:
    hidden = {x.paper_id for x in store.catalogue.papers() if not x.suggestible}
    assert hidden == store.catalogue.not_suggested()
    assert len(hidden) == len(NOT_SUGGESTED)
    return hidden


def corrected(store: Store) -> str:
    (found,) = (x.paper_id for x in store.catalogue.papers() if x.status == CORRECTED)
    return found


def test_a_slate_holds_none_of_them_and_all_others(
    library: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = library
    every = set(store.catalogue.ids())
    cold = {x.paper_id for x in recommender.recommend("me", n=50, now=NOW).items}
    assert cold
    assert not cold & barred(store)
    first = papers_on("bees")[0].identifiers[0]
    like(store, first)
    warm = {x.paper_id for x in recommender.recommend("me", n=50, now=NOW).items}
    assert warm <= every - barred(store) - {first}
    assert corrected(store) in warm
    pool = recommender.recommend("me", n=50, pool=barred(store), now=NOW)
    assert pool.items == ()


def test_neither_do_neighbours_nor_papers_to_choose_from(
    library: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = library
    hidden = barred(store)
    for one in (papers_on("bees")[0].identifiers[0], *hidden):
        near = [x.paper_id for x in recommender.similar(one, n=50)]
        assert near
        assert hidden.isdisjoint(near)
    picks = recommender.onboarding_items("me", n=50, now=NOW)
    assert picks
    assert hidden.isdisjoint(picks)


def test_nor_does_the_map_suggest_one(library: tuple[Store, Recommender, Settings]) -> None:
    store, recommender, settings = library
    like(store, papers_on("bees")[0].identifiers[0])
    drawn = draw(settings, recommender.served())
    points = map_points(store, recommender, drawn, "me", NOW)
    suggested = {x.paper_id for x in points if x.what == SUGGESTED}
    assert suggested
    assert barred(store).isdisjoint(suggested)
    assert barred(store) <= {x.paper_id for x in points}


def test_nor_does_a_digest_and_it_counts_them(
    library: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, settings = library
    like(store, papers_on("bees")[0].identifiers[0])
    made = compose(store, recommender, "me", week=WEEK, now=NOW, settings=settings)
    assert made.items
    assert barred(store).isdisjoint(x.paper_id for x in made.items)
    assert made.left_out["status"] == len(NOT_SUGGESTED)
    assert made.candidates == len(made.items) + sum(made.left_out.values())


def test_a_paper_that_is_retracted_while_it_is_served_goes_at_once(
    library: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = library
    first, second = (x.identifiers[0] for x in papers_on("bees")[:2])
    like(store, first)
    assert second in {x.paper_id for x in recommender.recommend("me", n=50, now=NOW).items}
    store.catalogue.add([said(papers_on("bees")[1], RETRACTED)], NOW)
    assert second not in {x.paper_id for x in recommender.recommend("me", n=50, now=NOW).items}
    store.catalogue.clear_status(second, NOW + HOUR)
    assert second in {x.paper_id for x in recommender.recommend("me", n=50, now=NOW).items}


def test_they_are_found_by_search_and_a_retracted_like_still_teaches(
    library: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = library
    hidden = barred(store)
    assert hidden <= {x for x, _ in store.catalogue.search("bees", 50)}
    like(store, min(hidden))
    best = [x.paper_id for x in recommender.recommend("me", n=3, now=NOW).items]
    papers = store.catalogue.get_many(best).values()
    assert all("bees" in f"{x.title} {x.abstract}".lower() for x in papers)


def test_a_like_that_is_retracted_later_is_said_until_dismissed(
    library: tuple[Store, Recommender, Settings],
) -> None:
    store, _, _ = library
    first = papers_on("bees")[0]
    like(store, first.identifiers[0])
    assert status_alerts(store, "me") == []
    store.catalogue.add([said(first, CORRECTED)], NOW + HOUR)
    assert status_alerts(store, "me") == []
    store.catalogue.add([said(first, RETRACTED)], NOW + 2 * HOUR)
    (alert,) = open_alerts(store, "me")
    assert (alert.paper_id, alert.label) == (first.identifiers[0], "Retracted")
    assert alert.notice == "https://doi.org/10.5555/notice"
    dismiss(store, "me", [alert])
    assert open_alerts(store, "me") == []
    assert status_alerts(store, "me") == [alert]


def test_a_status_that_was_known_when_the_paper_was_liked_is_no_news(
    library: tuple[Store, Recommender, Settings],
) -> None:
    store, _, _ = library
    like(store, min(barred(store)), NOW)
    assert status_alerts(store, "me") == []


def test_the_next_digest_says_it_once(library: tuple[Store, Recommender, Settings]) -> None:
    store, recommender, settings = library
    first = papers_on("bees")[0]
    like(store, first.identifiers[0], NOW - HOUR)
    store.catalogue.add([said(first, RETRACTED)], NOW)
    made = compose(store, recommender, "me", week=WEEK, now=NOW + HOUR, settings=settings)
    (change,) = made.status_changes
    assert (change.status, change.notice) == ("Retracted", "https://doi.org/10.5555/notice")
    later = NOW + timedelta(days=7)
    following = preview(store, recommender, "me", week="2026-W48", now=later, settings=settings)
    assert following.status_changes == ()
