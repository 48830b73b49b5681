"""Which members, stores and products exist, known before a sale is posted.

Asked in this order: memory, the tables that events fill, the owning service. The last step
closes the gap between a registration and its event; it happens before the transaction.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import grpc

from chassis.database import Database
from chassis.errors import DomainError, Invalid, NotFound, Unavailable
from chassis.ids import canonical_id
from services.points.domain.limits import CODE_LENGTH_MAX
from services.points.domain.programme_scope import ProgrammeScope
from services.points.domain.sales.sale import Sale
from services.points.gathering import Gathering
from services.points.member_facts import MemberFactsSource
from services.points.peers import peer_unavailable
from services.points.storage.directory import (
    known_categories,
    known_members,
    known_products,
    known_stores,
)
from yika.inventory.v1 import inventory_service_pb2, inventory_service_pb2_grpc
from yika.members.v1 import member_service_pb2, member_service_pb2_grpc

# A product that changes its category is seen by every replica within this time.
_MEMORY_SECONDS = 60.0
_MEMORY_ENTRIES_MAX = 500_000
_ASKED_AT_ONCE_MAX = 500
# Ids that a refusal names; more help nobody.
_TOLD_MAX = 10


@dataclass(frozen=True, slots=True)
class Known:
    """What exists, as far as it was asked for; products with their categories and brands."""

    members: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    products: dict[str, str] = field(default_factory=dict)
    brands: dict[str, str] = field(default_factory=dict)  # of those that have one

    def add_product(self, product_id: str, category_id: str, brand: str) -> None:
        """Makes a product known."""
        self.products[product_id] = category_id
        if brand:
            self.brands[product_id] = brand

    def is_of_member(self, sale: Sale) -> bool:
        """True when the member of the sale is known, or nobody's card was read."""
        return sale.member_id is None or sale.member_id in self.members

    def check(self, sale: Sale, *, member_too: bool = True) -> None:
        """NotFound with a reason when the sale names something that does not exist."""
        if sale.store_id not in self.stores:
            raise _unknown_store(sale.store_id)
        if member_too and not self.is_of_member(sale):
            raise _unknown_member(sale.member_id or "")
        for line in sale.lines:
            if line.product_id not in self.products:
                raise _unknown_product(line.product_id)


class _Missing(NamedTuple):
    """What a request names and memory does not know."""

    known: Known
    members: set[str]
    stores: set[str]
    products: set[str]


