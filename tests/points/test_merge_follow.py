"""What capped rules, gifts and coupons make of a merge and its undoing, over a real ledger."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from chassis.database import Database
from chassis.ids import new_id
from services.points.storage.directory import DirectoryRepository
from tests.fixtures.builders_coupons import reserve_request
from tests.fixtures.builders_points import (
    Chain,
)
from tests.fixtures.capped_sales import capped_sale, gift_command, post_capped, post_each
from tests.fixtures.coupon_sales import post_batch, sale_with
from tests.fixtures.coupons import Coupons, kinds, reason
from tests.fixtures.running import open_stub
from tests.fixtures.wallet_commands import build_decision, merge_command, undo_command
from yika.points.v1 import coupon_service_pb2, wallet_service_pb2, wallet_service_pb2_grpc

# What a batch of one sale answers when it is posted.
SOLD = [""]


class TestCaps:
    async def test_count_for_both_while_they_are_one(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        merge = merge_command(chain, goes, stays)
        assert await post_each(
            database,
            capped_sale(chain, goes),
            merge,
            capped_sale(chain, stays),
            capped_sale(chain, goes),
        ) == [24, 0, 6, 0]
        assert await post_each(
            database,
            undo_command(chain, goes, merge.bill_id),
            capped_sale(chain, goes),
            capped_sale(chain, stays),
            capped_sale(chain, stays),
        ) == [0, 6, 24, 0]

    async def test_of_one_batch_are_no_wider(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        merge = merge_command(chain, goes, stays)
        told = await post_capped(
            database,
            capped_sale(chain, stays),
            capped_sale(chain, goes),
            merge,
            capped_sale(chain, goes),
            undo_command(chain, goes, merge.bill_id),
            capped_sale(chain, goes),
        )
        # What had been posted before is known to an undoing only when it is in the table.
        assert told == [24, 24, 0, 0, "UNKNOWN_BILL", 0]

    async def test_merging_round_and_round_earns_no_more(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        earned = 0
        for _ in range(4):
            merge = merge_command(chain, goes, stays)
            for command in (
                capped_sale(chain, goes),
                merge,
                capped_sale(chain, stays),
                undo_command(chain, goes, merge.bill_id),
            ):
                earned += int((await post_each(database, command))[0])
        assert earned == 24 + 6 + 6


class TestGifts:
    async def test_of_both_are_counted_together(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        merge = merge_command(chain, goes, stays)
        assert await post_each(
            database,
            capped_sale(chain, goes),
            capped_sale(chain, stays),
            gift_command(chain, goes, 2),
            merge,
            gift_command(chain, stays, 2),
            gift_command(chain, goes, 1),
            undo_command(chain, goes, merge.bill_id),
            gift_command(chain, goes, 2),
            gift_command(chain, goes, 1),
            gift_command(chain, stays, 3),
            gift_command(chain, stays, 2),
        ) == [
            *(24, 24, 0, 0, "GIFT_LIMIT_EXCEEDED", 0),
            *(0, "GIFT_LIMIT_EXCEEDED", 0, "GIFT_LIMIT_EXCEEDED", 0),
        ]


@pytest.fixture
async def pair(coupons: Coupons) -> tuple[Coupons, Chain]:
    """Two members of a running ledger that own nothing yet."""
    chain = replace(coupons.ledger.chain, member_id=new_id(), other_member_id=new_id())
    async with coupons.database.transaction() as tx:
        known = DirectoryRepository(tx.connection)
        await known.add_members([chain.member_id, chain.other_member_id])
    return replace(coupons, ledger=replace(coupons.ledger, chain=chain)), chain


async def decide(coupons: Coupons, request: Any) -> str:
    """Merges two members, or undoes it; the bill."""
    async with open_stub(
        wallet_service_pb2_grpc.WalletServiceStub,
        coupons.ledger.address,
        ["points.wallets.merge"],
    ) as stub:
        is_merge = isinstance(request, wallet_service_pb2.MergeMembersRequest)
        await (stub.MergeMembers(request) if is_merge else stub.UndoMerge(request))
    return str(request.header.bill_id)


def merging(chain: Chain) -> wallet_service_pb2.MergeMembersRequest:
    """The chain's member into the other one."""
    return wallet_service_pb2.MergeMembersRequest(
        header=build_decision(chain, chain.member_id), into_member_id=chain.other_member_id
    )


