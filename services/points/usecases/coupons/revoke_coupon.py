"""Takes one unused coupon out of use, because a person decided so."""

from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import revoke
from services.points.domain.coupons.coupon_event import CouponRequest
from services.points.usecases.coupons.change_coupon import ChangedCoupon, change_coupon


async def revoke_coupon(desk: CouponDesk, request: CouponRequest) -> ChangedCoupon:
    """Revokes a coupon; see change_coupon."""
    return await change_coupon(desk, request, lambda coupon, _: revoke(coupon))
