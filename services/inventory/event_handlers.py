"""What inventory does when others publish."""

from datetime import UTC, date

from chassis.database import Transaction
from services.inventory.domain.stock import MovementBatch, MovementKind
from services.inventory.usecases.book_sales import book_sales
from yika.points.v1 import events_pb2


async def on_sales_posted(tx: Transaction, event: events_pb2.SalesPosted) -> None:
    """Books what was sold. Sales add up, so their order does not matter.

    The ledger has accepted them; a store or product that is not known here yet is booked too.
    """
    batch = MovementBatch(MovementKind.SALE)
    for posted in event.sales:
        sale, lines = posted.sale, posted.sale.lines
        day = sale.business_date
        batch.add(
            sale.sale_id,
            sale.store_id,
            date(day.year, day.month, day.day),
            sale.sold_time.ToDatetime(UTC),
            [line.product_id for line in lines],
            [-line.quantity_milli for line in lines],
        )
    await book_sales(tx, batch)


async def on_sales_returned(tx: Transaction, event: events_pb2.SalesReturned) -> None:
    """Books what customers brought back into the store that took it. Returns add up as sales do."""
    batch = MovementBatch(MovementKind.SALE_RETURN)
    for returned in event.returns:
        day = returned.business_date
        batch.add(
            returned.bill_id,
            returned.store_id,
            date(day.year, day.month, day.day),
            returned.occurred_time.ToDatetime(UTC),
            [line.product_id for line in returned.lines],
            [line.quantity_milli for line in returned.lines],
        )
    await book_sales(tx, batch)
