"""An order of coupons: how far it has come, which numbers come next, and when it ends. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum

from chassis.errors import DomainError, Invalid, PreconditionFailed

MEMBERS_MAX = 1_000
CODES_MAX = 5_000_000
_LAST_DAY = date(2199, 12, 31)  # later than this is a typing error


class CouponOrderState(IntEnum):
    """Where an order stands; the numbers are those of the proto and of the tables."""

    ISSUING = 1
    DONE = 2
    CANCELLED = 3


@dataclass(frozen=True, slots=True)
class CouponOrder:
    """One decision to issue coupons."""

    order_id: str
    anonymous: bool
    template_id: str
    wanted_count: int
    code_prefix: str
    key_number: int
    valid_from: date | None
    valid_until: date | None
    caller: str
    reason: str
    created_at: datetime
    state: CouponOrderState = CouponOrderState.ISSUING
    issued_count: int = 0
    last_serial: int = 0
    skipped_serials: tuple[int, ...] = ()
    finished_at: datetime | None = None
    revoked_at: datetime | None = None


def check_validity(valid_from: date | None, valid_until: date | None, today: date) -> None:
    """Invalid INVALID_VALIDITY unless there is a day, today or later, on which it is valid."""
    first = valid_from or today
    if valid_until is not None and not max(first, today) <= valid_until <= _LAST_DAY:
        raise Invalid(
            "INVALID_VALIDITY",
            "valid_until_date must not lie before valid_from_date or today, nor after 2199",
            {"valid_from": first, "valid_until": valid_until, "today": today},
        )
    if first > _LAST_DAY:
        raise Invalid("INVALID_VALIDITY", "valid_from_date lies after 2199", {"valid_from": first})


def next_serials(order: CouponOrder, batch_max: int) -> range:
    """The serial numbers of the next batch; empty when all is issued."""
    count = min(batch_max, order.wanted_count - order.issued_count)
    return range(order.last_serial + 1, order.last_serial + 1 + count)


def issued_serials(order: CouponOrder, first: int, limit: int) -> list[int]:
    """Up to `limit` serial numbers from `first` on that carry a coupon."""
    skipped = set(order.skipped_serials)
    last = min(order.last_serial, first + limit + len(skipped) - 1)
    return [serial for serial in range(first, last + 1) if serial not in skipped][:limit]


def after_batch(
    order: CouponOrder, serials: range, issued: Collection[int], now: datetime
) -> CouponOrder:
    """The order once a batch is written; a number whose code was taken already is skipped.

    Skipped numbers are made up for by later ones, so an order ends with exactly what was wanted.
    """
    done = order.issued_count + len(issued) == order.wanted_count
    return replace(
        order,
        issued_count=order.issued_count + len(issued),
        last_serial=serials[-1] if serials else order.last_serial,
        skipped_serials=(*order.skipped_serials, *sorted(set(serials) - set(issued))),
        state=CouponOrderState.DONE if done else order.state,
        finished_at=now if done else order.finished_at,
    )


def cancel(order: CouponOrder, now: datetime) -> CouponOrder | DomainError:
    """Stops an order that still issues."""
    if order.state is CouponOrderState.DONE:
        return _refused("COUPON_ORDER_DONE", "all of the order is issued", order)
    if order.state is CouponOrderState.CANCELLED:
        return _refused("COUPON_ORDER_CANCELLED", "the order was stopped before", order)
    return replace(order, state=CouponOrderState.CANCELLED, finished_at=now)


def revoke_all(order: CouponOrder, now: datetime) -> CouponOrder | DomainError:
    """Takes all unused coupons of an order out of use, and stops it."""
    if order.revoked_at is not None:
        return _refused("COUPON_ORDER_REVOKED", "the order is revoked already", order)
    if order.state is CouponOrderState.ISSUING:
        order = replace(order, state=CouponOrderState.CANCELLED, finished_at=now)
    return replace(order, revoked_at=now)


def _refused(reason: str, message: str, order: CouponOrder) -> DomainError:
    return PreconditionFailed(reason, message, {"order_id": order.order_id})
