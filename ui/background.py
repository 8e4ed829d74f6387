"""Work too slow for a page: done in a thread, with its progress on the page.

    background.start("start", work)          # in a callback; `work` is handed `tell`
    ended = background.show("start")         # in the page; None while it runs

Work may not touch Streamlit: whatever it needs of the session is handed over.
Closing the page stops nothing; what was stored stays stored.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from recommender.errors import RecommenderError
from ui import text

Tell = Callable[[str], None]
THREADS = 2
_LOOK_EVERY_SECONDS = 0.4


@dataclass(slots=True)
class Job:
    """Some work under way; the last of `said` is how far it has come, in one line."""

    future: Future[Any]
    said: list[str] = field(default_factory=list)


def start(name: str, work: Callable[[Tell], Any]) -> bool:
    """Begin `work` for this session; return False while the last of this name still runs."""
    held: Job | None = st.session_state.get(_key(name))
    if held is not None and not held.future.done():
        return False
    said = ["Starting …"]
    st.session_state[_key(name)] = Job(_threads().submit(work, said.append), said)
    return True


def show(name: str) -> Any:
    """Show how far the work of this name is; return what it gave once it has ended.

    Returns
    -------
    What `work` returned, again at every run until `clear`; a RecommenderError
    that it raised; None while it runs and when there is none.
    """
    job: Job | None = st.session_state.get(_key(name))
    if job is None:
        return None
    if not job.future.done():
        _progress(name)
        return None
    error = job.future.exception()
    if error is None:
        return job.future.result()
    if not isinstance(error, RecommenderError):
        clear(name)
        raise error
    return error


def clear(name: str) -> None:
    """Forget the work of this name and what it gave."""
    st.session_state.pop(_key(name), None)


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def _progress(name: str) -> None:
    job: Job | None = st.session_state.get(_key(name))
    if job is None or job.future.done():
        st.rerun()
    with st.container(key=f"working-{name}"):
        st.progress(0, text=text.native(job.said[-1]))


def _key(name: str) -> str:
    return f"job-{name}"


@st.cache_resource(show_spinner=False)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="paperloop-work")
