"""ListStock."""

import base64
from typing import Any

import pytest

from chassis.database import Database
from chassis.errors import Kind
from chassis.ids import new_id
from chassis.paging import encode_page_token
from tests.fixtures.builders_inventory import build_document, build_sale
from tests.inventory.catalogue import add_products, add_store, post, refusal
from yika.inventory.v1 import inventory_service_pb2 as pb2

Figures = list[tuple[str, str, int, int]]


async def listed(inventory: Any, **fields: Any) -> tuple[Figures, str]:
    """(store, product, on hand, sold) of a page, and the token of the next."""
    page = await inventory.ListStock(pb2.ListStockRequest(**fields))
    return [
        (level.store_id, level.product_id, level.on_hand_milli, level.sold_milli)
        for level in page.levels
    ], page.next_page_token


async def all_pages(inventory: Any, **fields: Any) -> tuple[Figures, int]:
    """Everything, and how many pages it took."""
    figures, token = await listed(inventory, **fields)
    pages = 1
    while token:
        more, token = await listed(inventory, page_token=token, **fields)
        figures += more
        pages += 1
    return figures, pages


class TestListStock:
    async def test_lists_a_store_and_the_sum_over_all(
        self, inventory: Any, database: Database
    ) -> None:
        near, far = await add_store(inventory), await add_store(inventory)
        one, two, unmoved = (p.product_id for p in await add_products(inventory, 3))
        await inventory.RecordMovements(build_document(near, (one, 10_000)))
        await inventory.RecordMovements(build_document(far, (one, 500), (two, 700)))
        await post(database, build_sale(near, (one, 3000)), build_sale(far, (one, 1000)))
        assert await listed(inventory, store_id=near) == ([(near, one, 7000, 3000)], "")
        assert await listed(inventory) == (
            [("", one, 6500, 4000), ("", two, 700, 0)],
            "",
        )
        assert await listed(inventory, product_ids=[two, unmoved, new_id()]) == (
            [("", two, 700, 0)],
            "",
        )
        assert await listed(inventory, store_id=near, product_ids=[two]) == ([], "")

    @pytest.mark.parametrize("of_store", [True, False])
    async def test_pages_without_gap_or_repeat(
        self, inventory: Any, database: Database, of_store: bool
    ) -> None:
        store_id, other_store_id = await add_store(inventory), new_id()
        products = sorted(new_id() for _ in range(25))
        await post(database, build_sale(store_id, *((p, 1000) for p in products)))
        await post(database, build_sale(other_store_id, *((p, 1000) for p in products)))
        fields = {"store_id": store_id} if of_store else {}
        sold = 1000 if of_store else 2000
        expected = [(fields.get("store_id", ""), p, -sold, sold) for p in products]
        for size, pages in ((1, 25), (10, 3), (25, 1), (24, 2), (0, 1), (2**31 - 1, 1)):
            assert await all_pages(inventory, page_size=size, **fields) == (expected, pages)

    async def test_gives_at_most_5000_a_page(self, inventory: Any, database: Database) -> None:
        products = sorted(new_id() for _ in range(5001))
        for start in range(0, len(products), 500):
            lines = [(p, 1) for p in products[start : start + 500]]
            await post(database, build_sale(new_id(), *lines))
        first, token = await listed(inventory, page_size=9999)
        assert len(first) == 5000
        assert await listed(inventory, page_size=9999, page_token=token) == (
            [("", products[-1], -1, 1)],
            "",
        )
        assert len((await listed(inventory))[0]) == 1000

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"store_id": "x"}, "INVALID_ID"),
            ({"page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"page_token": "?"}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token("not an id")}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token(5)}, "INVALID_PAGE_TOKEN"),
            ({"page_token": base64.b64encode(b'["\\ud800"]').decode()}, "INVALID_PAGE_TOKEN"),
            ({"product_ids": ["x"]}, "INVALID_ID"),
            ({"product_ids": [new_id()] * 501}, "BATCH_TOO_LARGE"),
        ],
    )
    async def test_refuses_a_bad_question(
        self, inventory: Any, fields: dict[str, Any], reason: str
    ) -> None:
        assert (await refusal(listed(inventory, **fields))).reason == reason

    async def test_refuses_an_unknown_store(self, inventory: Any) -> None:
        error = await refusal(listed(inventory, store_id=new_id()))
        assert (error.kind, error.reason) == (Kind.NOT_FOUND, "UNKNOWN_STORE")
