"""What can be wrong with stored value and holds; each request with one thing wrong."""

from collections.abc import Iterator
from typing import Any

from chassis.ids import new_id
from tests.fixtures.branch import PASS_ID, Branch
from tests.fixtures.builders_stored_value import build_purchase
from tests.fixtures.wrong_requests import (
    FAILED,
    INT64_MAX,
    INVALID,
    NOT_FOUND,
    Change,
    Wrong,
    both,
    put,
    refusal_test,
    rows,
)
from tests.fixtures.wrong_states import (
    DATES,
    REASONS,
    STAFF,
    again,
    amounts,
    by_other,
    earlier_bills,
    frozen,
    let_time_out,
    missing,
    money,
    naming_top_up_of_other,
    spent,
    tenders,
)
from yika.points.v1 import hold_pb2, stored_value_service_pb2


def large_top_up(amount_fen: int) -> Change:
    """More is paid in than a card may hold."""
    return both(put("amount_fen", amount_fen), money("tenders", cash=amount_fen))


def top_up_rows() -> Iterator[Wrong]:
    yield from rows(
        "TopUp",
        INVALID,
        *amounts("amount_fen"),
        ("TENDERS_DO_NOT_ADD_UP", "no tender", put("tenders", ())),
        ("TENDERS_DO_NOT_ADD_UP", "a fen too few", money("tenders", cash=49_99)),
        *tenders("tenders"),
        ("INVALID_AMOUNT", "a tender at the edge", money("tenders", cash=INT64_MAX)),
        ("TENDER_NOT_FOR_TOP_UP", "paid with points", money("tenders", points=50_00)),
        ("TENDER_NOT_FOR_TOP_UP", "paid with stored value", money("tenders", stored_value=50_00)),
        ("TENDER_NOT_FOR_TOP_UP", "money of no top-up", money("tenders", alipay=50_00)),
        ("UNKNOWN_CARD_TYPE", "unknown card type", put("card_type", "gold")),
        ("CODE_TOO_LONG", "a long card type", put("card_type", "g" * 65)),
        ("UNKNOWN_BUYER", "nobody who buys", put("purchase", None)),
        ("UNKNOWN_BUYER", "unknown buyer", put("purchase.buyer", 99)),
        ("INVALID_AMOUNT", "a purchase below the top-up", put("purchase.purchase_fen", 49_99)),
        ("INVALID_AMOUNT", "a purchase at the edge", put("purchase.purchase_fen", INT64_MAX)),
        ("NON_CASH_REQUIRED", "cash from afar", put("purchase", build_purchase(on_site=False))),
        ("INVALID_TEXT", "a card type of value 0", put("card_type", "\0")),
    )
    yield from rows(
        "TopUp",
        FAILED,
        ("BALANCE_LIMIT_EXCEEDED", "more than the law allows", large_top_up(5_000_01)),
        ("CARD_TYPE_DIFFERS", "another kind of card", other_card_type),
    )


def paid_out_rows() -> Iterator[Wrong]:
    no_reason = ("REASON_REQUIRED", "no reason", put("header.reason", " "))
    yield from earlier_bills("ReverseTopUp", "top_up_id")
    yield from earlier_bills("CashOut", "top_up_id")
    yield from rows("ReverseTopUp", INVALID, no_reason)
    yield from rows(
        "ReverseTopUp",
        FAILED,
        ("MEMBER_MISMATCH", "a top-up of another member", by_other),
        ("ALREADY_REVERSED", "once more", again("ReverseTopUp")),
        ("TOP_UP_SPENT", "a top-up of which some was spent", spent),
        ("WALLET_FROZEN", "a frozen wallet", frozen),
    )
    yield from rows(
        "CashOut",
        INVALID,
        *amounts("amount_fen"),
        *tenders("payouts"),
        ("TENDER_NOT_FOR_CASH_OUT", "paid out as points", money("payouts", points=20_00)),
    )
    yield from rows(
        "CashOut",
        FAILED,
        ("PAYOUT_DIFFERS", "a fen more than was told", money("payouts", cash=20_01)),
        ("IDENTITY_REQUIRED", "nobody's document", put("identified", False)),
        ("INSUFFICIENT_STORED_VALUE", "more than is there", put("amount_fen", 50_01)),
        ("INSUFFICIENT_STORED_VALUE", "value of another member", by_other),
        ("MEMBER_MISMATCH", "a top-up of another member", naming_top_up_of_other),
        ("WALLET_FROZEN", "a frozen wallet", frozen),
    )


async def other_card_type(branch: Branch, request: Any) -> None:
    """The wallet holds value of another kind of card."""
    first = stored_value_service_pb2.TopUpRequest()
    first.CopyFrom(request)
    first.header.bill_id = new_id()
    await branch.clerk.TopUp(first)
    request.card_type = "gift"


def hold_rows() -> Iterator[Wrong]:
    asset = "asset"
    value, units = hold_pb2.HOLD_ASSET_STORED_VALUE, hold_pb2.HOLD_ASSET_PASS
    yield from rows(
        "CreateHold",
        INVALID,
        *amounts("amount"),
        *missing("hold_id", "member_id"),
        ("INVALID_ID", "a store that is none", put("store_id", "x")),
        ("UNKNOWN_ASSET", "no asset", put(asset, 0)),
        ("UNKNOWN_ASSET", "unknown asset", put(asset, 99)),
        ("WRONG_ASSET", "points of a pass", put("pass_id", PASS_ID)),
        ("INVALID_ID", "units of no pass", put(asset, units)),
        *(
            ("INVALID_HOLD_SECONDS", f"{n} seconds", put("hold_seconds", n))
            for n in (-1, 7 * 86_400 + 1, 2**31 - 1)
        ),
        *DATES,
        *STAFF,
        ("INVALID_TEXT", "a till of value 0", put("register_id", "\0")),
        ("INVALID_TEXT", "a till of two lines", put("register_id", "A\n1")),
        ("CODE_TOO_LONG", "a long register_id", put("register_id", "R" * 33)),
    )
    yield from rows(
        "CreateHold",
        NOT_FOUND,
        ("UNKNOWN_MEMBER", "unknown member", put("member_id", new_id)),
        ("UNKNOWN_STORE", "unknown store", put("store_id", new_id)),
    )
    yield from rows(
        "CreateHold",
        FAILED,
        ("INSUFFICIENT_POINTS", "more points than there are", put("amount", 501)),
        ("INSUFFICIENT_STORED_VALUE", "value that is not there", put(asset, value)),
        (
            "INSUFFICIENT_PASS",
            "units that are not there",
            both(put(asset, units), put("pass_id", PASS_ID)),
        ),
        ("WALLET_FROZEN", "a frozen wallet", frozen),
    )
    yield from rows(
        "VoidHold",
        INVALID,
        ("INVALID_ID", "a hold that is none", put("hold_id", "x")),
        *REASONS,
    )
    yield from rows("VoidHold", NOT_FOUND, ("UNKNOWN_HOLD", "unknown hold", put("hold_id", new_id)))
    yield from rows("VoidHold", FAILED, ("HOLD_EXPIRED", "a hold that timed out", let_time_out))


test_is_refused_with_its_reason = refusal_test([*top_up_rows(), *paid_out_rows(), *hold_rows()])
