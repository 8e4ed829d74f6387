"""Papers as a file to take away: a format to choose, a look at it, a download."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from recommender import export
from recommender.domain.identifiers import normalise_title
from recommender.export import Heading
from recommender.library.export_selection import all_notes
from recommender.store import Annotation, ReadingList
from ui import components

_NOT_NAME = re.compile(r"[^\w]+")
_SEEN_PAPERS = 3
_SEEN_CHARACTERS = 4_000


def show(ids: Sequence[str], name: str, heading: Heading = export.PLAIN) -> None:
    """Show the formats, what the first papers look like in the one chosen, and a download."""
    with st.container(border=True, key=f"exporting-{name}"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(
                f"Export {components.count(len(ids), 'paper')} as",
                list(export.FORMATS),
                key=f"format-{name}",
                width=260,
            )
            target = export.FORMATS.get(chosen or "", next(iter(export.FORMATS.values())))
            st.download_button(
                "Download",
                data=partial(written, tuple(ids), target.name, heading),
                file_name=file_name(name, target.extension),
                mime=target.media_type,
                key=f"export-{name}",
                icon=":material/download:",
                type="primary",
                disabled=not ids,
                on_click="ignore",
            )
        if ids:
            _preview(ids, target.name, heading)


def _preview(ids: Sequence[str], format_name: str, heading: Heading) -> None:
    few = ids[:_SEEN_PAPERS]
    seen = written(few, format_name, heading).decode()
    rest = len(ids) - len(few)
    if len(seen) > _SEEN_CHARACTERS:
        seen = seen[:_SEEN_CHARACTERS] + "\n…"
    st.caption("Preview" + (f" of the first {len(few)}; {rest:,} more follow" if rest else ""))
    st.code(seen, language=None, height=260, wrap_lines=True)


def written(ids: Sequence[str], format_name: str, heading: Heading = export.PLAIN) -> bytes:
    """Return the papers as text of the format, in UTF-8."""
    return export.render(components.papers(ids), format_name, heading).encode()


def heading(
    name: str, annotations: Mapping[str, Annotation], one: ReadingList | None = None
) -> Heading:
    """Return what a shelf or a list adds to its papers: name, notes and tags."""
    return Heading(
        title=name,
        about=one.about if one else "",
        list_id=one.list_id if one else "",
        updated_at=max((x.added_at for x in one.entries), default=None) if one else None,
        notes=all_notes(annotations, one.notes if one else {}),
        tags={paper_id: x.tags for paper_id, x in annotations.items() if x.tags},
    )


def file_name(name: str, extension: str) -> str:
    """Return a file name of letters and digits for a list of any name."""
    stem = _NOT_NAME.sub("-", normalise_title(name)).strip("-")[:60]
    return f"{stem or 'papers'}{extension}"
