"""What can be wrong with a sale and with its return; a request of each RPC with one thing wrong."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from chassis.ids import new_id
from tests.fixtures import good_coupon_requests as coupons
from tests.fixtures import good_pass_requests as holds
from tests.fixtures import good_value_requests as good
from tests.fixtures.branch import Branch
from tests.fixtures.builders_coupons import issue_request
from tests.fixtures.wrong_requests import (
    FAILED,
    INT64_MAX,
    INT64_MIN,
    INVALID,
    NOT_FOUND,
    Change,
    Wrong,
    both,
    put,
    refusal_test,
    rows,
)
from tests.fixtures.wrong_states import by_other, create_hold, frozen
from yika.points.v1 import return_service_pb2, sale_pb2

LINE, TENDER = "sale.lines.0.", "sale.tenders.0."


def paid(*tenders: sale_pb2.Tender) -> Change:
    """The sale of 24 yuan is paid with these tenders."""
    return put("sale.tenders", tenders)


def tender(kind: str, amount_fen: int = 24_00, **changes: Any) -> sale_pb2.Tender:
    """A tender for all of the sale."""
    return sale_pb2.Tender(kind=kind, amount_fen=amount_fen, **changes)


def held(points: int = 2_400, *, of_other: bool = False, ended: str = "") -> Change:
    """Points from a hold of 100 pay the sale; the hold may be another's, or have ended."""

    async def change(branch: Branch, request: Any) -> None:
        made = await holds.hold(branch)
        if of_other:
            made.member_id = branch.chain.other_member_id
            gift = await good.adjustment(branch)
            gift.header.member_id, gift.points = made.member_id, 500
            await branch.clerk.AdjustPoints(gift)
        await create_hold(branch, made, ended)
        from_hold = tender("points", points, points=points, hold_id=made.hold_id)
        rest = [tender("cash", 24_00 - points)] if points < 24_00 else []
        put("sale.tenders", [from_hold, *rest])(branch, request)

    return change


async def stored_value_from_points(branch: Branch, request: Any) -> None:
    """Stored value is to come from a hold of points."""
    made = await branch.carried_out(holds.hold)
    put("sale.tenders", [tender("stored_value", hold_id=made.hold_id)])(branch, request)


def with_coupon(then: str = "", *, other: bool = False, **validity: Any) -> Change:
    """The sale names a coupon to which something happened, or another member's."""

    async def change(branch: Branch, request: Any) -> None:
        member_id = branch.chain.other_member_id if other else branch.chain.member_id
        issued = await branch.clerk.IssueCoupons(issue_request(member_id))
        request.sale.coupon_ids.append(issued.coupons[0].coupon_id)
        if then:
            again: Any = await getattr(coupons, then)(branch)
            again.coupon_id = request.sale.coupon_ids[0]
            rpc = type(again).__name__.removesuffix("Request")
            await getattr(branch.clerk, rpc)(again)

    return change


def sale_rows() -> Iterator[Wrong]:
    yield from rows(
        "PostSale",
        INVALID,
        ("EMPTY_BASKET", "no line", put("sale.lines", ())),
        ("TOO_MANY_LINES", "501 lines", put("sale.lines", [sale_pb2.SaleLine()] * 501)),
        ("SALE_TOO_LARGE", "a large text", put(f"{LINE}product_id", "9" * 200_000)),
        *(
            ("INVALID_QUANTITY", f"quantity {n}", put(f"{LINE}quantity_milli", n))
            for n in (0, -1, 1_000_000_001, INT64_MAX, INT64_MIN)
        ),
        *(
            ("INVALID_AMOUNT", f"list price {n}", put(f"{LINE}list_fen", n))
            for n in (-1, 1_000_000_001, INT64_MAX, INT64_MIN)
        ),
        *(
            ("INVALID_DISCOUNT", f"discount {n}", put(f"{LINE}discount_fen", n))
            for n in (-1, 1_251, INT64_MAX, INT64_MIN)
        ),
        (
            "INVALID_DISCOUNT",
            "parts of a discount that do not add up",
            put(f"{LINE}discounts", [sale_pb2.LineDiscount(source="promotion:1", amount_fen=49)]),
        ),
        (
            "TOO_MANY_DISCOUNTS",
            "51 parts of a discount",
            put(f"{LINE}discounts", [sale_pb2.LineDiscount(source="p", amount_fen=1)] * 51),
        ),
        *(
            ("INVALID_AMOUNT", f"total {n}", put("sale.total_fen", n))
            for n in (-1, INT64_MAX, INT64_MIN)
        ),
        ("TOTAL_DOES_NOT_ADD_UP", "a fen too many", put("sale.total_fen", 24_01)),
    )


