"""Books movements of sales, gifts and their returns, set by set."""

from chassis.database import Transaction
from services.inventory.domain.stock import MovementBatch
from services.inventory.storage.repository.stock import StockRepository
from services.inventory.usecases.record_movements import MOVEMENTS_BOOKED


async def book_handed_goods(tx: Transaction, batch: MovementBatch) -> None:
    """Books the lines that are new; a document that came before counts nothing.

    Runs in the transaction that marks the event as received. Stock may fall below zero.
    """
    booked = await StockRepository(tx.connection).book(batch)
    kind = batch.kind.name.lower()
    tx.after_commit(lambda: MOVEMENTS_BOOKED.labels(kind).inc(booked))
