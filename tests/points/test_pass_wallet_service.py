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
    pass_service_pb2,
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


async def stranger(desk: PassDesk) -> str:
    """A third member that the ledger knows."""
    member_id = new_id()
    async with desk.ledger.database.transaction() as tx:
        await DirectoryRepository(tx.connection).add_members([member_id])
    return member_id


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

    async def undo(self, desk: PassDesk, staff: Staff, merge_bill_id: str) -> None:
        """Undoes it."""
        await staff.wallets.UndoMerge(
            wallet_service_pb2.UndoMergeRequest(
                header=desk.header(reason="不是同一人"), merge_bill_id=merge_bill_id
            )
        )

    async def test_lets_a_friend_name_either_card_until_it_is_undone(
        self, desk: PassDesk, staff: Staff
    ) -> None:
        """What the merged member had shared can be used, seen and ended under both ids."""
        chain, friend = desk.ledger.chain, await stranger(desk)
        await desk.sold("family")
        await desk.sold("family", member_id=chain.other_member_id)
        share = (await desk.stub.SharePass(desk.sharing(user_member_id=friend))).share
        merge = await self.merge(desk, staff)
        for owner in (chain.member_id, chain.other_member_id):
            use = desk.using("family", header={"member_id": friend}, owner_member_id=owner)
            await desk.stub.UsePass(use)
            request = pass_service_pb2.ListPassSharesRequest(owner_member_id=owner)
            shares = (await desk.stub.ListPassShares(request)).shares
            assert [each.share_id for each in shares] == [share.share_id]
        assert sorted(each.units_left for each in await desk.passes(friend)) == [8, 10]
        for asked in (chain.member_id, chain.other_member_id, friend):
            owners = {each.owner_member_id for each in await desk.passes(asked)}
            assert owners == {chain.other_member_id}
        again = desk.sharing(user_member_id=friend, owner_member_id=chain.other_member_id)
        assert (await refusal(desk.stub.SharePass(again))).reason == "ALREADY_SHARED"
        await self.undo(desk, staff, merge)
        use = desk.using(
            "family", header={"member_id": friend}, owner_member_id=chain.other_member_id
        )
        assert (await refusal(desk.stub.UsePass(use))).reason == "PASS_NOT_SHARED"
        use.owner_member_id = chain.member_id
        use.header.bill_id = new_id()
        await desk.stub.UsePass(use)

    async def test_lets_the_other_use_what_was_shared_with_the_merged_member(
        self, desk: PassDesk, staff: Staff
    ) -> None:
        chain, owner = desk.ledger.chain, await stranger(desk)
        await desk.sold("family", member_id=owner)
        sharing = desk.sharing(owner_member_id=owner, user_member_id=chain.member_id)
        await desk.stub.SharePass(sharing)
        by_other = {"header": {"member_id": chain.other_member_id}, "owner_member_id": owner}
        found = await refusal(desk.stub.UsePass(desk.using("family", **by_other)))
        assert found.reason == "PASS_NOT_SHARED"
        merge = await self.merge(desk, staff)
        await desk.stub.UsePass(desk.using("family", **by_other))
        (seen,) = await desk.passes(chain.other_member_id)
        assert (seen.owner_member_id, seen.units_left) == (owner, 9)
        await self.undo(desk, staff, merge)
        found = await refusal(desk.stub.UsePass(desk.using("family", **by_other)))
        assert found.reason == "PASS_NOT_SHARED"
        assert await desk.passes(chain.other_member_id) == []
        by_member = {"header": {"member_id": chain.member_id}, "owner_member_id": owner}
        await desk.stub.UsePass(desk.using("family", **by_member))

    async def test_lets_the_other_end_a_share_so_that_nobody_uses_it(
        self, desk: PassDesk, staff: Staff
    ) -> None:
        chain, friend = desk.ledger.chain, await stranger(desk)
        await desk.sold("family")
        share = (await desk.stub.SharePass(desk.sharing(user_member_id=friend))).share
        await self.merge(desk, staff)
        unsharing = desk.unsharing(share.share_id, owner_member_id=chain.other_member_id)
        assert (await desk.stub.UnsharePass(unsharing)).share.HasField("ended_time")
        assert (await desk.stub.UnsharePass(unsharing)).replayed
        for owner in (chain.member_id, chain.other_member_id):
            use = desk.using("family", header={"member_id": friend}, owner_member_id=owner)
            assert (await refusal(desk.stub.UsePass(use))).reason == "PASS_NOT_SHARED"

    async def test_makes_two_who_shared_with_each_other_one(
        self, desk: PassDesk, staff: Staff
    ) -> None:
        chain = desk.ledger.chain
        await desk.sold("family", member_id=chain.other_member_id)
        sharing = desk.sharing(
            owner_member_id=chain.other_member_id, user_member_id=chain.member_id
        )
        await desk.stub.SharePass(sharing)
        await self.merge(desk, staff)
        assert len(await desk.passes(chain.other_member_id)) == 1
        own = desk.using("family", owner_member_id=chain.other_member_id)
        assert (await desk.stub.UsePass(own)).receipt.pass_units_left == 9
        sharing.share_id = new_id()
        assert (await refusal(desk.stub.SharePass(sharing))).reason == "SAME_MEMBER"

    async def test_counts_the_uses_of_the_day_of_both(self, desk: PassDesk, staff: Staff) -> None:
        chain = desk.ledger.chain
        await desk.sold("daily")
        await desk.stub.UsePass(desk.using("daily"))
        await self.merge(desk, staff)
        other = desk.using("daily", header={"member_id": chain.other_member_id})
        assert (await refusal(desk.stub.UsePass(other))).reason == "PASS_DAILY_LIMIT"

    async def test_keeps_shares_and_the_uses_of_the_day(self, desk: PassDesk, staff: Staff) -> None:
        chain = desk.ledger.chain
        friend = await stranger(desk)
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
