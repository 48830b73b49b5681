"""Posting into the real database: services/points/usecases/sales/post_sales.py and the door."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from chassis.database import Database, outbox_table
from chassis.errors import AlreadyExists, Exhausted, PreconditionFailed
from chassis.events import EVENT_BYTES_MAX
from services.points.commands import Command
from services.points.domain.draft import Receipt
from services.points.door import Door
from services.points.usecases.post_bills import Outcome, Posted
from tests.fixtures.builders_points import (
    Chain,
    build_command,
    build_line,
    build_sale,
    post_commands,
    running_door,
)
from yika.points.v1 import events_pb2, sale_pb2

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)


async def post(database: Database, *messages: sale_pb2.Sale) -> list[Outcome]:
    """Posts messages as one batch."""
    return await post_commands(database, *map(build_command, messages), now=NOW)


def earned(outcomes: Sequence[Outcome]) -> list[int]:
    """Points that the sales earned which were posted."""
    return [o.receipt.points_earned for o in outcomes if isinstance(o, Posted)]


async def books(database: Database, member_id: str) -> dict[str, int]:
    """What the tables hold for one account: counts and the three sums that must agree."""
    query = """
        SELECT (SELECT count(*) FROM bills WHERE member_id = :m) AS bills,
               (SELECT count(*) FROM transfers WHERE member_id = :m) AS transfers,
               (SELECT coalesce(sum(remaining), 0) FROM lots WHERE member_id = :m) AS lots,
               (SELECT coalesce(sum(amount), 0) FROM transfers
                 WHERE member_id = :m AND credit_account = 'wallet') AS earned,
               (SELECT coalesce(sum(points), 0) FROM wallets WHERE member_id = :m) AS balance,
               (SELECT coalesce(sum(amount), 0) FROM transfers
                 WHERE member_id = :m AND credit_account = 'revenue') AS revenue
    """
    async with database.read() as connection:
        row = (await connection.execute(text(query), {"m": member_id})).one()
    return {name: int(value) for name, value in row._mapping.items()}


async def events_of(database: Database, sale_ids: Sequence[str]) -> list[events_pb2.SalesPosted]:
    """The outbox events that carry any of the sales."""
    async with database.read() as connection:
        rows = (await connection.execute(outbox_table.select())).all()
    events = [events_pb2.SalesPosted.FromString(row.payload) for row in rows]
    return [e for e in events if any(posted.sale.sale_id in sale_ids for posted in e.sales)]


class TestPostSales:
    async def test_books_money_points_and_a_lot(self, database: Database, chain: Chain) -> None:
        (outcome,) = await post(database, build_sale(chain))
        assert outcome == Posted(Receipt(24, 0, 0, 0, 24, 0, 0, 24), replayed=False)
        assert await books(database, chain.member_id) == {
            "bills": 1,
            "transfers": 2,
            "lots": 24,
            "earned": 24,
            "balance": 24,
            "revenue": 2400,
        }

    async def test_floors_points_per_sale(self, database: Database, chain: Chain) -> None:
        line = build_line(chain.product_ids[0], list_fen=199, discount_fen=0)
        outcomes = await post(
            database, build_sale(chain, lines=[line]), build_sale(chain, lines=[line])
        )
        assert earned(outcomes) == [1, 1]
        assert (await books(database, chain.member_id))["balance"] == 2

    async def test_walk_in_sale_stands_on_the_store(self, database: Database, chain: Chain) -> None:
        (outcome,) = await post(database, build_sale(chain, member_id=""))
        assert outcome == Posted(Receipt(0, 0, 0, 0, 0, 0, 0, 0), replayed=False)
        held = await books(database, chain.store_id)
        assert (held["bills"], held["revenue"], held["balance"]) == (1, 2400, 0)

    async def test_retry_gets_the_first_answer(self, database: Database, chain: Chain) -> None:
        sale = build_sale(chain)
        (first,) = await post(database, sale)
        await post(database, build_sale(chain))
        (again,) = await post(database, sale)
        assert isinstance(first, Posted)
        assert again == Posted(first.receipt, replayed=True)
        assert (await books(database, chain.member_id))["bills"] == 2

    async def test_retry_is_the_same_after_category_and_brand_changed(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_sale(chain)
        await post(database, sale)
        for line in sale.lines:
            line.category_id, line.brand = chain.store_id, "光明"
        (again,) = await post(database, sale)
        assert isinstance(again, Posted)
        assert again.replayed

    @pytest.mark.parametrize("change", ["line", "member", "walk_in", "time"])
    async def test_refuses_a_used_id_with_other_content(
        self, database: Database, chain: Chain, change: str
    ) -> None:
        sale = build_sale(chain)
        await post(database, sale)
        other = sale_pb2.Sale()
        other.CopyFrom(sale)
        if change == "line":
            other.lines[0].quantity_milli += 1
        elif change == "member":
            other.member_id = chain.other_member_id
        elif change == "walk_in":
            other.member_id = ""
        else:
            other.sold_time.seconds += 1
        before = await books(database, chain.member_id)
        (outcome,) = await post(database, other)
        assert isinstance(outcome, AlreadyExists)
        assert outcome.reason == "ID_REUSED"
        assert await books(database, chain.member_id) == before
        assert (await books(database, chain.other_member_id))["bills"] == 0

    async def test_the_same_sale_twice_in_one_batch_is_posted_once(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_sale(chain)
        other = sale_pb2.Sale()
        other.CopyFrom(sale)
        other.register_id = "R2"
        first, second, third = await post(database, sale, sale, other)
        assert isinstance(first, Posted)
        assert second == Posted(first.receipt, replayed=True)
        assert isinstance(third, AlreadyExists)
        (event,) = await events_of(database, [sale.sale_id])
        assert [posted.sale.register_id for posted in event.sales] == ["R1"]

    async def test_a_retry_lends_nothing_to_the_commands_beside_it(
        self, database: Database, chain: Chain
    ) -> None:
        def paying_points(points: int) -> sale_pb2.Sale:
            line = build_line(chain.product_ids[0], list_fen=points, discount_fen=0)
            sale = build_sale(chain, lines=[line], tenders=[])
            sale.tenders.add(kind="points", amount_fen=points, points=points)
            return sale

        line = build_line(chain.product_ids[0], list_fen=30_000, discount_fen=0)
        earning = build_sale(chain, lines=[line])
        await post(database, earning)
        await post(database, paying_points(200))
        retried, refused = await post(database, earning, paying_points(300))
        assert isinstance(retried, Posted)
        assert retried.replayed
        assert isinstance(refused, PreconditionFailed)
        assert refused.reason == "INSUFFICIENT_POINTS"

    async def test_the_event_commits_with_the_rows(self, database: Database, chain: Chain) -> None:
        sales = [build_sale(chain), build_sale(chain, member_id="")]
        await post(database, *sales)
        (event,) = await events_of(database, [sale.sale_id for sale in sales])
        assert [posted.sale.sale_id for posted in event.sales] == [s.sale_id for s in sales]
        assert [posted.points_earned for posted in event.sales] == [24, 0]

    async def test_a_large_batch_becomes_several_events(
        self, database: Database, chain: Chain
    ) -> None:
        lines = [build_line(chain.product_ids[0]) for _ in range(400)]
        sales = [build_sale(chain, lines=lines) for _ in range(40)]
        await post(database, *sales)
        events = await events_of(database, [sale.sale_id for sale in sales])
        assert len(events) > 1
        assert all(event.ByteSize() <= EVENT_BYTES_MAX for event in events)
        told = [posted.sale.sale_id for event in events for posted in event.sales]
        assert sorted(told) == sorted(sale.sale_id for sale in sales)

    async def test_parallel_posts_of_one_sale_post_it_once(
        self, database: Database, chain: Chain
    ) -> None:
        member = build_sale(chain)
        walk_in = build_sale(chain, member_id="")
        answers = await asyncio.gather(*(post(database, member, walk_in) for _ in range(16)))
        firsts = [o for answer in answers for o in answer if isinstance(o, Posted)]
        assert len(firsts) == 32
        assert sum(not o.replayed for o in firsts) == 2
        assert (await books(database, chain.member_id))["bills"] == 1
        assert (await books(database, chain.store_id))["bills"] == 1

    async def test_books_agree_after_random_batches(self, database: Database, chain: Chain) -> None:
        chance = random.Random(20260501)
        expected_points = expected_fen = 0
        sent: list[sale_pb2.Sale] = []
        for _ in range(30):
            batch = []
            for _ in range(chance.randint(1, 12)):
                if sent and chance.random() < 0.3:
                    batch.append(chance.choice(sent))
                    continue
                lines = [
                    build_line(chance.choice(chain.product_ids), list_fen=chance.randint(50, 9999))
                    for _ in range(chance.randint(1, 6))
                ]
                sale = build_sale(chain, lines=lines)
                batch.append(sale)
                sent.append(sale)
                expected_points += sale.total_fen // 100
                expected_fen += sale.total_fen
            await post(database, *batch)
        held = await books(database, chain.member_id)
        assert held["bills"] == len(sent)
        assert held["balance"] == held["lots"] == held["earned"] == expected_points
        assert held["revenue"] == expected_fen


class TestDoor:
    def door(self, database: Database, **changes: int) -> Door:
        """A door on the real database."""
        given = {"batch_max": 64, "writers": 2, "queue_max": 1000, **changes}
        return Door(lambda commands: post_commands(database, *commands, now=NOW), **given)

    async def test_concurrent_callers_each_get_their_own_answer(
        self, database: Database, chain: Chain
    ) -> None:
        door = self.door(database)
        sales = [
            build_sale(chain, lines=[build_line(chain.product_ids[0], list_fen=100 * n + 50)])
            for n in range(1, 101)
        ]
        async with running_door(door):
            answers = await asyncio.gather(*(door.post([build_command(sale)]) for sale in sales))
        assert earned([answer[0] for answer in answers]) == list(range(1, 101))
        assert (await books(database, chain.member_id))["balance"] == sum(range(1, 101))

    async def test_a_refused_command_fails_alone(self, database: Database, chain: Chain) -> None:
        door = self.door(database)
        used = build_sale(chain)
        await post(database, used)
        reused = sale_pb2.Sale()
        reused.CopyFrom(used)
        reused.staff_id = "9999"
        good = [build_sale(chain) for _ in range(5)]
        async with running_door(door):
            answers = await asyncio.gather(
                *(door.post([build_command(sale)]) for sale in [good[0], reused, *good[1:]])
            )
        assert [type(answer[0]) for answer in answers].count(AlreadyExists) == 1
        assert (await books(database, chain.member_id))["bills"] == 6

    async def test_refuses_when_too_many_wait(self, database: Database, chain: Chain) -> None:
        door = self.door(database, queue_max=1)
        first = asyncio.ensure_future(door.post([build_command(build_sale(chain))]))
        await asyncio.sleep(0)
        with pytest.raises(Exhausted) as caught:
            await door.post([build_command(build_sale(chain))])
        assert caught.value.reason == "DOOR_FULL"
        async with running_door(door):
            assert isinstance((await first)[0], Posted)

    async def test_a_failed_batch_answers_its_callers_and_the_door_lives_on(self) -> None:
        calls = 0

        async def fails_once(commands: Sequence[Command]) -> list[Outcome]:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise RuntimeError("boom")
            return [AlreadyExists("ID_REUSED", "used") for _ in commands]

        chain = Chain()
        door = Door(fails_once, batch_max=10, writers=1, queue_max=100)
        async with running_door(door):
            with pytest.raises(RuntimeError, match="boom"):
                await door.post([build_command(build_sale(chain))])
            assert len(await door.post([build_command(build_sale(chain))])) == 1
