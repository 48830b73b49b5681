"""Gives a reservation up, so that the coupon is free at once and not only when its time is over."""

from datetime import datetime

from chassis.auth import Principal
from chassis.errors import NotFound
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import release
from services.points.domain.coupons.coupon_event import (
    CouponEventKind,
    CouponRequest,
    release_id,
    required,
)
from services.points.storage.coupons.coupon_queries import CouponQueries
from services.points.usecases.coupons.change_coupon import ChangedCoupon, change_coupon


async def release_coupon(
    desk: CouponDesk, reservation_id: str, principal: Principal, now: datetime
) -> ChangedCoupon:
    """Releases what a reservation holds; see change_coupon.

    NotFound UNKNOWN_RESERVATION; Forbidden unless the caller reaches the reservation's store.
    """
    async with desk.database.read() as connection:
        event = await CouponQueries(connection).event(reservation_id)
    if event is None or event.request.kind is not CouponEventKind.RESERVED:
        raise NotFound(
            "UNKNOWN_RESERVATION",
            f"no reservation {reservation_id}",
            {"reservation_id": reservation_id},
        )
    reserved = event.request
    principal.require_store(required(reserved.store_id))
    sale_id = required(reserved.document_id)
    request = CouponRequest(
        kind=CouponEventKind.RELEASED,
        request_id=release_id(reservation_id),
        coupon_id=reserved.coupon_id,
        caller=principal.subject,
        happened_at=now,
        document_id=sale_id,
        store_id=reserved.store_id,
    )
    return await change_coupon(
        desk,
        request,
        lambda coupon, _: release(coupon, reservation_id=reservation_id, sale_id=sale_id),
    )
