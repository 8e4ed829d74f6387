"""A clock faster than the real one, for every program of the soak (tests/attack/test_soak.py).

Python imports a module of this name when it starts, if its folder is on PYTHONPATH. The variable
SOAK_CLOCK holds the time that the clock shows at first, its speed, and the file whose time of
change says when it started; it stands still until there is one. Only the modules that ask for the
time of day are changed; timeouts run in real time.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

MODULES = {
    "recommender.cli.context",
    "recommender.cli.deliveries",
    "recommender.sources.rate_limit",
    "ui.app_state",
}
"""The modules that read the machine's clock."""


def fast_now(clock: str) -> datetime:
    """Return the time that a clock shows, written as SOAK_CLOCK is."""
    shown, speed, started = clock.split(maxsplit=2)
    try:
        seconds = time.time() - os.stat(started).st_mtime
    except FileNotFoundError:
        seconds = 0.0
    return datetime.fromisoformat(shown) + timedelta(seconds=seconds * float(speed))


class FastDatetime(datetime):
    """A datetime whose `now` is the fast clock's."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return fast_now(os.environ["SOAK_CLOCK"]).astimezone(tz)


class _Finder(MetaPathFinder):
    """Finds the modules as Python does, and gives them the fast clock once they are loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname in MODULES else None
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module = _with_fast_clock(spec.loader.exec_module)  # type: ignore[method-assign]
        return spec


def _with_fast_clock(load: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    def exec_module(module: ModuleType) -> None:
        load(module)
        assert "datetime" in vars(module), f"{module.__name__} does not read the clock any more"
        module.datetime = FastDatetime  # type: ignore[attr-defined]

    return exec_module


if "SOAK_CLOCK" in os.environ:
    sys.meta_path.insert(0, _Finder())
