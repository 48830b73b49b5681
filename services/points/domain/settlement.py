"""Between stores: who sold or granted value, and who redeemed it. Pure.

The store of a lot stands for it; the store of a transfer out of it gave goods or money for it. What
a return gives back to a lot counts against what was redeemed. Counted is what has its price in
money: principal and bonus at their face, points at what they paid for, passes at their part of the
price. Gifts of points, expired value and value that moved between members are no matter of this.
"""

from collections.abc import Iterable
from typing import NamedTuple

from pricing.allocation import allocate
from services.points.domain.assets import Asset


class Redeemed(NamedTuple):
    """Value of one seller that left wallets in one store, or came back (`spent` False).

    `bill_id` is set when the bill took value of several sellers: then `amount_fen` is the money of
    the whole bill, which its rows share.
    """

    redeemer: str
    seller: str
    asset: Asset
    spent: bool
    bill_id: str | None
    units: int
    amount_fen: int


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


def settle(rows: Iterable[Redeemed]) -> list[Cell]:
    """The matrix of stores, in order of redeemer, seller and asset.

    The money of a bill is shared over the stores that sold its value in proportion to the units.
    """
    sums: dict[tuple[str, str, Asset], tuple[int, int]] = {}
    shared: dict[tuple[str, Asset, bool], list[Redeemed]] = {}
    for row in rows:
        if row.bill_id is None:
            _add(sums, row, row.amount_fen)
        else:
            shared.setdefault((row.bill_id, row.asset, row.spent), []).append(row)
    for parts in shared.values():
        parts.sort(key=lambda part: part.seller)
        money = parts[0].amount_fen
        shares = allocate(money, [money] * len(parts), [part.units for part in parts])
        for part, amount_fen in zip(parts, shares, strict=True):
            _add(sums, part, amount_fen)
    return [
        Cell(redeemer, seller, asset, units, amount_fen)
        for (redeemer, seller, asset), (units, amount_fen) in sorted(sums.items())
        if units or amount_fen
    ]


def _add(
    sums: dict[tuple[str, str, Asset], tuple[int, int]], row: Redeemed, amount_fen: int
) -> None:
    key = (row.redeemer, row.seller, row.asset)
    units, fen = sums.get(key, (0, 0))
    sign = 1 if row.spent else -1
    sums[key] = (units + sign * row.units, fen + sign * amount_fen)


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
