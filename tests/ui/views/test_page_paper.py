"""One paper: its record, tags, lists, where it comes from, merges and their undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from libraries import HOSTILE, NOW, Library
from page_rows import answer, rows
from streamlit.testing.v1 import AppTest

from recommender.domain import Author, EventKind, Paper
from recommender.store import Origin
from ui import app_state
from ui.paper_text import native, plain

Opener = Callable[..., AppTest]


def said(app: AppTest) -> str:
    return "\n".join(x.value for x in (*app.markdown, *app.caption))


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label == label).click().run()
    assert not app.exception, app.exception[0].value
    return app


def test_every_field_is_shown(library: Library, opened: Opener) -> None:
    shown = app_state.store().catalogue.get("doi:10.5555/bees.1")
    app = opened("paper", paper="https://doi.org/10.5555/bees.1")
    assert app.title[0].value == native(shown.title)
    row = rows(app)[0]
    assert row["abstract"] == shown.abstract
    assert row["authors"] == [x.name for x in shown.authors]
    assert shown.venue in row["meta"]
    assert native("10.5555/bees.1") in said(app)
    near = [x["paper_id"] for x in rows(app)[1:]]
    assert len(near) == 8
    assert shown.paper_id not in near
    assert "Where this comes from" in [x.value for x in app.subheader]


@pytest.mark.parametrize("folder", ["/home/ada/secret", "C:\\Users\\ada\\secret", "~/secret"])
def test_a_file_is_named_without_its_folder(library: Library, opened: Opener, folder: str) -> None:
    store = app_state.store()
    origin = Origin("bibtex", folder + ("\\" if "\\" in folder else "/") + "refs.bib")
    new = Paper(title="Something else entirely", identifiers=("doi:10.5555/other",))
    store.catalogue.add([new], NOW, origin, [7])
    app = opened("paper", paper="doi:10.5555/other")
    assert native("bibtex refs.bib, line 7") in said(app)
    assert "secret" not in said(app)


@pytest.mark.parametrize("named", ["", "doi:10.1/none", "<b>", "' OR 1=1"])
def test_an_unknown_paper_gets_an_answer(library: Library, opened: Opener, named: str) -> None:
    app = opened("paper", paper=named)
    assert [x.value for x in app.subheader] == ["This paper is not in the library"]


def test_tags_are_added_and_taken_off(library: Library, opened: Opener) -> None:
    app = opened("paper", paper="doi:10.5555/bees.1")
    key = "tags-doi:10.5555/bees.1"
    app.multiselect(key=key).set_value(["<b>new</b>"]).run()
    assert not app.exception
    assert app_state.store().annotations.tags("me") == ["<b>new</b>"]
    assert rows(app)[0]["tags"] == ["<b>new</b>"]
    app.multiselect(key=key).set_value([]).run()
    assert app_state.store().annotations.tags("me") == []


def test_lists_and_notes_are_named(library: Library, opened: Opener) -> None:
    made = app_state.store().reading_lists.create("me", "Monday <i>", NOW)
    app_state.store().reading_lists.add(made.list_id, "doi:10.5555/bees.1", NOW)
    app_state.store().reading_lists.note(made.list_id, "doi:10.5555/bees.1", "why **not**")
    text = said(opened("paper", paper="doi:10.5555/bees.1"))
    assert native("Monday <i>") in text
    assert native("why **not**") in text


def test_a_merge_is_shown_and_taken_back(library: Library, opened: Opener) -> None:
    curie = (Author(family="Curie", given="Ada"),)
    add = app_state.store().catalogue.add
    add([Paper("A study of rays", identifiers=("doi:10.1000/xyz",), authors=curie)], NOW)
    add([Paper("Rays, a study", identifiers=("arxiv:2401.01234",), authors=curie)], NOW)
    add([Paper("Rays: a study", identifiers=("arxiv:2401.01234", "doi:10.1000/xyz"))], NOW)
    assert app_state.store().catalogue.count() == 37
    app = opened("paper", paper="arxiv:2401.01234")
    assert "Merged into this paper" in [x.value for x in app.subheader]
    press(app, "Undo this merge")
    assert app_state.store().catalogue.count() == 38
    assert "Undo this merge" not in [x.label for x in app.button]


def test_a_paper_can_be_judged_from_its_page(library: Library, opened: Opener) -> None:
    answer(opened("paper", paper="doi:10.5555/bees.1"), "like")
    assert [e.kind for e in app_state.store().feedback.events("me")] == [EventKind.like]


def test_hostile_records_are_text(hostile_library: Library, opened: Opener) -> None:
    for paper in app_state.store().catalogue.papers():
        if paper.title in HOSTILE:
            app = opened("paper", paper=paper.paper_id)
            assert app.title[0].value == native(paper.title)
            assert rows(app)[0]["title"] == plain(paper.title)
            assert "javascript:alert(3)" not in said(app).replace("\\", "\\\\")


def test_versions_are_listed_and_told_apart(library: Library, opened: Opener) -> None:
    people = (Author(family="Larsen", given="Ines"), Author(family="Vogel", given="Mo"))
    early = Paper(
        "Kelp forests remember last year's storms",
        year=2023,
        venue="bioRxiv",
        authors=people,
        identifiers=("doi:10.1101/2023.01.01.555555",),
    )
    late = replace(early, year=2024, venue="Sea", identifiers=("doi:10.5555/kelp.9",))
    add = app_state.store().catalogue.add
    add([early], NOW)
    add([late], NOW)
    app = opened("paper", paper="10.1101/2023.01.01.555555")
    assert "Versions" in [x.value for x in app.subheader]
    [shown, other] = (x.value for x in app.markdown if x.value.startswith("- ["))
    assert "(https://doi.org/10.5555/kelp.9) (shown here)" in shown
    assert "2024, Sea" in shown
    assert "2023, bioRxiv" in other
    app = press(app, "Undo this merge")
    assert "Versions" not in [x.value for x in app.subheader]
    ids = app_state.store().catalogue.resolve([*early.identifiers, *late.identifiers])
    assert len(set(ids.values())) == 2


def test_the_authors_of_a_paper_are_followed(library: Library, opened: Opener) -> None:
    paper = app_state.store().catalogue.papers()[0]
    name = paper.authors[0].name
    app = opened("paper", paper=paper.paper_id)
    next(x for x in app.button if x.label == f"Follow {name}").click().run()
    assert not app.exception
    assert [x.name for x in app_state.store().saved_searches.list("me")] == [name]
    assert any(x.label == f"Following {name}" for x in app.button)
