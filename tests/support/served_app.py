"""The app served in this process, for tests of its pages and routes.

What every server and every run of a page would do once more is done once for all tests: Streamlit
reads the description of each installed package, and compiles each page; the server frees garbage.
A run of a page is waited for, where AppTest would look a thousand times a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

from libraries import NOW, Library
from starlette.testclient import TestClient
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime import Runtime
from streamlit.testing.v1 import app_test, local_script_runner

from recommender.launch import import_ui

import_ui()

from ui import app_state, gc_tuning  # noqa: E402
from ui.server import application  # noqa: E402

manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
app_test.ScriptCache = cache(app_test.ScriptCache)
_look_for_end = local_script_runner.require_widgets_deltas


def _wait_for_end(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
    runner._script_thread.join(timeout)
    _look_for_end(runner, 0.1)


local_script_runner.require_widgets_deltas = _wait_for_end
APP = Path(app_state.__file__).parent / "app.py"


@contextmanager
def serving_of(
    library: Library, host: str = "127.0.0.1", listening_at: str = "127.0.0.1"
) -> Iterator[TestClient]:
    """Serve a library in this process, pages and all; Streamlit allows one at a time."""
    app = application(library.settings, host=listening_at)
    app_state.configure(library.settings, lambda: NOW)
    try:
        with (
            patch.object(gc_tuning, "freeze_heap"),
            TestClient(app, base_url=f"http://{host}") as client,
        ):
            yield client
    finally:
        Runtime._instance = None
