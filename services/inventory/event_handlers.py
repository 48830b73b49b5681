"""What inventory does when others publish."""

from collections.abc import Iterable
from datetime import UTC, date
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.database import Transaction
from services.inventory.domain.stock import MovementBatch, MovementKind
from services.inventory.usecases.book_handed_goods import book_handed_goods
from yika.points.v1 import events_pb2, reward_events_pb2


async def on_sales_posted(tx: Transaction, event: events_pb2.SalesPosted) -> None:
    """Books what was sold. Sales add up, so their order does not matter.

    The ledger has accepted them; a store or product that is not known here yet is booked too.
    """
    batch = MovementBatch(MovementKind.SALE)
    for posted in event.sales:
        sale = posted.sale
        _add(batch, sale.sale_id, sale, sale.sold_time, sale.lines, -1)
    await book_handed_goods(tx, batch)


async def on_sales_returned(tx: Transaction, event: events_pb2.SalesReturned) -> None:
    """Books what customers brought back into the store that took it. Returns add up as sales do."""
    batch = MovementBatch(MovementKind.SALE_RETURN)
    for returned in event.returns:
        _add(batch, returned.bill_id, returned, returned.occurred_time, returned.lines, 1)
    await book_handed_goods(tx, batch)


async def on_gifts_redeemed(tx: Transaction, event: reward_events_pb2.GiftsRedeemed) -> None:
    """Books gifts out of the store that handed them out; they count as gone, not as sold."""
    batch = MovementBatch(MovementKind.GIFT)
    for redemption in event.redemptions:
        # Events of before the field tell only when it was posted.
        has_occurred = redemption.HasField("occurred_time")
        happened = redemption.occurred_time if has_occurred else redemption.posted_time
        _add(batch, redemption.bill_id, redemption, happened, redemption.gifts, -1)
    await book_handed_goods(tx, batch)


async def on_gifts_returned(tx: Transaction, event: reward_events_pb2.GiftsReturned) -> None:
    """Books gifts into the store that took them back."""
    batch = MovementBatch(MovementKind.GIFT_RETURN)
    for returned in event.returns:
        _add(batch, returned.bill_id, returned, returned.occurred_time, returned.gifts, 1)
    await book_handed_goods(tx, batch)


def _add(
    batch: MovementBatch,
    document_id: str,
    document: Any,  # with store_id and business_date
    happened: Timestamp,
    goods: Iterable[Any],  # with product_id and quantity_milli
    sign: int,
) -> None:
    """Adds a document; `sign` is 1 for what comes into the store."""
    day, lines = document.business_date, list(goods)
    batch.add(
        document_id,
        document.store_id,
        date(day.year, day.month, day.day),
        happened.ToDatetime(UTC),
        [line.product_id for line in lines],
        [sign * line.quantity_milli for line in lines],
    )
