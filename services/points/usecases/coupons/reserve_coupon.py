"""Sets a coupon aside for one sale, so that no other till can use it meanwhile."""

from datetime import timedelta

from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import reserve
from services.points.domain.coupons.coupon_event import CouponRequest, required
from services.points.usecases.coupons.change_coupon import ChangedCoupon, change_coupon


async def reserve_coupon(desk: CouponDesk, request: CouponRequest) -> ChangedCoupon:
    """Reserves for the seconds asked, or the deployment's; see change_coupon."""
    hold_seconds = request.hold_seconds or desk.reservation_seconds
    until = request.happened_at + timedelta(seconds=hold_seconds)
    return await change_coupon(
        desk,
        request,
        lambda coupon, buyer_id: reserve(
            coupon,
            reservation_id=request.request_id,
            sale_id=required(request.document_id),
            member_id=buyer_id,
            until=until,
            business_date=required(request.business_date),
            now=request.happened_at,
        ),
    )
