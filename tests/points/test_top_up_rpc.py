"""Topping up from the outside: services/points/grpc_api/stored_value.py."""

from datetime import timedelta
from typing import Any

import pytest
from google.type.date_pb2 import Date

from chassis.clock import to_timestamp, utc_now
from chassis.database import outbox_table
from chassis.errors import Kind
from services.points.domain.stored_value.prepaid_law import limits_on
from tests.fixtures.builders_points import BUSINESS_DATE, Chain
from tests.fixtures.builders_stored_value import (
    build_money,
    build_purchase,
    build_spend,
    build_top_up,
    build_top_up_quote,
    day_after,
)
from tests.fixtures.ledger import Ledger, count_rows
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.fixtures.stored_value_desk import (
    BONUS_DAYS,
    Desk,
    add_member,
    chain,
    desk,
    liability_and_principal,
)
from yika.points.v1 import (
    events_pb2,
    ledger_pb2,
    points_service_pb2,
    stored_value_service_pb2_grpc,
)
from yika.points.v1 import stored_value_service_pb2 as pb

__all__ = ["chain", "desk"]

LAW = limits_on(BUSINESS_DATE)
CASH_AND_CARD = build_money({"cash": 200_00, "bank_card": 300_00})


async def wallet_of(desk: Desk, chain: Chain) -> ledger_pb2.Wallet:
    """What the customer owns on the business date of the builders."""
    request = points_service_pb2.GetWalletRequest(
        member_id=chain.member_id, business_date=day_after(0)
    )
    return (await desk.points.GetWallet(request)).wallet


class TestTopUp:
    async def test_grants_principal_and_the_best_bonus(self, desk: Desk, chain: Chain) -> None:
        asked = build_top_up(chain, tenders=CASH_AND_CARD)
        receipt = (await desk.stub.TopUp(asked)).receipt
        assert (receipt.principal_change_fen, receipt.bonus_change_fen) == (500_00, 50_00)
        assert (receipt.principal_fen, receipt.bonus_fen) == (500_00, 50_00)
        lots = {lot.asset: lot for lot in (await wallet_of(desk, chain)).lots}
        principal, bonus = lots[ledger_pb2.ASSET_PRINCIPAL], lots[ledger_pb2.ASSET_BONUS]
        assert (principal.granted_amount, principal.rule_version) == (500_00, "principal@2")
        assert not principal.HasField("expiry_date")  # a named card never expires
        assert (bonus.granted_amount, bonus.rule_version) == (50_00, "tenth@2")
        assert bonus.expiry_date == day_after(BONUS_DAYS)
        bill = await desk.points.GetBill(
            points_service_pb2.GetBillRequest(bill_id=asked.header.bill_id)
        )
        assert bill.bill.kind == ledger_pb2.BILL_KIND_TOP_UP
        assert bill.bill.total_fen == 500_00
        assert [(t.debit_account, t.credit_account, t.amount) for t in bill.transfers] == [
            ("principal_issued", "wallet", 500_00),
            ("bonus_issued", "wallet", 50_00),
            ("tender:cash", "stored_value_liability", 200_00),
            ("tender:bank_card", "stored_value_liability", 300_00),
        ]
        assert await liability_and_principal(desk.database, chain.store_id) == (500_00, 500_00)

    async def test_below_the_first_band_grants_no_bonus(self, desk: Desk, chain: Chain) -> None:
        receipt = (await desk.stub.TopUp(build_top_up(chain, 99_99))).receipt
        assert (receipt.principal_fen, receipt.bonus_fen) == (99_99, 0)

    async def test_of_an_unnamed_card_expires_when_its_kind_says(
        self, desk: Desk, chain: Chain
    ) -> None:
        await desk.stub.TopUp(build_top_up(chain, card_type="gift"))
        lots = {lot.asset: lot for lot in (await wallet_of(desk, chain)).lots}
        assert lots[ledger_pb2.ASSET_PRINCIPAL].expiry_date == Date(year=2029, month=5, day=1)

    async def test_adds_up_a_kind_of_money_that_comes_twice(self, desk: Desk, chain: Chain) -> None:
        twice = [*build_money({"cash": 100_00}), *build_money({"cash": 400_00})]
        receipt = (await desk.stub.TopUp(build_top_up(chain, tenders=twice))).receipt
        assert receipt.principal_fen == 500_00

    async def test_can_be_spent_at_once_though_the_tills_clock_is_ahead(
        self, desk: Desk, chain: Chain
    ) -> None:
        ahead = utc_now() + timedelta(minutes=4)
        day = Date(year=ahead.year, month=ahead.month, day=ahead.day)
        asked = build_top_up(chain, occurred_time=to_timestamp(ahead), business_date=day)
        await desk.stub.TopUp(asked)
        spend = build_spend(chain, 100_00, sold_at=utc_now(), business_date=ahead.date())
        await desk.points.PostSale(spend)

    async def test_again_gives_the_first_answer_though_it_would_be_refused_today(
        self, desk: Desk, chain: Chain
    ) -> None:
        asked = build_top_up(chain, 3_000_00)
        first = (await desk.stub.TopUp(asked)).receipt
        assert (await refusal(desk.stub.TopUp(build_top_up(chain, 3_000_00)))).reason == (
            "BALANCE_LIMIT_EXCEEDED"
        )
        again = (await desk.stub.TopUp(asked)).receipt
        assert again.replayed
        again.replayed = False
        assert again == first
        asked.header.staff_id = "8002"
        refused = await refusal(desk.stub.TopUp(asked))
        assert (refused.kind, refused.reason) == (Kind.ALREADY_EXISTS, "ID_REUSED")

    async def test_is_told_to_others(self, desk: Desk, chain: Chain) -> None:
        asked = build_top_up(chain)
        await desk.stub.TopUp(asked)
        async with desk.database.read() as connection:
            rows = (await connection.execute(outbox_table.select())).all()
        told = [
            bill
            for row in rows
            if row.event_type == "yika.points.v1.BillsPosted"
            for bill in events_pb2.BillsPosted.FromString(row.payload).bills
            if bill.bill_id == asked.header.bill_id
        ]
        assert [(bill.kind, bill.total_fen) for bill in told] == [
            (ledger_pb2.BILL_KIND_TOP_UP, 500_00)
        ]


