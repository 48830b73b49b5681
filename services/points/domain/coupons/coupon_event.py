"""What happened to a coupon, and when a request is the same as one before. Pure."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum
from typing import TypeVar

from services.points.domain.coupons.coupon import Coupon, CouponState

Value = TypeVar("Value")


class CouponEventKind(IntEnum):
    """What happened; the numbers are those of the proto. ISSUED stands with the order alone."""

    ISSUED = 1
    BOUND = 2
    RESERVED = 3
    RELEASED = 4
    REDEEMED = 5
    GIVEN_BACK = 6
    KEPT = 7
    REVOKED = 8


@dataclass(frozen=True, slots=True)
class CouponRequest:
    """What somebody asks for: the same fields again are the same request.

    `caller` and `happened_at` are recorded and not compared: a retry may come later, and with a
    token of another replica.
    """

    kind: CouponEventKind
    request_id: str
    coupon_id: str
    caller: str
    happened_at: datetime
    document_id: str | None = None
    returned_bill_id: str | None = None
    buyer_id: str | None = None
    store_id: str | None = None
    business_date: date | None = None
    hold_seconds: int | None = None
    staff_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CouponEvent:
    """A request that was carried out, with the state it left."""

    request: CouponRequest
    account_id: str  # whose coupon it was before
    number: int
    state: CouponState
    reserved_until: datetime | None


@dataclass(frozen=True, slots=True)
class CouponChange:
    """A changed coupon and the event that tells of it: what is saved together."""

    coupon: Coupon
    event: CouponEvent


def required(value: Value | None) -> Value:
    """A field that requests of a kind always have; ValueError for one that lacks it."""
    if value is None:
        raise ValueError("the request lacks what its kind needs")
    return value


def change_of(before: Coupon, after: Coupon, request: CouponRequest) -> CouponChange:
    """The change that a request made; a return that gave nothing back is KEPT."""
    if request.kind is CouponEventKind.GIVEN_BACK and after.state is CouponState.REDEEMED:
        request = replace(request, kind=CouponEventKind.KEPT)
    return CouponChange(
        after,
        CouponEvent(request, before.account_id, after.version, after.state, after.reserved_until),
    )


def with_order_revoked(
    coupon: Coupon, events: list[CouponEvent], revocation: CouponRequest
) -> list[CouponEvent]:
    """What happened to a coupon, with the revocation of its order where that took it out of use.

    Revoking an order writes no event of each coupon. It does nothing to one that was used or
    revoked before, and none of the others is used afterwards. What came later, such as a
    reservation that was given up, left the coupon revoked.
    """
    if coupon.state in (CouponState.REDEEMED, CouponState.REVOKED):
        return events
    before = [each for each in events if each.request.happened_at <= revocation.happened_at]
    revoked = CouponEvent(
        revocation, coupon.account_id, coupon.version, CouponState.REVOKED, reserved_until=None
    )
    later = [replace(each, state=CouponState.REVOKED) for each in events[len(before) :]]
    return [*events[: len(before)], revoked, *later]


def same_request(stored: CouponRequest, offered: CouponRequest) -> bool:
    """True when an id came again with the same content."""
    return _content(stored) == _content(offered)


def _content(request: CouponRequest) -> tuple[object, ...]:
    kept = request.kind is CouponEventKind.KEPT
    return (
        CouponEventKind.GIVEN_BACK if kept else request.kind,
        request.request_id,
        request.coupon_id,
        request.document_id,
        request.returned_bill_id,
        request.buyer_id,
        request.store_id,
        request.business_date,
        request.hold_seconds,
        request.staff_id,
        request.reason,
    )


def redemption_id(bill_id: str, coupon_id: str) -> str:
    """The id of a redemption: a bill uses a coupon once, whoever tells of it how often."""
    return str(uuid.uuid5(uuid.UUID(bill_id), f"redeem {coupon_id}"))


def give_back_id(return_id: str, coupon_id: str) -> str:
    """The id of a coupon's coming back with a return."""
    return str(uuid.uuid5(uuid.UUID(return_id), f"give back {coupon_id}"))


def release_id(reservation_id: str) -> str:
    """The id of giving a reservation up."""
    return str(uuid.uuid5(uuid.UUID(reservation_id), "release"))
