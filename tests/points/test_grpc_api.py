"""Posting from the outside: real server, real token, real owners of members and goods."""

import random
from typing import Any

import grpc
import pytest
from google.rpc import code_pb2

from chassis.clock import to_proto_date, to_timestamp
from chassis.error_mapping import from_grpc
from chassis.grpc_server import MESSAGE_BYTES_MAX
from chassis.ids import new_id
from services.points.messages.sizes import BATCH_BYTES_MAX
from tests.fixtures.builders_points import BUSINESS_DATE, SOLD_AT, build_line, build_sale
from tests.fixtures.ledger import Ledger, Stub, count_rows, one, refusal
from tests.fixtures.running import open_stub
from yika.points.v1 import points_service_pb2, sale_pb2


class TestPostSale:
    async def test_posts_and_stamps_the_category(self, ledger: Ledger) -> None:
        sale = build_sale(ledger.chain)
        answer = await ledger.stub.PostSale(one(sale))
        assert answer.result.points_earned == 24
        bill = await ledger.stub.GetBill(points_service_pb2.GetBillRequest(bill_id=sale.sale_id))
        assert {line.category_id for line in bill.bill.sale.lines} == {ledger.chain.category_id}
        assert [(t.debit_account, t.credit_account, t.amount) for t in bill.transfers] == [
            ("tender:cash", "revenue", 2400),
            ("points_issued", "wallet", 24),
        ]

    async def test_upper_case_ids_are_the_same_ids(self, ledger: Ledger) -> None:
        sale = build_sale(ledger.chain)
        await ledger.stub.PostSale(one(sale))
        sale.sale_id = sale.sale_id.upper()
        sale.member_id = sale.member_id.upper()
        for line in sale.lines:
            line.product_id = line.product_id.upper()
        assert (await ledger.stub.PostSale(one(sale))).result.replayed

    @pytest.mark.parametrize(
        ("changes", "code", "reason"),
        [
            ({"lines": []}, "INVALID_ARGUMENT", "EMPTY_BASKET"),
            ({"member_id": new_id()}, "NOT_FOUND", "UNKNOWN_MEMBER"),
            ({"store_id": new_id()}, "NOT_FOUND", "UNKNOWN_STORE"),
            ({"lines": [build_line(new_id())]}, "NOT_FOUND", "UNKNOWN_PRODUCT"),
            ({"lines": [build_line("rice")]}, "NOT_FOUND", "UNKNOWN_PRODUCT"),
            ({"sale_id": "17"}, "INVALID_ARGUMENT", "INVALID_ID"),
            ({"sale_id": ""}, "INVALID_ARGUMENT", "INVALID_ID"),
            ({"member_id": "王芳"}, "INVALID_ARGUMENT", "INVALID_ID"),
            ({"tenders": [("cash", 2300)]}, "INVALID_ARGUMENT", "TENDERS_DO_NOT_ADD_UP"),
            ({"tenders": [("cash", 1)] * 21}, "INVALID_ARGUMENT", "TOO_MANY_TENDERS"),
            (
                {"tenders": [("cash", 2500), ("cash", -100)]},
                "INVALID_ARGUMENT",
                "INVALID_AMOUNT",
            ),
            ({"tenders": [("seashells", 2400)]}, "INVALID_ARGUMENT", "UNKNOWN_TENDER"),
            ({"total_fen": -2400, "tenders": []}, "INVALID_ARGUMENT", "INVALID_AMOUNT"),
            ({"total_fen": 2500}, "INVALID_ARGUMENT", "TOTAL_DOES_NOT_ADD_UP"),
            ({"register_id": "R" * 33}, "INVALID_ARGUMENT", "CODE_TOO_LONG"),
            ({"staff_id": "8" * 65}, "INVALID_ARGUMENT", "CODE_TOO_LONG"),
        ],
    )
    async def test_refuses_with_a_reason_and_writes_nothing(
        self, ledger: Ledger, changes: dict[str, Any], code: str, reason: str
    ) -> None:
        before = await count_rows(ledger.database)
        found = await refusal(ledger.stub.PostSale(one(build_sale(ledger.chain, **changes))))
        assert (found[0].name, found[1]) == (code, reason)
        assert await count_rows(ledger.database) == before

    async def test_refuses_a_sale_without_time_or_date(self, ledger: Ledger) -> None:
        timeless = build_sale(ledger.chain)
        timeless.ClearField("sold_time")
        assert (await refusal(ledger.stub.PostSale(one(timeless))))[1] == "INVALID_TIME"
        dateless = build_sale(ledger.chain)
        dateless.business_date.month = 13
        assert (await refusal(ledger.stub.PostSale(one(dateless))))[1] == "INVALID_DATE"

    async def test_refuses_a_reused_id(self, ledger: Ledger) -> None:
        sale = build_sale(ledger.chain)
        await ledger.stub.PostSale(one(sale))
        sale.staff_id = "8002"
        found = await refusal(ledger.stub.PostSale(one(sale)))
        assert (found[0].name, found[1]) == ("ALREADY_EXISTS", "ID_REUSED")


