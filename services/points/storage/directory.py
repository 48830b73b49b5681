"""The only SQL of the directory: which members, stores and products exist."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.storage.driver import Driver

_ADD_MEMBERS = text(
    """
    INSERT INTO known_members (member_id) SELECT unnest(CAST(:ids AS uuid[]))
    ON CONFLICT DO NOTHING
    """
)
_ADD_STORES = text(
    """
    INSERT INTO known_stores (store_id) SELECT unnest(CAST(:ids AS uuid[]))
    ON CONFLICT DO NOTHING
    """
)
_ADD_PRODUCTS = text(
    """
    INSERT INTO known_products (product_id, category_id, brand, revision)
    SELECT product_id, category_id, brand, :revision
    FROM unnest(CAST(:ids AS uuid[]), CAST(:categories AS uuid[]), CAST(:brands AS text[]))
        AS given (product_id, category_id, brand)
    ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE
        SET category_id = excluded.category_id, brand = excluded.brand,
            revision = excluded.revision
        WHERE known_products.revision < excluded.revision
    """
)


_MEMBERS = "SELECT member_id::text FROM known_members WHERE member_id = ANY($1::uuid[])"
_STORES = "SELECT store_id::text FROM known_stores WHERE store_id = ANY($1::uuid[])"
_PRODUCTS = """
    SELECT product_id::text, category_id::text, brand FROM known_products
    WHERE product_id = ANY($1::uuid[])
    """


# One pass over the products, and only when rules are published: no index is kept for it.
_CATEGORIES = """
    SELECT DISTINCT category_id::text FROM known_products WHERE category_id = ANY($1::uuid[])
    """


class KnownProduct(NamedTuple):
    """What the ledger keeps of a product; an empty brand is none."""

    product_id: str
    category_id: str
    brand: str = ""


async def known_members(driver: Driver, ids: Collection[str]) -> set[str]:
    """Those of the ids that are known members."""
    return {row[0] for row in await driver.fetch(_MEMBERS, list(ids))}


async def known_stores(driver: Driver, ids: Collection[str]) -> set[str]:
    """Those of the ids that are known stores."""
    return {row[0] for row in await driver.fetch(_STORES, list(ids))}


async def known_products(driver: Driver, ids: Collection[str]) -> Sequence[KnownProduct]:
    """Those of the ids that are known products."""
    return [KnownProduct(*row) for row in await driver.fetch(_PRODUCTS, list(ids))]


async def known_categories(driver: Driver, ids: Collection[str]) -> set[str]:
    """Those of the ids that are categories of known products."""
    return {row[0] for row in await driver.fetch(_CATEGORIES, list(ids))}


class DirectoryRepository:
    """Writes what the owners of members, stores and goods have announced."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_members(self, ids: Sequence[str]) -> None:
        """Adds members; known ones stay."""
        await self._connection.execute(_ADD_MEMBERS, {"ids": sorted(ids)})

    async def add_stores(self, ids: Sequence[str]) -> None:
        """Adds stores; known ones stay."""
        await self._connection.execute(_ADD_STORES, {"ids": sorted(ids)})

    async def set_products(self, products: Sequence[KnownProduct], revision: int) -> None:
        """Sets what products are unless a higher revision has set it before."""
        await self._connection.execute(
            _ADD_PRODUCTS,
            {
                "ids": [product.product_id for product in products],
                "categories": [product.category_id for product in products],
                "brands": [product.brand for product in products],
                "revision": revision,
            },
        )
