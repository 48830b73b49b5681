"""Watches an invariant of the business: stock below zero was sold before it was booked in."""

import asyncio

from prometheus_client import Gauge

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.logs import get_logger
from services.inventory.storage.repository.stock import StockRepository

STOCK_NEGATIVE_ROWS = Gauge(
    "yika_stock_negative_rows", "Products below zero, counted once for each store."
)

log = get_logger(__name__)


async def count_negative_stock(database: Database) -> None:
    """Counts once, for the metrics."""
    async with database.read() as connection:
        STOCK_NEGATIVE_ROWS.set(await StockRepository(connection).count_negative())


async def watch_stock(database: Database, every_seconds: float) -> None:
    """Counts again and again until cancelled; survives a lost database."""
    while True:
        try:
            await count_negative_stock(database)
        except Unavailable as error:
            log.warning("stock_watch_waits_for_database", error=str(error))
        await asyncio.sleep(every_seconds)
