"""What holds set aside, by their documents and by the bills that posted them. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from services.points.domain.assets import WALLET, Asset
from services.points.domain.audit.audited import AuditedBill
from services.points.domain.audit.breaks import Break, BreakKind, TransferRef
from services.points.domain.holds.hold import Hold, HoldState
from services.points.domain.lot import Lot, LotKey
from services.points.domain.transfer import Transfer

# Which lots a hold can set aside; stored value of both sorts is asked for as PRINCIPAL.
_ASSETS: Mapping[Asset, tuple[Asset, ...]] = {
    Asset.POINTS: (Asset.POINTS,),
    Asset.PRINCIPAL: (Asset.PRINCIPAL, Asset.BONUS),
    Asset.PASS: (Asset.PASS,),
}


class HoldTerms(NamedTuple):
    """What a hold says of itself, in its rows or in its document; None: it does not say."""

    hold_id: str
    asset: Asset
    pass_id: str | None
    amount: int
    store_id: str
    register_id: str
    staff_id: str
    lasts: timedelta | None


class AuditedHold(NamedTuple):
    """A hold as stored; `said` is what its document says, None when it cannot be read.

    Its state and its assets may be numbers that nobody knows.
    """

    hold: Hold
    terms: HoldTerms
    said: HoldTerms | None


class HoldTrail:
    """Adds up what bills, in any order, posted of holds, then compares the holds with it."""

    def __init__(self) -> None:
        self._posted: dict[str, int] = {}
        self._refs: dict[str, list[tuple[TransferRef, Asset]]] = {}  # what these bills took

    def follow(self, bill: AuditedBill, transfers: Sequence[tuple[TransferRef, Transfer]]) -> None:
        """Takes in a bill."""
        for hold_id, amount in bill.from_holds.items():
            self._posted[hold_id] = self._posted.get(hold_id, 0) + amount
            self._refs.setdefault(hold_id, []).extend(
                (ref, each.asset) for ref, each in transfers if each.debit_account == WALLET
            )

    def finish(self, holds: Collection[AuditedHold], lots: Collection[Lot]) -> list[Break]:
        """All breaks, given all holds and lots. Every bill of the account must be taken in."""
        by_key = {lot.key: lot for lot in lots} if holds else {}
        breaks = [each for hold in holds for each in self._breaks(hold, by_key)]
        for hold_id in self._posted.keys() - {each.hold.hold_id for each in holds}:
            proof = tuple(ref for ref, _ in self._refs[hold_id])
            breaks.append(_break(hold_id, "posted", self._posted[hold_id], "", proof))
        return breaks

    def _breaks(self, audited: AuditedHold, lots: Mapping[LotKey, Lot]) -> Iterable[Break]:
        hold, said = audited.hold, audited.said
        if said is None:
            yield _break(hold.hold_id, "document", "", "")
        else:
            for column, should_be, found in zip(said._fields, said, audited.terms, strict=True):
                if should_be != found and (column != "lasts" or should_be is not None):
                    yield _break(hold.hold_id, column, should_be, found)
        assets = _ASSETS.get(hold.asset, ())
        posted = self._posted.get(hold.hold_id, 0)
        if posted != hold.posted:
            refs = self._refs.get(hold.hold_id, ())
            proof = tuple(ref for ref, asset in refs if asset in assets)
            yield _break(hold.hold_id, "posted", posted, hold.posted, proof)
        # A hold is posted once nothing of it is left, and ends in another way or is open before.
        elif hold.amount and (hold.state == HoldState.POSTED) != (posted == hold.amount):
            yield _break(hold.hold_id, "state", f"{posted} of {hold.amount}", int(hold.state))
        for number, part in enumerate(hold.lots):
            lot = lots.get(part.key)
            if part.asset not in assets:
                yield _break(hold.hold_id, f"{number}:asset", int(hold.asset), int(part.asset))
            elif lot is not None and (lot.asset, lot.pass_id) != (part.asset, hold.pass_id):
                expected = f"{lot.asset:d} {lot.pass_id or ''}"
                found = f"{part.asset:d} {hold.pass_id or ''}"
                yield _break(hold.hold_id, f"{number}:lot", expected, found)


def _break(
    hold_id: str, what: str, expected: object, found: object, proof: tuple[TransferRef, ...] = ()
) -> Break:
    amounts = (_text(expected), _text(found))
    return Break(BreakKind.HOLD_TERMS, f"{hold_id}:{what}", *amounts, proof)


def _text(value: object) -> str:
    return "" if value is None else str(value)
