"""Explanations from the outside: of lots wherever they are, and of all that a bill gave."""

from typing import Any

import pytest

from chassis.errors import Kind
from chassis.ids import new_id
from tests.fixtures.builders_points import build_line, build_sale
from tests.fixtures.ledger import Stub, one
from tests.fixtures.refusals import refusal
from tests.fixtures.rewards import RewardDesk
from tests.fixtures.running import open_stub
from yika.points.v1 import ledger_pb2, wallet_service_pb2, wallet_service_pb2_grpc
from yika.points.v1 import reward_service_pb2 as pb


@pytest.fixture
def desk(reward_desk: RewardDesk) -> RewardDesk:
    """The desk of rewards."""
    return reward_desk


async def sell(desk: RewardDesk, fen: int = 2_400, **changes: Any) -> str:
    """A sale of so much; returns its id."""
    line = build_line(desk.chain.product_ids[0], list_fen=fen, discount_fen=0)
    sale = build_sale(desk.chain, lines=[line], **changes)
    async with open_stub(Stub, desk.ledger.address, ["points.sales.post"]) as stub:
        await stub.PostSale(one(sale))
    return str(sale.sale_id)


async def lot(desk: RewardDesk, bill_id: str, **changes: Any) -> pb.ValueExplanation:
    given = {"member_id": desk.chain.member_id, "bill_id": bill_id, **changes}
    return (await desk.stub.ExplainLot(pb.ExplainLotRequest(**given))).explanation


async def of_bill(desk: RewardDesk, bill_id: str) -> list[pb.ValueExplanation]:
    answer = await desk.stub.ExplainBill(pb.ExplainBillRequest(bill_id=bill_id))
    return list(answer.explanations)


class TestExplainLot:
    async def test_says_which_rule_gave_the_points_of_a_sale(self, desk: RewardDesk) -> None:
        bill_id = await sell(desk)
        told = await lot(desk, bill_id)
        assert told == pb.ValueExplanation(
            bill_id=bill_id,
            ordinal=0,
            asset=ledger_pb2.ASSET_POINTS,
            granted_amount=24,
            rule_version="base@1",
            text_zh="2026年5月1日在门店消费24.00元，按基本规则每1元积1分，获得24分，永久有效。",
            text_en="On 1 May 2026 you spent CNY 24.00 in store. By the base rule, 1 point for"
            " every CNY 1, this earned you 24 points, valid without end.",
        )
        assert await of_bill(desk, bill_id) == [told]

    async def test_says_what_a_debt_took_first(self, desk: RewardDesk) -> None:
        await desk.stub.AdjustPoints(desk.adjustment(-10, allow_debt=True))
        bill_id = await sell(desk)
        told = await lot(desk, bill_id)
        assert told.granted_amount == 24
        assert told.text_zh.endswith("其中10分已抵扣所欠积分。")
        assert await of_bill(desk, bill_id) == [told]

    async def test_says_that_staff_added_points(self, desk: RewardDesk) -> None:
        await desk.stub.AdjustPoints(desk.adjustment(-10, allow_debt=True))
        answer = await desk.stub.AdjustPoints(desk.adjustment(30))
        told = await lot(desk, answer.receipt.bill_id)
        assert (told.granted_amount, told.rule_version) == (30, "adjustment@2")
        assert "由工作人员调整增加30分" in told.text_zh
        assert told.text_en.endswith("10 of them settled points that you owed.")
        assert await of_bill(desk, answer.receipt.bill_id) == [told]

    async def test_says_how_a_lot_came_from_another_member(self, desk: RewardDesk) -> None:
        bill_id = await sell(desk)
        stub = wallet_service_pb2_grpc.WalletServiceStub
        async with open_stub(stub, desk.ledger.address, ["points.wallets.merge"]) as wallets:
            await wallets.MergeMembers(
                wallet_service_pb2.MergeMembersRequest(
                    header=desk.header(), into_member_id=desk.chain.other_member_id
                )
            )
        told = await lot(desk, bill_id, member_id=desk.chain.other_member_id)
        assert told.text_zh.endswith("获得24分，永久有效。后经会员合并转入，转入24分。")
        assert "后经" not in (await lot(desk, bill_id)).text_zh, "it was earned here"

    async def test_knows_lots_that_are_spent(self, desk: RewardDesk) -> None:
        bill_id = await sell(desk)
        await desk.stub.AdjustPoints(desk.adjustment(-24))
        assert (await lot(desk, bill_id)).granted_amount == 24

    async def test_refuses_what_is_no_lot_of_the_member(self, desk: RewardDesk) -> None:
        bill_id = await sell(desk)
        for changes in (
            {"ordinal": 1},
            {"bill_id": new_id()},
            {"member_id": desk.chain.other_member_id},
        ):
            error = await refusal(lot(desk, **({"bill_id": bill_id} | changes)))
            assert (error.kind, error.reason) == (Kind.NOT_FOUND, "UNKNOWN_LOT")
        for ordinal in (-1, 32_768):
            error = await refusal(lot(desk, bill_id, ordinal=ordinal))
            assert error.reason == "INVALID_ORDINAL"
        error = await refusal(lot(desk, bill_id, member_id=new_id()))
        assert error.reason == "UNKNOWN_MEMBER"


class TestExplainBill:
    async def test_says_what_a_debt_took_whole(self, desk: RewardDesk) -> None:
        await desk.stub.AdjustPoints(desk.adjustment(-100, allow_debt=True))
        sale_id = await sell(desk)
        (told,) = await of_bill(desk, sale_id)
        assert (told.ordinal, told.granted_amount) == (-1, 24)
        assert told.text_en.endswith("24 of them settled points that you owed.")
        answer = await desk.stub.AdjustPoints(desk.adjustment(6))
        (told,) = await of_bill(desk, answer.receipt.bill_id)
        assert (told.ordinal, told.granted_amount, told.rule_version) == (-1, 6, "adjustment@2")

    async def test_is_empty_for_a_bill_that_gave_nothing(self, desk: RewardDesk) -> None:
        assert await of_bill(desk, await sell(desk, 99)) == []
        assert await of_bill(desk, await sell(desk, member_id="")) == []
        await desk.give(5)
        taken = await desk.stub.AdjustPoints(desk.adjustment(-5))
        assert await of_bill(desk, taken.receipt.bill_id) == []

    async def test_needs_a_bill_and_a_token_that_reaches_its_store(self, desk: RewardDesk) -> None:
        error = await refusal(of_bill(desk, new_id()))
        assert (error.kind, error.reason) == (Kind.NOT_FOUND, "UNKNOWN_BILL")
        request = pb.ExplainBillRequest(bill_id=await sell(desk))
        async with desk.person(desk.clerk_subject, stores=[new_id()]) as elsewhere:
            error = await refusal(elsewhere.ExplainBill(request))
        assert (error.kind, error.reason) == (Kind.FORBIDDEN, "STORE_OUT_OF_SCOPE")
