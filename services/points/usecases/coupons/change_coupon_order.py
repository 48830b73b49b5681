"""Stops an order or takes its coupons out of use, because a person decided so."""

from collections.abc import Callable
from datetime import datetime

from google.protobuf.message import Message

from chassis.errors import DomainError, NotFound, Unavailable, id_reused
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon_order import CouponOrder, cancel, revoke_all
from services.points.messages.coupons.coupon_facts import order_cancelled_fact, order_revoked_fact
from services.points.storage.coupons.coupon_orders import (
    CouponOrderRepository,
    OrderEvent,
    OrderEventKind,
)

_ATTEMPTS_MAX = 3
_FACTS: dict[OrderEventKind, Callable[[CouponOrder], Message]] = {
    OrderEventKind.CANCELLED: order_cancelled_fact,
    OrderEventKind.REVOKED: order_revoked_fact,
}
_RULES: dict[OrderEventKind, Callable[[CouponOrder, datetime], CouponOrder | DomainError]] = {
    OrderEventKind.CANCELLED: cancel,
    OrderEventKind.REVOKED: revoke_all,
}


async def change_coupon_order(desk: CouponDesk, event: OrderEvent) -> tuple[CouponOrder, bool]:
    """Does what the event says, once; the order as it is now, and whether that was done before.

    NotFound UNKNOWN_COUPON_ORDER, or ID_REUSED, or why the order does not allow it. Revoking
    millions of coupons is one row: it is judged when a coupon is read.
    """
    for _ in range(_ATTEMPTS_MAX):
        if (changed := await _change(desk, event)) is not None:
            return changed
    raise Unavailable("TRANSACTION_CONFLICT", "the same request is being carried out elsewhere")


async def _change(desk: CouponDesk, event: OrderEvent) -> tuple[CouponOrder, bool] | None:
    """None when another writer has used the request's id meanwhile."""
    async with desk.database.transaction() as tx:
        orders = CouponOrderRepository(tx.connection)
        order = await orders.lock(event.order_id)
        stored = await orders.find_event(event.event_id)
        if stored is not None:
            if order is None or _content(stored) != _content(event):
                raise id_reused("a request", event.event_id)
            return order, True
        if order is None:
            raise unknown_order(event.order_id)
        changed = _RULES[event.kind](order, event.happened_at)
        if isinstance(changed, DomainError):
            raise changed
        if not await orders.add_event(event):
            return None
        await orders.save(changed)
        tx.publish(_FACTS[event.kind](changed), member_id=event.order_id)
    return changed, False


def _content(event: OrderEvent) -> tuple[object, ...]:
    return event.order_id, event.kind, event.reason


def unknown_order(order_id: str) -> NotFound:
    """The refusal for an order that nobody has made."""
    return NotFound("UNKNOWN_COUPON_ORDER", f"no order {order_id}", {"order_id": order_id})
