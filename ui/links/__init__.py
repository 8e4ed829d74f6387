"""A link to a page of the app, with what the page is asked for.

The link is a real one, which can be opened in a new tab. A plain click stays in this session, and
Back returns to the page and the query before; Streamlit's own links write their query into the
address that they leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent
_DECK = _FOLDER.parent / "deck"

_component = st.components.v2.component(
    "paperloop_link",
    html='<p class="link"></p>',
    css=(_FOLDER / "links.css").read_text("utf-8"),
    js="\n".join(
        path.read_text("utf-8")
        for path in (_DECK / "paint.js", _DECK / "address.js", _FOLDER / "links.js")
    ),
)


def app_link(
    label: str, page: str, query: Mapping[str, str | Sequence[str]], *, key: str, help: str = ""
) -> None:
    """Show a link to a page of the app.

    Parameters
    ----------
    label
        Plain text.
    page
        Its path in the address, such as ``library``; ``""`` for the first page.
    query
        Its parameters besides reader and interest, which stay as they are; a parameter with
        several values stands several times.
    """
    pairs = [
        [name, value]
        for name, values in query.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    _component(key=key, data={"label": label, "page": page, "query": pairs, "help": help})
