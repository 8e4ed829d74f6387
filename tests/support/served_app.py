"""The app served in this process, for tests of its pages and routes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from libraries import NOW, Library
from starlette.testclient import TestClient
from streamlit.runtime import Runtime

from recommender.launch import import_ui

import_ui()

from ui import app_state  # noqa: E402
from ui.server import application  # noqa: E402

APP = Path(app_state.__file__).parent / "app.py"


@contextmanager
def serving_of(
    library: Library, host: str = "127.0.0.1", listening_at: str = "127.0.0.1"
) -> Iterator[TestClient]:
    """Serve a library in this process, pages and all; Streamlit allows one at a time."""
    app = application(library.settings, host=listening_at)
    app_state.configure(library.settings, lambda: NOW)
    try:
        with TestClient(app, base_url=f"http://{host}") as client:
            yield client
    finally:
        Runtime._instance = None
