"""Import by file upload, with a report of what was read, merged and refused."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

import streamlit as st
from streamlit.typing import UploadedFile

from recommender.errors import RecommenderError
from recommender.ingest import FileReport, ImportReport, import_paths
from ui import components, session, state, text

Role = Literal["catalogue", "liked", "saved"]

_ROLES: dict[Role, str] = {
    "catalogue": "Papers to choose from",
    "liked": "Papers I like",
    "saved": "Papers I have saved",
}
_REFUSALS_SHOWN = 20


def show() -> None:
    """Show the form, and the report of the last import of this session."""
    st.markdown(
        "BibTeX, CSV, JSONL or a saved Daily Papers page, gzipped or not; a file is recognised "
        "by its content. Importing the same file again changes nothing."
    )
    with st.form("import", border=False, clear_on_submit=True):
        files = st.file_uploader("Files", accept_multiple_files=True, key="import_files")
        role = st.radio(
            "They are",
            list(_ROLES),
            format_func=lambda x: _ROLES.get(x, x),
            horizontal=True,
            key="import_role",
        )
        sent = st.form_submit_button("Import", type="primary")
    if sent and files:
        with st.spinner("Reading, and learning the new papers' words …"):
            st.session_state["import_report"] = read(files, role)
    elif sent:
        st.caption("Choose a file first.")
    held = st.session_state.get("import_report")
    if held is not None:
        _report(held)


def read(files: Sequence[UploadedFile], role: Role) -> ImportReport | RecommenderError:
    """Import the files as they were uploaded; the names they came with are kept for the report."""
    with tempfile.TemporaryDirectory(prefix="paperloop-") as folder:
        paths = [_written(file, Path(folder) / str(i)) for i, file in enumerate(files)]
        try:
            report = import_paths(
                state.store(),
                paths,
                now=state.now(),
                role=role,
                reader_id=session.reader().reader_id,
                interest_id=session.interest_id(),
            )
            if state.store().catalogue.count():
                state.recommender().ensure_model(state.now())
            session.refit_if_due()
            return report
        except RecommenderError as error:
            return error


def _written(file: UploadedFile, folder: Path) -> Path:
    # The browser may send any name; only its last part may become a file's.
    name = PureWindowsPath(PurePosixPath(file.name).name).name
    folder.mkdir()
    path = folder / (name if name not in ("", ".", "..") else "upload")
    path.write_bytes(file.getvalue())
    return path


def _report(held: ImportReport | RecommenderError) -> None:
    if isinstance(held, RecommenderError):
        components.show_error(held)
        return
    for file in held.files:
        _file(file)


def _file(file: FileReport) -> None:
    name = text.native(Path(file.path).name)
    counts = f"{file.read} read, {file.new} new, {file.merged} known already"
    if not file.refused:
        st.success(f"**{name}** ({file.format}): {counts}.")
    else:
        refused = components.count(len(file.refused), "entry", "entries")
        st.warning(f"**{name}** ({file.format}): {counts}, {refused} refused.")
        lines = [f"- line {x.line}: {text.native(x.why)}" for x in file.refused[:_REFUSALS_SHOWN]]
        if len(file.refused) > _REFUSALS_SHOWN:
            lines.append(f"- and {len(file.refused) - _REFUSALS_SHOWN} more")
        st.markdown("\n".join(lines))
    for note in file.notes:
        st.caption(text.native(note))
