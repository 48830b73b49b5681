"""What is owed on passes, followed bill by bill through an account. Pure.

A bill that takes units of a pass, or puts some back, changes what is owed on it by the price's
share of them as the pass then stood. Which share that is depends on what was left, so the events
of all passes are kept and put in order; there are few.
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from services.points.domain.assets import MEMBER_TRANSFER, PASS_LIABILITY, WALLET, Asset
from services.points.domain.audit.breaks import Break, BreakKind, TransferRef
from services.points.domain.audit.value_trail import change_of
from services.points.domain.lot import Lot, LotKey
from services.points.domain.passes.passes import PassDefinition
from services.points.domain.transfer import Transfer

# What a lot was sold as; None when that is not known here.
DefinitionOf = Callable[[Lot], PassDefinition | None]

# Longer numbers are no versions.
_VERSION_DIGITS_MAX = 18


def version_sold(lot: Lot) -> int | None:
    """The version of the programme that a pass names as the one it was sold by, if it names any."""
    number = lot.rule_version.rpartition("@")[2]
    is_version = number.isdecimal() and len(number) <= _VERSION_DIGITS_MAX
    return int(number) if is_version else None


class _Event(NamedTuple):
    sequence: int
    ref: TransferRef
    key: LotKey
    change: int
    moves_on: bool  # between two members: the chain owes as much as before


class PassTrail:
    """Takes in the transfers of bills in any order, then compares money with units."""

    def __init__(self) -> None:
        self._events: list[_Event] = []
        self._booked_fen: dict[str, int] = {}  # by bill
        self._refs: dict[str, list[TransferRef]] = {}

    def follow(self, transfers: Sequence[tuple[TransferRef, Transfer]], sequence: int) -> None:
        """Takes in the transfers of one bill."""
        for ref, each in transfers:
            if each.asset is Asset.PASS and each.lot is not None:
                if change := change_of(each, WALLET):
                    moves_on = bool(change_of(each, MEMBER_TRANSFER))
                    self._events.append(_Event(sequence, ref, each.lot, change, moves_on))
                    self._refs.setdefault(ref.bill_id, []).append(ref)
            elif each.asset is Asset.MONEY and (change := change_of(each, PASS_LIABILITY)):
                self._booked_fen[ref.bill_id] = self._booked_fen.get(ref.bill_id, 0) + change
                self._refs.setdefault(ref.bill_id, []).append(ref)

    def finish(self, lots: Collection[Lot], definition_of: DefinitionOf) -> list[Break]:
        """Bills that booked another amount than the units that they moved, and nameless passes.

        A bill that moved units of a pass which is not known here is left out.
        """
        definitions = {lot.key: definition_of(lot) for lot in lots if lot.asset is Asset.PASS}
        left: dict[LotKey, int] = {}
        expected_fen = dict.fromkeys(self._booked_fen, 0)
        unknown: set[str] = set()
        for event in sorted(self._events):
            before = left.get(event.key, 0)
            left[event.key] = before + event.change
            if event.moves_on:
                continue
            bill_id = event.ref.bill_id
            definition = definitions.get(event.key)
            if definition is None:
                unknown.add(bill_id)
                continue
            change_fen = definition.owed_fen(left[event.key]) - definition.owed_fen(before)
            expected_fen[bill_id] = expected_fen.get(bill_id, 0) + change_fen
        return self._without_version(lots) + [
            Break(
                BreakKind.BILL_PASS_LIABILITY,
                bill_id,
                str(fen),
                str(self._booked_fen.get(bill_id, 0)),
                tuple(self._refs[bill_id]),
            )
            for bill_id, fen in expected_fen.items()
            if bill_id not in unknown and fen != self._booked_fen.get(bill_id, 0)
        ]

    def _without_version(self, lots: Collection[Lot]) -> list[Break]:
        """Passes of which nothing tells any more what they were sold as."""
        return [
            Break(
                BreakKind.LOT_TERMS,
                f"{lot.bill_id}:{lot.ordinal}",
                f"{lot.pass_id}@ and a version",
                lot.rule_version,
                tuple(self._refs.get(lot.bill_id, ())),
            )
            for lot in lots
            if lot.asset is Asset.PASS and version_sold(lot) is None
        ]
