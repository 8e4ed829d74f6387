"""What every command needs: the settings, the open library, the reader meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from recommender.config import Settings
    from recommender.domain import Interest, Reader
    from recommender.recommend.recommender import Recommender
    from recommender.store import ReadingList, Store

DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the library. Default: PAPERLOOP_DATA_DIR, else the user data directory.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]
ReaderName = Annotated[
    str | None,
    typer.Option("--reader", "-r", help="Reader (default: me).", show_default=False),
]
InterestName = Annotated[
    str | None,
    typer.Option("--interest", "-i", help="One of the reader's interests.", show_default=False),
]
PaperId = Annotated[
    str, typer.Argument(help="A paper's id, for example arxiv:2401.01234.", show_default=False)
]

_chosen: list[Path] = []


def remember_data_dir(data_dir: Path | None) -> None:
    """Keep the ``--data-dir`` given before the command; one after it wins."""
    _chosen[:] = [data_dir] if data_dir is not None else []


def settings_for(data_dir: Path | None) -> Settings:
    """Read the settings for the folder given after or before the command."""
    from recommender.config import load_settings

    return load_settings(data_dir=data_dir or next(iter(_chosen), None))


@dataclass
class Library:
    """The open library of one command."""

    settings: Settings
    store: Store
    now: datetime

    @cached_property
    def recommender(self) -> Recommender:
        """The recommender of this library, made on first use."""
        from threadpoolctl import threadpool_limits

        from recommender.recommend.recommender import Recommender

        # A slate is a few small products: threads cost more than they save, tenfold on two cores.
        threadpool_limits(1, "blas")
        return Recommender(self.store, self.settings)

    def titles(self, paper_ids: Sequence[str]) -> dict[str, str]:
        """Return the titles of papers to name; none where the database cannot say now."""
        from recommender.errors import StoreError

        try:
            return self.store.catalogue.titles(paper_ids)
        except StoreError:
            return {}

    def reader(self, name: str | None) -> Reader:
        """Return the reader named; the default reader is made when first meant."""
        if name is None or name == self.settings.reader:
            return self.store.readers.ensure(self.settings.reader, self.now)
        return self.store.readers.get(name)

    def reading_list(self, reader: str | None, name: str) -> ReadingList:
        """Return the list of this name or id of the reader named; raises UnknownList."""
        return self.store.reading_lists.get(self.reader(reader).reader_id, name)

    def interest(self, reader: Reader, name: str | None, *, create: bool = False) -> Interest:
        """Return the interest named, or the reader's first one when none is.

        With `create` a new name makes a new interest.
        """
        if name is None:
            return self.store.readers.interests(reader.reader_id)[0]
        if create:
            return self.store.readers.ensure_interest(reader.reader_id, name)
        return self.store.readers.interest(reader.reader_id, name)


@contextmanager
def open_library(data_dir: Path | None, *, upgrade: bool = False) -> Iterator[Library]:
    """Open the library of a data directory, making its tables when there are none.

    Raises
    ------
    SchemaMismatch
        The tables are of another version and `upgrade` is False.
    """
    from recommender.cli.output import progress
    from recommender.errors import ConfigError
    from recommender.private_files import make_private_folder
    from recommender.store import Store

    settings = settings_for(data_dir)
    try:
        make_private_folder(settings.data_dir)
    except OSError as error:
        raise ConfigError(
            f"The data directory {settings.data_dir} cannot be made ({error.strerror}); "
            "choose another with --data-dir."
        ) from error
    store = Store(settings.url)
    try:
        revision = store.database.revision()
        if revision is None:
            store.database.upgrade()
        elif upgrade and revision != store.database.head():
            with progress("upgrading the library") as tell:
                store.database.upgrade(tell)
        else:
            store.database.check()
        yield Library(settings, store, datetime.now(UTC))
    finally:
        store.close()
