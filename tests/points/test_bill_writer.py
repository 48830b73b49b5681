"""Two writers of the same rows: services/points/storage/bill_writer.py."""

import asyncio
from datetime import UTC, datetime

from chassis.database import DriverTransaction
from chassis.errors import AlreadyExists
from services.points.domain.books import Books
from services.points.domain.programme import Programmes
from services.points.messages.documents import write_receipt
from services.points.storage.bill_writer import NewBill, write_bills
from services.points.usecases.post_bills import Posted
from tests.fixtures.builders_points import build_chain, build_command, build_sale, post_commands
from tests.fixtures.polling import eventually
from tests.fixtures.servers import Servers, migrated_database, somebody_waits
from yika.points.v1 import sale_pb2

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)


async def write(tx: DriverTransaction, message: sale_pb2.Sale) -> None:
    """Writes the bill of a walk-in sale, without looking whether it is there."""
    (draft,) = build_command(message).decide(Books(Programmes(), NOW))
    bill = NewBill(
        draft, 0, b"", message.SerializeToString(), b"", write_receipt(draft.receipt, "")
    )
    await write_bills(tx, [bill], NOW)


class TestWriteBills:
    async def test_an_id_is_taken_by_one_member_when_two_post_it_at_once(
        self, servers: Servers
    ) -> None:
        async with migrated_database(servers, "points") as database:
            chain, _ = await build_chain(database)
            first = build_sale(chain, member_id="")
            second = sale_pb2.Sale()
            second.CopyFrom(first)
            second.member_id = chain.member_id
            async with database.driver_transaction() as tx:
                await write(tx, first)
                other = asyncio.create_task(post_commands(database, build_command(second), now=NOW))

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
            commands = map(build_command, (high, low))
            async with database.driver_transaction() as tx:
                await write(tx, low)
                other = asyncio.create_task(post_commands(database, *commands, now=NOW))
                await eventually(lambda: somebody_waits(database))
                await write(tx, high)
            assert [o.replayed for o in await other if isinstance(o, Posted)] == [True, True]
