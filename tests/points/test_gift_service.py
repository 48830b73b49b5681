"""Gifts from the outside: what is booked, refused, told, and what many at once get."""

import asyncio
from typing import Any

import pytest

from chassis.clock import CHINA_TIME, to_proto_date, utc_now
from chassis.errors import Kind
from chassis.ids import new_id
from services.points.domain.rewards.gift import Gift
from tests.fixtures.audit import prove_books
from tests.fixtures.ledger import Stub
from tests.fixtures.refusals import refusal
from tests.fixtures.rewards import MUG, OIL, RewardDesk
from tests.fixtures.running import open_stub
from yika.points.v1 import (
    hold_pb2,
    hold_service_pb2,
    hold_service_pb2_grpc,
    ledger_pb2,
    points_service_pb2,
    reward_events_pb2,
)
from yika.points.v1 import reward_service_pb2 as pb


@pytest.fixture
def desk(reward_desk: RewardDesk) -> RewardDesk:
    """The desk of rewards."""
    return reward_desk


async def hold(desk: RewardDesk, points: int) -> str:
    """Sets points aside."""
    stub = hold_service_pb2_grpc.HoldServiceStub
    async with open_stub(stub, desk.ledger.address, ["points.holds.create"]) as opened:
        request = hold_service_pb2.CreateHoldRequest(
            hold_id=new_id(),
            member_id=desk.chain.member_id,
            store_id=desk.chain.store_id,
            asset=hold_pb2.HOLD_ASSET_POINTS,
            amount=points,
            business_date=to_proto_date(utc_now().astimezone(CHINA_TIME).date()),
        )
        await opened.CreateHold(request)
        return str(request.hold_id)


