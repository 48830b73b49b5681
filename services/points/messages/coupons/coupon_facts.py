"""The events that tell others of coupons: few messages for a whole commit, and never a code."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from google.protobuf.message import Message

from chassis.clock import to_proto_date, to_timestamp
from services.points.domain.coupons.coupon_event import CouponChange, CouponEventKind, required
from services.points.domain.coupons.coupon_order import CouponOrder
from yika.points.v1 import coupon_events_pb2 as events

# A coupon takes at most 220 bytes in any of the messages, so this many stay below 512 KiB.
_COUPONS_MAX = 2_000


def change_facts(changes: Iterable[CouponChange]) -> list[Message]:
    """The events of changes that are saved in one commit.

    Returns that gave nothing back tell nobody anything.
    """
    by_kind: dict[CouponEventKind, list[CouponChange]] = {kind: [] for kind in _FACTS}
    for change in changes:
        if change.event.request.kind in by_kind:
            by_kind[change.event.request.kind].append(change)
    return [
        _FACTS[kind](found[start : start + _COUPONS_MAX])
        for kind, found in by_kind.items()
        for start in range(0, len(found), _COUPONS_MAX)
    ]


def issue_fact(order: CouponOrder, count: int, members: Sequence[tuple[str, str]]) -> Message:
    """The event of coupons issued in one commit: (coupon_id, member_id) pairs, or how many codes.

    At most 1,000 pairs, as many as a call may issue.
    """
    return events.CouponsIssued(
        order_id=order.order_id,
        template_id=order.template_id,
        coupons=[
            events.IssuedCoupon(coupon_id=coupon_id, member_id=member_id)
            for coupon_id, member_id in members
        ],
        anonymous_count=count if order.anonymous else 0,
        issued_time=to_timestamp(order.finished_at or order.created_at),
        valid_from_date=to_proto_date(order.valid_from) if order.valid_from else None,
        valid_until_date=to_proto_date(order.valid_until) if order.valid_until else None,
    )


def order_created_fact(order: CouponOrder) -> Message:
    """The event of an order for codes that was taken."""
    return events.CouponOrderCreated(
        order_id=order.order_id,
        template_id=order.template_id,
        code_count=order.wanted_count,
        created_time=to_timestamp(order.created_at),
    )


def order_cancelled_fact(order: CouponOrder) -> Message:
    """The event of an order that was stopped before all its codes were made."""
    return events.CouponOrderCancelled(
        order_id=order.order_id,
        issued_count=order.issued_count,
        cancelled_time=to_timestamp(order.finished_at) if order.finished_at else None,
    )


def order_revoked_fact(order: CouponOrder) -> Message:
    """The event of an order whose unused coupons are all revoked."""
    return events.CouponsRevoked(
        order_id=order.order_id,
        revoked_time=to_timestamp(order.revoked_at) if order.revoked_at else None,
    )


def _bound(changes: Sequence[CouponChange]) -> Message:
    return events.CouponsBound(
        coupons=[
            events.BoundCoupon(
                **_what(change), member_id=change.coupon.member_id, bound_time=_when(change)
            )
            for change in changes
        ]
    )


def _reserved(changes: Sequence[CouponChange]) -> Message:
    return events.CouponsReserved(
        coupons=[
            events.ReservedCoupon(
                **_what(change),
                reservation_id=change.event.request.request_id,
                sale_id=change.event.request.document_id,
                store_id=change.event.request.store_id,
                reserved_until_time=to_timestamp(required(change.event.reserved_until)),
                reserved_time=_when(change),
            )
            for change in changes
        ]
    )


def _released(changes: Sequence[CouponChange]) -> Message:
    return events.CouponsReleased(
        coupons=[
            events.ReleasedCoupon(
                **_what(change),
                sale_id=change.event.request.document_id,
                store_id=change.event.request.store_id,
                released_time=_when(change),
            )
            for change in changes
        ]
    )


def _redeemed(changes: Sequence[CouponChange]) -> Message:
    return events.CouponsRedeemed(
        coupons=[
            events.RedeemedCoupon(
                **_what(change),
                **_where(change),
                bill_id=change.event.request.document_id,
                member_id=change.event.request.buyer_id or "",
                redeemed_time=_when(change),
            )
            for change in changes
        ]
    )


def _given_back(changes: Sequence[CouponChange]) -> Message:
    return events.CouponsGivenBack(
        coupons=[
            events.GivenBackCoupon(
                **_what(change),
                **_where(change),
                return_id=change.event.request.document_id,
                given_back_time=_when(change),
            )
            for change in changes
        ]
    )


def _revoked(changes: Sequence[CouponChange]) -> Message:
    return events.CouponsRevoked(
        coupons=[
            events.RevokedCoupon(**_what(change), member_id=change.coupon.member_id or "")
            for change in changes
        ],
        revoked_time=_when(changes[0]),
    )


_FACTS: dict[CouponEventKind, Callable[[Sequence[CouponChange]], Message]] = {
    CouponEventKind.BOUND: _bound,
    CouponEventKind.RESERVED: _reserved,
    CouponEventKind.RELEASED: _released,
    CouponEventKind.REDEEMED: _redeemed,
    CouponEventKind.GIVEN_BACK: _given_back,
    CouponEventKind.REVOKED: _revoked,
}


def _what(change: CouponChange) -> dict[str, Any]:
    return {"coupon_id": change.coupon.coupon_id, "template_id": change.coupon.template_id}


def _where(change: CouponChange) -> dict[str, Any]:
    request = change.event.request
    day = request.business_date
    return {
        "store_id": request.store_id or "",
        "business_date": to_proto_date(day) if day else None,
    }


def _when(change: CouponChange) -> Any:
    return to_timestamp(change.event.request.happened_at)
