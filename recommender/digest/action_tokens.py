"""The tokens of the links in a digest: what one of them allows, and nothing else.

A token is its own record: reader, issue, paper, action and expiry, encrypted
and authenticated in one step by AES-SIV (RFC 5297) under a key derived from the
library's. So it shows nothing to who sees it, cannot be altered or used for
another paper or action, needs no table, and is the same bytes whenever the same
digest is composed, so that a preview equals what is sent. That it is used once
is for the event log to hold: `ActionGrant.client_key` is the same for every use.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from recommender.errors import TokenError

ACTIONS: Final = ("like", "skip", "save", "unsubscribe")
"""What a link may ask for; ``unsubscribe`` names no paper."""

MAX_CHARACTERS = 4_000
"""Characters of a token; a longer text is not one."""

_PURPOSE: Final = b"paperloop.digest.answer.1"
_BLOCK: Final = 64
_FORGED = "This link is incomplete or not one of this library; use the link in the mail again."


@dataclass(frozen=True, slots=True)
class ActionGrant:
    """What the holder of a token may do, once; `paper_id` is empty for ``unsubscribe``."""

    reader_id: str
    week: str
    paper_id: str
    action: str
    expires_at: datetime

    @property
    def client_key(self) -> str:
        """Return the key under which the log keeps this answer: one key is one event."""
        named = json.dumps([self.reader_id, self.week, self.paper_id, self.action])
        return f"mail-{hashlib.sha256(named.encode()).hexdigest()[:32]}"


class Signer:
    """Makes and reads the tokens of one library.

    Parameters
    ----------
    key
        The library's secret, see `private_files.signing_key`; any length but none.
    """

    def __init__(self, key: bytes) -> None:
        if not key:
            raise ValueError("a signer needs a key")
        self._cipher = AESSIV(hmac.digest(key, _PURPOSE, "sha512"))

    def token(
        self, reader_id: str, week: str, paper_id: str, action: str, expires_at: datetime
    ) -> str:
        """Return a token for one action, fit for the path of a web address.

        The same arguments give the same token. Its length tells no more than in
        which step of 64 bytes its content falls.

        Raises
        ------
        ValueError
            There is no such action, or `expires_at` has no time zone.
        """
        if action not in ACTIONS:
            raise ValueError(f"no such action: {action!r}")
        if expires_at.tzinfo is None:
            raise ValueError("expires_at needs a time zone")
        record = [reader_id, week, paper_id, action, int(expires_at.timestamp())]
        plain = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        padded = plain + b" " * (-len(plain) % _BLOCK)
        sealed = self._cipher.encrypt(padded, [_PURPOSE])
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

    def read(self, token: object, now: datetime) -> ActionGrant:
        """Return what a token allows.

        Raises
        ------
        TokenError
            The token is no text, incomplete, altered, of another library, or too old.
        """
        answer = _grant(self._opened(token))
        if now >= answer.expires_at:
            raise TokenError(
                f"This link expired on {answer.expires_at:%Y-%m-%d}; answer in the app instead."
            )
        return answer

    def _opened(self, token: object) -> bytes:
        if not isinstance(token, str) or not token or len(token) > MAX_CHARACTERS:
            raise TokenError(_FORGED)
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
            # One token has one spelling: b64decode ignores the spare bits of the last letter.
            if base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii") != token:
                raise TokenError(_FORGED)
            return self._cipher.decrypt(sealed, [_PURPOSE])
        except (InvalidTag, binascii.Error, ValueError):
            raise TokenError(_FORGED) from None


def _grant(plain: bytes) -> ActionGrant:
    reader_id, week, paper_id, action, expires = json.loads(plain)
    return ActionGrant(reader_id, week, paper_id, action, datetime.fromtimestamp(expires, UTC))