class TestPermission:
    @pytest.mark.parametrize(
        ("claims", "code", "reason"),
        [
            ({"permissions": []}, "PERMISSION_DENIED", "PERMISSION_MISSING"),
            ({"stores": [new_id()]}, "PERMISSION_DENIED", "STORE_OUT_OF_SCOPE"),
            ({"lifetime_seconds": -1}, "UNAUTHENTICATED", "TOKEN_EXPIRED"),
            ({"issuer": "somebody"}, "UNAUTHENTICATED", "TOKEN_INVALID"),
        ],
    )
    async def test_refuses(
        self, ledger: Ledger, claims: dict[str, Any], code: str, reason: str
    ) -> None:
        permissions = claims.pop("permissions", ["points.sales.post"])
        before = await count_rows(ledger.database)
        async with open_stub(Stub, ledger.address, permissions, **claims) as stub:
            found = await refusal(stub.PostSale(one(build_sale(ledger.chain))))
        assert (found[0].name, found[1]) == (code, reason)
        assert await count_rows(ledger.database) == before

    async def test_a_till_reaches_its_own_store(self, ledger: Ledger) -> None:
        async with open_stub(
            Stub, ledger.address, ["points.sales.post"], stores=[ledger.chain.store_id]
        ) as stub:
            await stub.PostSale(one(build_sale(ledger.chain)))


class TestPostSales:
    async def test_one_bad_sale_fails_alone(self, ledger: Ledger) -> None:
        sales = [build_sale(ledger.chain) for _ in range(6)]
        sales[1].ClearField("lines")
        sales[2].member_id = new_id()
        sales[4].store_id = "nowhere"
        answer = await ledger.stub.PostSales(points_service_pb2.PostSalesRequest(sales=sales))
        told = [
            outcome.refused.reason if outcome.HasField("refused") else "posted"
            for outcome in answer.outcomes
        ]
        assert told == [
            "posted",
            "EMPTY_BASKET",
            "UNKNOWN_MEMBER",
            "posted",
            "INVALID_ID",
            "posted",
        ]
        assert [outcome.sale_id for outcome in answer.outcomes] == [s.sale_id for s in sales]
        codes = [outcome.refused.code for outcome in answer.outcomes]
        assert [code_pb2.Code.Name(code) for code in codes if code] == [
            "INVALID_ARGUMENT",
            "NOT_FOUND",
            "INVALID_ARGUMENT",
        ]
        for position in (1, 2, 4):
            found = await refusal(
                ledger.stub.GetBill(
                    points_service_pb2.GetBillRequest(bill_id=sales[position].sale_id)
                )
            )
            assert found[1] == "UNKNOWN_BILL"

    async def test_a_sale_that_fits_no_event_fails_alone(self, ledger: Ledger) -> None:
        good = build_sale(ledger.chain)
        # A field that this release does not know, as a newer till may send it: number 1000.
        unknown = b"\xc2\x3e\x80\x80\x28" + bytes(640 * 1024)
        huge = sale_pb2.Sale.FromString(build_sale(ledger.chain).SerializeToString() + unknown)
        answer = await ledger.stub.PostSales(
            points_service_pb2.PostSalesRequest(sales=[huge, good])
        )
        assert answer.outcomes[0].refused.reason == "SALE_TOO_LARGE"
        assert answer.outcomes[1].HasField("posted")

    async def test_refuses_a_batch_of_too_many_bytes_with_a_reason(self, ledger: Ledger) -> None:
        """500 sales of 500 lines are more than a call may have."""
        sale = build_sale(ledger.chain, lines=[build_line(ledger.chain.product_ids[0])] * 500)
        batch = points_service_pb2.PostSalesRequest(sales=[sale] * 500)
        assert BATCH_BYTES_MAX < batch.ByteSize() < MESSAGE_BYTES_MAX
        found = await refusal(ledger.stub.PostSales(batch))
        assert (found[0].name, found[1]) == ("INVALID_ARGUMENT", "REQUEST_TOO_LARGE")

    @pytest.mark.parametrize("size", [0, 501])
    async def test_refuses_an_empty_or_too_large_batch(self, ledger: Ledger, size: int) -> None:
        request = points_service_pb2.PostSalesRequest(sales=[build_sale(ledger.chain)] * size)
        found = await refusal(ledger.stub.PostSales(request))
        assert (found[0].name, found[1]) == ("INVALID_ARGUMENT", "INVALID_BATCH_SIZE")


class TestMalformedRequests:
    async def test_never_give_internal(self, ledger: Ledger) -> None:
        chance = random.Random(7)
        edges = [0, 1, -1, 99, 2**31 - 1, 2**63 - 1, -(2**63)]
        texts = [
            "",
            "x",
            new_id(),
            ledger.chain.member_id,
            ledger.chain.store_id,
            "\u0000",
            "é" * 99,
        ]
        for _ in range(1000):
            lines = [
                sale_pb2.SaleLine(
                    product_id=chance.choice([*texts, *ledger.chain.product_ids]),
                    quantity_milli=chance.choice(edges),
                    list_fen=chance.choice(edges),
                    discount_fen=chance.choice(edges),
                    category_id=chance.choice(texts),
                )
                for _ in range(chance.randint(0, 3))
            ]
            sale = sale_pb2.Sale(
                sale_id=chance.choice([new_id(), *texts]),
                member_id=chance.choice(texts),
                store_id=chance.choice(texts),
                register_id=chance.choice(texts),
                lines=lines,
                tenders=[
                    sale_pb2.Tender(
                        kind=chance.choice(["cash", *texts]), amount_fen=chance.choice(edges)
                    )
                    for _ in range(chance.randint(0, 2))
                ],
                total_fen=chance.choice(edges),
            )
            if chance.random() < 0.8:
                sale.sold_time.CopyFrom(to_timestamp(SOLD_AT))
                sale.business_date.CopyFrom(to_proto_date(BUSINESS_DATE))
            if chance.random() < 0.1:
                sale.sold_time.seconds = chance.choice(edges)
                sale.business_date.year = chance.choice([-5, 0, 9999, 2**31 - 1])
            code = grpc.StatusCode.OK
            reason = ""
            try:
                await ledger.stub.PostSale(one(sale))
            except grpc.RpcError as error:
                code, reason = error.code(), from_grpc(error).reason
            assert code not in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)
            assert reason != "PEER_UNAVAILABLE"
