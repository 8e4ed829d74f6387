"""An OpenID Connect provider of invented people, for tests of the sign-in; signs anybody in."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

PEOPLE = ("ann", "bo")
CLIENT_ID = "paperloop"


class Provider:
    """Asks who somebody is by two links, and vouches for the answer."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self._key = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
        self._codes: dict[str, tuple[str, str]] = {}
        routes = [
            Route("/.well-known/openid-configuration", self.configuration),
            Route("/authorize", self.authorize),
            Route("/choose", self.choose),
            Route("/token", self.token, methods=["POST"]),
            Route("/jwks", self.jwks),
        ]
        self.app = Starlette(routes=routes)

    async def configuration(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        links = [f'<a href="/choose?who={x}&{request.url.query}">{x}</a>' for x in PEOPLE]
        return HTMLResponse(" ".join(links))

    async def choose(self, request: Request) -> Response:
        given = request.query_params
        code = secrets.token_urlsafe(8)
        self._codes[code] = (given["who"], given.get("nonce", ""))
        return RedirectResponse(f"{given['redirect_uri']}?code={code}&state={given['state']}")

    async def token(self, request: Request) -> Response:
        form = await request.form()
        who, nonce = self._codes.pop(str(form["code"]))
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": base64.b16encode(who.encode()).decode(),
            "email": f"{who}@example.org",
            "email_verified": True,
            "nonce": nonce,
            "iat": now,
            "exp": now + 600,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "test"}, claims, self._key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": signed})

    async def jwks(self, request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})


@contextmanager
def running(port: int) -> Iterator[Provider]:
    """Serve a provider from a thread."""
    provider = Provider(port)
    server = uvicorn.Server(uvicorn.Config(provider.app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(timeout=10)
