"""SetPrices."""

from typing import Any

import pytest

from chassis.database import Database
from chassis.errors import Kind
from chassis.ids import new_id
from services.inventory.storage.tables import chain_prices, store_prices
from tests.fixtures.builders_inventory import build_price
from tests.inventory.catalogue import (
    add_products,
    add_store,
    published,
    refusal,
    row_counts,
    stream,
)
from yika.inventory.v1 import catalogue_pb2, events_pb2
from yika.inventory.v1 import inventory_service_pb2 as pb2

TABLES = [chain_prices, store_prices]


def request(*batch: catalogue_pb2.Price) -> pb2.SetPricesRequest:
    """The request for a batch."""
    return pb2.SetPricesRequest(prices=batch)


class TestSetPrices:
    async def test_sets_prices_of_the_chain_and_of_a_store(
        self, inventory: Any, database: Database
    ) -> None:
        store_id, other_store_id = await add_store(inventory), await add_store(inventory)
        one, two = (p.product_id for p in await add_products(inventory, 2))
        batch = [build_price(one, 650), build_price(one, 600, store_id), build_price(two, 0)]
        await inventory.SetPrices(request(*batch))
        own = {e.product.product_id: e.price_fen for e in await stream(inventory, store_id)}
        other = {e.product.product_id: e.price_fen for e in await stream(inventory, other_store_id)}
        assert own == {one: 600, two: 0}
        assert other == {one: 650, two: 0}
        (event,) = await published(database, events_pb2.PricesSet)
        assert list(event.prices) == batch

    async def test_changes_a_price_and_tells_only_of_changes(
        self, inventory: Any, database: Database
    ) -> None:
        store_id = await add_store(inventory)
        one, two = (p.product_id for p in await add_products(inventory, 2))
        await inventory.SetPrices(request(build_price(one, 650), build_price(two, 10, store_id)))
        await inventory.SetPrices(request(build_price(one, 651), build_price(two, 10, store_id)))
        await inventory.SetPrices(request(build_price(one, 651)))
        first, second = await published(database, events_pb2.PricesSet)
        assert list(second.prices) == [build_price(one, 651)]
        assert second.revision > first.revision

    @pytest.mark.parametrize("price_fen", [-1, 100_000_001, 2**63 - 1, -(2**63)])
    async def test_refuses_an_absurd_price_and_its_batch(
        self, inventory: Any, database: Database, price_fen: int
    ) -> None:
        one, two = (p.product_id for p in await add_products(inventory, 2))
        before = await row_counts(database, TABLES)
        error = await refusal(
            inventory.SetPrices(request(build_price(one), build_price(two, price_fen)))
        )
        assert error.reason == "INVALID_PRICE"
        assert error.metadata == {"product_id": two, "price_fen": str(price_fen)}
        assert await row_counts(database, TABLES) == before

    async def test_takes_the_highest_price(self, inventory: Any) -> None:
        store_id = await add_store(inventory)
        (product,) = await add_products(inventory, 1)
        await inventory.SetPrices(request(build_price(product.product_id, 100_000_000)))
        (entry,) = await stream(inventory, store_id)
        assert entry.price_fen == 100_000_000

    @pytest.mark.parametrize(
        ("changes", "kind", "reason"),
        [
            ({"product_id": "x"}, Kind.INVALID, "INVALID_ID"),
            ({"product_id": new_id()}, Kind.NOT_FOUND, "UNKNOWN_PRODUCT"),
            ({"store_id": "x"}, Kind.INVALID, "INVALID_ID"),
            ({"store_id": new_id()}, Kind.NOT_FOUND, "UNKNOWN_STORE"),
        ],
    )
    async def test_refuses_what_it_does_not_know(
        self,
        inventory: Any,
        database: Database,
        changes: dict[str, Any],
        kind: Kind,
        reason: str,
    ) -> None:
        one, two = (p.product_id for p in await add_products(inventory, 2))
        before = await row_counts(database, TABLES)
        bad = build_price(**{"product_id": two, **changes})
        error = await refusal(inventory.SetPrices(request(build_price(one), bad)))
        assert (error.kind, error.reason) == (kind, reason)
        assert await row_counts(database, TABLES) == before

    async def test_refuses_a_batch_that_is_empty_large_or_double(
        self, inventory: Any, database: Database
    ) -> None:
        (product,) = await add_products(inventory, 1)
        price = build_price(product.product_id)
        for batch, reason in (
            ([], "EMPTY_BATCH"),
            ([build_price(new_id()) for _ in range(501)], "BATCH_TOO_LARGE"),
            ([price, build_price(product.product_id, 1)], "DUPLICATE_ID"),
        ):
            assert (await refusal(inventory.SetPrices(request(*batch)))).reason == reason
        assert (await row_counts(database, TABLES))["chain_prices"] == 0
