"""The only SQL of scheduled jobs: their rows, and the lock that lets one replica work at a time."""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database
from chassis.database_failures import translate_driver_errors
from services.points.storage.job_tables import jobs


@dataclass(frozen=True, slots=True)
class JobRecord:
    """When a job ran; `position` is where the run under way goes on, None when none is."""

    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    position: str | None


async def read_job(database: Database, name: str, now: datetime) -> JobRecord:
    """The record of a job, made when it is seen for the first time."""
    async with database.read() as connection:
        record = await _record(connection, name)
    if record is None:
        async with database.transaction() as tx:
            given = insert(jobs).values(name=name, created_at=now)
            await tx.connection.execute(given.on_conflict_do_nothing())
            record = await _record(tx.connection, name)
    assert record is not None  # noqa: S101 - nobody deletes rows of this table
    return record


class JobHolder:
    """The one replica that may work on a job, as long as its connection lives."""

    def __init__(self, connection: AsyncConnection, name: str) -> None:
        self._connection = connection
        self._name = name

    async def read(self) -> JobRecord | None:
        """The record as it is now that nobody else changes it."""
        return await _record(self._connection, self._name)

    async def begin(self, now: datetime) -> None:
        """A new run, at its beginning."""
        await self._set(started_at=now, position="")

    async def move(self, position: str) -> None:
        """The run goes on from here, whoever carries it on."""
        await self._set(position=position)

    async def complete(self, now: datetime) -> None:
        """The run has reached its end."""
        await self._set(completed_at=now, position=None)

    async def _set(self, **values: Any) -> None:
        changed = update(jobs).where(jobs.c.name == self._name).values(**values)
        await self._connection.execute(changed)


@asynccontextmanager
async def hold_job(database: Database, name: str) -> AsyncIterator[JobHolder | None]:
    """The holder of a job, or None while another replica is.

    The lock lives as long as the connection, as the relay's does, and the record is changed over
    that connection alone: who lost the lock records nothing. Unavailable for a lost database.
    """
    key = zlib.crc32(f"yika-job-points-{name}".encode())
    async with translate_driver_errors(database.dispose), database.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        locked = await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
        if not locked:
            yield None
            return
        try:
            yield JobHolder(connection, name)
        finally:
            # The pool would hand the connection on, lock and all.
            await connection.invalidate()


async def _record(connection: AsyncConnection, name: str) -> JobRecord | None:
    columns = (jobs.c.created_at, jobs.c.started_at, jobs.c.completed_at, jobs.c.position)
    row = (await connection.execute(select(*columns).where(jobs.c.name == name))).one_or_none()
    return None if row is None else JobRecord(*row)
