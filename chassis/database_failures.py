"""Tells a lost or busy database, which another try may not meet, from a defect."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chassis.errors import Unavailable

# SQLSTATE classes: connection, serialization and deadlock, resources, stopping or starting.
_TRANSIENT_STATES = ("08", "40", "53", "57")
_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"


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


@contextmanager
def translate_driver_errors() -> Iterator[None]:
    """Makes a lost or busy database Unavailable; a broken rule of the schema stays a defect.

    A connection lost during the commit leaves the outcome unknown; every write carries the id
    that makes it safe to send again.
    """
    try:
        yield
    except Exception as error:
        if is_database_failure(error):
            another_won = _state_of(error) in (_SERIALIZATION_FAILURE, _DEADLOCK)
            refusal = GaveWay if another_won or _is_stale(error) else Unavailable
            raise refusal(
                "DATABASE_UNAVAILABLE", "the database cannot be reached; send it again"
            ) from error
        raise
