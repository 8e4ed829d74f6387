"""Library: shelves, reading lists, export in every format, import."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from libraries import Library
from streamlit.testing.v1 import AppTest

from recommender import export
from recommender.domain import Event, EventKind
from ui import exporting, session, state
from ui.text import native

Opener = Callable[..., AppTest]


def titles(app: AppTest) -> list[str]:
    return [x.value for x in app.subheader]


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label == label).click().run()
    assert not app.exception, app.exception[0].value
    return app


def judge(kind: EventKind, *places: int) -> list[str]:
    ids = [state.store().catalogue.ids()[i] for i in places]
    for x in ids:
        event = Event(f"{kind}{x}", "me", "me/general", x, kind, state.now())
        state.store().feedback.append(event)
    return ids


def shown_titles(ids: list[str]) -> list[str]:
    found = state.store().catalogue.get_many(ids)
    return [native(found[x].title) for x in ids]


@pytest.mark.parametrize(
    ("shelf", "kind"),
    [
        ("Liked", EventKind.like),
        ("Saved", EventKind.save),
        ("Skipped", EventKind.skip),
        ("Skipped", EventKind.dislike),
    ],
)
def test_each_shelf_holds_what_was_put_there(
    library: Library, opened: Opener, shelf: str, kind: EventKind
) -> None:
    ids = judge(kind, 3, 7)
    assert sorted(titles(opened("library", shelf=shelf))) == sorted(shown_titles(ids))


@pytest.mark.parametrize("shelf", ["Liked", "Saved", "Skipped", "Reading lists"])
def test_an_empty_shelf_says_how_to_fill_it(library: Library, opened: Opener, shelf: str) -> None:
    app = opened("library", shelf=shelf)
    assert titles(app) in (["Nothing here yet"], ["No reading list yet"])


def test_undo_takes_a_paper_off_the_shelf(library: Library, opened: Opener) -> None:
    judge(EventKind.like, 3)
    app = opened("library", shelf="Liked")
    press(app, "Undo")
    assert titles(app) == ["Nothing here yet"]


def test_a_long_shelf_has_pages(library: Library, opened: Opener) -> None:
    judge(EventKind.like, *range(25))
    assert len(titles(opened("library", shelf="Liked"))) == 20


def test_a_reading_list_is_made_filled_and_emptied(library: Library, opened: Opener) -> None:
    app = opened("library", shelf="Reading lists")
    app.text_input(key="new_list_name").set_value("For Monday <b>")
    press(app, "Make it")
    (made,) = state.store().reading_lists.list("me")
    assert made.name == "For Monday <b>"
    assert titles(app) == ["This list is empty"]
    paper_id = state.store().catalogue.ids()[5]
    state.store().reading_lists.add(made.list_id, paper_id, state.now())
    app.run()
    assert titles(app) == shown_titles([paper_id])
    press(app, "Remove from list")
    assert state.store().reading_lists.get("me", made.list_id).paper_ids == ()


def test_a_name_that_is_taken_is_said_so(library: Library, opened: Opener) -> None:
    state.store().reading_lists.create("me", "Monday", state.now())
    app = opened("library", shelf="Reading lists")
    app.text_input(key="new_list_name").set_value("Monday")
    press(app, "Make it")
    assert len(app.warning) == 1
    assert len(state.store().reading_lists.list("me")) == 1


def test_a_list_of_another_reader_is_not_shown(library: Library, opened: Opener) -> None:
    other = state.store().readers.add("Somebody", state.now())
    secret = state.store().reading_lists.create(other.reader_id, "Secret", state.now())
    app = opened("library", shelf="Reading lists", list=secret.list_id)
    assert titles(app) == ["No reading list yet"]


def test_deleting_a_list_keeps_its_papers(library: Library, opened: Opener) -> None:
    state.store().reading_lists.create("me", "Monday", state.now())
    press(opened("library", shelf="Reading lists"), "Delete")
    assert state.store().reading_lists.list("me") == []
    assert state.store().catalogue.count() == 36


@pytest.mark.parametrize("name", sorted(export.FORMATS))
def test_every_format_can_be_taken_away(library: Library, opened: Opener, name: str) -> None:
    ids = judge(EventKind.like, 3, 7)
    app = opened("library", shelf="Liked")
    app.selectbox(key="format-Liked").select(name).run()
    assert len(app.get("download_button")) == 1
    written = exporting.written(ids, name).decode()
    assert written == export.render([state.store().catalogue.get(x) for x in ids], name)


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
    assert exporting.file_name(name, ".bib") == expected


def upload(app: AppTest, name: str, content: bytes, role: str = "catalogue") -> AppTest:
    app.file_uploader(key="import_files").upload(name, content)
    app.radio(key="import_role").set_value(role)
    return press(app, "Import")


BIB = b"""@article{one, title={Snow on an invented glacier}, author={Noone, Ed}, year={2024}}
@article{two, title={Ice of an invented fjord}, author={Noone, Ed}, year={2025}}
"""


def test_an_uploaded_file_is_imported_and_reported(library: Library, opened: Opener) -> None:
    app = upload(opened("library", shelf="Import"), "refs.bib", BIB)
    assert state.store().catalogue.count() == 38
    assert app.success[0].value == "**refs\\.bib** (bibtex): 2 read, 2 new, 0 known already."


def test_liked_papers_come_with_an_upload(library: Library, opened: Opener) -> None:
    upload(opened("library", shelf="Import"), "refs.bib", BIB, role="liked")
    assert [e.kind for e in state.store().feedback.events("me")] == [EventKind.like] * 2


def test_the_first_import_of_an_empty_library_gives_suggestions(
    empty_library: Library, opened: Opener
) -> None:
    upload(opened("library", shelf="Import"), "refs.bib", BIB)
    assert len(titles(opened(view="List"))) == 2


def test_the_same_file_again_changes_nothing(library: Library, opened: Opener) -> None:
    app = upload(opened("library", shelf="Import"), "refs.bib", BIB)
    app = upload(app, "refs.bib", BIB)
    assert "0 new, 2 known already" in app.success[0].value
    assert state.store().catalogue.count() == 38


def test_what_cannot_be_read_is_named_and_changes_nothing(library: Library, opened: Opener) -> None:
    app = upload(opened("library", shelf="Import"), "../../<b>.bin", b"\x00\x01 no papers")
    assert len(app.warning) == 1
    assert "\\<b\\>" in app.warning[0].value
    assert state.store().catalogue.count() == 36


def test_import_without_a_file_says_so(library: Library, opened: Opener) -> None:
    app = press(opened("library", shelf="Import"), "Import")
    assert "Choose a file first." in [x.value for x in app.caption]


def test_nobody_changes_a_list_of_another_reader(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = state.store().readers.add("Somebody", state.now())
    secret = state.store().reading_lists.create(other.reader_id, "Secret", state.now())
    said: dict[str, str] = {}
    monkeypatch.setattr(session.st, "session_state", said)
    session.change_list("add", secret.list_id, state.store().catalogue.ids()[0])
    assert "problem" in said
    assert state.store().reading_lists.get(other.reader_id, secret.list_id).paper_ids == ()
