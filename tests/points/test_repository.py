"""Two writers of the same rows: services/points/storage/repository.py."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import text

from chassis.database import Database
from chassis.errors import AlreadyExists
from pricing.earning import BASE_RULE
from services.points.documents import read_sale
from services.points.domain.ledger import sale_posting
from services.points.storage.repository import LedgerRepository, NewBill
from services.points.usecases.post_sales import PostedSale, PostSale, post_sales
from tests.fixtures.builders_points import build_chain, build_sale
from tests.fixtures.polling import eventually
from tests.fixtures.servers import Servers, migrated_database
from yika.points.v1 import sale_pb2

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)


def walk_in_bill(message: sale_pb2.Sale) -> NewBill:
    """The bill of a sale to nobody known, ready to be written."""
    sale = read_sale(message)
    return NewBill(sale, sale_posting(sale, 0, "base@1"), 0, message.SerializeToString())


async def somebody_waits(database: Database) -> bool:
    """True when a session of this database waits for a lock of another."""
    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with database.read() as connection:
        return bool(await connection.scalar(text(query)))


class TestInsertBills:
    async def test_an_id_is_taken_by_one_member_when_two_post_it_at_once(
        self, servers: Servers
    ) -> None:
        async with migrated_database(servers, "points") as database:
            chain, _ = await build_chain(database)
            first = build_sale(chain, member_id="")
            second = sale_pb2.Sale()
            second.CopyFrom(first)
            second.member_id = chain.member_id
            command = PostSale(read_sale(second), second)
            async with database.transaction() as tx:
                await LedgerRepository(tx.connection).insert_bills([walk_in_bill(first)], NOW)
                other = asyncio.create_task(
                    post_sales(database, [command], rule=BASE_RULE, now=NOW)
                )

                async def looked_and_saw_nothing() -> bool:
                    return other.done() or await somebody_waits(database)

                await eventually(looked_and_saw_nothing)
            (outcome,) = await other
            assert isinstance(outcome, AlreadyExists)
            assert outcome.reason == "ID_REUSED"

    async def test_batches_with_the_same_walk_in_sales_do_not_wait_in_a_circle(
        self, servers: Servers
    ) -> None:
        async with migrated_database(servers, "points") as database:
            chain, _ = await build_chain(database)
            low, high = (build_sale(chain, member_id="") for _ in range(2))
            assert low.sale_id < high.sale_id
            commands = [PostSale(read_sale(message), message) for message in (high, low)]
            async with database.transaction() as tx:
                repository = LedgerRepository(tx.connection)
                await repository.insert_bills([walk_in_bill(low)], NOW)
                other = asyncio.create_task(post_sales(database, commands, rule=BASE_RULE, now=NOW))
                await eventually(lambda: somebody_waits(database))
                await repository.insert_bills([walk_in_bill(high)], NOW)
            assert await other == [PostedSale(0, 0, replayed=True)] * 2
