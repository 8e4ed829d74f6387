"""/f/<token>: like, skip or save a paper from a mail.

Opening the address shows the paper and one button; only the button's POST
writes, one event for each token however often it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from recommender.digest.action_tokens import ActionGrant, Signer
from recommender.digest.compose.manifest import DigestItem, Manifest
from recommender.domain import Event, EventKind
from recommender.errors import RecommenderError, StoreUnavailable, TokenError
from recommender.escaping import shown
from recommender.private_files import signing_key
from ui import app_state
from ui.routes.pages import Page, refuse, respond, show

_MAX_CHARS = 500
_ASKED = {
    "like": ("Like this paper?", "Like it"),
    "skip": ("Skip this paper?", "Skip it"),
    "save": ("Save this paper?", "Save it"),
}
_DONE = {"like": "Liked", "skip": "Skipped", "save": "Saved"}


@dataclass(frozen=True, slots=True)
class RequestedAction:
    """What a token asks for, found in the library."""

    answer: ActionGrant
    manifest: Manifest
    item: DigestItem


async def answer(request: Request) -> Response:
    """Show what a link asks for; do it when it is posted."""
    return await respond(request, _answer)


def read(token: str, now: datetime, *actions: str) -> ActionGrant:
    """Return what a token allows; raises TokenError, for other actions than these too."""
    token_ = Signer(signing_key(app_state.settings().data_dir).encode()).read(token, now)
    if token_.action not in actions:
        raise TokenError("This link is for something else; use the link in the mail again.")
    return token_


def _answer(token: str, post: bool) -> Response:
    now = app_state.now()
    try:
        asked = _asked(token, now)
        return _do(asked, now) if post else _ask(asked)
    except TokenError as error:
        return refuse(str(error))
    except StoreUnavailable:
        return refuse(
            "The library cannot be written just now; press the button again in a minute.", 503
        )
    except RecommenderError as error:
        return refuse(str(error), 503 if post else 404)


def _asked(token: str, now: datetime) -> RequestedAction:
    action = read(token, now, *_ASKED)
    gone = TokenError("This link belongs to a digest that is no longer here.")
    stored = app_state.store().digests.get(action.reader_id, action.week)
    if stored is None:
        raise gone
    manifest = Manifest.from_json(stored)
    item = next((x for x in manifest.items if x.paper_id == action.paper_id), None)
    if item is None:
        raise gone
    return RequestedAction(action, manifest, item)


def _ask(asked: RequestedAction) -> Response:
    heading, button = _ASKED[asked.answer.action]
    return show(_page(asked, heading, (f"For {shown(asked.manifest.reader)[:80]}.",), button))


def _do(asked: RequestedAction, now: datetime) -> Response:
    store, answered = app_state.store(), asked.answer
    event = Event(
        client_key=answered.client_key,
        reader_id=answered.reader_id,
        interest_id=asked.item.interest_id or app_state.first_interest(answered.reader_id),
        paper_id=answered.paper_id,
        kind=EventKind(answered.action),
        created_at=now,
        slate_id=asked.manifest.slate_id,
    )
    stored = store.feedback.append(event)
    when = f"Noted on {stored.created_at:%Y-%m-%d}. To undo it, open the paper in the app."
    sentences = (when, "Your next suggestions take it into account.")
    return show(_page(asked, f"{_DONE[answered.action]}.", sentences))


def _page(
    asked: RequestedAction, heading: str, sentences: tuple[str, ...], button: str = ""
) -> Page:
    title, by = shown(asked.item.title), ", ".join(map(shown, asked.item.authors))
    return Page(heading, sentences, title[:_MAX_CHARS] or "(no title)", by[:_MAX_CHARS], button)
