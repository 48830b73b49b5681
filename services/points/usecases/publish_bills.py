"""Tells others what was posted: one event a kind of fact and commit."""

from collections.abc import Sequence
from datetime import datetime

from chassis.database import Transaction
from services.points.domain.assets import BillKind
from services.points.storage.bill_writer import NewBill
from services.points.usecases.post_sales import publish_sales


def publish_bills(tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
    """Adds the events of a batch to its commit."""
    sales = [bill for bill in bills if bill.draft.posting.kind is BillKind.SALE]
    if sales:
        publish_sales(tx, sales, now)
