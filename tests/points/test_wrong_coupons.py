"""What can be wrong with coupons and their orders; each request with one thing wrong."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

from chassis.ids import new_id
from tests.fixtures import good_coupon_requests as good
from tests.fixtures.branch import Branch
from tests.fixtures.builders_coupons import issue_request
from tests.fixtures.coupons import age_order, let_reservation_time_out
from tests.fixtures.wrong_requests import (
    FAILED,
    INT64_MAX,
    INT64_MIN,
    INVALID,
    NOT_FOUND,
    Wrong,
    both,
    put,
    refusal_test,
    rows,
    sent_before,
)
from tests.fixtures.wrong_states import COUPON_REASONS, DATES, STAFF, missing


def happened(maker: str) -> Callable[[Branch, Any], Awaitable[None]]:
    """Something happened to the coupon before: one of the good requests, about it."""

    async def change(branch: Branch, request: Any) -> None:
        earlier = await getattr(good, maker)(branch)
        earlier.coupon_id = request.coupon_id
        rpc = type(earlier).__name__.removesuffix("Request")
        await getattr(branch.clerk, rpc)(earlier)

    return change


def others(branch: Branch, request: Any) -> None:
    """The buyer is another member than the coupon's."""
    request.member_id = branch.chain.other_member_id


async def valid_elsewhen(branch: Branch, request: Any, **validity: Any) -> None:
    """The coupon is one with other days of validity."""
    order = issue_request(branch.chain.member_id)
    issued = await branch.clerk.IssueCoupons(order)
    await age_order(branch.ledger.database, order.order_id, **validity)
    request.coupon_id = issued.coupons[0].coupon_id


async def expired(branch: Branch, request: Any) -> None:
    """The coupon was valid until yesterday."""
    await valid_elsewhen(branch, request, valid_until=branch.today - timedelta(days=1))


async def not_yet_valid(branch: Branch, request: Any) -> None:
    """The coupon is valid from tomorrow on."""
    await valid_elsewhen(branch, request, valid_from=branch.today + timedelta(days=1))


def coupon_rows() -> Iterator[Wrong]:
    for rpc, key in (("ReserveCoupon", "reservation_id"), ("RedeemCoupon", "bill_id")):
        yield from rows(
            rpc,
            INVALID,
            *DATES,
            *STAFF,
            *missing(key),
            ("INVALID_ID", "a coupon that is none", put("coupon_id", "x")),
            ("INVALID_ID", "a member that is none", put("member_id", "x")),
            ("INVALID_ID", "a store that is none", put("store_id", "x")),
            ("COUPON_MISSING", "no coupon", put("coupon_id", None)),
            ("INVALID_COUPON_CODE", "a code that is none", put("code", "ABC")),
        )
        yield from rows(
            rpc,
            NOT_FOUND,
            ("UNKNOWN_COUPON", "unknown coupon", put("coupon_id", new_id)),
            ("UNKNOWN_MEMBER", "unknown member", put("member_id", new_id)),
            ("UNKNOWN_STORE", "unknown store", put("store_id", new_id)),
        )
        yield from rows(
            rpc,
            FAILED,
            ("COUPON_OF_ANOTHER_MEMBER", "another member's coupon", others),
            ("COUPON_OF_ANOTHER_MEMBER", "a member's coupon of nobody", put("member_id", "")),
            ("COUPON_REDEEMED", "a coupon that was used", happened("redemption")),
            ("COUPON_REVOKED", "a coupon that was revoked", happened("revoking")),
            ("COUPON_RESERVED", "a coupon that is another sale's", happened("reservation")),
            ("COUPON_EXPIRED", "a coupon that has expired", expired),
            ("COUPON_NOT_YET_VALID", "a coupon that is not valid yet", not_yet_valid),
        )
    yield from rows(
        "ReserveCoupon",
        INVALID,
        ("INVALID_ID", "no sale", put("sale_id", "")),
        *(
            ("INVALID_HOLD", f"{n} seconds", put("hold_seconds", n))
            for n in (-1, 3_601, INT64_MAX, INT64_MIN)
        ),
    )


