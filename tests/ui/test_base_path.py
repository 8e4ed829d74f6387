"""Below a path: what is asked for is the same with the path and without it."""

from __future__ import annotations

import pytest
from libraries import Library
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.base_path import PathForStreamlit, PathTakenOff, base_path
from ui.request_limits import METRICS, RequestLimits

PATH = "/reading/papers"


async def say(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.scope["path"])


def client(path: str) -> TestClient:
    own = [Route("/healthz", say)]
    middleware = [
        Middleware(PathTakenOff, path=path),
        Middleware(RequestLimits, metrics=False),
        Middleware(PathForStreamlit, path=path, routes=own),
    ]
    rest = Route("/{anything:path}", say)
    return TestClient(Starlette(routes=[*own, rest], middleware=middleware))


@pytest.mark.parametrize("before", ["", PATH])
def test_our_routes_stand_at_the_root_and_streamlit_below_the_path(before: str) -> None:
    served = client(PATH)
    assert served.get(f"{before}/healthz").text == "/healthz"
    assert served.get(f"{before}/auth/login").text == f"{PATH}/auth/login"
    assert served.get(f"{before}/").text == f"{PATH}/"
    assert served.get(f"{before}{METRICS}").status_code == 404


def test_a_page_named_like_the_path_is_no_path() -> None:
    assert client("/library").get("/library").text == "/library/library"


def test_without_a_path_nothing_changes() -> None:
    assert client("").get("/auth/login").text == "/auth/login"


@pytest.mark.parametrize(
    ("url", "path"),
    [("https://example.org/papers/", "/papers"), ("https://example.org", ""), ("", "")],
)
def test_the_path_is_that_of_the_base_url(library: Library, url: str, path: str) -> None:
    assert base_path(library.settings.model_copy(update={"base_url": url})) == path
