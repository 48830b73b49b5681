"""What is back of a sale's payment when so much of each line is back: the algebra of returns. Pure.

Everything here is a function of the quantities that are back in all, never of one return alone.
A return does the difference between the state after it and the state before it, so that returns
in any parts and any order end where one return of everything ends (ADR 0016).
"""

from collections.abc import Sequence
from typing import NamedTuple

from pricing.allocation import apportion
from services.points.domain.assets import Asset
from services.points.domain.draft import SaleAllocation
from services.points.domain.sales.sale import SaleLine


class Back(NamedTuple):
    """What is back in all: amounts_fen[line][source], and units of each source's asset.

    `units` are 0 for money.
    """

    amounts_fen: tuple[tuple[int, ...], ...]
    units: tuple[int, ...]

    def line_fen(self, line: int) -> int:
        """What is back of a line."""
        return sum(self.amounts_fen[line])

    def source_fen(self, source: int) -> int:
        """What is back of a source."""
        return sum(line[source] for line in self.amounts_fen)

    @property
    def total_fen(self) -> int:
        """What is back in all."""
        return sum(map(sum, self.amounts_fen))

    def less(self, before: "Back") -> "Back":
        """What came back between two states."""
        return Back(
            tuple(
                tuple(b - a for a, b in zip(was, now, strict=True))
                for was, now in zip(before.amounts_fen, self.amounts_fen, strict=True)
            ),
            tuple(b - a for a, b in zip(before.units, self.units, strict=True)),
        )


def what_is_back(
    lines: Sequence[SaleLine], allocation: SaleAllocation, returned_milli: Sequence[int]
) -> Back:
    """What is back when `returned_milli` of each line is; no part of it ever goes down.

    Of a line its net in proportion, rounded down, shared over what paid for it; of a lot as many
    units as its share is worth. With everything returned, each is exactly what the sale took.
    """
    amounts = tuple(
        tuple(apportion((line.list_fen - line.discount_fen) * milli // line.quantity_milli, cells))
        for line, milli, cells in zip(lines, returned_milli, _cells(lines, allocation), strict=True)
    )
    back = Back(amounts, ())
    return back._replace(units=_units(allocation, back))


def _cells(lines: Sequence[SaleLine], allocation: SaleAllocation) -> Sequence[tuple[int, ...]]:
    """What each source paid of each line; one source paid each line whole, none paid nothing."""
    if allocation.amounts_fen:
        return allocation.amounts_fen
    if not allocation.sources:
        return [()] * len(lines)
    return [(line.list_fen - line.discount_fen,) for line in lines]


def _units(allocation: SaleAllocation, back: Back) -> tuple[int, ...]:
    """Stored value comes back fen by fen, points over all lots at what they were worth together.

    Together, because the worth of a few points of a lot may round to nothing, and they come back
    all the same.
    """
    sources = allocation.sources
    units = [
        back.source_fen(n) if source.asset in (Asset.PRINCIPAL, Asset.BONUS) else 0
        for n, source in enumerate(sources)
    ]
    of_points = [n for n, source in enumerate(sources) if source.asset is Asset.POINTS]
    worth_fen = sum(sources[n].amount_fen for n in of_points)
    if worth_fen:
        spent = [sources[n].units for n in of_points]
        back_fen = sum(back.source_fen(n) for n in of_points)
        parts = apportion(sum(spent) * back_fen // worth_fen, spent)
        for n, part in zip(of_points, parts, strict=True):
            units[n] = part
    return tuple(units)
