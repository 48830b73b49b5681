"""Makes a code that anybody could use the coupon of one member."""

from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import bind
from services.points.domain.coupons.coupon_event import CouponRequest, required
from services.points.domain.limits import ledger_day
from services.points.usecases.coupons.change_coupon import ChangedCoupon, change_coupon


async def bind_coupon(desk: CouponDesk, request: CouponRequest) -> ChangedCoupon:
    """Binds a coupon to the request's buyer, expiry judged for today in China; see change_coupon.

    The coupon's rows move from its own account to the member's: see ADR 0015.
    """
    now = request.happened_at
    return await change_coupon(
        desk,
        request,
        lambda coupon, buyer_id: bind(
            coupon,
            member_id=required(buyer_id),
            business_date=ledger_day(now),
            now=now,
        ),
    )