class TestCardType:
    async def test_stays_while_value_is_there(self, desk: Desk, chain: Chain) -> None:
        await desk.stub.TopUp(build_top_up(chain, card_type="gift"))
        refused = await refusal(desk.stub.TopUp(build_top_up(chain, card_type="member")))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "CARD_TYPE_DIFFERS")
        assert refused.metadata == {"card_type": "gift", "balance_fen": "55000"}

    async def test_of_an_empty_wallet_can_change(self, desk: Desk, chain: Chain) -> None:
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="gift"))
        await desk.points.PostSale(build_spend(chain, 50_00))
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="member"))
        refused = await refusal(desk.stub.TopUp(build_top_up(chain, card_type="gift")))
        assert refused.metadata["card_type"] == "member"

    @pytest.mark.parametrize(
        ("card_type", "order"), [("member", (450_00, 0)), ("gift", (400_00, 50_00))]
    )
    async def test_decides_what_is_spent_first(
        self, desk: Desk, chain: Chain, card_type: str, order: tuple[int, int]
    ) -> None:
        await desk.stub.TopUp(build_top_up(chain, card_type=card_type))
        await desk.points.PostSale(build_spend(chain, 100_00))
        wallet = await wallet_of(desk, chain)
        assert (wallet.principal_fen, wallet.bonus_fen) == order


class TestQuoteTopUp:
    async def test_tells_what_the_top_up_then_does_and_writes_nothing(
        self, desk: Desk, chain: Chain
    ) -> None:
        before = await count_rows(desk.database)
        told = await desk.stub.QuoteTopUp(build_top_up_quote(chain, card_type="gift"))
        assert await count_rows(desk.database) == before
        assert told == pb.QuoteTopUpResponse(
            bonus_fen=50_00,
            bonus_rule_version="tenth@2",
            bonus_expiry_date=day_after(BONUS_DAYS),
            principal_expiry_date=Date(year=2029, month=5, day=1),
            balance_limit_fen=LAW.unnamed_balance_fen_max,
            tender_kinds=["bank_card", "cash", "wechat_pay"],
        )
        receipt = (await desk.stub.TopUp(build_top_up(chain, card_type="gift"))).receipt
        assert receipt.bonus_change_fen == told.bonus_fen

    async def test_tells_what_the_law_asks(self, desk: Desk, chain: Chain) -> None:
        await desk.stub.TopUp(build_top_up(chain, 4_000_00))
        purchase = build_purchase(buyer=pb.BUYER_INSTITUTION)
        told = await desk.stub.QuoteTopUp(build_top_up_quote(chain, 5_000_00, purchase=purchase))
        assert told.balance_fen == 4_400_00
        assert told.over_limit_fen == 4_400_00 + 5_500_00 - 5_000_00
        assert told.identity_required
        assert told.non_cash_required
        assert list(told.tender_kinds) == ["bank_card", "wechat_pay"]

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"amount_fen": 0}, "INVALID_AMOUNT"),
            ({"amount_fen": 2**63 - 1}, "INVALID_AMOUNT"),
            ({"card_type": "platinum"}, "UNKNOWN_CARD_TYPE"),
            ({"purchase": pb.Purchase()}, "UNKNOWN_BUYER"),
            ({"member_id": "x"}, "INVALID_ID"),
            ({"store_id": ""}, "INVALID_ID"),
            ({"business_date": None}, "INVALID_DATE"),
            ({"business_date": Date(year=2026, month=13, day=1)}, "INVALID_DATE"),
            ({"business_date": Date(year=2010, month=1, day=1)}, "LAW_NOT_KNOWN"),
        ],
    )
    async def test_refuses(
        self, desk: Desk, chain: Chain, changes: dict[str, Any], reason: str
    ) -> None:
        refused = await refusal(desk.stub.QuoteTopUp(build_top_up_quote(chain, **changes)))
        assert (refused.kind, refused.reason) == (Kind.INVALID, reason)


class TestBuiltInRules:
    async def test_let_a_member_top_up_without_a_bonus(self, ledger: Ledger) -> None:
        chain = Chain(store_id=ledger.chain.store_id, member_id=await add_member(ledger.database))
        async with open_stub(
            stored_value_service_pb2_grpc.StoredValueServiceStub,
            ledger.address,
            ["points.top_ups.post"],
            stores=[chain.store_id],
        ) as stub:
            receipt = (await stub.TopUp(build_top_up(chain))).receipt
        assert (receipt.principal_fen, receipt.bonus_fen) == (500_00, 0)
