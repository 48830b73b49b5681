"""The driver's own prepared statements, for the hot ones of the door, and the ids it reads.

SQLAlchemy's execution costs half a millisecond a statement, and a batch of sales has five.
"""

from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

Driver: TypeAlias = "asyncpg.Connection[Any]"  # generic for the type checker only
Records = list[Any]


async def fetch(connection: AsyncConnection, statement: str, *parameters: Any) -> Records:
    """Rows of a statement in the driver's own words, through SQLAlchemy.

    SQLAlchemy begins a transaction with the first statement that goes through it; whatever the
    driver did before that would be committed at once.
    """
    result = await connection.exec_driver_sql(statement, parameters)
    return list(result.mappings())


def text_of(value: object) -> str | None:
    """An id as text; None stays None."""
    return None if value is None else str(value)


async def driver_of(connection: AsyncConnection) -> Driver:
    """The driver's connection inside a transaction that has begun."""
    raw = await connection.get_raw_connection()
    driver: Driver = raw.driver_connection  # type: ignore[assignment]
    return driver
