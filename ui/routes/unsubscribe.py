"""/unsubscribe/<token>: end the mail, by a button or by a mail program's one POST (RFC 8058)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from recommender.digest.subscription import save_subscription, subscription_of
from recommender.errors import RecommenderError, TokenError, UnknownReader
from ui import app_state
from ui.routes.mail_action import read
from ui.routes.pages import Page, refuse, respond, show

_KEPT = "The digest stays on its page in the app."


async def unsubscribe(request: Request) -> Response:
    """Ask whether the mail should end; end it when that is posted."""
    # What the POST says is not read: the address alone allows it, and only this.
    return await respond(request, _unsubscribe)


def _unsubscribe(token: str, post: bool) -> Response:
    now = app_state.now()
    try:
        reader_id = read(token, now, "unsubscribe").reader_id
        reader_id = app_state.store().readers.get(reader_id).reader_id
        if post:
            return _end(reader_id, now)
    except UnknownReader:
        return refuse("This link belongs to a reader who is no longer here.")
    except TokenError as error:
        return refuse(str(error))
    except RecommenderError as error:
        return refuse(str(error), 503)
    return show(Page("Stop the digest by mail?", (_KEPT,), button="Stop the mail"))


def _end(reader_id: str, now: datetime) -> Response:
    subscription = subscription_of(app_state.store(), reader_id, app_state.settings())
    if "mail" in subscription.channels:
        rest = tuple(x for x in subscription.channels if x != "mail")
        save_subscription(app_state.store(), reader_id, replace(subscription, channels=rest), now)
    again = "To get it again, choose mail in the settings of the digest."
    return show(Page("No more mail.", (_KEPT, again)))