def tender_rows() -> Iterator[Wrong]:
    yield from rows(
        "PostSale",
        INVALID,
        ("TENDERS_DO_NOT_ADD_UP", "no tender", paid()),
        ("TENDERS_DO_NOT_ADD_UP", "a tender at the edge", put(f"{TENDER}amount_fen", INT64_MAX)),
        *(
            ("INVALID_AMOUNT", f"tender of {n}", put(f"{TENDER}amount_fen", n))
            for n in (0, -1, INT64_MIN)
        ),
        ("TOO_MANY_TENDERS", "21 tenders", paid(*[tender("cash", 1)] * 21)),
        ("UNKNOWN_TENDER", "money that nobody takes", put(f"{TENDER}kind", "gold")),
        ("WRONG_ASSET", "cash with points", put(f"{TENDER}points", 5)),
        ("WRONG_ASSET", "cash from a hold", put(f"{TENDER}hold_id", new_id)),
        ("WRONG_ASSET", "stored value with points", paid(tender("stored_value", points=5))),
        ("WRONG_ASSET", "stored value from a hold of points", stored_value_from_points),
        *(
            ("INVALID_AMOUNT", f"{n} points", paid(tender("points", points=n)))
            for n in (0, -1, INT64_MAX, INT64_MIN)
        ),
        ("POINTS_RATE_MISMATCH", "points of another worth", paid(tender("points", points=1))),
        ("HOLD_REQUIRED", "the rest of no hold", paid(tender("stored_value", keep_rest=True))),
        ("INVALID_ID", "a hold that is none", paid(tender("stored_value", hold_id="x"))),
        (
            "MEMBER_REQUIRED",
            "points of nobody",
            both(put("sale.member_id", ""), paid(tender("points", points=2_400))),
        ),
        ("INVALID_ID", "a coupon that is none", put("sale.coupon_ids", ["x"])),
        ("DUPLICATE_COUPON", "a coupon twice", put("sale.coupon_ids", [new_id()] * 2)),
        ("TOO_MANY_COUPONS", "21 coupons", put("sale.coupon_ids", [new_id()] * 21)),
    )


def refused_sale_rows() -> Iterator[Wrong]:
    yield from rows(
        "PostSale",
        NOT_FOUND,
        ("UNKNOWN_PRODUCT", "a product that is none", put(f"{LINE}product_id", "x")),
        ("UNKNOWN_PRODUCT", "unknown product", put(f"{LINE}product_id", new_id)),
        ("UNKNOWN_HOLD", "unknown hold", paid(tender("stored_value", hold_id=new_id()))),
        ("UNKNOWN_HOLD", "a hold of another member", held(of_other=True)),
        ("UNKNOWN_COUPON", "unknown coupon", put("sale.coupon_ids", [new_id()])),
    )
    yield from rows(
        "PostSale",
        FAILED,
        ("INSUFFICIENT_POINTS", "points that are not there", paid(tender("points", points=2_400))),
        ("INSUFFICIENT_STORED_VALUE", "value that is not there", paid(tender("stored_value"))),
        ("HOLD_TOO_SMALL", "more than is on hold", held()),
        ("HOLD_EXPIRED", "a hold that timed out", held(100, ended="timed out")),
        ("HOLD_CLOSED", "a hold that was voided", held(100, ended="voided")),
        ("WALLET_FROZEN", "a frozen wallet", both(frozen, paid(tender("points", points=2_400)))),
        ("COUPON_OF_ANOTHER_MEMBER", "a coupon of another member", with_coupon(other=True)),
        ("COUPON_REDEEMED", "a coupon that was used", with_coupon("redemption")),
        ("COUPON_REVOKED", "a coupon that was revoked", with_coupon("revoking")),
        ("COUPON_RESERVED", "a coupon that is another sale's", with_coupon("reservation")),
    )


