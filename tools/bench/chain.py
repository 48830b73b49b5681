"""A chain for the bench: one store, 5,000 products, 2,000 members, and sales to post."""

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime

from chassis.clock import to_proto_date, to_timestamp
from chassis.grpc_client import open_channel
from chassis.ids import new_id
from tools.local_stack.stack import Stack
from yika.inventory.v1 import catalogue_pb2, inventory_service_pb2, inventory_service_pb2_grpc
from yika.members.v1 import member_service_pb2, member_service_pb2_grpc
from yika.points.v1 import sale_pb2

_PRODUCTS = 5000
_MEMBERS = 2000
_LINES = 8
_UPSERT_BATCH = 500


@dataclass(frozen=True, slots=True)
class BenchChain:
    """Ids of the chain."""

    store_id: str
    product_ids: list[str]
    member_ids: list[str]


async def create_chain(stack: Stack) -> BenchChain:
    """Makes the chain through the public API."""
    chain = BenchChain(
        new_id(), [new_id() for _ in range(_PRODUCTS)], [new_id() for _ in range(_MEMBERS)]
    )
    permissions = [
        "inventory.stores.write",
        "inventory.catalogue.write",
        "members.members.register",
    ]
    token = stack.token("bench", permissions)
    async with (
        open_channel(stack.address("inventory"), token=lambda: token) as inventory_channel,
        open_channel(stack.address("members"), token=lambda: token) as members_channel,
    ):
        inventory = inventory_service_pb2_grpc.InventoryServiceStub(inventory_channel)
        members = member_service_pb2_grpc.MemberServiceStub(members_channel)
        store = catalogue_pb2.Store(store_id=chain.store_id, store_code="BENCH", name="测速店")
        await inventory.UpsertStores(inventory_service_pb2.UpsertStoresRequest(stores=[store]))
        category = catalogue_pb2.Category(category_id=new_id(), name="测速商品")
        await inventory.UpsertCategories(
            inventory_service_pb2.UpsertCategoriesRequest(categories=[category])
        )
        for start in range(0, _PRODUCTS, _UPSERT_BATCH):
            await inventory.UpsertProducts(
                inventory_service_pb2.UpsertProductsRequest(
                    products=[
                        catalogue_pb2.Product(
                            product_id=chain.product_ids[number],
                            sku=f"BENCH{number}",
                            name=f"商品 {number}",
                            category_id=category.category_id,
                            unit="件",
                        )
                        for number in range(start, start + _UPSERT_BATCH)
                    ]
                )
            )
        waiting = iter(chain.member_ids)

        async def register() -> None:
            for member_id in waiting:
                await members.RegisterMember(
                    member_service_pb2.RegisterMemberRequest(member_id=member_id)
                )

        await asyncio.gather(*(register() for _ in range(16)))
    return chain


def build_sales(chain: BenchChain, count: int) -> list[sale_pb2.Sale]:
    """Sales of eight lines to members of the chain, each with an id of its own."""
    chance = random.Random(1)
    now = datetime.now(UTC)
    sold_time, business_date = to_timestamp(now), to_proto_date(now.date())
    sales = []
    for _ in range(count):
        lines = [
            sale_pb2.SaleLine(
                product_id=chance.choice(chain.product_ids),
                quantity_milli=1000,
                list_fen=chance.randint(100, 5000),
            )
            for _ in range(_LINES)
        ]
        total_fen = sum(line.list_fen for line in lines)
        sales.append(
            sale_pb2.Sale(
                sale_id=new_id(),
                member_id=chance.choice(chain.member_ids),
                store_id=chain.store_id,
                register_id="R1",
                sold_time=sold_time,
                business_date=business_date,
                lines=lines,
                tenders=[sale_pb2.Tender(kind="cash", amount_fen=total_fen)],
                total_fen=total_fen,
            )
        )
    return sales
