"""UpsertProducts and BatchGetProducts."""

from typing import Any

import pytest

from chassis.database import Database
from chassis.errors import Kind
from chassis.ids import new_id
from services.inventory.storage.tables import barcodes, products
from tests.fixtures.builders_inventory import build_product
from tests.inventory.catalogue import (
    add_category,
    add_products,
    published,
    refusal,
    row_counts,
)
from yika.inventory.v1 import catalogue_pb2, events_pb2
from yika.inventory.v1 import inventory_service_pb2 as pb2


def request(*batch: catalogue_pb2.Product) -> pb2.UpsertProductsRequest:
    """The request for a batch."""
    return pb2.UpsertProductsRequest(products=batch)


async def read(inventory: Any, *ids: str) -> list[catalogue_pb2.Product]:
    """Products by id."""
    answer = await inventory.BatchGetProducts(pb2.BatchGetProductsRequest(product_ids=ids))
    return list(answer.products)


class TestUpsertProducts:
    async def test_creates_products(self, inventory: Any, database: Database) -> None:
        category_id = await add_category(inventory)
        batch = [
            build_product(category_id, barcodes=["6901", "6902"], brand="光明"),
            build_product(category_id),
        ]
        await inventory.UpsertProducts(request(*batch))
        assert await read(inventory, *(product.product_id for product in batch)) == batch
        (event,) = await published(database, events_pb2.ProductsUpserted)
        assert list(event.products) == batch
        assert event.revision > 0

    async def test_changes_a_product(self, inventory: Any, database: Database) -> None:
        (product,) = await add_products(inventory, 1)
        product.name, product.sku, product.brand = "鲜牛奶", "NEW-SKU", "光明"
        product.barcodes[:] = ["new"]
        await inventory.UpsertProducts(request(product))
        assert await read(inventory, product.product_id) == [product]
        first, second = await published(database, events_pb2.ProductsUpserted)
        assert second.revision > first.revision
        assert [product.brand for event in (first, second) for product in event.products] == [
            "",
            "光明",
        ]

    async def test_publishes_nothing_for_what_is_known(
        self, inventory: Any, database: Database
    ) -> None:
        old, new = await add_products(inventory, 2)
        new.name = "新名"
        await inventory.UpsertProducts(request(old))
        await inventory.UpsertProducts(request(old, new))
        _, event = await published(database, events_pb2.ProductsUpserted)
        assert list(event.products) == [new]

    async def test_swaps_codes_inside_a_batch(self, inventory: Any) -> None:
        one, two = await add_products(inventory, 2)
        one.sku, two.sku = two.sku, one.sku
        one.barcodes[:], two.barcodes[:] = list(two.barcodes), list(one.barcodes)
        await inventory.UpsertProducts(request(one, two))
        assert await read(inventory, one.product_id, two.product_id) == [one, two]

    async def test_splits_an_event_that_would_be_too_large(
        self, inventory: Any, database: Database
    ) -> None:
        category_id = await add_category(inventory)
        batch = [
            build_product(
                category_id,
                name="龘" * 200,
                sku=f"{number:03d}" + "龘" * 61,
                unit="龘" * 16,
                barcodes=[f"{number:03d}{code:02d}" + "x" * 59 for code in range(20)],
            )
            for number in range(500)
        ]
        await inventory.UpsertProducts(request(*batch))
        events = await published(database, events_pb2.ProductsUpserted)
        assert len(events) > 1
        assert [product for event in events for product in event.products] == batch
        assert len({event.revision for event in events}) == 1

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"product_id": "1"}, "INVALID_ID"),
            ({"category_id": ""}, "INVALID_ID"),
            ({"category_id": new_id()}, "UNKNOWN_CATEGORY"),
            ({"sku": ""}, "INVALID_TEXT"),
            ({"sku": "x" * 65}, "INVALID_TEXT"),
            ({"name": " \u3000"}, "INVALID_TEXT"),
            ({"name": "x" * 201}, "INVALID_TEXT"),
            ({"name": "a\x00b"}, "INVALID_TEXT"),
            ({"unit": "a\nb"}, "INVALID_TEXT"),
            ({"unit": "x" * 17}, "INVALID_TEXT"),
            ({"brand": "a\nb"}, "INVALID_TEXT"),
            ({"brand": "x" * 65}, "INVALID_TEXT"),
            ({"barcodes": [""]}, "INVALID_BARCODE"),
            ({"barcodes": ["690 1"]}, "INVALID_BARCODE"),
            ({"barcodes": ["六九零"]}, "INVALID_BARCODE"),
            ({"barcodes": ["x" * 65]}, "INVALID_BARCODE"),
            ({"barcodes": [str(n) for n in range(21)]}, "TOO_MANY_BARCODES"),
            ({"barcodes": ["7", "7"]}, "BARCODE_TAKEN"),
        ],
    )
    async def test_refuses_a_bad_product_and_its_batch(
        self, inventory: Any, database: Database, changes: dict[str, Any], reason: str
    ) -> None:
        category_id = await add_category(inventory)
        before = await row_counts(database, [products, barcodes])
        good = build_product(category_id)
        bad = build_product(**{"category_id": category_id, **changes})
        assert (await refusal(inventory.UpsertProducts(request(good, bad)))).reason == reason
        assert await row_counts(database, [products, barcodes]) == before

    @pytest.mark.parametrize(("size", "reason"), [(0, "EMPTY_BATCH"), (501, "BATCH_TOO_LARGE")])
    async def test_refuses_a_batch_by_its_size(
        self, inventory: Any, size: int, reason: str
    ) -> None:
        batch = [build_product(new_id()) for _ in range(size)]
        assert (await refusal(inventory.UpsertProducts(request(*batch)))).reason == reason

    async def test_refuses_a_product_twice(self, inventory: Any, database: Database) -> None:
        product = build_product(await add_category(inventory))
        error = await refusal(inventory.UpsertProducts(request(product, product)))
        assert (error.reason, error.metadata["id"]) == ("DUPLICATE_ID", product.product_id)
        assert (await row_counts(database, [products]))["products"] == 0

    @pytest.mark.parametrize(
        ("field", "fresh", "reason"),
        [("sku", "twin", "SKU_TAKEN"), ("barcodes", ["twin"], "BARCODE_TAKEN")],
    )
    async def test_refuses_a_taken_code(
        self, inventory: Any, database: Database, field: str, fresh: Any, reason: str
    ) -> None:
        (holder,) = await add_products(inventory, 1)
        value = getattr(holder, field)
        rival = build_product(holder.category_id, **{field: value})
        before = await row_counts(database, [products, barcodes])
        error = await refusal(inventory.UpsertProducts(request(rival)))
        assert (error.kind, error.reason) == (Kind.ALREADY_EXISTS, reason)
        twins = [build_product(holder.category_id, **{field: fresh}) for _ in range(2)]
        error = await refusal(inventory.UpsertProducts(request(*twins)))
        assert error.reason == reason
        assert await row_counts(database, [products, barcodes]) == before


class TestBatchGetProducts:
    async def test_answers_in_the_order_asked_and_leaves_out_the_unknown(
        self, inventory: Any
    ) -> None:
        one, two = await add_products(inventory, 2)
        answer = await read(inventory, two.product_id.upper(), new_id(), one.product_id)
        assert answer == [two, one]

    @pytest.mark.parametrize(
        ("ids", "reason"),
        [
            ([], "EMPTY_BATCH"),
            ([new_id()] * 501, "BATCH_TOO_LARGE"),
            (["no id"], "INVALID_ID"),
        ],
    )
    async def test_refuses_a_bad_list(self, inventory: Any, ids: list[str], reason: str) -> None:
        call = inventory.BatchGetProducts(pb2.BatchGetProductsRequest(product_ids=ids))
        assert (await refusal(call)).reason == reason
