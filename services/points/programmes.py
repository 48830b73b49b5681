"""The versions of the chain's programme that this process knows, read again every few seconds."""

import asyncio
import time
from collections.abc import Collection
from datetime import timedelta

from chassis.database import Database
from chassis.logs import get_logger
from services.points.domain.programme import Programmes, UnreadableProgramme, Version
from services.points.messages.programmes.programme_documents import read_programme_document
from services.points.storage.programmes import ProgrammeRepository, StoredProgramme

log = get_logger(__name__)


class ProgrammeSource:
    """Keeps the programme in memory.

    A version is stored some time before it takes effect (programme_notice_seconds), longer than
    it takes every replica to read it (refresh_seconds) after the first document may come that is
    dated as late as that, so all of them apply it from the same moment on.

    One that this release cannot read, after a rollback or under stricter rules of form, keeps
    nobody from the others: it matters once it is in force.
    """

    def __init__(
        self,
        database: Database,
        tender_kinds: Collection[str],
        *,
        refresh_seconds: float,
        late_max: timedelta | None = None,
    ) -> None:
        self._database = database
        self._tender_kinds = frozenset(tender_kinds)
        self._refresh_seconds = refresh_seconds
        self._read_at = -1e9
        self._reading = asyncio.Lock()
        self._late_max = late_max
        self._programmes = Programmes(late_max=late_max)

    async def current(self) -> Programmes:
        """All versions; Unavailable when they are old and the database cannot be asked."""
        if self._is_old():
            async with self._reading:
                if self._is_old():
                    await self.refresh()
        return self._programmes

    async def refresh(self) -> None:
        """Reads the versions now."""
        read_at = time.monotonic()
        # On a line: every till needs it, and slow readers may have taken the pool.
        async with self._database.line() as line:
            stored = await ProgrammeRepository(line.connection).versions()
        if len(stored) + 1 != len(self._programmes.versions):
            self._programmes = Programmes(
                [self._read(each) for each in stored], late_max=self._late_max
            )
        self._read_at = read_at

    def _read(self, stored: StoredProgramme) -> Version:
        try:
            return read_programme_document(stored.document, self._tender_kinds)
        except Exception as error:  # whatever another release may have written there
            log.error("programme_unreadable", version=stored.version, error=repr(error))
            return UnreadableProgramme(stored.version, stored.effective_at)

    def _is_old(self) -> bool:
        return time.monotonic() - self._read_at > self._refresh_seconds
