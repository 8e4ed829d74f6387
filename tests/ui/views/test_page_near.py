"""More like these: near a list, a tag, a search, a selection; ordered, and kept as a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from libraries import Library
from page_rows import answer, rows, titles
from streamlit.testing.v1 import AppTest

from recommender.domain import Event, EventKind, Listing
from ui import app_state

Opener = Callable[..., AppTest]
BEES = [f"doi:10.5555/bees.{i}" for i in range(4)]


def listed(*ids: str) -> str:
    store = app_state.store()
    made = store.reading_lists.create("me", "Monday", app_state.now())
    return store.reading_lists.extend(made.list_id, ids, app_state.now()).list_id


def texts(app: AppTest) -> str:
    return " ".join(x.value for x in [*app.markdown, *app.caption, *app.subheader])


@pytest.fixture
def me(library: Library) -> Library:
    app_state.store().readers.ensure("me", app_state.now())
    return library


def near_bees(app: AppTest) -> None:
    assert not app.exception
    shown = rows(app)
    assert len(shown) >= 6
    assert all("bees" in x["title"] for x in shown[:6])
    assert not {x["paper_id"] for x in shown} & set(BEES)
    assert any("Close to “A" in y for x in shown for y in x["reasons"])
    assert not any("you liked" in y for x in shown for y in x["reasons"])


def test_near_a_list(me: Library, opened: Opener) -> None:
    app = opened("near", near_list=listed(*BEES))
    near_bees(app)
    assert "the list Monday** (4 papers)" in texts(app)


def test_near_a_tag(me: Library, opened: Opener) -> None:
    app_state.store().annotations.tag("me", BEES, "Hives & more", app_state.now())
    near_bees(opened("near", near_tag="Hives & more"))


def test_near_a_search_shows_nothing_that_it_found(me: Library, opened: Opener) -> None:
    app = opened("near", near_search="waggle")
    found = {x for x, _ in app_state.store().catalogue.search("waggle", 1_000)}
    assert found
    shown = rows(app)
    assert not {x["paper_id"] for x in shown} & found
    assert "bees" in shown[0]["title"]


def test_near_selected_papers(me: Library, opened: Opener) -> None:
    app = opened("near", near_papers=BEES)  # type: ignore[arg-type]
    near_bees(app)
    assert "Near **4 papers**" in texts(app)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({}, "No papers to look near"),
        ({"near_list": "me/none"}, "You have no list of this name."),
        ({"near_tag": "x" * 5_000}, "You have tagged no paper with it."),
        ({"near_search": "zygomorphic"}, "The search finds nothing."),
        ({"near_papers": "doi:10.1/none"}, "None of these papers is in the library."),
        ({"near_tag": "<img src=x onerror=alert(1)>"}, "You have tagged no paper with it."),
    ],
)
def test_a_set_that_is_empty_gets_a_sentence(
    me: Library, opened: Opener, query: dict[str, str], says: str
) -> None:
    app = opened("near", **query)
    assert says in texts(app)
    assert not rows(app)


def test_a_list_of_another_reader_is_not_shown(me: Library, opened: Opener) -> None:
    store = app_state.store()
    other = store.readers.add("Ada", app_state.now())
    made = store.reading_lists.create(other.reader_id, "Secret", app_state.now())
    store.reading_lists.extend(made.list_id, BEES, app_state.now())
    app = opened("near", near_list=made.list_id)
    assert "You have no list of this name." in texts(app)


def test_looking_writes_nothing(me: Library, opened: Opener) -> None:
    opened("near", near_list=listed(*BEES))
    assert app_state.store().feedback.events("me") == []
    assert app_state.store().feedback.slates("me") == []


def test_what_was_answered_is_left_out_unless_asked_for(me: Library, opened: Opener) -> None:
    near = opened("near", near_papers=BEES)  # type: ignore[arg-type]
    first = rows(near)[0]["paper_id"]
    skip = Event("k", "me", "me/general", first, EventKind.skip, app_state.now())
    app_state.store().feedback.append(skip)
    fresh = opened("near", near_papers=BEES)  # type: ignore[arg-type]
    assert first not in [x["paper_id"] for x in rows(fresh)]
    asked = opened("near", near_papers=BEES, near_judged="true")  # type: ignore[arg-type]
    assert first in [x["paper_id"] for x in rows(asked)]


def test_an_answer_keeps_the_order(me: Library, opened: Opener) -> None:
    app = opened("near", near_papers=BEES)  # type: ignore[arg-type]
    before = titles(app)
    answer(app, "like")
    assert titles(app) == before
    assert rows(app)[0]["verdict"] == "like"


def test_results_are_ordered_by_day_and_by_upvotes(me: Library, opened: Opener) -> None:
    catalogue = app_state.store().catalogue
    papers = catalogue.papers()
    for place, paper in enumerate(papers[::3]):
        more = Listing("hf-daily-papers", app_state.now(), upvotes=place)
        catalogue.add([_with(paper, more)], app_state.now())
    near = opened("near", near_papers=BEES, near_order="Most upvotes first")  # type: ignore[arg-type]
    found = catalogue.get_many([x["paper_id"] for x in rows(near)])
    counted = [-1 if x.upvotes is None else x.upvotes for x in found.values()]
    assert counted == sorted(counted, reverse=True)
    assert counted[0] > 0
    assert f"{counted[0]} upvote" in rows(near)[0]["brief"]
    near = opened("near", near_papers=BEES, near_order="Newest first")  # type: ignore[arg-type]
    days = [
        x.published_at for x in catalogue.get_many([x["paper_id"] for x in rows(near)]).values()
    ]
    assert days == sorted(days, reverse=True)  # type: ignore[type-var]


def test_results_are_ordered_by_citations(me: Library, opened: Opener) -> None:
    catalogue = app_state.store().catalogue
    counted = [replace(x, citations=i) for i, x in enumerate(catalogue.papers()[::3])]
    catalogue.add(counted, app_state.now())
    near = opened("near", near_papers=BEES, near_order="Most cited first")  # type: ignore[arg-type]
    found = catalogue.get_many([x["paper_id"] for x in rows(near)])
    counts = [-1 if x.citations is None else x.citations for x in found.values()]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 1
    assert f"{counts[0]} citations" in rows(near)[0]["brief"]
    assert f"{counts[0]} citations" in rows(near)[0]["meta"]


def _with(paper, listing):  # type: ignore[no-untyped-def]
    return replace(paper, listings=(listing,))


def test_results_are_kept_as_a_list_in_their_order(me: Library, opened: Opener) -> None:
    app = opened("near", near_list=listed(*BEES))
    shown = [x["paper_id"] for x in rows(app)]
    answer(app, "dislike", 1)
    for name in ("Near Monday", "Near Monday 2"):
        button = next(x for x in app.button if x.label == "Keep as a list")
        app = button.click().run()
        assert not app.exception
        kept = app_state.store().reading_lists.get("me", name)
        assert list(kept.paper_ids) == [shown[0], *shown[2:]]
        assert "the list Monday" in kept.about
    assert [x.paper_id for x in app_state.store().feedback.events("me")] == [shown[1]]


def test_a_set_on_two_subjects_gives_both_their_share(me: Library, opened: Opener) -> None:
    ids = [*BEES, *(f"doi:10.5555/glaciers.{i}" for i in range(4))]
    app = opened("near", near_papers=ids)  # type: ignore[arg-type]
    first = " ".join(x["title"] for x in rows(app)[:10])
    assert first.count("survey of bees") + first.count("of bees") >= 3
    assert first.count("of glaciers") >= 3
