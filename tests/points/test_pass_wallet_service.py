"""Passes in wallets that are held from, frozen and merged: with the services that do so."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from chassis.clock import to_proto_date
from chassis.ids import new_id
from services.points.storage.directory import DirectoryRepository
from tests.fixtures.pass_desk import PassDesk
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from yika.points.v1 import (
    hold_pb2,
    hold_service_pb2,
    hold_service_pb2_grpc,
    wallet_service_pb2,
    wallet_service_pb2_grpc,
)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may do what to wallets."""

    wallets: Any
    holds: Any


@pytest.fixture
async def staff(desk: PassDesk) -> AsyncIterator[Staff]:
    """Somebody who may freeze, merge and hold."""
    async with AsyncExitStack() as stack:
        yield Staff(
            await stack.enter_async_context(
                open_stub(
                    wallet_service_pb2_grpc.WalletServiceStub,
                    desk.ledger.address,
                    ["points.wallets.freeze", "points.wallets.merge"],
                )
            ),
            await stack.enter_async_context(
                open_stub(
                    hold_service_pb2_grpc.HoldServiceStub,
                    desk.ledger.address,
                    ["points.holds.create"],
                )
            ),
        )


async def held(staff: Staff, desk: PassDesk, units: int, sort: str = "plain") -> str:
    """Sets units of a pass aside; returns the hold."""
    request = hold_service_pb2.CreateHoldRequest(
        hold_id=new_id(),
        member_id=desk.ledger.chain.member_id,
        asset=hold_pb2.HOLD_ASSET_PASS,
        pass_id=desk.pass_ids[sort],
        amount=units,
        store_id=desk.ledger.chain.store_id,
        business_date=to_proto_date(desk.today),
    )
    await staff.holds.CreateHold(request)
    return request.hold_id


class TestHold:
    async def test_sets_units_aside_for_one_use(self, desk: PassDesk, staff: Staff) -> None:
        sold = await desk.sold()
        hold_id = await held(staff, desk, 6)
        assert (await desk.passes())[0].held_units == 6
        assert (await refusal(desk.stub.UsePass(desk.using(units=5)))).reason == "INSUFFICIENT_PASS"
        refused = await refusal(desk.stub.RefundPass(desk.refunding(sold)))
        assert refused.reason == "PASS_ON_HOLD"
        kept = desk.using(units=2, hold_id=hold_id, keep_rest=True)
        assert (await desk.stub.UsePass(kept)).receipt.pass_units_left == 8
        assert (await desk.passes())[0].held_units == 4
        too_many = await refusal(desk.stub.UsePass(desk.using(units=5, hold_id=hold_id)))
        assert too_many.reason == "HOLD_TOO_SMALL"
        last = desk.using(units=1, hold_id=hold_id)
        assert (await desk.stub.UsePass(last)).receipt.pass_units_left == 7
        assert (await desk.passes())[0].held_units == 0
        closed = await refusal(desk.stub.UsePass(desk.using(hold_id=hold_id)))
        assert closed.reason == "HOLD_CLOSED"
        assert (await desk.stub.UsePass(last)).receipt.replayed

    async def test_on_another_pass_is_refused(self, desk: PassDesk, staff: Staff) -> None:
        await desk.sold()
        await desk.sold("month")
        hold_id = await held(staff, desk, 2, "month")
        found = await refusal(desk.stub.UsePass(desk.using(hold_id=hold_id)))
        assert found.reason == "WRONG_ASSET"


class TestFrozenWallet:
    async def test_neither_uses_nor_pays_back(self, desk: PassDesk, staff: Staff) -> None:
        sold = await desk.sold()
        await staff.wallets.FreezeWallet(
            wallet_service_pb2.FreezeWalletRequest(
                header=wallet_service_pb2.ChangeHeader(
                    change_id=new_id(),
                    store_id=desk.ledger.chain.store_id,
                    staff_id="8001",
                    reason="挂失",
                ),
                member_id=desk.ledger.chain.member_id,
            )
        )
        assert (await refusal(desk.stub.UsePass(desk.using()))).reason == "WALLET_FROZEN"
        found = await refusal(desk.stub.RefundPass(desk.refunding(sold)))
        assert found.reason == "WALLET_FROZEN"


class TestMerge:
    async def merge(self, desk: PassDesk, staff: Staff) -> str:
        """Merges the chain's member into the other one; returns the bill."""
        request = wallet_service_pb2.MergeMembersRequest(
            header=desk.header(reason="同一人"),
            into_member_id=desk.ledger.chain.other_member_id,
        )
        await staff.wallets.MergeMembers(request)
        return request.header.bill_id

    async def test_takes_passes_along(self, desk: PassDesk, staff: Staff) -> None:
        sold = await desk.sold()
        use = desk.using(units=4)
        await desk.stub.UsePass(use)
        await self.merge(desk, staff)
        survivor = desk.ledger.chain.other_member_id
        assert [each.units_left for each in await desk.passes(survivor)] == [6]
        assert (await desk.stub.UsePass(desk.using())).receipt.pass_units_left == 5
        undone = await desk.stub.ReversePassUse(desk.reversing(use.header.bill_id))
        assert undone.receipt.pass_units_left == 9
        answer = await desk.stub.RefundPass(desk.refunding(sold, member_id=survivor))
        assert [each.amount_fen for each in answer.receipt.refunds] == [8_991]

    async def test_brings_back_a_pass_that_was_used_up(self, desk: PassDesk, staff: Staff) -> None:
        await desk.sold("family")
        use = desk.using("family", 10)
        await desk.stub.UsePass(use)
        await self.merge(desk, staff)
        await desk.stub.ReversePassUse(desk.reversing(use.header.bill_id))
        (whole,) = await desk.passes(desk.ledger.chain.other_member_id)
        assert whole.units_left == 10
        assert not whole.HasField("expiry_date")

    async def test_keeps_shares_and_the_uses_of_the_day(self, desk: PassDesk, staff: Staff) -> None:
        chain = desk.ledger.chain
        friend = new_id()
        async with desk.ledger.database.transaction() as tx:
            await DirectoryRepository(tx.connection).add_members([friend])
        await desk.sold("club")
        await desk.stub.SharePass(desk.sharing("club", user_member_id=friend))
        await desk.stub.UsePass(desk.using("club"))
        await self.merge(desk, staff)
        by_friend = {"header": {"member_id": friend}, "owner_member_id": chain.member_id}
        answer = await desk.stub.UsePass(desk.using("club", **by_friend))
        assert answer.receipt.pass_units_left == 8
        found = await refusal(desk.stub.UsePass(desk.using("club")))
        assert found.reason == "PASS_DAILY_LIMIT"

    async def test_refuses_new_shares_of_the_merged_member(
        self, desk: PassDesk, staff: Staff
    ) -> None:
        await desk.sold("family")
        await self.merge(desk, staff)
        found = await refusal(desk.stub.SharePass(desk.sharing()))
        assert found.reason == "WALLET_MERGED"
