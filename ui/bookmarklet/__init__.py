"""The bookmarklet: a bookmark whose code sends the page in view to the page *Add a paper*.

Streamlit takes links with code out of what it shows, so the link to drag is a component.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import streamlit as st

_FOLDER = Path(__file__).parent
_SOURCE = (_FOLDER / "bookmarklet.js").read_text("utf-8")
_COMMENT = re.compile(r"^//[^\n]*\n", re.MULTILINE)
_LABEL = "Add to paperloop"
_component = st.components.v2.component(
    "paperloop_bookmarklet",
    html='<p><a draggable="true"></a></p>',
    css="""
p { margin: 0; font-family: var(--st-font); line-height: 2.4rem; }
a { padding: 0.4rem 0.8rem; border: 1px solid var(--st-border-color); border-radius: 0.5rem;
    color: var(--st-text-color); text-decoration: none; cursor: grab; }
a:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
""",
    js=(_FOLDER / "drag.js").read_text("utf-8"),
)


def code(page: str) -> str:
    """Return the address of the bookmark that opens `page`, which ends in ``?`` or ``&``."""
    lines = (x.strip() for x in _COMMENT.sub("", _SOURCE).splitlines())
    # "<" and quotes are written so that the address can end neither the string nor a tag around it.
    literal = json.dumps(page).replace("<", "\\u003c").replace("'", "\\u0027")
    text = " ".join(x for x in lines if x).replace("PAGE", literal, 1)
    return "javascript:" + quote(text, safe="()[]{}.,:;=+*/!?&|>$_- '\"\\<^~")


def drag_link(address: str) -> None:
    """Show the bookmark as a link to drag to the bookmarks bar."""
    _component(
        key="bookmarklet",
        data={"label": _LABEL, "address": address, "help": "Drag this to the bookmarks bar"},
    )
