"""Runs that book expired lots and are killed, repeated, or done by two replicas at once."""

import asyncio
import sys

import pytest

from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.expiry_jobs import BOOKING
from services.points.jobs import run_when_due
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import build_chain
from tests.fixtures.builders_value import PASS
from tests.fixtures.expired_lots import (
    HOUR,
    LAST_DAY,
    NOW,
    bills_of,
    expiry_jobs,
    expiry_transfers,
    grant,
    rows,
    run,
)
from tests.fixtures.own_ledger import database
from tests.fixtures.polling import eventually

__all__ = ["database"]


class TestInterruptedRun:
    async def test_books_nothing_twice_when_it_dies_between_the_commit_and_its_position(
        self, database: Database
    ) -> None:
        chain, members = await build_chain(database, 4)
        for member in members:
            await grant(database, member, chain.store_id, (Asset.POINTS, 9, LAST_DAY))
        jobs = expiry_jobs(database, NOW, batch_max=2)
        died: list[str] = []

        async def step(position: str) -> str | None:
            following = await jobs.book(position, NOW)
            if len(died) < 2:
                died.append(position)
                raise RuntimeError("killed")
            return following

        for _ in range(2):
            with pytest.raises(RuntimeError):
                await run_when_due(database, BOOKING, HOUR, step, clock=lambda: NOW)
        assert await run_when_due(database, BOOKING, HOUR, step, clock=lambda: NOW)
        assert await bills_of(database) == sorted(members)
        assert (await expiry_transfers(database)).total() == 4 * 9
        await prove_books(database)

    async def test_two_replicas_at_once_book_each_lot_once(self, database: Database) -> None:
        chain, members = await build_chain(database, 8)
        for member in members:
            await grant(database, member, chain.store_id, (Asset.POINTS, 9, LAST_DAY))
        jobs = expiry_jobs(database, NOW, batch_max=3)
        await asyncio.gather(run(jobs), run(jobs), run(jobs))
        assert await bills_of(database) == sorted(members)
        assert (await expiry_transfers(database)).total() == 8 * 9
        await prove_books(database)

    async def test_goes_on_after_a_process_was_killed_again_and_again(
        self, database: Database
    ) -> None:
        chain, members = await build_chain(database, 12)
        for member in members:
            await grant(
                database,
                member,
                chain.store_id,
                (Asset.POINTS, 9, LAST_DAY),
                (Asset.PASS, 10, LAST_DAY),
            )
        url = database.engine.url.set(drivername="postgresql").render_as_string(False)
        for lines in (1, 2, 3):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.points.expiry_process", url, NOW.isoformat()),
                stdout=asyncio.subprocess.PIPE,
            )
            assert process.stdout is not None
            try:
                for _ in range(lines):
                    assert await process.stdout.readline()
            finally:
                process.kill()  # somewhere in the step that follows
                await process.wait()

        async def nobody_writes() -> bool:
            active = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'yika-expiry'"
            return await rows(database, active) == [(0,)]

        await eventually(nobody_writes)
        assert len(await bills_of(database)) >= 6
        await run(expiry_jobs(database, NOW))
        assert await bills_of(database) == sorted(members)
        transfers = await expiry_transfers(database)
        assert {transfers[m, "wallet", "points_expired"] for m in members} == {9}
        assert {transfers[m, "pass_liability", "breakage"] for m in members} == {PASS.price_fen}
        await prove_books(database)
