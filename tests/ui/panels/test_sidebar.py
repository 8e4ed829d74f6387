"""Who reads, and what for."""

from __future__ import annotations

from collections.abc import Callable

from libraries import Library
from page_rows import answer, deck_of, rows
from streamlit.testing.v1 import AppTest

from recommender.domain import Event, EventKind, Reader
from ui import app_state

Opener = Callable[..., AppTest]


def reader_of_deck(app: AppTest) -> str:
    return str(deck_of(app)["reader"])


def submit(app: AppTest, key: str, name: str) -> AppTest:
    app.text_input(key=f"{key}_name").set_value(name)
    form = app.form(key)
    form.button[0].click().run()
    assert not app.exception, app.exception[0].value
    return app


def somebody() -> Reader:
    """Return another reader, who has started."""
    added = app_state.store().readers.add("Somebody", app_state.now())
    app_state.store().preferences.set(added.reader_id, "started", True)
    return added


def test_the_default_reader_is_the_one_of_the_settings(library: Library, opened: Opener) -> None:
    assert reader_of_deck(opened()) == "me"


def test_the_address_names_the_reader(library: Library, opened: Opener) -> None:
    other = somebody()
    assert reader_of_deck(opened(reader="Somebody")) == other.reader_id


def test_a_reader_that_is_not_known_is_the_default_and_it_is_said_once(
    library: Library, opened: Opener
) -> None:
    app = opened(reader="n[o](x)body")
    assert reader_of_deck(app) == "me"
    (said,) = app.warning
    assert said.value.replace("\\", "").startswith("No reader is called “n[o](x)body” here.")
    assert not app.run().warning


def test_a_reader_that_is_known_by_name_or_id_is_no_stranger(
    library: Library, opened: Opener
) -> None:
    other = somebody()
    assert not opened(reader="Somebody").warning
    assert not opened(reader=other.reader_id).warning


def test_a_new_reader_can_be_added_and_starts_empty(library: Library, opened: Opener) -> None:
    event = Event(
        "k",
        "me",
        "me/general",
        app_state.store().catalogue.ids()[0],
        EventKind.like,
        app_state.now(),
    )
    app_state.store().feedback.append(event)
    app = submit(opened(), "new_reader", "Newcomer")
    reader_id = app_state.store().readers.get("Newcomer").reader_id
    assert [x.value for x in app.title] == ["What do you read?"]
    app_state.store().preferences.set(reader_id, "started", True)
    app.switch_page("views/for_you.py").run()
    assert reader_of_deck(app) == reader_id
    assert deck_of(app)["undo"] == []


def test_a_name_that_is_taken_is_said_so(library: Library, opened: Opener) -> None:
    app = submit(opened(), "new_reader", "me")
    assert any("me" in x.value for x in app.sidebar.caption)
    assert len(app_state.store().readers.list()) == 1


def test_an_interest_can_be_added_and_is_then_the_one_acted_for(
    library: Library, opened: Opener
) -> None:
    app = submit(opened(view="List"), "new_interest", "Glaciers")
    assert app.selectbox(key="interest").value == "me/glaciers"
    answer(app, "like")
    assert [e.interest_id for e in app_state.store().feedback.events("me")] == ["me/glaciers"]


def test_changing_the_reader_leaves_the_interest_behind(library: Library, opened: Opener) -> None:
    app_state.store().readers.ensure_interest("me", "Glaciers")
    other = somebody()
    app = opened()
    app.selectbox(key="interest").select("me/glaciers").run()
    app.selectbox(key="reader").select(other.reader_id).run()
    assert not app.exception
    assert app.selectbox(key="interest").value == "all"


def test_two_readers_do_not_see_each_others_work(library: Library, opened: Opener) -> None:
    somebody()
    mine, theirs = opened(view="List"), opened(view="List", reader="Somebody")
    answer(mine, "like")
    theirs.run()
    assert [x["verdict"] for x in rows(mine)].count("like") == 1
    assert [x["verdict"] for x in rows(theirs)].count("like") == 0
