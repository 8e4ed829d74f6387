"""For you within a venue and a year: ranked, triaged with the same deck, kept as a list."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from libraries import NOW, Library, papers_on
from page_rows import answer, deck_of, rows
from streamlit.testing.v1 import AppTest

from recommender.domain import Event, EventKind, Paper
from recommender.store import Store
from ui import app_state

Opener = Callable[..., AppTest]
LONG = "Proceedings of the 62nd Annual Meeting of the Association for Computational Linguistics"


@pytest.fixture
def acl(library: Library) -> Store:
    """Bees and glaciers of ACL 2024 in two spellings, and one paper of 2023."""
    from dataclasses import replace

    store = app_state.store()
    store.readers.ensure("me", NOW)
    bees, glaciers = papers_on("bees"), papers_on("glaciers")
    named = [replace(x, venue="ACL 2024", year=2024, published_at=None) for x in bees[:6:2]]
    named += [replace(x, venue=LONG, year=2024, published_at=None) for x in glaciers[:6:2]]
    named.append(replace(bees[6], venue="ACL", year=2023, published_at=None))
    more = [_renamed(x, i) for i, x in enumerate(named)]
    store.catalogue.add(more, NOW)
    return store


def _renamed(paper: Paper, i: int) -> Paper:
    from dataclasses import replace

    places = ("Alps", "Andes", "Urals", "Tatra", "Atlas", "Ozark", "Altai")
    return replace(
        paper,
        title=f"{places[i]}: {paper.title}",
        identifiers=(f"doi:10.5555/acl.{i}",),
        listings=(),
    )


PROGRAMME = {f"doi:10.5555/acl.{i}" for i in range(6)}


def dealt(app: AppTest) -> list[str]:
    return [x["paper_id"] for x in deck_of(app)["cards"]]


def texts(app: AppTest) -> str:
    return " ".join(x.value for x in [*app.caption, *app.warning])


@pytest.mark.parametrize("spelling", ["ACL", "acl 2019", LONG])
def test_the_deck_holds_the_programme_alone(acl: Store, opened: Opener, spelling: str) -> None:
    app = opened(venue=spelling, year="2024")
    assert set(dealt(app)) == PROGRAMME
    assert "Ranked from 6 papers of ACL 2024" in texts(app)
    assert app.selectbox(key="venue").value == "ACL"
    assert app.selectbox(key="year").value == "2024"


def test_a_venue_without_a_year_is_all_its_papers(acl: Store, opened: Opener) -> None:
    assert set(dealt(opened(venue="ACL"))) == {*PROGRAMME, "doi:10.5555/acl.6"}


def test_it_is_ranked_for_the_reader(acl: Store, opened: Opener) -> None:
    for i in (1, 3, 5):
        liked = Event(f"k{i}", "me", "me/general", f"doi:10.5555/glaciers.{i}", EventKind.like, NOW)
        acl.feedback.append(liked)
    app = opened(venue="ACL", year="2024")
    assert [x for x in dealt(app)[:3] if acl.catalogue.get(x).venue == LONG] == dealt(app)[:3]
    assert any("Because you liked" in y for x in deck_of(app)["cards"] for y in x["reasons"])
    (slate,) = acl.feedback.slates("me")
    assert {x.paper_id for x in slate.items} == PROGRAMME


def test_a_remembered_window_does_not_empty_a_programme(acl: Store, opened: Opener) -> None:
    acl.preferences.set("me", "for-you-window", "past week")
    assert set(dealt(opened(venue="ACL", year="2024"))) == PROGRAMME
    assert not set(dealt(opened())) & PROGRAMME


def test_an_answer_leaves_the_programme(acl: Store, opened: Opener) -> None:
    app = opened(venue="ACL", year="2024", view="List")
    first = rows(app)[0]["paper_id"]
    answer(app, "like")
    assert "6 papers of ACL 2024 \\(1 answered\\)" in texts(app.run())
    assert first not in dealt(opened(venue="ACL", year="2024"))


def test_it_is_kept_as_a_list_with_what_was_liked_first(acl: Store, opened: Opener) -> None:
    liked, skipped = "doi:10.5555/acl.4", "doi:10.5555/acl.1"
    acl.feedback.append(Event("a", "me", "me/general", liked, EventKind.like, NOW))
    acl.feedback.append(Event("b", "me", "me/general", skipped, EventKind.skip, NOW))
    app = opened(venue="ACL", year="2024")
    before = dealt(app)
    app = next(x for x in app.button if x.label == "Keep as a list").click().run()
    assert not app.exception
    kept = acl.reading_lists.get("me", "ACL 2024")
    assert list(kept.paper_ids) == [liked, *before]
    assert set(kept.paper_ids) == PROGRAMME - {skipped}


def test_show_all_leaves_the_venue(acl: Store, opened: Opener) -> None:
    app = opened(venue="ACL", year="2024")
    app = next(x for x in app.button if x.label == "Show all").click().run()
    assert not app.exception
    assert len(dealt(app)) > 7
    assert app.selectbox(key="venue").value == "Any venue"


@pytest.mark.parametrize("venue", ["Nowhere", "' OR 1=1 --", "<b>x</b>", "x" * 4_000])
def test_an_unknown_venue_is_told(acl: Store, opened: Opener, venue: str) -> None:
    app = opened(venue=venue, year="2024")
    assert "No paper is of the venue" in texts(app)
    assert len(dealt(app)) > 7


@pytest.mark.parametrize("year", ["1999", "x", "-1", "9" * 99])
def test_a_year_without_papers_is_left_out(acl: Store, opened: Opener, year: str) -> None:
    assert len(dealt(opened(venue="ACL", year=year))) == 7


def test_the_venues_to_choose_from_are_those_with_papers(acl: Store, opened: Opener) -> None:
    options = opened().selectbox(key="venue").options
    assert options == ["Any venue", "Journal of Invented Results", "ACL"]


def test_a_library_without_venues_offers_none(opened: Opener, empty_library: Library) -> None:
    app_state.store().readers.ensure("me", NOW)
    app_state.store().preferences.set("me", "started", True)
    assert "venue" not in [x.key for x in opened().selectbox]
