"""What can be wrong with who, where and when, of every RPC that changes something."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from chassis.clock import to_proto_date, to_timestamp, utc_now
from chassis.ids import new_id
from tests.fixtures.branch import LATE_DAYS, METHODS, Branch
from tests.fixtures.good_requests import CHANGES
from tests.fixtures.wrong_requests import (
    DENIED,
    EXISTS,
    FAILED,
    INT64_MAX,
    INVALID,
    NOT_FOUND,
    Change,
    Wrong,
    aged,
    both,
    put,
    refusal_test,
    sent_before,
)

# Where a request says who, where and when, by its RPC; "" when it is at its top.
DOCUMENTS = {"PostSale": "sale.", "PostSales": "sales.0."} | {
    rpc: "header."
    for rpc in CHANGES
    if (field := METHODS[rpc].input_type.fields_by_name.get("header"))
    and field.message_type.name == "BillHeader"
}
WALLET_CHANGES = ("FreezeWallet", "UnfreezeWallet", "LinkHousehold", "UnlinkHousehold")
# A correction that is dated before what it corrects is refused for that.
EARLIER = {
    "ReturnSale": "RETURN_BEFORE_SALE",
    **dict.fromkeys(
        ("ReverseTopUp", "CashOut", "ReversePassUse", "RefundPass", "UndoMerge", "ReturnGift"),
        "BEFORE_ORIGINAL",
    ),
}
# The id that makes a retry safe, and what differs when it comes again.
KEYS = {
    **{rpc: (f"{at}staff_id", "9999") for rpc, at in DOCUMENTS.items()},
    **{rpc: ("header.staff_id", "9999") for rpc in WALLET_CHANGES},
    "CreateHold": ("amount", 7),
    "SharePass": ("staff_id", "9999"),
    "UnsharePass": ("reason", "搬走了"),
    "IssueCoupons": ("reason", "周年庆"),
    "CreateCouponOrder": ("code_count", 3),
    "CancelCouponOrder": ("reason", "不要了"),
    "RevokeCouponOrder": ("reason", "不要了"),
    "ReserveCoupon": ("sale_id", new_id),
    "RedeemCoupon": ("staff_id", "9999"),
    "GiveBackCoupon": ("staff_id", "9999"),
    "RevokeCoupon": ("reason", "不要了"),
    "PublishProgramme": ("programme.return_grace_days", 7),
}
# A coupon is bound wherever its member is: no store is named.
WITHOUT_STORE = {"BindCoupon"}
# What is no calendar day, and none at all.
NO_DATES = [("no date", None), ("30 February", Date(year=2026, month=2, day=30))]
NO_MOMENTS = [
    ("no time", None),
    ("a time before 2000", to_timestamp(datetime(1999, 12, 31, tzinfo=UTC))),
    ("a time at the 64-bit edge", Timestamp(seconds=INT64_MAX)),
    ("a time tomorrow", to_timestamp(utc_now() + timedelta(days=1))),
]


def document_rows() -> Iterator[Wrong]:
    """Of bills: the same rows for every RPC that posts them."""
    for rpc, at in DOCUMENTS.items():
        is_sale = rpc.startswith("PostSale")
        key, moment = ("sale_id", "sold_time") if is_sale else ("bill_id", "occurred_time")
        for what, value, reason in (
            (f"no {key}", "", "INVALID_ID"),
            (f"a {key} that is none", "x", "INVALID_ID"),
        ):
            yield Wrong(rpc, what, put(at + key, value), INVALID, reason)
        for field in ("member_id", "store_id"):
            yield Wrong(rpc, f"a {field} that is none", put(at + field, "x"), INVALID, "INVALID_ID")
            unknown = f"UNKNOWN_{field.removesuffix('_id').upper()}"
            yield Wrong(rpc, f"unknown {field}", put(at + field, new_id), NOT_FOUND, unknown)
        yield Wrong(
            rpc, "a long staff_id", put(f"{at}staff_id", "8" * 65), INVALID, "CODE_TOO_LONG"
        )
        yield Wrong(
            rpc, "a long register_id", put(f"{at}register_id", "R" * 33), INVALID, "CODE_TOO_LONG"
        )
        yield Wrong(
            rpc, "a till of value 0", put(f"{at}register_id", "R\0"), INVALID, "INVALID_TEXT"
        )
        yield Wrong(
            rpc, "a till of two lines", put(f"{at}register_id", "A\n1"), INVALID, "INVALID_TEXT"
        )
        if not is_sale:
            yield Wrong(
                rpc, "a long reason", put(f"{at}reason", "x" * 257), INVALID, "CODE_TOO_LONG"
            )
        for what, moment_given in NO_MOMENTS:
            yield Wrong(rpc, what, put(at + moment, moment_given), INVALID, "INVALID_TIME")
        for what, day in NO_DATES:
            yield Wrong(rpc, what, put(f"{at}business_date", day), INVALID, "INVALID_DATE")
        for days in (-4, 4):
            far = to_proto_date((utc_now() + timedelta(days=days)).date())
            yield Wrong(
                rpc,
                f"a business date {days} days from the time",
                put(f"{at}business_date", far),
                INVALID,
                "INVALID_BUSINESS_DATE",
            )
        yield Wrong(
            rpc,
            "a time long ago",
            aged(at.removesuffix("."), LATE_DAYS + 1, moment),
            FAILED,
            EARLIER.get(rpc, "OCCURRED_TOO_LONG_AGO"),
        )


def wallet_change_rows() -> Iterator[Wrong]:
    """Of changes to wallets that are no bills."""
    for rpc in WALLET_CHANGES:
        for what, path, value, code, reason in (
            ("no change_id", "change_id", "", INVALID, "INVALID_ID"),
            ("a store_id that is none", "store_id", "x", INVALID, "INVALID_ID"),
            ("unknown store", "store_id", new_id, NOT_FOUND, "UNKNOWN_STORE"),
            ("nobody who does it", "staff_id", "", INVALID, "STAFF_REQUIRED"),
            ("a long staff_id", "staff_id", "8" * 65, INVALID, "CODE_TOO_LONG"),
            ("no reason", "reason", " ", INVALID, "REASON_REQUIRED"),
            ("a long reason", "reason", "x" * 257, INVALID, "CODE_TOO_LONG"),
            ("a reason of value 0", "reason", "\0", INVALID, "INVALID_TEXT"),
        ):
            yield Wrong(rpc, what, put(f"header.{path}", value), code, reason)


def reused_id_rows() -> Iterator[Wrong]:
    """The same id with other content, of every RPC with an id of its own."""
    changes = {rpc: put(path, value) for rpc, (path, value) in KEYS.items()}
    for rpc, change in {**changes, "BindCoupon": other_member}.items():
        again = sent_before(rpc, change)
        yield Wrong(rpc, "an id that came before with other content", again, EXISTS, "ID_REUSED")
    for rpc, at in DOCUMENTS.items():
        key = "sale_id" if rpc.startswith("PostSale") else "bill_id"
        yield Wrong(rpc, "the id of another bill", other_bill(at + key), EXISTS, "ID_REUSED")


def other_member(branch: Branch, request: Any) -> None:
    """The request names the other member."""
    request.member_id = branch.chain.other_member_id


def other_bill(path: str) -> Change:
    """The id is that of a bill of another kind, or of another sale."""

    async def change(branch: Branch, request: Any) -> None:
        rpc = "PostSale" if path.startswith("header") else "AdjustPoints"
        other = await CHANGES[rpc](branch)
        await getattr(branch.clerk, rpc)(other)
        bill_id = other.sale.sale_id if rpc == "PostSale" else other.header.bill_id
        made = put(path, bill_id)(branch, request)
        assert made is None

    return change


def stranger_rows() -> Iterator[Wrong]:
    """A caller whose token does not reach the store, or not every store."""
    for rpc in sorted(CHANGES.keys() - WITHOUT_STORE):
        yield Wrong(
            rpc, "a caller of another store", both(), DENIED, "STORE_OUT_OF_SCOPE", by_stranger=True
        )


ROWS = [*document_rows(), *wallet_change_rows(), *reused_id_rows(), *stranger_rows()]


test_is_refused_with_its_reason = refusal_test(ROWS)
