"""What sales left over and what caps have counted, replayed from the bills of an account. Pure.

Bills say what they counted, in an order that matters: what a return takes back depends on the
sales before it. So the facts of all bills are kept and replayed by their places in the chain.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from pricing.earning import (
    Carry,
    CounterKey,
    EarningBasis,
    Grant,
    Rounding,
    Tally,
    carry_in,
    take_back,
)
from services.points.domain.assets import Asset
from services.points.domain.breaks import Break, BreakKind, TransferRef
from services.points.domain.gift_redemption import gift_counter
from services.points.domain.lot import Lot
from services.points.domain.merge import add_carries, subtract_carry
from services.points.domain.return_request import ReturnLine
from services.points.domain.wallet import Wallet

# Adjustments are counted by the day of the ledger's clock, which no bill says; and what returns
# wrote off before that was counted is in bills and in no count.
_NOT_REPLAYED = ("adjustment:", "clawback:")
# What was returned on the other account while the two were one is rounded there. Of a point:
_ROUNDED_AFTER_UNDOING = Fraction(1, 10_000)


class SoldFact(NamedTuple):
    """A sale: what its allocation keeps of its earning, and the quantity of each line."""

    basis: EarningBasis
    grants: tuple[Grant, ...]
    sold_milli: tuple[int, ...]


class ReturnedFact(NamedTuple):
    """A return; without lines it took all that was left."""

    sale_id: str
    lines: tuple[ReturnLine, ...]


class GiftFact(NamedTuple):
    """Gifts handed out, or handed back: then without pieces all that were left."""

    redemption_id: str
    pieces: tuple[tuple[str, int], ...]  # by gift
    comes_back: bool


class GivenFact(NamedTuple):
    """Points given to another member of the household."""

    key: CounterKey
    points: int


class MovedFact(NamedTuple):
    """One side of a merge or of its undoing; `tallies` counts moved with it, `carry` too."""

    carry: Carry
    tallies: int
    undoes: bool
    of_merged: bool  # the bill of the member that was merged


class UnknownFact(NamedTuple):
    """A bill that should say what it counted and cannot be read."""


EarningFact = SoldFact | ReturnedFact | GiftFact | GivenFact | MovedFact | UnknownFact


class _Lost(Exception):
    """The bills of this account alone do not tell."""


@dataclass(slots=True)
class _Replay:
    """An account's state after some of its bills."""

    sold: Mapping[str, SoldFact]
    carry: Carry
    counters: dict[CounterKey, Tally]
    left: dict[str, list[int]]  # milli of each line of a sale
    gifts_left: dict[str, dict[str, int]]
    counts_known: bool = True
    carry_slack: Fraction = Fraction(0)

    def apply(self, bill_id: str, fact: EarningFact) -> None:
        """Goes on by one bill."""
        match fact:
            case SoldFact():
                self._sell(bill_id, fact)
            case ReturnedFact():
                self._bring_back(fact)
            case MovedFact():
                self._move(fact)
            case GiftFact():
                self._hand(bill_id, fact)
            case GivenFact():
                self._count(fact.key, fact.points)
            case UnknownFact():
                raise _Lost

    def _count(self, key: CounterKey, change: int) -> None:
        tally = self.counters.get(key, Tally())
        self.counters[key] = tally._replace(weight=max(0, tally.weight + change))

    def _hand(self, bill_id: str, fact: GiftFact) -> None:
        if not fact.comes_back:
            self.gifts_left[bill_id] = dict(fact.pieces)
            for gift_id, pieces in fact.pieces:
                self._count(gift_counter(gift_id), pieces)
            return
        left = self.gifts_left.get(fact.redemption_id)
        if left is None:
            raise _Lost  # they were handed out on another account
        for gift_id, pieces in fact.pieces or tuple(left.items()):
            left[gift_id] -= pieces
            self._count(gift_counter(gift_id), -pieces)

    def _sell(self, bill_id: str, fact: SoldFact) -> None:
        basis = fact.basis
        self.left[bill_id] = list(fact.sold_milli)
        if basis.rounding is Rounding.CARRY:
            _, self.carry = carry_in(self.carry, sum(basis.weights), basis.denominator)
        for key, weight in _counted(basis):
            tally = self.counters.get(key, Tally()).at(basis.denominator)
            self.counters[key] = tally._replace(weight=tally.weight + weight)

    def _bring_back(self, fact: ReturnedFact) -> None:
        sale = self.sold.get(fact.sale_id)
        before = self.left.get(fact.sale_id)
        if sale is None or before is None:
            raise _Lost  # it was sold on another account
        after = list(before) if fact.lines else [0] * len(before)
        for number, quantity_milli in fact.lines:
            after[number - 1] -= quantity_milli
        self.left[fact.sale_id] = after
        taken = take_back(sale.basis, sale.sold_milli, before, after, self.carry, self.counters)
        if sale.basis.rounding is Rounding.CARRY:
            self.carry = taken.carry
        self.counters.update(taken.counters)

    def _move(self, fact: MovedFact) -> None:
        # Counts are added to the other account's, which this one does not know.
        self.counts_known &= not fact.tallies
        if fact.undoes:
            self.carry_slack = _ROUNDED_AFTER_UNDOING
        if fact.of_merged:
            self.carry = fact.carry if fact.undoes else Carry()
        elif not fact.undoes:
            _, self.carry = add_carries(fact.carry, self.carry)
        else:
            rest = subtract_carry(self.carry, fact.carry)
            self.carry = rest or subtract_carry(self.carry, fact.carry, points=1) or Carry()


