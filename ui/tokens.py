"""Signed, short-lived tokens that let a page post feedback for one reader.

The key that signs them is made once, lies in the data directory with mode
0600, and is shared by every process that serves this library.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from recommender.errors import RecommenderError

LIFETIME_SECONDS = 3600
"""How long a page may post with one token; an open page renews it in time."""

_KEY_FILE = "feedback.key"
_KEY_BYTES = 32


class TokenError(RecommenderError):
    """A token is missing, forged, or too old."""


def signing_key(data_dir: Path) -> str:
    """Return the key of this library, made on the first call by any process.

    Raises
    ------
    RecommenderError
        The file cannot be written or read.
    """
    path = data_dir / _KEY_FILE
    try:
        if not path.exists():
            _make_key(path)
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RecommenderError(f"The signing key {path} cannot be used: {error}") from error


def _make_key(path: Path) -> None:
    # Written aside and linked into place: no process ever reads half a key,
    # and of two that start together the first one wins.
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{_KEY_FILE}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES))
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink(missing_ok=True)


class Tokens:
    """Makes and reads the tokens of one library."""

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt="paperloop.feedback")

    def issue(self, reader_id: str) -> str:
        """Return a token that lets its holder post feedback for `reader_id`."""
        return self._serializer.dumps(reader_id)

    def reader_of(self, token: object) -> str:
        """Return the reader a token was issued for.

        Raises
        ------
        TokenError
            The token is no text, was not issued here, or is too old.
        """
        if not isinstance(token, str) or not token:
            raise TokenError("The request carries no token; reload the page.")
        try:
            reader_id = self._serializer.loads(token, max_age=LIFETIME_SECONDS)
        except SignatureExpired:
            raise TokenError("The page was open for too long; reload it.") from None
        except BadData:
            raise TokenError("The token is not one of this library; reload the page.") from None
        return str(reader_id)