def undoing(chain: Chain, merge_bill_id: str) -> wallet_service_pb2.UndoMergeRequest:
    """That merge undone."""
    return wallet_service_pb2.UndoMergeRequest(
        header=build_decision(chain, chain.member_id), merge_bill_id=merge_bill_id
    )


async def listed(coupons: Coupons, member_id: str) -> list[str]:
    """What a member may use, page by page."""
    found: list[str] = []
    request = coupon_service_pb2.ListCouponsRequest(member_id=member_id, page_size=1)
    while True:
        page = await coupons.stub.ListCoupons(request)
        found += [coupon.coupon_id for coupon in page.coupons]
        request.page_token = page.next_page_token
        if not page.next_page_token:
            return found


class TestCoupons:
    async def test_of_the_merged_member_are_the_others_until_it_is_undone(
        self, pair: tuple[Coupons, Chain]
    ) -> None:
        coupons, chain = pair
        first, second, third = await coupons.issue(chain.member_id, chain.other_member_id) + (
            await coupons.issue(chain.member_id)
        )
        by_other = {"member_id": chain.other_member_id}
        assert await post_batch(coupons, sale_with(coupons, first, **by_other)) == [
            "COUPON_OF_ANOTHER_MEMBER"
        ]
        merge = await decide(coupons, merging(chain))
        for member_id in (chain.member_id, chain.other_member_id):
            assert sorted(await listed(coupons, member_id)) == sorted([first, second, third])
        assert await post_batch(coupons, sale_with(coupons, first, **by_other)) == SOLD
        assert await post_batch(coupons, sale_with(coupons, second)) == SOLD
        await decide(coupons, undoing(chain, merge))
        assert sorted(await listed(coupons, chain.member_id)) == sorted([first, third])
        assert await listed(coupons, chain.other_member_id) == [second]
        assert await post_batch(coupons, sale_with(coupons, third, **by_other)) == [
            "COUPON_OF_ANOTHER_MEMBER"
        ]
        assert await post_batch(coupons, sale_with(coupons, first)) == ["COUPON_REDEEMED"]
        assert await post_batch(coupons, sale_with(coupons, third)) == SOLD

    async def test_are_used_once_by_whichever_card(self, pair: tuple[Coupons, Chain]) -> None:
        coupons, chain = pair
        (coupon,) = await coupons.issue(chain.member_id)
        await decide(coupons, merging(chain))
        sales = [
            sale_with(coupons, coupon, member_id=member_id)
            for member_id in (chain.member_id, chain.other_member_id) * 16
        ]
        answers = await asyncio.gather(*(post_batch(coupons, each) for each in sales))
        assert sorted(answers) == [SOLD, *[["COUPON_REDEEMED"]] * 31]
        assert await kinds(coupons, coupon) == ["ISSUED", "REDEEMED"]

    async def test_are_reserved_redeemed_and_bound_as_one(
        self, pair: tuple[Coupons, Chain]
    ) -> None:
        coupons, chain = pair
        (coupon,) = await coupons.issue(chain.member_id)
        (code,) = await coupons.codes()
        binding = coupon_service_pb2.BindCouponRequest(
            binding_id=new_id(), code=code.code, member_id=chain.member_id
        )
        await coupons.stub.BindCoupon(binding)
        await decide(coupons, merging(chain))
        binding.binding_id, binding.member_id = new_id(), chain.other_member_id
        assert await reason(coupons.stub.BindCoupon(binding)) == "COUPON_ALREADY_BOUND"
        given = sale_with(coupons, coupon, member_id=chain.other_member_id)
        reserving = reserve_request(
            chain.store_id, coupon, sale_id=given.sale_id, member_id=chain.other_member_id
        )
        await coupons.stub.ReserveCoupon(reserving)
        assert await post_batch(coupons, sale_with(coupons, coupon)) == ["COUPON_RESERVED"]
        assert await post_batch(coupons, given) == SOLD
