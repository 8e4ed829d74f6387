"""What one process shares: its settings, the open library, the key of its tokens.

Pages and routes ask here; nothing of a single reader or browser lives here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from recommender.config import Settings, load_settings
from recommender.recommend import Recommender
from recommender.store import Store
from ui.tokens import Tokens, signing_key

_configured: list[Settings] = []


@dataclass(frozen=True, slots=True)
class Library:
    """An open library: where its papers are and who ranks them."""

    settings: Settings
    store: Store
    recommender: Recommender
    tokens: Tokens


def configure(settings: Settings) -> None:
    """Say which library this process serves; the last word counts."""
    _configured[:] = [settings]


def settings() -> Settings:
    """Return the settings of the library served, by default those of the environment."""
    if not _configured:
        configure(load_settings())
    return _configured[0]


def now() -> datetime:
    """Return the time; every page asks here, so that a test can say what time it is."""
    return datetime.now(UTC)


def library() -> Library:
    """Return the open library; opened once for its settings."""
    return _open(settings())


def store() -> Store:
    """Return the library's store."""
    return library().store


def recommender() -> Recommender:
    """Return the library's recommender, which is safe to share."""
    return library().recommender


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


def first_interest(reader_id: str) -> str:
    """Return the interest that an action belongs to when nothing says otherwise."""
    return store().readers.interests(reader_id)[0].interest_id


def _fingerprint(settings: Settings) -> str:
    return f"{settings.url} {settings.model_dump_json()}"


@st.cache_resource(
    show_spinner=False,
    hash_funcs={Settings: _fingerprint},
    on_release=lambda library: library.store.close(),
)
def _open(settings: Settings) -> Library:
    opened = Store(settings.url)
    key = signing_key(settings.data_dir)
    return Library(settings, opened, Recommender(opened, settings), Tokens(key))
