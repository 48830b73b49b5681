"""The only SQL of the programme's versions. Rows are added, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.storage.tables import programmes

# Versions follow each other without a gap, so writers take turns.
_LOCK = text("LOCK TABLE programmes IN SHARE ROW EXCLUSIVE MODE")
_SELECT = select(
    programmes.c.version,
    programmes.c.effective_at,
    programmes.c.created_at,
    programmes.c.created_by,
    programmes.c.document,
)


class StoredProgramme(NamedTuple):
    """One version as it was stored."""

    version: int
    effective_at: datetime
    created_at: datetime
    created_by: str
    document: bytes


class ProgrammeRepository:
    """Reads and adds versions."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self) -> None:
        """Keeps other writers out until the transaction ends."""
        await self._connection.execute(_LOCK)

    async def versions(self) -> Sequence[StoredProgramme]:
        """All versions in order."""
        rows = await self._connection.execute(_SELECT.order_by(programmes.c.version))
        return [StoredProgramme(*row) for row in rows]

    async def versions_before(self, version: int, limit: int) -> Sequence[StoredProgramme]:
        """Versions with a lower number, newest first."""
        query = _SELECT.where(programmes.c.version < version)
        rows = await self._connection.execute(
            query.order_by(programmes.c.version.desc()).limit(limit)
        )
        return [StoredProgramme(*row) for row in rows]

    async def add(self, programme: StoredProgramme) -> None:
        """Adds a version; the table must be locked."""
        await self._connection.execute(insert(programmes).values(programme._asdict()))
