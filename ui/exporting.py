"""A list of papers as a file to take away, in every format there is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import streamlit as st

from recommender import export
from recommender.identity import normalise_title
from ui import components

_NOT_NAME = re.compile(r"[^\w]+")


def show(ids: Sequence[str], name: str) -> None:
    """Show a format to choose and a button that downloads; written when it is clicked."""
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        chosen = st.selectbox(
            "Format",
            list(export.FORMATS),
            key=f"format-{name}",
            label_visibility="collapsed",
            width=150,
        )
        target = export.FORMATS.get(chosen or "", next(iter(export.FORMATS.values())))
        st.download_button(
            "Export",
            data=partial(written, tuple(ids), target.name),
            file_name=file_name(name, target.extension),
            mime=target.media_type,
            key=f"export-{name}",
            icon=":material/download:",
            on_click="ignore",
        )


def written(ids: Sequence[str], format_name: str) -> bytes:
    """Return the papers as text of the format, in UTF-8."""
    return export.render(components.papers(ids), format_name).encode()


def file_name(name: str, extension: str) -> str:
    """Return a file name of letters and digits for a list of any name."""
    stem = _NOT_NAME.sub("-", normalise_title(name)).strip("-")[:60]
    return f"{stem or 'papers'}{extension}"
