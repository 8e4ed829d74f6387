"""Library: shelves, reading lists, export in every format, import."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event as Event_

import pytest
from libraries import Library
from page_rows import answer, groups, rows, tell, titles
from streamlit.testing.v1 import AppTest

from recommender import export
from recommender.domain import Event, EventKind
from recommender.domain.history import fold
from recommender.store import Annotation, ReadingList
from ui import app_state, background_jobs, components
from ui.panels import bulk_actions, export_panel
from ui.paper_text import native

Opener = Callable[..., AppTest]


def press(app: AppTest, label: str, nth: int = 0) -> AppTest:
    app = [x for x in app.button if x.label == label][nth].click().run()
    assert not app.exception, app.exception[0].value
    return app


def marks() -> dict[str, Annotation]:
    return app_state.store().annotations.all("me")


def on_lists() -> dict[str, tuple[str, ...]]:
    return {x.name: x.paper_ids for x in app_state.store().reading_lists.list("me")}


def filled_list(*places: int) -> ReadingList:
    ids = app_state.store().catalogue.ids()
    made = app_state.store().reading_lists.create("me", "Monday", app_state.now())
    return app_state.store().reading_lists.extend(
        made.list_id, [ids[i] for i in places], app_state.now()
    )


def judge(kind: EventKind, *places: int) -> list[str]:
    ids = [app_state.store().catalogue.ids()[i] for i in places]
    for x in ids:
        event = Event(f"{kind}{x}", "me", "me/general", x, kind, app_state.now())
        app_state.store().feedback.append(event)
    return ids


def shown_titles(ids: list[str]) -> list[str]:
    found = app_state.store().catalogue.get_many(ids)
    return [native(found[x].title) for x in ids]


@pytest.mark.parametrize(
    ("shelf", "kind"),
    [
        ("Liked", EventKind.like),
        ("Saved", EventKind.save),
        ("Opened", EventKind.open),
        ("Skipped", EventKind.skip),
        ("Skipped", EventKind.dislike),
    ],
)
def test_each_shelf_holds_what_was_put_there(
    library: Library, opened: Opener, shelf: str, kind: EventKind
) -> None:
    ids = judge(kind, 3, 7)
    assert sorted(titles(opened("library", shelf=shelf))) == sorted(shown_titles(ids))


@pytest.mark.parametrize(
    "shelf", ["Liked", "Saved", "To read", "Read", "Opened", "Skipped", "Reading lists"]
)
def test_an_empty_shelf_says_how_to_fill_it(library: Library, opened: Opener, shelf: str) -> None:
    app = opened("library", shelf=shelf)
    assert titles(app) in (["Nothing here yet"], ["No reading list yet"])


def test_undo_takes_a_paper_off_the_shelf(library: Library, opened: Opener) -> None:
    judge(EventKind.like, 3)
    app = opened("library", shelf="Liked")
    answer(app, "undo")
    assert titles(app) == ["Nothing here yet"]


def test_a_long_shelf_has_pages_that_the_address_names(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, "ROWS_ON_A_PAGE", 20)
    judge(EventKind.like, *range(25))
    assert len(titles(opened("library", shelf="Liked"))) == 20
    assert len(titles(opened("library", shelf="Liked", at="2"))) == 5


def test_a_reading_list_is_made_filled_and_emptied(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("library", shelf="Reading lists")
    app.text_input(key="new_list_name").set_value("For Monday <b>")
    press(app, "Create")
    (made,) = app_state.store().reading_lists.list("me")
    assert made.name == "For Monday <b>"
    assert titles(app) == ["This list is empty"]
    paper_id = app_state.store().catalogue.ids()[5]
    app_state.store().reading_lists.add(made.list_id, paper_id, app_state.now())
    app.run()
    assert titles(app) == shown_titles([paper_id])
    tell(app, monkeypatch, "remove")
    assert app_state.store().reading_lists.get("me", made.list_id).paper_ids == ()


def test_a_name_that_is_taken_is_said_so(library: Library, opened: Opener) -> None:
    app_state.store().reading_lists.create("me", "Monday", app_state.now())
    app = opened("library", shelf="Reading lists")
    app.text_input(key="new_list_name").set_value("Monday")
    press(app, "Create")
    assert len(app.warning) == 1
    assert len(app_state.store().reading_lists.list("me")) == 1


def test_a_list_of_another_reader_is_not_shown(library: Library, opened: Opener) -> None:
    other = app_state.store().readers.add("Somebody", app_state.now())
    secret = app_state.store().reading_lists.create(other.reader_id, "Secret", app_state.now())
    app = opened("library", shelf="Reading lists", list=secret.list_id)
    assert titles(app) == ["No reading list yet"]


def test_deleting_a_list_keeps_its_papers(library: Library, opened: Opener) -> None:
    app_state.store().reading_lists.create("me", "Monday", app_state.now())
    press(opened("library", shelf="Reading lists"), "Delete this list")
    assert app_state.store().reading_lists.list("me") == []
    assert app_state.store().catalogue.count() == 36


@pytest.mark.slow
def test_every_format_can_be_taken_away(library: Library, opened: Opener) -> None:
    ids = judge(EventKind.like, 3, 7)
    app = opened("library", shelf="Liked")
    app.toggle(key="exporting-Liked-on").set_value(True).run()
    papers = [app_state.store().catalogue.get(x) for x in ids]
    for name in sorted(export.FORMATS):
        app.selectbox(key="format-Liked").select(name).run()
        assert not app.exception, name
        assert len(app.get("download_button")) == 1
        assert app.code[0].value
        assert export_panel.written(ids, name).decode() == export.render(papers, name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Liked", "liked.bib"),
        ("../../etc/passwd", "etc-passwd.bib"),
        ("Été à Paris", "ete-a-paris.bib"),
        ("///", "papers.bib"),
    ],
)
def test_a_file_is_named_after_its_list(name: str, expected: str) -> None:
    assert export_panel.file_name(name, ".bib") == expected


def upload(app: AppTest, name: str, content: bytes, role: str = "catalogue") -> AppTest:
    app.file_uploader[0].upload(name, content)
    app.radio(key="import_role").set_value(role).run()
    press(app, "Import")
    background_jobs.all_jobs().wait()
    app.run()
    assert not app.exception, app.exception[0].value
    return app


BIB = b"""@article{one, title={Snow on an invented glacier}, author={Noone, Ed}, year={2024}}
@article{two, title={Ice of an invented fjord}, author={Noone, Ed}, year={2025}}
"""


@pytest.mark.slow
def test_an_uploaded_file_is_imported_and_reported(library: Library, opened: Opener) -> None:
    app = upload(opened("library", shelf="Import"), "refs.bib", BIB)
    assert app_state.store().catalogue.count() == 38
    assert app.success[0].value == "**refs\\.bib** (bibtex): 2 read, 2 new, 0 known already."


@pytest.mark.usefixtures("imported_here")
def test_liked_papers_come_with_an_upload(library: Library, opened: Opener) -> None:
    upload(opened("library", shelf="Import"), "refs.bib", BIB, role="liked")
    assert [e.kind for e in app_state.store().feedback.events("me")] == [EventKind.like] * 2


@pytest.mark.usefixtures("imported_here")
def test_the_first_import_of_an_empty_library_gives_suggestions(
    empty_library: Library, opened: Opener
) -> None:
    upload(opened("library", shelf="Import"), "refs.bib", BIB)
    assert len(titles(opened(view="List"))) == 2


@pytest.mark.usefixtures("imported_here")
def test_the_same_file_again_changes_nothing(library: Library, opened: Opener) -> None:
    app = upload(opened("library", shelf="Import"), "refs.bib", BIB)
    app = upload(app, "refs.bib", BIB)
    assert "0 new, 2 known already" in app.success[0].value
    assert app_state.store().catalogue.count() == 38


@pytest.mark.usefixtures("imported_here")
def test_what_cannot_be_read_is_named_and_changes_nothing(library: Library, opened: Opener) -> None:
    app = upload(opened("library", shelf="Import"), "../../<b>.bin", b"\x00\x01 no papers")
    assert len(app.warning) == 1
    assert "\\<b\\>" in app.warning[0].value
    assert app_state.store().catalogue.count() == 36


def test_nothing_is_imported_without_a_file(library: Library, opened: Opener) -> None:
    app = opened("library", shelf="Import")
    assert next(x for x in app.button if x.label == "Import").disabled


@pytest.mark.usefixtures("imported_here")
def test_a_report_outlives_the_session_and_the_process(library: Library, opened: Opener) -> None:
    upload(opened("library", shelf="Import"), "refs.bib", BIB + b"@article{x, title={}}")
    background_jobs.all_jobs.clear()
    again = opened("library", shelf="Import")
    assert "2 read, 2 new" in again.warning[0].value
    assert press(again, "Dismiss").warning == []
    assert not opened("library", shelf="Import").warning


def test_while_an_import_runs_its_progress_is_shown_and_no_other_begins(
    library: Library, opened: Opener
) -> None:
    going_on = Event_()
    started = background_jobs.all_jobs().start(
        "me", "import", "Importing 1 file", lambda tell: (tell("a", 5, 20), going_on.wait(20))
    )
    assert started
    while not background_jobs.all_jobs().of("me", "import").done:
        pass
    app = opened("library", shelf="Import")
    assert app.get("progress")[0].proto.text.startswith("Importing 1 file · 5 of about 20")
    assert next(x for x in app.button if x.label == "Import").disabled
    assert not background_jobs.all_jobs().start("me", "import", "another", lambda tell: None)
    going_on.set()
    background_jobs.all_jobs().wait()
    assert not opened("library", shelf="Import").get("progress")


def test_status_moves_a_paper_from_shelf_to_shelf(library: Library, opened: Opener) -> None:
    saved, liked = judge(EventKind.save, 3)[0], judge(EventKind.like, 7)[0]
    app_state.store().annotations.status("me", [liked], "reading", app_state.now())
    assert sorted(titles(opened("library", shelf="To read"))) == sorted(
        shown_titles([saved, liked])
    )
    app_state.store().annotations.status("me", [saved], "read", app_state.now())
    assert titles(opened("library", shelf="To read")) == shown_titles([liked])
    assert titles(opened("library", shelf="Read")) == shown_titles([saved])


def test_find_within_looks_at_titles_authors_and_tags(library: Library, opened: Opener) -> None:
    ids = judge(EventKind.like, 0, 1, 2, 14)
    app_state.store().annotations.tag("me", [ids[1]], "Zeit", app_state.now())
    assert titles(opened("library", shelf="Liked", find="zeit")) == shown_titles([ids[1]])
    assert titles(opened("library", shelf="Liked", find="bridges")) == shown_titles([ids[3]])
    assert titles(opened("library", shelf="Liked", find="xylophone")) == ["No papers match"]


def test_the_address_holds_order_tag_and_status(library: Library, opened: Opener) -> None:
    ids = judge(EventKind.like, 0, 1, 2)
    in_order = titles(opened("library", shelf="Liked", sort="Title"))
    assert in_order == sorted(shown_titles(ids))
    app_state.store().annotations.tag("me", [ids[0]], "Monday", app_state.now())
    app_state.store().annotations.status("me", [ids[2]], "read", app_state.now())
    assert titles(opened("library", shelf="Liked", tag="Monday")) == shown_titles(ids[:1])
    assert titles(opened("library", shelf="Liked", status="Read")) == shown_titles(ids[2:])


def test_a_selection_is_saved_and_the_save_taken_back(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(EventKind.like, 3, 7, 9)
    app = opened("library", shelf="Liked")
    first, _, third = [x["paper_id"] for x in rows(app)]
    tell(app, monkeypatch, "pick", paper_ids=[first, third, "doi:10.1/foreign"], on=True)
    assert any("2 selected" in x.value for x in app.markdown)
    press(app, "Save")
    states = fold(app_state.store().feedback.events("me")).values()
    assert sum(x.saved for x in states) == 2
    press(app, "Undo: Saved 2 papers")
    states = fold(app_state.store().feedback.events("me")).values()
    assert sum(x.saved for x in states) == 0
    assert all(x.verdict is EventKind.like for x in states)


def test_taking_off_a_shelf_is_taken_back(library: Library, opened: Opener) -> None:
    ids = judge(EventKind.like, 3, 7, 9)
    app = press(opened("library", shelf="Liked"), "Select all")
    press(app, "Remove from “Liked”")
    assert titles(app) == ["Nothing here yet"]
    press(app, "Undo: Removed 3 papers from Liked")
    assert sorted(titles(app)) == sorted(shown_titles(ids))


def test_a_selection_goes_on_a_list_gets_a_status_and_a_tag(
    library: Library, opened: Opener
) -> None:
    ids = judge(EventKind.like, 3, 7, 9)
    filled_list(3)
    app = press(opened("library", shelf="Liked"), "Select all")
    app.text_input(key="bar-Liked-tag").set_value("Survey")
    press(app, "Add")
    assert {x: m.tags for x, m in marks().items()} == dict.fromkeys(ids, ("Survey",))
    app.text_input(key="bar-Liked-tag").set_value("survey")
    press(app, "Remove")
    assert marks() == {}
    press(app, "Undo: Removed the tag from 3 papers\\: survey")
    assert len(marks()) == 3


def test_every_change_of_many_papers_is_taken_back(library: Library, opened: Opener) -> None:
    ids = app_state.store().catalogue.ids()
    made = filled_list(5, 6)
    with_session(lambda: bulk_actions.add_to_list(made.list_id, ids[4:8]))
    assert on_lists() == {"Monday": (ids[5], ids[6], ids[4], ids[7])}
    with_session(lambda: bulk_actions.set_status("read", ids[:2]))
    assert set(marks()) == set(ids[:2])


@pytest.mark.slow
def test_papers_of_a_list_are_moved(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled_list(5, 6, 7)
    a, b, c = made.paper_ids
    app = opened("library", shelf="Reading lists")
    for place, by, expected in ((0, 1, (b, a, c)), (2, -2, (c, b, a)), (2, -9, (a, c, b))):
        tell(app, monkeypatch, "move", place, by=by)
        assert on_lists()["Monday"] == expected
    assert titles(app) == shown_titles([a, c, b])


@pytest.mark.parametrize("by", [None, "1", 1.5, True, [1]])
def test_a_move_that_no_row_sends_moves_nothing(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch, by: object
) -> None:
    before = filled_list(5, 6, 7).paper_ids
    tell(opened("library", shelf="Reading lists"), monkeypatch, "move", by=by)
    assert on_lists()["Monday"] == before


def test_an_order_by_hand_is_offered_for_the_whole_list_only(
    library: Library, opened: Opener
) -> None:
    filled_list(5, 6, 7)
    assert groups(opened("library", shelf="Reading lists"))[0]["ordered"]
    for other in ({"sort": "Title"}, {"find": "bees"}):
        (group,) = groups(opened("library", shelf="Reading lists", **other))
        assert group["rows"]
        assert not group["ordered"]


def test_a_note_is_kept_shown_and_exported(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled_list(5, 6)
    app = opened("library", shelf="Reading lists")
    tell(app, monkeypatch, "note", 1, text="Ask <Ada> about **this**")
    assert app_state.store().reading_lists.get("me", "Monday").notes == {
        made.paper_ids[1]: "Ask <Ada> about **this**"
    }
    assert [x["note"] for x in rows(app)] == ["", "Ask <Ada> about **this**"]
    app.toggle(key=f"exporting-{made.list_id}-on").set_value(True).run()
    app.selectbox(key="format-Monday").select("markdown").run()
    assert "Ask" in app.code[0].value


def test_a_list_is_renamed_and_described(library: Library, opened: Opener) -> None:
    made = filled_list(5)
    app = opened("library", shelf="Reading lists")
    app.text_input(key=f"name-{made.list_id}").set_value("Tuesday")
    app.text_area(key=f"about-{made.list_id}").set_value("For the <i>seminar</i>")
    press(app, "Save")
    kept = app_state.store().reading_lists.get("me", "Tuesday")
    assert kept.about == "For the <i>seminar</i>"
    assert native(kept.about) in [x.value for x in app.markdown]


def test_what_is_taken_off_a_list_comes_back_with_its_note(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled_list(5, 6, 7)
    before = app_state.store().reading_lists.note(made.list_id, made.paper_ids[1], "why")
    app = opened("library", shelf="Reading lists")
    tell(app, monkeypatch, "remove", 1)
    assert on_lists()["Monday"] == (made.paper_ids[0], made.paper_ids[2])
    press(app, "Undo: Removed 1 paper from Monday")
    assert app_state.store().reading_lists.get("me", "Monday") == before


def with_session(work: Callable[[], None]) -> None:
    """Do what a callback does, as a page would."""
    work()


def test_nobody_changes_a_list_of_another_reader(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = app_state.store().readers.add("Somebody", app_state.now())
    secret = app_state.store().reading_lists.create(other.reader_id, "Secret", app_state.now())
    judge(EventKind.like, 3)
    app = opened("library", shelf="Liked")
    for name in (secret.list_id, "Secret"):
        tell(app, monkeypatch, "list", name=name)
    assert app_state.store().reading_lists.get(other.reader_id, secret.list_id).paper_ids == ()


@pytest.mark.slow
def test_a_row_puts_its_paper_on_a_list_tags_it_and_sets_its_status(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    (paper_id,) = judge(EventKind.like, 3)
    app = opened("library", shelf="Liked")
    tell(app, monkeypatch, "list", name="Monday")
    tell(app, monkeypatch, "tag", name="Survey")
    tell(app, monkeypatch, "status", status="read")
    tell(app, monkeypatch, "status", status="burnt")
    assert on_lists() == {"Monday": (paper_id,)}
    assert marks()[paper_id] == Annotation("read", ("Survey",))
    assert [(x["reading"], x["tags"]) for x in rows(app)] == [("read", ["Survey"])]


def test_read_next_orders_the_unread_with_reasons(library: Library, opened: Opener) -> None:
    assert "appears here" in " ".join(
        x.value for x in opened("library", shelf="Read next").markdown
    )
    store = app_state.store()
    glaciers = [f"doi:10.5555/glaciers.{i}" for i in range(8)]
    for x in glaciers[:4]:
        event = Event(f"l{x}", "me", "me/general", x, EventKind.like, app_state.now())
        store.feedback.append(event)
    made = store.reading_lists.create("me", "Monday", app_state.now())
    bees = [f"doi:10.5555/bees.{i}" for i in range(3)]
    store.reading_lists.extend(made.list_id, [*bees, *glaciers[4:]], app_state.now())
    app = opened("library", shelf="Read next")
    assert {x["paper_id"] for x in rows(app)[:4]} == set(glaciers[4:])
    assert all("Because you liked" in x["reasons"][0] for x in rows(app)[:4])
    assert not groups(app)[0]["dense"]
    store.annotations.status("me", [rows(app)[0]["paper_id"]], "read", app_state.now())
    after = opened("library", shelf="Read next")
    assert rows(app)[0]["paper_id"] not in [x["paper_id"] for x in rows(after)]
    by_title = opened("library", shelf="Read next", sort="Title")
    assert [x["title"] for x in rows(by_title)] == sorted(x["title"] for x in rows(by_title))
