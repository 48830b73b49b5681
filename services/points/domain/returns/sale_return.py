"""How goods coming back become bookings: every part of their price to where it came from. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chassis.errors import PreconditionFailed
from pricing.earning import Rounding, take_back
from services.points.domain.assets import (
    BONUS_COST,
    POINTS_COST,
    REVENUE,
    STORED_VALUE_LIABILITY,
    Asset,
    BillKind,
    tender_account,
)
from services.points.domain.books import Books, Original
from services.points.domain.draft import Draft, SaleAllocation, Source, receipt_of
from services.points.domain.lot import LotKey
from services.points.domain.posting import Posting
from services.points.domain.returns.clawback import Coming, claw_back, points_history
from services.points.domain.returns.giving_back import give_back
from services.points.domain.returns.return_request import SaleReturn, returned_after
from services.points.domain.returns.return_shares import Back, what_is_back
from services.points.domain.sales.sale import Sale
from services.points.domain.stored_value.wallet_kind import take_kind_of_value
from services.points.domain.wallet import Wallet

# What the money side of each asset is booked against, as when it was spent.
_MONEY_SIDE = {
    Asset.POINTS: POINTS_COST,
    Asset.PRINCIPAL: STORED_VALUE_LIABILITY,
    Asset.BONUS: BONUS_COST,
}


class SoldGoods(NamedTuple):
    """The sale whose goods come back, as its bill keeps it; bills never change."""

    sale: Sale
    category_ids: tuple[str, ...]  # of each line, when it was sold
    allocation: SaleAllocation


class ReturnedLine(NamedTuple):
    """What came back of one line; `shares_fen` has one amount a source of the sale."""

    number: int
    quantity_milli: int
    amount_fen: int
    shares_fen: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDraft(Draft):
    """The bill of a return, with what others are told of it."""

    sold: SoldGoods
    lines: tuple[ReturnedLine, ...]
    clawed_back_points: int
    given_back: dict[Asset, int]
    is_complete: bool  # nothing of the sale is left with the customer


def decide_sale_return(
    books: Books, request: SaleReturn, sold: SoldGoods, before_milli: Sequence[int]
) -> list[ReturnDraft]:
    """Gives the price of goods back to its sources and takes back what they had earned.

    `before_milli` is how much of each line earlier returns took back. NotFound UNKNOWN_BILL;
    PreconditionFailed WRONG_BILL_KIND, MEMBER_MISMATCH, RETURN_BEFORE_SALE, RETURN_EXCEEDS_SALE,
    NOTHING_TO_RETURN; Invalid UNKNOWN_LINE. A frozen wallet takes value back all the same.
    """
    original = books.original(request.sale_id, BillKind.SALE)
    wallet = _wallet(books, request, original, sold.sale)
    after_milli = returned_after(request, sold.sale, before_milli)
    header = request.header
    posting = header.posting_on(wallet, BillKind.SALE_RETURN, books.now)
    programme = books.programmes.at(header.occurred_at)
    lines, allocation = sold.sale.lines, sold.allocation
    before = what_is_back(lines, allocation, before_milli)
    back = what_is_back(lines, allocation, after_milli).less(before)
    is_complete = all(
        milli == line.quantity_milli for milli, line in zip(after_milli, lines, strict=True)
    )
    refunds = _return_money(posting, request, allocation.sources, back)
    coming = _coming(wallet, original, allocation.sources, back)
    points = _points_to_take(posting, sold, before_milli, after_milli)
    if wallet.is_member:
        coming[Asset.POINTS] = claw_back(
            posting,
            points,
            points_history(books, original, wallet),
            policy=programme.clawback_policy,
            coming=coming.get(Asset.POINTS, ()),
            is_complete=is_complete,
        )
    for each in (each for of_asset in coming.values() for each in of_asset if each.units):
        give_back(posting, programme, each.lot, each.units)
    take_kind_of_value(posting, books.card_types)
    return [
        ReturnDraft(
            posting,
            receipt_of(posting, refunds=refunds),
            total_fen=back.total_fen,
            programme_version=programme.version,
            register_id=header.register_id,
            staff_id=header.staff_id,
            reason=header.reason,
            original_bill_id=request.sale_id,
            allocation=_allocation(allocation, back),
            sold=sold,
            lines=_returned_lines(before_milli, after_milli, back),
            clawed_back_points=points,
            given_back=_units_by_asset(allocation.sources, back),
            is_complete=is_complete,
        )
    ]


def _wallet(books: Books, request: SaleReturn, original: Original, sale: Sale) -> Wallet:
    """Of the account that the sale is booked on, or of whom it was merged into since.

    That account paid and earned: of a merge that was undone since, the other member's. For a
    walk-in customer the store's account.
    """
    asked = request.header.member_id
    members: set[str | None] = set()
    if sale.member_id is None:
        wallet = Wallet(request.header.store_id, is_member=False)
    else:
        wallet = books.wallet(original.bill.member_id)
        members = {sale.member_id, original.bill.member_id, wallet.member_id}
    if asked and asked not in members:
        raise PreconditionFailed(
            "MEMBER_MISMATCH",
            "the sale is not that member's",
            {"member_id": asked, "sale_id": request.sale_id},
        )
    if request.header.business_date < sale.business_date:
        raise PreconditionFailed(
            "RETURN_BEFORE_SALE",
            "goods cannot come back on a day before they were sold",
            {"business_date": request.header.business_date, "sold": sale.business_date},
        )
    return wallet


def _return_money(
    posting: Posting, request: SaleReturn, sources: Sequence[Source], back: Back
) -> tuple[tuple[str, int], ...]:
    """Turnover goes down by all that is back; returns the money to hand out by kind of tender."""
    refunds: dict[str, int] = {}
    sides: dict[str, int] = {}
    for n, source in enumerate(sources):
        fen = back.source_fen(n)
        if source.asset is Asset.MONEY:
            kind = request.refund_kind(source.tender_kind)
            refunds[kind] = refunds.get(kind, 0) + fen
            account = tender_account(kind)
        else:
            account = _MONEY_SIDE[source.asset]
        sides[account] = sides.get(account, 0) + fen
    for account, fen in sides.items():
        posting.money(REVENUE, account, fen)
    return tuple((kind, fen) for kind, fen in refunds.items() if fen)


def _coming(
    wallet: Wallet, original: Original, sources: Sequence[Source], back: Back
) -> dict[Asset, list[Coming]]:
    """What comes back to each lot; lots of points also with nothing, for their order counts."""
    units: dict[LotKey, int] = {}
    for source, part in zip(sources, back.units, strict=True):
        if source.lot is not None:
            units[source.lot] = units.get(source.lot, 0) + part
    coming: dict[Asset, list[Coming]] = {}
    for key, part in units.items():
        lot = wallet.lots.get(key) or original.lots[key]
        coming.setdefault(lot.asset, []).append(Coming(lot, part))
    return coming


def _points_to_take(
    posting: Posting, sold: SoldGoods, before_milli: Sequence[int], after_milli: Sequence[int]
) -> int:
    """How many of the points that the sale earned go back; what is carried goes back with them."""
    earned = sold.allocation.earned
    if earned is None:
        return 0
    sold_milli = [line.quantity_milli for line in sold.sale.lines]
    taken = take_back(
        earned.basis,
        sold_milli,
        [whole - milli for whole, milli in zip(sold_milli, before_milli, strict=True)],
        [whole - milli for whole, milli in zip(sold_milli, after_milli, strict=True)],
        posting.wallet.carry,
        posting.wallet.counters,
    )
    if earned.basis.rounding is Rounding.CARRY:
        posting.carry = taken.carry
    posting.counters.update(taken.counters)
    return taken.points


def _allocation(sold: SaleAllocation, back: Back) -> SaleAllocation:
    """The sale's sources and lines with what is back of each."""
    return SaleAllocation(
        tuple(
            source._replace(amount_fen=back.source_fen(n), units=back.units[n])
            for n, source in enumerate(sold.sources)
        ),
        back.amounts_fen if sold.amounts_fen else (),
        None,
    )


def _returned_lines(
    before_milli: Sequence[int], after_milli: Sequence[int], back: Back
) -> tuple[ReturnedLine, ...]:
    return tuple(
        ReturnedLine(n + 1, after - before, back.line_fen(n), back.amounts_fen[n])
        for n, (before, after) in enumerate(zip(before_milli, after_milli, strict=True))
        if after > before
    )


def _units_by_asset(sources: Sequence[Source], back: Back) -> dict[Asset, int]:
    units: dict[Asset, int] = {}
    for source, part in zip(sources, back.units, strict=True):
        units[source.asset] = units.get(source.asset, 0) + part
    return units
