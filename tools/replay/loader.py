"""Brings what sales refer to: stores, categories, products and members, through the public API.

Asks first what is there, so that a second run changes nothing and is quick.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from tools.replay.calls import Calls
from tools.replay.journey import CategoryRow, MemberRow, ProductRow, StoreRow
from yika.inventory.v1.catalogue_pb2 import Category, Product, Store
from yika.inventory.v1.inventory_service_pb2 import (
    BatchGetProductsRequest,
    ListCategoriesRequest,
    ListStoresRequest,
    UpsertCategoriesRequest,
    UpsertProductsRequest,
    UpsertStoresRequest,
)
from yika.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from yika.members.v1.member_pb2 import CHANNEL_IMPORT
from yika.members.v1.member_service_pb2 import CheckMembersRequest, RegisterMemberRequest
from yika.members.v1.member_service_pb2_grpc import MemberServiceStub

BATCH_MAX = 500
_PRODUCT_BATCHES_IN_FLIGHT = 3
_MEMBERS_IN_FLIGHT = 16
_UNIT = "件"
_NANOSECONDS = 1_000_000_000

Item = TypeVar("Item")
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads the master data of a journey. Each method may be called again at any time and calls
    `advance(n)` for every n items that are in place."""

    calls: Calls
    inventory: InventoryServiceStub
    members: MemberServiceStub

    async def load_stores(self, rows: Sequence[StoreRow], advance: Advance) -> None:
        """The given stores."""
        there = (await self.calls(self.inventory.ListStores, ListStoresRequest())).stores
        known = {store.store_id for store in there}
        missing = [store for store in rows if store.store_id not in known]
        advance(len(rows) - len(missing))
        for chunk in _chunks(missing, BATCH_MAX):
            stores = [
                Store(store_id=row.store_id, store_code=row.code, name=row.name) for row in chunk
            ]
            await self.calls(self.inventory.UpsertStores, UpsertStoresRequest(stores=stores))
            advance(len(chunk))

    async def load_categories(self, rows: Sequence[CategoryRow], advance: Advance) -> None:
        """The given categories, parents before children."""
        answer = await self.calls(self.inventory.ListCategories, ListCategoriesRequest())
        known = {category.category_id for category in answer.categories}
        missing = [row for row in rows if row.category_id not in known]
        advance(len(rows) - len(missing))
        for chunk in _chunks(missing, BATCH_MAX):
            request = UpsertCategoriesRequest(categories=[_category(row) for row in chunk])
            await self.calls(self.inventory.UpsertCategories, request)
            advance(len(chunk))

    async def load_products(self, rows: Sequence[ProductRow], advance: Advance) -> None:
        """The given products; their categories must be there."""

        async def load(chunk: Sequence[ProductRow]) -> None:
            request = BatchGetProductsRequest(product_ids=[row.product_id for row in chunk])
            answer = await self.calls(self.inventory.BatchGetProducts, request)
            known = {product.product_id for product in answer.products}
            missing = [_product(row) for row in chunk if row.product_id not in known]
            if missing:
                upsert = UpsertProductsRequest(products=missing)
                await self.calls(self.inventory.UpsertProducts, upsert)
            advance(len(chunk))

        await _each(load, _chunks(rows, BATCH_MAX), _PRODUCT_BATCHES_IN_FLIGHT)

    async def load_members(self, rows: Sequence[MemberRow], advance: Advance) -> None:
        """The given members, with a card and without name or phone: nobody to send an SMS to."""
        missing: list[MemberRow] = []
        for chunk in _chunks(rows, BATCH_MAX):
            request = CheckMembersRequest(member_ids=[row.member_id for row in chunk])
            answer = await self.calls(self.members.CheckMembers, request)
            known = set(answer.known_member_ids)
            advance(len(known))
            missing += [row for row in chunk if row.member_id not in known]

        async def register(row: MemberRow) -> None:
            seconds, nanoseconds = divmod(row.registered_ns, _NANOSECONDS)
            request = RegisterMemberRequest(
                member_id=row.member_id,
                card_number=row.card_number,
                channel=CHANNEL_IMPORT,
                registered_time=Timestamp(seconds=seconds, nanos=nanoseconds),
            )
            await self.calls(self.members.RegisterMember, request)
            advance(1)

        await _each(register, missing, _MEMBERS_IN_FLIGHT)


def _category(row: CategoryRow) -> Category:
    return Category(category_id=row.category_id, parent_category_id=row.parent_id, name=row.name)


def _product(row: ProductRow) -> Product:
    return Product(
        product_id=row.product_id,
        sku=row.sku,
        name=row.name,
        category_id=row.category_id,
        unit=_UNIT,
    )


def _chunks(rows: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]


async def _each(
    act: Callable[[Any], Awaitable[None]], items: Sequence[Any], in_flight: int
) -> None:
    """Acts on every item, `in_flight` at a time; the first failure ends all."""
    remaining = iter(items)

    async def work() -> None:
        for item in remaining:
            await act(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(work())
