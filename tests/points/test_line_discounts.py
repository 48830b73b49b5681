"""What made up a line's discount, from the outside."""

import random

import pytest

from tests.fixtures.builders_points import build_line, build_sale
from tests.fixtures.ledger import Ledger, count_rows, one, refusal
from yika.points.v1 import points_service_pb2, sale_pb2


def sale_with(ledger: Ledger, *parts: tuple[str, int], discount_fen: int = 50) -> sale_pb2.Sale:
    """A sale of one line whose discount has these parts."""
    line = build_line(ledger.chain.product_ids[0], discount_fen=discount_fen)
    for source, amount_fen in parts:
        line.discounts.add(source=source, amount_fen=amount_fen)
    return build_sale(ledger.chain, lines=[line])


class TestPostSale:
    async def test_keeps_the_parts_with_the_bill(self, ledger: Ledger) -> None:
        sale = sale_with(ledger, ("promotion:1", 20), ("coupon:2", 30))
        await ledger.stub.PostSale(one(sale))
        asked = points_service_pb2.GetBillRequest(bill_id=sale.sale_id)
        bill = (await ledger.stub.GetBill(asked)).bill
        assert [(d.source, d.amount_fen) for d in bill.sale.lines[0].discounts] == [
            ("promotion:1", 20),
            ("coupon:2", 30),
        ]

    @pytest.mark.parametrize(
        ("parts", "discount_fen", "reason"),
        [
            ([("p", 49)], 50, "INVALID_DISCOUNT"),
            ([("p", 50)], 0, "INVALID_DISCOUNT"),
            ([("p", 51), ("q", -1)], 50, "INVALID_DISCOUNT"),
            ([("p", 50), ("q", 0)], 50, "INVALID_DISCOUNT"),
            ([("", 50)], 50, "INVALID_DISCOUNT"),
            ([("p" * 129, 50)], 50, "CODE_TOO_LONG"),
            ([("p\0", 50)], 50, "INVALID_TEXT"),
            ([("p", 1)] * 51, 51, "TOO_MANY_DISCOUNTS"),
        ],
    )
    async def test_refuses_with_a_reason_and_writes_nothing(
        self, ledger: Ledger, parts: list[tuple[str, int]], discount_fen: int, reason: str
    ) -> None:
        before = await count_rows(ledger.database)
        sale = sale_with(ledger, *parts, discount_fen=discount_fen)
        assert (await refusal(ledger.stub.PostSale(one(sale))))[1] == reason
        assert await count_rows(ledger.database) == before

    async def test_no_parts_whatever_give_internal(self, ledger: Ledger) -> None:
        chance = random.Random(13)
        edges = [0, 1, -1, 25, 50, 2**63 - 1, -(2**63)]
        seen = set()
        for _ in range(200):
            parts = [
                (chance.choice(["", "p", "\0", "券" * 128, "券" * 129]), chance.choice(edges))
                for _ in range(chance.choice((1, 2, 51)))
            ]
            request = points_service_pb2.PostSalesRequest(sales=[sale_with(ledger, *parts)])
            (outcome,) = (await ledger.stub.PostSales(request)).outcomes
            seen.add(outcome.refused.reason)
        assert seen == {"", "INVALID_DISCOUNT", "CODE_TOO_LONG", "INVALID_TEXT"}
