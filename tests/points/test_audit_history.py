"""Random histories verify clean, whatever the size of a step, and whoever is killed in between."""

import asyncio
import sys
from datetime import timedelta

import pytest

from chassis.clock import utc_now
from chassis.database import Database
from services.points.jobs import run_when_due
from services.points.storage.audit import audited_accounts
from services.points.usecases.audit import verify_ledger
from services.points.usecases.audit.list_breaks import list_breaks
from services.points.usecases.audit.verify_ledger import read_run
from services.points.verifier import JOB, Verifier
from tests.fixtures.audit import corrupt, verify_all
from tests.fixtures.builders_audit import History, build_history, post_at_random
from tests.fixtures.corruptions import CORRUPTIONS
from tests.fixtures.own_ledger import database
from tests.fixtures.polling import eventually

__all__ = ["database"]

HOUR = timedelta(hours=1)


async def open_kinds(database: Database) -> list[tuple[str, int, str]]:
    page = await list_breaks(database, None, include_resolved=False, token="", limit=500)
    return [(view.row.member_id, view.row.kind, view.row.subject) for view in page.breaks]


def accounts_of(history: History) -> int:
    return len(history.members) + 1  # and the walk-in account


def bills_of(history: History) -> int:
    return sum(map(len, history.bills.values()))


class TestARandomHistory:
    @pytest.mark.parametrize("seed", [1, 2])
    async def test_verifies_clean_in_steps_of_any_size(
        self, database: Database, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        history = await build_history(database)
        booked = await post_at_random(database, history, 60, seed)
        assert booked > 30
        for bills_at_once, bills_max, accounts_max in ((100, 1000, 100), (1, 3, 2), (7, 20, 1)):
            monkeypatch.setattr(audited_accounts, "_BILLS_AT_ONCE", bills_at_once)
            monkeypatch.setattr(verify_ledger, "_BILLS_MAX", bills_max)
            monkeypatch.setattr(verify_ledger, "_ACCOUNTS_MAX", accounts_max)
            run = await verify_all(database)
            assert await open_kinds(database) == []
            assert (run.account_count, run.bill_count) == (accounts_of(history), bills_of(history))

    async def test_shows_the_same_breaks_in_steps_of_any_size(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        history = await build_history(database)
        for corruption in CORRUPTIONS:
            if corruption.name in {"walk_in_amounts", "transfer_amount", "lot_orphan"}:
                await corrupt(database, corruption, history, history.members[0])
        await verify_all(database)
        found = await open_kinds(database)
        assert len(found) == 4 + 5 + 1  # of two walk-in bills, of the member, of the whole books
        monkeypatch.setattr(audited_accounts, "_BILLS_AT_ONCE", 1)
        monkeypatch.setattr(verify_ledger, "_BILLS_MAX", 1)
        await verify_all(database)
        assert await open_kinds(database) == found


class TestWhileTheDoorPosts:
    async def test_no_account_is_seen_half_written(self, database: Database) -> None:
        history = await build_history(database)
        posting = [
            asyncio.create_task(post_at_random(database, history, 25, seed)) for seed in (11, 12)
        ]
        runs = 0
        while not all(task.done() for task in posting):
            await verify_all(database)
            runs += 1
        assert sum(await asyncio.gather(*posting)) > 25
        assert runs > 1
        page = await list_breaks(database, None, include_resolved=True, token="", limit=10)
        assert page.breaks == []  # at no moment


class TestAKilledVerifier:
    async def test_is_carried_on_by_another_one(self, database: Database) -> None:
        history = await build_history(database, member_count=6)
        url = database.engine.url.set(drivername="postgresql").render_as_string(False)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.points.verifier_process",
            url,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"hanging\n"
        finally:
            process.kill()
            await process.wait()
        begun = await read_run(database, None)
        assert begun.completed_at is None
        assert 0 < begun.account_count < accounts_of(history)
        verifier = Verifier(database, interval=HOUR, rest=0)

        async def run_again() -> bool:  # the server frees the lock when it sees the connection end
            return await run_when_due(database, JOB, HOUR, verifier.step, clock=utc_now)

        await eventually(run_again)
        run = await read_run(database, None)
        assert run.run_id == begun.run_id
        assert run.completed_at is not None
        assert (run.account_count, run.bill_count) == (accounts_of(history), bills_of(history))
        assert await open_kinds(database) == []
