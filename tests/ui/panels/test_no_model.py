"""Pages of a library that has papers and no model yet."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from libraries import NOW, Library, make_library, papers_on
from streamlit.testing.v1 import AppTest

from recommender.config import Settings
from ui import app_state
from ui.panels import no_model

Opener = Callable[..., AppTest]


class Fits:
    """Stands in for the process that fits: notes each start, and runs while it is told to."""

    def __init__(self) -> None:
        self.begun = 0
        self.said: str | None = "Encoded 3 of 8 papers."

    def begin(self, settings: Settings) -> bool:
        self.begun += 1
        return True

    def running(self, settings: Settings) -> str | None:
        return self.said


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> Fits:
    fits = Fits()
    monkeypatch.setattr(no_model, "refit_in_background", fits.begin)
    monkeypatch.setattr(no_model, "running_fit", fits.running)
    return fits


@pytest.fixture
def unfitted(tmp_path: Path, fits: Fits) -> Iterator[Library]:
    made = make_library(tmp_path / "library", papers_on("bees", 8), fitted=False)
    app_state.configure(made.settings, lambda: NOW)
    yield made
    app_state.close()


def said(app: AppTest) -> str:
    return " ".join(x.value for x in [*app.subheader, *app.markdown, *app.caption])


@pytest.mark.slow
@pytest.mark.parametrize("page", ["for_you", "profile", "near"])
def test_a_fit_begins_by_itself_and_the_page_says_how_far_it_is(
    unfitted: Library, fits: Fits, opened: Opener, page: str
) -> None:
    first = app_state.store().catalogue.ids()[0]
    app = opened(page, near_papers=[first])
    assert fits.begun == 1
    assert [x.value for x in app.error] == []
    assert "Getting to know your papers" in said(app)
    assert "on 8 papers" in said(app)
    assert "Encoded 3 of 8 papers" in said(app)
    app.run()
    assert fits.begun == 1


def test_a_paper_has_its_page_without_a_model(
    unfitted: Library, fits: Fits, opened: Opener
) -> None:
    app = opened("paper", paper=app_state.store().catalogue.ids()[0])
    assert [x.value for x in app.subheader][:1] == ["Record"]
    assert [x.value for x in app.error] == []
    assert fits.begun == 0


def test_a_fit_that_ended_without_a_model_can_be_begun_again(
    unfitted: Library, fits: Fits, opened: Opener
) -> None:
    fits.said = None
    app = opened()
    assert "There is no model yet" in said(app)
    next(x for x in app.button if x.label == "Fit now").click().run()
    assert fits.begun == 2


def test_the_page_comes_when_the_model_does(unfitted: Library, fits: Fits, opened: Opener) -> None:
    app = opened()
    ready = make_library(unfitted.settings.data_dir.parent / "ready", papers_on("bees", 8))
    shutil.copytree(ready.settings.models_dir, unfitted.settings.models_dir, dirs_exist_ok=True)
    app.run()
    assert "Getting to know your papers" not in said(app)
    assert fits.begun == 1


def test_nothing_is_begun_where_nothing_can_be_written(
    unfitted: Library, fits: Fits, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(app_state.store().database), "is_read_only", True)
    app = opened()
    assert fits.begun == 0
    assert "none can be fitted" in said(app)
