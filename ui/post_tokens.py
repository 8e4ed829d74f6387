"""Signed, short-lived tokens that let a page post feedback for one reader.

The library's own key signs them, see `recommender.private_files`.
"""

from __future__ import annotations

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from recommender.errors import TokenError

LIFETIME_SECONDS = 3600
"""How long a page may post with one token; an open page renews it in time."""


class Tokens:
    """Makes and reads the tokens of one library."""

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt="paperloop.feedback")

    def issue(self, reader_id: str, sign_in: str = "") -> str:
        """Return a token that lets its holder post feedback for `reader_id`.

        It is good for one sign-in only (`ui.sign_in.SignIn.mark`; empty where none
        is asked for).
        """
        return self._serializer.dumps([reader_id, sign_in])

    def reader_of(self, token: object, sign_in: str = "") -> str:
        """Return the reader a token was issued for.

        Raises
        ------
        TokenError
            The token is no text, was not issued here or for another sign-in, or is
            too old.
        """
        if not isinstance(token, str) or not token:
            raise TokenError("The request carries no token; reload the page.")
        try:
            issued = self._serializer.loads(token, max_age=LIFETIME_SECONDS)
        except SignatureExpired:
            raise TokenError("The page was open for too long; reload it.") from None
        except (BadData, UnicodeEncodeError):
            raise TokenError("The token is not one of this library; reload the page.") from None
        if not isinstance(issued, list) or len(issued) != 2:
            raise TokenError("The token is of an older version; reload the page.")
        if issued[1] != sign_in:
            raise TokenError("Your sign-in has ended or changed; reload the page.")
        return str(issued[0])
