"""What goes on while slow questions of headquarters have the connections that are theirs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.domain.programme import Programmes
from services.points.door import Door
from services.points.usecases.post_bills import Posted, post_bills
from services.points.usecases.publish_bills import publish_bills
from services.points.usecases.queries.read_wallet import WalletReader
from tests.chassis.numbers import url_of
from tests.fixtures.branch import Branches
from tests.fixtures.builders_holds import Value, build_hold, grant, hold
from tests.fixtures.builders_points import (
    SOLD_AT,
    build_chain,
    build_command,
    build_sale,
    post_commands,
    running_door,
)
from tests.fixtures.good_questions import QUESTIONS
from tests.fixtures.good_requests import CHANGES
from tests.fixtures.wallet_commands import NOW, done, merge_command

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def taken(database: Database) -> AsyncIterator[Database]:
    """The database of a replica whose pool has nothing left."""
    taken = Database(url_of(database), service="points", pool_size=1)
    async with taken.read() as connection:
        await connection.execute(text("SELECT 1"))  # and it takes as long as it takes
        yield taken
    await taken.dispose()


class TestWithoutThePool:
    async def test_a_merged_members_sale_is_posted_and_those_behind_it(
        self, database: Database, taken: Database
    ) -> None:
        chain, others = await build_chain(database, member_count=3)
        third = others[-1]
        for member_id in (chain.member_id, chain.other_member_id, third):
            command = build_command(build_sale(chain, member_id=member_id))
            await post_commands(database, command, now=SOLD_AT)
        await done(database, merge_command(chain, chain.member_id, chain.other_member_id))
        door = Door(
            lambda commands: post_bills(
                taken, commands, programmes=Programmes(), publish=publish_bills, now=NOW
            ),
            batch_max=64,
            writers=2,
            queue_max=100,
        )
        async with running_door(door), asyncio.timeout(5):
            told = await asyncio.gather(
                *(
                    door.post([build_command(build_sale(chain, member_id=member_id))])
                    for member_id in (chain.member_id, third, third)
                )
            )
        assert [type(outcome) for (outcome,) in told] == [Posted] * 3

    async def test_wallets_are_read_those_with_holds_too(
        self, database: Database, taken: Database
    ) -> None:
        chain, _ = await build_chain(database)
        for member_id in (chain.member_id, chain.other_member_id):
            await grant(database, chain, Value(Asset.POINTS, 100), member_id=member_id)
        await hold(database, build_hold(chain, 60))
        reader = WalletReader(taken)
        async with asyncio.timeout(5):
            held, free = await asyncio.gather(
                reader.read(chain.member_id), reader.read(chain.other_member_id)
            )
        assert [len(each.lots) for each in (held, free) if each is not None] == [1, 1]
        assert [len(each.holds) for each in (held, free) if each is not None] == [1, 0]


SLOW = {
    *("ListBalances", "SummarizeBills", "ListBills", "GetStatement", "GetTrialBalance"),
    *("GetBalancesAt", "SummarizeBalancesAt", "ListLiability", "ListSettlement"),
    *("SummarizeSettlement", "ListBreaks", "VerifyLedger"),
}


@asynccontextmanager
async def every_slow_turn_taken(database: Database) -> AsyncIterator[None]:
    """Headquarters has many slow questions; some are answered and the others wait."""
    enough = asyncio.Event()

    async def ask() -> None:
        async with database.slow_turn(), database.read() as connection:
            await connection.execute(text("SELECT 1"))
            await enough.wait()

    asked = [asyncio.create_task(ask()) for _ in range(database.engine.pool.size())]
    await asyncio.sleep(0.5)
    try:
        yield
    finally:
        enough.set()
        await asyncio.gather(*asked)


class TestBesideSlowQuestions:
    @pytest.mark.parametrize("rpc", QUESTIONS)
    async def test_only_slow_ones_wait_for_each_other(self, branches: Branches, rpc: str) -> None:
        branch = await branches.open()
        request = await QUESTIONS[rpc](branch)
        async with every_slow_turn_taken(branch.ledger.database):
            asked = asyncio.ensure_future(getattr(branch.clerk, rpc)(request))
            answered, _ = await asyncio.wait([asked], timeout=0.5 if rpc in SLOW else 5)
            assert bool(answered) == (rpc not in SLOW)
        await asked

    @pytest.mark.parametrize("rpc", ["CreateHold", "RedeemCoupon", "ReserveCoupon", "IssueCoupons"])
    async def test_others_write(self, branches: Branches, rpc: str) -> None:
        branch = await branches.open()
        request = await CHANGES[rpc](branch)
        async with every_slow_turn_taken(branch.ledger.database), asyncio.timeout(5):
            await getattr(branch.clerk, rpc)(request)
