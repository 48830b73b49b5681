"""Uses a coupon up for a bill that is not posted here; a posted sale redeems with its posting."""

from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import redeem
from services.points.domain.coupons.coupon_event import CouponRequest, required
from services.points.usecases.coupons.change_coupon import ChangedCoupon, change_coupon


async def redeem_coupon(desk: CouponDesk, request: CouponRequest) -> ChangedCoupon:
    """Redeems for the bill of the request; see change_coupon."""
    return await change_coupon(
        desk,
        request,
        lambda coupon, buyer_id: redeem(
            coupon,
            bill_id=required(request.document_id),
            member_id=buyer_id,
            business_date=required(request.business_date),
            now=request.happened_at,
        ),
    )
