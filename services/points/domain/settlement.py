"""Between stores: who sold or granted value, and who redeemed it. Pure.

The store of a lot stands for it; the store of a transfer out of it gave goods or money for it. What
a return brings back counts against what was redeemed, whatever becomes of it then: goods and gifts
that came back are not owed for, though a clawback took the points at once. Counted is what has its
price in money: principal and bonus at their face, points at what they paid for, passes at their
part of the price, cash-outs at what was handed out. Gifts of points, expired value and value that
moved between members are no matter of this.
"""

from collections.abc import Iterable
from typing import NamedTuple

from pricing.allocation import allocate
from services.points.domain.assets import Asset
from services.points.domain.draft import Source
from services.points.domain.lot import LotKey


class Redeemed(NamedTuple):
    """Value of one seller that left wallets in one store, or came back (`spent` False)."""

    redeemer: str
    seller: str
    asset: Asset
    spent: bool
    units: int
    amount_fen: int


class LotPart(NamedTuple):
    """Units of a lot that a bill took or gave back, and the store that stands for the lot."""

    lot: LotKey
    seller: str
    units: int


class SharedBill(NamedTuple):
    """A bill with value of several sellers: `amount_fen` is the money of all its `parts`.

    Of a return the parts are those of its sale. `sources` are what the bill says of each lot.
    """

    redeemer: str
    asset: Asset
    spent: bool
    amount_fen: int
    parts: tuple[LotPart, ...]
    sources: tuple[Source, ...] = ()


class Cell(NamedTuple):
    """What one store redeemed of what one store sold, less what came back."""

    redeemer: str
    seller: str
    asset: Asset
    units: int
    amount_fen: int


class Position(NamedTuple):
    """What the other stores owe a store, and it owes them, for one asset."""

    store_id: str
    asset: Asset
    owed_fen: int
    owing_fen: int


def settle(summed: Iterable[Redeemed], shared: Iterable[SharedBill]) -> list[Cell]:
    """The matrix of stores, in order of redeemer, seller and asset."""
    sums: dict[tuple[str, str, Asset], tuple[int, int]] = {}
    for row in summed:
        _add(sums, row)
    for bill in shared:
        for row in shares_of(bill):
            _add(sums, row)
    return [
        Cell(redeemer, seller, asset, units, amount_fen)
        for (redeemer, seller, asset), (units, amount_fen) in sorted(sums.items())
        if units or amount_fen
    ]


def shares_of(bill: SharedBill) -> list[Redeemed]:
    """What a bill redeemed of each seller, as the bill itself says it of each lot.

    Of the returns of a sale these add up to what the sale took, lot by lot, however they are cut.
    A bill that says nothing of its lots is shared by their units.
    """
    sellers = {part.lot: part.seller for part in bill.parts}
    told = [
        (sellers[source.lot], source.units, source.amount_fen)
        for source in bill.sources
        if source.asset is bill.asset and source.lot in sellers
    ]
    if not told:
        parts = sorted(bill.parts, key=lambda part: (part.seller, part.lot))
        money = bill.amount_fen
        shares = allocate(money, [money] * len(parts), [part.units for part in parts])
        told = [(part.seller, part.units, fen) for part, fen in zip(parts, shares, strict=True)]
    return [
        Redeemed(bill.redeemer, seller, bill.asset, bill.spent, units, amount_fen)
        for seller, units, amount_fen in told
    ]


def _add(sums: dict[tuple[str, str, Asset], tuple[int, int]], row: Redeemed) -> None:
    key = (row.redeemer, row.seller, row.asset)
    units, fen = sums.get(key, (0, 0))
    sign = 1 if row.spent else -1
    sums[key] = (units + sign * row.units, fen + sign * row.amount_fen)


def positions_of(cells: Iterable[Cell]) -> list[Position]:
    """Each store's position by asset; what a store redeemed of its own is nobody's business."""
    owed: dict[tuple[str, Asset], int] = {}
    owing: dict[tuple[str, Asset], int] = {}
    for cell in cells:
        if cell.redeemer != cell.seller:
            to, by = (cell.redeemer, cell.asset), (cell.seller, cell.asset)
            owed[to] = owed.get(to, 0) + cell.amount_fen
            owing[by] = owing.get(by, 0) + cell.amount_fen
    return [
        Position(store_id, asset, owed.get((store_id, asset), 0), owing.get((store_id, asset), 0))
        for store_id, asset in sorted({*owed, *owing})
    ]
