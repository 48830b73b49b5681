"""Undoing a top-up, from the outside: services/points/grpc_api/stored_value.py."""

import pytest

from chassis.errors import Kind
from chassis.ids import new_id
from tests.fixtures.builders_points import Chain
from tests.fixtures.builders_stored_value import (
    build_cash_out,
    build_money,
    build_reversal,
    build_spend,
    build_top_up,
    swapped,
)
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.fixtures.stored_value_desk import (
    Desk,
    chain,
    desk,
    freeze,
    hold_value,
    liability_and_principal,
    merge,
    time_out,
    transfer_card,
)
from yika.points.v1 import ledger_pb2, points_service_pb2, stored_value_service_pb2_grpc

__all__ = ["chain", "desk"]


async def top_up(desk: Desk, chain: Chain) -> str:
    """500 yuan in cash and by card, and 50 of bonus; the bill."""
    asked = build_top_up(chain, tenders=build_money({"cash": 200_00, "bank_card": 300_00}))
    await desk.stub.TopUp(asked)
    return asked.header.bill_id


class TestReverseTopUp:
    async def test_takes_all_of_it_back_to_where_it_came_from(
        self, desk: Desk, chain: Chain
    ) -> None:
        top_up_id = await top_up(desk, chain)
        asked = build_reversal(chain, top_up_id)
        receipt = (await desk.stub.ReverseTopUp(asked)).receipt
        assert (receipt.principal_fen, receipt.bonus_fen) == (0, 0)
        assert list(receipt.refunds) == build_money({"cash": 200_00, "bank_card": 300_00})
        found = await desk.points.GetBill(
            points_service_pb2.GetBillRequest(bill_id=asked.header.bill_id)
        )
        assert found.bill.kind == ledger_pb2.BILL_KIND_TOP_UP_REVERSAL
        assert (found.bill.original_bill_id, found.bill.reason) == (top_up_id, "充错了")
        assert found.bill.total_fen == 500_00
        assert [(t.debit_account, t.credit_account, t.amount) for t in found.transfers] == [
            ("wallet", "principal_issued", 500_00),
            ("wallet", "bonus_issued", 50_00),
            ("stored_value_liability", "tender:cash", 200_00),
            ("stored_value_liability", "tender:bank_card", 300_00),
        ]
        assert await liability_and_principal(desk.database, chain.store_id) == (0, 0)

    async def test_leaves_other_top_ups_alone(self, desk: Desk, chain: Chain) -> None:
        wrong = await top_up(desk, chain)
        await top_up(desk, chain)
        receipt = (await desk.stub.ReverseTopUp(build_reversal(chain, wrong))).receipt
        assert (receipt.principal_fen, receipt.bonus_fen) == (500_00, 50_00)

    async def test_again_gives_the_first_answer(self, desk: Desk, chain: Chain) -> None:
        asked = build_reversal(chain, await top_up(desk, chain))
        first = (await desk.stub.ReverseTopUp(asked)).receipt
        again = (await desk.stub.ReverseTopUp(asked)).receipt
        assert again.replayed
        again.replayed = False
        assert again == first
        asked.header.reason = "又充错了"
        assert (await refusal(desk.stub.ReverseTopUp(asked))).reason == "ID_REUSED"

    async def test_follows_the_value_to_another_card(self, desk: Desk, chain: Chain) -> None:
        top_up_id = await top_up(desk, chain)
        heir = await transfer_card(desk, chain)
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, top_up_id)))
        assert refused.reason == "TOP_UP_SPENT"
        receipt = (await desk.stub.ReverseTopUp(build_reversal(heir, top_up_id))).receipt
        assert sum(each.amount_fen for each in receipt.refunds) == 500_00

    async def test_follows_a_merge(self, desk: Desk, chain: Chain) -> None:
        top_up_id = await top_up(desk, chain)
        await merge(desk, chain)
        await desk.stub.ReverseTopUp(build_reversal(chain, top_up_id))
        assert await liability_and_principal(desk.database, chain.store_id) == (0, 0)


