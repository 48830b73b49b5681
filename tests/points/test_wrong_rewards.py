"""What can be wrong with adjustments, gifts and rules; each request with one thing wrong."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from google.type.date_pb2 import Date

from chassis.clock import to_timestamp, utc_now
from chassis.ids import new_id
from tests.fixtures import good_value_requests as good
from tests.fixtures.branch import GIFT_ID, Branch
from tests.fixtures.wrong_requests import (
    DENIED,
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
from tests.fixtures.wrong_states import amounts, by_other, earlier_bills, frozen, money, tenders
from yika.points.v1 import earning_pb2, reward_service_pb2


async def proposed_by_clerk(branch: Branch, request: Any) -> None:
    """The proposal is the caller's own."""
    own = reward_service_pb2.AdjustPointsRequest(header=branch.header(), points=5_000)
    await branch.clerk.AdjustPoints(own)
    request.proposal_id = own.header.bill_id


async def decided(branch: Branch, request: Any) -> None:
    """The proposal was approved before."""
    approved = reward_service_pb2.ApproveAdjustmentRequest(
        header=branch.header(), proposal_id=request.proposal_id
    )
    await branch.clerk.ApproveAdjustment(approved)


def reward_rows() -> Iterator[Wrong]:
    past = Date(year=2026, month=1, day=1)
    yield from rows(
        "AdjustPoints",
        INVALID,
        *(
            ("INVALID_AMOUNT", f"points {n}", put("points", n))
            for n in (0, 1_000_000_001, INT64_MAX, INT64_MIN)
        ),
        ("REASON_REQUIRED", "no reason", put("header.reason", " ")),
        ("STAFF_REQUIRED", "nobody who does it", put("header.staff_id", "")),
        ("DEBT_NOT_EXPECTED", "a debt of points that are added", put("allow_debt", True)),
        (
            "EXPIRY_NOT_EXPECTED",
            "a last day of points that are taken",
            both(put("points", -5), put("expiry_date", past)),
        ),
        ("INVALID_DATE", "30 February", put("expiry_date", Date(year=2027, month=2, day=30))),
    )
    yield from rows(
        "AdjustPoints",
        FAILED,
        ("INSUFFICIENT_POINTS", "more taken than there is", put("points", -5)),
        ("EXPIRY_IN_PAST", "a last day that has passed", put("expiry_date", past)),
    )
    for rpc in ("ApproveAdjustment", "RejectAdjustment"):
        yield from rows(
            rpc, INVALID, ("INVALID_ID", "a proposal that is none", put("proposal_id", "x"))
        )
        yield from rows(
            rpc, NOT_FOUND, ("UNKNOWN_PROPOSAL", "unknown proposal", put("proposal_id", new_id))
        )
        yield from rows(rpc, FAILED, ("ALREADY_DECIDED", "one that is decided", decided))
    yield from rows(
        "ApproveAdjustment", DENIED, ("SELF_APPROVAL", "a proposal of one's own", proposed_by_clerk)
    )
    yield from rows(
        "ApproveAdjustment", FAILED, ("MEMBER_MISMATCH", "another member's proposal", by_other)
    )
    yield from rows(
        "RejectAdjustment", INVALID, ("REASON_REQUIRED", "no reason", put("reason", ""))
    )


def gift_rows() -> Iterator[Wrong]:
    line = reward_service_pb2.GiftLine(gift_id=GIFT_ID, pieces=1)
    yield from rows(
        "RedeemGift",
        INVALID,
        ("EMPTY_REDEMPTION", "no gift", put("lines", ())),
        ("TOO_MANY_LINES", "51 lines", put("lines", [line] * 51)),
        ("DUPLICATE_GIFT", "a gift twice", put("lines", [line, line])),
        ("INVALID_ID", "a gift that is none", put("lines.0.gift_id", "x")),
        *(
            ("INVALID_QUANTITY", f"{n} pieces", put("lines.0.pieces", n))
            for n in (0, -1, 1_001, 2**31 - 1, -(2**31))
        ),
        *amounts("points"),
        ("UNKNOWN_TENDER", "money that nobody takes", money("tenders", gold=5_00)),
        ("WRONG_ASSET", "stored value on top", money("tenders", stored_value=5_00)),
        *tenders("tenders"),
    )
    yield from rows(
        "RedeemGift",
        NOT_FOUND,
        ("UNKNOWN_GIFT", "unknown gift", put("lines.0.gift_id", new_id)),
        ("UNKNOWN_HOLD", "unknown hold", put("hold_id", new_id)),
    )
    yield from rows(
        "RedeemGift",
        FAILED,
        ("GIFT_PRICE_CHANGED", "a point too few", put("points", 299)),
        ("GIFT_PRICE_CHANGED", "a fen too few", money("tenders", cash=4_99)),
        ("INSUFFICIENT_POINTS", "points of another member", by_other),
        ("WALLET_FROZEN", "a frozen wallet", frozen),
    )


