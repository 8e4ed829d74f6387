"""Start: four ways to say what one reads, and the way to the first papers."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from libraries import HOSTILE, Library
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from recommender.domain import EventKind
from ui import app_state

Opener = Callable[..., AppTest]
BIB = b"""@article{a, title={A survey of bees: hive and nectar}, author={Ada Invented}, year={2020},
  abstract={This survey follows pollen and foraging of bees.}}
@article{b, title={A theory of bees and their queen}, author={Bo Madeup}, year={2021}}
@article{c, author={Nobody}}
"""


@pytest.fixture
def newcomer(library: Library, opened: Opener) -> AppTest:
    app_state.store().preferences.set("me", "started", None)
    return opened()


def heading(app: AppTest) -> str:
    return str(app.title[0].value)


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label.startswith(label)).click().run()
    assert not app.exception, app.exception[0].value
    return app


def events() -> list[tuple[EventKind, str]]:
    return [(e.kind, e.paper_id) for e in app_state.store().feedback.events("me")]


def until_read(app: AppTest) -> AppTest:
    """Run the page until no work of it is under way."""
    end = time.monotonic() + 120
    while not app.success and not app.warning and not app.error:
        assert time.monotonic() < end, "the file is never read"
        app.run()
    return app


def test_a_new_reader_is_sent_to_start(newcomer: AppTest) -> None:
    assert heading(newcomer) == "What do you read?"


def test_skipping_leads_to_the_papers_and_is_remembered(newcomer: AppTest, opened: Opener) -> None:
    assert heading(press(newcomer, "Skip this")) == "For you"
    assert heading(opened()) == "For you"


def test_a_reader_with_likes_is_not_sent(library: Library, opened: Opener) -> None:
    app_state.store().preferences.set("me", "started", None)
    app = opened("start")
    assert "Skip this" not in [x.label for x in app.button]
    app.text_area(key="start_pasted").set_value("10.5555/bees.3")
    press(app, "Find them")
    assert heading(opened()) == "For you"


@pytest.mark.usefixtures("imported_here")
def test_a_file_becomes_likes_with_a_report(newcomer: AppTest) -> None:
    newcomer.file_uploader[0].set_value([("refs.bib", BIB, "text/plain")]).run()
    app = until_read(press(newcomer, "Use these papers"))
    assert "2 read, 2 new" in app.warning[0].value
    assert [kind for kind, _ in events()] == [EventKind.like] * 2
    assert any("What was refused" in x.label for x in app.expander)
    assert any("So far:" in x.value and "2 papers" in x.value for x in app.markdown)
    assert any("bees" in x.value and "Because" in x.value for x in app.markdown)
    assert heading(press(app, "Show me my papers")) == "For you"


@pytest.mark.usefixtures("imported_here")
def test_a_file_without_papers_is_said_so(newcomer: AppTest) -> None:
    newcomer.file_uploader[0].set_value([("../../<b>.bin", b"\x00\x01", "text/plain")]).run()
    app = until_read(press(newcomer, "Use these papers"))
    assert "0 read" in app.warning[0].value
    assert "\\<b\\>" in app.warning[0].value


@pytest.mark.usefixtures("imported_here")
def test_files_are_sent_once_they_are_there_and_not_twice(newcomer: AppTest) -> None:
    def button() -> Button:
        return next(x for x in newcomer.button if x.label == "Use these papers")

    assert button().disabled
    newcomer.file_uploader[0].set_value([("refs.bib", BIB, "text/plain")]).run()
    assert not button().disabled
    until_read(press(newcomer, "Use these papers"))
    assert button().disabled
    assert not newcomer.file_uploader[0].value


def test_a_full_disk_is_said_so_and_the_file_stays_chosen(
    newcomer: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    newcomer.file_uploader[0].set_value([("refs.bib", BIB, "text/plain")]).run()
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    monkeypatch.setattr(Path, "write_bytes", full)
    app = press(newcomer, "Use these papers")
    assert "No space left on device" in app.warning[0].value
    assert list(room.iterdir()) == []
    assert app.file_uploader[0].value


def test_pasted_lines_are_found_once_and_the_rest_is_named(newcomer: AppTest) -> None:
    first = app_state.store().catalogue.papers()[0]
    lines = f"{first.title}\n10.5555/glaciers.2\n10.9999/none\nA title nobody has ever written"
    newcomer.text_area(key="start_pasted").set_value(lines)
    app = press(press(newcomer, "Find them"), "Find them")
    assert len(events()) == 2
    assert "2 papers" in app.success[0].value
    assert "2 lines not found" in app.warning[0].value
    app = press(app, "Add 1 title")
    assert len(events()) == 3
    assert app_state.store().catalogue.count() == 37
    assert "1 line not found" in app.warning[0].value


def test_a_hostile_line_is_shown_as_text(newcomer: AppTest) -> None:
    newcomer.text_area(key="start_pasted").set_value(HOSTILE[1])
    app = press(newcomer, "Find them")
    assert any("\\*\\*bold\\*\\*" in x.value for x in app.markdown)


def test_a_sentence_is_a_first_profile(newcomer: AppTest) -> None:
    newcomer.text_area(key="start_about_me/general").set_value("calving of glaciers, moraine, ice")
    app = press(newcomer, "Use this")
    assert app_state.store().readers.interests("me")[0].about.startswith("calving")
    (box,) = [x for x in app.markdown if "So far:" in x.value]
    assert "calving" in box.value
    assert heading(press(app, "Show me my papers")) == "For you"
    slate = app_state.recommender().recommend("me", n=5, now=app_state.now(), record=False)
    assert all("glaciers" in x.title for x in slate.items)


def test_picks_are_liked_and_taken_back_in_their_places(newcomer: AppTest) -> None:
    app = press(newcomer, "Like")
    ((kind, paper_id),) = events()
    assert kind is EventKind.like
    assert app.button(key=f"pick-like-{paper_id}").label == "Liked"
    press(app, "Liked")
    assert events()[-1] == (EventKind.undo, paper_id)


def test_other_picks_can_be_asked_for(newcomer: AppTest) -> None:
    def offered(app: AppTest) -> list[str]:
        return [str(x.key) for x in app.button if str(x.key).startswith("pick-like-")]

    first = offered(newcomer)
    second = offered(press(newcomer, "Show others"))
    assert len(first) == 12
    assert not {*first} & {*second}


def test_an_empty_library_offers_what_can_be_done(empty_library: Library, opened: Opener) -> None:
    app = opened("start")
    assert any("no papers to pick from" in x.value for x in app.subheader)
