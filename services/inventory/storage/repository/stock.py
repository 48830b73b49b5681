"""SQL of stock: movements are appended, levels follow in the same statement."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import cast, func, select, text, update
from sqlalchemy.dialects.postgresql import BIGINT, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.inventory.domain.stock import MovementBatch, StockDocument, StockLevel
from services.inventory.storage.arrays import is_any_of
from services.inventory.storage.tables import documents, stock

# Documents and lines come as arrays and are joined here, so that the driver does not encode a
# document's fields once for each of its lines. Levels change by what was really inserted: a line
# that is known already counts nothing.
#
# Both inserts go in the order of their keys. Every writer of stock uses this statement, so two of
# them always meet their rows in the same order and cannot wait for each other in a circle.
_BOOK = text(
    """
    WITH document AS (
        SELECT * FROM unnest(CAST(:document_ids AS uuid[]), CAST(:store_ids AS uuid[]),
                             CAST(:business_dates AS date[]),
                             CAST(:occurred_times AS timestamptz[]))
            WITH ORDINALITY AS d (document_id, store_id, business_date, occurred_at, position)
    ), booked AS (
        INSERT INTO movements (document_id, kind, line_number, business_date, quantity_milli,
                               occurred_at, store_id, product_id)
        SELECT d.document_id, CAST(:kind AS smallint), l.line_number, d.business_date,
               l.quantity_milli, d.occurred_at, d.store_id, l.product_id
        FROM unnest(CAST(:positions AS integer[]), CAST(:line_numbers AS smallint[]),
                    CAST(:product_ids AS uuid[]), CAST(:quantities AS bigint[]))
            AS l (position, line_number, product_id, quantity_milli)
        JOIN document AS d USING (position)
        ORDER BY d.document_id, l.line_number
        ON CONFLICT (document_id, kind, line_number) DO NOTHING
        RETURNING store_id, product_id, quantity_milli
    ), leveled AS (
        INSERT INTO stock AS s (store_id, product_id, on_hand_milli, sold_milli)
        SELECT store_id, product_id, CAST(sum(quantity_milli) AS bigint),
               CASE WHEN CAST(:kind AS smallint) = 2
                    THEN CAST(-sum(quantity_milli) AS bigint) ELSE 0 END
        FROM booked
        GROUP BY store_id, product_id
        ORDER BY store_id, product_id
        ON CONFLICT (store_id, product_id) DO UPDATE
        SET on_hand_milli = s.on_hand_milli + excluded.on_hand_milli,
            sold_milli = s.sold_milli + excluded.sold_milli
    )
    SELECT count(*) FROM booked
    """
)


class StockRepository:
    """Movements, levels and the stock documents that came by RPC."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def book(self, batch: MovementBatch) -> int:
        """Appends movements and brings levels along; returns how many were new."""
        booked = await self._connection.execute(
            _BOOK,
            {
                "kind": int(batch.kind),
                "document_ids": batch.document_ids,
                "store_ids": batch.store_ids,
                "business_dates": batch.business_dates,
                "occurred_times": batch.occurred_times,
                "positions": batch.positions,
                "line_numbers": batch.line_numbers,
                "product_ids": batch.product_ids,
                "quantities": batch.quantities,
            },
        )
        return int(booked.scalar_one())

    async def claim(self, document: StockDocument, *, booked_by: str, booked_at: datetime) -> bool:
        """Takes the document's id; False when it is taken. Waits for who is just taking it."""
        claimed = await self._connection.execute(
            insert(documents)
            .values(
                document_id=document.document_id,
                content_digest=document.content_digest(),
                reason=document.reason,
                booked_by=booked_by,
                booked_at=booked_at,
                product_ids=[],
                on_hand_milli_after=[],
                sold_milli_after=[],
            )
            .on_conflict_do_nothing()
        )
        return bool(claimed.rowcount)

    async def keep_answer(self, document_id: str, levels: Sequence[StockLevel]) -> None:
        """Keeps what a document was answered with."""
        await self._connection.execute(
            update(documents)
            .where(documents.c.document_id == document_id)
            .values(
                product_ids=[level.product_id for level in levels],
                on_hand_milli_after=[level.on_hand_milli for level in levels],
                sold_milli_after=[level.sold_milli for level in levels],
            )
        )

    async def answer(self, document: StockDocument) -> tuple[bytes, list[StockLevel]]:
        """The content digest and the answer of the document that holds this id."""
        row = (
            await self._connection.execute(
                select(documents).where(documents.c.document_id == document.document_id)
            )
        ).one()
        figures = zip(row.product_ids, row.on_hand_milli_after, row.sold_milli_after, strict=True)
        return row.content_digest, [StockLevel(document.store_id, *part) for part in figures]

    async def levels(
        self,
        store_id: str | None,
        *,
        product_ids: Collection[str] = (),
        after_product_id: str | None = None,
        limit: int,
    ) -> list[StockLevel]:
        """Levels of a store, or sums over all with None, in order of product.

        Only products that ever moved have one. `product_ids` narrows it unless empty.
        """
        query = select(stock.c.product_id)
        if store_id is None:
            query = query.add_columns(
                cast(func.sum(stock.c.on_hand_milli), BIGINT),
                cast(func.sum(stock.c.sold_milli), BIGINT),
            ).group_by(stock.c.product_id)
        else:
            query = query.add_columns(stock.c.on_hand_milli, stock.c.sold_milli)
            query = query.where(stock.c.store_id == store_id)
        if product_ids:
            query = query.where(is_any_of(stock.c.product_id, product_ids))
        if after_product_id is not None:
            query = query.where(stock.c.product_id > after_product_id)
        rows = await self._connection.execute(query.order_by(stock.c.product_id).limit(limit))
        return [StockLevel(store_id, *row) for row in rows]

    async def count_negative(self) -> int:
        """How many products are below zero in how many stores, as rows."""
        count = await self._connection.scalar(
            select(func.count()).select_from(stock).where(stock.c.on_hand_milli < 0)
        )
        return int(count or 0)