class Directory:
    """Answers what exists, from the nearest place that knows."""

    def __init__(
        self,
        database: Database,
        members_channel: grpc.aio.Channel,
        inventory_channel: grpc.aio.Channel,
    ) -> None:
        self._database = database
        self._members = member_service_pb2_grpc.MemberServiceStub(members_channel)
        self._inventory = inventory_service_pb2_grpc.InventoryServiceStub(inventory_channel)
        self._known = Known()
        self._forget_at = 0.0
        self._gathering = Gathering(self._read)
        self.facts = MemberFactsSource(members_channel)

    async def require_known(
        self,
        member_ids: Collection[str],
        store_ids: Collection[str] = (),
        product_ids: Collection[str] = (),
    ) -> None:
        """NotFound with the first of them that does not exist.

        UNKNOWN_STORE, UNKNOWN_MEMBER, UNKNOWN_PRODUCT; Unavailable when their owners cannot be
        asked.
        """
        known = await self.look_up(set(member_ids), set(store_ids), set(product_ids))
        for store_id in store_ids:
            if store_id not in known.stores:
                raise _unknown_store(store_id)
        for member_id in member_ids:
            if member_id not in known.members:
                raise _unknown_member(member_id)
        for product_id in product_ids:
            if product_id not in known.products:
                raise _unknown_product(product_id)

    async def require_scope(self, scope: ProgrammeScope) -> None:
        """NotFound unless all that a programme names exists; Unavailable when nobody can tell.

        UNKNOWN_STORE, UNKNOWN_PRODUCT, UNKNOWN_CATEGORY, each with the first ids.
        """
        known = await self.look_up(set(), set(scope.store_ids), set(scope.product_ids))
        if strange := scope.store_ids - known.stores:
            raise NotFound("UNKNOWN_STORE", *_told("store", strange))
        if strange := frozenset(x for x in scope.product_ids if x not in known.products):
            raise NotFound("UNKNOWN_PRODUCT", *_told("product", strange))
        if strange := await self._strange_categories(scope.category_ids):
            raise NotFound("UNKNOWN_CATEGORY", *_told("category", strange))

    async def _strange_categories(self, ids: frozenset[str]) -> frozenset[str]:
        """Those that neither known products nor inventory have; no event tells of categories."""
        if ids:
            async with self._database.line() as line:
                ids -= await known_categories(line.driver, ids)
        if ids:
            try:
                answer = await self._inventory.ListCategories(
                    inventory_service_pb2.ListCategoriesRequest()
                )
            except grpc.RpcError as error:
                raise peer_unavailable(error) from error
            ids -= {category.category_id for category in answer.categories}
        return ids

    async def strangers(self, member_ids: set[str]) -> Mapping[str, DomainError]:
        """Of those who are no members the refusal; so too of whom it cannot be told now."""
        if not member_ids:
            return {}
        try:
            known = await self.look_up(member_ids, set(), set())
        except Unavailable as error:
            return dict.fromkeys(member_ids - self._known.members, error)
        return {each: _unknown_member(each) for each in member_ids - known.members}

    async def look_up_sales(self, sales: Iterable[Sale], *, members_too: bool = True) -> Known:
        """What exists of all that the sales name, and perhaps more; see look_up."""
        members: set[str] = set()
        stores: set[str] = set()
        products: set[str] = set()
        for sale in sales:
            stores.add(sale.store_id)
            if members_too and sale.member_id is not None:
                members.add(sale.member_id)
            products.update([line.product_id for line in sale.lines])
        return await self.look_up(members, stores, products)

    async def look_up(self, members: set[str], stores: set[str], products: set[str]) -> Known:
        """What exists of the given ids, and perhaps more.

        Unavailable when an owner must be asked and cannot be reached, or refuses the ledger.
        """
        if (
            time.monotonic() >= self._forget_at
            or len(self._known.members) + len(self._known.products) > _MEMORY_ENTRIES_MAX
        ):
            # A new object, not clear(): a request in flight goes on with the old one. Members and
            # stores do not cease to exist, so only their number makes them be forgotten.
            full = len(self._known.members) > _MEMORY_ENTRIES_MAX // 2
            self._known = Known() if full else Known(self._known.members, self._known.stores)
            self._forget_at = time.monotonic() + _MEMORY_SECONDS
        known = self._known
        members = members - known.members
        stores = stores - known.stores
        # Lines carry product ids as the client wrote them; what is no UUID names no product.
        # Asked one by one: the difference of a set and a dictionary's keys visits all of the keys.
        products = {each for each in products if each not in known.products and _is_id(each)}
        if members or stores or products:
            await self._gathering.ask(_Missing(known, members, stores, products))
            await self._ask(
                known,
                members - known.members,
                stores - known.stores,
                {each for each in products if each not in known.products},
            )
        return known

    async def _read(self, batch: Sequence[_Missing]) -> Sequence[None]:
        """Looks into the tables for all who wait."""
        members = set().union(*(missing.members for missing in batch))
        stores = set().union(*(missing.stores for missing in batch))
        products = set().union(*(missing.products for missing in batch))
        found = Known()
        async with self._database.line() as line:
            if members:
                found.members.update(await known_members(line.driver, members))
            if stores:
                found.stores.update(await known_stores(line.driver, stores))
            if products:
                for product in await known_products(line.driver, products):
                    found.add_product(*product)
        for known in {id(missing.known): missing.known for missing in batch}.values():
            known.members.update(found.members)
            known.stores.update(found.stores)
            known.products.update(found.products)
            known.brands.update(found.brands)
        return [None] * len(batch)

    async def _ask(
        self, known: Known, members: set[str], stores: set[str], products: set[str]
    ) -> None:
        try:
            for ids in _chunks(members):
                answer = await self._members.CheckMembers(
                    member_service_pb2.CheckMembersRequest(member_ids=ids)
                )
                known.members.update(answer.known_member_ids)
            if stores:
                answer = await self._inventory.ListStores(inventory_service_pb2.ListStoresRequest())
                known.stores.update(store.store_id for store in answer.stores)
            for ids in _chunks(products):
                answer = await self._inventory.BatchGetProducts(
                    inventory_service_pb2.BatchGetProductsRequest(product_ids=ids)
                )
                for product in answer.products:
                    known.add_product(product.product_id, product.category_id, product.brand)
        except grpc.RpcError as error:
            raise peer_unavailable(error) from error


def _told(what: str, strange: Collection[str]) -> tuple[str, dict[str, str]]:
    """Message and metadata of the refusal of ids that name nothing."""
    first = ",".join(sorted(strange)[:_TOLD_MAX])
    return f"no {what} {first}", {f"{what}_ids": first}


def _unknown_store(store_id: str) -> NotFound:
    return NotFound("UNKNOWN_STORE", f"no store {store_id}", {"store_id": store_id})


def _unknown_member(member_id: str) -> NotFound:
    return NotFound("UNKNOWN_MEMBER", f"no member {member_id}", {"member_id": member_id})


def _unknown_product(given: str) -> NotFound:
    """The refusal of a product; its id may be whatever the client wrote."""
    product_id = given[:CODE_LENGTH_MAX]
    return NotFound("UNKNOWN_PRODUCT", f"no product {product_id}", {"product_id": product_id})


def _chunks(ids: set[str]) -> Iterable[list[str]]:
    ordered = sorted(ids)
    return (
        ordered[start : start + _ASKED_AT_ONCE_MAX]
        for start in range(0, len(ordered), _ASKED_AT_ONCE_MAX)
    )


def _is_id(text: str) -> bool:
    try:
        return canonical_id(text, "product_id") == text
    except Invalid:
        return False
