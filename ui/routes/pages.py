"""The small pages behind the links of a mail: one card, no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

HEADERS = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    "x-frame-options": "DENY",
}

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says: a heading, sentences, perhaps a paper, perhaps one button.

    `app` is where the link to the app leads, relative to the page's own address.
    """

    heading: str
    sentences: tuple[str, ...] = ()
    paper: str = ""
    authors: str = ""
    button: str = ""
    app: str = "../"
    link: str = "Open paperloop"


def show(page: Page, status: int = 200) -> HTMLResponse:
    """Return a page as the answer to a request."""
    text = _TEMPLATES.get_template("page.html.j2").render(p=page)
    return HTMLResponse(text, status, HEADERS)


def refuse(why: str, status: int = 404) -> HTMLResponse:
    """Return the page for a link that does nothing, and why."""
    return show(Page("This link does nothing", (why, "Nothing was changed.")), status)


async def respond(request: Request, work: Callable[[str, bool], Response]) -> Response:
    """Answer a GET, HEAD or POST of a token's address by `work`; refuse other methods.

    Parameters
    ----------
    work
        Takes the token and whether it was posted; runs in a thread.
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return Response(status_code=405, headers=HEADERS | {"allow": "GET, HEAD, POST"})
    return await run_in_threadpool(work, request.path_params["token"], request.method == "POST")
