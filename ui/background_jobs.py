"""Slow work of a reader, in a thread of the server: what it is, how far, what came of it.

Jobs belong to the process and to their reader, not to a page: a rerun, a
refresh or a second tab finds them again. Work touches no Streamlit; it is
handed `tell` and whatever else it needs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

import streamlit as st

from recommender.errors import RecommenderError

THREADS = 4
"""Most jobs at once. Their work is done by child processes; a thread only waits."""
_LOOK_EVERY_SECONDS = 0.5
_SURE_AFTER_SECONDS = 1.0


class ProgressCallback(Protocol):
    """Takes what is being done, how many are done, and of how many where that is known."""

    def __call__(self, what: str, done: int, total: int | None = None, /) -> None:
        """Store the progress."""
        ...


Work = Callable[[ProgressCallback], Any]


@dataclass
class BackgroundJob:
    """Some work and how far it is; `future` holds what it gave or why it failed."""

    label: str
    began: float = field(default_factory=time.monotonic)
    what: str = ""
    done: int = 0
    total: int | None = None
    future: Future[Any] = field(default_factory=Future)
    cancel: Callable[[], None] | None = None
    """Ends it early; None where that cannot be done."""

    def tell(self, what: str, done: int, total: int | None = None, /) -> None:
        """Note how far the work is."""
        self.what, self.done, self.total = what, done, total

    @property
    def running(self) -> bool:
        """True until it has ended, well or not."""
        return not self.future.done()

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1; 0 where it is not known."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

    def seconds_left(self) -> float | None:
        """Return how long it will take from now at its pace so far, None where it is not known."""
        spent = time.monotonic() - self.began
        if not self.total or not self.done or spent < _SURE_AFTER_SECONDS:
            return None
        return max(self.total - self.done, 0) * spent / self.done

    def result(self) -> Any:
        """Return what it gave, or the RecommenderError that ended it; raises any other."""
        error = self.future.exception()
        if error is None:
            return self.future.result()
        if isinstance(error, RecommenderError):
            return error
        raise error


class Jobs:
    """The jobs of one process, by reader and name; one of a name at a time."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[str, str], BackgroundJob] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="paperloop-job")

    def start(
        self,
        reader_id: str,
        name: str,
        label: str,
        work: Work,
        cancel: Callable[[], None] | None = None,
    ) -> bool:
        """Begin some work, which `cancel` ends early; False where that of this name still runs."""
        with self._lock:
            held = self._jobs.get((reader_id, name))
            if held is not None and held.running:
                return False
            job = BackgroundJob(label, cancel=cancel)
            self._jobs[reader_id, name] = job
            job.future = self._threads.submit(work, job.tell)
            return True

    def of(self, reader_id: str, name: str) -> BackgroundJob | None:
        """Return the newest job of a name, running or ended."""
        return self._jobs.get((reader_id, name))

    def forget(self, reader_id: str, name: str) -> None:
        """Forget an ended job and what it gave."""
        with self._lock:
            held = self._jobs.get((reader_id, name))
            if held is not None and not held.running:
                del self._jobs[reader_id, name]

    def wait(self) -> None:
        """Return once every job has ended."""
        for job in list(self._jobs.values()):
            job.future.exception()


@st.cache_resource(show_spinner=False)
def all_jobs() -> Jobs:
    """Return the jobs of this process."""
    return Jobs()


def show(reader_id: str, name: str) -> BackgroundJob | None:
    """Show a running job; return it once it has ended, None while it runs or where there is none.

    The page runs again when the job ends.
    """
    job = all_jobs().of(reader_id, name)
    if job is None or not job.running:
        return job
    _progress(reader_id, name)
    if job.cancel is not None:
        st.button("Cancel", key=f"cancel {name}", type="tertiary", on_click=job.cancel)
    return None


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def _progress(reader_id: str, name: str) -> None:
    job = all_jobs().of(reader_id, name)
    if job is None or not job.running:
        st.rerun()
    st.progress(job.share, text=progress_text(job))


def progress_text(job: BackgroundJob) -> str:
    """Return how far a job is, in one line: its name, counts, time left."""
    parts = [job.label]
    if job.done:
        of = f"of about {job.total:,}" if job.total else "so far"
        parts.append(f"{job.done:,} {of}")
    left = job.seconds_left()
    if left is not None:
        parts.append(f"{_lasting(left)} left")
    return " · ".join(parts)


def _lasting(seconds: float) -> str:
    if seconds < 60:
        return f"about {max(round(seconds), 1)} s"
    return f"about {round(seconds / 60)} min"
