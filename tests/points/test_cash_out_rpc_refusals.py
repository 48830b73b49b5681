"""What a cash-out may not be, told from the outside: services/points/grpc_api/stored_value.py."""

from datetime import date
from typing import Any

import pytest

from chassis.clock import to_proto_date
from chassis.errors import Kind
from chassis.ids import new_id
from tests.fixtures.builders_points import Chain
from tests.fixtures.builders_stored_value import (
    build_cash_out,
    build_quote,
    build_spend,
    day_after,
    swapped,
)
from tests.fixtures.ledger import count_rows
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.fixtures.stored_value_desk import (
    Desk,
    cash_out,
    chain,
    desk,
    freeze,
    hold_value,
    time_out,
    top_up,
    transfer_card,
)
from yika.points.v1 import sale_pb2, stored_value_service_pb2_grpc
from yika.points.v1 import stored_value_service_pb2 as pb

__all__ = ["chain", "desk"]


INVALID = [
    ({"amount_fen": 0}, "INVALID_AMOUNT"),
    ({"amount_fen": -1}, "INVALID_AMOUNT"),
    ({"amount_fen": 2**63 - 1}, "INVALID_AMOUNT"),
    ({"payouts": {"bank_card": 0}}, "INVALID_AMOUNT"),
    ({"payouts": {"bank_card": 600_00, "wechat_pay": -100_00}}, "INVALID_AMOUNT"),
    ({"payouts": {"bank_card": 2**63 - 1}}, "INVALID_AMOUNT"),
    ({"payouts": {f"kind{n}": 1 for n in range(21)}}, "TOO_MANY_TENDERS"),
    ({"payouts": {"seashells": 500_00}}, "TENDER_NOT_FOR_CASH_OUT"),
    ({"payouts": {"points": 500_00}}, "TENDER_NOT_FOR_CASH_OUT"),
    ({"payouts": {"cash": 500_00}}, "NON_CASH_REQUIRED"),
    ({"payouts": {"x" * 65: 500_00}}, "CODE_TOO_LONG"),
    ({"top_up_id": "17"}, "INVALID_ID"),
    ({"bill_id": ""}, "INVALID_ID"),
]


