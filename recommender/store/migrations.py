"""The migrations: alembic, run from a checkout or from an installed wheel.

Imported when tables are to change: alembic takes longer to load than most commands to run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from recommender.errors import StoreError

Progress = Callable[[str, int, int], None]
"""Takes what a migration does, how many rows are done, and of how many."""

_PACKAGE = Path(__file__).resolve().parent.parent


def configuration(connection: Connection | None = None) -> Config:
    """Return alembic's configuration without an ini file; `connection` is used as it is."""
    packaged, checkout = _PACKAGE / "_migrations", _PACKAGE.parent / "migrations"
    folder = packaged if packaged.is_dir() else checkout
    if not folder.is_dir():
        raise StoreError("This installation holds no migrations; install paperloop again.")
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def all_versions() -> list[str]:
    """Return every version that a migration of this program leads to, newest first."""
    return [script.revision for script in _scripts().walk_revisions()]


def run(connection: Connection, revision: str, progress: Progress | None = None) -> None:
    """Run what is missing up to a version, in the transaction of the connection."""
    config = configuration(connection)
    config.attributes["progress"] = progress
    command.upgrade(config, revision)
