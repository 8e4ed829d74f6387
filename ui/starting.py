"""What a new reader has told us so far, and when to ask."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath

import streamlit as st

from recommender.domain import Event, EventKind, Interest, Paper
from recommender.errors import RecommenderError
from recommender.history import Log
from recommender.identity import normalise_identifier, normalise_title
from recommender.ingest import ImportReport, import_paths
from recommender.starting import Matches, match
from ui import background, components, session, state

START_PAGE = "app_pages/start.py"
STARTED = "started"
JOB = "start"
_PASTED = "start_pasted_matches"
_FINISHED = "start_finished"
_LEAST_WORDS_OF_A_TITLE = 3


def send_new_readers(page: st.Page) -> None:
    """Send a reader of whom nothing is known from the first page to the page Start."""
    if page.url_path not in ("", "for-you") or not due():
        return
    st.switch_page(START_PAGE)


def due() -> bool:
    """Return whether this reader should be asked: nothing liked, described or skipped yet."""
    reader_id = session.reader().reader_id
    if state.store().preferences.get(reader_id, STARTED, False):
        return False
    return not session.log().events and not described()


def described() -> list[Interest]:
    """Return the reader's interests that are described in words."""
    interests = state.store().readers.interests(session.reader().reader_id)
    return [x for x in interests if x.about]


def interest() -> Interest:
    """Return the interest that is being told about: the one chosen, else the first."""
    chosen = session.interest()
    return chosen or state.store().readers.interests(session.reader().reader_id)[0]


def finish() -> None:
    """Note that the reader goes on, not to be sent here again; used as a callback."""
    try:
        state.store().preferences.set(session.reader().reader_id, STARTED, True)
    except RecommenderError as error:
        st.session_state["problem"] = str(error)
        return
    st.session_state[_FINISHED] = True


def leave_when_finished() -> None:
    """Go to the first slate once `finish` was called."""
    if st.session_state.pop(_FINISHED, False):
        st.switch_page(components.FOR_YOU_PAGE)


def take_lines() -> None:
    """Find the papers pasted and like them; used as a callback."""
    try:
        found = match(state.store(), str(st.session_state.get("start_pasted") or ""))
        _like([paper_id for _, paper_id in found.found])
    except RecommenderError as error:
        st.session_state["problem"] = str(error)
        return
    st.session_state[_PASTED] = found
    if not found.found and not found.unknown:
        st.session_state["problem"] = "Paste a title or an identifier first."


def pasted() -> Matches | None:
    """Return what the lines last pasted turned out to be."""
    held: Matches | None = st.session_state.get(_PASTED)
    return held


def titles_unknown() -> list[str]:
    """Return the pasted lines that are no paper of the library and read like a title."""
    held = pasted()
    unknown = held.unknown if held else ()
    return [x for x in unknown if _is_title(x)]


def _is_title(line: str) -> bool:
    if normalise_identifier(line) or "://" in line:
        return False
    return len(normalise_title(line).split()) >= _LEAST_WORDS_OF_A_TITLE


def add_unknown() -> None:
    """Add the pasted titles that were not found as papers that are liked; a callback."""
    held, titles = pasted(), titles_unknown()
    if held is None or not titles:
        return
    try:
        added = state.store().catalogue.add([Paper(title=x) for x in titles], state.now())
        _like([x.paper_id for x in added])
    except RecommenderError as error:
        st.session_state["problem"] = str(error)
        return
    now_found = tuple(zip(titles, (x.paper_id for x in added), strict=True))
    left = tuple(x for x in held.unknown if x not in titles)
    st.session_state[_PASTED] = Matches((*held.found, *now_found), left)


def describe() -> None:
    """Keep what the reader has written about their work; used as a callback."""
    told = interest()
    about = str(st.session_state.get(f"start_about_{told.interest_id}") or "").strip()
    try:
        state.store().readers.describe(told.interest_id, about)
    except RecommenderError as error:
        st.session_state["problem"] = str(error)


def _like(paper_ids: Sequence[str]) -> None:
    now = session.log()
    kept = [x for x in dict.fromkeys(paper_ids) if not _liked(now, x)]
    reader_id, interest_id, at = now.reader_id, interest().interest_id, state.now()
    state.store().feedback.append_many(
        [
            Event(f"start:{uuid.uuid4().hex}", reader_id, interest_id, x, EventKind.like, at)
            for x in kept
        ]
    )


def _liked(now: Log, paper_id: str) -> bool:
    held = now.states.get(paper_id)
    return held is not None and held.verdict is EventKind.like


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sent it."""

    name: str
    content: bytes


def read_in_background(files: Sequence[Upload]) -> None:
    """Import files as papers that the reader likes, behind the page."""
    work = partial(
        _read,
        files=tuple(files),
        library=state.library(),
        reader_id=session.reader().reader_id,
        interest_id=interest().interest_id,
    )
    background.start(JOB, work)


def _read(
    tell: background.Tell,
    *,
    files: Sequence[Upload],
    library: state.Library,
    reader_id: str,
    interest_id: str,
) -> ImportReport:
    with tempfile.TemporaryDirectory(prefix="paperloop-") as folder:
        paths = [_written(x, Path(folder) / str(i)) for i, x in enumerate(files)]
        report = import_paths(
            library.store,
            paths,
            now=state.now(),
            role="liked",
            reader_id=reader_id,
            interest_id=interest_id,
            progress=lambda path, n: tell(
                f"{Path(path).name}: {components.count(n, 'paper')} read"
            ),
        )
    if library.store.catalogue.count():
        tell("Learning the words of the new papers")
        library.recommender.ensure_model(state.now())
        library.recommender.served()
    return report


def _written(file: Upload, folder: Path) -> Path:
    # The browser may send any name; only its last part may become a file's.
    name = PureWindowsPath(PurePosixPath(file.name).name).name
    folder.mkdir()
    path = folder / (name if name not in ("", ".", "..") else "upload")
    path.write_bytes(file.content)
    return path
