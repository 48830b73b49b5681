"""Tells a lost or busy database, which another try may not meet, from a defect."""

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chassis.errors import Unavailable

# SQLSTATE classes: connection, a server that only reads, an idle transaction that it ended,
# serialization and deadlock, resources, stopping or starting.
_READ_ONLY = "25006"
_TRANSIENT_STATES = ("08", _READ_ONLY, "25P03", "40", "53", "57")
_ANOTHER_WON = ("40001", "40P01")  # a serialization failure, a deadlock


class GaveWay(Unavailable):
    """The server ended the transaction for another one's sake; it may be done again at once."""


def is_database_failure(error: BaseException) -> bool:
    """True for a failure of the server or the connection, which another try may not meet."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    # While connecting, and for a command that takes too long, the driver's own errors come through.
    return (
        (isinstance(error, DBAPIError) and error.connection_invalidated)
        or _state_of(error).startswith(_TRANSIENT_STATES)
        or isinstance(error, (asyncpg.InterfaceError, PoolTimeoutError))
        or _is_stale(error)
        or (isinstance(error, OSError) and _passed_through_driver(error))
    )


def _drivers_own(error: BaseException) -> BaseException:
    orig = error.orig if isinstance(error, DBAPIError) else None
    return (orig.__cause__ or orig) if orig else error


def _state_of(error: BaseException) -> str:
    return str(getattr(_drivers_own(error), "sqlstate", None) or "")


def _is_stale(error: BaseException) -> bool:
    """True when a migration ran while this service did; the statement is prepared anew."""
    return isinstance(_drivers_own(error), asyncpg.InvalidCachedStatementError)


def _passed_through_driver(error: BaseException) -> bool:
    """False for an OSError that was raised beside the database, in the block of a transaction."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_globals.get("__name__", "").startswith("asyncpg.") for frame, _ in frames)


@asynccontextmanager
async def translate_driver_errors(
    leave: Callable[[], Awaitable[None]] | None = None,
) -> AsyncIterator[None]:
    """Makes a lost or busy database Unavailable; a broken rule of the schema stays a defect.

    A connection lost during the commit leaves the outcome unknown; every write carries the id
    that makes it safe to send again. Who writes says how to `leave` a server that was demoted:
    another one leads now, under the same address. Without it, writing is a defect of a reader.
    """
    try:
        yield
    except Exception as error:
        only_reads = _state_of(error) == _READ_ONLY
        if not is_database_failure(error) or (only_reads and leave is None):
            raise
        if only_reads and leave is not None:
            await leave()
        gave_way = _state_of(error) in _ANOTHER_WON or _is_stale(error)
        raise (GaveWay if gave_way else Unavailable)(
            "DATABASE_UNAVAILABLE", "the database cannot be reached; send it again"
        ) from error
