"""Books one stock document of a store."""

from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Counter

from chassis.database import Database
from chassis.errors import id_reused
from services.inventory.domain.stock import MovementBatch, MovementKind, StockDocument, StockLevel
from services.inventory.storage.repository.catalogue import CatalogueRepository
from services.inventory.storage.repository.stock import StockRepository
from services.inventory.usecases.requirements import require_products, require_stores

MOVEMENTS_BOOKED = Counter("yika_movements_booked_total", "Movements of stock booked.", ["kind"])


@dataclass(frozen=True, slots=True)
class RecordMovements:
    """A document, and who books it."""

    document: StockDocument
    booked_by: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """Stock of the document's products right after it, in order of product."""

    levels: list[StockLevel]
    replayed: bool


async def record_movements(
    database: Database, command: RecordMovements, *, now: datetime
) -> Recorded:
    """Books a document, all or nothing; the same document again gets its first answer.

    Raises what StockDocument.check raises, UNKNOWN_STORE, UNKNOWN_PRODUCT, ID_REUSED.
    """
    document = command.document
    document.check(now)
    ordered = sorted(document.lines, key=lambda line: line.product_id)
    product_ids = [line.product_id for line in ordered]
    async with database.transaction() as tx:
        repository = StockRepository(tx.connection)
        if not await repository.claim(document, booked_by=command.booked_by, booked_at=now):
            digest, levels = await repository.answer(document)
            if digest != document.content_digest():
                raise id_reused("document", document.document_id)
            return Recorded(levels, replayed=True)
        catalogue = CatalogueRepository(tx.connection)
        await require_stores(catalogue, [document.store_id])
        await require_products(catalogue, product_ids)
        batch = MovementBatch(MovementKind(document.kind))
        batch.add(
            document.document_id,
            document.store_id,
            document.business_date,
            document.occurred_at,
            product_ids,
            [line.quantity_milli for line in ordered],
        )
        booked = await repository.book(batch)
        levels = await repository.levels(
            document.store_id, product_ids=product_ids, limit=len(product_ids)
        )
        await repository.keep_answer(document.document_id, levels)
        kind = batch.kind.name.lower()
        tx.after_commit(lambda: MOVEMENTS_BOOKED.labels(kind).inc(booked))
    return Recorded(levels, replayed=False)
