"""The sales that the bench posts: eight lines, every other one with points and stored value."""

import random
from collections.abc import Iterator

from chassis.clock import to_proto_date, to_timestamp
from chassis.ids import new_id
from tools.bench_ledger.books import (
    BUSINESS_DATE,
    LINES,
    PRODUCTS,
    SOLD_AT,
    STORES,
    member_id,
    product_id,
    store_id,
)
from yika.points.v1 import sale_pb2

POINTS_SPENT = 100  # worth one yuan
STORED_VALUE_FEN = 2_000


def sales(members: int, seed: int) -> Iterator[sale_pb2.Sale]:
    """Endless sales of members chosen at random."""
    chance = random.Random(seed)
    products = [product_id(n) for n in range(1, PRODUCTS + 1)]
    business_date, sold_time = to_proto_date(BUSINESS_DATE), to_timestamp(SOLD_AT)
    spends = False
    while True:
        spends = not spends
        lines = [
            sale_pb2.SaleLine(
                product_id=chance.choice(products),
                quantity_milli=1000,
                list_fen=chance.randint(600, 3000),
                discount_fen=50,
            )
            for _ in range(LINES)
        ]
        total = sum(line.list_fen - line.discount_fen for line in lines)
        tenders = [sale_pb2.Tender(kind="cash", amount_fen=total)]
        if spends:
            tenders = [
                sale_pb2.Tender(kind="points", amount_fen=POINTS_SPENT, points=POINTS_SPENT),
                sale_pb2.Tender(kind="stored_value", amount_fen=STORED_VALUE_FEN),
                sale_pb2.Tender(kind="cash", amount_fen=total - POINTS_SPENT - STORED_VALUE_FEN),
            ]
        yield sale_pb2.Sale(
            sale_id=new_id(),
            member_id=member_id(chance.randint(1, members)),
            store_id=store_id(chance.randint(1, STORES)),
            register_id="R1",
            staff_id="8001",
            business_date=business_date,
            sold_time=sold_time,
            lines=lines,
            tenders=tenders,
            total_fen=total,
        )
