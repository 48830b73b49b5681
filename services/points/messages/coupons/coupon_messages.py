"""Coupons, their orders and their history as messages of the contract."""

from datetime import date, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from chassis.clock import to_proto_date, to_timestamp
from services.points.domain.coupons.coupon import Coupon, CouponState, state_on
from services.points.domain.coupons.coupon_event import CouponEvent
from services.points.domain.coupons.coupon_order import CouponOrder
from services.points.usecases.coupons.change_coupon import ChangedCoupon
from yika.points.v1 import coupon_pb2, coupon_service_pb2


def coupon_message(coupon: Coupon, business_date: date, now: datetime) -> coupon_pb2.Coupon:
    """A coupon as it stands on a business date, at a moment."""
    state = state_on(coupon, business_date, now)
    reserved = state is CouponState.RESERVED
    return coupon_pb2.Coupon(
        coupon_id=coupon.coupon_id,
        member_id=coupon.member_id,
        order_id=coupon.order_id,
        template_id=coupon.template_id,
        state=_state(state),
        valid_from_date=_day(coupon.valid_from),
        valid_until_date=_day(coupon.valid_until),
        issued_time=to_timestamp(coupon.issued_at),
        sale_id=coupon.sale_id if reserved else None,
        reserved_until_time=_moment(coupon.reserved_until) if reserved else None,
        bill_id=coupon.bill_id,
    )


def issue_message(coupon: Coupon, order: CouponOrder) -> coupon_pb2.CouponEvent:
    """The first thing that happened to a coupon, which its order tells."""
    return coupon_pb2.CouponEvent(
        kind=coupon_pb2.COUPON_EVENT_KIND_ISSUED,
        state=coupon_pb2.COUPON_STATE_ISSUED,
        happened_time=to_timestamp(coupon.issued_at),
        caller=order.caller,
        reason=order.reason,
        document_id=order.order_id,
    )


def event_message(event: CouponEvent) -> coupon_pb2.CouponEvent:
    """What happened to a coupon later."""
    request = event.request
    return coupon_pb2.CouponEvent(
        kind=coupon_pb2.CouponEventKind.Name(request.kind),
        state=_state(event.state),
        happened_time=to_timestamp(request.happened_at),
        caller=request.caller,
        staff_id=request.staff_id,
        reason=request.reason,
        store_id=request.store_id,
        business_date=_day(request.business_date),
        document_id=request.document_id,
        member_id=request.buyer_id,
    )


def order_message(order: CouponOrder) -> coupon_pb2.CouponOrder:
    """An order and how far it has come."""
    return coupon_pb2.CouponOrder(
        order_id=order.order_id,
        template_id=order.template_id,
        wanted_count=order.wanted_count,
        issued_count=order.issued_count,
        state=coupon_pb2.CouponOrderState.Name(order.state),
        anonymous=order.anonymous,
        code_prefix=order.code_prefix,
        valid_from_date=_day(order.valid_from),
        valid_until_date=_day(order.valid_until),
        created_time=to_timestamp(order.created_at),
        finished_time=_moment(order.finished_at),
        revoked_time=_moment(order.revoked_at),
        caller=order.caller,
        reason=order.reason,
    )


def change_message(changed: ChangedCoupon) -> coupon_service_pb2.CouponChange:
    """What a request did to a coupon."""
    return coupon_service_pb2.CouponChange(
        coupon_id=changed.coupon_id,
        template_id=changed.template_id,
        state=_state(changed.state),
        reserved_until_time=_moment(changed.reserved_until),
        replayed=changed.replayed,
    )


def _state(state: CouponState) -> str:
    name: str = coupon_pb2.CouponState.Name(state)
    return name


def _day(day: date | None) -> Date | None:
    return to_proto_date(day) if day else None


def _moment(moment: datetime | None) -> Timestamp | None:
    return to_timestamp(moment) if moment else None
