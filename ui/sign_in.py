"""Whether readers have to sign in: decided once, when the server starts.

The section ``[auth]`` of ``secrets.toml`` asks for it (see `ui.auth`). When the
file later vanishes, breaks or says something else, nothing is answered until it
says again what it said at the start: a sign-in never turns itself off.
"""

from __future__ import annotations

import hashlib
import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path

from recommender.errors import RecommenderError

SECRETS = "secrets.toml"
"""The file of the data directory that names who lets readers in."""

CLOSED = "The settings of the sign-in cannot be used just now, so nothing is shown or stored."

_NEEDED = ("redirect_uri", "cookie_secret")
_COOKIE = "_streamlit_user"  # Streamlit's signed cookie of a sign-in, perhaps in pieces


class SignInClosed(RecommenderError):
    """The file of secrets does not say what it said at the start."""


class SignIn:
    """What ``secrets.toml`` said about the sign-in when the server started.

    Parameters
    ----------
    secrets
        The file, which may be absent.
    required
        What was decided already, by the process that started this one; None: it is decided now.

    Raises
    ------
    RecommenderError
        It is decided now, and the file is there but cannot be read, or lacks something.
    """

    def __init__(self, secrets: Path, required: bool | None = None) -> None:
        self._secrets = secrets
        self.required = _asks_for_sign_in(secrets) if required is None else required

    def check(self) -> None:
        """Raise SignInClosed unless the file says what it said at the start."""
        try:
            asks = _asks_for_sign_in(self._secrets)
        except RecommenderError as error:
            logging.getLogger(__name__).error("%s Nothing is answered until it is right.", error)
            raise SignInClosed(CLOSED) from error
        if asks != self.required:
            was = "with" if self.required else "without"
            logging.getLogger(__name__).error(
                "paperloop was started %s a sign-in and %s says otherwise now: "
                "put it right, or start paperloop again.",
                was,
                self._secrets,
            )
            raise SignInClosed(CLOSED)

    def mark(self, cookies: Mapping[str, str]) -> str:
        """Return what tells the sign-in of these cookies from every other.

        Empty where no account is signed in, or no sign-in is asked for.
        """
        held = sorted(f"{k}={v}" for k, v in cookies.items() if k.startswith(_COOKIE))
        if not self.required or not held:
            return ""
        return hashlib.sha256("\n".join(held).encode("utf-8", "replace")).hexdigest()


def _asks_for_sign_in(secrets: Path) -> bool:
    try:
        section = tomllib.loads(secrets.read_text("utf-8")).get("auth")
    except FileNotFoundError:
        return False
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecommenderError(f"The file {secrets} cannot be read: {error}.") from error
    if section is None:
        return False
    held = section if isinstance(section, dict) else {}
    if missing := [x for x in _NEEDED if not isinstance(held.get(x), str) or not held[x].strip()]:
        raise RecommenderError(f"The section [auth] of {secrets} lacks {' and '.join(missing)}.")
    return True
