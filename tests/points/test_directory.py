"""What the ledger knows to exist: from events, and when an owner is away."""

import pytest

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.ids import new_id
from services.points.event_handlers import know_members, know_products, know_stores
from tests.fixtures.builders_points import build_chain, lonely_directory
from yika.inventory.v1 import catalogue_pb2
from yika.inventory.v1 import events_pb2 as inventory_events
from yika.members.v1 import events_pb2 as members_events


def products_event(
    product_id: str, category_id: str, revision: int, brand: str = ""
) -> inventory_events.ProductsUpserted:
    """An announcement of one product."""
    product = catalogue_pb2.Product(product_id=product_id, category_id=category_id, brand=brand)
    return inventory_events.ProductsUpserted(products=[product], revision=revision)


class TestLookUp:
    async def test_knows_what_events_told_without_any_owner(self, database: Database) -> None:
        member_id, store_id, product_id, category_id = (new_id() for _ in range(4))
        async with database.transaction() as tx:
            await know_members(
                tx,
                members_events.MembersRegistered(
                    members=[members_events.MemberRegistered(member_id=member_id)]
                ),
            )
            await know_stores(
                tx,
                inventory_events.StoresUpserted(stores=[catalogue_pb2.Store(store_id=store_id)]),
            )
            await know_products(tx, products_event(product_id, category_id, 1))
        async with lonely_directory(database) as directory:
            known = await directory.look_up({member_id}, {store_id}, {product_id})
        assert member_id in known.members
        assert store_id in known.stores
        assert known.products[product_id] == category_id

    async def test_an_unreachable_owner_is_unavailable_not_unknown(
        self, database: Database
    ) -> None:
        chain, _ = await build_chain(database)
        async with lonely_directory(database) as directory:
            with pytest.raises(Unavailable):
                await directory.look_up({new_id()}, {chain.store_id}, set())

    @pytest.mark.parametrize("order", [(1, 2), (2, 1)])
    async def test_the_higher_revision_wins_in_any_order(
        self, database: Database, order: tuple[int, int]
    ) -> None:
        product_id = new_id()
        category_of = {1: new_id(), 2: new_id()}
        for revision in order:
            async with database.transaction() as tx:
                await know_products(tx, products_event(product_id, category_of[revision], revision))
        async with lonely_directory(database) as directory:
            known = await directory.look_up(set(), set(), {product_id})
        assert known.products[product_id] == category_of[2]

    async def test_a_brand_comes_and_goes_with_its_product(self, database: Database) -> None:
        product_id, category_id = new_id(), new_id()
        for revision, brand in enumerate(("", "光明", ""), start=1):
            async with database.transaction() as tx:
                await know_products(tx, products_event(product_id, category_id, revision, brand))
            async with lonely_directory(database) as directory:
                known = await directory.look_up(set(), set(), {product_id})
            assert known.brands == ({product_id: brand} if brand else {})

    async def test_hearing_twice_changes_nothing(self, database: Database) -> None:
        member_id = new_id()
        event = members_events.MembersRegistered(
            members=[members_events.MemberRegistered(member_id=member_id)] * 2
        )
        for _ in range(2):
            async with database.transaction() as tx:
                await know_members(tx, event)
        async with lonely_directory(database) as directory:
            assert member_id in (await directory.look_up({member_id}, set(), set())).members
