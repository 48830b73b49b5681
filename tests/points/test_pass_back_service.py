"""Passes given back from the outside: undone uses and refunds."""

from datetime import timedelta

from chassis.clock import from_proto_date
from chassis.ids import new_id
from tests.fixtures.ledger import count_rows
from tests.fixtures.pass_desk import PRICE_FEN, PassDesk, bill_of, copied
from tests.fixtures.refusals import refusal
from yika.points.v1 import ledger_pb2


class TestReversePassUse:
    async def test_puts_everything_back(self, desk: PassDesk) -> None:
        await desk.sold("family")
        use = desk.using("family", 4)
        await desk.stub.UsePass(use)
        (used,) = await desk.passes()
        assert from_proto_date(used.expiry_date, "") == desk.today + timedelta(days=10)
        request = desk.reversing(use.header.bill_id)
        assert (await desk.stub.ReversePassUse(copied(request))).receipt.pass_units_left == 10
        (whole,) = await desk.passes()
        assert not whole.HasField("expiry_date")
        assert (whole.units_left, whole.refund_fen) == (10, PRICE_FEN)
        found = await bill_of(desk, request.header.bill_id)
        assert found.bill.kind == ledger_pb2.BILL_KIND_PASS_USE_REVERSAL
        assert found.bill.original_bill_id == use.header.bill_id
        assert (await desk.stub.ReversePassUse(copied(request))).receipt.replayed

    async def test_refuses_with_a_reason_and_writes_nothing(self, desk: PassDesk) -> None:
        sold = await desk.sold()
        use = desk.using(units=4)
        await desk.stub.UsePass(use)
        used = use.header.bill_id
        other = desk.ledger.chain.other_member_id
        before = await count_rows(desk.ledger.database)
        for request, reason in (
            (desk.reversing(used, reason=""), "REASON_REQUIRED"),
            (desk.reversing("x"), "INVALID_ID"),
            (desk.reversing(new_id()), "UNKNOWN_BILL"),
            (desk.reversing(sold), "WRONG_BILL_KIND"),
            (desk.reversing(used, member_id=other), "BILL_OF_ANOTHER_MEMBER"),
        ):
            assert (await refusal(desk.stub.ReversePassUse(request))).reason == reason
        assert await count_rows(desk.ledger.database) == before
        await desk.stub.ReversePassUse(desk.reversing(used))
        again = await refusal(desk.stub.ReversePassUse(desk.reversing(used)))
        assert again.reason == "ALREADY_REVERSED"

    async def test_refuses_what_a_refund_has_closed(self, desk: PassDesk) -> None:
        sold = await desk.sold()
        use = desk.using(units=4)
        await desk.stub.UsePass(use)
        await desk.stub.RefundPass(desk.refunding(sold))
        found = await refusal(desk.stub.ReversePassUse(desk.reversing(use.header.bill_id)))
        assert found.reason == "PASS_REFUNDED"


class TestRefundPass:
    async def test_pays_back_what_getpasses_told(self, desk: PassDesk) -> None:
        sold = await desk.sold("fee")
        await desk.stub.UsePass(desk.using("fee", 3))
        (owned,) = await desk.passes()
        request = desk.refunding(sold)
        receipt = (await desk.stub.RefundPass(copied(request))).receipt
        assert [(each.kind, each.amount_fen) for each in receipt.refunds] == [
            ("cash", owned.refund_fen)
        ]
        assert owned.refund_fen == 6_993 - 699
        assert await desk.passes() == []
        again = (await desk.stub.RefundPass(copied(request))).receipt
        assert again.replayed
        assert again.refunds == receipt.refunds

    async def test_takes_no_fee_for_a_mistake(self, desk: PassDesk) -> None:
        sold = await desk.sold("fee")
        mistake = desk.refunding(sold, waive_fee=True, reason="卖错了")
        receipt = (await desk.stub.RefundPass(mistake)).receipt
        assert receipt.refunds[0].amount_fen == PRICE_FEN

    async def test_of_a_free_pass_pays_nothing(self, desk: PassDesk) -> None:
        sold = await desk.sold("free")
        assert not (await desk.stub.RefundPass(desk.refunding(sold))).receipt.refunds

    async def test_refuses_with_a_reason_and_writes_nothing(self, desk: PassDesk) -> None:
        sold = await desk.sold()
        used_up = await desk.sold("rice")
        product_id = desk.ledger.chain.product_ids[0]
        use = desk.using("rice", 10, product_id=product_id)
        await desk.stub.UsePass(use)
        other = desk.ledger.chain.other_member_id
        before = await count_rows(desk.ledger.database)
        for request, reason in (
            (desk.refunding("x"), "INVALID_ID"),
            (desk.refunding(new_id()), "UNKNOWN_BILL"),
            (desk.refunding(use.header.bill_id), "WRONG_BILL_KIND"),
            (desk.refunding(sold, member_id=other), "PASS_OF_ANOTHER_MEMBER"),
            (desk.refunding(sold, waive_fee=True), "REASON_REQUIRED"),
            (desk.refunding(used_up), "PASS_USED_UP"),
        ):
            assert (await refusal(desk.stub.RefundPass(request))).reason == reason
        assert await count_rows(desk.ledger.database) == before
        await desk.stub.RefundPass(desk.refunding(sold))
        again = await refusal(desk.stub.RefundPass(desk.refunding(sold)))
        assert again.reason == "PASS_REFUNDED"
