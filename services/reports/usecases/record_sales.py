"""Counts posted sales in the read models, each once."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.database import Transaction
from services.reports.domain.columns import SoldBasket, to_columns
from services.reports.storage.repository import ReadModelsRepository


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the sales (or returns) given: counted now, their lines, and known before."""

    bill_count: int
    line_count: int
    repeated_count: int


async def record_sales(tx: Transaction, baskets: Sequence[SoldBasket]) -> Recorded:
    """Adds the sales that were not counted before to every read model.

    The inbox stops an event that comes twice; this stops a sale that comes in two events.
    """
    by_id = {basket.sale_id: basket for basket in baskets}
    repository = ReadModelsRepository(tx.connection)
    claimed = await repository.claim_sales(by_id.keys())
    columns = to_columns(basket for sale_id, basket in by_id.items() if sale_id in claimed)
    await repository.add(columns)
    return Recorded(len(claimed), len(columns.product_ids), len(baskets) - len(claimed))
