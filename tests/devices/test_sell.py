"""Selling over the LAN while headquarters is away: once each, or refused with a reason."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from chassis.ids import new_id
from tests.fixtures.builders_devices import (
    APPLES,
    CARD,
    GIFT,
    MEMBER_ID,
    MILK,
    UNPRICED,
    build_sale_request,
    problem,
    register_sales,
)

MILK_LINE = {"barcode": MILK.barcodes[0], "quantity_milli": 1000}


class TestPostSale:
    async def test_prices_journals_and_answers(self, till: httpx.AsyncClient) -> None:
        before = (await register_sales(till)).get("02", 0)
        request = build_sale_request(
            register_id="02",
            card_number=CARD,
            lines=[
                {"barcode": MILK.barcodes[0], "quantity_milli": 2000},
                {"product_id": APPLES.product_id, "quantity_milli": 754},
                {"product_id": GIFT.product_id},
            ],
            tenders=[
                {"kind": "wechat_pay", "amount_fen": 1000},
                {"kind": "cash", "amount_fen": 2000},
            ],
        )
        response = await till.post("/sales", json=request)
        assert response.status_code == 201
        sold = response.json()
        assert [line["list_fen"] for line in sold["lines"]] == [1300, 979, 0]
        assert (sold["total_fen"], sold["change_fen"], sold["points_earned"]) == (2279, 721, 22)
        assert sold["tenders"] == [
            {"kind": "wechat_pay", "amount_fen": 1000},
            {"kind": "cash", "amount_fen": 1279},
        ]
        assert sold["member_id"] == MEMBER_ID
        assert (sold["state"], sold["replayed"]) == ("PENDING", False)
        assert sold["receipt_number"] == f"02-{before + 1:06d}"
        assert sold["receipt_number"] in sold["receipt_text"]
        assert (await register_sales(till))["02"] == before + 1

    async def test_answers_a_retry_with_the_first_answer(self, till: httpx.AsyncClient) -> None:
        request = build_sale_request()
        first = await till.post("/sales", json=request)
        retry = await till.post("/sales", json=request)
        assert (first.status_code, retry.status_code) == (201, 200)
        assert retry.json() == {**first.json(), "replayed": True}

    async def test_refuses_an_id_with_other_content(self, till: httpx.AsyncClient) -> None:
        request = build_sale_request()
        first = (await till.post("/sales", json=request)).json()
        for change in (
            {"register_id": "02"},
            {"card_number": CARD},
            {"tenders": [{"kind": "cash", "amount_fen": 1300}]},
            {"lines": [MILK_LINE]},
        ):
            response = await till.post("/sales", json={**request, **change})
            assert problem(response) == (409, "ID_REUSED")
        kept = (await till.get(f"/sales/{request['sale_id']}")).json()
        assert {**kept, "print_jobs": None} == {**first, "print_jobs": None}

    async def test_makes_one_row_of_64_parallel_posts(self, till: httpx.AsyncClient) -> None:
        before = (await register_sales(till)).get("01", 0)
        request = build_sale_request()
        answers = await asyncio.gather(*(till.post("/sales", json=request) for _ in range(64)))
        assert sorted(answer.status_code for answer in answers) == [200] * 63 + [201]
        assert len({str({**a.json(), "replayed": None}) for a in answers}) == 1
        assert (await register_sales(till))["01"] == before + 1

    async def test_keeps_64_parallel_sales_gapless(self, till: httpx.AsyncClient) -> None:
        before = await register_sales(till)
        requests = [build_sale_request(register_id=f"0{1 + n % 2}") for n in range(64)]
        answers = await asyncio.gather(*(till.post("/sales", json=one) for one in requests))
        numbers = {(a.json()["register_id"], a.json()["sequence"]) for a in answers}
        assert numbers == {
            (register_id, before.get(register_id, 0) + n)
            for register_id in ("01", "02")
            for n in range(1, 33)
        }
        after = await register_sales(till)
        assert after == {r: before.get(r, 0) + 32 for r in ("01", "02")}

    @pytest.mark.parametrize(
        ("status", "reason", "change"),
        [
            (404, "UNKNOWN_BARCODE", {"lines": [{"barcode": "0000"}]}),
            (404, "UNKNOWN_PRODUCT", {"lines": [{"product_id": new_id()}]}),
            (422, "NO_PRICE", {"lines": [MILK_LINE, {"product_id": UNPRICED.product_id}]}),
            (400, "EMPTY_BASKET", {"lines": []}),
            (400, "BARCODE_OR_PRODUCT", {"lines": [{"quantity_milli": 1000}]}),
            (400, "BARCODE_OR_PRODUCT", {"lines": [{**MILK_LINE, "product_id": new_id()}]}),
            (400, "INVALID_QUANTITY", {"lines": [{**MILK_LINE, "quantity_milli": 0}]}),
            (400, "INVALID_QUANTITY", {"lines": [{**MILK_LINE, "quantity_milli": -1000}]}),
            (400, "INVALID_QUANTITY", {"lines": [{**MILK_LINE, "quantity_milli": 2**61}]}),
            (400, "TOTAL_TOO_LARGE", {"lines": [{**MILK_LINE, "quantity_milli": 10**9}] * 2}),
            (400, "TENDERS_TOO_SMALL", {"tenders": [{"kind": "cash", "amount_fen": 1299}]}),
            (400, "TENDERS_TOO_SMALL", {"tenders": []}),
            (400, "NON_CASH_OVERPAID", {"tenders": [{"kind": "wechat_pay", "amount_fen": 1301}]}),
            (400, "INVALID_AMOUNT", {"tenders": [{"kind": "cash", "amount_fen": -1}]}),
            (400, "UNKNOWN_TENDER", {"tenders": [{"kind": "shells", "amount_fen": 1300}]}),
            (404, "UNKNOWN_CARD", {"card_number": "0000"}),
            (404, "UNKNOWN_MEMBER", {"member_id": new_id()}),
            (400, "CARD_AND_MEMBER", {"card_number": CARD, "member_id": MEMBER_ID}),
            (404, "UNKNOWN_REGISTER", {"register_id": "99"}),
            (400, "INVALID_ID", {"sale_id": "1"}),
            (400, "INVALID_ID", {"member_id": "1"}),
            (400, "MALFORMED_REQUEST", {"lines": [{**MILK_LINE, "quantity_milli": 1.5}]}),
            (400, "MALFORMED_REQUEST", {"lines": [{**MILK_LINE, "quantity_milli": "2"}]}),
            (400, "MALFORMED_REQUEST", {"lines": [{**MILK_LINE, "quantity_milli": 2**70}]}),
            (400, "MALFORMED_REQUEST", {"lines": [{**MILK_LINE, "price_fen": 1}]}),
            (400, "MALFORMED_REQUEST", {"lines": [MILK_LINE] * 501}),
            (400, "MALFORMED_REQUEST", {"total_fen": 1}),
            (400, "MALFORMED_REQUEST", {"staff_id": "x" * 65}),
            (400, "MALFORMED_REQUEST", {"staff_id": "\ud800"}),
        ],
    )
    async def test_refuses(
        self, till: httpx.AsyncClient, status: int, reason: str, change: dict[str, Any]
    ) -> None:
        before = await register_sales(till)
        request = {**build_sale_request(), **change}
        response = await till.post(
            "/sales", content=json.dumps(request), headers={"content-type": "application/json"}
        )
        assert problem(response) == (status, reason)
        assert await register_sales(till) == before
        if reason != "INVALID_ID":
            left = await till.get(f"/sales/{request['sale_id']}")
            assert problem(left) == (404, "UNKNOWN_SALE")

    async def test_refuses_what_is_no_json(self, till: httpx.AsyncClient) -> None:
        response = await till.post("/sales", content=b"{")
        assert problem(response) == (400, "MALFORMED_REQUEST")

    async def test_sells_a_gift_for_nothing(self, till: httpx.AsyncClient) -> None:
        request = build_sale_request(lines=[{"barcode": GIFT.barcodes[0]}], tenders=[])
        sold = (await till.post("/sales", json=request)).json()
        assert (sold["total_fen"], sold["tenders"]) == (0, [])
