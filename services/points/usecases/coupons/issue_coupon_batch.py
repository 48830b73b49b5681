"""Makes the next codes of an order: one bounded batch, its progress and its event in one commit.

Dying at any moment loses the batch at work and nothing else; whoever comes next makes the same
codes with the same numbers.
"""

import asyncio
from datetime import datetime

from prometheus_client import Counter

from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon_order import CouponOrder, after_batch, next_serials
from services.points.messages.coupons.coupon_facts import issue_fact
from services.points.storage.coupons.coupon_orders import CouponOrderRepository
from services.points.storage.coupons.coupons import CouponRepository

CODES = Counter("yika_points_coupon_codes_total", "Anonymous coupon codes issued.")


async def issue_coupon_batch(
    desk: CouponDesk, *, batch_max: int, now: datetime
) -> CouponOrder | None:
    """The order that a batch was made for, as it is now; None when no order waits.

    The lock on the order keeps other replicas away from it; they take the next one.
    """
    async with desk.database.transaction() as tx:
        orders = CouponOrderRepository(tx.connection)
        order = await orders.claim(desk.keys.by_number)
        if order is None:
            return None
        serials = next_serials(order, batch_max)
        key = desk.keys.key(order.key_number)
        # In a thread: thousands of hashes take a tenth of a second, and callers are waiting.
        coupon_ids = await asyncio.to_thread(key.batch, order.order_id, serials, order.code_prefix)
        issued = await CouponRepository(tx.connection).insert(
            order.order_id, serials, coupon_ids, coupon_ids, now
        )
        order = after_batch(order, serials, issued, now)
        await orders.save(order)
        if issued:
            tx.publish(issue_fact(order, len(issued), []), member_id=order.order_id)
        tx.after_commit(lambda: CODES.inc(len(issued)))
    return order
