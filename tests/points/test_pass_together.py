"""Passes under many callers at once, and under callers who send anything."""

import asyncio
from collections import Counter
from typing import Any

import grpc

from chassis.error_mapping import from_grpc
from tests.fixtures.pass_desk import PRICE_FEN, PassDesk
from yika.points.v1 import points_service_pb2

PARALLEL = 64


async def outcomes(calls: list[Any]) -> Counter[str]:
    """How often each reason, or OK, came back of calls that are made at once."""
    seen: Counter[str] = Counter()
    for answer in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(answer, grpc.RpcError):
            seen[from_grpc(answer).reason] += 1
        elif isinstance(answer, BaseException):
            raise answer
        else:
            seen["OK"] += 1
    return seen


async def turnover(desk: PassDesk, bill_ids: list[str]) -> int:
    """The totals of bills that were posted."""
    total = 0
    for bill_id in bill_ids:
        asked = points_service_pb2.GetBillRequest(bill_id=bill_id)
        try:
            total += (await desk.ledger.stub.GetBill(asked)).bill.total_fen
        except grpc.RpcError as error:
            if from_grpc(error).reason != "UNKNOWN_BILL":
                raise
    return total


class TestTogether:
    async def test_parallel_uses_take_exactly_the_units(self, desk: PassDesk) -> None:
        await desk.sold()
        requests = [desk.using() for _ in range(PARALLEL)]
        seen = await outcomes([desk.stub.UsePass(request) for request in requests])
        assert seen == {"OK": 10, "INSUFFICIENT_PASS": PARALLEL - 10}
        assert await turnover(desk, [r.header.bill_id for r in requests]) == PRICE_FEN
        assert await desk.passes() == []

    async def test_parallel_uses_of_a_day_keep_its_limit(self, desk: PassDesk) -> None:
        await desk.sold("daily")
        requests = [desk.using("daily") for _ in range(PARALLEL)]
        seen = await outcomes([desk.stub.UsePass(request) for request in requests])
        assert seen == {"OK": 1, "PASS_DAILY_LIMIT": PARALLEL - 1}

    async def test_one_request_sent_many_times_counts_once(self, desk: PassDesk) -> None:
        await desk.sold()
        request = desk.using(units=3)
        answers = await asyncio.gather(*(desk.stub.UsePass(request) for _ in range(PARALLEL)))
        assert sum(not answer.receipt.replayed for answer in answers) == 1
        assert (await desk.passes())[0].units_left == 7

    async def test_a_use_is_undone_once(self, desk: PassDesk) -> None:
        await desk.sold()
        use = desk.using(units=4)
        await desk.stub.UsePass(use)
        calls = [
            desk.stub.ReversePassUse(desk.reversing(use.header.bill_id)) for _ in range(PARALLEL)
        ]
        assert await outcomes(calls) == {"OK": 1, "ALREADY_REVERSED": PARALLEL - 1}
        assert (await desk.passes())[0].units_left == 10

    async def test_a_pass_is_paid_back_once(self, desk: PassDesk) -> None:
        sold = await desk.sold()
        calls = [desk.stub.RefundPass(desk.refunding(sold)) for _ in range(PARALLEL)]
        assert await outcomes(calls) == {"OK": 1, "PASS_REFUNDED": PARALLEL - 1}

    async def test_a_refund_and_the_undoing_of_a_use_never_pay_more_than_the_price(
        self, desk: PassDesk
    ) -> None:
        sold = await desk.sold()
        uses = [desk.using() for _ in range(5)]
        for use in uses:
            await desk.stub.UsePass(use)
        undoing = [desk.reversing(use.header.bill_id) for use in uses]
        refunds = [desk.refunding(sold) for _ in range(5)]
        calls = [
            call
            for undo, refund in zip(undoing, refunds, strict=True)
            for call in (desk.stub.ReversePassUse(undo), desk.stub.RefundPass(refund))
        ]
        seen = await outcomes(calls)
        assert set(seen) <= {"OK", "PASS_REFUNDED"}
        undone_fen = await turnover(desk, [each.header.bill_id for each in undoing])
        paid_back_fen = await turnover(desk, [each.header.bill_id for each in refunds])
        used_fen = await turnover(desk, [each.header.bill_id for each in uses])
        assert used_fen - undone_fen + paid_back_fen == PRICE_FEN
