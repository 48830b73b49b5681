"""A sale as the ledger sees it, and the rules that make one acceptable. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from chassis.errors import Invalid

LINES_MAX = 500
TENDERS_MAX = 20
# Ten million yuan on one bill and a million pieces on one line are typing errors, not trade.
AMOUNT_FEN_MAX = 1_000_000_000
QUANTITY_MILLI_MAX = 1_000_000_000
CODE_LENGTH_MAX = 64

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Clocks of tills run a little ahead; more than this is a wrong clock.
_FUTURE_MAX = timedelta(minutes=5)
# A store's day may end after midnight and its zone may be 14 hours from UTC, no more.
_BUSINESS_DATE_DISTANCE_DAYS_MAX = 2


class SaleLine(NamedTuple):
    """A priced line. Amounts in fen, quantity in thousandths of the unit of sale.

    A tuple: a frozen dataclass takes three times as long to make, and lines come by the million.
    """

    product_id: str
    quantity_milli: int
    list_fen: int
    discount_fen: int


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale; `member_id` is None for a walk-in customer."""

    sale_id: str
    member_id: str | None
    store_id: str
    business_date: date
    sold_at: datetime
    lines: tuple[SaleLine, ...]
    tenders: Mapping[str, int]  # kind -> fen
    total_fen: int

    @property
    def account_id(self) -> str:
        """Whose ledger rows these are: the member's, or the store's walk-in account."""
        return self.member_id or self.store_id


def check_sale(sale: Sale, tender_kinds: Collection[str], now: datetime) -> None:
    """Invalid with a reason unless the sale is complete, plausible and adds up."""
    if not sale.lines:
        raise Invalid("EMPTY_BASKET", "a sale has at least one line")
    if len(sale.lines) > LINES_MAX:
        raise Invalid("TOO_MANY_LINES", f"a sale has at most {LINES_MAX} lines")
    _check_time(sale, now)
    net_fen = 0
    for number, line in enumerate(sale.lines, start=1):
        if not (
            0 < line.quantity_milli <= QUANTITY_MILLI_MAX
            and 0 <= line.discount_fen <= line.list_fen <= AMOUNT_FEN_MAX
        ):
            _refuse_line(number, line)
        net_fen += line.list_fen - line.discount_fen
    if not 0 <= sale.total_fen <= AMOUNT_FEN_MAX:
        raise Invalid(
            "INVALID_AMOUNT",
            f"total_fen must be 0 to {AMOUNT_FEN_MAX}",
            {"field": "total_fen", "value": sale.total_fen},
        )
    if net_fen != sale.total_fen:
        raise Invalid(
            "TOTAL_DOES_NOT_ADD_UP",
            "total_fen is not the sum of the lines",
            {"total_fen": sale.total_fen, "lines_fen": net_fen},
        )
    _check_tenders(sale, tender_kinds)


def _check_time(sale: Sale, now: datetime) -> None:
    if not _EARLIEST <= sale.sold_at <= now + _FUTURE_MAX:
        raise Invalid(
            "INVALID_TIME",
            "sold_time must lie between the year 2000 and now",
            {"field": "sold_time", "value": sale.sold_at.isoformat()},
        )
    distance = abs((sale.business_date - sale.sold_at.date()).days)
    if distance > _BUSINESS_DATE_DISTANCE_DAYS_MAX:
        raise Invalid(
            "INVALID_BUSINESS_DATE",
            "business_date is too far from sold_time",
            {"business_date": sale.business_date, "sold_time": sale.sold_at.isoformat()},
        )


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


def _check_tenders(sale: Sale, tender_kinds: Collection[str]) -> None:
    for kind, amount_fen in sale.tenders.items():
        if kind not in tender_kinds:
            raise Invalid(
                "UNKNOWN_TENDER",
                f"tender {kind[:CODE_LENGTH_MAX]!r} is not one that this chain takes",
                {"kind": kind[:CODE_LENGTH_MAX], "known": ",".join(sorted(tender_kinds))},
            )
        if amount_fen <= 0:
            raise Invalid(
                "INVALID_AMOUNT",
                "a tender must be greater than 0",
                {"field": "amount_fen", "kind": kind, "value": amount_fen},
            )
    paid_fen = sum(sale.tenders.values())
    if paid_fen != sale.total_fen:
        raise Invalid(
            "TENDERS_DO_NOT_ADD_UP",
            "the tenders do not add up to total_fen",
            {"total_fen": sale.total_fen, "tenders_fen": paid_fen},
        )