class TestReverseTopUpRefusals:
    async def test_of_a_second_reversal(self, desk: Desk, chain: Chain) -> None:
        top_up_id = await top_up(desk, chain)
        await desk.stub.ReverseTopUp(build_reversal(chain, top_up_id))
        await top_up(desk, chain)
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, top_up_id)))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "ALREADY_REVERSED")

    async def test_of_what_was_spent(self, desk: Desk, chain: Chain) -> None:
        top_up_id = await top_up(desk, chain)
        await desk.points.PostSale(build_spend(chain, 1))
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, top_up_id)))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "TOP_UP_SPENT")
        assert refused.metadata == {
            "principal_fen": "50000",
            "principal_gone_fen": "0",
            "bonus_fen": "5000",
            "bonus_gone_fen": "1",
        }

    @pytest.mark.parametrize("spent_fen", [20_00, 550_00])
    async def test_of_what_was_spent_after_a_card_had_brought_it(
        self, desk: Desk, chain: Chain, spent_fen: int
    ) -> None:
        top_up_id = await top_up(desk, chain)
        heir = await transfer_card(desk, chain)
        await desk.points.PostSale(build_spend(heir, spent_fen))
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(heir, top_up_id)))
        assert refused.reason == "TOP_UP_SPENT"

    async def test_of_what_was_reversed_after_a_card_had_brought_it(
        self, desk: Desk, chain: Chain
    ) -> None:
        top_up_id = await top_up(desk, chain)
        heir = await transfer_card(desk, chain)
        await desk.stub.ReverseTopUp(build_reversal(heir, top_up_id))
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(heir, top_up_id)))
        assert refused.reason == "ALREADY_REVERSED"

    async def test_of_what_was_cashed_out(self, desk: Desk, chain: Chain) -> None:
        top_up_id = await top_up(desk, chain)
        await desk.stub.CashOut(build_cash_out(chain, 10_00, {"bank_card": 10_00}))
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, top_up_id)))
        assert refused.reason == "TOP_UP_SPENT"
        assert refused.metadata["principal_gone_fen"] == "1000"

    async def test_of_bills_of_other_kinds(self, desk: Desk, chain: Chain) -> None:
        top_up_id = await top_up(desk, chain)
        spend = build_spend(chain, 100)
        await desk.points.PostSale(spend)
        reversal = build_reversal(chain, top_up_id)
        payout = build_cash_out(chain, 1_00, {"bank_card": 1_00})
        await desk.stub.CashOut(payout)
        for bill_id in (spend.sale.sale_id, payout.header.bill_id):
            refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, bill_id)))
            assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "WRONG_BILL_KIND")
        reversal.top_up_id = new_id()
        refused = await refusal(desk.stub.ReverseTopUp(reversal))
        assert (refused.kind, refused.reason) == (Kind.NOT_FOUND, "UNKNOWN_BILL")

    async def test_of_a_reversal(self, desk: Desk, chain: Chain) -> None:
        asked = build_reversal(chain, await top_up(desk, chain))
        await desk.stub.ReverseTopUp(asked)
        again = build_reversal(chain, asked.header.bill_id)
        assert (await refusal(desk.stub.ReverseTopUp(again))).reason == "WRONG_BILL_KIND"

    async def test_of_another_members_top_up(self, desk: Desk, chain: Chain) -> None:
        top_up_id = await top_up(desk, swapped(chain))
        await top_up(desk, chain)
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, top_up_id)))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "MEMBER_MISMATCH")

    async def test_of_value_on_hold_or_frozen(self, desk: Desk, chain: Chain) -> None:
        top_up_id = await top_up(desk, chain)
        hold_id = await hold_value(desk, chain, 1_00)
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, top_up_id)))
        assert refused.reason == "HOLDS_OPEN"
        await time_out(desk.database, hold_id)
        await freeze(desk.database, chain.member_id)
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, top_up_id)))
        assert refused.reason == "WALLET_FROZEN"

    @pytest.mark.parametrize("reason", ["", "  "])
    async def test_of_one_that_nobody_explains(self, desk: Desk, chain: Chain, reason: str) -> None:
        asked = build_reversal(chain, await top_up(desk, chain), reason=reason)
        refused = await refusal(desk.stub.ReverseTopUp(asked))
        assert (refused.kind, refused.reason) == (Kind.INVALID, "REASON_REQUIRED")

    async def test_of_bad_form(self, desk: Desk, chain: Chain) -> None:
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, "x")))
        assert (refused.kind, refused.reason) == (Kind.INVALID, "INVALID_ID")

    async def test_of_callers_who_may_only_top_up(self, desk: Desk, chain: Chain) -> None:
        asked = build_reversal(chain, await top_up(desk, chain))
        async with open_stub(
            stored_value_service_pb2_grpc.StoredValueServiceStub,
            desk.address,
            ["points.top_ups.post"],
        ) as stub:
            refused = await refusal(stub.ReverseTopUp(asked))
        assert (refused.kind, refused.reason) == (Kind.FORBIDDEN, "PERMISSION_MISSING")
