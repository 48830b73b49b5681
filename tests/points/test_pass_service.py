"""Passes from the outside: services/points/grpc_api/passes.py."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import from_proto_date
from chassis.database import outbox_table
from chassis.ids import new_id
from services.points.storage.wallets.wallet_changes import WalletChangeRepository
from tests.fixtures.ledger import count_rows
from tests.fixtures.pass_desk import PERMISSIONS, PRICE_FEN, PassDesk, bill_of, copied
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from yika.points.v1 import (
    events_pb2,
    ledger_pb2,
    pass_service_pb2,
    pass_service_pb2_grpc,
    sale_pb2,
)

Stub = pass_service_pb2_grpc.PassServiceStub


class TestSellPass:
    async def test_books_a_pass_that_can_be_used(self, desk: PassDesk) -> None:
        request = desk.selling("month")
        receipt = (await desk.stub.SellPass(request)).receipt
        assert (receipt.pass_units_left, receipt.replayed) == (10, False)
        (owned,) = await desk.passes()
        assert owned.sale_bill_id == request.header.bill_id
        assert (owned.units_left, owned.refund_fen) == (10, PRICE_FEN)
        assert owned.definition.pass_id == desk.pass_ids["month"]
        assert owned.programme_version == 2
        assert from_proto_date(owned.expiry_date, "") == desk.today + timedelta(days=30)
        found = await bill_of(desk, request.header.bill_id)
        assert found.bill.kind == ledger_pb2.BILL_KIND_PASS_SALE
        assert found.bill.total_fen == PRICE_FEN
        assert [(t.debit_account, t.credit_account, t.amount) for t in found.transfers] == [
            ("tender:cash", "pass_liability", PRICE_FEN),
            ("pass_issued", "wallet", 10),
        ]

    async def test_of_a_frozen_wallet_nothing_would_be_paid_back(self, desk: PassDesk) -> None:
        await desk.sold()
        assert [each.refund_fen for each in await desk.passes()] == [PRICE_FEN]
        async with desk.ledger.database.transaction() as tx:
            repository = WalletChangeRepository(tx.connection)
            await repository.set_frozen(desk.ledger.chain.member_id, "盗刷")
        assert [each.refund_fen for each in await desk.passes()] == [0]

    async def test_tells_others(self, desk: PassDesk) -> None:
        sold = await desk.sold()
        async with desk.ledger.database.read() as connection:
            rows = (await connection.execute(outbox_table.select())).all()
        told = [
            bill
            for row in rows
            if row.event_type == "yika.points.v1.BillsPosted"
            for bill in events_pb2.BillsPosted.FromString(row.payload).bills
            if bill.bill_id == sold
        ]
        assert [each.kind for each in told] == [ledger_pb2.BILL_KIND_PASS_SALE]
        assert told[0].member_id == desk.ledger.chain.member_id

    async def test_retry_gets_the_first_answer(self, desk: PassDesk) -> None:
        request = desk.selling()
        first = (await desk.stub.SellPass(copied(request))).receipt
        await desk.stub.UsePass(desk.using(units=10))
        again = (await desk.stub.SellPass(copied(request))).receipt
        assert again.replayed
        again.replayed = False
        assert again == first
        request.header.staff_id = "8002"
        assert (await refusal(desk.stub.SellPass(request))).reason == "ID_REUSED"

    @pytest.mark.parametrize(
        ("spoil", "reason"),
        [
            (lambda r: r.ClearField("header"), "INVALID_ID"),
            (lambda r: setattr(r.header, "bill_id", "17"), "INVALID_ID"),
            (lambda r: setattr(r.header, "member_id", ""), "INVALID_ID"),
            (lambda r: setattr(r.header, "member_id", new_id()), "UNKNOWN_MEMBER"),
            (lambda r: setattr(r.header, "store_id", new_id()), "UNKNOWN_STORE"),
            (lambda r: r.header.ClearField("occurred_time"), "INVALID_TIME"),
            (lambda r: setattr(r.header.occurred_time, "seconds", 0), "INVALID_TIME"),
            (lambda r: setattr(r.header.occurred_time, "seconds", 2**35), "INVALID_TIME"),
            (lambda r: r.header.ClearField("business_date"), "INVALID_DATE"),
            (lambda r: setattr(r.header.business_date, "year", 2020), "INVALID_BUSINESS_DATE"),
            (lambda r: setattr(r.header, "reason", "x" * 257), "CODE_TOO_LONG"),
            (lambda r: setattr(r, "pass_id", "wash"), "INVALID_ID"),
            (lambda r: setattr(r, "pass_id", new_id()), "UNKNOWN_PASS"),
            (lambda r: r.ClearField("tenders"), "TENDERS_DO_NOT_ADD_UP"),
            (lambda r: setattr(r.tenders[0], "amount_fen", 2**63 - 1), "TENDERS_DO_NOT_ADD_UP"),
            (lambda r: setattr(r.tenders[0], "amount_fen", -1), "INVALID_AMOUNT"),
            (lambda r: setattr(r.tenders[0], "kind", "seashells"), "UNKNOWN_TENDER"),
            (lambda r: setattr(r.tenders[0], "kind", "points"), "WRONG_ASSET"),
            (lambda r: setattr(r.tenders[0], "keep_rest", True), "WRONG_ASSET"),
            (lambda r: setattr(r.tenders[0], "kind", "stored_value"), "INSUFFICIENT_STORED_VALUE"),
            (lambda r: setattr(r.tenders[0], "hold_id", "17"), "INVALID_ID"),
            (lambda r: r.tenders.extend([sale_pb2.Tender()] * 20), "TOO_MANY_TENDERS"),
        ],
    )
    async def test_refuses_with_a_reason_and_writes_nothing(
        self, desk: PassDesk, spoil: Callable[[Any], object], reason: str
    ) -> None:
        request = desk.selling()
        spoil(request)
        before = await count_rows(desk.ledger.database)
        assert (await refusal(desk.stub.SellPass(request))).reason == reason
        assert await count_rows(desk.ledger.database) == before


class TestUsePass:
    async def test_takes_units_and_books_turnover(self, desk: PassDesk) -> None:
        await desk.sold()
        request = desk.using(units=3)
        receipt = (await desk.stub.UsePass(request)).receipt
        assert receipt.pass_units_left == 7
        found = await bill_of(desk, request.header.bill_id)
        assert found.bill.total_fen == 2_997
        assert [(t.debit_account, t.credit_account, t.amount) for t in found.transfers] == [
            ("wallet", "pass_redeemed", 3),
            ("pass_liability", "revenue", 2_997),
        ]

    async def test_can_follow_a_sale_by_a_till_whose_clock_is_ahead(self, desk: PassDesk) -> None:
        ahead = desk.header()
        ahead.occurred_time.seconds += 120
        await desk.sold(occurred_time=ahead.occurred_time)
        assert (await desk.stub.UsePass(desk.using())).receipt.pass_units_left == 9

    async def test_retry_of_a_use_is_answered_when_nothing_is_left(self, desk: PassDesk) -> None:
        await desk.sold()
        request = desk.using(units=10)
        assert not (await desk.stub.UsePass(copied(request))).receipt.replayed
        assert (await desk.stub.UsePass(copied(request))).receipt.replayed
        request.units = 9
        assert (await refusal(desk.stub.UsePass(request))).reason == "ID_REUSED"

    @pytest.mark.parametrize(
        ("sort", "spoil", "reason"),
        [
            ("plain", lambda r: setattr(r, "units", 0), "INVALID_AMOUNT"),
            ("plain", lambda r: setattr(r, "units", -1), "INVALID_AMOUNT"),
            ("plain", lambda r: setattr(r, "units", 100_001), "INVALID_AMOUNT"),
            ("plain", lambda r: setattr(r, "units", 2**63 - 1), "INVALID_AMOUNT"),
            ("plain", lambda r: setattr(r, "units", 11), "INSUFFICIENT_PASS"),
            ("plain", lambda r: setattr(r, "pass_id", ""), "INVALID_ID"),
            ("plain", lambda r: setattr(r, "pass_id", new_id()), "INSUFFICIENT_PASS"),
            ("plain", lambda r: setattr(r, "product_id", "rice"), "INVALID_ID"),
            ("plain", lambda r: setattr(r, "product_id", new_id()), "UNKNOWN_PRODUCT"),
            ("plain", lambda r: setattr(r, "owner_member_id", "x"), "INVALID_ID"),
            ("plain", lambda r: setattr(r, "owner_member_id", new_id()), "UNKNOWN_MEMBER"),
            ("plain", lambda r: setattr(r, "hold_id", "x"), "INVALID_ID"),
            ("plain", lambda r: setattr(r, "hold_id", new_id()), "UNKNOWN_HOLD"),
            ("plain", lambda r: setattr(r, "keep_rest", True), "HOLD_REQUIRED"),
            ("plain", lambda r: setattr(r.header, "store_id", new_id()), "UNKNOWN_STORE"),
            ("elsewhere", lambda r: None, "PASS_NOT_VALID_HERE"),
            ("rice", lambda r: None, "PASS_NOT_FOR_PRODUCT"),
            ("daily", lambda r: setattr(r, "units", 3), "PASS_TOO_MANY_UNITS"),
        ],
    )
    async def test_refuses_with_a_reason_and_writes_nothing(
        self, desk: PassDesk, sort: str, spoil: Callable[[Any], object], reason: str
    ) -> None:
        await desk.sold(sort)
        request = desk.using(sort)
        spoil(request)
        before = await count_rows(desk.ledger.database)
        assert (await refusal(desk.stub.UsePass(request))).reason == reason
        assert await count_rows(desk.ledger.database) == before

    async def test_takes_what_the_pass_is_for(self, desk: PassDesk) -> None:
        await desk.sold("rice")
        product_id = desk.ledger.chain.product_ids[0].upper()
        answer = await desk.stub.UsePass(desk.using("rice", product_id=product_id))
        assert answer.receipt.pass_units_left == 9

    async def test_counts_the_uses_of_a_day_that_stand(self, desk: PassDesk) -> None:
        await desk.sold("daily")
        first = desk.using("daily", 2)
        await desk.stub.UsePass(first)
        assert (await refusal(desk.stub.UsePass(desk.using("daily")))).reason == "PASS_DAILY_LIMIT"
        await desk.stub.ReversePassUse(desk.reversing(first.header.bill_id))
        assert (await desk.stub.UsePass(desk.using("daily"))).receipt.pass_units_left == 9
        assert (await refusal(desk.stub.UsePass(desk.using("daily")))).reason == "PASS_DAILY_LIMIT"


class TestPermission:
    @pytest.mark.parametrize(
        ("claims", "reason"),
        [
            ({"permissions": ["points.sales.post"]}, "PERMISSION_MISSING"),
            ({"permissions": PERMISSIONS, "stores": [new_id()]}, "STORE_OUT_OF_SCOPE"),
        ],
    )
    async def test_is_needed_for_every_change(
        self, desk: PassDesk, claims: dict[str, Any], reason: str
    ) -> None:
        sold = await desk.sold()
        given = dict(claims)
        async with open_stub(
            Stub, desk.ledger.address, given.pop("permissions"), **given
        ) as stranger:
            for call, request in (
                (stranger.SellPass, desk.selling()),
                (stranger.UsePass, desk.using()),
                (stranger.ReversePassUse, desk.reversing(new_id())),
                (stranger.RefundPass, desk.refunding(sold)),
                (stranger.SharePass, desk.sharing()),
                (stranger.UnsharePass, desk.unsharing(new_id())),
            ):
                assert (await refusal(call(request))).reason == reason


class TestGetPasses:
    async def test_shows_what_can_be_used_in_its_order(self, desk: PassDesk) -> None:
        never = await desk.sold()
        month = await desk.sold("month")
        assert [each.sale_bill_id for each in await desk.passes()] == [month, never]
        assert await desk.passes(desk.ledger.chain.other_member_id) == []

    async def test_judges_expiry_by_the_business_date(self, desk: PassDesk) -> None:
        await desk.sold("month")
        request = pass_service_pb2.GetPassesRequest(member_id=desk.ledger.chain.member_id)
        for days, count in ((30, 1), (31, 0)):
            day = desk.today + timedelta(days=days)
            request.business_date.year, request.business_date.month = day.year, day.month
            request.business_date.day = day.day
            assert len((await desk.stub.GetPasses(request)).passes) == count

    async def test_refuses_with_a_reason(self, desk: PassDesk) -> None:
        for request, reason in (
            ({"member_id": "x"}, "INVALID_ID"),
            ({"member_id": new_id()}, "UNKNOWN_MEMBER"),
        ):
            asked = pass_service_pb2.GetPassesRequest(**request)
            assert (await refusal(desk.stub.GetPasses(asked))).reason == reason
        odd = pass_service_pb2.GetPassesRequest(member_id=desk.ledger.chain.member_id)
        odd.business_date.month = 13
        assert (await refusal(desk.stub.GetPasses(odd))).reason == "INVALID_DATE"
