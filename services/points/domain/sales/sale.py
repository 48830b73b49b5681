"""A sale as the ledger sees it, and the rules that make one acceptable. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from chassis.errors import Invalid
from services.points.domain.assets import POINTS_TENDER, STORED_VALUE_TENDER
from services.points.domain.limits import (
    AMOUNT_FEN_MAX,
    CODE_LENGTH_MAX,
    check_amount,
    check_time,
    invalid_amount,
)

LINES_MAX = 500
TENDERS_MAX = 20
COUPONS_MAX = 20
DISCOUNTS_MAX = 50  # a line
# A million pieces on one line are a typing error, not trade.
QUANTITY_MILLI_MAX = 1_000_000_000
WALLET_TENDERS = frozenset({POINTS_TENDER, STORED_VALUE_TENDER})


class LineDiscount(NamedTuple):
    """What one promotion or coupon took off a line."""

    source: str
    amount_fen: int


class SaleLine(NamedTuple):
    """A priced line. Amounts in fen, quantity in thousandths of the unit of sale.

    `discounts` are the parts of the discount, or empty when nobody says what made it up. A tuple:
    a frozen dataclass takes three times as long to make, and lines come by the million.
    """

    product_id: str
    quantity_milli: int
    list_fen: int
    discount_fen: int
    category_id: str = ""
    brand: str = ""
    discounts: tuple[LineDiscount, ...] = ()


class SaleTender(NamedTuple):
    """Part of the payment; all but kind and amount only for what the member's wallet pays.

    `keep_rest` leaves on hold what the sale does not take of a hold, which is freed otherwise.
    """

    kind: str
    amount_fen: int
    points: int = 0
    hold_id: str = ""
    keep_rest: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale; `member_id` is None for a walk-in customer."""

    sale_id: str
    member_id: str | None
    store_id: str
    business_date: date
    sold_at: datetime
    lines: tuple[SaleLine, ...]
    tenders: tuple[SaleTender, ...]
    total_fen: int
    register_id: str = ""
    staff_id: str = ""
    coupon_ids: tuple[str, ...] = ()

    @property
    def account_id(self) -> str:
        """Whose ledger rows these are: the member's, or the store's walk-in account."""
        return self.member_id or self.store_id

    @property
    def spends_wallet(self) -> bool:
        """True when the member's wallet pays a part."""
        return any(tender.kind in WALLET_TENDERS for tender in self.tenders)


def unknown_tender(kind: str, known: Collection[str]) -> Invalid:
    """The refusal of a kind of tender that this chain does not take."""
    shown = kind[:CODE_LENGTH_MAX]
    return Invalid(
        "UNKNOWN_TENDER",
        f"tender {shown!r} is not one that this chain takes",
        {"kind": shown, "known": ",".join(sorted(known))},
    )


def check_sale(sale: Sale, tender_kinds: Collection[str], now: datetime) -> None:
    """Invalid with a reason unless the sale is complete, plausible and adds up."""
    if not sale.lines:
        raise Invalid("EMPTY_BASKET", "a sale has at least one line")
    if len(sale.lines) > LINES_MAX:
        raise Invalid("TOO_MANY_LINES", f"a sale has at most {LINES_MAX} lines")
    check_time(sale.sold_at, sale.business_date, now, "sold_time")
    net_fen = 0
    for number, line in enumerate(sale.lines, start=1):
        if not (
            0 < line.quantity_milli <= QUANTITY_MILLI_MAX
            and 0 <= line.discount_fen <= line.list_fen <= AMOUNT_FEN_MAX
        ):
            _refuse_line(number, line)
        if line.discounts:
            _check_discounts(number, line)
        net_fen += line.list_fen - line.discount_fen
    if not 0 <= sale.total_fen <= AMOUNT_FEN_MAX:
        raise invalid_amount("total_fen", sale.total_fen, 0)
    if net_fen != sale.total_fen:
        raise Invalid(
            "TOTAL_DOES_NOT_ADD_UP",
            "total_fen is not the sum of the lines",
            {"total_fen": sale.total_fen, "lines_fen": net_fen},
        )
    _check_tenders(sale, tender_kinds)
    if sale.coupon_ids:
        _check_coupons(sale.coupon_ids)


