"""Reads stores, categories, products, and a store's catalogue with its changes."""

from collections.abc import AsyncIterator, Sequence

from chassis.database import Database
from chassis.errors import Invalid
from services.inventory.domain.catalogue import CatalogueEntry, Product, Store, check_batch_size
from services.inventory.domain.category_tree import CategoryTree, PlacedCategory
from services.inventory.storage.repository.catalogue import CatalogueRepository
from services.inventory.storage.repository.prices import PricesRepository
from services.inventory.usecases.requirements import require_stores

ENTRIES_MAX = 1000


async def list_stores(database: Database) -> list[Store]:
    """All stores in order of code."""
    async with database.read() as connection:
        return await CatalogueRepository(connection).stores()


async def list_categories(database: Database) -> list[PlacedCategory]:
    """The tree, parents before children, siblings in order of name."""
    async with database.read() as connection:
        return CategoryTree(await CatalogueRepository(connection).categories()).all()


async def get_products(database: Database, product_ids: Sequence[str]) -> list[Product]:
    """Those of 1 to 500 products that exist, in the order asked."""
    check_batch_size(len(product_ids))
    async with database.read() as connection:
        found = await CatalogueRepository(connection).products(set(product_ids))
    return [found[product_id] for product_id in product_ids if product_id in found]


async def stream_catalogue(
    database: Database, store_id: str, after_revision: int
) -> AsyncIterator[list[CatalogueEntry]]:
    """What changed in a store's catalogue after a revision, oldest change first, by thousands.

    Whoever holds everything up to the revision of any entry here misses nothing before it: an
    entry that changes while the stream runs is left out and comes at its new place. No
    transaction stays open while the caller reads. Raises INVALID_REVISION, UNKNOWN_STORE.
    """
    if after_revision < 0:
        raise Invalid("INVALID_REVISION", "after_revision must not be negative")
    async with database.read() as connection:
        await require_stores(CatalogueRepository(connection), [store_id])
    while True:
        async with database.read() as connection:
            changes = await PricesRepository(connection).changes(store_id, after_revision)
        if not changes:
            return
        for start in range(0, len(changes), ENTRIES_MAX):
            chunk = changes[start : start + ENTRIES_MAX]
            async with database.read() as connection:
                found = await PricesRepository(connection).entries(
                    store_id, [product_id for _, product_id in chunk]
                )
            entries = [
                found[product_id]
                for revision, product_id in chunk
                if found[product_id].revision == revision
            ]
            if entries:
                yield entries
        after_revision = changes[-1][0]
