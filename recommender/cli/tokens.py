"""Commands on the tokens with which programs use the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from recommender.cli.context import AsJson, DataDir, ReaderName, open_library
from recommender.cli.output import note, plain, print_json
from recommender.store.api_tokens import DEFAULT_DAYS, MAX_DAYS, SCOPES, ApiToken

tokens = typer.Typer(no_args_is_help=True, help="Tokens with which programs use the API.")


@tokens.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the token is for.", show_default=False)],
    scope: Annotated[
        list[str] | None,
        typer.Option(help=f"{', '.join(SCOPES)}; may be repeated (default: read)."),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=MAX_DAYS, help="How many days it is valid.")
    ] = DEFAULT_DAYS,
    reader: ReaderName = None,
    data_dir: DataDir = None,
) -> None:
    """Create a token and print it; it is shown only once.

    `read` allows to look, `feedback` to record likes, skips and what was shown, `write` to change
    lists and import papers. Example: `paperloop token create notebook --scope read --days 30`.
    """
    with open_library(data_dir) as library:
        reader_id = library.reader(reader).reader_id
        token = library.store.api_tokens.create(
            reader_id, name, scope or ["read"], library.now, days
        )
    typer.echo(token)
    note("The token is shown only once. If it leaks, revoke it with `paperloop token revoke`.")


@tokens.command("ls")
def ls(reader: ReaderName = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List a reader's tokens; a token itself is shown only when it is created."""
    with open_library(data_dir) as library:
        now = library.now
        owned = library.store.api_tokens.list(library.reader(reader).reader_id)
    if as_json:
        print_json({"tokens": [_as_token(x) for x in owned]})
        return
    for x in owned:
        until = "expired" if x.expires_at <= now else "valid until"
        typer.echo(
            f"{x.number}  {plain(x.name)}: {', '.join(x.scopes)}; {until} {x.expires_at:%Y-%m-%d}"
        )
    if not owned:
        note("No token yet. Make one with `paperloop token create NAME`.")


@tokens.command("revoke")
def revoke(
    number: Annotated[int, typer.Argument(help="The number that `ls` shows.")],
    reader: ReaderName = None,
    data_dir: DataDir = None,
) -> None:
    """Revoke a token for good."""
    with open_library(data_dir) as library:
        reader_id = library.reader(reader).reader_id
        if not library.store.api_tokens.revoke(reader_id, number):
            raise typer.BadParameter(f"there is no token {number}; `paperloop token ls` lists them")
    typer.echo("Revoked.")


def _as_token(token: ApiToken) -> dict[str, object]:
    times = {"created_at": token.created_at, "expires_at": token.expires_at}
    return asdict(token) | {name: x.isoformat() for name, x in times.items()}
