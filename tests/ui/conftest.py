"""A library for every test of the pages: its own copy, so that none sees another's."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from libraries import NOW, Library, hostile_papers, make_library, papers_on, papers_on_all
from served_app import APP, serving_of
from starlette.testclient import TestClient
from streamlit import config
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from recommender.config import load_settings
from recommender.ingest import ImportReport, import_paths, subprocess_import
from recommender.launch import import_ui
from recommender.sources import FORMATS, load
from recommender.store import Store

import_ui()

from ui import app_state  # noqa: E402
from ui.panels import import_panel  # noqa: E402
from ui.server import CONFIG  # noqa: E402

Opener = Callable[..., AppTest]
for name in ("runner.magicEnabled", "browser.gatherUsageStats"):
    config.set_option(name, CONFIG[name])
ELSEWHERE = {"profile", "performance"}
"""Pages whose address is not their file's name: Streamlit finds them after a first run only."""


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "library"
    make_library(folder, papers_on_all())
    return folder


@pytest.fixture(scope="session")
def hostile_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "library"
    make_library(folder, [*hostile_papers(), *papers_on("bees", 4)])
    return folder


def served(folder: Path) -> Iterator[Library]:
    settings = load_settings(data_dir=folder)
    app_state.configure(settings, lambda: NOW)
    yield Library(settings)
    app_state.close()


@pytest.fixture
def library(template: Path, tmp_path: Path) -> Iterator[Library]:
    shutil.copytree(template, tmp_path / "library")
    yield from served(tmp_path / "library")


@pytest.fixture
def hostile_library(hostile_template: Path, tmp_path: Path) -> Iterator[Library]:
    shutil.copytree(hostile_template, tmp_path / "library")
    yield from served(tmp_path / "library")


@pytest.fixture
def empty_library(tmp_path: Path) -> Iterator[Library]:
    make_library(tmp_path / "library", [])
    yield from served(tmp_path / "library")


@pytest.fixture
def serving() -> Iterator[Callable[..., TestClient]]:
    with ExitStack() as stack:
        yield lambda *given: stack.enter_context(serving_of(*given))


@pytest.fixture(scope="module")
def module_serving() -> Iterator[Callable[..., TestClient]]:
    """One server for all tests of a module; which library it serves is said for every test."""
    with ExitStack() as stack:
        yield lambda *given: stack.enter_context(serving_of(*given))
    app_state.close()


@pytest.fixture(scope="module")
def template_client(template: Path, module_serving: Callable[..., TestClient]) -> TestClient:
    return module_serving(Library(load_settings(data_dir=template)))


def _import_here(url: str, paths: Sequence[Path], **more: Any) -> ImportReport:
    store = Store(url)
    try:
        return import_paths(store, paths, **more)
    finally:
        store.close()


@pytest.fixture
def imported_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Import without a process of its own, whose start takes seconds."""
    for name in FORMATS:  # CPython 3.11 may not compile modules while a page is compiled
        load(name)
    for module in (import_panel, subprocess_import):
        monkeypatch.setattr(module, "in_child", _import_here)


@pytest.fixture(scope="session")
def components() -> BidiComponentManager:
    """One registry of components for all pages, as in a server: filling it scans every package."""
    manager = BidiComponentManager()
    manager.discover_and_register_components(start_file_watching=False)
    return manager


@pytest.fixture
def opened(components: BidiComponentManager) -> Opener:
    """Open a page by its name, with the address's query; it has run once."""

    def open_page(name: str = "for_you", **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=120)
        app._bidi_component_manager = components
        for key, value in query.items():
            app.query_params[key] = value
        if name in ELSEWHERE:
            app.run()
            for key, value in query.items():
                app.query_params[key] = value
        if name != "for_you":
            app.switch_page(f"views/{name}.py")
        app.run()
        assert not app.exception, app.exception[0].value
        return app

    return open_page