class TestRedeemGift:
    async def test_takes_points_and_money_and_tells_what_was_handed_out(
        self, desk: RewardDesk
    ) -> None:
        await desk.give(1_500)
        request = desk.redemption((MUG, 2), (OIL, 1))
        answer = await desk.stub.RedeemGift(request)
        assert (answer.receipt.points, answer.receipt.points_change) == (400, -1_100)
        bill_id = request.header.bill_id
        async with open_stub(Stub, desk.ledger.address, ["points.bills.read"]) as stub:
            read = await stub.GetBill(points_service_pb2.GetBillRequest(bill_id=bill_id))
        assert read.bill.kind == ledger_pb2.BILL_KIND_GIFT_REDEMPTION
        assert (read.bill.total_fen, read.bill.programme_version) == (1_990, 2)
        told = [
            each
            for payload in await desk.events("GiftsRedeemed")
            for each in reward_events_pb2.GiftsRedeemed.FromString(payload).redemptions
        ]
        (mine,) = [each for each in told if each.bill_id == bill_id]
        assert (mine.member_id, mine.store_id) == (desk.chain.member_id, desk.chain.store_id)
        assert [
            (gift.product_id, gift.quantity_milli, gift.points, gift.money_fen)
            for gift in mine.gifts
        ] == [(MUG.product_id, 2_000, 600, 0), (OIL.product_id, 1_000, 500, 1_990)]
        await prove_books(desk.ledger.database)

    async def test_answers_a_retry_with_the_first_answer(self, desk: RewardDesk) -> None:
        await desk.give(1_000)
        request = desk.redemption((MUG, 1))
        first = await desk.stub.RedeemGift(request)
        await desk.stub.RedeemGift(desk.redemption((MUG, 2)))
        again = await desk.stub.RedeemGift(request)
        assert (again.receipt.replayed, again.receipt.points) == (True, first.receipt.points)
        request.header.reason = "别的"
        assert (await refusal(desk.stub.RedeemGift(request))).reason == "ID_REUSED"

    async def test_takes_the_points_of_a_hold(self, desk: RewardDesk) -> None:
        await desk.give(1_000)
        hold_id = await hold(desk, 900)
        error = await refusal(desk.stub.RedeemGift(desk.redemption((MUG, 1))))
        assert error.reason == "INSUFFICIENT_POINTS"
        request = desk.redemption((MUG, 2))
        request.hold_id = hold_id
        assert (await desk.stub.RedeemGift(request)).receipt.points == 400
        wallet = await desk.wallet()
        assert (wallet.points, wallet.held_points) == (400, 0)
        again = desk.redemption((MUG, 1))
        again.hold_id = hold_id
        assert (await refusal(desk.stub.RedeemGift(again))).reason == "HOLD_CLOSED"
        again.hold_id = new_id()
        assert (await refusal(desk.stub.RedeemGift(again))).reason == "UNKNOWN_HOLD"

    async def test_refuses(self, desk: RewardDesk) -> None:
        await desk.give(3_000)
        unknown = Gift(new_id(), new_id(), "x", 1)

        def request(*lines: tuple[Gift, int], **changes: Any) -> pb.RedeemGiftRequest:
            given = desk.redemption(*lines)
            given.MergeFrom(pb.RedeemGiftRequest(**changes))
            return given

        tender = {"amount_fen": 100}
        for given, reason in (
            (request(), "INVALID_AMOUNT"),
            (request(points=5), "EMPTY_REDEMPTION"),
            (request((MUG, 1), (MUG, 1)), "DUPLICATE_GIFT"),
            (request(*[(MUG, 1)] * 51), "TOO_MANY_LINES"),
            (request((MUG, 1001), points=5), "INVALID_QUANTITY"),
            (request((MUG, -1), points=5), "INVALID_QUANTITY"),
            (request((MUG, 1), points=2**63 - 1), "INVALID_AMOUNT"),
            (request((MUG, 1), points=-1), "INVALID_AMOUNT"),
            (request((MUG, 1), points=299), "GIFT_PRICE_CHANGED"),
            (request((MUG, 1), hold_id="x"), "INVALID_ID"),
            (request((MUG, 1), lines=[pb.GiftLine(gift_id="x", pieces=1)]), "INVALID_ID"),
            (request((MUG, 1), tenders=[{"kind": "cash"} | tender]), "GIFT_PRICE_CHANGED"),
            (request((MUG, 1), tenders=[{"kind": "points"} | tender]), "WRONG_ASSET"),
            (request((MUG, 1), tenders=[{"kind": "stored_value"} | tender]), "WRONG_ASSET"),
            (request((MUG, 1), tenders=[{"kind": "cash", "points": 1} | tender]), "WRONG_ASSET"),
            (request((MUG, 1), tenders=[{"kind": "cash"}]), "INVALID_AMOUNT"),
            (request((MUG, 1), tenders=[{"kind": "x" * 65} | tender]), "CODE_TOO_LONG"),
            (request((MUG, 1), tenders=[{"kind": "cash"} | tender] * 21), "TOO_MANY_TENDERS"),
            (request((unknown, 1)), "UNKNOWN_GIFT"),
            (request((OIL, 4)), "GIFT_LIMIT_EXCEEDED"),
            (request((MUG, 11)), "INSUFFICIENT_POINTS"),
        ):
            assert (await refusal(desk.stub.RedeemGift(given))).reason == reason, given
        gold = desk.redemption((OIL, 1))
        gold.tenders[0].kind = "gold"
        assert (await refusal(desk.stub.RedeemGift(gold))).reason == "UNKNOWN_TENDER"
        assert (await desk.wallet()).points == 3_000

    async def test_of_many_at_once_gives_what_the_points_allow(self, desk: RewardDesk) -> None:
        await desk.give(7 * MUG.points + 299)
        requests = [desk.redemption((MUG, 1)) for _ in range(64)]
        outcomes = await asyncio.gather(
            *(desk.stub.RedeemGift(request) for request in requests), return_exceptions=True
        )
        got = [each for each in outcomes if isinstance(each, pb.RedeemGiftResponse)]
        assert len(got) == 7
        assert (await desk.wallet()).points == 299
        for request, outcome in zip(requests, outcomes, strict=True):
            if isinstance(outcome, Exception):
                error = await refusal(desk.stub.RedeemGift(request))
                assert (error.kind, error.reason) == (Kind.PRECONDITION, "INSUFFICIENT_POINTS")
        await prove_books(desk.ledger.database)

    async def test_of_many_at_once_gives_what_the_limit_allows(self, desk: RewardDesk) -> None:
        await desk.give(64 * OIL.points)
        requests = [desk.redemption((OIL, 1)) for _ in range(64)]
        outcomes = await asyncio.gather(
            *(desk.stub.RedeemGift(request) for request in requests), return_exceptions=True
        )
        got = [each for each in outcomes if isinstance(each, pb.RedeemGiftResponse)]
        assert len(got) == OIL.limit_per_member
        assert (await desk.wallet()).points == 61 * OIL.points
        error = await refusal(desk.stub.RedeemGift(desk.redemption((OIL, 1))))
        assert (error.kind, error.reason) == (Kind.PRECONDITION, "GIFT_LIMIT_EXCEEDED")
        await prove_books(desk.ledger.database)

    async def test_of_one_id_at_once_takes_points_once(self, desk: RewardDesk) -> None:
        await desk.give(10 * MUG.points)
        request = desk.redemption((MUG, 1))
        answered = await asyncio.gather(*(desk.stub.RedeemGift(request) for _ in range(16)))
        assert sorted(answer.receipt.replayed for answer in answered) == [False] + [True] * 15
        assert (await desk.wallet()).points == 9 * MUG.points
