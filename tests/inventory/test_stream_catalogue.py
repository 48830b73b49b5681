"""StreamCatalogue: a gateway that keeps the last revision it read never misses a change."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.errors import Kind
from chassis.ids import new_id
from services.inventory.domain.catalogue import Price
from services.inventory.storage.repository.catalogue import CatalogueRepository
from services.inventory.storage.repository.prices import PricesRepository
from services.inventory.usecases.read_catalogue import ENTRIES_MAX, stream_catalogue
from tests.fixtures.builders_inventory import build_price, build_product
from tests.inventory.catalogue import add_category, add_products, add_store, refusal, stream
from yika.inventory.v1 import catalogue_pb2
from yika.inventory.v1 import inventory_service_pb2 as pb2


async def set_price(inventory: Any, *prices: catalogue_pb2.Price) -> None:
    """Sets prices."""
    await inventory.SetPrices(pb2.SetPricesRequest(prices=prices))


def ids(entries: list[catalogue_pb2.CatalogueEntry]) -> list[str]:
    """Products of entries."""
    return [entry.product.product_id for entry in entries]


class TestStreamCatalogue:
    async def test_streams_all_from_nothing(self, inventory: Any) -> None:
        store_id = await add_store(inventory)
        products = await add_products(inventory, 3)
        await set_price(inventory, build_price(products[1].product_id, 650))
        entries = await stream(inventory, store_id)
        assert sorted(ids(entries)) == [product.product_id for product in products]
        assert {entry.product.product_id: entry.product for entry in entries} == {
            product.product_id: product for product in products
        }
        assert ids(entries)[-1] == products[1].product_id
        assert [entry.HasField("price_fen") for entry in entries] == [False, False, True]
        revisions = [entry.revision for entry in entries]
        assert revisions == sorted(set(revisions))

    async def test_streams_only_what_changed_since(self, inventory: Any) -> None:
        store_id, other_store_id = await add_store(inventory), await add_store(inventory)
        one, two, three = await add_products(inventory, 3)
        await set_price(inventory, build_price(one.product_id, 100))
        last = (await stream(inventory, store_id))[-1].revision
        assert await stream(inventory, store_id, last) == []
        await set_price(inventory, build_price(one.product_id, 90, store_id))
        await set_price(inventory, build_price(two.product_id, 80, other_store_id))
        three.name = "改名"
        await inventory.UpsertProducts(pb2.UpsertProductsRequest(products=[three]))
        first, second = await stream(inventory, store_id, last)
        assert (first.product, first.price_fen) == (one, 90)
        assert (second.product, second.HasField("price_fen")) == (three, False)
        assert last < first.revision < second.revision
        assert ids(await stream(inventory, other_store_id, last)) == [
            two.product_id,
            three.product_id,
        ]
        assert await stream(inventory, store_id, second.revision) == []
        assert await stream(inventory, store_id, 2**63 - 1) == []

    async def test_streams_in_pieces(self, inventory: Any) -> None:
        store_id = await add_store(inventory)
        category_id = await add_category(inventory)
        for _ in range(3):
            batch = [build_product(category_id) for _ in range(500)]
            await inventory.UpsertProducts(pb2.UpsertProductsRequest(products=batch))
        request = pb2.StreamCatalogueRequest(store_id=store_id)
        pieces = [len(piece.entries) async for piece in inventory.StreamCatalogue(request)]
        assert pieces == [ENTRIES_MAX, 500]

    async def test_brings_what_changes_while_it_runs_at_its_new_place(
        self, inventory: Any, database: Database
    ) -> None:
        store_id = await add_store(inventory)
        category_id = await add_category(inventory)
        products = [build_product(category_id) for _ in range(3 * 500)]
        for start in range(0, len(products), 500):
            batch = products[start : start + 500]
            await inventory.UpsertProducts(pb2.UpsertProductsRequest(products=batch))
        pieces = stream_catalogue(database, store_id, 0)
        first = await anext(pieces)
        assert len(first) == ENTRIES_MAX
        late = products[-1].product_id
        await set_price(inventory, build_price(late, 650))
        rest = [entry async for piece in pieces for entry in piece]
        assert [entry.product.product_id for entry in rest].count(late) == 1
        assert (rest[-1].product.product_id, rest[-1].price_fen) == (late, 650)
        revisions = [entry.revision for entry in (*first, *rest)]
        assert revisions == sorted(set(revisions))
        assert len(revisions) == len(products)

    async def test_never_shows_a_revision_before_a_lower_one(
        self, inventory: Any, database: Database
    ) -> None:
        store_id = await add_store(inventory)
        slow, quick = (p.product_id for p in await add_products(inventory, 2))
        last = (await stream(inventory, store_id))[-1].revision
        async with database.transaction() as tx:
            catalogue = CatalogueRepository(tx.connection)
            await catalogue.lock()
            revisions = await catalogue.take_revisions(1)
            await PricesRepository(tx.connection).upsert([Price(slow, None, 1)], revisions)
            # The second write wants a higher revision: it has to wait for the first to commit.
            writing = asyncio.create_task(set_price(inventory, build_price(quick, 2)))
            while not await waits_for_lock(database):
                assert not writing.done()
            assert await stream(inventory, store_id, last) == []
        await writing
        assert ids(await stream(inventory, store_id, last)) == [slow, quick]

    async def test_refuses_an_unknown_store(self, inventory: Any) -> None:
        error = await refusal(stream(inventory, new_id()))
        assert (error.kind, error.reason) == (Kind.NOT_FOUND, "UNKNOWN_STORE")

    @pytest.mark.parametrize("revision", [-1, -(2**63)])
    async def test_refuses_a_negative_revision(self, inventory: Any, revision: int) -> None:
        store_id = await add_store(inventory)
        assert (await refusal(stream(inventory, store_id, revision))).reason == "INVALID_REVISION"

    async def test_refuses_a_store_that_is_no_id(self, inventory: Any) -> None:
        assert (await refusal(stream(inventory, ""))).reason == "INVALID_ID"


async def waits_for_lock(database: Database) -> bool:
    """True while a transaction of this database waits for another one."""
    async with database.read() as connection:
        waiting = await connection.scalar(
            text(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """
            )
        )
    return bool(waiting)
