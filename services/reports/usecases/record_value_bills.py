"""Counts bills that sell no goods, each once."""

from collections.abc import Sequence

from chassis.database import Transaction
from services.reports.domain.value import ValueBill
from services.reports.storage.repository import ReadModelsRepository
from services.reports.storage.value_repository import add_value_bills


async def record_value_bills(tx: Transaction, bills: Sequence[ValueBill]) -> tuple[int, int]:
    """Adds the bills that were not counted before; returns their number, and that of the rest."""
    by_id = {bill.bill_id: bill for bill in bills}
    claimed = await ReadModelsRepository(tx.connection).claim_bills(by_id.keys())
    fresh = [bill for bill_id, bill in by_id.items() if bill_id in claimed]
    await add_value_bills(tx.connection, fresh)
    return len(fresh), len(bills) - len(fresh)
