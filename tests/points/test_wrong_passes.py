"""What can be wrong with passes and their shares; each request with one thing wrong."""

from collections.abc import Iterator
from typing import Any

from chassis.ids import new_id
from tests.fixtures.branch import PASS_FEN, Branch
from tests.fixtures.wrong_requests import (
    EXISTS,
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
)
from tests.fixtures.wrong_states import (
    REASONS,
    STAFF,
    again,
    all_used,
    by_other,
    earlier_bills,
    frozen,
    missing,
    money,
    naming_hold,
    on_hold,
    refunded,
    tenders,
)


def owned_by_other(branch: Branch, request: Any) -> None:
    """Another member's pass, or share, is named."""
    request.owner_member_id = branch.chain.other_member_id


def with_itself(branch: Branch, request: Any) -> None:
    """The owner is to share with the owner."""
    request.user_member_id = branch.chain.member_id


def pass_rows() -> Iterator[Wrong]:
    yield from rows(
        "SellPass",
        INVALID,
        ("INVALID_ID", "a pass that is none", put("pass_id", "x")),
        ("TENDERS_DO_NOT_ADD_UP", "no tender", put("tenders", ())),
        ("TENDERS_DO_NOT_ADD_UP", "a tender at the edge", money("tenders", cash=INT64_MAX)),
        *tenders("tenders"),
        ("WRONG_ASSET", "paid with points", money("tenders", points=PASS_FEN)),
        ("UNKNOWN_TENDER", "money that nobody takes", money("tenders", gold=PASS_FEN)),
    )
    yield from rows("SellPass", NOT_FOUND, ("UNKNOWN_PASS", "unknown pass", put("pass_id", new_id)))
    yield from rows(
        "SellPass",
        FAILED,
        (
            "INSUFFICIENT_STORED_VALUE",
            "value that is not there",
            money("tenders", stored_value=PASS_FEN),
        ),
    )
    yield from rows(
        "UsePass",
        INVALID,
        *(
            ("INVALID_AMOUNT", f"{n} units", put("units", n))
            for n in (0, -1, 100_001, INT64_MAX, INT64_MIN)
        ),
        ("INVALID_ID", "a pass that is none", put("pass_id", "x")),
        ("HOLD_REQUIRED", "the rest of no hold", put("keep_rest", True)),
        ("WRONG_ASSET", "units from a hold of points", naming_hold()),
    )
    yield from rows(
        "UsePass",
        NOT_FOUND,
        ("UNKNOWN_PRODUCT", "unknown product", put("product_id", new_id)),
        ("UNKNOWN_HOLD", "unknown hold", put("hold_id", new_id)),
        ("UNKNOWN_HOLD", "a hold of another member", naming_hold(of_other=True)),
    )
    yield from rows(
        "UsePass",
        FAILED,
        ("INSUFFICIENT_PASS", "more units than there are", put("units", 11)),
        ("INSUFFICIENT_PASS", "a pass that nobody sold", put("pass_id", new_id)),
        ("PASS_NOT_SHARED", "another member's pass", owned_by_other),
        ("HOLD_EXPIRED", "a hold that timed out", naming_hold("timed out")),
        ("HOLD_CLOSED", "a hold that was voided", naming_hold("voided")),
        ("WALLET_FROZEN", "a frozen wallet", frozen),
    )


def pass_back_rows() -> Iterator[Wrong]:
    no_reason = ("REASON_REQUIRED", "no reason", put("header.reason", ""))
    yield from earlier_bills("ReversePassUse", "use_bill_id")
    yield from rows("ReversePassUse", INVALID, no_reason)
    yield from rows(
        "ReversePassUse",
        FAILED,
        ("BILL_OF_ANOTHER_MEMBER", "another member's use", by_other),
        ("ALREADY_REVERSED", "once more", again("ReversePassUse")),
        ("PASS_REFUNDED", "a pass that was paid back", refunded),
    )
    yield from earlier_bills("RefundPass", "sale_bill_id")
    yield from rows(
        "RefundPass",
        INVALID,
        (
            "REASON_REQUIRED",
            "a fee waived for no reason",
            both(put("waive_fee", True), put("header.reason", "")),
        ),
    )
    yield from rows(
        "RefundPass",
        FAILED,
        ("PASS_OF_ANOTHER_MEMBER", "another member's pass", by_other),
        ("PASS_REFUNDED", "once more", again("RefundPass")),
        ("PASS_USED_UP", "a pass of which no unit is left", all_used),
        ("PASS_ON_HOLD", "a pass with units on hold", on_hold),
        ("WALLET_FROZEN", "a frozen wallet", frozen),
    )


def pass_share_rows() -> Iterator[Wrong]:
    yield from rows(
        "SharePass",
        INVALID,
        *missing("share_id", "owner_member_id", "pass_id", "user_member_id", "store_id"),
        ("SAME_MEMBER", "with its owner", with_itself),
        *STAFF,
    )
    yield from rows(
        "SharePass",
        NOT_FOUND,
        ("UNKNOWN_MEMBER", "unknown member", put("user_member_id", new_id)),
        ("UNKNOWN_STORE", "unknown store", put("store_id", new_id)),
    )
    yield from rows(
        "SharePass", FAILED, ("PASS_NOT_OWNED", "a pass that is not there", put("pass_id", new_id))
    )
    yield from rows("SharePass", EXISTS, ("ALREADY_SHARED", "once more", again("SharePass")))
    yield from rows(
        "UnsharePass",
        INVALID,
        *missing("unshare_id", "owner_member_id", "share_id", "store_id"),
        *REASONS,
    )
    yield from rows(
        "UnsharePass",
        NOT_FOUND,
        ("UNKNOWN_SHARE", "unknown share", put("share_id", new_id)),
        ("UNKNOWN_SHARE", "another member's share", owned_by_other),
    )
    yield from rows("UnsharePass", FAILED, ("SHARE_ENDED", "once more", again("UnsharePass")))


test_is_refused_with_its_reason = refusal_test(
    [*pass_rows(), *pass_back_rows(), *pass_share_rows()]
)
