"""What a database driver reports, said in one plain sentence of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from recommender.errors import (
    InvalidValue,
    MissingExtra,
    SchemaMismatch,
    StoreBusy,
    StoreError,
    StoreUnavailable,
)

BUSY = "The library is in use by another process that did not finish in time; try again."
NO_TABLES = "The library has no tables of this version yet: run `paperloop db upgrade`."
DAMAGED = (
    "The library's file is damaged or is not a paperloop library; "
    "bring back a copy with `paperloop db restore FILE`."
)

UNSTORABLE = "A text holds a character that cannot be stored or looked for."

_SENTENCES: tuple[tuple[tuple[str, ...], type[StoreError], str], ...] = (
    (("database is locked", "table is locked", "lock timeout", "deadlock"), StoreBusy, BUSY),
    (("no such table", "no such column", "undefinedtable"), SchemaMismatch, NO_TABLES),
    (("undefinedcolumn", "has no column"), SchemaMismatch, NO_TABLES),
    (
        ("disk is full", "no space left", "disk i/o error"),
        StoreUnavailable,
        "The disk is full or failing; nothing was stored. Free some space and try again.",
    ),
    (
        ("readonly", "read-only", "insufficientprivilege"),
        StoreUnavailable,
        "The library may not be written by this user; check who owns its file and folder.",
    ),
    (("cannot contain nul", "invalid byte sequence"), InvalidValue, UNSTORABLE),
    (("not a database", "malformed"), StoreError, DAMAGED),
    (
        ("connection to server", "connection failed", "could not connect", "server closed"),
        StoreUnavailable,
        "The database server does not answer or does not let us in; check that it runs and "
        "that the database URL (PAPERLOOP_DATABASE_URL) is right.",
    ),
    (
        ("unable to open", "no such file"),
        StoreUnavailable,
        "The library's file cannot be opened; check that its folder exists and may be read.",
    ),
)


def translate_error(error: BaseException) -> StoreError:
    """Return our error for a driver's; never holds a value, a URL or a password.

    What may succeed when it is tried again is a `StoreUnavailable`, what never
    will an `InvalidValue`.
    """
    cause = getattr(error, "orig", None) or error
    text = f"{type(cause).__name__} {cause}".lower()
    for needles, kind, sentence in _SENTENCES:
        if any(needle in text for needle in needles):
            return kind(sentence)
    if isinstance(error, IntegrityError):
        return InvalidValue("The library refused a value that contradicts what it holds.")
    if isinstance(error, DataError):
        return InvalidValue(UNSTORABLE)
    what = f"The database could not do it ({type(cause).__name__})."
    if isinstance(error, (OperationalError, InterfaceError)):
        return StoreUnavailable(what)
    return StoreError(what)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn a driver's exceptions into ours; ours and all others pass unchanged."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreBusy(BUSY) from error
    except UnicodeEncodeError as error:
        raise InvalidValue(UNSTORABLE) from error
    except DBAPIError as error:
        raise translate_error(error) from error
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        hint = 'PostgreSQL needs one more package: pip install "paperloop[postgres]"'
        raise MissingExtra(hint) from error
