"""Merging members over a real database: services/points/usecases/wallets/merge_members.py."""

import asyncio
from itertools import pairwise

from sqlalchemy import text

from chassis.database import Database, outbox_table
from services.points.domain.assets import MEMBER_TRANSFER, Asset
from services.points.domain.posting import Posting
from services.points.domain.wallets.member_move import counterpart_id
from services.points.usecases.post_bills import Posted
from tests.fixtures.builders_points import Chain, build_chain, build_command, build_sale
from tests.fixtures.wallet_commands import (
    done,
    freeze,
    give,
    merge_command,
    owned,
    points_command,
    post,
    put_into_household,
    stored_wallet,
    undo_command,
    value_command,
)
from tests.fixtures.wallet_moves import granting, spending
from yika.points.v1 import events_pb2, sale_pb2, wallet_events_pb2


def points_sale(chain: Chain, member_id: str) -> sale_pb2.Sale:
    """A sale of 24 yuan to a member."""
    return build_sale(chain, member_id=member_id)


class TestMergeMembers:
    async def test_moves_every_lot_under_its_own_key(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50, principal=900, bonus=90, **{"pass": 7})
        await give(database, chain, stays, points=3)
        before = await stored_wallet(database, goes)
        merge = merge_command(chain, goes, stays)
        (posted,) = await done(database, merge)
        assert await owned(database, goes) == {}
        assert await owned(database, stays) == {
            "POINTS": 53,
            "PRINCIPAL": 900,
            "BONUS": 90,
            "PASS": 7,
        }
        after = await stored_wallet(database, stays)
        for key, lot in before.lots.items():
            assert after.lots[key] == lot._replace(moved_by=counterpart_id(merge.bill_id))
        moved = posted.receipt.moved
        assert moved is not None
        assert moved[:-1] == (50, 900, 90, 7, 0, 0, 0)
        assert (posted.receipt.points, posted.receipt.points_change) == (0, -50)
        assert (await stored_wallet(database, goes)).merged_into == stays

    async def test_writes_two_bills_that_balance(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50, principal=900)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        query = """
            SELECT b.member_id::text, b.bill_id::text, b.kind, b.original_bill_id::text,
                   (SELECT sum(CASE WHEN t.credit_account = :between THEN amount
                                    WHEN t.debit_account = :between THEN -amount END)
                      FROM transfers AS t WHERE t.bill_id = b.bill_id)
            FROM bills AS b WHERE b.bill_id IN (:first, :second)
        """
        async with database.read() as connection:
            rows = await connection.execute(
                text(query),
                {
                    "between": MEMBER_TRANSFER,
                    "first": merge.bill_id,
                    "second": counterpart_id(merge.bill_id),
                },
            )
            assert {tuple(row) for row in rows} == {
                (goes, merge.bill_id, 12, None, 950),
                (stays, counterpart_id(merge.bill_id), 12, merge.bill_id, -950),
            }

    async def test_later_sales_with_the_old_card_earn_for_the_other(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await done(database, merge_command(chain, goes, stays))
        (posted,) = await done(database, build_command(points_sale(chain, goes)))
        assert posted.receipt.points == 24
        assert await owned(database, stays) == {"POINTS": 24}
        assert await owned(database, goes) == {}
        assert (await stored_wallet(database, stays)).sale_count == 1

    async def test_the_old_card_spends_what_the_other_has(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, principal=5000)
        await done(database, merge_command(chain, goes, stays))
        sale = build_sale(chain, member_id=goes, tenders=[("stored_value", 2400)])
        await done(database, build_command(sale))
        assert await owned(database, stays) == {"PRINCIPAL": 2600, "POINTS": 24}

    async def test_follows_merges_in_a_row(self, database: Database) -> None:
        chain, members = await build_chain(database, 7)
        await give(database, chain, members[0], points=10)
        for goes, stays in pairwise(members):
            await done(database, merge_command(chain, goes, stays))
        await done(database, build_command(points_sale(chain, members[0])))
        assert await owned(database, members[-1]) == {"POINTS": 34}

    async def test_sale_in_the_same_batch_goes_to_the_other(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=10)
        await done(
            database,
            value_command(chain, goes, spending(Asset.POINTS, 4)),
            merge_command(chain, goes, stays),
            build_command(points_sale(chain, goes)),
            value_command(chain, goes, spending(Asset.POINTS, 20)),
        )
        assert await owned(database, stays) == {"POINTS": 10}
        assert await owned(database, goes) == {}

    async def test_a_lot_comes_together_again_in_one_batch(
        self, database: Database, chain: Chain
    ) -> None:
        """Spending the part that was here before, and taking the rest over, are one change."""
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, stays, points=10)
        await give(database, chain, goes, bonus=1)
        await put_into_household(database, [goes, stays])
        await done(database, points_command(chain, stays, goes, 3))
        await done(
            database,
            value_command(chain, stays, spending(Asset.POINTS, 7)),
            merge_command(chain, goes, stays),
            value_command(chain, stays, spending(Asset.POINTS, 1)),
        )
        assert await owned(database, stays) == {"POINTS": 2, "BONUS": 1}
        points = [
            (lot.granted, lot.remaining)
            for lot in (await stored_wallet(database, stays)).lots.values()
            if lot.asset is Asset.POINTS
        ]
        assert points == [(10, 2)]

    async def test_debt_waits_for_the_next_earning(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await done(database, value_command(chain, goes, lambda posting: posting.owe_points(30)))
        await give(database, chain, stays, points=5)
        (posted,) = await done(database, merge_command(chain, goes, stays))
        assert posted.receipt.debt_points == 0
        wallet = await stored_wallet(database, stays)
        assert (wallet.debt_points, wallet.balance(Asset.POINTS)) == (30, 5)
        await done(database, build_command(points_sale(chain, goes)))
        wallet = await stored_wallet(database, stays)
        assert (wallet.debt_points, wallet.balance(Asset.POINTS)) == (6, 5)

    async def test_a_frozen_wallet_receives(self, database: Database, chain: Chain) -> None:
        await give(database, chain, chain.member_id, points=5)
        await give(database, chain, chain.other_member_id, points=1)
        await freeze(database, chain.other_member_id)
        await done(database, merge_command(chain, chain.member_id, chain.other_member_id))
        wallet = await stored_wallet(database, chain.other_member_id)
        assert (wallet.balance(Asset.POINTS), wallet.frozen_reason) == (6, "盗刷")

    async def test_tells_others(self, database: Database, chain: Chain) -> None:
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        await give(database, chain, chain.member_id, points=5)
        await done(database, merge)
        undo = undo_command(chain, chain.member_id, merge.bill_id)
        await done(database, undo)
        merges: list[wallet_events_pb2.MemberMerge] = []
        undone: list[wallet_events_pb2.MemberMerge] = []
        bills: list[events_pb2.PostedBill] = []
        async with database.read() as connection:
            for row in (await connection.execute(outbox_table.select())).all():
                if row.event_type.endswith("MembersMerged"):
                    merges += wallet_events_pb2.MembersMerged.FromString(row.payload).merges
                if row.event_type.endswith("MergesUndone"):
                    undone += wallet_events_pb2.MergesUndone.FromString(row.payload).merges
                if row.event_type.endswith("BillsPosted"):
                    bills += events_pb2.BillsPosted.FromString(row.payload).bills
        pair = (chain.member_id, chain.other_member_id)
        told = {each.bill_id: (each.member_id, each.into_member_id) for each in merges}
        assert told[merge.bill_id] == pair
        told = {each.bill_id: (each.member_id, each.into_member_id) for each in undone}
        assert told[undo.bill_id] == pair
        of_merge = {each.bill_id: each for each in bills}
        assert of_merge[merge.bill_id].receipt.moved.points == 5
        assert of_merge[counterpart_id(merge.bill_id)].member_id == chain.other_member_id

    async def test_an_event_of_many_lots_tells_their_sums(
        self, database: Database, chain: Chain
    ) -> None:
        def many(posting: Posting) -> None:
            for _ in range(600):
                granting(Asset.POINTS, 2)(posting)

        await done(database, value_command(chain, chain.member_id, many))
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        await done(database, merge)
        async with database.read() as connection:
            rows = (await connection.execute(outbox_table.select())).all()
        bills = [
            bill
            for row in rows
            if row.event_type.endswith("BillsPosted")
            for bill in events_pb2.BillsPosted.FromString(row.payload).bills
            if bill.bill_id == merge.bill_id
        ]
        assert [(each.amount, each.lot_bill_id) for each in bills[0].transfers] == [(1200, "")]
        assert await owned(database, chain.other_member_id) == {"POINTS": 1200}


class TestAtOnce:
    async def test_two_members_into_each_other_leave_one(self, database: Database) -> None:
        for _ in range(10):
            chain, (one, other) = await build_chain(database, 2)
            await give(database, chain, one, points=5)
            await give(database, chain, other, points=7)
            outcomes = await asyncio.gather(
                post(database, merge_command(chain, one, other)),
                post(database, merge_command(chain, other, one)),
            )
            told = sorted(
                "posted" if isinstance(outcome, Posted) else outcome.reason
                for (outcome,) in outcomes
            )
            assert told == ["MEMBER_MERGED", "posted"]
            left = [await owned(database, member) for member in (one, other)]
            assert sorted(left, key=len) == [{}, {"POINTS": 12}]

    async def test_sales_during_a_merge_all_earn(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        sales = [build_command(points_sale(chain, goes)) for _ in range(16)]
        await asyncio.gather(
            *(done(database, sale) for sale in sales[:8]),
            done(database, merge_command(chain, goes, stays)),
            *(done(database, sale) for sale in sales[8:]),
        )
        assert await owned(database, stays) == {"POINTS": 16 * 24}
        assert await owned(database, goes) == {}
