"""Take everything away, bring it back, be forgotten: the last part of the page Settings."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

import streamlit as st

from recommender.errors import RecommenderError
from recommender.library import data_rights
from ui import app_state, auth, background_jobs, components, paper_text, session

RESTORE, FORGET = "restore", "forget"
REPLACE = "replace"
LIBRARY = ""
_RESTORED = "restored"


def show() -> None:
    """Show export, restore and forgetting; the whole library only to a trusted machine."""
    if auth.required():
        st.markdown(
            "The whole library belongs to all its readers: its administrator exports it with "
            "`paperloop db archive FILE.zip`. Your own lists leave on the page Library."
        )
    else:
        _export()
        _restore()
    _forget()


def _export() -> None:
    st.markdown(
        "**Everything in one file**: papers, likes, lists, notes, digests and choices, as "
        "documented JSON lines in a zip. It can be read without paperloop, and restored below or "
        "with `paperloop db restore`."
    )
    st.download_button(
        "Export everything",
        data=partial(
            data_rights.everything, app_state.store(), app_state.settings(), app_state.now()
        ),
        file_name=f"paperloop-{app_state.now():%Y-%m-%d}.zip",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        key="export_everything",
    )


def _restore() -> None:
    with st.expander("Restore from a file"):
        st.markdown(
            "The library of **all readers** becomes what the file holds; its current content is "
            "lost. Export everything first. Files over 50 MB: `paperloop db restore FILE`."
        )
        with st.form("restore", border=False, clear_on_submit=True):
            st.file_uploader("An export or a backup", key="restore_file")
            st.text_input(f"Type {REPLACE} to confirm", key="restore_word")
            st.form_submit_button("Restore", on_click=_send_restore)
        job = background_jobs.show(LIBRARY, RESTORE)
        ended = job.result() if job is not None else None
        if isinstance(ended, RecommenderError):
            components.show_error(ended)
        elif ended is not None:
            if st.session_state.pop(_RESTORED, False):
                # Whatever was read from the old library must be read again.
                app_state.close()
            st.success(f"Restored a library of {components.count(ended, 'paper')}.")


def _send_restore() -> None:
    file = st.session_state.get("restore_file")
    if file is None:
        st.session_state["problem"] = "Choose a file first."
        return
    if str(st.session_state.get("restore_word") or "").strip().lower() != REPLACE:
        st.session_state["problem"] = f"Type {REPLACE} to confirm; nothing was changed."
        return
    content, settings, now = file.getvalue(), app_state.settings(), app_state.now()
    st.session_state[_RESTORED] = True
    background_jobs.all_jobs().start(
        LIBRARY, RESTORE, "Restoring", lambda _: data_rights.restore(settings, content, now)
    )


def _forget() -> None:
    name = session.reader().name
    with st.expander("Forget me"):
        st.markdown(
            f"Deletes **{paper_text.native(name)}** with every like, skip, list, note, digest and "
            "choice, also in files and logs, and refits the model without them. Papers stay. "
            "There is no undo.\n\nWhat stays; only the person who runs paperloop can delete it:\n"
            + "".join(
                f"\n- {paper_text.native(x)}" for x in data_rights.what_stays(app_state.settings())
            )
        )
        with st.form("forget", border=False, clear_on_submit=True):
            st.text_input(f"Type {paper_text.native(name)} to confirm", key="forget_name")
            st.form_submit_button("Forget me for good", on_click=_send_forget)


def _send_forget() -> None:
    reader = session.reader()
    if str(st.session_state.get("forget_name") or "").strip() != reader.name:
        st.session_state["problem"] = "The name typed is not this reader's; nothing was deleted."
        return
    library, now = app_state.library(), app_state.now()
    with session.keep_problem():
        done = data_rights.forget(library.store, library.settings, reader.reader_id)
        background_jobs.all_jobs().start(
            LIBRARY,
            f"{FORGET} {reader.reader_id}",
            "Fitting",
            lambda _: _refit(library, now),
        )
        for key in list(st.session_state):
            del st.session_state[key]
        if done.left:
            st.session_state["problem"] = f"Not everything could be deleted: {' '.join(done.left)}"
        st.toast(f"Forgotten, with {components.count(done.n_events, 'event')}.")
        if auth.required():
            st.logout()


def _refit(library: app_state.Library, now: datetime) -> None:
    # Who was forgotten sees no page that could show this any more.
    for sentence in data_rights.refit(library.store, library.settings, now):
        logging.getLogger(__name__).warning("Left of a forgotten reader: %s", sentence)
