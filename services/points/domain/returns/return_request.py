"""What a return asks for, and how much of a sale is then back. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chassis.errors import Invalid, PreconditionFailed
from services.points.domain.header import Header
from services.points.domain.limits import CODE_LENGTH_MAX
from services.points.domain.sales.sale import LINES_MAX, QUANTITY_MILLI_MAX, Sale


class ReturnLine(NamedTuple):
    """How much of a line comes back; lines are numbered from 1."""

    number: int
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class SaleReturn:
    """What is asked for. Without lines: everything that has not come back yet.

    `refund_tender_kind` is the kind of money in which all money is handed out; to the kinds that
    paid the sale when empty. What was paid with one of `kept_kinds` goes back to it all the same:
    a manufacturer's coupon was never worth cash.
    """

    header: Header
    sale_id: str
    lines: tuple[ReturnLine, ...] = ()
    refund_tender_kind: str = ""
    kept_kinds: frozenset[str] = frozenset()

    def refund_kind(self, paid_with: str) -> str:
        """The kind of tender to which money goes back that was paid with another."""
        if not self.refund_tender_kind or paid_with in self.kept_kinds:
            return paid_with
        return self.refund_tender_kind


def check_return(request: SaleReturn, *, whole: bool) -> None:
    """Invalid with a reason unless the request asks for something in one way."""
    if whole == bool(request.lines):
        raise Invalid("NOTHING_TO_RETURN", "give either lines or whole", {"field": "lines"})
    if len(request.lines) > LINES_MAX:
        raise Invalid("TOO_MANY_LINES", f"a return has at most {LINES_MAX} lines")
    seen = set()
    for line in request.lines:
        if line.number < 1:
            raise Invalid("UNKNOWN_LINE", "lines are numbered from 1", {"line": line.number})
        if line.number in seen:
            raise Invalid("DUPLICATE_LINE", "a line is given twice", {"line": line.number})
        seen.add(line.number)
        if not 0 < line.quantity_milli <= QUANTITY_MILLI_MAX:
            raise Invalid(
                "INVALID_QUANTITY",
                f"line {line.number}: quantity_milli must be 1 to {QUANTITY_MILLI_MAX}",
                {"line": line.number, "value": line.quantity_milli},
            )


def check_refund_kind(request: SaleReturn, tender_kinds: Collection[str]) -> None:
    """Invalid UNKNOWN_TENDER for a kind of money that this chain does not take."""
    kind = request.refund_tender_kind
    if kind and kind not in tender_kinds:
        raise Invalid(
            "UNKNOWN_TENDER",
            f"money cannot be handed out as {kind[:CODE_LENGTH_MAX]!r}",
            {"kind": kind[:CODE_LENGTH_MAX], "known": ",".join(sorted(tender_kinds))},
        )


def returned_before(sale: Sale, earlier: Sequence[tuple[ReturnLine, ...]]) -> tuple[int, ...]:
    """How much of each line is back after earlier returns, in milli.

    A return without lines took everything back that was left.
    """
    quantities = [0] * len(sale.lines)
    for lines in earlier:
        if not lines:
            return tuple(line.quantity_milli for line in sale.lines)
        for line in lines:
            quantities[line.number - 1] += line.quantity_milli
    return tuple(quantities)


def returned_after(request: SaleReturn, sale: Sale, before_milli: Sequence[int]) -> tuple[int, ...]:
    """How much of each line is back after this return as well, in milli.

    Invalid UNKNOWN_LINE; PreconditionFailed RETURN_EXCEEDS_SALE, NOTHING_TO_RETURN.
    """
    sold_milli = tuple(line.quantity_milli for line in sale.lines)
    if not request.lines:
        if tuple(before_milli) == sold_milli:
            raise PreconditionFailed(
                "NOTHING_TO_RETURN", "everything is back already", {"sale_id": request.sale_id}
            )
        return sold_milli
    after = list(before_milli)
    for line in request.lines:
        if line.number > len(sold_milli):
            raise Invalid(
                "UNKNOWN_LINE",
                f"the sale has {len(sold_milli)} lines",
                {"line": line.number, "lines": len(sold_milli)},
            )
        n = line.number - 1
        after[n] += line.quantity_milli
        if after[n] > sold_milli[n]:
            raise PreconditionFailed(
                "RETURN_EXCEEDS_SALE",
                f"line {line.number}: more would be back than was sold",
                {
                    "line": line.number,
                    "sold_milli": sold_milli[n],
                    "returned_milli": before_milli[n],
                    "asked_milli": line.quantity_milli,
                },
            )
    return tuple(after)
