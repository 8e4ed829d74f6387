"""What the last import of a reader did: kept in the library, so that no refresh loses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import streamlit as st

from recommender.ingest import FileReport, ImportReport
from recommender.store import Store
from ui import app_state, components, paper_text

NAME = "last_import"
"""Name of the reader's preference that holds it."""

MAX_REFUSALS = 150
"""Refusals kept of one import; all are counted."""

_MAX_FILES = 50
_MAX_CHARACTERS = 200


def stored_report(report: ImportReport, now: datetime) -> dict[str, Any]:
    """Return a report as it is stored, shortened."""
    left = MAX_REFUSALS
    files = []
    for file in report.files[:_MAX_FILES]:
        files.append(_file(file, left))
        left -= len(files[-1]["refused"])
    return {
        "at": now.isoformat(),
        "files": files,
        "more": max(len(report.files) - _MAX_FILES, 0),
        "error": "",
    }


def _file(file: FileReport, most: int) -> dict[str, Any]:
    return {
        "name": Path(file.path).name[:_MAX_CHARACTERS],
        "format": file.format,
        "read": file.read,
        "new": file.new,
        "merged": file.merged,
        "n_refused": len(file.refused),
        "refused": [[x.line, x.why[:_MAX_CHARACTERS]] for x in islice(file.refused, most)],
        "notes": [x[:_MAX_CHARACTERS] for x in file.notes[:5]],
    }


def failed_report(sentence: str, now: datetime) -> dict[str, Any]:
    """Return the report of an import that an error has ended."""
    return {"at": now.isoformat(), "files": [], "more": 0, "error": sentence[:2_000]}


def save_report(store: Store, reader_id: str, report: dict[str, Any] | None) -> None:
    """Store a report instead of the last one; None deletes it."""
    store.preferences.set(reader_id, NAME, report)


def show_last_import(reader_id: str) -> None:
    """Show the last import, until the reader dismisses it."""
    held = app_state.store().preferences.get(reader_id, NAME)
    if not isinstance(held, dict):
        return
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.subheader("Last import", anchor=False, width="content")
        st.caption(paper_text.day(datetime.fromisoformat(held["at"])), width="content")
        st.button(
            "Dismiss",
            type="tertiary",
            on_click=save_report,
            args=(app_state.store(), reader_id, None),
        )
    if held["error"]:
        st.error(paper_text.native(held["error"]))
    for file in held["files"]:
        _show_file(file)
    if held["more"]:
        st.caption(f"and {components.count(held['more'], 'more file', 'more files')}")


def _show_file(file: Mapping[str, Any]) -> None:
    kind = f" ({file['format']})" if file["format"] else ""
    counts = f"{file['read']:,} read, {file['new']:,} new, {file['merged']:,} known already"
    summary = f"**{paper_text.native(file['name'])}**{kind}: {counts}"
    if not file["n_refused"]:
        st.success(f"{summary}.")
    else:
        refused = components.count(file["n_refused"], "entry", "entries")
        st.warning(f"{summary}, {refused} refused.")
        with st.expander(f"What was refused in {paper_text.native(file['name'])}", expanded=True):
            st.markdown("\n".join(_lines(file)))
    for note in file["notes"]:
        st.caption(paper_text.native(note))


def _lines(file: Mapping[str, Any]) -> Iterator[str]:
    for line, why in file["refused"]:
        place = f"line {line}: " if line else ""
        yield f"- {place}{paper_text.native(why)}"
    rest = file["n_refused"] - len(file["refused"])
    if rest > 0:
        yield f"- and {rest:,} more"
