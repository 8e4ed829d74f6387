"""Papers in rows: one component for every page that lists papers.

The script shows the rows, takes keys and clicks, and posts answers to
``/api/feedback`` itself, as the deck does. What is no answer (a note, a tag, a
place on a list, what is picked) is told to Python by a trigger; nothing of it is
trusted here, see `ui.rows.told`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent
_SHARED = _FOLDER.parent / "deck"


def _source(*paths: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in paths)


_component = st.components.v2.component(
    "paperloop_rows",
    html=_source(_FOLDER / "rows.html"),
    css=_source(_FOLDER / "rows.css"),
    js=_source(
        *(_SHARED / name for name in ("keys.js", "outbox.js", "paint.js", "address.js")),
        _FOLDER / "rows.js",
    ),
)


def rows(
    data: Mapping[str, Any], *, key: str, on_told: Callable[[Mapping[str, Any]], None]
) -> None:
    """Show papers in rows; reruns the fragment they stand in when they have something to tell.

    Parameters
    ----------
    data
        As made by `ui.panels.paper_list.rows_data`.
    key
        One for each place that shows papers and each reader.
    on_told
        Takes what a reader did that is no answer: ``what`` and its values.
    """

    def told() -> None:
        value = getattr(st.session_state.get(key), "told", None)
        if isinstance(value, Mapping):
            on_told(value)

    _component(key=key, data=dict(data), on_stored_change=_heard, on_told_change=told)


def _heard() -> None:
    """Take note of a trigger; the rerun it causes does the work."""
