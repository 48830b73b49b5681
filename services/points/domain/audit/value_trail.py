"""What transfers say of an account's value, and where lots, wallet row and holds disagree. Pure.

Of a transfer only its place is kept, so that an account of any length fits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.points.domain.assets import EXPIRED, MEMBER_TRANSFER, POINTS_DEBT, WALLET, Asset
from services.points.domain.audit.breaks import Break, BreakKind, TransferRef
from services.points.domain.lot import Lot, LotKey
from services.points.domain.transfer import Transfer
from services.points.domain.wallet import Wallet

# What a wallet's row keeps the balance of.
CACHED = (Asset.POINTS, Asset.PRINCIPAL, Asset.BONUS)

_Value = tuple[LotKey, Asset, str | None]


def change_of(transfer: Transfer, account: str) -> int:
    """What an account received by a transfer; negative for what it gave."""
    if transfer.credit_account == account:
        return transfer.amount
    return -transfer.amount if transfer.debit_account == account else 0


@dataclass(slots=True)
class _LotTrail:
    """What transfers did to one lot."""

    refs: list[TransferRef] = field(default_factory=list)
    expired_refs: list[TransferRef] = field(default_factory=list)
    remaining: int = 0
    expired: int = 0
    received: int = 0
    received_from_its_bill: int = 0
    came_from_a_member: bool = False

    def add(self, each: Transfer, key: LotKey, ref: TransferRef) -> None:
        """One more transfer that names the lot."""
        change = change_of(each, WALLET)
        self.refs.append(ref)
        self.remaining += change
        if change > 0:
            self.received += change
            self.received_from_its_bill += change if ref.bill_id == key.bill_id else 0
            self.came_from_a_member |= each.debit_account == MEMBER_TRANSFER
        expired = change_of(each, EXPIRED[each.asset]) if each.asset in EXPIRED else 0
        # What comes back from there into the lot had expired all the same.
        if expired and change <= 0:
            self.expired += expired
            self.expired_refs.append(ref)

    def grants(self, granted: int) -> bool:
        """Whether a lot may have been granted that much.

        What comes back to a lot that is there grants nothing, what comes from a member as much as
        does not fit: of such a lot the transfers, in any order, tell only the least and the most.
        """
        if self.received_from_its_bill and not self.came_from_a_member:
            return granted == self.received_from_its_bill
        return self.received_from_its_bill <= granted <= self.received


class _Newest(NamedTuple):
    """The newest bill that moved an asset of the wallet, and what its receipt says was left."""

    sequence: int
    refs: list[TransferRef]
    left: int | None


class ValueTrail:
    """Follows every transfer of an account, then compares with what is stored beside them."""

    def __init__(self, member_id: str) -> None:
        self._member_id = member_id
        self._lots: dict[_Value, _LotTrail] = {}
        self._homeless: list[tuple[TransferRef, int]] = []
        self._moves: dict[Asset, list[TransferRef]] = {}
        self._moved: dict[Asset, int] = {}
        self._newest: dict[Asset, _Newest] = {}
        self._debt = 0
        self._debt_refs: list[TransferRef] = []

    def follow(
        self,
        transfers: Sequence[tuple[TransferRef, Transfer]],
        sequence: int,
        left: Mapping[Asset, int],
    ) -> None:
        """Takes in the transfers of one bill: its place in the chain, and its receipt's balances.

        Bills come in any order; those that are missing have sequence 0 and no balances.
        """
        touched: dict[Asset, list[TransferRef]] = {}
        for ref, each in transfers:
            if change := change_of(each, WALLET):
                self._moved[each.asset] = self._moved.get(each.asset, 0) + change
                touched.setdefault(each.asset, []).append(ref)
            if each.lot is not None:
                value = (each.lot, each.asset, each.pass_id)
                self._lots.setdefault(value, _LotTrail()).add(each, each.lot, ref)
            elif change:
                self._homeless.append((ref, change))
            if owed := -change_of(each, POINTS_DEBT):
                self._debt += owed
                self._debt_refs.append(ref)
        for asset, refs in touched.items():
            self._moves.setdefault(asset, []).extend(refs)
            before = self._newest.get(asset)
            if before is None or before.sequence < sequence:
                self._newest[asset] = _Newest(sequence, refs, left.get(asset))

    def finish(
        self, wallet: Wallet | None, lots: Collection[Lot], *, has_chain: bool
    ) -> list[Break]:
        """All breaks of the account's value, given its row, open holds included, and all lots.

        Only a store's walk-in account has neither a row nor bills in a chain, and no value.
        """
        breaks = self._lot_breaks(lots)
        if wallet is not None:
            return [
                *breaks,
                *self._balance_breaks(wallet, lots),
                *_hold_breaks(wallet, lots, self._lots),
            ]
        if has_chain or lots or self._moves or self._debt_refs:
            refs = tuple(ref for refs in self._moves.values() for ref in refs)
            breaks.append(Break(BreakKind.WALLET_MISSING, self._member_id, "1", "0", refs))
        return breaks

    def _lot_breaks(self, lots: Collection[Lot]) -> list[Break]:
        breaks = [
            Break(BreakKind.LOT_MISSING, f"{ref.bill_id}:{ref.ordinal}", str(change), "0", (ref,))
            for ref, change in self._homeless
        ]
        there: set[_Value] = set()
        for lot in lots:
            value = (lot.key, lot.asset, lot.pass_id)
            there.add(value)
            trail = self._lots.get(value)
            if trail is None:
                breaks.append(Break(BreakKind.LOT_ORPHAN, _name(lot.key), "0", str(lot.remaining)))
                continue
            refs, name = tuple(trail.refs), _name(lot.key)
            if not (lot.remaining == trail.remaining and 0 <= lot.remaining <= lot.granted):
                expected, found = str(trail.remaining), str(lot.remaining)
                breaks.append(Break(BreakKind.LOT_REMAINING, name, expected, found, refs))
            if lot.expired != trail.expired:
                # Nothing expired, say the transfers: then all of them say so.
                proof = tuple(trail.expired_refs) or refs
                expected, found = str(trail.expired), str(lot.expired)
                breaks.append(Break(BreakKind.LOT_EXPIRED, name, expected, found, proof))
            if not trail.grants(lot.granted):
                expected = str(trail.received_from_its_bill or trail.received)
                found = str(lot.granted)
                breaks.append(Break(BreakKind.LOT_GRANTED, name, expected, found, refs))
        return breaks + [
            Break(
                BreakKind.LOT_MISSING, _name(value[0]), str(trail.remaining), "0", tuple(trail.refs)
            )
            for value, trail in self._lots.items()
            if value not in there
        ]

    def _balance_breaks(self, wallet: Wallet, lots: Collection[Lot]) -> list[Break]:
        breaks = []
        for asset in CACHED:
            moved, cached = self._moved.get(asset, 0), wallet.balance(asset)
            # When the row agrees with the transfers it is a lot that does not, and that is said.
            if cached not in (moved, sum(lot.remaining for lot in lots if lot.asset is asset)):
                proof = self._proof_of_balance(asset, moved)
                breaks.append(
                    Break(BreakKind.WALLET_BALANCE, asset.name, str(moved), str(cached), proof)
                )
        if wallet.debt_points != self._debt:
            expected, found = str(self._debt), str(wallet.debt_points)
            refs = tuple(self._debt_refs)
            breaks.append(Break(BreakKind.WALLET_DEBT, Asset.POINTS.name, expected, found, refs))
        return breaks

    def _proof_of_balance(self, asset: Asset, moved: int) -> tuple[TransferRef, ...]:
        """Those of the newest bill when its receipt states the balance; else all of them."""
        newest = self._newest.get(asset)
        if newest is not None and newest.left == moved:
            return tuple(newest.refs)
        return tuple(self._moves.get(asset, ()))


def _hold_breaks(
    wallet: Wallet, lots: Collection[Lot], trails: Mapping[_Value, _LotTrail]
) -> list[Break]:
    """Holds that nobody has closed, timed out or not: whoever spends a lot closes those first."""
    breaks = []
    if wallet.open_holds != len(wallet.holds):
        expected, found = str(len(wallet.holds)), str(wallet.open_holds)
        breaks.append(Break(BreakKind.HOLD_COUNT, wallet.member_id, expected, found))
    held: dict[LotKey, int] = {}
    for hold in wallet.holds.values():
        for part in hold.lots:
            held[part.key] = held.get(part.key, 0) + part.open
    by_key = {lot.key: lot for lot in lots}
    for key, amount in held.items():
        lot = by_key.get(key)
        remaining = lot.remaining if lot else 0
        if amount > remaining:
            trail = trails.get((key, lot.asset, lot.pass_id)) if lot else None
            refs = tuple(trail.refs) if trail else ()
            breaks.append(
                Break(BreakKind.HOLD_EXCEEDS_LOT, _name(key), str(remaining), str(amount), refs)
            )
    return breaks


def _name(key: LotKey) -> str:
    return f"{key.bill_id}:{key.ordinal}"
