"""Brands from the catalogue to the rules: who stamps them, and what they earn."""

from datetime import timedelta

from chassis.auth import Principal
from chassis.database import Database
from chassis.ids import new_id
from pricing.earning import Scope
from services.points.domain.programme import Programme, Programmes
from services.points.door import Door
from services.points.storage.directory import DirectoryRepository, KnownProduct
from services.points.usecases.post_bills import Posted
from services.points.usecases.sales.accept_sales import accept_sales
from tests.fixtures.builders_earning import bonus, build_programme
from tests.fixtures.builders_points import (
    SOLD_AT,
    build_chain,
    build_line,
    build_sale,
    lonely_directory,
    post_commands,
    running_door,
)
from tests.fixtures.ledger import Ledger, one
from yika.inventory.v1 import catalogue_pb2, inventory_service_pb2
from yika.points.v1 import points_service_pb2, sale_pb2

NOW = SOLD_AT + timedelta(days=1)
BRAND_RULES = Programmes(
    [
        Programme(
            version=2,
            earning=build_programme(
                bonus("bright", 50, scope=Scope(brands=frozenset({"光明"}))), version=2
            ),
        )
    ]
)


async def earned(database: Database, sale: sale_pb2.Sale) -> int:
    """Points of a sale under rules that favour a brand, its owners away."""
    door = Door(
        lambda commands: post_commands(database, *commands, now=NOW, programmes=BRAND_RULES),
        batch_max=64,
        writers=1,
        queue_max=100,
    )
    async with running_door(door), lonely_directory(database) as directory:
        (outcome,) = await accept_sales(
            [sale],
            database=database,
            door=door,
            directory=directory,
            principal=Principal("till", frozenset(), frozenset({"*"})),
            tender_kinds=("cash",),
            programmes=BRAND_RULES,
            now=NOW,
        )
    assert isinstance(outcome, Posted)
    return outcome.receipt.points_earned


class TestBrandRules:
    async def test_hold_for_products_of_the_brand_alone(self, database: Database) -> None:
        chain, _ = await build_chain(database)
        async with database.transaction() as tx:
            await DirectoryRepository(tx.connection).set_products(
                [KnownProduct(chain.product_ids[0], chain.category_id, "光明")], 2
            )
        of_brand, other = (
            build_sale(chain, lines=[build_line(product_id)])
            for product_id in chain.product_ids[:2]
        )
        # What the till says of a brand counts for nothing.
        of_brand.lines[0].brand, other.lines[0].brand = "别家", "光明"
        assert await earned(database, of_brand) == 62
        assert await earned(database, other) == 12


class TestPostSale:
    async def test_stamps_the_brand_that_inventory_tells(self, ledger: Ledger) -> None:
        product_id = new_id()
        product = catalogue_pb2.Product(
            product_id=product_id,
            sku=product_id,
            name="纯牛奶",
            category_id=ledger.chain.category_id,
            unit="盒",
            brand=" 光明 ",
        )
        await ledger.inventory.UpsertProducts(
            inventory_service_pb2.UpsertProductsRequest(products=[product])
        )
        lines = [build_line(product_id), build_line(ledger.chain.product_ids[0], brand="别家")]
        sale = build_sale(ledger.chain, lines=lines)
        await ledger.stub.PostSale(one(sale))
        bill = await ledger.stub.GetBill(points_service_pb2.GetBillRequest(bill_id=sale.sale_id))
        assert [line.brand for line in bill.bill.sale.lines] == ["光明", ""]
