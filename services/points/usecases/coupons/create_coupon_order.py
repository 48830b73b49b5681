"""Takes an order for anonymous codes; the codes are made in the background."""

from datetime import datetime

from google.protobuf.message import Message

from chassis.errors import Unavailable, id_reused
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon_order import CouponOrder, check_validity
from services.points.domain.limits import ledger_day
from services.points.messages.coupons.coupon_facts import order_created_fact
from services.points.storage.coupons.coupon_orders import CouponOrderRepository


async def create_coupon_order(
    desk: CouponDesk, order: CouponOrder, document: Message, now: datetime
) -> tuple[CouponOrder, bool]:
    """Writes a new order; the order, and whether it had been taken before.

    A retry gets the order as it is by then. AlreadyExists ID_REUSED for other content, Invalid
    INVALID_VALIDITY when its coupons could never be used.
    """
    if (stored := await find_order(desk, order.order_id, document)) is not None:
        return stored, True
    check_validity(order.valid_from, order.valid_until, ledger_day(now))
    content = document.SerializeToString()
    async with desk.database.transaction() as tx:
        added = await CouponOrderRepository(tx.connection).add(order, content)
        if added:
            tx.publish(order_created_fact(order), member_id=order.order_id)
        tx.after_commit(desk.order_taken.set)
    if added:
        return order, False
    # Somebody else has committed it since the look.
    if (stored := await find_order(desk, order.order_id, document)) is not None:
        return stored, True
    raise Unavailable("TRANSACTION_CONFLICT", "the same order is being taken elsewhere")


async def find_order(desk: CouponDesk, order_id: str, document: Message) -> CouponOrder | None:
    """The order that the same request made before; ID_REUSED when another one did."""
    async with desk.database.read() as connection:
        found = await CouponOrderRepository(connection).find(order_id)
    if found is None:
        return None
    order, stored = found
    # Orders of codes name no members: they are requests of another kind.
    asks_for_codes = "member_ids" not in document.DESCRIPTOR.fields_by_name
    # Messages are compared, not bytes of them: these differ between versions of the library.
    if order.anonymous != asks_for_codes or type(document).FromString(stored) != document:
        raise id_reused("coupon order", order_id)
    return order
