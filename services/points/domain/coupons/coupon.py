"""A coupon's state and every change of it. What a coupon is worth is pricing's. Pure.

Each change takes a coupon and gives the changed one, or the refusal. Expiry, a reservation that
has timed out and a revoked order are judged here, when reading: no job needs to have run.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum, StrEnum

from chassis.errors import DomainError, NotFound, PreconditionFailed


class CouponState(IntEnum):
    """Where a coupon stands; the numbers are those of the proto. EXPIRED is never stored."""

    ISSUED = 1
    RESERVED = 2
    REDEEMED = 3
    REVOKED = 4
    EXPIRED = 5


class GiveBackPolicy(StrEnum):
    """What a return does with a coupon that the returned bill used."""

    IF_VALID = "if_valid"  # usable again while it has not expired and is not revoked
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon as it is stored, with what its order says of all its coupons."""

    coupon_id: str
    member_id: str | None  # None: whoever has the code may use it
    order_id: str
    template_id: str
    state: CouponState
    version: int  # how many changes it has seen
    issued_at: datetime
    valid_from: date | None = None
    valid_until: date | None = None  # the last valid day, inclusive
    order_revoked: bool = False
    reservation_id: str | None = None
    sale_id: str | None = None
    reserved_until: datetime | None = None
    bill_id: str | None = None

    @property
    def account_id(self) -> str:
        """Whose ledger rows these are: the member's, or the coupon's own while nobody's."""
        return self.member_id or self.coupon_id


def unknown_coupon(coupon_id: str) -> NotFound:
    """The refusal of a coupon that nobody issued."""
    return NotFound("UNKNOWN_COUPON", f"no coupon {coupon_id}", {"coupon_id": coupon_id})


def as_owner(coupon: Coupon, buyer_id: str | None, answering: Callable[[str], str]) -> str | None:
    """A buyer under the id of the coupon's member when a merge made the two one; else its own.

    `answering` says who answers for a member. The coupon stays its member's, so that it is there
    again when the merge is undone.
    """
    if coupon.member_id is None or buyer_id in (None, coupon.member_id):
        return buyer_id
    return coupon.member_id if answering(coupon.member_id) == answering(buyer_id) else buyer_id


def state_on(coupon: Coupon, business_date: date, now: datetime) -> CouponState:
    """Where a coupon stands on a business date, at a moment."""
    if coupon.state is CouponState.REDEEMED:
        return CouponState.REDEEMED
    if coupon.state is CouponState.REVOKED or coupon.order_revoked:
        return CouponState.REVOKED
    if _has_expired(coupon, business_date):
        return CouponState.EXPIRED
    if coupon.reserved_until is not None and coupon.reserved_until > now:
        return CouponState.RESERVED
    return CouponState.ISSUED


def reserve(
    coupon: Coupon,
    *,
    reservation_id: str,
    sale_id: str,
    member_id: str | None,
    until: datetime,
    business_date: date,
    now: datetime,
) -> Coupon | DomainError:
    """Sets a coupon aside for a sale until a moment; again for the same sale renews it."""
    refusal = _refusal(coupon, sale_id, member_id, business_date, now)
    return refusal or _changed(
        coupon,
        CouponState.RESERVED,
        reservation_id=reservation_id,
        sale_id=sale_id,
        reserved_until=until,
    )


def release(coupon: Coupon, *, reservation_id: str, sale_id: str) -> Coupon | DomainError:
    """Gives a reservation up.

    COUPON_REDEEMED when its sale has used the coupon, RESERVATION_OVER when it holds nothing any
    more for another reason. One that only timed out, and nobody came after, is given up as usual.
    """
    if coupon.state is CouponState.REDEEMED and coupon.bill_id == sale_id:
        return _refused("COUPON_REDEEMED", "the sale has used the coupon", coupon)
    if coupon.state is not CouponState.RESERVED or coupon.reservation_id != reservation_id:
        return _refused("RESERVATION_OVER", "the reservation holds nothing any more", coupon)
    return _changed(coupon, CouponState.ISSUED)


def redeem(
    coupon: Coupon, *, bill_id: str, member_id: str | None, business_date: date, now: datetime
) -> Coupon | DomainError:
    """Uses a coupon up for a bill; one that is reserved only for the sale of the same id.

    `member_id` is the buyer's, None for a walk-in customer; `business_date` the bill's.
    """
    refusal = _refusal(coupon, bill_id, member_id, business_date, now)
    return refusal or _changed(coupon, CouponState.REDEEMED, bill_id=bill_id)


