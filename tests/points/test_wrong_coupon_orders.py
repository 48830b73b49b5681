"""What can be wrong with orders of coupons; each request with one thing wrong."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from google.type.date_pb2 import Date

from chassis.clock import to_proto_date, utc_now
from chassis.ids import new_id
from tests.fixtures import good_coupon_requests as good
from tests.fixtures.branch import Branch
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
from tests.fixtures.wrong_states import COUPON_REASONS, FAR, PAST, missing


def order_rows() -> Iterator[Wrong]:
    validity = [
        ("INVALID_VALIDITY", "a last day that has passed", put("valid_until_date", PAST)),
        ("INVALID_VALIDITY", "a first day after 2199", put("valid_from_date", FAR)),
        (
            "INVALID_VALIDITY",
            "a last day before the first",
            both(
                put("valid_from_date", to_proto_date((utc_now() + timedelta(days=9)).date())),
                put("valid_until_date", to_proto_date((utc_now() + timedelta(days=5)).date())),
            ),
        ),
        ("INVALID_DATE", "30 February", put("valid_until_date", Date(year=2027, month=2, day=30))),
    ]
    for rpc in ("IssueCoupons", "CreateCouponOrder"):
        yield from rows(
            rpc,
            INVALID,
            *COUPON_REASONS,
            *validity,
            *missing("order_id"),
            ("INVALID_ID", "a template that is none", put("template_id", "x")),
        )
    yield from rows(
        "IssueCoupons",
        INVALID,
        ("INVALID_BATCH_SIZE", "nobody", put("member_ids", ())),
        ("INVALID_BATCH_SIZE", "1,001 members", put("member_ids", [new_id()] * 1_001)),
        ("DUPLICATE_MEMBER", "a member twice", put("member_ids", [new_id()] * 2)),
        ("INVALID_ID", "a member that is none", put("member_ids", ["x"])),
    )
    unknown = ("UNKNOWN_MEMBER", "unknown member", put("member_ids", [new_id()]))
    yield from rows("IssueCoupons", NOT_FOUND, unknown)
    yield from rows(
        "CreateCouponOrder",
        INVALID,
        *(
            ("INVALID_COUNT", f"{n} codes", put("code_count", n))
            for n in (0, -1, 5_000_001, INT64_MAX, INT64_MIN)
        ),
        ("INVALID_CODE_PREFIX", "a prefix of other characters", put("code_prefix", "01!")),
        ("INVALID_CODE_PREFIX", "a long prefix", put("code_prefix", "C" * 7)),
    )


def order_end_rows() -> Iterator[Wrong]:
    keys = {"CancelCouponOrder": "cancellation_id", "RevokeCouponOrder": "revocation_id"}
    over = {
        "CancelCouponOrder": "COUPON_ORDER_CANCELLED",
        "RevokeCouponOrder": "COUPON_ORDER_REVOKED",
    }
    for rpc, key in keys.items():
        yield from rows(
            rpc,
            INVALID,
            *COUPON_REASONS,
            *missing(key),
            ("INVALID_ID", "an order that is none", put("order_id", "x")),
        )
        yield from rows(
            rpc, NOT_FOUND, ("UNKNOWN_COUPON_ORDER", "unknown order", put("order_id", new_id))
        )
        yield from rows(rpc, FAILED, (over[rpc], "once more", sent_before(rpc, put(key, new_id))))
    yield from rows(
        "CancelCouponOrder", FAILED, ("COUPON_ORDER_DONE", "an order that is done", of_done_order)
    )


async def of_done_order(branch: Branch, request: Any) -> None:
    """All codes of the order were made."""
    request.order_id = await good.ordered(branch)


test_is_refused_with_its_reason = refusal_test([*order_rows(), *order_end_rows()])
