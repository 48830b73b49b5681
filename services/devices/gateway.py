"""The gateway's work that no register waits for: printing, catalogue, stubs, uploads, gauges.

Each loop outlives every failure: a till that cannot reach headquarters, or meets a defect in what
headquarters sends, must go on selling.
"""

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from chassis.clock import utc_now
from chassis.errors import DomainError
from chassis.logs import get_logger
from services.devices import metrics
from services.devices.domain.store import Store
from services.devices.headquarters import Headquarters
from services.devices.settings import Settings
from services.devices.storage.catalogue_repository import CATALOGUE, CatalogueRepository
from services.devices.storage.journal_repository import Backlog, JournalRepository
from services.devices.storage.local_database import LocalDatabase
from services.devices.storage.spool import Spool
from services.devices.usecases.spool_receipts import spool_receipts
from services.devices.usecases.synchronize import synchronize_catalogue, synchronize_member_stubs
from services.devices.usecases.upload_sales import upload_sales

log = get_logger(__name__)

_RETRY_SECONDS_MIN = 0.5
_SPOOL_POLL_SECONDS = 1.0
_UPLOAD_POLL_SECONDS = 1.0
_GAUGES_SECONDS = 2.0


@dataclass(slots=True)
class Contact:
    """When headquarters last answered, and what is wrong with which part of it now."""

    started_at: datetime
    answered_at: datetime | None = None
    failures: dict[str, str] = field(default_factory=dict)  # part -> reason: message


class Gateway:
    """The parts that HTTP handlers and loops share."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        database: LocalDatabase,
        spool: Spool,
        headquarters: Headquarters,
    ) -> None:
        self.store = store
        self.database = database
        self.contact = Contact(started_at=utc_now())
        self._settings = settings
        self._spool = spool
        self._headquarters = headquarters
        self._to_print = asyncio.Event()
        self._to_upload = asyncio.Event()

    def journal_changed(self) -> None:
        """Wakes printing and uploading; a wake-up that gets lost is made up for within a second."""
        self._to_print.set()
        self._to_upload.set()

    def loops(self) -> list[Callable[[], Awaitable[None]]]:
        """The loops that run as long as the gateway does."""
        return [self._print, self._upload, self._follow_catalogue, self._follow_stubs, self._gauge]

    async def check_writable(self) -> None:
        """Readiness: the journal takes a write. Unavailable: DISK_FULL, JOURNAL_UNAVAILABLE."""
        now = utc_now()
        await self.database.write(lambda c: JournalRepository(c).prove_writable(now))

    async def backlog(self) -> Backlog:
        """Sales that wait or are parked."""
        return await self.database.read(lambda c: JournalRepository(c).backlog())

    def disk_free_bytes(self) -> int:
        """Free space where the journal lies."""
        return shutil.disk_usage(self.database.path.parent).free

    async def _print(self) -> None:
        failures = 0
        while True:
            self._to_print.clear()
            try:
                while await spool_receipts(self.database, self._spool, now=utc_now()):
                    pass
                failures = 0
            except (OSError, DomainError) as error:
                failures += 1
                metrics.PRINT_FAILURES.inc()
                log.error("receipt_not_spooled", error=str(error))
            pause = self._pause(failures) if failures else _SPOOL_POLL_SECONDS
            await _wait(self._to_print if not failures else None, pause)

    async def _upload(self) -> None:
        async def upload() -> None:
            self._to_upload.clear()
            size = self._settings.upload_batch_size
            while await upload_sales(
                self.database, self._headquarters, batch_size=size, now=utc_now()
            ):
                self._answered()

        await self._repeat("points", upload, _UPLOAD_POLL_SECONDS, wake=self._to_upload)

    async def _follow_catalogue(self) -> None:
        async def follow() -> None:
            taken = await synchronize_catalogue(self.database, self._headquarters, now=utc_now())
            self._answered()
            if taken:
                log.info("catalogue", products=taken)

        await self._repeat("inventory", follow, self._settings.sync_interval_seconds)

    async def _follow_stubs(self) -> None:
        async def follow() -> None:
            taken = await synchronize_member_stubs(self.database, self._headquarters, now=utc_now())
            self._answered()
            if taken:
                log.info("member_stubs", members=taken)

        await self._repeat("members", follow, self._settings.sync_interval_seconds)

    async def _gauge(self) -> None:
        while True:
            try:
                await self._set_gauges()
            except (OSError, DomainError) as error:
                log.error("gauges_not_set", error=str(error))
            await asyncio.sleep(_GAUGES_SECONDS)

    async def _set_gauges(self) -> None:
        now = utc_now()
        backlog = await self.backlog()
        position = await self.database.read(lambda c: CatalogueRepository(c).position(CATALOGUE))
        metrics.PENDING.set(backlog.pending)
        metrics.PARKED.set(backlog.parked)
        oldest = backlog.oldest_pending_at
        metrics.PENDING_SECONDS.set((now - oldest).total_seconds() if oldest else 0)
        since = self.contact.answered_at or self.contact.started_at
        metrics.HEADQUARTERS_SECONDS.set((now - since).total_seconds())
        completed_at = position.completed_at
        age = (now - completed_at).total_seconds() if completed_at else -1
        metrics.CATALOGUE_SECONDS.set(age)
        metrics.DISK_FREE_BYTES.set(self.disk_free_bytes())

    async def _repeat(
        self,
        part: str,
        work: Callable[[], Awaitable[None]],
        interval_seconds: float,
        wake: asyncio.Event | None = None,
    ) -> None:
        """Runs `work` at an interval or when woken; backs off while it fails."""
        failures = 0
        while True:
            try:
                await work()
                failures = 0
                if self.contact.failures.pop(part, None):
                    log.info("headquarters_back", part=part)
            except DomainError as error:
                failures += 1
                if failures == 1:  # an evening without a line is one log line, not thousands
                    log.warning("headquarters_away", part=part, error=str(error))
                self.contact.failures[part] = str(error)
            except Exception as error:
                failures += 1
                log.exception("synchronisation_failed", part=part)
                self.contact.failures[part] = f"DEFECT: {error}"
            if failures:
                await asyncio.sleep(self._pause(failures))
            else:
                await _wait(wake, interval_seconds)

    def _pause(self, failures: int) -> float:
        """Doubles up to the limit; spread, so that the stores of a chain do not return as one."""
        doubled = _RETRY_SECONDS_MIN * float(2 ** min(failures - 1, 16))
        return min(doubled, self._settings.retry_seconds_max) * random.uniform(0.75, 1.0)

    def _answered(self) -> None:
        self.contact.answered_at = utc_now()


async def _wait(wake: asyncio.Event | None, seconds: float) -> None:
    if wake is None:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        pass
