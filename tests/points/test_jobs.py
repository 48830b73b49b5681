"""Scheduled jobs: when they run, who runs them, and what a kill in between does."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from pydantic import ValidationError
from sqlalchemy import text

from chassis.database import Database
from services.points.jobs import Wanted, run_job, run_when_due
from services.points.settings import Settings
from services.points.storage.jobs import hold_job, read_job
from tests.fixtures.polling import eventually
from tests.fixtures.servers import Servers, migrated_database
from tests.points.job_process import STEPS, do_step

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    """A ledger's database, and a table in which steps leave their mark."""
    async with migrated_database(servers, "points") as database:
        async with database.transaction() as tx:
            await tx.connection.execute(text("CREATE TABLE done (number integer NOT NULL)"))
        yield database


async def done(database: Database) -> list[int]:
    async with database.read() as connection:
        return list(
            (await connection.execute(text("SELECT number FROM done ORDER BY 1"))).scalars()
        )


async def run(database: Database, at: datetime, *, wanted: Wanted | None = None) -> bool:
    async def step(position: str) -> str | None:
        return await do_step(database, position)

    return await run_when_due(database, "count", HOUR, step, clock=lambda: at, wanted=wanted)


def metric(name: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(name, {"name": "count", **labels})
    assert value is not None
    return value


class TestRunWhenDue:
    async def test_works_step_by_step_to_the_end(self, database: Database) -> None:
        assert await run(database, NOON)
        assert await done(database) == list(range(STEPS))

    async def test_waits_for_the_interval_from_start_to_start(self, database: Database) -> None:
        await run(database, NOON)
        assert not await run(database, NOON + HOUR - timedelta(seconds=1))
        assert await run(database, NOON + HOUR)
        assert len(await done(database)) == 2 * STEPS

    async def test_runs_early_when_asked(self, database: Database) -> None:
        async def wanted() -> bool:
            return True

        await run(database, NOON)
        assert await run(database, NOON, wanted=wanted)

    async def test_does_not_do_again_what_another_replica_has_just_done(
        self, database: Database
    ) -> None:
        """It was still asked for when this one looked, and done before this one had the lock."""

        async def wanted() -> bool:
            await run(database, NOON + HOUR)  # the other replica
            return True

        await run(database, NOON)
        assert not await run(database, NOON + HOUR, wanted=wanted)
        assert len(await done(database)) == 2 * STEPS

    async def test_goes_on_at_once_where_a_step_failed(self, database: Database) -> None:
        async def break_at_4(position: str) -> str | None:
            if position == "4":
                raise RuntimeError("broken")
            return await do_step(database, position)

        with pytest.raises(RuntimeError):
            await run_when_due(database, "count", HOUR, break_at_4, clock=lambda: NOON)
        assert await done(database) == [0, 1, 2, 3]
        assert await run(database, NOON)
        assert await done(database) == list(range(STEPS))

    async def test_leaves_the_work_to_the_one_that_holds_the_job(self, database: Database) -> None:
        async with hold_job(database, "count") as holder:
            assert holder is not None
            assert not await run(database, NOON)
        assert await done(database) == []
        assert await run(database, NOON)

    async def test_runs_once_for_all_replicas_that_ask_at_once(self, database: Database) -> None:
        ran = await asyncio.gather(*(run(database, NOON) for _ in range(5)))
        assert sum(ran) == 1
        assert await done(database) == list(range(STEPS))

    async def test_keeps_jobs_of_other_names_apart(self, database: Database) -> None:
        async with hold_job(database, "another"):
            assert await run(database, NOON)

    async def test_tells_the_age_of_the_last_complete_run(self, database: Database) -> None:
        await run(database, NOON)
        assert metric("yika_points_job_age_seconds") == 0
        await run(database, NOON + timedelta(minutes=7))
        assert metric("yika_points_job_age_seconds") == 7 * 60

    async def test_counts_the_age_of_one_that_never_ran_from_its_making(
        self, database: Database
    ) -> None:
        await read_job(database, "count", NOON)
        async with hold_job(database, "count"):
            await run(database, NOON + HOUR)
        assert metric("yika_points_job_age_seconds") == 60 * 60

    async def test_the_age_grows_until_the_next_look(self, database: Database) -> None:
        """While the database is away there is none."""
        now = [NOON]

        async def step(position: str) -> str | None:
            return None

        async def look() -> None:
            await run_when_due(database, "count", HOUR, step, clock=lambda: now[0])

        await look()
        now[0] += timedelta(minutes=7)
        assert metric("yika_points_job_age_seconds") == 7 * 60
        await look()
        now[0] += timedelta(minutes=2)
        assert metric("yika_points_job_age_seconds") == 9 * 60

    async def test_a_run_by_a_clock_far_ahead_keeps_nobody_from_the_next(
        self, database: Database
    ) -> None:
        await run(database, NOON)
        await run(database, NOON + timedelta(days=30))
        assert await run(database, NOON + HOUR)
        assert not await run(database, NOON + HOUR)
        assert metric("yika_points_job_age_seconds") == 0

    async def test_a_run_by_a_clock_far_ahead_hides_no_age(self, database: Database) -> None:
        async def breaks(_: str) -> str | None:
            raise RuntimeError("broken")

        await run(database, NOON)
        await run(database, NOON + timedelta(days=30))
        for hours in (1, 4):
            with pytest.raises(RuntimeError):
                await run_when_due(
                    database, "count", HOUR, breaks, clock=lambda at=NOON + hours * HOUR: at
                )
        assert metric("yika_points_job_age_seconds") == 3 * 60 * 60

    async def test_clocks_that_differ_a_little_run_it_once(self, database: Database) -> None:
        await run(database, NOON + timedelta(minutes=4))
        assert not await run(database, NOON)


class TestConnections:
    async def test_the_fewest_are_enough_while_everybody_keeps_one(
        self, database: Database
    ) -> None:
        """The relay, slow questions and every job at work, a step of which reads and writes."""
        (least,) = (
            limit.ge
            for limit in Settings.model_fields["database_pool_size"].metadata
            if hasattr(limit, "ge")
        )
        url = database.engine.url.set(drivername="postgresql")
        small = Database(
            url.render_as_string(hide_password=False), service="points", pool_size=least
        )
        slow_turns = small._slow_turns_left._value
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(small.engine.connect())
                for _ in range(slow_turns):
                    await stack.enter_async_context(small.slow_turn())
                    await stack.enter_async_context(small.engine.connect())
                for name in ("verify_ledger", "book_expiry", "tell_expiring"):
                    await stack.enter_async_context(hold_job(small, name))
                async with small.transaction(), small.read() as connection:
                    assert await connection.scalar(text("SELECT 1")) == 1
            with pytest.raises(ValidationError, match="database_pool_size"):
                Settings(database_pool_size=least - 1)
        finally:
            await small.dispose()


class TestRunJob:
    async def test_runs_at_the_start_and_lives_on_when_a_step_breaks(
        self, database: Database
    ) -> None:
        failed = REGISTRY.get_sample_value(
            "yika_points_job_runs_total", {"name": "fragile", "outcome": "failed"}
        )
        breaks = [True]

        async def step(position: str) -> str | None:
            if position == "3" and breaks:
                breaks.clear()
                raise RuntimeError("broken")
            return await do_step(database, position)

        async def complete() -> bool:
            return len(await done(database)) == STEPS

        tick = timedelta(milliseconds=20)
        task = asyncio.create_task(run_job(database, "fragile", HOUR, step, rest=0, tick=tick))
        try:
            await eventually(complete)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert await done(database) == list(range(STEPS))
        assert (
            REGISTRY.get_sample_value(
                "yika_points_job_runs_total", {"name": "fragile", "outcome": "failed"}
            )
            == (failed or 0) + 1
        )

    async def test_runs_when_it_is_wanted(self, database: Database) -> None:
        await run(database, datetime.now(UTC))  # so that none is due
        asked: list[bool] = [False, False, True]

        async def wanted() -> bool:
            return asked.pop(0) if asked else False

        async def step(position: str) -> str | None:
            return await do_step(database, position)

        async def twice() -> bool:
            return len(await done(database)) == 2 * STEPS

        tick = timedelta(milliseconds=20)
        task = asyncio.create_task(
            run_job(database, "count", HOUR, step, rest=0, wanted=wanted, tick=tick)
        )
        try:
            await eventually(twice)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def test_goes_on_where_a_killed_process_stopped(self, database: Database) -> None:
        url = database.engine.url.set(drivername="postgresql").render_as_string(False)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.points.job_process",
            url,
            "4",
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"hanging\n"
            assert not await run(database, datetime.now(UTC))
        finally:
            process.kill()
            await process.wait()

        async def run_again() -> bool:  # the server frees the lock when it sees the connection end
            return await run(database, datetime.now(UTC))

        await eventually(run_again)
        # The step that was being done when the process died is done again, and nothing else.
        assert await done(database) == sorted([*range(STEPS), 3])