class EarningTrail:
    """Takes in the facts of bills in any order, then replays and compares."""

    def __init__(self) -> None:
        self._facts: list[tuple[int, str, EarningFact]] = []

    def follow(self, bill_id: str, sequence: int, fact: EarningFact) -> None:
        """Takes in what one bill says."""
        self._facts.append((sequence, bill_id, fact))

    def finish(
        self, wallet: Wallet, lots: Collection[Lot], refs: Mapping[str, tuple[TransferRef, ...]]
    ) -> list[Break]:
        """Where lots of sales, the carry or the counts are not what the bills make of them.

        Every bill of the account must have been taken in. `refs` are the transfers of bills.
        """
        sold = {bill_id: fact for _, bill_id, fact in self._facts if isinstance(fact, SoldFact)}
        breaks = [each for lot in lots for each in _lot_breaks(lot, sold, refs)]
        replay = _Replay(sold, Carry(), {}, {}, {})
        try:
            for _, bill_id, fact in sorted(self._facts, key=lambda each: each[0]):
                replay.apply(bill_id, fact)
        except (_Lost, ValueError, IndexError, KeyError):  # or quantities that no return can have
            return breaks
        if abs(Fraction(*wallet.carry) - Fraction(*replay.carry)) > replay.carry_slack:
            proof = self._proof(refs, None)
            expected, found = (_share(each) for each in (replay.carry, wallet.carry))
            subject = Asset.POINTS.name
            breaks.append(Break(BreakKind.WALLET_CARRY, subject, expected, found, proof))
        if replay.counts_known:
            breaks += self._count_breaks(replay.counters, wallet.counters, refs)
        return breaks

    def _count_breaks(
        self,
        replayed: Mapping[CounterKey, Tally],
        stored: Mapping[CounterKey, Tally],
        refs: Mapping[str, tuple[TransferRef, ...]],
    ) -> list[Break]:
        breaks = []
        for key in sorted({*replayed, *stored}):
            if key.rule_id.startswith(_NOT_REPLAYED):
                continue
            should_be, found = replayed.get(key, Tally()), stored.get(key, Tally())
            if Fraction(*should_be) != Fraction(*found):
                subject = f"{key.rule_id} {key.period}"
                proof = self._proof(refs, key)
                amounts = (_share(should_be), _share(found))
                breaks.append(Break(BreakKind.EARNING_COUNTER, subject, *amounts, proof))
        return breaks

    def _proof(
        self, refs: Mapping[str, tuple[TransferRef, ...]], key: CounterKey | None
    ) -> tuple[TransferRef, ...]:
        """The transfers of the bills that a counter, or the carry, is made of."""
        return tuple(
            ref
            for _, bill_id, fact in sorted(self._facts, key=lambda each: each[0])
            if key is None or key in _keys(fact)
            for ref in refs.get(bill_id, ())
        )


def _counted(basis: EarningBasis) -> Iterable[tuple[CounterKey, int]]:
    """By how much a sale counted what, in the weight of its points."""
    for each in basis.counted:
        for period in each.periods:
            yield CounterKey(each.rule_id, period), sum(each.weights)
    for bonus in basis.bonuses:
        for period in bonus.periods:
            rule_id = bonus.rule_version.partition("@")[0]
            yield CounterKey(rule_id, period), bonus.points * basis.denominator


def _keys(fact: EarningFact) -> set[CounterKey]:
    if isinstance(fact, SoldFact):
        return {key for key, _ in _counted(fact.basis)}
    if isinstance(fact, GiftFact):
        return {gift_counter(gift_id) for gift_id, _ in fact.pieces}
    return {fact.key} if isinstance(fact, GivenFact) else set()


def _lot_breaks(
    lot: Lot, sold: Mapping[str, SoldFact], refs: Mapping[str, tuple[TransferRef, ...]]
) -> Iterable[Break]:
    """A lot of a sale whose rule or last day is not that of the sale's grant."""
    sale = sold.get(lot.bill_id)
    if sale is None or lot.asset is not Asset.POINTS:
        return
    days: dict[str, date | None] = {each.rule_version: each.expiry_date for each in sale.grants}
    found = f"{lot.rule_version} {lot.expiry_date}"
    if lot.rule_version in days:
        expected = f"{lot.rule_version} {days[lot.rule_version]}"
    else:
        expected = ", ".join(f"{rule} {day}" for rule, day in days.items())
    if found != expected:
        subject = f"{lot.bill_id}:{lot.ordinal}"
        proof = tuple(ref for ref in refs.get(lot.bill_id, ()))
        yield Break(BreakKind.LOT_TERMS, subject, expected, found, proof)


def _share(part: Carry | Tally) -> str:
    return f"{part[0]}/{part[1]}"
