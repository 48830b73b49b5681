"""What inventory does when others publish."""

from datetime import UTC, date

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
    await book_handed_goods(tx, batch)


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
    await book_handed_goods(tx, batch)


async def on_gifts_redeemed(tx: Transaction, event: reward_events_pb2.GiftsRedeemed) -> None:
    """Books gifts out of the store that handed them out; they count as gone, not as sold."""
    batch = MovementBatch(MovementKind.GIFT)
    for redemption in event.redemptions:
        day = redemption.business_date
        # Events of before the field tell only when it was posted.
        has_occurred = redemption.HasField("occurred_time")
        happened = redemption.occurred_time if has_occurred else redemption.posted_time
        batch.add(
            redemption.bill_id,
            redemption.store_id,
            date(day.year, day.month, day.day),
            happened.ToDatetime(UTC),
            [gift.product_id for gift in redemption.gifts],
            [-gift.quantity_milli for gift in redemption.gifts],
        )
    await book_handed_goods(tx, batch)


async def on_gifts_returned(tx: Transaction, event: reward_events_pb2.GiftsReturned) -> None:
    """Books gifts into the store that took them back."""
    batch = MovementBatch(MovementKind.GIFT_RETURN)
    for returned in event.returns:
        day = returned.business_date
        batch.add(
            returned.bill_id,
            returned.store_id,
            date(day.year, day.month, day.day),
            returned.occurred_time.ToDatetime(UTC),
            [gift.product_id for gift in returned.gifts],
            [gift.quantity_milli for gift in returned.gifts],
        )
    await book_handed_goods(tx, batch)
