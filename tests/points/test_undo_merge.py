"""Undoing merges over a real database: services/points/usecases/wallets/undo_merge.py."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.assets import Asset
from services.points.domain.wallets.member_move import counterpart_id
from services.points.domain.wallets.moved import Moved
from services.points.usecases.post_bills import Posted
from tests.fixtures.builders_points import Chain, build_chain, build_command, build_sale
from tests.fixtures.builders_value import add_points_hold
from tests.fixtures.wallet_commands import (
    done,
    give,
    merge_command,
    owned,
    post,
    reason_of,
    stored_wallet,
    undo_command,
    value_command,
)
from tests.fixtures.wallet_moves import NOW, Bench, spending

GOES, STAYS, OTHER = (f"01920000-0000-7000-8000-00000000000{number}" for number in range(3))


@pytest.fixture
def bench() -> Bench:
    """Three members in memory."""
    return Bench([GOES, STAYS, OTHER])


class TestUndoMerge:
    async def test_at_once_leaves_both_as_they_were(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50, principal=900, bonus=90, **{"pass": 7})
        await give(database, chain, stays, points=3, principal=1)
        await done(database, build_command(build_sale(chain, member_id=goes)))
        before = [await stored_wallet(database, member) for member in (goes, stays)]
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        (posted,) = await done(database, undo_command(chain, goes, merge.bill_id))
        after = [await stored_wallet(database, member) for member in (goes, stays)]
        for was, now in zip(before, after, strict=True):
            assert now.lots == was.lots
            assert now.balances == was.balances
            assert (now.sale_count, now.merged_into) == (was.sale_count, None)
        moved, stayed = posted.receipt.moved, posted.receipt.stayed
        assert moved is not None
        assert moved[:-1] == (74, 900, 90, 7, 0, 1, 0)
        assert stayed == Moved()

    async def test_what_was_spent_meanwhile_stays_spent(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50, principal=900)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        await done(
            database,
            value_command(chain, stays, spending(Asset.POINTS, 20)),
            value_command(chain, goes, spending(Asset.PRINCIPAL, 300)),
            build_command(build_sale(chain, member_id=goes)),
        )
        (posted,) = await done(database, undo_command(chain, goes, merge.bill_id))
        assert await owned(database, goes) == {"POINTS": 30, "PRINCIPAL": 600}
        assert await owned(database, stays) == {"POINTS": 24}
        assert posted.receipt.stayed == Moved(points=20, principal_fen=300)

    async def test_what_is_on_hold_stays_on_hold(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        await add_points_hold(database, stays, chain.store_id, 20, now=NOW, seconds=60)
        (posted,) = await done(database, undo_command(chain, goes, merge.bill_id))
        assert await owned(database, goes) == {"POINTS": 30}
        assert await owned(database, stays) == {"POINTS": 20}
        assert posted.receipt.stayed == Moved(points=20)

    async def test_the_members_own_ended_holds_are_known_in_the_same_batch(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50)
        before = NOW - timedelta(minutes=5)
        ended = await add_points_hold(database, goes, chain.store_id, 20, now=before, seconds=60)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        sale = build_sale(chain, member_id=goes, tenders=[("stored_value", 2400)])
        sale.tenders[0].hold_id = ended
        undo = undo_command(chain, goes, merge.bill_id)
        undone, refused = await post(database, undo, build_command(sale))
        assert isinstance(undone, Posted)
        assert not isinstance(refused, Posted)
        assert refused.reason == "WRONG_ASSET"

    async def test_later_sales_are_the_members_own_again(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        await done(
            database,
            undo_command(chain, goes, merge.bill_id),
            build_command(build_sale(chain, member_id=goes)),
        )
        assert await owned(database, goes) == {"POINTS": 24}
        assert await owned(database, stays) == {}

    async def test_a_debt_goes_back_as_far_as_it_is_not_settled(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await done(database, value_command(chain, goes, lambda posting: posting.owe_points(30)))
        merge = merge_command(chain, goes, stays)
        await done(database, merge, build_command(build_sale(chain, member_id=goes)))
        (posted,) = await done(database, undo_command(chain, goes, merge.bill_id))
        debts = [(await stored_wallet(database, m)).debt_points for m in (goes, stays)]
        assert debts == [6, 0]
        assert posted.receipt.stayed == Moved(debt_points=24)
        assert (await stored_wallet(database, stays)).sale_count == 1

    async def test_members_can_be_merged_again(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50)
        for _ in range(3):
            merge = merge_command(chain, goes, stays)
            await done(database, merge)
            assert await owned(database, stays) == {"POINTS": 50}
            await done(database, undo_command(chain, goes, merge.bill_id))
            assert await owned(database, goes) == {"POINTS": 50}

    async def test_merge_and_undo_fit_into_one_batch(
        self, database: Database, chain: Chain
    ) -> None:
        """Also when the same merge is undone twice with another merge between."""
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        outcomes = await post(
            database,
            undo_command(chain, goes, merge.bill_id),
            merge_command(chain, goes, stays),
            undo_command(chain, goes, merge.bill_id),
        )
        told = ["posted" if isinstance(each, Posted) else each.reason for each in outcomes]
        assert told == ["posted", "posted", "ALREADY_UNDONE"]
        assert await owned(database, stays) == {"POINTS": 50}

    async def test_64_at_once_undo_one_merge_once(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50)
        await give(database, chain, stays, points=50)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        outcomes = await asyncio.gather(
            *(post(database, undo_command(chain, goes, merge.bill_id)) for _ in range(64))
        )
        told = [
            "posted" if isinstance(outcome, Posted) else outcome.reason for (outcome,) in outcomes
        ]
        assert sorted(told) == ["ALREADY_UNDONE"] * 63 + ["posted"]
        assert await owned(database, goes) == {"POINTS": 50}
        assert await owned(database, stays) == {"POINTS": 50}


class TestRetry:
    async def test_gets_the_first_answer(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        await done(database, value_command(chain, stays, spending(Asset.POINTS, 20)))
        undo = undo_command(chain, goes, merge.bill_id)
        (first,) = await done(database, undo)
        assert await done(database, undo) == [Posted(first.receipt, replayed=True)]
        assert await owned(database, goes) == {"POINTS": 30}


class TestRefusal:
    async def test_of_what_is_no_merge_of_the_member(self, database: Database) -> None:
        chain, (goes, stays, other) = await build_chain(database, 3)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        sale = build_sale(chain, member_id=other)
        await done(database, build_command(sale))
        for member_id, bill_id, reason in (
            (goes, new_id(), "UNKNOWN_BILL"),
            (other, sale.sale_id, "WRONG_BILL_KIND"),
            (other, merge.bill_id, "WRONG_MEMBER"),
            (stays, merge.bill_id, "WRONG_MEMBER"),
            (stays, counterpart_id(merge.bill_id), "WRONG_MEMBER"),
        ):
            assert await reason_of(database, undo_command(chain, member_id, bill_id)) == reason

    async def test_while_the_other_one_is_merged_in_turn(self, database: Database) -> None:
        chain, (goes, stays, other) = await build_chain(database, 3)
        await give(database, chain, goes, points=5)
        first, second = merge_command(chain, goes, stays), merge_command(chain, stays, other)
        await done(database, first)
        await done(database, second)
        undo = undo_command(chain, goes, first.bill_id)
        assert await reason_of(database, undo) == "MEMBER_MERGED"
        await done(database, undo_command(chain, stays, second.bill_id))
        await done(database, undo)
        assert await owned(database, goes) == {"POINTS": 5}

    async def test_of_a_frozen_wallet(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        async with database.transaction() as tx:
            await tx.connection.execute(
                text("UPDATE wallets SET frozen_reason = '盗刷' WHERE member_id = :m"), {"m": stays}
            )
        undo = undo_command(chain, goes, merge.bill_id)
        assert await reason_of(database, undo) == "WALLET_FROZEN"
