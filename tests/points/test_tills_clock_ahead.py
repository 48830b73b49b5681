"""Tills whose clocks run ahead of the ledger's, within the minutes that it takes."""

from datetime import datetime, timedelta
from typing import Any

from chassis.clock import CHINA_TIME, to_proto_date, to_timestamp, utc_now
from tests.fixtures.audit import found_after
from tests.fixtures.builders_points import Chain, build_line, build_sale
from tests.fixtures.builders_stored_value import build_spend, build_top_up
from tests.fixtures.returning import build_return
from tests.fixtures.running import open_stub
from tests.fixtures.stored_value_desk import BONUS_DAYS, Desk, chain, desk
from yika.points.v1 import points_service_pb2 as pb
from yika.points.v1 import return_service_pb2_grpc, wallet_service_pb2

__all__ = ["chain", "desk"]

AHEAD = timedelta(minutes=4)


def at(moment: datetime) -> dict[str, Any]:
    """The fields of a sale that happened then."""
    return {"sold_at": moment, "business_date": moment.astimezone(CHINA_TIME).date()}


def header_at(moment: datetime) -> dict[str, Any]:
    """The fields of a header of what happened then."""
    day = to_proto_date(moment.astimezone(CHINA_TIME).date())
    return {"occurred_time": to_timestamp(moment), "business_date": day}


async def buy(desk: Desk, chain: Chain, fen: int, moment: datetime, member_id: str = "") -> str:
    line = build_line(chain.product_ids[0], list_fen=fen, discount_fen=0)
    member = member_id or chain.member_id
    sale = build_sale(chain, member_id=member, lines=[line], **at(moment))
    await desk.points.PostSale(pb.PostSaleRequest(sale=sale))
    return sale.sale_id


async def points_of(desk: Desk, member_id: str) -> tuple[int, int]:
    """What a member has of points, and what of them is pending."""
    wallet = (await desk.points.GetWallet(pb.GetWalletRequest(member_id=member_id))).wallet
    return wallet.points, wallet.pending_points


class TestWhatNeedNotWait:
    async def test_points_of_a_sale_can_be_spent_at_once(self, desk: Desk, chain: Chain) -> None:
        await buy(desk, chain, 500_00, utc_now() + AHEAD)
        assert await points_of(desk, chain.member_id) == (500, 0)

    async def test_a_point_that_a_merge_made_can_be_spent_at_once(
        self, desk: Desk, chain: Chain
    ) -> None:
        for member_id in (chain.member_id, chain.other_member_id):
            await buy(desk, chain, 50, utc_now() - timedelta(days=1), member_id)
        asked = wallet_service_pb2.MergeMembersRequest(
            header=build_top_up(chain, reason="同一人", **header_at(utc_now() + AHEAD)).header,
            into_member_id=chain.other_member_id,
        )
        await desk.wallets.MergeMembers(asked)
        assert await points_of(desk, chain.other_member_id) == (1, 0)

    async def test_bonus_with_days_of_grace_can_be_spent_at_once(
        self, desk: Desk, chain: Chain
    ) -> None:
        now, then = utc_now(), utc_now() - timedelta(days=BONUS_DAYS + 1)
        await desk.stub.TopUp(build_top_up(chain, 500_00, **header_at(then)))
        spend = build_spend(chain, 50_00, **at(then))
        await desk.points.PostSale(spend)
        stub = return_service_pb2_grpc.ReturnServiceStub
        async with open_stub(stub, desk.address, ["points.returns.post"]) as returns:
            back = build_return(chain, spend.sale.sale_id, **header_at(now + AHEAD))
            await returns.ReturnSale(back)
        # An exchange: what else is taken is paid with all that the customer has.
        await desk.points.PostSale(build_spend(chain, 550_00, **at(now + AHEAD)))


class TestTheVerification:
    async def test_takes_lots_of_before_that_waited_for_the_tills_clock(
        self, desk: Desk, chain: Chain
    ) -> None:
        await buy(desk, chain, 500_00, utc_now() + AHEAD)
        before = "UPDATE lots SET available_at = earned_at WHERE member_id = :m"
        assert await found_after(desk.database, before, chain.member_id) == []

    async def test_finds_any_other_moment(self, desk: Desk, chain: Chain) -> None:
        lot = f"{await buy(desk, chain, 500_00, utc_now() + AHEAD)}:0:available_at"
        later = "UPDATE lots SET available_at = available_at + interval '1s' WHERE member_id = :m"
        assert await found_after(desk.database, later, chain.member_id) == [("LOT_TERMS", lot)]
        earlier = later.replace("+", "-")
        assert await found_after(desk.database, earlier, chain.member_id) == []
        assert await found_after(desk.database, earlier, chain.member_id) == [("LOT_TERMS", lot)]
        assert await found_after(desk.database, later, chain.member_id) == []
