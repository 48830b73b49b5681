"""Takes goods that came back off the read models, each return once."""

from collections.abc import Sequence

from chassis.database import Transaction
from services.reports.domain.returns import ReturnedBasket, to_return_columns
from services.reports.storage.repository import ReadModelsRepository
from services.reports.usecases.record_sales import Recorded


async def record_returns(tx: Transaction, baskets: Sequence[ReturnedBasket]) -> Recorded:
    """Adds the returns that were not counted before to every read model.

    Returns add up as sales do: their order does not matter, nor whether their sale is known.
    """
    by_id = {basket.bill_id: basket for basket in baskets}
    repository = ReadModelsRepository(tx.connection)
    claimed = await repository.claim_bills(by_id.keys())
    columns = to_return_columns(basket for bill_id, basket in by_id.items() if bill_id in claimed)
    await repository.add_returns(columns)
    return Recorded(len(claimed), len(columns.product_ids), len(baskets) - len(claimed))
