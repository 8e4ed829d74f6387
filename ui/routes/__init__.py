"""Addresses that are no pages of the app: answers from a mail, the end of the mail, feeds.

They are opened without a session, by people, mail programs, scanners and feed
readers. A GET or HEAD never writes; a POST writes at most once for each token.
"""

from __future__ import annotations

from starlette.routing import Route

from ui.routes.feeds import feed
from ui.routes.mail_action import answer
from ui.routes.unsubscribe import unsubscribe

# Other methods too, or Streamlit would answer them with its page.
_ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

ROUTES = [
    Route("/f/{token}", answer, methods=_ALL),
    Route("/unsubscribe/{token}", unsubscribe, methods=_ALL),
    Route("/feed/{token}.atom", feed, methods=_ALL),
]
