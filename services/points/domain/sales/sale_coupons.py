"""Coupons that a sale uses up, and those that come back with its return. Pure."""

from dataclasses import replace

from chassis.errors import DomainError, PreconditionFailed, id_reused
from services.points.domain.books import Books
from services.points.domain.coupons.coupon import (
    Coupon,
    CouponState,
    as_owner,
    give_back,
    redeem,
    unknown_coupon,
)
from services.points.domain.coupons.coupon_event import (
    CouponChange,
    CouponEvent,
    CouponEventKind,
    CouponRequest,
    change_of,
    give_back_id,
    redemption_id,
)
from services.points.domain.returns.sale_return import ReturnDraft
from services.points.domain.sales.sale import Sale


def redeem_coupons(books: Books, sale: Sale, caller: str = "") -> tuple[CouponChange, ...]:
    """What a sale makes of the coupons that it names; `caller` is who handed it in.

    Validity is judged by the sale's business date, also when the sale comes days later; somebody
    else's reservation now, because a till's clock must not run past it. One that was redeemed for
    the sale's id before stays as it is. NotFound UNKNOWN_COUPON; PreconditionFailed with the
    reasons of `redeem`, or COUPON_GIVEN_BACK; AlreadyExists ID_REUSED.
    """
    if not sale.coupon_ids:
        return ()
    changes = (_redemption(books, sale, coupon_id, caller) for coupon_id in sale.coupon_ids)
    return tuple(change for change in changes if change is not None)


def give_back_coupons(
    books: Books, draft: ReturnDraft, caller: str = ""
) -> tuple[CouponChange, ...]:
    """The coupons of a sale that is wholly back, each given back as far as the policy goes.

    `caller` is who handed the return in.

    One that the sale does not use any more, or that was given back for the same return before, is
    left as it is: a return is never refused for a coupon.
    """
    changes: list[CouponChange] = []
    for coupon_id in draft.sold.sale.coupon_ids if draft.is_complete else ():
        coupon = books.coupons.get(coupon_id)
        request = _give_back_request(books, draft, coupon_id, caller)
        if coupon is None or request.request_id in books.coupon_events:
            continue
        changed = give_back(
            coupon,
            bill_id=draft.sold.sale.sale_id,
            business_date=draft.posting.business_date,
            policy=books.coupon_give_back,
        )
        if not isinstance(changed, DomainError):
            changes.append(change_of(coupon, changed, request))
    return tuple(changes)


def _redemption(books: Books, sale: Sale, coupon_id: str, caller: str) -> CouponChange | None:
    coupon = books.coupons.get(coupon_id)
    if coupon is None:
        raise unknown_coupon(coupon_id)
    request = CouponRequest(
        kind=CouponEventKind.REDEEMED,
        request_id=redemption_id(sale.sale_id, coupon_id),
        coupon_id=coupon_id,
        caller=caller,
        happened_at=books.now,
        document_id=sale.sale_id,
        buyer_id=sale.member_id,
        store_id=sale.store_id,
        business_date=sale.business_date,
        staff_id=sale.staff_id,
    )
    told = books.coupon_events.get(request.request_id)
    if told is not None:
        _check_told(told, coupon, request)
        return None
    changed = redeem(
        coupon,
        bill_id=sale.sale_id,
        member_id=as_owner(coupon, sale.member_id, books.answering),
        business_date=sale.business_date,
        now=books.now,
    )
    if isinstance(changed, DomainError):
        raise changed
    return change_of(coupon, changed, request)


def _check_told(told: CouponEvent, coupon: Coupon, request: CouponRequest) -> None:
    """Lets pass what RedeemCoupon has done for this sale, unless it was undone since."""
    same = replace(
        told.request,
        caller=request.caller,
        happened_at=request.happened_at,
        store_id=request.store_id,
        business_date=request.business_date,
        staff_id=request.staff_id,
    )
    if same != request:
        raise id_reused("a request", request.request_id)
    if coupon.state is not CouponState.REDEEMED or coupon.bill_id != request.document_id:
        raise PreconditionFailed(
            "COUPON_GIVEN_BACK",
            "the coupon was used for this sale and given back since",
            {"coupon_id": coupon.coupon_id},
        )


def _give_back_request(
    books: Books, draft: ReturnDraft, coupon_id: str, caller: str
) -> CouponRequest:
    posting = draft.posting
    return CouponRequest(
        kind=CouponEventKind.GIVEN_BACK,
        request_id=give_back_id(posting.bill_id, coupon_id),
        coupon_id=coupon_id,
        caller=caller,
        happened_at=books.now,
        document_id=posting.bill_id,
        returned_bill_id=draft.sold.sale.sale_id,
        store_id=posting.store_id,
        business_date=posting.business_date,
        staff_id=draft.staff_id,
    )
