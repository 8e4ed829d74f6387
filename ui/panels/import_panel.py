"""Import by file upload: in the background, with progress, and a report that is kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath

import streamlit as st
from streamlit.typing import UploadedFile

from recommender.errors import RecommenderError
from recommender.ingest import Role
from recommender.ingest.size_estimate import over_all
from recommender.ingest.subprocess_import import in_child
from recommender.training.fit import refit_if_due
from ui import app_state, background_jobs, components, session
from ui.panels import import_report

JOB = "import"
_SENT = "imports_sent"
_ROLES: dict[Role, str] = {
    "catalogue": "Papers to choose from",
    "liked": "Papers I like",
    "saved": "Papers I have saved",
}


def show(label: str, send: str, *, role: Role | None = None, note: str | None = None) -> None:
    """Let the reader choose files and import them; show how far that is and what the last one did.

    Parameters
    ----------
    label, send, note
        What stands over the files, on the button, and behind the question mark.
    role
        What the papers are to the reader; without one the reader says it.
    """
    reader_id = session.reader().reader_id
    # No form: one sent before the server has the file would lose it.
    files = st.file_uploader(label, accept_multiple_files=True, key=_key(), help=note)
    taken = role or st.radio(
        "They are",
        list(_ROLES),
        format_func=lambda x: _ROLES.get(x, x),
        horizontal=True,
        key="import_role",
    )
    above = st.container()
    ended = background_jobs.show(reader_id, JOB)
    running = ended is None and background_jobs.all_jobs().of(reader_id, JOB) is not None
    above.button(
        send, type="primary", disabled=running or not files, on_click=_send, args=(files, taken)
    )
    if ended is not None:
        ended.result()
    if not running:
        import_report.show_last_import(reader_id)


def _key() -> str:
    return f"import_files_{st.session_state.get(_SENT, 0)}"


def _send(files: Sequence[UploadedFile], role: Role) -> None:
    """Import files and leave none chosen; used as a callback."""
    if app_state.store().database.is_read_only:
        st.session_state["problem"] = "The library may not be written here; nothing was imported."
        return
    try:
        started = start(files, role)
    except OSError as error:
        st.session_state["problem"] = (
            f"The files cannot be kept for the import: {error.strerror or error}."
        )
        return
    if not started:
        st.session_state["problem"] = "An import is running; wait until it has finished."
        return
    st.session_state[_SENT] = st.session_state.get(_SENT, 0) + 1


def start(files: Sequence[UploadedFile], role: Role) -> bool:
    """Import files in the background as they were uploaded; False while an import runs.

    Raises
    ------
    OSError
        There is no room for them.
    """
    folder = Path(tempfile.mkdtemp(prefix="paperloop-"))
    try:
        paths = [_written(file, folder / str(i)) for i, file in enumerate(files)]
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    reader_id, interest_id = session.reader().reader_id, session.interest_id()
    label = f"Importing {components.count(len(paths), 'file')}"
    work = partial(_work, app_state.library(), folder, paths, role, reader_id, interest_id)
    started = background_jobs.all_jobs().start(reader_id, JOB, label, work)
    if not started:
        shutil.rmtree(folder, ignore_errors=True)
    return started


def _work(
    library: app_state.Library,
    folder: Path,
    paths: Sequence[Path],
    role: Role,
    reader_id: str,
    interest_id: str | None,
    tell: background_jobs.ProgressCallback,
) -> None:
    """Import, learn the words of the new papers, keep the report; touches no Streamlit."""
    store, now = library.store, app_state.now()
    try:
        report = in_child(
            library.settings.url,
            paths,
            now=now,
            role=role,
            reader_id=reader_id,
            interest_id=interest_id,
            progress=over_all(tell, paths),
            max_minutes=library.settings.import_minutes,
        )
        import_report.save_report(store, reader_id, import_report.stored_report(report, now))
        if store.catalogue.count():
            library.recommender.ensure_model(now)
            refit_if_due(store, library.settings)
    except RecommenderError as error:
        import_report.save_report(store, reader_id, import_report.failed_report(str(error), now))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(file: UploadedFile, folder: Path) -> Path:
    # The browser may send any name; only its last part may become a file's.
    name = PureWindowsPath(PurePosixPath(file.name).name).name
    folder.mkdir()
    path = folder / (name if name not in ("", ".", "..") else "upload")
    path.write_bytes(file.getvalue())
    return path
