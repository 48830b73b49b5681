"""Paying principal out, from the outside: services/points/grpc_api/stored_value.py."""

from datetime import timedelta

from google.type.date_pb2 import Date

from chassis.clock import to_timestamp
from chassis.errors import Kind
from tests.fixtures.builders_points import SOLD_AT, Chain
from tests.fixtures.builders_stored_value import (
    build_cash_out,
    build_quote,
    build_spend,
    day_after,
    swapped,
)
from tests.fixtures.refusals import refusal
from tests.fixtures.stored_value_desk import (
    BONUS_DAYS,
    Desk,
    cash_out,
    chain,
    desk,
    liability_and_principal,
    merge,
    top_up,
    transfer_card,
    undo_merge,
)
from yika.points.v1 import ledger_pb2, points_service_pb2

__all__ = ["chain", "desk"]


class TestCashOut:
    async def test_of_everything_pays_what_was_paid_and_withdraws_the_bonus(
        self, desk: Desk, chain: Chain
    ) -> None:
        await top_up(desk, chain)
        asked = build_cash_out(chain, 500_00, {"bank_card": 300_00, "wechat_pay": 200_00})
        answer = await desk.stub.CashOut(asked)
        assert (answer.bonus_withdrawn_fen, answer.bonus_deducted_fen) == (50_00, 0)
        assert (answer.receipt.principal_fen, answer.receipt.bonus_fen) == (0, 0)
        assert list(answer.receipt.refunds) == list(asked.payouts)
        bill = await desk.points.GetBill(
            points_service_pb2.GetBillRequest(bill_id=asked.header.bill_id)
        )
        assert bill.bill.kind == ledger_pb2.BILL_KIND_CARD_CASH_OUT
        assert bill.bill.total_fen == 500_00
        assert [(t.debit_account, t.credit_account, t.amount) for t in bill.transfers] == [
            ("wallet", "principal_cashed_out", 500_00),
            ("wallet", "bonus_withdrawn", 50_00),
            ("stored_value_liability", "tender:bank_card", 300_00),
            ("stored_value_liability", "tender:wechat_pay", 200_00),
        ]
        assert await liability_and_principal(desk.database, chain.store_id) == (0, 0)

    async def test_after_the_bonus_was_spent_pays_less(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain)
        await desk.points.PostSale(build_spend(chain, 30_00))  # all of it bonus
        answer = await cash_out(desk, chain, 500_00, 470_00)
        assert (answer.bonus_withdrawn_fen, answer.bonus_deducted_fen) == (20_00, 30_00)
        statement = await desk.points.GetStatement(
            points_service_pb2.GetStatementRequest(
                member_id=chain.member_id, asset=ledger_pb2.ASSET_MONEY
            )
        )
        assert ("stored_value_liability", "tender:bonus", 30_00) in {
            (line.transfer.debit_account, line.transfer.credit_account, line.transfer.amount)
            for line in statement.lines
        }
        assert await liability_and_principal(desk.database, chain.store_id) == (0, 0)

    async def test_of_a_part_withdraws_its_share(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain)
        answer = await cash_out(desk, chain, 100_00, 100_00)
        assert answer.bonus_withdrawn_fen == 10_00
        assert (answer.receipt.principal_fen, answer.receipt.bonus_fen) == (400_00, 40_00)

    async def test_in_parts_pays_what_one_cash_out_pays(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain, 333_33)
        await desk.points.PostSale(build_spend(chain, 12_34))
        whole = await desk.stub.QuoteCashOut(build_quote(chain))
        paid = withdrawn = 0
        for part_fen in (1, 100_00, 33_33, 199_99):
            told = await desk.stub.QuoteCashOut(build_quote(chain, part_fen))
            answer = await cash_out(desk, chain, part_fen, told.payout_fen)
            paid += sum(each.amount_fen for each in answer.receipt.refunds)
            withdrawn += answer.bonus_withdrawn_fen
        assert (paid, withdrawn) == (whole.payout_fen, whole.bonus_withdrawn_fen)
        assert answer.receipt.principal_fen == answer.receipt.bonus_fen == 0

    async def test_takes_the_oldest_top_up_first_or_the_one_that_is_named(
        self, desk: Desk, chain: Chain
    ) -> None:
        first = await top_up(desk, chain, 100_00)
        second = await top_up(
            desk,
            chain,
            200_00,
            occurred_time=to_timestamp(SOLD_AT.replace(hour=11)),
        )
        told = await desk.stub.QuoteCashOut(build_quote(chain, 250_00))
        assert [(part.top_up_id, part.principal_fen) for part in told.top_ups] == [
            (first, 100_00),
            (second, 150_00),
        ]
        assert all(part.in_cooling_off for part in told.top_ups)
        answer = await cash_out(desk, chain, 200_00, 200_00, top_up_id=second)
        assert answer.receipt.principal_fen == 100_00
        refused = await refusal(cash_out(desk, chain, 1, 1, top_up_id=second))
        assert refused.reason == "INSUFFICIENT_STORED_VALUE"

    async def test_pays_expired_principal_which_is_still_owed(
        self, desk: Desk, chain: Chain
    ) -> None:
        long_ago = {
            "occurred_time": to_timestamp(SOLD_AT.replace(year=2022)),
            "business_date": Date(year=2022, month=5, day=1),
        }
        await top_up(desk, chain, card_type="gift", **long_ago)
        refused = await refusal(desk.points.PostSale(build_spend(chain, 1)))
        assert refused.reason == "INSUFFICIENT_STORED_VALUE"
        # The bonus lapsed years ago: it goes with the principal, and nobody is charged for it.
        answer = await cash_out(desk, chain, 500_00, 500_00)
        assert (answer.bonus_withdrawn_fen, answer.bonus_deducted_fen) == (50_00, 0)

    async def test_leaves_no_lapsed_bonus_to_a_till_whose_date_is_behind(
        self, desk: Desk, chain: Chain
    ) -> None:
        long_ago = {
            "occurred_time": to_timestamp(SOLD_AT - timedelta(days=BONUS_DAYS)),
            "business_date": day_after(-BONUS_DAYS),
        }
        await top_up(desk, chain, **long_ago)
        await cash_out(desk, chain, 500_00, 500_00, business_date=day_after(1))
        refused = await refusal(desk.points.PostSale(build_spend(chain, 1)))
        assert refused.reason == "INSUFFICIENT_STORED_VALUE"

    async def test_charges_spent_bonus_once_the_rest_of_it_lapsed(
        self, desk: Desk, chain: Chain
    ) -> None:
        await top_up(desk, chain)
        await desk.points.PostSale(build_spend(chain, 30_00))
        later = {"business_date": day_after(BONUS_DAYS + 1)}
        told = await desk.stub.QuoteCashOut(build_quote(chain, **later))
        assert (told.bonus_withdrawn_fen, told.bonus_deducted_fen) == (20_00, 30_00)
        assert not told.top_ups[0].in_cooling_off

    async def test_again_gives_the_first_answer(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain)
        await desk.points.PostSale(build_spend(chain, 30_00))
        asked = build_cash_out(chain, 500_00, {"bank_card": 470_00})
        first = await desk.stub.CashOut(asked)
        again = await desk.stub.CashOut(asked)
        assert again.receipt.replayed
        again.receipt.replayed = False
        assert again == first
        asked.payouts[0].kind = "wechat_pay"
        refused = await refusal(desk.stub.CashOut(asked))
        assert (refused.kind, refused.reason) == (Kind.ALREADY_EXISTS, "ID_REUSED")


