"""Seeds the demo chain into the running stack, through the public gRPC API only.

Every write carries an id of its own, so a seed that broke off is simply run again.
"""

import asyncio
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import grpc

from chassis.clock import CHINA_TIME, to_proto_date, to_timestamp
from chassis.error_mapping import from_grpc
from chassis.grpc_client import open_channel
from tools.local_stack import demo_chain
from tools.local_stack.demo_ids import stable_id
from tools.local_stack.stack import Stack, find_running_stack
from yika.inventory.v1 import catalogue_pb2, inventory_service_pb2, stock_pb2
from yika.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from yika.members.v1 import member_pb2, member_service_pb2
from yika.members.v1.member_service_pb2_grpc import MemberServiceStub
from yika.points.v1 import points_service_pb2, sale_pb2
from yika.points.v1.points_service_pb2_grpc import PointsServiceStub

_BATCH_SIZE = 200
_CALLS_AT_ONCE = 8
_TIMEOUT_SECONDS = 60.0


async def seed(stack: Stack, now: datetime) -> None:
    """Brings the demo chain into the stack, with sales up to `now`."""
    token = stack.service_token("seed")
    channels = {
        service: open_channel(
            stack.address(service), token=lambda: token, timeout_seconds=_TIMEOUT_SECONDS
        )
        for service in ("inventory", "members", "points")
    }
    try:
        inventory = InventoryServiceStub(channels["inventory"])
        await _seed_goods(inventory)
        await _seed_stock(inventory)
        await _seed_members(MemberServiceStub(channels["members"]))
        await _seed_sales(PointsServiceStub(channels["points"]), now)
    finally:
        for channel in channels.values():
            await channel.close()


async def _seed_goods(inventory: Any) -> None:
    api, products = inventory_service_pb2, demo_chain.read_products()
    await inventory.UpsertStores(
        api.UpsertStoresRequest(
            stores=[
                catalogue_pb2.Store(store_id=store.store_id, store_code=store.code, name=store.name)
                for store in demo_chain.STORES
            ]
        )
    )
    await inventory.UpsertCategories(
        api.UpsertCategoriesRequest(
            categories=[
                catalogue_pb2.Category(
                    category_id=demo_chain.category_id(path),
                    parent_category_id=demo_chain.category_id(path[:-1]),
                    name=path[-1],
                )
                for path in demo_chain.category_paths(products)
            ]
        )
    )
    await inventory.UpsertProducts(
        api.UpsertProductsRequest(
            products=[
                catalogue_pb2.Product(
                    product_id=product.product_id,
                    sku=product.sku,
                    name=product.name,
                    category_id=demo_chain.category_id(product.category_path),
                    barcodes=[product.barcode],
                    unit=product.unit,
                )
                for product in products
            ]
        )
    )
    await inventory.SetPrices(
        api.SetPricesRequest(
            prices=[
                catalogue_pb2.Price(product_id=product.product_id, price_fen=product.price_fen)
                for product in products
            ]
        )
    )
    print(f"{len(products)} products", flush=True)


async def _seed_stock(inventory: Any) -> None:
    api, products = inventory_service_pb2, demo_chain.read_products()
    opened_at = datetime.combine(demo_chain.OPENED, time(6), CHINA_TIME)
    for store in demo_chain.STORES:
        await inventory.RecordMovements(
            api.RecordMovementsRequest(
                document_id=stable_id("opening stock", store.code, opened_at),
                store_id=store.store_id,
                kind=stock_pb2.MOVEMENT_KIND_PURCHASE,
                business_date=to_proto_date(demo_chain.OPENED),
                occurred_time=to_timestamp(opened_at),
                lines=[
                    stock_pb2.MovementLine(
                        product_id=product.product_id,
                        quantity_milli=demo_chain.OPENING_STOCK_MILLI,
                    )
                    for product in products
                ],
            )
        )
    print(f"{len(demo_chain.STORES)} stores", flush=True)


async def _seed_members(members: Any) -> None:
    at_once = asyncio.Semaphore(_CALLS_AT_ONCE)

    async def register(member: demo_chain.DemoMember) -> None:
        async with at_once:
            await members.RegisterMember(
                member_service_pb2.RegisterMemberRequest(
                    member_id=member.member_id,
                    name=member.name,
                    phone=member.phone,
                    card_number=member.card_number,
                    store_id=member.store_id,
                    channel=member_pb2.CHANNEL_STORE,
                    registered_time=to_timestamp(member.registered_at),
                )
            )

    people = demo_chain.members()
    await asyncio.gather(*map(register, people))
    print(f"{len(people)} members", flush=True)


async def _seed_sales(points: Any, now: datetime) -> None:
    today = now.astimezone(CHINA_TIME).date()
    sales = [
        sale
        for back in reversed(range(demo_chain.SALE_DAYS))
        for store in demo_chain.STORES
        for sale in demo_chain.sales_of_day(store, today - timedelta(days=back))
        if sale.sold_at <= now
    ]
    for start in range(0, len(sales), _BATCH_SIZE):
        await _post(points, sales[start : start + _BATCH_SIZE])
    print(f"{len(sales)} sales", flush=True)


async def _post(points: Any, sales: Iterable[demo_chain.DemoSale]) -> None:
    answer = await points.PostSales(
        points_service_pb2.PostSalesRequest(sales=[_message(sale) for sale in sales])
    )
    for outcome in answer.outcomes:
        if outcome.WhichOneof("outcome") == "refused":
            sys.exit(f"sale {outcome.sale_id} refused: {outcome.refused.message}")


def _message(sale: demo_chain.DemoSale) -> sale_pb2.Sale:
    total_fen = sale.total_fen
    tenders = [sale_pb2.Tender(kind=sale.tender, amount_fen=total_fen)] if total_fen else []
    return sale_pb2.Sale(
        sale_id=sale.sale_id,
        member_id=sale.member_id,
        store_id=sale.store_id,
        register_id=sale.register_id,
        staff_id=sale.staff_id,
        business_date=to_proto_date(sale.business_date),
        sold_time=to_timestamp(sale.sold_at),
        lines=[
            sale_pb2.SaleLine(
                product_id=line.product_id,
                quantity_milli=line.quantity_milli,
                list_fen=line.list_fen,
                discount_fen=line.discount_fen,
            )
            for line in sale.lines
        ],
        tenders=tenders,
        total_fen=total_fen,
    )


def main() -> None:
    """Entry point: seeds the stack that runs in YIKA_STATE_DIR."""
    stack = find_running_stack()
    if stack is None:
        sys.exit("no stack runs; start one with make run")
    try:
        asyncio.run(seed(stack, datetime.now(UTC)))
    except grpc.RpcError as error:
        sys.exit(str(from_grpc(error)))


if __name__ == "__main__":
    main()
