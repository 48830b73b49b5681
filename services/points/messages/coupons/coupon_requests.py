"""Requests of the contract as values: ids in canonical form, texts and numbers within bounds."""

from datetime import datetime

from chassis.auth import Principal
from chassis.clock import from_proto_date
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.coupons.coupon import CouponState
from services.points.domain.coupons.coupon_code import read_prefix
from services.points.domain.coupons.coupon_event import (
    CouponEventKind,
    CouponRequest,
    give_back_id,
    redemption_id,
)
from services.points.domain.coupons.coupon_order import CODES_MAX, MEMBERS_MAX, CouponOrder
from services.points.domain.limits import CODE_LENGTH_MAX, require_reason
from services.points.messages.dates import optional_date
from services.points.messages.texts import check_text
from services.points.storage.coupons.coupon_orders import OrderEvent, OrderEventKind
from yika.points.v1 import coupon_service_pb2 as service_pb2

REASON_LENGTH_MAX = 200
HOLD_SECONDS_MAX = 3_600


def read_issue(
    request: service_pb2.IssueCouponsRequest, principal: Principal, key_number: int, now: datetime
) -> CouponOrder:
    """The order of an IssueCoupons, whose ids are brought to canonical form in place."""
    if len(request.member_ids) > MEMBERS_MAX:
        raise Invalid("INVALID_BATCH_SIZE", f"a call issues 1 to {MEMBERS_MAX} coupons")
    for position, member_id in enumerate(request.member_ids):
        request.member_ids[position] = canonical_id(member_id, "member_ids")
    return _read_order(
        request, len(request.member_ids), "", principal=principal, key_number=key_number, now=now
    )


def read_codes_order(
    request: service_pb2.CreateCouponOrderRequest,
    principal: Principal,
    key_number: int,
    now: datetime,
) -> CouponOrder:
    """The order of a CreateCouponOrder, whose ids are brought to canonical form in place."""
    if not 1 <= request.code_count <= CODES_MAX:
        raise Invalid(
            "INVALID_COUNT", f"code_count must be 1 to {CODES_MAX}", {"value": request.code_count}
        )
    prefix = read_prefix(request.code_prefix)
    return _read_order(
        request,
        request.code_count,
        prefix,
        principal=principal,
        key_number=key_number,
        now=now,
    )


def _read_order(
    request: service_pb2.IssueCouponsRequest | service_pb2.CreateCouponOrderRequest,
    count: int,
    prefix: str,
    *,
    principal: Principal,
    key_number: int,
    now: datetime,
) -> CouponOrder:
    # The request is stored, and what this release does not know may be of any size.
    request.DiscardUnknownFields()
    request.order_id = canonical_id(request.order_id, "order_id")
    request.template_id = canonical_id(request.template_id, "template_id")
    return CouponOrder(
        order_id=request.order_id,
        anonymous=isinstance(request, service_pb2.CreateCouponOrderRequest),
        template_id=request.template_id,
        wanted_count=count,
        code_prefix=prefix,
        key_number=key_number,
        valid_from=optional_date(request, "valid_from_date"),
        valid_until=optional_date(request, "valid_until_date"),
        caller=principal.subject,
        reason=_reason(request.reason),
        created_at=now,
    )


def read_order_change(
    kind: OrderEventKind,
    event_id: str,
    request: service_pb2.CancelCouponOrderRequest | service_pb2.RevokeCouponOrderRequest,
    principal: Principal,
    now: datetime,
) -> OrderEvent:
    """What a CancelCouponOrder or RevokeCouponOrder asks for."""
    return OrderEvent(
        order_id=canonical_id(request.order_id, "order_id"),
        event_id=event_id,
        kind=kind,
        caller=principal.subject,
        reason=_reason(request.reason),
        happened_at=now,
    )


def read_bind(
    request: service_pb2.BindCouponRequest, coupon_id: str, principal: Principal, now: datetime
) -> CouponRequest:
    """What a BindCoupon asks for."""
    return CouponRequest(
        kind=CouponEventKind.BOUND,
        request_id=canonical_id(request.binding_id, "binding_id"),
        coupon_id=coupon_id,
        caller=principal.subject,
        happened_at=now,
        buyer_id=canonical_id(request.member_id, "member_id"),
    )