def binding_rows() -> Iterator[Wrong]:
    nothing = ("INVALID_ID", "a reservation that is none", put("reservation_id", "x"))
    unknown = ("UNKNOWN_RESERVATION", "unknown reservation", put("reservation_id", new_id))
    yield from rows("ReleaseCoupon", INVALID, nothing)
    yield from rows("ReleaseCoupon", NOT_FOUND, unknown)
    yield from rows(
        "BindCoupon",
        INVALID,
        *missing("binding_id"),
        ("INVALID_ID", "a member that is none", put("member_id", "x")),
        ("INVALID_COUPON_CODE", "no code", put("code", "")),
        ("INVALID_COUPON_CODE", "a code that is none", put("code", "ABCDEFGH")),
    )
    yield from rows(
        "BindCoupon", NOT_FOUND, ("UNKNOWN_MEMBER", "unknown member", put("member_id", new_id))
    )
    yield from rows(
        "BindCoupon",
        FAILED,
        (
            "COUPON_ALREADY_BOUND",
            "once more",
            sent_before("BindCoupon", put("binding_id", new_id)),
        ),
        (
            "COUPON_OF_ANOTHER_MEMBER",
            "another member's coupon",
            sent_before("BindCoupon", both(put("binding_id", new_id), others)),
        ),
    )


def after_use_rows() -> Iterator[Wrong]:
    yield from rows(
        "ReleaseCoupon",
        FAILED,
        ("COUPON_REDEEMED", "a coupon that its sale has used", used_by_its_sale),
        ("RESERVATION_OVER", "a coupon that is another sale's since", reservation_over),
    )
    yield from rows(
        "GiveBackCoupon",
        INVALID,
        *DATES,
        *STAFF,
        *missing("return_id", "coupon_id", "bill_id", "store_id"),
    )
    yield from rows(
        "GiveBackCoupon",
        NOT_FOUND,
        ("UNKNOWN_COUPON", "unknown coupon", put("coupon_id", new_id)),
        ("UNKNOWN_STORE", "unknown store", put("store_id", new_id)),
    )
    yield from rows(
        "GiveBackCoupon",
        FAILED,
        ("COUPON_NOT_REDEEMED", "another bill than used it", put("bill_id", new_id)),
        (
            "COUPON_NOT_REDEEMED",
            "once more",
            sent_before("GiveBackCoupon", put("return_id", new_id)),
        ),
    )
    yield from rows(
        "RevokeCoupon",
        INVALID,
        *COUPON_REASONS,
        *missing("revocation_id"),
        ("INVALID_ID", "a coupon that is none", put("coupon_id", "x")),
        *STAFF,
    )
    yield from rows(
        "RevokeCoupon", NOT_FOUND, ("UNKNOWN_COUPON", "unknown coupon", put("coupon_id", new_id))
    )
    yield from rows(
        "RevokeCoupon",
        FAILED,
        ("COUPON_REVOKED", "once more", sent_before("RevokeCoupon", put("revocation_id", new_id))),
        ("COUPON_REDEEMED", "a coupon that was used", happened("redemption")),
    )


async def used_by_its_sale(branch: Branch, request: Any) -> None:
    """The sale that had reserved the coupon has used it."""
    reserved = await branch.carried_out(good.reservation)
    used = await good.redemption(branch)
    used.coupon_id, used.bill_id = reserved.coupon_id, reserved.sale_id
    await branch.clerk.RedeemCoupon(used)
    request.reservation_id = reserved.reservation_id


async def reservation_over(branch: Branch, request: Any) -> None:
    """The reservation timed out, and another sale has reserved the coupon."""
    reserved = await branch.carried_out(good.reservation)
    await let_reservation_time_out(branch.ledger.database, reserved.coupon_id)
    await happened("reservation")(branch, reserved)
    request.reservation_id = reserved.reservation_id


test_is_refused_with_its_reason = refusal_test([*coupon_rows(), *binding_rows(), *after_use_rows()])
