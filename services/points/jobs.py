"""Scheduled jobs: one holder among replicas, bounded steps, a position that survives a kill.

The clock is APScheduler's (jitter between replicas, missed ticks joined into one). What is due is
decided by the job's row in the database, so that an interval counts for all replicas together and
whoever comes next carries on a run that another one left.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.logs import get_logger
from services.points.metrics import (
    JOB_AGE_SECONDS,
    JOB_INTERVAL_SECONDS,
    JOB_RUNNING,
    JOB_RUNS,
    JOB_STEPS,
)
from services.points.storage.jobs import JobHolder, JobRecord, hold_job, read_job

log = get_logger(__name__)

# One bounded piece of work: from the position where the one before stopped ("" at the start of a
# run) to the one where the next goes on, or None at the end of the run. A step may be done twice,
# and for a moment by two replicas when one loses its connection: it commits its own work, and
# whatever it does must bear that.
Step = Callable[[str], Awaitable[str | None]]
# Whether a run is asked for though none is due yet.
Wanted = Callable[[], Awaitable[bool]]
# Clocks of replicas differ by less. A moment that lies further ahead was written by a wrong one.
_AHEAD_MAX = timedelta(minutes=5)


async def run_job(
    database: Database,
    name: str,
    interval: timedelta,
    step: Step,
    *,
    rest: float = 1.0,
    wanted: Wanted | None = None,
    tick: timedelta = timedelta(seconds=30),
) -> None:
    """Runs a job every `interval` until cancelled; survives a lost database and a failing step.

    Looks every `tick` whether a run is due, is asked for, or was left unfinished. After a step it
    rests `rest` times as long as the step took, so that the door keeps most of the machine.
    """
    JOB_INTERVAL_SECONDS.labels(name).set(interval.total_seconds())
    rung = asyncio.Event()

    async def ring() -> None:
        rung.set()

    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every tick
    # Only rings: the work belongs to this task, which the service cancels and waits for.
    scheduler = AsyncIOScheduler(timezone=UTC)
    seconds = min(tick, interval).total_seconds()
    trigger = IntervalTrigger(seconds=seconds, jitter=seconds / 4, timezone=UTC)
    scheduler.add_job(ring, trigger, next_run_time=utc_now(), misfire_grace_time=None)
    scheduler.start()
    try:
        while True:
            await rung.wait()
            rung.clear()
            try:
                await run_when_due(database, name, interval, step, rest=rest, wanted=wanted)
            except Unavailable as error:
                log.warning("job_waits", job=name, error=str(error))
            except Exception:  # the door must live on; the age of the last run raises an alert
                JOB_RUNS.labels(name, "failed").inc()
                log.exception("job_failed", job=name)
    finally:
        scheduler.shutdown(wait=False)


async def run_when_due(
    database: Database,
    name: str,
    interval: timedelta,
    step: Step,
    *,
    rest: float = 0.0,
    wanted: Wanted | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> bool:
    """Runs a job to its end when that is due or asked for and nobody else does; whether it did.

    What a step raises comes through; the next call goes on where that step began. A run that a
    clock far ahead has begun keeps nobody from the next.
    """
    record = await read_job(database, name, clock())
    _show_age(name, record, clock)
    asked = wanted is not None and await wanted()
    if not _is_due(record, interval, asked, clock()):
        return False
    async with hold_job(database, name) as holder:
        if holder is None:
            return False
        seen, record = record, await holder.read() or record
        # A run that ended meanwhile may have been the one asked for; the next tick asks again.
        asked = asked and record.completed_at == seen.completed_at
        if not _is_due(record, interval, asked, clock()):
            return False  # another replica was faster
        JOB_RUNNING.labels(name).set(1)
        try:
            await _work(holder, name, record, step, rest, clock)
        finally:
            JOB_RUNNING.labels(name).set(0)
    JOB_RUNS.labels(name, "complete").inc()
    _show_age(name, replace(record, completed_at=clock()), clock)
    return True


async def _work(
    holder: JobHolder,
    name: str,
    record: JobRecord,
    step: Step,
    rest: float,
    clock: Callable[[], datetime],
) -> None:
    position = record.position
    if position is None:
        now = clock()
        await holder.begin(now)
        record = replace(record, started_at=now)
        position = ""
    while True:
        began = asyncio.get_running_loop().time()
        following = await step(position)
        JOB_STEPS.labels(name).inc()
        if following is None:
            await holder.complete(clock())
            return
        await holder.move(following)
        position = following
        _show_age(name, record, clock)
        await asyncio.sleep((asyncio.get_running_loop().time() - began) * rest)


def _is_due(record: JobRecord, interval: timedelta, asked: bool, now: datetime) -> bool:
    if asked or record.position is not None or record.started_at is None:
        return True
    return record.started_at + interval <= now or _is_ahead(record.started_at, now)


def _is_ahead(moment: datetime, now: datetime) -> bool:
    return moment > now + _AHEAD_MAX


def _show_age(name: str, record: JobRecord, clock: Callable[[], datetime]) -> None:
    """The age grows by itself until the next look, also while the database cannot be asked."""
    since = _complete_since(record, clock())

    def age() -> float:
        return max(0.0, (clock() - since).total_seconds())

    JOB_AGE_SECONDS.labels(name).set_function(age)


def _complete_since(record: JobRecord, now: datetime) -> datetime:
    """When it last ran to its end; of a wrong clock's run the latest moment that can be true."""
    moments = [record.created_at]
    if record.completed_at is not None:
        moments = [record.completed_at, record.started_at or record.created_at, record.created_at]
    return next((each for each in moments if not _is_ahead(each, now)), now)