def read_reserve(
    request: service_pb2.ReserveCouponRequest, coupon_id: str, principal: Principal, now: datetime
) -> CouponRequest:
    """What a ReserveCoupon asks for."""
    if not 0 <= request.hold_seconds <= HOLD_SECONDS_MAX:
        raise Invalid(
            "INVALID_HOLD",
            f"hold_seconds must be 0 to {HOLD_SECONDS_MAX}",
            {"value": request.hold_seconds},
        )
    return CouponRequest(
        kind=CouponEventKind.RESERVED,
        request_id=canonical_id(request.reservation_id, "reservation_id"),
        coupon_id=coupon_id,
        caller=principal.subject,
        happened_at=now,
        document_id=canonical_id(request.sale_id, "sale_id"),
        buyer_id=_optional_id(request.member_id, "member_id"),
        store_id=canonical_id(request.store_id, "store_id"),
        business_date=from_proto_date(request.business_date, "business_date"),
        hold_seconds=request.hold_seconds,
        staff_id=_staff_id(request.staff_id),
    )


def read_redeem(
    request: service_pb2.RedeemCouponRequest, coupon_id: str, principal: Principal, now: datetime
) -> CouponRequest:
    """What a RedeemCoupon asks for."""
    bill_id = canonical_id(request.bill_id, "bill_id")
    return CouponRequest(
        kind=CouponEventKind.REDEEMED,
        request_id=redemption_id(bill_id, coupon_id),
        coupon_id=coupon_id,
        caller=principal.subject,
        happened_at=now,
        document_id=bill_id,
        buyer_id=_optional_id(request.member_id, "member_id"),
        store_id=canonical_id(request.store_id, "store_id"),
        business_date=from_proto_date(request.business_date, "business_date"),
        staff_id=_staff_id(request.staff_id),
    )


def read_give_back(
    request: service_pb2.GiveBackCouponRequest, principal: Principal, now: datetime
) -> CouponRequest:
    """What a GiveBackCoupon asks for."""
    return_id = canonical_id(request.return_id, "return_id")
    coupon_id = canonical_id(request.coupon_id, "coupon_id")
    return CouponRequest(
        kind=CouponEventKind.GIVEN_BACK,
        request_id=give_back_id(return_id, coupon_id),
        coupon_id=coupon_id,
        caller=principal.subject,
        happened_at=now,
        document_id=return_id,
        returned_bill_id=canonical_id(request.bill_id, "bill_id"),
        store_id=canonical_id(request.store_id, "store_id"),
        business_date=from_proto_date(request.business_date, "business_date"),
        staff_id=_staff_id(request.staff_id),
    )


def read_revoke(
    request: service_pb2.RevokeCouponRequest, principal: Principal, now: datetime
) -> CouponRequest:
    """What a RevokeCoupon asks for."""
    return CouponRequest(
        kind=CouponEventKind.REVOKED,
        request_id=canonical_id(request.revocation_id, "revocation_id"),
        coupon_id=canonical_id(request.coupon_id, "coupon_id"),
        caller=principal.subject,
        happened_at=now,
        staff_id=_staff_id(request.staff_id),
        reason=_reason(request.reason),
    )


def read_state(number: int) -> CouponState | None:
    """The state that a list is filtered by; None for all. Invalid UNKNOWN_STATE."""
    if number == 0:
        return None
    if number not in set(map(int, CouponState)):
        raise Invalid("UNKNOWN_STATE", "state is not one of a coupon", {"state": number})
    return CouponState(number)


def _optional_id(text: str, field: str) -> str | None:
    return canonical_id(text, field) if text else None


def _staff_id(text: str) -> str:
    return check_text(text, "staff_id", CODE_LENGTH_MAX)


def _reason(text: str) -> str:
    if len(text) > REASON_LENGTH_MAX:
        raise Invalid("REASON_TOO_LONG", f"reason has at most {REASON_LENGTH_MAX} characters")
    check_text(text, "reason", REASON_LENGTH_MAX)
    require_reason(text)
    return text
