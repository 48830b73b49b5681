"""What can be wrong with passes and their shares; each request with one thing wrong."""

from collections.abc import Iterator
from typing import Any

import pytest

from chassis.ids import new_id
from tests.fixtures.branch import PASS_FEN, Branch, Branches
from tests.fixtures.builders_stored_value import build_money
from tests.fixtures.wrong_requests import (
    EXISTS,
    FAILED,
    INT64_MAX,
    INT64_MIN,
    INVALID,
    NOT_FOUND,
    Wrong,
    as_parameters,
    both,
    prove_refused,
    put,
    rows,
)
from tests.fixtures.wrong_states import (
    POINTS,
    again,
    all_used,
    by_other,
    frozen,
    money,
    naming_a_sale,
    naming_hold,
    on_hold,
    refunded,
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
        ("INVALID_AMOUNT", "a tender of zero", money("tenders", cash=0)),
        ("INVALID_AMOUNT", "a negative tender", money("tenders", cash=-1)),
        ("TOO_MANY_TENDERS", "21 tenders", put("tenders", build_money({"cash": 1}) * 21)),
        ("WRONG_ASSET", "paid with points", money("tenders", points=PASS_FEN)),
        ("WRONG_ASSET", "cash with points", put("tenders", [POINTS])),
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
    yield from rows(
        "ReversePassUse",
        INVALID,
        ("INVALID_ID", "a use that is none", put("use_bill_id", "x")),
        ("REASON_REQUIRED", "no reason", put("header.reason", "")),
    )
    yield from rows(
        "ReversePassUse", NOT_FOUND, ("UNKNOWN_BILL", "unknown use", put("use_bill_id", new_id))
    )
    yield from rows(
        "ReversePassUse",
        FAILED,
        ("WRONG_BILL_KIND", "a sale", naming_a_sale("use_bill_id")),
        ("BILL_OF_ANOTHER_MEMBER", "another member's use", by_other),
        ("ALREADY_REVERSED", "once more", again("ReversePassUse")),
        ("PASS_REFUNDED", "a pass that was paid back", refunded),
    )
    yield from rows(
        "RefundPass",
        INVALID,
        ("INVALID_ID", "a pass that is none", put("sale_bill_id", "x")),
        (
            "REASON_REQUIRED",
            "a fee waived for no reason",
            both(put("waive_fee", True), put("header.reason", "")),
        ),
    )
    yield from rows(
        "RefundPass", NOT_FOUND, ("UNKNOWN_BILL", "unknown sale", put("sale_bill_id", new_id))
    )
    yield from rows(
        "RefundPass",
        FAILED,
        ("WRONG_BILL_KIND", "a sale", naming_a_sale("sale_bill_id")),
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
        *(
            ("INVALID_ID", f"no {each}", put(each, ""))
            for each in ("share_id", "owner_member_id", "pass_id", "user_member_id", "store_id")
        ),
        ("SAME_MEMBER", "with its owner", with_itself),
        ("CODE_TOO_LONG", "a long staff_id", put("staff_id", "8" * 65)),
        ("INVALID_TEXT", "a staff_id of value 0", put("staff_id", "\0")),
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
        *(
            ("INVALID_ID", f"no {each}", put(each, ""))
            for each in ("unshare_id", "owner_member_id", "share_id", "store_id")
        ),
        ("CODE_TOO_LONG", "a long reason", put("reason", "x" * 257)),
        ("INVALID_TEXT", "a reason of value 0", put("reason", "\0")),
    )
    yield from rows(
        "UnsharePass",
        NOT_FOUND,
        ("UNKNOWN_SHARE", "unknown share", put("share_id", new_id)),
        ("UNKNOWN_SHARE", "another member's share", owned_by_other),
    )
    yield from rows("UnsharePass", FAILED, ("SHARE_ENDED", "once more", again("UnsharePass")))


@pytest.mark.parametrize(
    "wrong", as_parameters([*pass_rows(), *pass_back_rows(), *pass_share_rows()])
)
async def test_is_refused_with_its_reason(branches: Branches, wrong: Wrong) -> None:
    await prove_refused(branches, wrong)
