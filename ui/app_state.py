"""What one process shares: its settings, the open library, the key of its tokens.

Pages and routes ask here; nothing of a single reader or browser lives here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from threadpoolctl import threadpool_limits

from recommender.config import Settings, load_settings
from recommender.errors import RecommenderError, StoreBusy
from recommender.private_files import process_key
from recommender.recommend.recommender import Recommender
from recommender.store import Store
from ui.post_tokens import Tokens
from ui.sign_in import SECRETS, SignIn
from ui.slates import Slates

Clock = Callable[[], datetime]

READY_SECONDS = 2.0
"""How long an answer of `check_ready` holds, so that asking often writes seldom."""


@dataclass(frozen=True, slots=True)
class Library:
    """An open library: where its papers are and who ranks them."""

    settings: Settings
    store: Store
    recommender: Recommender
    tokens: Tokens
    slates: Slates


def now_by_wall_clock() -> datetime:
    """Return the time of this machine, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Readiness:
    """The last answer of `check_ready`: a model's version, or why not."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: str | RecommenderError | None = None
    until: float = 0.0


@dataclass(slots=True)
class _Process:
    settings: Settings | None = None
    clock: Clock = now_by_wall_clock
    readiness: _Readiness = field(default_factory=_Readiness)
    sign_in: SignIn | None = None
    library: Library | None = None
    opening: threading.Lock = field(default_factory=threading.Lock)


_process = _Process()


def configure(
    settings: Settings, clock: Clock = now_by_wall_clock, sign_in_required: bool | None = None
) -> None:
    """Say which library this process serves and what time it is; the last word counts.

    `sign_in_required` is as in `SignIn`.

    Raises
    ------
    RecommenderError
        The library's file of secrets cannot be read.
    """
    _process.sign_in = SignIn(settings.data_dir / SECRETS, sign_in_required)
    _process.settings, _process.clock = settings, clock
    _process.readiness = _Readiness()


def settings() -> Settings:
    """Return the settings of the library served, by default those of the environment."""
    if _process.settings is None:
        _process.settings = load_settings()
    return _process.settings


def sign_in() -> SignIn:
    """Return what was decided about the sign-in when this process started."""
    if _process.sign_in is None:
        _process.sign_in = SignIn(settings().data_dir / SECRETS)
    return _process.sign_in


def now() -> datetime:
    """Return the time, UTC; the only place where pages and routes ask for it."""
    return _process.clock()


def library() -> Library:
    """Return the open library; opened once for its settings."""
    wanted = settings()
    with _process.opening:
        held = _process.library
        if held is None or held.settings != wanted:
            held = _process.library = _open(wanted)
    return held


def store() -> Store:
    """Return the library's store."""
    return library().store


def recommender() -> Recommender:
    """Return the library's recommender, which is safe to share."""
    return library().recommender


def slates() -> Slates:
    """Return the slates that this process has shown last."""
    return library().slates


def tokens() -> Tokens:
    """Return the tokens with which the deck may post."""
    return library().tokens


def check() -> str:
    """Return the model's version when the library can be used.

    Raises
    ------
    RecommenderError
        The tables are not of this version, or there is no model that fits.
    """
    store().database.check()
    return recommender().model_version


def check_ready() -> str:
    """Return the model's version when the library can be read and written.

    One small row is committed, at most once in `READY_SECONDS`; requests that come
    together share one answer.

    Raises
    ------
    RecommenderError
        As `check`; or the disk is full, the database is away, locked or read-only.
    """
    held = _process.readiness
    if not held.lock.acquire(timeout=READY_SECONDS):
        raise StoreBusy("The library has not answered the last check yet; try again.")
    try:
        if held.answer is None or time.monotonic() >= held.until:
            try:
                held.answer = check()
                store().database.check_writable()
            except RecommenderError as error:
                held.answer = error
            held.until = time.monotonic() + READY_SECONDS
    finally:
        held.lock.release()
    if isinstance(held.answer, RecommenderError):
        raise held.answer
    return held.answer


def first_interest(reader_id: str) -> str:
    """Return the interest that an action belongs to when nothing says otherwise."""
    return store().readers.interests(reader_id)[0].interest_id


def close() -> None:
    """Close the library; the next use opens it again."""
    with _process.opening:
        held, _process.library = _process.library, None
    if held is not None:
        held.store.close()


def _open(settings: Settings) -> Library:
    # Requests are small: several BLAS threads for each only get in each other's way.
    threadpool_limits(limits=1, user_api="blas")
    opened = Store(settings.url)
    key = process_key(settings.data_dir)
    recommender = Recommender(opened, settings)
    return Library(settings, opened, recommender, Tokens(key), Slates(opened, recommender))