class TestMovedLots:
    async def test_owe_their_spent_bonus_after_a_card_transfer(
        self, desk: Desk, chain: Chain
    ) -> None:
        top_up_id = await top_up(desk, chain)
        await desk.points.PostSale(build_spend(chain, 30_00))
        await cash_out(desk, chain, 100_00, 100_00)  # withdraws 10 yuan of the 20 left
        heir = await transfer_card(desk, chain)
        assert (await refusal(cash_out(desk, chain, 1, 1))).reason == "INSUFFICIENT_STORED_VALUE"
        told = await desk.stub.QuoteCashOut(build_quote(heir))
        assert [part.top_up_id for part in told.top_ups] == [top_up_id]
        assert (told.bonus_withdrawn_fen, told.bonus_deducted_fen) == (10_00, 30_00)
        await cash_out(desk, heir, 400_00, 370_00)
        assert await liability_and_principal(desk.database, chain.store_id) == (0, 0)

    async def test_are_found_after_a_merge_and_after_its_undoing(
        self, desk: Desk, chain: Chain
    ) -> None:
        await top_up(desk, chain)
        await desk.points.PostSale(build_spend(chain, 50_00))
        merge_bill_id = await merge(desk, chain)
        told = await desk.stub.QuoteCashOut(build_quote(chain, 100_00))
        assert told.bonus_deducted_fen == 10_00
        await cash_out(desk, swapped(chain), 100_00, 90_00)
        await undo_merge(desk, chain, merge_bill_id)
        told = await desk.stub.QuoteCashOut(build_quote(chain))
        assert (told.principal_fen, told.bonus_deducted_fen) == (400_00, 40_00)