def in_batch(wrong: Wrong) -> Wrong:
    """The same sale in a batch, where it is refused alone."""

    async def change(branch: Branch, request: Any) -> None:
        alone = await good.sale(branch)
        alone.sale.CopyFrom(request.sales[0])
        made = wrong.change(branch, alone)
        if made is not None:
            await made
        request.sales[0].CopyFrom(alone.sale)

    return replace(wrong, rpc="PostSales", change=change)


BATCHES = rows(
    "PostSales",
    INVALID,
    ("INVALID_BATCH_SIZE", "no sale", put("sales", ())),
    ("INVALID_BATCH_SIZE", "501 sales", put("sales", [sale_pb2.Sale()] * 501)),
)


def back(quantity_milli: int, line_number: int = 1) -> return_service_pb2.ReturnLine:
    """A line of a return."""
    return return_service_pb2.ReturnLine(line_number=line_number, quantity_milli=quantity_milli)


def returned_before(*, as_original: bool) -> Change:
    """All of the sale came back before; or it is that return which is to come back."""

    async def change(branch: Branch, request: Any) -> None:
        earlier = type(request)()
        earlier.CopyFrom(request)
        earlier.header.bill_id = new_id()
        put("lines", ())(branch, earlier)
        earlier.whole = True
        await branch.clerk.ReturnSale(earlier)
        if as_original:
            request.original_sale_id = earlier.header.bill_id

    return change


async def of_a_top_up(branch: Branch, request: Any) -> None:
    """What is to come back is a top-up."""
    paid_in = await branch.carried_out(good.top_up)
    request.original_sale_id = paid_in.header.bill_id


def return_rows() -> Iterator[Wrong]:
    yield from rows(
        "ReturnSale",
        INVALID,
        ("INVALID_ID", "a sale that is none", put("original_sale_id", "x")),
        *(
            ("INVALID_QUANTITY", f"quantity {n}", put("lines", [back(n)]))
            for n in (0, -1, INT64_MAX, INT64_MIN)
        ),
        *(
            ("UNKNOWN_LINE", f"line {n}", put("lines", [back(500, n)]))
            for n in (0, -1, 3, 2**31 - 1, -(2**31))
        ),
        ("DUPLICATE_LINE", "a line twice", put("lines", [back(1), back(1)])),
        ("TOO_MANY_LINES", "501 lines", put("lines", [back(1)] * 501)),
        ("NOTHING_TO_RETURN", "neither lines nor all", put("lines", ())),
        ("NOTHING_TO_RETURN", "lines and all", put("whole", True)),
        ("UNKNOWN_TENDER", "paid out as points", put("refund_tender_kind", "points")),
        ("UNKNOWN_TENDER", "money that nobody takes", put("refund_tender_kind", "gold")),
    )
    yield from rows(
        "ReturnSale",
        NOT_FOUND,
        ("UNKNOWN_BILL", "unknown sale", put("original_sale_id", new_id)),
    )
    yield from rows(
        "ReturnSale",
        FAILED,
        ("RETURN_EXCEEDS_SALE", "more than was sold", put("lines", [back(1_001)])),
        ("RETURN_EXCEEDS_SALE", "more than is left", returned_before(as_original=False)),
        (
            "NOTHING_TO_RETURN",
            "all of it again",
            both(returned_before(as_original=False), put("lines", ()), put("whole", True)),
        ),
        ("WRONG_BILL_KIND", "a return of a return", returned_before(as_original=True)),
        ("WRONG_BILL_KIND", "a return of a top-up", of_a_top_up),
        ("MEMBER_MISMATCH", "a sale of another member", by_other),
    )


SALES = [*sale_rows(), *tender_rows(), *refused_sale_rows()]
ROWS = [*SALES, *map(in_batch, SALES), *BATCHES, *return_rows()]


test_is_refused_with_its_reason = refusal_test(ROWS)
