"""SalesPosted and SalesReturned: goods leave the stock and come back, each document once."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from chassis.clock import to_timestamp
from chassis.database import Database
from chassis.ids import new_id
from services.inventory.storage.tables import movements
from services.inventory.usecases.watch_stock import STOCK_NEGATIVE_ROWS, count_negative_stock
from tests.fixtures.builders_inventory import build_document, build_sale
from tests.inventory.catalogue import (
    add_products,
    add_store,
    bring_back,
    hand_back,
    hand_out,
    levels,
    levels_from_movements,
    post,
    row_counts,
)
from yika.inventory.v1 import stock_pb2


class TestOnSalesPosted:
    async def test_takes_what_was_sold_out_of_stock(
        self, inventory: Any, database: Database
    ) -> None:
        store_id = await add_store(inventory)
        one, two = (p.product_id for p in await add_products(inventory, 2))
        await inventory.RecordMovements(build_document(store_id, (one, 10_000)))
        await post(
            database,
            build_sale(store_id, (one, 2000), (two, 754)),
            build_sale(store_id, (one, 1000)),
        )
        assert await levels(database) == {
            (store_id, one): (7000, 3000),
            (store_id, two): (-754, 754),
        }

    async def test_keeps_the_facts_of_each_movement(self, database: Database) -> None:
        store_id, product_id = new_id(), new_id()
        sale = build_sale(store_id, (product_id, 754))
        await post(database, sale)
        async with database.read() as connection:
            (row,) = (await connection.execute(select(movements))).mappings()
        assert dict(row) == {
            "document_id": sale.sale_id,
            "kind": stock_pb2.MOVEMENT_KIND_SALE,
            "line_number": 0,
            "business_date": date(2026, 3, 1),
            "quantity_milli": -754,
            "occurred_at": datetime(2026, 3, 1, 17, 5, tzinfo=UTC),
            "store_id": store_id,
            "product_id": product_id,
        }

    async def test_books_stores_and_products_it_does_not_know(self, database: Database) -> None:
        key = (new_id(), new_id())
        await post(database, build_sale(key[0], (key[1], 1000)))
        assert await levels(database) == {key: (-1000, 1000)}

    async def test_adds_up_a_product_on_several_lines(self, database: Database) -> None:
        store_id, product_id = new_id(), new_id()
        await post(database, build_sale(store_id, (product_id, 1000), (product_id, 500)))
        assert await levels(database) == {(store_id, product_id): (-1500, 1500)}
        assert (await row_counts(database, [movements]))["movements"] == 2

    async def test_counts_a_sale_once_whatever_event_brings_it(self, database: Database) -> None:
        store_id, product_id = new_id(), new_id()
        sale = build_sale(store_id, (product_id, 1000), (product_id, 500))
        await post(database, sale)
        await post(database, build_sale(store_id, (product_id, 300)), sale)
        await post(database, sale, sale)
        assert await levels(database) == {(store_id, product_id): (-1800, 1800)}

    async def test_is_not_swallowed_by_a_document_that_took_its_id(
        self, inventory: Any, database: Database
    ) -> None:
        store_id = await add_store(inventory)
        (product,) = await add_products(inventory, 1)
        sale = build_sale(store_id, (product.product_id, 1000))
        document = build_document(store_id, (product.product_id, 5000), document_id=sale.sale_id)
        await inventory.RecordMovements(document)
        await post(database, sale)
        assert await levels(database) == {(store_id, product.product_id): (4000, 1000)}

    async def test_does_nothing_for_an_event_without_sales(self, database: Database) -> None:
        await post(database)
        assert await levels(database) == {}

    async def test_neither_loses_nor_deadlocks_beside_other_writers(
        self, inventory: Any, database: Database
    ) -> None:
        store_id = await add_store(inventory)
        ids = [p.product_id for p in await add_products(inventory, 40)]
        backwards = list(reversed(ids))
        sales = [build_sale(store_id, *((p, 1000) for p in order)) for order in (ids, backwards)]
        writers: list[Any] = []
        for number in range(8):
            order = ids if number % 2 else backwards
            writers += [
                post(database, build_sale(store_id, *((p, 1000) for p in order))),
                post(database, *(sales if number % 2 else reversed(sales))),
                inventory.RecordMovements(build_document(store_id, *((p, 5000) for p in order))),
            ]
        await asyncio.gather(*writers)
        expected = (8 * 5000 - 10 * 1000, 10 * 1000)
        assert await levels(database) == {(store_id, p): expected for p in ids}

    async def test_shows_what_fell_below_zero_in_the_metrics(self, database: Database) -> None:
        store_id = new_id()
        await post(database, build_sale(store_id, (new_id(), 1), (new_id(), 1)))
        await count_negative_stock(database)
        assert STOCK_NEGATIVE_ROWS._value.get() == 2


class TestOnSalesReturned:
    async def test_puts_goods_into_the_store_that_took_them_back(self, database: Database) -> None:
        sold_in, back_in, product_id = new_id(), new_id(), new_id()
        await post(database, build_sale(sold_in, (product_id, 3000)))
        await bring_back(database, back_in, (product_id, 1000), (product_id, 500))
        assert await levels(database) == {
            (sold_in, product_id): (-3000, 3000),
            (back_in, product_id): (1500, 0),  # what was sold stays sold
        }

    async def test_counts_a_return_once_whatever_event_brings_it(self, database: Database) -> None:
        store_id, product_id, bill_id = new_id(), new_id(), new_id()
        for _ in range(2):
            await bring_back(database, store_id, (product_id, 1000), bill_id=bill_id)
        assert await levels(database) == {(store_id, product_id): (1000, 0)}

    async def test_keeps_the_facts_of_each_movement(self, database: Database) -> None:
        store_id, product_id, bill_id = new_id(), new_id(), new_id()
        await bring_back(database, store_id, (product_id, 754), bill_id=bill_id)
        async with database.read() as connection:
            (row,) = (await connection.execute(select(movements))).mappings()
        assert dict(row) == {
            "document_id": bill_id,
            "kind": stock_pb2.MOVEMENT_KIND_SALE_RETURN,
            "line_number": 0,
            "business_date": date(2026, 3, 2),
            "quantity_milli": 754,
            "occurred_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
            "store_id": store_id,
            "product_id": product_id,
        }


class TestOnGifts:
    async def test_leave_the_stock_and_are_not_sold(self, database: Database) -> None:
        store_id, one, two = new_id(), new_id(), new_id()
        await post(database, build_sale(store_id, (one, 1000)))
        await hand_out(database, store_id, (one, 2000), (two, 1000))
        assert await levels(database) == {
            (store_id, one): (-3000, 1000),
            (store_id, two): (-1000, 0),
        }
        assert await levels_from_movements(database) == await levels(database)

    async def test_come_back_into_the_store_that_took_them(self, database: Database) -> None:
        given_in, back_in, product_id = new_id(), new_id(), new_id()
        # In whatever order the events arrive.
        await hand_back(database, back_in, (product_id, 1000))
        await hand_out(database, given_in, (product_id, 2000))
        assert await levels(database) == {
            (given_in, product_id): (-2000, 0),
            (back_in, product_id): (1000, 0),
        }

    async def test_are_counted_once_whatever_event_brings_them(self, database: Database) -> None:
        store_id, product_id, out, back = (new_id() for _ in range(4))
        for _ in range(2):
            await hand_out(database, store_id, (product_id, 3000), bill_id=out)
            await hand_back(database, store_id, (product_id, 1000), bill_id=back)
        assert await levels(database) == {(store_id, product_id): (-2000, 0)}

    async def test_keep_their_facts_also_without_the_time_of_the_redemption(
        self, database: Database
    ) -> None:
        """Events of before say only when it was posted."""
        store_id, product_id, bill_id = (new_id() for _ in range(3))
        posted = datetime(2026, 3, 1, 10, tzinfo=UTC)
        await hand_out(
            database,
            store_id,
            (product_id, 1000),
            bill_id=bill_id,
            occurred_time=None,
            posted_time=to_timestamp(posted),
        )
        await hand_back(database, store_id, (product_id, 1000))
        async with database.read() as connection:
            query = select(movements).order_by(movements.c.kind)
            out, back = (await connection.execute(query)).mappings()
        assert dict(out) == {
            "document_id": bill_id,
            "kind": stock_pb2.MOVEMENT_KIND_GIFT,
            "line_number": 0,
            "business_date": date(2026, 3, 1),
            "quantity_milli": -1000,
            "occurred_at": posted,
            "store_id": store_id,
            "product_id": product_id,
        }
        assert back["kind"] == stock_pb2.MOVEMENT_KIND_GIFT_RETURN
        assert back["occurred_at"] == datetime(2026, 3, 2, 9, tzinfo=UTC)
