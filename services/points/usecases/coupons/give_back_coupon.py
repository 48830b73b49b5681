"""Makes a used coupon usable again after a return, as far as the chain's policy goes."""

from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import give_back
from services.points.domain.coupons.coupon_event import CouponRequest, required
from services.points.usecases.coupons.change_coupon import ChangedCoupon, change_coupon


async def give_back_coupon(desk: CouponDesk, request: CouponRequest) -> ChangedCoupon:
    """Gives a coupon back; it stays REDEEMED when it is no longer valid. See change_coupon."""
    return await change_coupon(
        desk,
        request,
        lambda coupon, _: give_back(
            coupon,
            bill_id=required(request.returned_bill_id),
            business_date=required(request.business_date),
            policy=desk.give_back,
        ),
    )
