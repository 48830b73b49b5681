"""Steps that the tests of inventory share: a catalogue, refusals, events in and out, stock."""

from collections.abc import Awaitable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from sqlalchemy import Table, func, select

from chassis.clock import to_proto_date, to_timestamp
from chassis.database import Database, outbox_table
from chassis.error_mapping import from_grpc
from chassis.errors import DomainError
from chassis.ids import new_id
from services.inventory.event_handlers import (
    on_gifts_redeemed,
    on_gifts_returned,
    on_sales_posted,
    on_sales_returned,
)
from services.inventory.storage.tables import movements, stock
from tests.fixtures.builders_inventory import build_category, build_product, build_store
from yika.inventory.v1 import catalogue_pb2, events_pb2
from yika.inventory.v1 import inventory_service_pb2 as pb2
from yika.points.v1 import events_pb2 as points_events_pb2
from yika.points.v1 import reward_events_pb2, sale_pb2, sale_return_pb2

_EVENTS = {
    message.DESCRIPTOR.full_name: message
    for message in (
        events_pb2.StoresUpserted,
        events_pb2.CategoriesUpserted,
        events_pb2.ProductsUpserted,
        events_pb2.PricesSet,
    )
}


async def refusal(call: Awaitable[Any]) -> DomainError:
    """The refusal that a call must end in."""
    with pytest.raises(grpc.RpcError) as failed:
        await call
    error = from_grpc(failed.value)
    assert error.reason != "PEER_UNAVAILABLE", error
    return error


async def add_store(inventory: Any, **changes: Any) -> str:
    """A new store's id."""
    store = build_store(**changes)
    await inventory.UpsertStores(pb2.UpsertStoresRequest(stores=[store]))
    return str(store.store_id)


async def add_category(inventory: Any, **changes: Any) -> str:
    """A new category's id."""
    category = build_category(**changes)
    await inventory.UpsertCategories(pb2.UpsertCategoriesRequest(categories=[category]))
    return str(category.category_id)


async def add_products(inventory: Any, count: int) -> list[catalogue_pb2.Product]:
    """New products in a new category, in order of id."""
    category_id = await add_category(inventory)
    products = [build_product(category_id) for _ in range(count)]
    await inventory.UpsertProducts(pb2.UpsertProductsRequest(products=products))
    return sorted(products, key=lambda product: str(product.product_id))


async def published(database: Database, event: type[Message]) -> list[Any]:
    """The events of one type that wait in the outbox, oldest first."""
    async with database.read() as connection:
        rows = await connection.execute(
            select(outbox_table.c.event_type, outbox_table.c.payload).order_by(
                outbox_table.c.position
            )
        )
    wanted = event.DESCRIPTOR.full_name
    return [_EVENTS[kind].FromString(payload) for kind, payload in rows if kind == wanted]


async def row_counts(database: Database, tables: Sequence[Table]) -> dict[str, int]:
    """How many rows tables hold, the outbox included: what a refusal must leave as it was."""
    counts = {}
    async with database.read() as connection:
        for table in (*tables, outbox_table):
            count = await connection.scalar(select(func.count()).select_from(table))
            counts[table.name] = int(count or 0)
    return counts


async def post(database: Database, *sales: sale_pb2.Sale) -> None:
    """Hands sales to the handler as one event."""
    event = points_events_pb2.SalesPosted(
        sales=[points_events_pb2.PostedSale(sale=sale) for sale in sales]
    )
    async with database.transaction() as tx:
        await on_sales_posted(tx, event)


async def bring_back(
    database: Database, store_id: str, *lines: tuple[str, int], bill_id: str = ""
) -> None:
    """Hands one return of (product_id, quantity_milli) to the handler."""
    returned = sale_return_pb2.ReturnedSale(
        bill_id=bill_id or new_id(),
        original_sale_id=new_id(),
        store_id=store_id,
        business_date=to_proto_date(date(2026, 3, 2)),
        occurred_time=to_timestamp(datetime(2026, 3, 2, 9, tzinfo=UTC)),
        lines=[
            sale_return_pb2.ReturnedLine(
                line_number=number, product_id=product_id, quantity_milli=quantity
            )
            for number, (product_id, quantity) in enumerate(lines, start=1)
        ],
    )
    event = points_events_pb2.SalesReturned(returns=[returned])
    async with database.transaction() as tx:
        await on_sales_returned(tx, event)


async def hand_out(
    database: Database,
    store_id: str,
    *lines: tuple[str, int],
    bill_id: str = "",
    **changes: Any,
) -> None:
    """Hands one redemption of gifts, (product_id, quantity_milli), to the handler."""
    given: dict[str, Any] = {
        "occurred_time": to_timestamp(datetime(2026, 3, 1, 9, tzinfo=UTC)),
        **changes,
    }
    event = reward_events_pb2.GiftsRedeemed()
    event.redemptions.add(
        bill_id=bill_id or new_id(),
        store_id=store_id,
        business_date=to_proto_date(date(2026, 3, 1)),
        gifts=[
            reward_events_pb2.RedeemedGift(product_id=product_id, quantity_milli=quantity)
            for product_id, quantity in lines
        ],
        **given,
    )
    async with database.transaction() as tx:
        await on_gifts_redeemed(tx, event)


async def hand_back(
    database: Database, store_id: str, *lines: tuple[str, int], bill_id: str = ""
) -> None:
    """Hands one return of gifts to the handler."""
    event = reward_events_pb2.GiftsReturned()
    event.returns.add(
        bill_id=bill_id or new_id(),
        redemption_bill_id=new_id(),
        store_id=store_id,
        business_date=to_proto_date(date(2026, 3, 2)),
        occurred_time=to_timestamp(datetime(2026, 3, 2, 9, tzinfo=UTC)),
        gifts=[
            reward_events_pb2.RedeemedGift(product_id=product_id, quantity_milli=quantity)
            for product_id, quantity in lines
        ],
    )
    async with database.transaction() as tx:
        await on_gifts_returned(tx, event)


async def levels(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    """(on hand, sold) by store and product."""
    async with database.read() as connection:
        rows = await connection.execute(select(stock))
        return {(r.store_id, r.product_id): (r.on_hand_milli, r.sold_milli) for r in rows}


async def levels_from_movements(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    """The same, from nothing but the movements."""
    quantity = movements.c.quantity_milli
    query = select(
        movements.c.store_id,
        movements.c.product_id,
        func.sum(quantity),
        func.coalesce(-func.sum(quantity).filter(movements.c.kind == 2), 0),
    ).group_by(movements.c.store_id, movements.c.product_id)
    async with database.read() as connection:
        return {(r[0], r[1]): (int(r[2]), int(r[3])) for r in await connection.execute(query)}


async def stream(
    inventory: Any, store_id: str, after_revision: int = 0
) -> list[catalogue_pb2.CatalogueEntry]:
    """A store's catalogue after a revision, piece by piece put together."""
    request = pb2.StreamCatalogueRequest(store_id=store_id, after_revision=after_revision)
    return [entry async for piece in inventory.StreamCatalogue(request) for entry in piece.entries]
