"""What a top-up may not be, told from the outside: services/points/grpc_api/stored_value.py."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from google.type.date_pb2 import Date

from chassis.clock import to_proto_date, to_timestamp
from chassis.errors import Kind
from chassis.ids import new_id
from services.points.domain.stored_value.prepaid_law import limits_on
from tests.fixtures.builders_points import BUSINESS_DATE, Chain
from tests.fixtures.builders_stored_value import (
    build_money,
    build_purchase,
    build_top_up,
    build_top_up_quote,
)
from tests.fixtures.ledger import Ledger, count_rows
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.fixtures.stored_value_desk import (
    Desk,
    chain,
    desk,
    freeze,
)
from yika.points.v1 import (
    sale_pb2,
    stored_value_service_pb2_grpc,
)
from yika.points.v1 import stored_value_service_pb2 as pb

__all__ = ["chain", "desk"]

LAW = limits_on(BUSINESS_DATE)
CASH_AND_CARD = build_money({"cash": 200_00, "bank_card": 300_00})


def tender(kind: str = "cash", amount_fen: int = 500_00, **changes: Any) -> list[sale_pb2.Tender]:
    """One tender."""
    return [sale_pb2.Tender(kind=kind, amount_fen=amount_fen, **changes)]


INVALID = [
    ({"amount_fen": 0}, "INVALID_AMOUNT"),
    ({"amount_fen": -1}, "INVALID_AMOUNT"),
    ({"amount_fen": 1_000_000_001}, "INVALID_AMOUNT"),
    ({"amount_fen": 2**63 - 1}, "INVALID_AMOUNT"),
    ({"amount_fen": -(2**63)}, "INVALID_AMOUNT"),
    ({"tenders": tender(amount_fen=499_99)}, "TENDERS_DO_NOT_ADD_UP"),
    ({"tenders": []}, "TENDERS_DO_NOT_ADD_UP"),
    ({"tenders": [*tender(amount_fen=600_00), *tender(amount_fen=-100_00)]}, "INVALID_AMOUNT"),
    ({"tenders": [*tender(), *tender(amount_fen=0)]}, "INVALID_AMOUNT"),
    ({"tenders": tender(amount_fen=2**63 - 1) * 3}, "INVALID_AMOUNT"),
    ({"tenders": tender(amount_fen=25_00) * 21}, "TOO_MANY_TENDERS"),
    ({"tenders": tender("seashells")}, "TENDER_NOT_FOR_TOP_UP"),
    ({"tenders": tender("points")}, "TENDER_NOT_FOR_TOP_UP"),
    ({"tenders": tender("stored_value")}, "TENDER_NOT_FOR_TOP_UP"),
    ({"tenders": tender("manufacturer_coupon")}, "TENDER_NOT_FOR_TOP_UP"),
    ({"tenders": tender("x" * 65)}, "CODE_TOO_LONG"),
    ({"tenders": tender(points=100)}, "WRONG_ASSET"),
    ({"tenders": tender(hold_id=new_id())}, "WRONG_ASSET"),
    ({"tenders": tender(keep_rest=True)}, "WRONG_ASSET"),
    ({"card_type": "platinum"}, "UNKNOWN_CARD_TYPE"),
    ({"card_type": ""}, "UNKNOWN_CARD_TYPE"),
    ({"card_type": "x" * 65}, "CODE_TOO_LONG"),
    ({"purchase": build_purchase(buyer=0)}, "UNKNOWN_BUYER"),
    ({"purchase": build_purchase(buyer=9)}, "UNKNOWN_BUYER"),
    ({"purchase": build_purchase(purchase_fen=499_99)}, "INVALID_AMOUNT"),
    ({"purchase": build_purchase(purchase_fen=2**63 - 1)}, "INVALID_AMOUNT"),
    ({"bill_id": "17"}, "INVALID_ID"),
    ({"staff_id": "8" * 65}, "CODE_TOO_LONG"),
    ({"occurred_time": to_timestamp(datetime(1999, 1, 1, tzinfo=UTC))}, "INVALID_TIME"),
    ({"business_date": Date(year=2026, month=5, day=9)}, "INVALID_BUSINESS_DATE"),
    (
        {
            "occurred_time": to_timestamp(datetime(2010, 5, 1, tzinfo=UTC)),
            "business_date": Date(year=2010, month=5, day=1),
        },
        "LAW_NOT_KNOWN",
    ),
]


class TestTopUpRefusals:
    @pytest.mark.parametrize(("changes", "reason"), INVALID)
    async def test_of_what_can_never_be_right(
        self, desk: Desk, chain: Chain, changes: dict[str, Any], reason: str
    ) -> None:
        before = await count_rows(desk.database)
        refused = await refusal(desk.stub.TopUp(build_top_up(chain, **changes)))
        assert (refused.kind, refused.reason) == (Kind.INVALID, reason)
        assert await count_rows(desk.database) == before

    async def test_of_a_request_that_is_far_too_large(self, desk: Desk, chain: Chain) -> None:
        # A field that this release does not know, as a newer till may send it: number 1000.
        unknown = b"\xc2\x3e\x80\x80\x02" + bytes(32 * 1024)
        asked = pb.TopUpRequest.FromString(build_top_up(chain).SerializeToString() + unknown)
        assert (await refusal(desk.stub.TopUp(asked))).reason == "REQUEST_TOO_LARGE"

    async def test_of_a_frozen_wallet(self, desk: Desk, chain: Chain) -> None:
        await desk.stub.TopUp(build_top_up(chain))
        await freeze(desk.database, chain.member_id)
        refused = await refusal(desk.stub.TopUp(build_top_up(chain)))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "WALLET_FROZEN")

    async def test_of_unknown_people_and_places(self, ledger: Ledger) -> None:
        async with open_stub(
            stored_value_service_pb2_grpc.StoredValueServiceStub,
            ledger.address,
            ["points.top_ups.post"],
        ) as stub:
            for changes, reason in (
                ({"member_id": new_id()}, "UNKNOWN_MEMBER"),
                ({"store_id": new_id()}, "UNKNOWN_STORE"),
            ):
                refused = await refusal(stub.TopUp(build_top_up(ledger.chain, **changes)))
                assert (refused.kind, refused.reason) == (Kind.NOT_FOUND, reason)
                quote = build_top_up_quote(ledger.chain, **changes)
                assert (await refusal(stub.QuoteTopUp(quote))).reason == reason

    @pytest.mark.parametrize("day", [date(1999, 12, 31), date(9999, 11, 1), date.max])
    async def test_of_questions_about_days_that_no_bill_could_bear(
        self, desk: Desk, chain: Chain, day: date
    ) -> None:
        quote = build_top_up_quote(chain, business_date=to_proto_date(day))
        refused = await refusal(desk.stub.QuoteTopUp(quote))
        assert (refused.kind, refused.reason) == (Kind.INVALID, "INVALID_BUSINESS_DATE")

    @pytest.mark.parametrize(
        ("claims", "reason"),
        [
            ({"permissions": ["points.cash_outs.post"]}, "PERMISSION_MISSING"),
            ({"stores": [new_id()]}, "STORE_OUT_OF_SCOPE"),
        ],
    )
    async def test_of_callers_who_may_not(
        self, desk: Desk, chain: Chain, claims: dict[str, Any], reason: str
    ) -> None:
        permissions = claims.get("permissions", ["points.top_ups.post"])
        scope = {key: value for key, value in claims.items() if key != "permissions"}
        async with open_stub(
            stored_value_service_pb2_grpc.StoredValueServiceStub,
            desk.address,
            permissions,
            **scope,
        ) as stub:
            for call in (
                stub.TopUp(build_top_up(chain)),
                stub.QuoteTopUp(build_top_up_quote(chain)),
            ):
                refused = await refusal(call)
                assert (refused.kind, refused.reason) == (Kind.FORBIDDEN, reason)


class TestLaw:
    """国办发〔2011〕25号; the figures are those of domain/stored_value/prepaid_law.py."""

    @pytest.mark.parametrize(
        ("card_type", "limit_fen"),
        [("member", LAW.named_balance_fen_max), ("gift", LAW.unnamed_balance_fen_max)],
    )
    async def test_limits_what_a_card_holds_with_its_bonus(
        self, desk: Desk, chain: Chain, card_type: str, limit_fen: int
    ) -> None:
        most_fen = limit_fen * 10 // 11 // 100 * 100  # with a tenth of bonus just below the limit
        await desk.stub.TopUp(build_top_up(chain, most_fen, card_type=card_type))
        held_fen = most_fen + most_fen // 10
        room_fen = limit_fen - held_fen
        asked = build_top_up(chain, room_fen + 1, card_type=card_type)
        refused = await refusal(desk.stub.TopUp(asked))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "BALANCE_LIMIT_EXCEEDED")
        assert refused.metadata["limit_fen"] == str(limit_fen)
        receipt = (
            await desk.stub.TopUp(build_top_up(chain, room_fen, card_type=card_type))
        ).receipt
        assert receipt.principal_fen + receipt.bonus_fen == limit_fen

    async def test_of_a_named_card_always_wants_to_know_the_buyer(
        self, desk: Desk, chain: Chain
    ) -> None:
        asked = build_top_up(chain, 1, purchase=build_purchase(identified=False))
        refused = await refusal(desk.stub.TopUp(asked))
        assert (refused.kind, refused.reason) == (Kind.PRECONDITION, "IDENTITY_REQUIRED")

    async def test_of_an_unnamed_card_wants_to_know_who_buys_for_much(
        self, desk: Desk, chain: Chain
    ) -> None:
        from_fen = LAW.unnamed_identity_from_fen
        for purchase_fen, reason in ((from_fen - 1, ""), (from_fen, "IDENTITY_REQUIRED")):
            purchase = build_purchase(identified=False, purchase_fen=purchase_fen)
            asked = build_top_up(chain, 100_00, card_type="gift", purchase=purchase)
            if reason:
                assert (await refusal(desk.stub.TopUp(asked))).reason == reason
            else:
                await desk.stub.TopUp(asked)

    @pytest.mark.parametrize(
        ("purchase", "from_fen"),
        [
            (build_purchase(buyer=pb.BUYER_INSTITUTION), LAW.institution_transfer_from_fen),
            (build_purchase(), LAW.individual_transfer_from_fen),
        ],
    )
    async def test_forbids_cash_for_much(
        self, desk: Desk, chain: Chain, purchase: pb.Purchase, from_fen: int
    ) -> None:
        purchase.purchase_fen = from_fen
        asked = build_top_up(chain, purchase=purchase, tenders=CASH_AND_CARD)
        refused = await refusal(desk.stub.TopUp(asked))
        assert (refused.kind, refused.reason) == (Kind.INVALID, "NON_CASH_REQUIRED")
        assert refused.metadata["kinds"] == "cash"
        by_card = build_money({"bank_card": 500_00})
        await desk.stub.TopUp(build_top_up(chain, purchase=purchase, tenders=by_card))

    async def test_forbids_cash_for_what_is_bought_from_afar(
        self, desk: Desk, chain: Chain
    ) -> None:
        asked = build_top_up(chain, 1, purchase=build_purchase(on_site=False))
        assert (await refusal(desk.stub.TopUp(asked))).reason == "NON_CASH_REQUIRED"
