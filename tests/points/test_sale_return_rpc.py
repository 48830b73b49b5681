"""Returns from the outside: real server, real token, every reason to refuse."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.clock import to_proto_date, to_timestamp
from chassis.ids import new_id
from services.points.messages.sizes import SALE_BYTES_MAX
from tests.fixtures.builders_points import BUSINESS_DATE, build_line, build_sale
from tests.fixtures.ledger import Ledger, count_rows, one
from tests.fixtures.refusals import refusal
from tests.fixtures.returning import build_return, pay
from tests.fixtures.running import open_stub
from yika.points.v1 import (
    points_service_pb2,
    return_service_pb2,
    return_service_pb2_grpc,
    sale_pb2,
)

RETURNS = ["points.returns.post"]
Stub = return_service_pb2_grpc.ReturnServiceStub


@pytest.fixture
async def stub(ledger: Ledger) -> AsyncIterator[Any]:
    """A till that may take goods back in every store."""
    async with open_stub(Stub, ledger.address, RETURNS) as found:
        yield found


async def sell(ledger: Ledger, **changes: Any) -> str:
    """Posts a sale of two lines of 12 yuan; its id."""
    sale = build_sale(ledger.chain, **changes)
    await ledger.stub.PostSale(one(sale))
    return sale.sale_id


class TestReturnSale:
    async def test_says_what_to_hand_out(self, ledger: Ledger, stub: Any) -> None:
        sale_id = await sell(ledger, tenders=[("bank_card", 2000), ("cash", 400)])
        request = build_return(ledger.chain, sale_id, (2, 1000), member_id=ledger.chain.member_id)
        receipt = (await stub.ReturnSale(request)).receipt
        assert [(each.kind, each.amount_fen) for each in receipt.refunds] == [
            ("bank_card", 1000),
            ("cash", 200),
        ]
        assert (receipt.bill_id, receipt.replayed) == (request.header.bill_id, False)
        assert receipt.points_change == -12
        bill = await ledger.stub.GetBill(
            points_service_pb2.GetBillRequest(bill_id=request.header.bill_id)
        )
        assert (bill.bill.original_bill_id, bill.bill.total_fen) == (sale_id, 1200)
        assert [source.amount_fen for source in bill.bill.allocation.sources] == [1000, 200]
        assert (await stub.ReturnSale(request)).receipt.replayed

    async def test_a_sale_that_was_taken_can_come_back(self, ledger: Ledger, stub: Any) -> None:
        """Stored sales are longer than handed in, by what the ledger stamps on their lines."""
        product_id = ledger.chain.product_ids[0]
        discounts = [
            sale_pb2.LineDiscount(source="promotion:".ljust(128, "x"), amount_fen=40),
            sale_pb2.LineDiscount(source="coupon:".ljust(42, "x"), amount_fen=10),
        ]
        line = build_line(product_id, discounts=discounts)
        sale = build_sale(ledger.chain, lines=[line] * 500)
        await ledger.stub.PostSale(one(sale))
        bill = await ledger.stub.GetBill(points_service_pb2.GetBillRequest(bill_id=sale.sale_id))
        assert sale.ByteSize() <= SALE_BYTES_MAX < bill.bill.sale.ByteSize()
        receipt = (await stub.ReturnSale(build_return(ledger.chain, sale.sale_id))).receipt
        assert sum(each.amount_fen for each in receipt.refunds) == sale.total_fen

    async def test_upper_case_ids_are_the_same_ids(self, ledger: Ledger, stub: Any) -> None:
        request = build_return(ledger.chain, await sell(ledger))
        await stub.ReturnSale(request)
        request.header.bill_id = request.header.bill_id.upper()
        request.original_sale_id = request.original_sale_id.upper()
        assert (await stub.ReturnSale(request)).receipt.replayed

    async def test_hands_a_manufacturers_coupon_out_as_nothing_else(
        self, ledger: Ledger, stub: Any
    ) -> None:
        sale_id = await sell(ledger, tenders=[("manufacturer_coupon", 1000), ("bank_card", 1400)])
        request = build_return(ledger.chain, sale_id, refund_tender_kind="cash")
        receipt = (await stub.ReturnSale(request)).receipt
        assert [(each.kind, each.amount_fen) for each in receipt.refunds] == [
            ("manufacturer_coupon", 1000),
            ("cash", 1400),
        ]

    @pytest.mark.parametrize(
        ("lines", "code", "found"),
        [
            ([(3, 1)], "INVALID_ARGUMENT", "UNKNOWN_LINE"),
            ([(0, 1)], "INVALID_ARGUMENT", "UNKNOWN_LINE"),
            ([(-1, 1)], "INVALID_ARGUMENT", "UNKNOWN_LINE"),
            ([(1, 0)], "INVALID_ARGUMENT", "INVALID_QUANTITY"),
            ([(1, -5)], "INVALID_ARGUMENT", "INVALID_QUANTITY"),
            ([(1, 2**63 - 1)], "INVALID_ARGUMENT", "INVALID_QUANTITY"),
            ([(1, 1), (1, 1)], "INVALID_ARGUMENT", "DUPLICATE_LINE"),
            ([(n, 1) for n in range(1, 502)], "INVALID_ARGUMENT", "TOO_MANY_LINES"),
            ([(1, 1001)], "FAILED_PRECONDITION", "RETURN_EXCEEDS_SALE"),
        ],
    )
    async def test_refuses_impossible_lines(
        self, ledger: Ledger, stub: Any, lines: list[tuple[int, int]], code: str, found: str
    ) -> None:
        sale_id = await sell(ledger)
        before = await count_rows(ledger.database)
        error = await refusal(stub.ReturnSale(build_return(ledger.chain, sale_id, *lines)))
        assert (error.kind.name, error.reason) == (_kind(code), found)
        assert await count_rows(ledger.database) == before

    async def test_says_how_much_is_back_already(self, ledger: Ledger, stub: Any) -> None:
        sale_id = await sell(ledger)
        await stub.ReturnSale(build_return(ledger.chain, sale_id, (1, 600)))
        error = await refusal(stub.ReturnSale(build_return(ledger.chain, sale_id, (1, 401))))
        assert error.reason == "RETURN_EXCEEDS_SALE"
        assert error.metadata == {
            "line": "1",
            "sold_milli": "1000",
            "returned_milli": "600",
            "asked_milli": "401",
        }

    async def test_refuses_a_return_of_nothing_and_of_lines_and_everything(
        self, ledger: Ledger, stub: Any
    ) -> None:
        sale_id = await sell(ledger)
        nothing = build_return(ledger.chain, sale_id)
        nothing.whole = False
        assert (await refusal(stub.ReturnSale(nothing))).reason == "NOTHING_TO_RETURN"
        both = build_return(ledger.chain, sale_id, (1, 1))
        both.whole = True
        assert (await refusal(stub.ReturnSale(both))).reason == "NOTHING_TO_RETURN"
        await stub.ReturnSale(build_return(ledger.chain, sale_id))
        again = await refusal(stub.ReturnSale(build_return(ledger.chain, sale_id)))
        assert again.reason == "NOTHING_TO_RETURN"

    async def test_refuses_a_return_of_a_return_and_of_no_bill(
        self, ledger: Ledger, stub: Any
    ) -> None:
        back = build_return(ledger.chain, await sell(ledger))
        await stub.ReturnSale(back)
        error = await refusal(stub.ReturnSale(build_return(ledger.chain, back.header.bill_id)))
        assert (error.kind.name, error.reason) == ("PRECONDITION", "WRONG_BILL_KIND")
        error = await refusal(stub.ReturnSale(build_return(ledger.chain, new_id())))
        assert (error.kind.name, error.reason) == ("NOT_FOUND", "UNKNOWN_BILL")

    async def test_refuses_another_member(self, ledger: Ledger, stub: Any) -> None:
        sale_id = await sell(ledger)
        for member_id, found in (
            (ledger.chain.other_member_id, "MEMBER_MISMATCH"),
            (new_id(), "UNKNOWN_MEMBER"),
        ):
            request = build_return(ledger.chain, sale_id, member_id=member_id)
            assert (await refusal(stub.ReturnSale(request))).reason == found

    @pytest.mark.parametrize("kind", ["seashells", "points", "stored_value", "x" * 1000])
    async def test_refuses_money_that_no_till_takes(
        self, ledger: Ledger, stub: Any, kind: str
    ) -> None:
        request = build_return(ledger.chain, await sell(ledger), refund_tender_kind=kind)
        assert (await refusal(stub.ReturnSale(request))).reason == "UNKNOWN_TENDER"

    async def test_refuses_wrong_clocks(self, ledger: Ledger, stub: Any) -> None:
        sale_id = await sell(ledger)
        day_before = BUSINESS_DATE - timedelta(days=1)
        early = build_return(ledger.chain, sale_id, business_date=to_proto_date(day_before))
        assert (await refusal(stub.ReturnSale(early))).reason == "RETURN_BEFORE_SALE"
        for moment in (datetime(1999, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)):
            request = build_return(
                ledger.chain,
                sale_id,
                occurred_time=to_timestamp(moment),
                business_date=to_proto_date(moment.date()),
            )
            assert (await refusal(stub.ReturnSale(request))).reason == "INVALID_TIME"

    async def test_refuses_a_used_id(self, ledger: Ledger, stub: Any) -> None:
        sale_id = await sell(ledger)
        request = build_return(ledger.chain, sale_id, bill_id=sale_id)
        assert (await refusal(stub.ReturnSale(request))).reason == "ID_REUSED"

    async def test_refuses_what_is_larger_than_any_return(self, ledger: Ledger, stub: Any) -> None:
        request = build_return(ledger.chain, await sell(ledger))
        request.refund_tender_kind = "x" * 200_000
        assert (await refusal(stub.ReturnSale(request))).reason == "REQUEST_TOO_LARGE"


class TestQuoteReturn:
    async def test_says_what_goes_where_and_writes_nothing(self, ledger: Ledger, stub: Any) -> None:
        line = build_line(ledger.chain.product_ids[0], quantity_milli=3000, list_fen=1000)
        sale = build_sale(ledger.chain, lines=[line])
        await ledger.stub.PostSale(one(pay(sale, ("cash", 950, 0))))
        request = build_return(ledger.chain, sale.sale_id, (1, 1000))
        before = await count_rows(ledger.database)
        quote = await stub.QuoteReturn(return_service_pb2.QuoteReturnRequest(sale_return=request))
        assert await count_rows(ledger.database) == before
        assert [(each.kind, each.amount_fen) for each in quote.receipt.refunds] == [("cash", 316)]
        (line_back,) = quote.returned_sale.lines
        assert (line_back.line_number, line_back.quantity_milli, line_back.amount_fen) == (
            1,
            1000,
            316,
        )
        assert line_back.category_id == ledger.chain.category_id
        assert quote.returned_sale.clawed_back_points == 3
        assert not quote.returned_sale.HasField("posted_time")
        receipt = (await stub.ReturnSale(request)).receipt
        assert receipt == quote.receipt

    async def test_refuses_as_the_return_would(self, ledger: Ledger, stub: Any) -> None:
        request = build_return(ledger.chain, await sell(ledger), (1, 1001))
        quote = return_service_pb2.QuoteReturnRequest(sale_return=request)
        assert (await refusal(stub.QuoteReturn(quote))).reason == "RETURN_EXCEEDS_SALE"


class TestPermission:
    @pytest.mark.parametrize(
        ("permissions", "stores", "found"),
        [
            (["points.sales.post"], "*", "PERMISSION_MISSING"),
            (RETURNS, [new_id()], "STORE_OUT_OF_SCOPE"),
        ],
    )
    async def test_is_of_the_store_that_takes_the_goods_back(
        self, ledger: Ledger, permissions: list[str], stores: Any, found: str
    ) -> None:
        request = build_return(ledger.chain, await sell(ledger))
        async with open_stub(Stub, ledger.address, permissions, stores=stores) as stub:
            assert (await refusal(stub.ReturnSale(request))).reason == found
            quote = return_service_pb2.QuoteReturnRequest(sale_return=request)
            assert (await refusal(stub.QuoteReturn(quote))).reason == found


def _kind(code: str) -> str:
    return {"INVALID_ARGUMENT": "INVALID", "FAILED_PRECONDITION": "PRECONDITION"}[code]