class TestCashOutRefusals:
    @pytest.mark.parametrize(("changes", "reason"), INVALID)
    async def test_of_what_can_never_be_right(
        self, desk: Desk, chain: Chain, changes: dict[str, Any], reason: str
    ) -> None:
        await top_up(desk, chain)
        before = await count_rows(desk.database)
        asked = {"amount_fen": 500_00, "payouts": {"bank_card": 500_00}, **changes}
        refused = await refusal(desk.stub.CashOut(build_cash_out(chain, **asked)))
        assert (refused.kind, refused.reason) == (Kind.INVALID, reason)
        assert await count_rows(desk.database) == before

    async def test_of_value_that_is_no_money(self, desk: Desk, chain: Chain) -> None:
        asked = build_cash_out(chain, 500_00, {})
        asked.payouts.append(sale_pb2.Tender(kind="points", amount_fen=500_00, points=500))
        assert (await refusal(desk.stub.CashOut(asked))).reason == "WRONG_ASSET"

    async def test_of_more_than_the_principal(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain)
        refused = await refusal(cash_out(desk, chain, 500_01, 500_01))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "INSUFFICIENT_STORED_VALUE")
        assert refused.metadata["principal_fen"] == "50000"

    async def test_of_an_empty_wallet(self, desk: Desk, chain: Chain) -> None:
        refused = await refusal(cash_out(desk, chain, 1, 1))
        assert refused.reason == "INSUFFICIENT_STORED_VALUE"
        assert await desk.stub.QuoteCashOut(build_quote(chain)) == pb.QuoteCashOutResponse(
            tender_kinds=["bank_card", "cash", "wechat_pay"], identity_required=True
        )

    @pytest.mark.parametrize("payout_fen", [0, 500_00, 469_99, 470_01])
    async def test_of_another_payout_than_is_due(
        self, desk: Desk, chain: Chain, payout_fen: int
    ) -> None:
        await top_up(desk, chain)
        await desk.points.PostSale(build_spend(chain, 30_00))
        refused = await refusal(cash_out(desk, chain, 500_00, payout_fen))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "PAYOUT_DIFFERS")
        assert refused.metadata["payout_fen"] == "47000"

    async def test_of_a_holder_who_is_unknown(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain)
        assert (await desk.stub.QuoteCashOut(build_quote(chain, 100_00))).identity_required
        refused = await refusal(cash_out(desk, chain, 100_00, 100_00, identified=False))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "IDENTITY_REQUIRED")

    async def test_of_cash_above_the_laws_limit_only(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain, 90_00)  # with no bonus: the law lets it go in cash
        told = await desk.stub.QuoteCashOut(build_quote(chain))
        assert (told.non_cash_required, list(told.tender_kinds)) == (
            False,
            ["bank_card", "cash", "wechat_pay"],
        )
        await desk.stub.CashOut(build_cash_out(chain, 90_00, {"cash": 90_00}))

    async def test_of_a_wallet_with_stored_value_on_hold(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain)
        hold_id = await hold_value(desk, chain, 1_00)
        refused = await refusal(cash_out(desk, chain, 100_00, 100_00))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "HOLDS_OPEN")
        assert refused.metadata["hold_id"] == hold_id
        await time_out(desk.database, hold_id)
        await cash_out(desk, chain, 100_00, 100_00)

    async def test_of_a_frozen_wallet(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain)
        await freeze(desk.database, chain.member_id)
        for call in (cash_out(desk, chain, 1, 1), desk.stub.QuoteCashOut(build_quote(chain))):
            refused = await refusal(call)
            assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "WALLET_FROZEN")

    @pytest.mark.parametrize("moved", [False, True])
    @pytest.mark.parametrize("named", [False, True])
    async def test_of_value_that_was_paid_in_on_a_later_day(
        self, desk: Desk, chain: Chain, named: bool, moved: bool
    ) -> None:
        bill_id = await top_up(desk, chain, business_date=day_after(1))
        if moved:
            chain = await transfer_card(desk, chain)
        asked = {"top_up_id": bill_id if named else ""}
        before = await count_rows(desk.database)
        for call in (
            cash_out(desk, chain, 1, 1, **asked),
            desk.stub.QuoteCashOut(build_quote(chain, **asked)),
        ):
            refused = await refusal(call)
            assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "BEFORE_ORIGINAL")
            assert refused.metadata == {"business_date": "2026-05-01", "original": "2026-05-02"}
        assert await count_rows(desk.database) == before
        await cash_out(desk, chain, 500_00, 500_00, business_date=day_after(1), **asked)

    async def test_of_what_was_paid_in_later_only(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain, 90_00)
        await top_up(desk, chain, 80_00, business_date=day_after(1))
        refused = await refusal(cash_out(desk, chain, 90_01, 90_01))
        assert refused.reason == "BEFORE_ORIGINAL"
        told = await desk.stub.QuoteCashOut(build_quote(chain, 90_00))
        assert told.payout_fen == 90_00
        await cash_out(desk, chain, 90_00, 90_00)
        assert (await refusal(cash_out(desk, chain, 1, 1))).reason == "BEFORE_ORIGINAL"
        await cash_out(desk, chain, 80_00, 80_00, business_date=day_after(1))

    async def test_of_a_top_up_of_another_card_that_was_paid_out(
        self, desk: Desk, chain: Chain
    ) -> None:
        top_up_id = await top_up(desk, chain)
        heir = await transfer_card(desk, chain)
        told = await desk.stub.QuoteCashOut(build_quote(heir, top_up_id=top_up_id))
        payout_fen = told.payout_fen
        await cash_out(desk, heir, told.principal_fen, payout_fen, top_up_id=top_up_id)
        refused = await refusal(cash_out(desk, heir, 1, 1, top_up_id=top_up_id))
        assert refused.reason == "INSUFFICIENT_STORED_VALUE"

    async def test_of_a_top_up_that_is_none_of_theirs(self, desk: Desk, chain: Chain) -> None:
        await top_up(desk, chain)
        others = await top_up(desk, swapped(chain))
        spend = build_spend(chain, 1_00)
        await desk.points.PostSale(spend)
        for top_up_id, kind, reason in (
            (others, Kind.PRECONDITION, "MEMBER_MISMATCH"),
            (spend.sale.sale_id, Kind.PRECONDITION, "WRONG_BILL_KIND"),
            (new_id(), Kind.NOT_FOUND, "UNKNOWN_BILL"),
        ):
            for call in (
                cash_out(desk, chain, 1, 1, top_up_id=top_up_id),
                desk.stub.QuoteCashOut(build_quote(chain, 1, top_up_id=top_up_id)),
            ):
                refused = await refusal(call)
                assert (refused.kind, refused.reason) == (kind, reason)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"amount_fen": -1}, "INVALID_AMOUNT"),
            ({"amount_fen": 2**63 - 1}, "INVALID_AMOUNT"),
            ({"top_up_id": "17"}, "INVALID_ID"),
            ({"member_id": ""}, "INVALID_ID"),
            ({"business_date": None}, "INVALID_DATE"),
            ({"business_date": to_proto_date(date(9999, 12, 31))}, "INVALID_BUSINESS_DATE"),
            ({"business_date": to_proto_date(date(1999, 12, 31))}, "INVALID_BUSINESS_DATE"),
        ],
    )
    async def test_of_questions_of_bad_form(
        self, desk: Desk, chain: Chain, changes: dict[str, Any], reason: str
    ) -> None:
        refused = await refusal(desk.stub.QuoteCashOut(build_quote(chain, **changes)))
        assert (refused.kind, refused.reason) == (Kind.INVALID, reason)

    async def test_of_callers_who_may_not(self, desk: Desk, chain: Chain) -> None:
        for permissions, scope, reason in (
            (["points.top_ups.post"], {}, "PERMISSION_MISSING"),
            (["points.cash_outs.post"], {"stores": [new_id()]}, "STORE_OUT_OF_SCOPE"),
        ):
            async with open_stub(
                stored_value_service_pb2_grpc.StoredValueServiceStub,
                desk.address,
                permissions,
                **scope,
            ) as stub:
                for call in (
                    stub.CashOut(build_cash_out(chain, 1, {"cash": 1})),
                    stub.QuoteCashOut(build_quote(chain)),
                ):
                    refused = await refusal(call)
                    assert (refused.kind, refused.reason) == (Kind.FORBIDDEN, reason)