def gift_return_rows() -> Iterator[Wrong]:
    line = reward_service_pb2.GiftLine(gift_id=GIFT_ID, pieces=1)
    yield from earlier_bills("ReturnGift", "redemption_bill_id")
    yield from rows(
        "ReturnGift",
        INVALID,
        ("NOTHING_TO_RETURN", "neither lines nor whole", put("whole", False)),
        ("NOTHING_TO_RETURN", "both lines and whole", put("lines", [line])),
    )
    yield from rows(
        "ReturnGift", FAILED, ("MEMBER_MISMATCH", "another member's redemption", by_other)
    )


def programme_rows() -> Iterator[Wrong]:
    at = "programme."
    rule = earning_pb2.EarningRule(rule_id="may")
    yield from rows(
        "PublishProgramme",
        INVALID,
        ("INVALID_ID", "no programme", put("programme", None)),
        ("INVALID_ID", "an id that is none", put(f"{at}programme_id", "x")),
        ("INVALID_TIME", "no time", put(f"{at}effective_time", None)),
        *(
            (
                "INVALID_TIME",
                f"in force in {days} days",
                put(f"{at}effective_time", to_timestamp(utc_now() + timedelta(days=days))),
            )
            for days in (-1, 400)
        ),
        ("INVALID_RATE", "no earning", put(f"{at}earning", None)),
        *(
            ("INVALID_RATE", f"{n} fen a point", put(f"{at}earning.fen_per_point", n))
            for n in (0, -1, INT64_MAX, INT64_MIN)
        ),
        ("INVALID_VERSION", "earning of another version", put(f"{at}earning.version", 1)),
        ("DUPLICATE_RULE_ID", "a rule twice", put(f"{at}earning.rules", [rule, rule])),
        (
            "UNKNOWN_TENDER",
            "money that nobody takes",
            put(f"{at}earning.non_earning_tenders", ["gold"]),
        ),
        ("UNKNOWN_CLAWBACK_POLICY", "unknown policy", put(f"{at}clawback_policy", 99)),
        *(
            ("OUT_OF_RANGE", f"{n} days of grace", put(f"{at}return_grace_days", n))
            for n in (-1, 367)
        ),
        *(
            ("OUT_OF_RANGE", f"a limit of {n}", put(f"{at}adjustment_limit_points", n))
            for n in (-1, INT64_MAX)
        ),
    )
    yield from rows(
        "PublishProgramme",
        FAILED,
        ("WRONG_VERSION", "a version left out", wrong_version),
        (
            "EFFECTIVE_TIME_BEFORE_NEWEST",
            "before the newest",
            published_before,
        ),
    )


def wrong_version(_: Branch, request: Any) -> None:
    """A version is left out."""
    request.programme.version += 1
    request.programme.earning.version += 1


async def published_before(branch: Branch, request: Any) -> None:
    """A version that takes effect later was published meanwhile."""
    await branch.clerk.PublishProgramme(request)
    request.CopyFrom(await good.programme(branch))
    sooner = to_timestamp(utc_now() + timedelta(days=1))
    request.programme.effective_time.CopyFrom(sooner)


ROWS = [*reward_rows(), *gift_rows(), *gift_return_rows(), *programme_rows()]


test_is_refused_with_its_reason = refusal_test(ROWS)
