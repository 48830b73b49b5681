"""The scheduled verification of the whole ledger, and of whatever run was asked for."""

from datetime import timedelta

from chassis.clock import utc_now
from chassis.database import Database
from chassis.ids import new_id
from services.points.gauges import keep_true
from services.points.jobs import run_job
from services.points.storage.audit.breaks import Run, RunRepository
from services.points.usecases.audit.verify_ledger import show_breaks, verify_next

JOB = "verify_ledger"
SCHEDULE = "schedule"
_WATCH_SECONDS = 30.0


class Verifier:
    """Runs over all accounts every `interval`, and sooner when somebody asks.

    After a step it rests `rest` times as long as the step took.
    """

    def __init__(self, database: Database, *, interval: timedelta, rest: float) -> None:
        self._database = database
        self._interval = interval
        self._rest = rest

    async def run(self) -> None:
        """Runs until cancelled."""
        await run_job(
            self._database,
            JOB,
            self._interval,
            self.step,
            rest=self._rest,
            wanted=self.is_wanted,
        )

    async def watch(self) -> None:
        """Counts open breaks where nothing is verified by itself, until cancelled.

        Others find and resolve them, and here whoever asks for one member's verification.
        """
        await keep_true("breaks", lambda: show_breaks(self._database), _WATCH_SECONDS)

    async def is_wanted(self) -> bool:
        """Whether a run waits; shows in every replica how many breaks are open."""
        await show_breaks(self._database)
        async with self._database.read() as connection:
            return await RunRepository(connection).open_run() is not None

    async def step(self, position: str) -> str | None:
        """One step of the run that waits longest, or of a new one at the start."""
        async with self._database.read() as connection:
            run = await RunRepository(connection).open_run()
        if run is None:
            if position:
                return None  # another replica took this run to its end
            run = Run(new_id(), None, SCHEDULE, utc_now(), None, "", 0, 0, 0)
            async with self._database.transaction() as tx:
                await RunRepository(tx.connection).add(run)
        return None if await verify_next(self._database, run) else run.run_id
