"""Brings durable print jobs into the spool, each once."""

import asyncio
from datetime import datetime

from services.devices.storage.journal_repository import JournalRepository
from services.devices.storage.local_database import LocalDatabase
from services.devices.storage.spool import Spool

_BATCH = 100


async def spool_receipts(database: LocalDatabase, spool: Spool, *, now: datetime) -> int:
    """Spools what waits and returns how many jobs that were; OSError when the spool fails.

    A job is noted as spooled after its file is on the disk; killed between the two, the next
    start finds the file and only notes it.
    """
    jobs = await database.read(
        lambda connection: JournalRepository(connection).pending_print_jobs(_BATCH)
    )
    spooled: list[str] = []
    try:
        for job in jobs:
            await asyncio.to_thread(spool.put, job)
            spooled.append(job.job_id)
    finally:
        if spooled:
            await database.write(
                lambda connection: JournalRepository(connection).mark_spooled(spooled, now)
            )
    return len(jobs)
