"""The command that serves the library to an assistant."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Annotated

import typer

from recommender.cli.context import DataDir, ReaderName, open_library
from recommender.errors import MissingExtra
from recommender.launch import import_ui

HOW = "Assistants need the package mcp: `pip install 'paperloop[mcp]'`."


def mcp(
    write: Annotated[
        bool,
        typer.Option("--write", help="Also allow feedback, changes of lists, and import."),
    ] = False,
    reader: ReaderName = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the library to an assistant (Model Context Protocol).

    An assistant starts it and speaks to it by standard input and output; it only looks unless
    `--write` is given. It needs the extra `mcp`:
    `pip install 'paperloop[mcp]'`.
    """
    if find_spec("mcp") is None:
        raise MissingExtra(HOW)
    with open_library(data_dir) as library:
        import_ui()
        import_module("ui.api.mcp").serve(
            library.settings,
            library.store,
            library.recommender,
            library.reader(reader).reader_id,
            may_write=write,
        )