def _refuse_line(number: int, line: SaleLine) -> None:
    if not 0 < line.quantity_milli <= QUANTITY_MILLI_MAX:
        raise Invalid(
            "INVALID_QUANTITY",
            f"line {number}: quantity_milli must be 1 to {QUANTITY_MILLI_MAX}",
            {"line": number, "value": line.quantity_milli},
        )
    if not 0 <= line.list_fen <= AMOUNT_FEN_MAX:
        raise Invalid(
            "INVALID_AMOUNT",
            f"line {number}: list_fen must be 0 to {AMOUNT_FEN_MAX}",
            {"field": "list_fen", "line": number, "value": line.list_fen},
        )
    raise Invalid(
        "INVALID_DISCOUNT",
        f"line {number}: discount_fen must be 0 to list_fen",
        {"line": number, "discount_fen": line.discount_fen, "list_fen": line.list_fen},
    )


def _check_discounts(number: int, line: SaleLine) -> None:
    if len(line.discounts) > DISCOUNTS_MAX:
        raise Invalid(
            "TOO_MANY_DISCOUNTS",
            f"line {number}: a line has at most {DISCOUNTS_MAX} discounts",
            {"line": number},
        )
    for part in line.discounts:
        if not part.source:
            raise Invalid(
                "INVALID_DISCOUNT", f"line {number}: a discount names its source", {"line": number}
            )
        if part.amount_fen <= 0:
            raise Invalid(
                "INVALID_DISCOUNT",
                f"line {number}: a discount must be greater than 0",
                {"line": number, "value": part.amount_fen},
            )
    parts_fen = sum(part.amount_fen for part in line.discounts)
    if parts_fen != line.discount_fen:
        raise Invalid(
            "INVALID_DISCOUNT",
            f"line {number}: the discounts do not add up to discount_fen",
            {"line": number, "discount_fen": line.discount_fen, "parts_fen": parts_fen},
        )


def _check_coupons(coupon_ids: tuple[str, ...]) -> None:
    if len(coupon_ids) > COUPONS_MAX:
        raise Invalid("TOO_MANY_COUPONS", f"a sale has at most {COUPONS_MAX} coupons")
    if len(set(coupon_ids)) < len(coupon_ids):
        raise Invalid("DUPLICATE_COUPON", "a sale names a coupon once")


def _check_tenders(sale: Sale, tender_kinds: Collection[str]) -> None:
    paid_fen = 0
    for tender in sale.tenders:
        kind = tender.kind
        paid_fen += tender.amount_fen
        if tender.amount_fen <= 0:
            raise Invalid(
                "INVALID_AMOUNT",
                "a tender must be greater than 0",
                {"field": "amount_fen", "kind": kind[:CODE_LENGTH_MAX], "value": tender.amount_fen},
            )
        if kind in WALLET_TENDERS:
            _check_wallet_tender(sale, tender)
        elif kind not in tender_kinds:
            raise unknown_tender(kind, tender_kinds)
        elif tender.points or tender.hold_id or tender.keep_rest:
            raise Invalid(
                "WRONG_ASSET",
                f"a tender of {kind!r} is money: it names no points and no hold",
                {"kind": kind},
            )
    if paid_fen != sale.total_fen:
        raise Invalid(
            "TENDERS_DO_NOT_ADD_UP",
            "the tenders do not add up to total_fen",
            {"total_fen": sale.total_fen, "tenders_fen": paid_fen},
        )


def _check_wallet_tender(sale: Sale, tender: SaleTender) -> None:
    if sale.member_id is None:
        raise Invalid(
            "MEMBER_REQUIRED",
            "a walk-in customer has no wallet to pay from",
            {"kind": tender.kind},
        )
    if tender.kind == POINTS_TENDER:
        check_amount("points", tender.points)
    if tender.keep_rest and not tender.hold_id:
        raise Invalid("HOLD_REQUIRED", "keep_rest is about a hold: name it", {"kind": tender.kind})
    if tender.kind == STORED_VALUE_TENDER and tender.points:
        raise Invalid("WRONG_ASSET", "stored value is paid in fen, not in points", {})
