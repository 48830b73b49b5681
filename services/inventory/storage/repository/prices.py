"""SQL of prices, and of the catalogue as one store sees it."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, literal_column, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.inventory.domain.catalogue import CatalogueEntry, Price
from services.inventory.storage.arrays import is_any_of
from services.inventory.storage.repository.catalogue import select_products, to_product
from services.inventory.storage.tables import chain_prices, products, store_prices


class PricesRepository:
    """Prices of the chain and of its stores."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def prices(self, wanted: Collection[Price]) -> set[Price]:
        """The present prices of the same products in the same places."""
        ids = [price.product_id for price in wanted]
        chain = await self._connection.execute(
            select(chain_prices.c.product_id, chain_prices.c.price_fen).where(
                is_any_of(chain_prices.c.product_id, ids)
            )
        )
        found = {Price(row.product_id, None, row.price_fen) for row in chain}
        store_ids = {price.store_id for price in wanted if price.store_id is not None}
        if store_ids:
            own = await self._connection.execute(
                select(
                    store_prices.c.product_id, store_prices.c.store_id, store_prices.c.price_fen
                ).where(
                    is_any_of(store_prices.c.product_id, ids),
                    is_any_of(store_prices.c.store_id, store_ids),
                )
            )
            found |= {Price(*row) for row in own}
        return found

    async def upsert(self, changed: Sequence[Price], revisions: range) -> None:
        """Writes prices as they are now."""
        numbered = list(zip(changed, revisions, strict=True))
        chain = [(p.product_id, p.price_fen, n) for p, n in numbered if p.store_id is None]
        own = [(p.store_id, p.product_id, p.price_fen, n) for p, n in numbered if p.store_id]
        if chain:
            ids, prices, positions = map(list, zip(*chain, strict=True))
            await self._connection.execute(
                text(
                    """
                    INSERT INTO chain_prices (product_id, price_fen, revision)
                    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:prices AS bigint[]),
                                         CAST(:revisions AS bigint[]))
                    ON CONFLICT (product_id) DO UPDATE
                    SET price_fen = excluded.price_fen, revision = excluded.revision
                    """
                ),
                {"ids": ids, "prices": prices, "revisions": positions},
            )
        if own:
            store_ids, ids, prices, positions = map(list, zip(*own, strict=True))
            await self._connection.execute(
                text(
                    """
                    INSERT INTO store_prices (store_id, product_id, price_fen, revision)
                    SELECT * FROM unnest(CAST(:stores AS uuid[]), CAST(:ids AS uuid[]),
                                         CAST(:prices AS bigint[]), CAST(:revisions AS bigint[]))
                    ON CONFLICT (store_id, product_id) DO UPDATE
                    SET price_fen = excluded.price_fen, revision = excluded.revision
                    """
                ),
                {"stores": store_ids, "ids": ids, "prices": prices, "revisions": positions},
            )

    async def changes(self, store_id: str, after_revision: int) -> list[tuple[int, str]]:
        """(revision, product_id) of a store's entries that changed later, oldest change first."""
        sources = union_all(
            select(products.c.product_id, products.c.revision).where(
                products.c.revision > after_revision
            ),
            select(chain_prices.c.product_id, chain_prices.c.revision).where(
                chain_prices.c.revision > after_revision
            ),
            select(store_prices.c.product_id, store_prices.c.revision).where(
                store_prices.c.store_id == store_id, store_prices.c.revision > after_revision
            ),
        ).subquery()
        rows = await self._connection.execute(
            select(func.max(sources.c.revision), sources.c.product_id)
            .group_by(sources.c.product_id)
            .order_by(literal_column("1"))
        )
        return [(row[0], row[1]) for row in rows]

    async def entries(self, store_id: str, ids: Collection[str]) -> dict[str, CatalogueEntry]:
        """The entries of these products as a store sees them now, by product id."""
        # The ids stand in each join: the planner would not carry them over, and read every price.
        chain = (chain_prices.c.product_id == products.c.product_id) & is_any_of(
            chain_prices.c.product_id, ids
        )
        own = (
            (store_prices.c.product_id == products.c.product_id)
            & (store_prices.c.store_id == store_id)
            & is_any_of(store_prices.c.product_id, ids)
        )
        query = (
            select_products()
            .add_columns(
                func.coalesce(store_prices.c.price_fen, chain_prices.c.price_fen).label("price"),
                func.greatest(
                    products.c.revision, chain_prices.c.revision, store_prices.c.revision
                ).label("entry_revision"),
            )
            .select_from(products.outerjoin(chain_prices, chain).outerjoin(store_prices, own))
            .where(is_any_of(products.c.product_id, ids))
        )
        rows = await self._connection.execute(query)
        return {
            row["product_id"]: CatalogueEntry(to_product(row), row["price"], row["entry_revision"])
            for row in rows.mappings()
        }