def give_back(
    coupon: Coupon, *, bill_id: str, business_date: date, policy: GiveBackPolicy
) -> Coupon | DomainError:
    """What a return of `bill_id` makes of a coupon: ISSUED again, or still REDEEMED.

    It stays used when it has expired by the return's business date, when it or its order is
    revoked, or when the policy says so. COUPON_NOT_REDEEMED unless that bill used it.
    """
    if coupon.state is not CouponState.REDEEMED or coupon.bill_id != bill_id:
        return PreconditionFailed(
            "COUPON_NOT_REDEEMED",
            f"bill {bill_id} does not use coupon {coupon.coupon_id}",
            {"coupon_id": coupon.coupon_id, "bill_id": bill_id},
        )
    expired = _has_expired(coupon, business_date)
    if policy is GiveBackPolicy.NEVER or expired or coupon.order_revoked:
        return _changed(coupon, CouponState.REDEEMED, bill_id=bill_id)
    return _changed(coupon, CouponState.ISSUED)


def revoke(coupon: Coupon) -> Coupon | DomainError:
    """Takes an unused coupon out of use, reserved or not."""
    if coupon.state is CouponState.REDEEMED:
        return _refused("COUPON_REDEEMED", "the coupon is used already", coupon)
    if coupon.state is CouponState.REVOKED or coupon.order_revoked:
        return _refused("COUPON_REVOKED", "the coupon is revoked already", coupon)
    return _changed(coupon, CouponState.REVOKED)


def bind(
    coupon: Coupon, *, member_id: str, business_date: date, now: datetime
) -> Coupon | DomainError:
    """Makes a coupon that is nobody's the member's alone."""
    if coupon.member_id == member_id:
        return _refused("COUPON_ALREADY_BOUND", "the coupon is the member's already", coupon)
    refusal = _refusal(coupon, None, None, business_date, now, waiting=True)
    return refusal or replace(_changed(coupon, CouponState.ISSUED), member_id=member_id)


def _has_expired(coupon: Coupon, business_date: date) -> bool:
    return coupon.valid_until is not None and coupon.valid_until < business_date


def _changed(
    coupon: Coupon,
    state: CouponState,
    *,
    reservation_id: str | None = None,
    sale_id: str | None = None,
    reserved_until: datetime | None = None,
    bill_id: str | None = None,
) -> Coupon:
    """The coupon in another state; what is not given is cleared."""
    return replace(
        coupon,
        state=state,
        version=coupon.version + 1,
        reservation_id=reservation_id,
        sale_id=sale_id,
        reserved_until=reserved_until,
        bill_id=bill_id,
    )


def _refusal(
    coupon: Coupon,
    sale_id: str | None,
    member_id: str | None,
    business_date: date,
    now: datetime,
    *,
    waiting: bool = False,
) -> DomainError | None:
    """Why this buyer cannot use the coupon for this sale now; None when nothing is against it.

    Whose it is comes first: a stranger learns nothing else of it. `waiting` lets a coupon pass
    whose first day has not come.
    """
    if coupon.member_id is not None and coupon.member_id != member_id:
        return PreconditionFailed(
            "COUPON_OF_ANOTHER_MEMBER",
            "the coupon belongs to another member",
            {"coupon_id": coupon.coupon_id},
        )
    state = state_on(coupon, business_date, now)
    if state is CouponState.REDEEMED:
        return _refused("COUPON_REDEEMED", "the coupon is used already", coupon)
    if state is CouponState.REVOKED:
        return _refused("COUPON_REVOKED", "the coupon is revoked", coupon)
    if state is CouponState.EXPIRED:
        return _refused("COUPON_EXPIRED", f"the coupon was valid to {coupon.valid_until}", coupon)
    if coupon.valid_from is not None and coupon.valid_from > business_date and not waiting:
        return _refused(
            "COUPON_NOT_YET_VALID", f"the coupon is valid from {coupon.valid_from}", coupon
        )
    if state is CouponState.RESERVED and coupon.sale_id != sale_id:
        return _refused("COUPON_RESERVED", "the coupon is reserved for another sale", coupon)
    return None


def _refused(reason: str, message: str, coupon: Coupon) -> DomainError:
    figures: dict[str, object] = {"coupon_id": coupon.coupon_id}
    for name in ("valid_from", "valid_until", "reserved_until"):
        if (value := getattr(coupon, name)) is not None:
            figures[name] = value.isoformat()
    return PreconditionFailed(reason, message, figures)
