"""Who waits for whom when wallets are made and locked: services/points/storage/locked_books.py."""

import asyncio
from typing import Any

from chassis.database import Database
from chassis.ids import new_id
from services.points.storage.driver import Driver
from services.points.storage.locked_books import lock_wallets_on
from tests.fixtures.polling import eventually
from tests.fixtures.servers import Servers, migrated_database, somebody_waits


class SlowCaller:
    """A driver whose caller is interrupted before it locks what it has made."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._fetched = False
        self.interrupted = asyncio.Event()
        self.go_on = asyncio.Event()

    async def fetch(self, statement: str, *parameters: Any) -> Any:
        if self._fetched:
            self.interrupted.set()
            await self.go_on.wait()
        self._fetched = True
        return await self._driver.fetch(statement, *parameters)

    async def execute(self, statement: str, *parameters: Any) -> None:
        await self._driver.execute(statement, *parameters)


async def lock(database: Database, members: list[str]) -> list[str]:
    """Locks wallets in a transaction of its own; whose they are, in the order of the locks."""
    async with database.driver_transaction() as tx:
        return list(await lock_wallets_on(tx.driver, members))


class TestLockWallets:
    async def test_makes_those_that_lack_and_locks_all_in_order(self, servers: Servers) -> None:
        members = sorted(new_id() for _ in range(4))
        async with migrated_database(servers, "points") as database:
            assert await lock(database, [members[2], members[0]]) == [members[0], members[2]]
            assert await lock(database, [*reversed(members), members[1]]) == members
            assert await lock(database, members) == members

    async def test_whoever_waits_for_one_that_is_being_made_holds_no_other(
        self, servers: Servers
    ) -> None:
        new, known = sorted(new_id() for _ in range(2))
        async with migrated_database(servers, "points") as database:
            await lock(database, [known])
            async with database.driver_transaction() as maker:
                await lock_wallets_on(maker.driver, [new])
                waiting = asyncio.create_task(lock(database, [new, known]))
                await eventually(lambda: somebody_waits(database))
                assert await lock(database, [known]) == [known]
                assert not waiting.done()
            assert await waiting == [new, known]

    async def test_batches_with_partly_new_members_do_not_wait_in_a_circle(
        self, servers: Servers
    ) -> None:
        new, known = sorted(new_id() for _ in range(2))
        async with migrated_database(servers, "points") as database:
            await lock(database, [known])
            slow: list[SlowCaller] = []

            async def lock_slowly() -> list[str]:
                async with database.driver_transaction() as tx:
                    slow.append(SlowCaller(tx.driver))
                    return list(await lock_wallets_on(slow[0], [new, known]))  # type: ignore[arg-type]

            async with database.driver_transaction() as maker:
                await lock_wallets_on(maker.driver, [new])
                first = asyncio.create_task(lock_slowly())
                await eventually(lambda: somebody_waits(database))
            # What the first one wanted to make was made by another, and it has not locked it yet.
            await slow[0].interrupted.wait()
            async with database.driver_transaction() as tx:
                second = asyncio.create_task(lock_wallets_on(tx.driver, [new, known]))

                async def has_them_or_waits() -> bool:
                    return second.done() or await somebody_waits(database)

                await eventually(has_them_or_waits)
                slow[0].go_on.set()
                assert list(await second) == [new, known]
                await eventually(lambda: somebody_waits(database))
            assert await first == [new, known]
