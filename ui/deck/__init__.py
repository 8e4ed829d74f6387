"""The triage deck: a small components-v2 script that keeps up with a fast reader.

It holds the next papers, shows the next one at once, and posts what the
reader does to ``/api/feedback`` itself; the answer brings the re-ranked queue.
Python only hands it cards; nothing of what it reports is trusted here, the
store is the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

SHOWS = 12
"""How many papers the deck shows: the one in focus and the queue."""

EXPLAINS = 3
"""How many of the first get reasons with every answer: the paper in focus, which alone shows them,
and those a fast reader reaches before the next answer is there. The others keep theirs."""

HOLDS = 72
"""How many it is given, so that a fast reader does not run dry before the next deal."""

_FOLDER = Path(__file__).parent


def _source(*names: str) -> str:
    return "\n".join((_FOLDER / name).read_text("utf-8") for name in names)


_component = st.components.v2.component(
    "paperloop_deck",
    html=_source("deck.html"),
    css=_source("deck.css"),
    js=_source(
        "keys.js",
        "outbox.js",
        "paint.js",
        "address.js",
        "swipe.js",
        "changes.js",
        "queue.js",
        "deck.js",
    ),
)


def deck(data: Mapping[str, Any], *, key: str) -> None:
    """Show the deck; reruns the fragment it stands in when it has something to tell.

    Parameters
    ----------
    data
        ``shows``, ``library`` and ``reader`` (whose answers wait here), ``endpoint``,
        ``token``; ``cards``, ``focus`` (a card the address asks for, or None),
        ``lists`` and ``undo`` as made by `ui.deck.deck_data`; ``asks`` (what the deck asks
        the route for); ``last_event_id`` the cards are based on; ``note`` and ``progress`` (two
        quiet lines); ``rest`` (title, text and links for an empty queue); ``serial``,
        different at every run.
    key
        One for each reader, interest and filter, so that none sees another's queue.
    """
    _component(
        key=key,
        data=dict(data),
        on_stored_change=_heard,
        on_look_change=_heard,
    )


def _heard() -> None:
    """Take note of a trigger; the rerun it causes does the work."""
