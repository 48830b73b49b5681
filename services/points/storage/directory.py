"""The only SQL of the directory: which members, stores and products exist."""

from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.storage.driver import fetch

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
    INSERT INTO known_products (product_id, category_id, revision)
    SELECT product_id, category_id, :revision
    FROM unnest(CAST(:ids AS uuid[]), CAST(:categories AS uuid[]))
        AS given (product_id, category_id)
    ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE
        SET category_id = excluded.category_id, revision = excluded.revision
        WHERE known_products.revision < excluded.revision
    """
)


_MEMBERS = "SELECT member_id FROM known_members WHERE member_id = ANY($1::uuid[])"
_STORES = "SELECT store_id FROM known_stores WHERE store_id = ANY($1::uuid[])"
_PRODUCTS = """
    SELECT product_id, category_id FROM known_products WHERE product_id = ANY($1::uuid[])
    """


class DirectoryRepository:
    """Reads and writes what the owners of members, stores and goods have announced."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def members(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that are known members."""
        rows = await fetch(self._connection, _MEMBERS, list(ids))
        return {str(row["member_id"]) for row in rows}

    async def stores(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that are known stores."""
        rows = await fetch(self._connection, _STORES, list(ids))
        return {str(row["store_id"]) for row in rows}

    async def products(self, ids: Collection[str]) -> dict[str, str]:
        """product_id -> category_id of those that are known."""
        rows = await fetch(self._connection, _PRODUCTS, list(ids))
        return {str(row["product_id"]): str(row["category_id"]) for row in rows}

    async def add_members(self, ids: Sequence[str]) -> None:
        """Adds members; known ones stay."""
        await self._connection.execute(_ADD_MEMBERS, {"ids": sorted(ids)})

    async def add_stores(self, ids: Sequence[str]) -> None:
        """Adds stores; known ones stay."""
        await self._connection.execute(_ADD_STORES, {"ids": sorted(ids)})

    async def set_products(self, categories: dict[str, str], revision: int) -> None:
        """Sets products' categories unless a higher revision has set them before."""
        await self._connection.execute(
            _ADD_PRODUCTS,
            {
                "ids": list(categories),
                "categories": list(categories.values()),
                "revision": revision,
            },
        )
