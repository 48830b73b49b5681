"""Small batches are decided on what nobody has locked: whoever comes between is noticed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database, Transaction
from services.points.domain.assets import Asset
from services.points.storage.bill_writer import NewBill
from services.points.usecases.post_bills import Outcome, Posted, post_bills
from services.points.usecases.publish_bills import publish_bills
from tests.fixtures.builders_holds import (
    NOW,
    RULES,
    Value,
    build_grant,
    build_hold,
    build_spending,
    grant,
    hold,
    reasons,
    spend,
    view,
)
from tests.fixtures.builders_points import Chain, build_chain, build_command, post_commands
from tests.fixtures.wallet_commands import freeze_by_ledger
from yika.points.v1 import sale_pb2

Work = Callable[[Database], Awaitable[Any]]


@pytest.fixture
async def chain(database: Database) -> Chain:
    """A chain that the ledger knows, whose member has 100 points."""
    chain, _ = await build_chain(database)
    await grant(database, chain, Value(Asset.POINTS, 100))
    return chain


class Between:
    """Publishes as the service does; before the first time somebody else does `work`."""

    def __init__(self, database: Database, work: Work) -> None:
        self._url = database.engine.url.render_as_string(hide_password=False)
        self._work = work
        self.tries = 0

    def __call__(self, tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
        self.tries += 1
        if self.tries == 1:  # between the reading and the writing of the first try
            with ThreadPoolExecutor(1) as another:
                another.submit(asyncio.run, self._elsewhere()).result(30)
        publish_bills(tx, bills, now)

    async def _elsewhere(self) -> None:
        database = Database(self._url.replace("+asyncpg", ""), service="points")
        try:
            await self._work(database)
        finally:
            await database.dispose()


async def post(
    database: Database, *sales: sale_pb2.Sale, publish: Between
) -> tuple[list[Outcome], int]:
    """What became of the sales, and how often they were decided."""
    commands = [build_command(sale) for sale in sales]
    outcomes = await post_bills(database, commands, programmes=RULES, publish=publish, now=NOW)
    return outcomes, publish.tries


async def nothing(_: Database) -> None:
    """Nobody comes between."""


async def written(database: Database, sale: sale_pb2.Sale) -> int:
    """Bills of a sale, and events that tell of it."""
    query = text(
        "SELECT (SELECT count(*) FROM bills WHERE bill_id = :id)"
        " + (SELECT count(*) FROM outbox WHERE position(:told IN payload) > 0)"
    )
    async with database.read() as connection:
        parameters = {"id": sale.sale_id, "told": sale.sale_id.encode()}
        found: int = await connection.scalar(query, parameters)
    return found


class TestPostUnlocked:
    async def test_is_decided_once_when_nobody_comes_between(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_spending(chain, 60)
        outcomes, tries = await post(database, sale, publish=Between(database, nothing))
        assert (reasons(outcomes), tries) == ([""], 1)
        assert await written(database, sale) == 2
        assert (await view(database, chain)).points == 40

    @pytest.mark.parametrize(
        ("what", "reason", "left"),
        [
            ("freeze", "WALLET_FROZEN", 100),
            ("hold", "INSUFFICIENT_POINTS", 40),
            ("spend", "INSUFFICIENT_POINTS", 40),
        ],
    )
    async def test_is_decided_again_when_the_wallet_changed(
        self, database: Database, chain: Chain, what: str, reason: str, left: int
    ) -> None:
        work: dict[str, Work] = {
            "freeze": lambda elsewhere: freeze_by_ledger(elsewhere, chain.member_id),
            "hold": lambda elsewhere: hold(elsewhere, build_hold(chain, 60)),
            "spend": lambda elsewhere: spend(elsewhere, build_spending(chain, 60)),
        }
        sale = build_spending(chain, 60)
        outcomes, tries = await post(database, sale, publish=Between(database, work[what]))
        assert (reasons(outcomes), tries) == ([reason], 1)
        assert await written(database, sale) == 0
        assert (await view(database, chain)).points == left

    async def test_value_that_came_between_is_kept(self, database: Database, chain: Chain) -> None:
        sale = build_spending(chain, 60)
        more = Between(
            database,
            lambda elsewhere: post_commands(
                elsewhere, build_grant(chain, Value(Asset.POINTS, 5)), now=NOW
            ),
        )
        outcomes, tries = await post(database, sale, publish=more)
        assert (reasons(outcomes), tries) == ([""], 2)
        assert await written(database, sale) == 2
        assert (await view(database, chain)).points == 45

    async def test_the_same_sale_that_came_between_gives_its_first_answer(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_spending(chain, 60)
        same = Between(database, lambda elsewhere: spend(elsewhere, sale))
        (outcome,), tries = await post(database, sale, publish=same)
        assert isinstance(outcome, Posted)
        assert (outcome.replayed, tries) == (True, 1)
        assert await written(database, sale) == 2
        assert (await view(database, chain)).points == 40

    async def test_a_walk_in_sale_that_came_between_takes_its_id(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_spending(chain, 60)
        walk_in = build_spending(chain, 60, sale_id=sale.sale_id, member_id="")
        del walk_in.tenders[:]
        walk_in.tenders.add(kind="cash", amount_fen=60)
        taken = Between(database, lambda elsewhere: spend(elsewhere, walk_in))
        outcomes, _ = await post(database, sale, publish=taken)
        assert reasons(outcomes) == ["ID_REUSED"]
        assert (await view(database, chain)).points == 100

    async def test_of_64_who_spend_at_once_exactly_as_many_get_through_as_the_balance_allows(
        self, database: Database, chain: Chain
    ) -> None:
        url = database.engine.url.render_as_string(hide_password=False)
        other = Database(url.replace("+asyncpg", ""), service="points")
        try:
            outcomes = await asyncio.gather(
                *(spend((database, other)[n % 2], build_spending(chain, 7)) for n in range(64))
            )
        finally:
            await other.dispose()
        told = [reason for each in outcomes for reason in reasons(each)]
        assert sorted(told) == [""] * 14 + ["INSUFFICIENT_POINTS"] * 50
        assert (await view(database, chain)).points == 2
