"""SQL of stores, categories and products. Lists go in as arrays: one statement for each table."""

from collections.abc import Collection, Sequence

from sqlalchemy import RowMapping, Select, func, select, text, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

from services.inventory.domain.catalogue import Product, Store
from services.inventory.domain.category_tree import Category
from services.inventory.storage.arrays import is_any_of, is_none_of
from services.inventory.storage.tables import (
    barcodes,
    catalogue_revision,
    categories,
    products,
    stores,
)


class CatalogueRepository:
    """Stores, the category tree and products."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self) -> None:
        """Waits until this transaction is the only one that writes the catalogue.

        What is checked after this stays true until the commit.
        """
        await self._connection.execute(select(catalogue_revision.c.revision).with_for_update())

    async def take_revisions(self, count: int) -> range:
        """The next revisions, one for each changed row.

        The lock on the counter's row is kept until the commit: whoever sees a revision sees every
        lower one as well, which a sequence could not promise.
        """
        changed = await self._connection.execute(
            update(catalogue_revision)
            .values(revision=catalogue_revision.c.revision + count)
            .returning(catalogue_revision.c.revision)
        )
        last: int = changed.scalar_one()
        return range(last - count + 1, last + 1)

    async def known_ids(self, table: str, ids: Collection[str]) -> set[str]:
        """Which of these ids of "stores", "categories" or "products" exist."""
        column = {
            "stores": stores.c.store_id,
            "categories": categories.c.category_id,
            "products": products.c.product_id,
        }[table]
        found = await self._connection.scalars(select(column).where(is_any_of(column, ids)))
        return set(found)

    async def stores(self, ids: Collection[str] | None = None) -> list[Store]:
        """These stores, or all, in order of code."""
        query = select(stores.c.store_id, stores.c.store_code, stores.c.name)
        if ids is not None:
            query = query.where(is_any_of(stores.c.store_id, ids))
        rows = await self._connection.execute(query.order_by(stores.c.store_code))
        return [Store(*row) for row in rows]

    async def upsert_stores(self, changed: Sequence[Store], revisions: range) -> None:
        """Writes stores as they are now."""
        await self._connection.execute(
            text(
                """
                INSERT INTO stores (store_id, store_code, name, revision)
                SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[]),
                                     CAST(:names AS text[]), CAST(:revisions AS bigint[]))
                ON CONFLICT (store_id) DO UPDATE SET store_code = excluded.store_code,
                    name = excluded.name, revision = excluded.revision
                """
            ),
            {
                "ids": [store.store_id for store in changed],
                "codes": [store.store_code for store in changed],
                "names": [store.name for store in changed],
                "revisions": list(revisions),
            },
        )

    async def foreign_store_code(self, batch: Sequence[Store]) -> str | None:
        """A code of the batch that a store outside it holds."""
        found: str | None = await self._connection.scalar(
            select(stores.c.store_code)
            .where(
                is_any_of(stores.c.store_code, [store.store_code for store in batch]),
                is_none_of(stores.c.store_id, [store.store_id for store in batch]),
            )
            .limit(1)
        )
        return found

    async def categories(self) -> list[Category]:
        """Every node of the tree."""
        rows = await self._connection.execute(
            select(categories.c.category_id, categories.c.parent_category_id, categories.c.name)
        )
        return [Category(*row) for row in rows]

    async def upsert_categories(self, changed: Sequence[Category], revisions: range) -> None:
        """Writes nodes as they are now."""
        await self._connection.execute(
            text(
                """
                INSERT INTO categories (category_id, parent_category_id, name, revision)
                SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:parents AS uuid[]),
                                     CAST(:names AS text[]), CAST(:revisions AS bigint[]))
                ON CONFLICT (category_id) DO UPDATE
                SET parent_category_id = excluded.parent_category_id,
                    name = excluded.name, revision = excluded.revision
                """
            ),
            {
                "ids": [category.category_id for category in changed],
                "parents": [category.parent_category_id for category in changed],
                "names": [category.name for category in changed],
                "revisions": list(revisions),
            },
        )

    async def products(self, ids: Collection[str]) -> dict[str, Product]:
        """Those of these products that exist, by id."""
        rows = await self._connection.execute(
            select_products().where(is_any_of(products.c.product_id, ids))
        )
        return {row["product_id"]: to_product(row) for row in rows.mappings()}

    async def foreign_sku(self, batch: Sequence[Product]) -> str | None:
        """A sku of the batch that a product outside it holds."""
        found: str | None = await self._connection.scalar(
            select(products.c.sku)
            .where(
                is_any_of(products.c.sku, [product.sku for product in batch]),
                is_none_of(products.c.product_id, [product.product_id for product in batch]),
            )
            .limit(1)
        )
        return found

    async def foreign_barcode(self, batch: Sequence[Product]) -> str | None:
        """A barcode of the batch that a product outside it holds."""
        codes = [code for product in batch for code in product.barcodes]
        if not codes:
            return None
        found: str | None = await self._connection.scalar(
            select(barcodes.c.barcode)
            .where(
                is_any_of(barcodes.c.barcode, codes),
                is_none_of(barcodes.c.product_id, [product.product_id for product in batch]),
            )
            .limit(1)
        )
        return found

    async def upsert_products(self, changed: Sequence[Product], revisions: range) -> None:
        """Writes products with their barcodes as they are now."""
        ids = [product.product_id for product in changed]
        await self._connection.execute(
            text(
                """
                INSERT INTO products (product_id, sku, name, category_id, unit, brand, revision)
                SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:skus AS text[]),
                                     CAST(:names AS text[]), CAST(:categories AS uuid[]),
                                     CAST(:units AS text[]), CAST(:brands AS text[]),
                                     CAST(:revisions AS bigint[]))
                ON CONFLICT (product_id) DO UPDATE SET sku = excluded.sku, name = excluded.name,
                    category_id = excluded.category_id, unit = excluded.unit,
                    brand = excluded.brand, revision = excluded.revision
                """
            ),
            {
                "ids": ids,
                "skus": [product.sku for product in changed],
                "names": [product.name for product in changed],
                "categories": [product.category_id for product in changed],
                "units": [product.unit for product in changed],
                "brands": [product.brand for product in changed],
                "revisions": list(revisions),
            },
        )
        # All go before any comes: a barcode may move from one product of the batch to another.
        await self._connection.execute(
            barcodes.delete().where(is_any_of(barcodes.c.product_id, ids))
        )
        lines = [
            (code, product.product_id, ordinal)
            for product in changed
            for ordinal, code in enumerate(product.barcodes)
        ]
        if lines:
            codes, owners, ordinals = map(list, zip(*lines, strict=True))
            await self._connection.execute(
                text(
                    """
                    INSERT INTO barcodes (barcode, product_id, ordinal)
                    SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:owners AS uuid[]),
                                         CAST(:ordinals AS smallint[]))
                    """
                ),
                {"codes": codes, "owners": owners, "ordinals": ordinals},
            )


def select_products() -> Select[tuple[object, ...]]:
    """Products with their barcodes in order, as to_product reads them."""
    codes = func.array(
        select(barcodes.c.barcode)
        .where(barcodes.c.product_id == products.c.product_id)
        .order_by(barcodes.c.ordinal)
        .scalar_subquery()
    )
    return select(
        products.c.product_id,
        products.c.sku,
        products.c.name,
        products.c.category_id,
        products.c.unit,
        products.c.brand,
        # The driver gives a list of str already; SQLAlchemy would look at each of them once more.
        type_coerce(codes, NullType()).label("barcodes"),
    )


def to_product(row: RowMapping) -> Product:
    """A product from a row of select_products."""
    return Product(
        product_id=row["product_id"],
        sku=row["sku"],
        name=row["name"],
        category_id=row["category_id"],
        barcodes=tuple(row["barcodes"]),
        unit=row["unit"],
        brand=row["brand"],
    )
