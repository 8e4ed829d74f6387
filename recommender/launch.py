"""Starts the pages, wherever they lie.

In a checkout `ui/` is next to `recommender/`; in a wheel it lies inside as
`_ui`. Here it becomes importable as ``ui`` in both, so that nothing else has to
know, and the command line need not import Streamlit to print its help.
"""

from __future__ import annotations

import importlib.util
import socket
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from recommender.config import Settings, load_settings
from recommender.errors import RecommenderError

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_ui", _PACKAGE.parent / "ui")


def launch(
    settings: Settings,
    *,
    port: int,
    open_browser: bool,
    host: str = "127.0.0.1",
    workers: int = 1,
) -> None:
    """Serve the library until the process is stopped.

    Parameters
    ----------
    settings
        Settings of a library whose database is upgraded.
    host
        Address to listen at: of this machine only, or one that other machines reach.

    Raises
    ------
    RecommenderError
        The address or port cannot be used, or the pages are not installed.
    """
    import_ui()
    import_module("ui.server").serve(
        settings, port=port, open_browser=open_browser, host=host, workers=workers
    )


def serve_worker(channel: int, number: int, port: int, sign_in: int, host: str) -> None:
    """Serve the library of the environment as one of several processes.

    Parameters
    ----------
    channel
        The file descriptor of the socket on which connections are handed over.
    number
        Which of the processes this is, from 0.
    port, host
        Where the connections were made to.
    sign_in
        1 if readers have to sign in, 0 if not, as was decided when the first process started.
    """
    import_ui()
    try:
        import_module("ui.server").serve_worker(
            load_settings(),
            socket.socket(fileno=channel),
            number=number,
            host=host,
            port=port,
            sign_in_required=bool(sign_in),
        )
    except KeyboardInterrupt:  # Ctrl-C reaches all processes of a terminal
        sys.exit(0)


def import_ui() -> ModuleType:
    """Return the package of the pages, from now on importable as ``ui``.

    Raises
    ------
    RecommenderError
        It lies in none of the two places.
    """
    loaded = sys.modules.get("ui")
    if loaded is not None:
        return loaded
    folder = next((x for x in _PLACES if (x / "__init__.py").is_file()), None)
    if folder is None:
        raise RecommenderError("The pages are not installed; install paperloop again.")
    spec = importlib.util.spec_from_file_location(
        "ui", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise RecommenderError(f"The pages in {folder} cannot be loaded; install paperloop again.")
    module = importlib.util.module_from_spec(spec)
    sys.modules["ui"] = module
    spec.loader.exec_module(module)
    return module
