"""Gifts handed back from the outside: what is booked, told, refused, and what many at once get."""

import asyncio

import pytest

from chassis.errors import Kind
from chassis.ids import new_id
from tests.fixtures.audit import prove_books
from tests.fixtures.ledger import Stub, count_rows
from tests.fixtures.malformed import answers
from tests.fixtures.refusals import refusal
from tests.fixtures.rewards import MUG, OIL, RewardDesk
from tests.fixtures.running import open_stub
from yika.points.v1 import ledger_pb2, points_service_pb2, reward_events_pb2
from yika.points.v1 import reward_service_pb2 as pb


@pytest.fixture
def desk(reward_desk: RewardDesk) -> RewardDesk:
    """The desk of rewards."""
    return reward_desk


def handing_back(
    desk: RewardDesk, redemption: pb.RedeemGiftRequest, *lines: tuple[str, int]
) -> pb.ReturnGiftRequest:
    """A request to take gifts back, all that are left without lines."""
    return pb.ReturnGiftRequest(
        header=desk.header(reason="不喜欢"),
        redemption_bill_id=redemption.header.bill_id,
        lines=[pb.GiftLine(gift_id=gift_id, pieces=pieces) for gift_id, pieces in lines],
        whole=not lines,
    )


class TestReturnGift:
    async def test_gives_everything_back_and_tells_what_came(self, desk: RewardDesk) -> None:
        await desk.give(1_500)
        redemption = desk.redemption((MUG, 2), (OIL, 1))
        await desk.stub.RedeemGift(redemption)
        request = handing_back(desk, redemption)
        receipt = (await desk.stub.ReturnGift(request)).receipt
        assert (receipt.points, receipt.points_change) == (1_500, 1_100)
        assert [(each.kind, each.amount_fen) for each in receipt.refunds] == [("cash", 1_990)]
        async with open_stub(Stub, desk.ledger.address, ["points.bills.read"]) as stub:
            read = await stub.GetBill(
                points_service_pb2.GetBillRequest(bill_id=request.header.bill_id)
            )
        assert read.bill.kind == ledger_pb2.BILL_KIND_GIFT_RETURN
        assert read.bill.original_bill_id == redemption.header.bill_id
        assert read.bill.total_fen == 1_990
        (mine,) = [
            each
            for payload in await desk.events("GiftsReturned")
            for each in reward_events_pb2.GiftsReturned.FromString(payload).returns
            if each.bill_id == request.header.bill_id
        ]
        assert (mine.redemption_bill_id, mine.store_id, mine.member_id) == (
            redemption.header.bill_id,
            desk.chain.store_id,
            desk.chain.member_id,
        )
        assert mine.occurred_time == request.header.occurred_time
        assert [
            (gift.product_id, gift.quantity_milli, gift.points, gift.money_fen)
            for gift in mine.gifts
        ] == [(MUG.product_id, 2_000, 600, 0), (OIL.product_id, 1_000, 500, 1_990)]
        await prove_books(desk.ledger.database)

    async def test_frees_the_limit_by_what_came_back(self, desk: RewardDesk) -> None:
        await desk.give(5_000)
        redemption = desk.redemption((OIL, 3))
        await desk.stub.RedeemGift(redemption)
        await desk.stub.ReturnGift(handing_back(desk, redemption, (OIL.gift_id, 1)))
        error = await refusal(desk.stub.RedeemGift(desk.redemption((OIL, 2))))
        assert error.reason == "GIFT_LIMIT_EXCEEDED"
        await desk.stub.RedeemGift(desk.redemption((OIL, 1)))

    async def test_answers_a_retry_and_refuses_a_second_return(self, desk: RewardDesk) -> None:
        await desk.give(1_000)
        redemption = desk.redemption((MUG, 1))
        await desk.stub.RedeemGift(redemption)
        request = handing_back(desk, redemption)
        assert (await desk.stub.ReturnGift(request)).receipt.points == 1_000
        assert (await desk.stub.ReturnGift(request)).receipt.replayed
        error = await refusal(desk.stub.ReturnGift(handing_back(desk, redemption)))
        assert (error.kind, error.reason) == (Kind.PRECONDITION, "NOTHING_TO_RETURN")
        request.header.reason = "别的"
        assert (await refusal(desk.stub.ReturnGift(request))).reason == "ID_REUSED"
        assert (await desk.wallet()).points == 1_000

    async def test_of_many_at_once_gives_each_piece_back_once(self, desk: RewardDesk) -> None:
        await desk.give(6 * MUG.points)
        redemption = desk.redemption((MUG, 5))
        await desk.stub.RedeemGift(redemption)
        outcomes = await asyncio.gather(
            *(
                desk.stub.ReturnGift(handing_back(desk, redemption, (MUG.gift_id, 1)))
                for _ in range(64)
            ),
            return_exceptions=True,
        )
        assert len([each for each in outcomes if isinstance(each, pb.ReturnGiftResponse)]) == 5
        assert (await desk.wallet()).points == 6 * MUG.points
        await prove_books(desk.ledger.database)

    async def test_refuses(self, desk: RewardDesk) -> None:
        await desk.give(1_000)
        redemption = desk.redemption((MUG, 1))
        await desk.stub.RedeemGift(redemption)
        unknown = desk.redemption((MUG, 1))
        other = handing_back(desk, redemption)
        other.header.member_id = desk.chain.other_member_id
        neither = handing_back(desk, redemption)
        neither.whole = False
        for request, reason in (
            (handing_back(desk, unknown), "UNKNOWN_BILL"),
            (other, "MEMBER_MISMATCH"),
            (neither, "NOTHING_TO_RETURN"),
            (handing_back(desk, redemption, (MUG.gift_id, 2)), "RETURN_EXCEEDS_REDEMPTION"),
            (handing_back(desk, redemption, (OIL.gift_id, 1)), "UNKNOWN_LINE"),
            (handing_back(desk, redemption, (new_id(), 1)), "UNKNOWN_LINE"),
            (handing_back(desk, redemption, ("x", 1)), "INVALID_ID"),
        ):
            assert (await refusal(desk.stub.ReturnGift(request))).reason == reason, request
            quote = pb.QuoteGiftReturnRequest(gift_return=request)
            assert (await refusal(desk.stub.QuoteGiftReturn(quote))).reason == reason, request
        async with desk.person("elsewhere", stores=[new_id()]) as stranger:
            error = await refusal(stranger.ReturnGift(handing_back(desk, redemption)))
            assert error.reason == "STORE_OUT_OF_SCOPE"
        assert (await desk.wallet()).points == 1_000 - MUG.points

    async def test_of_malformed_requests_is_answered_or_refused(self, desk: RewardDesk) -> None:
        await desk.give(10 * MUG.points)
        redemption = desk.redemption((MUG, 9))
        await desk.stub.RedeemGift(redemption)
        given = handing_back(desk, redemption, (MUG.gift_id, 1))
        seen = await answers(desk.stub.ReturnGift, given, 1000)
        assert {"OK", "INVALID_ID", "ID_REUSED"} <= set(seen)


class TestQuoteGiftReturn:
    async def test_tells_what_the_return_then_does_and_writes_nothing(
        self, desk: RewardDesk
    ) -> None:
        await desk.give(1_500)
        redemption = desk.redemption((MUG, 2), (OIL, 1))
        await desk.stub.RedeemGift(redemption)
        request = handing_back(desk, redemption, (MUG.gift_id, 1), (OIL.gift_id, 1))
        before = await count_rows(desk.ledger.database)
        quote = await desk.stub.QuoteGiftReturn(pb.QuoteGiftReturnRequest(gift_return=request))
        assert await count_rows(desk.ledger.database) == before
        assert quote.receipt.points_change == MUG.points + OIL.points
        assert [(each.kind, each.amount_fen) for each in quote.receipt.refunds] == [("cash", 1_990)]
        assert (await desk.stub.ReturnGift(request)).receipt == quote.receipt
