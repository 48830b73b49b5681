"""What the ledger learns from others: who and what exists."""

from chassis.database import Transaction
from chassis.inbox import Subscription
from services.points.storage.directory import DirectoryRepository, KnownProduct
from yika.inventory.v1 import events_pb2 as inventory_events
from yika.members.v1 import events_pb2 as members_events


async def know_members(tx: Transaction, event: members_events.MembersRegistered) -> None:
    """Remembers that members exist."""
    await DirectoryRepository(tx.connection).add_members(
        [member.member_id for member in event.members]
    )


async def know_stores(tx: Transaction, event: inventory_events.StoresUpserted) -> None:
    """Remembers that stores exist."""
    await DirectoryRepository(tx.connection).add_stores([store.store_id for store in event.stores])


async def know_products(tx: Transaction, event: inventory_events.ProductsUpserted) -> None:
    """Remembers products with their categories and brands."""
    await DirectoryRepository(tx.connection).set_products(
        [
            KnownProduct(product.product_id, product.category_id, product.brand)
            for product in event.products
        ],
        event.revision,
    )


SUBSCRIPTIONS = (
    Subscription(members_events.MembersRegistered, know_members),
    Subscription(inventory_events.StoresUpserted, know_stores),
    Subscription(inventory_events.ProductsUpserted, know_products),
)
