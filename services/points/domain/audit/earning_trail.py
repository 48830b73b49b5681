"""What sales left over and what caps have counted, replayed from the bills of an account. Pure.

Bills say what they counted, in an order that matters: what a return takes back depends on the
sales before it. So the facts of all bills are kept and replayed by their places in the chain.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from pricing.earning import (
    Carry,
    CounterKey,
    EarningBasis,
    Rounding,
    Tally,
    carry_in,
    take_back,
)
from services.points.domain.assets import Asset
from services.points.domain.audit.breaks import Break, BreakKind, TransferRef
from services.points.domain.lot import Lot
from services.points.domain.rewards.gift_redemption import gift_counter
from services.points.domain.sales.earning_facts import (
    EarningFact,
    GiftFact,
    GivenFact,
    MovedFact,
    ReturnedFact,
    SoldFact,
    UnknownFact,
)
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.merge import add_carries, subtract_carry

# Adjustments are counted by the day of the ledger's clock, which no bill says; and what returns
# wrote off before that was counted is in bills and in no count.
_NOT_REPLAYED = ("adjustment:", "clawback:")
# Less than this of a point is lost where a return was rounded elsewhere, on the other account while
# the two were one; and of a count, by parts of a sale that were once rounded each by itself.
_ROUNDED = Fraction(1, 10_000)


class _Lost(Exception):
    """The bills of this account alone do not tell."""


@dataclass(slots=True)
class _Replay:
    """An account's state after some of its bills, and which of them made it what it is."""

    sold: Mapping[str, SoldFact]
    carry: Carry
    counters: dict[CounterKey, Tally]
    left: dict[str, list[int]]  # milli of each line of a sale
    gifts_left: dict[str, dict[str, int]]
    counts_known: bool = True
    carry_slack: Fraction = Fraction(0)
    converted: set[CounterKey] = field(default_factory=set)  # lowered at another rate than counted
    bill_id: str = ""  # the one that is replayed
    carry_bills: list[str] = field(default_factory=list)
    counter_bills: dict[CounterKey, list[str]] = field(default_factory=dict)

    def apply(self, bill_id: str, fact: EarningFact) -> None:
        """Goes on by one bill."""
        self.bill_id, carry_before = bill_id, self.carry
        self._take_in(bill_id, fact)
        if not _is_same(carry_before, self.carry):
            self.carry_bills.append(bill_id)

    def _take_in(self, bill_id: str, fact: EarningFact) -> None:
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
        self._set(key, tally._replace(weight=max(0, tally.weight + change)))

    def _set(self, key: CounterKey, tally: Tally) -> None:
        bills = self.counter_bills.setdefault(key, [])
        is_changed = not _is_same(self.counters.get(key, Tally()), tally)
        if is_changed and bills[-1:] != [self.bill_id]:
            bills.append(self.bill_id)
        self.counters[key] = tally

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
        if basis.denominator < 1:
            raise _Lost  # the bill was changed, which its hash shows
        self.left[bill_id] = list(fact.sold_milli)
        if basis.rounding is Rounding.CARRY:
            _, self.carry = carry_in(self.carry, sum(basis.weights), basis.denominator)
        for key, weight in _counted(basis):
            tally = self.counters.get(key, Tally()).at(basis.denominator)
            self._set(key, tally._replace(weight=tally.weight + weight))

    def _bring_back(self, fact: ReturnedFact) -> None:
        sale = self.sold.get(fact.sale_id)
        before = self.left.get(fact.sale_id)
        if sale is None or before is None:
            raise _Lost  # it was sold on another account
        after = list(before) if fact.lines else [0] * len(before)
        for number, quantity_milli in fact.lines:
            after[number - 1] -= quantity_milli
        self.left[fact.sale_id] = after
        if fact.elsewhere:
            return  # carry and counts had gone to the other account
        taken = take_back(sale.basis, sale.sold_milli, before, after, self.carry, self.counters)
        if sale.basis.rounding is Rounding.CARRY:
            self.carry = taken.carry
        for key, tally in taken.counters.items():
            self._set(key, tally)
            if tally.denominator != sale.basis.denominator:
                self.converted.add(key)

    def _move(self, fact: MovedFact) -> None:
        # Counts are added to the other account's, which this one does not know.
        self.counts_known &= not fact.tallies
        if fact.undoes:
            self.carry_slack = _ROUNDED
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
        self._elsewhere: list[tuple[str | None, str, EarningFact]] = []  # with its merge

    def follow(self, bill_id: str, sequence: int, fact: EarningFact) -> None:
        """Takes in what one bill says."""
        self._facts.append((sequence, bill_id, fact))

    def sales_to_look_for(self) -> list[str]:
        """Sales of which parts came back here after a merge was undone: others may have before."""
        undone = [sequence for sequence, _ in self._moves(undoes=True)]
        if not undone:
            return []
        returned = {
            fact.sale_id
            for sequence, _, fact in self._facts
            if isinstance(fact, ReturnedFact) and sequence > min(undone)
        }
        # Any text may stand in a document; what was sold here has an id.
        sold = {bill_id for _, bill_id, fact in self._facts if isinstance(fact, SoldFact)}
        return sorted(returned & sold)

    def merges(self) -> list[str]:
        """The merges of the account into others, by its own bills."""
        return [bill_id for _, bill_id in self._moves(undoes=False)]

    def follow_elsewhere(self, bill_id: str, merge_bill_id: str | None, fact: EarningFact) -> None:
        """Takes in a return of such a sale elsewhere, and while which merge (None: of no sense)."""
        self._elsewhere.append((merge_bill_id, bill_id, fact))

    def finish(
        self, wallet: Wallet, lots: Collection[Lot], refs: Mapping[str, tuple[TransferRef, ...]]
    ) -> list[Break]:
        """Where lots of sales, the carry or the counts are not what the bills make of them.

        Every bill of the account must have been taken in, and those elsewhere that are looked for.
        `refs` are the transfers of bills.
        """
        sold = {bill_id: fact for _, bill_id, fact in self._facts if isinstance(fact, SoldFact)}
        breaks = [each for lot in lots for each in _lot_breaks(lot, sold, refs)]
        replay = _Replay(sold, Carry(), {}, {}, {})
        try:
            facts = [*self._facts, *self._placed()]
            for _, bill_id, fact in sorted(facts, key=lambda each: each[0]):
                replay.apply(bill_id, fact)
        # Or quantities that no return can have: bills that were changed, which their hashes show.
        except (_Lost, ArithmeticError, ValueError, LookupError):
            return breaks
        if not _is_same(wallet.carry, replay.carry, replay.carry_slack):
            proof = _transfers(replay.carry_bills, refs)
            expected, found = (_share(each) for each in (replay.carry, wallet.carry))
            subject = Asset.POINTS.name
            breaks.append(Break(BreakKind.WALLET_CARRY, subject, expected, found, proof))
        if replay.counts_known:
            breaks += _count_breaks(replay, wallet.counters, refs)
        return breaks

    def _moves(self, *, undoes: bool) -> list[tuple[int, str]]:
        return [
            (sequence, bill_id)
            for sequence, bill_id, fact in self._facts
            if isinstance(fact, MovedFact) and fact.of_merged and fact.undoes is undoes
        ]

    def _placed(self) -> Iterable[tuple[int, str, EarningFact]]:
        """What is booked elsewhere, each after the merge that stood then.

        Parts add up in any order, and what took all that was left came last.
        """
        places = {bill_id: sequence for sequence, bill_id in self._moves(undoes=False)}
        if len({bill_id for _, bill_id, _ in self._elsewhere}) < len(self._elsewhere):
            raise _Lost  # in the time of two merges: a chain was changed
        for merge_bill_id, bill_id, fact in sorted(self._elsewhere, key=_takes_the_rest):
            if merge_bill_id is None:
                raise _Lost
            yield places[merge_bill_id], bill_id, fact


def _takes_the_rest(elsewhere: tuple[str | None, str, EarningFact]) -> bool:
    fact = elsewhere[2]
    return isinstance(fact, ReturnedFact) and not fact.lines


def _count_breaks(
    replay: _Replay,
    stored: Mapping[CounterKey, Tally],
    refs: Mapping[str, tuple[TransferRef, ...]],
) -> Iterable[Break]:
    for key in sorted({*replay.counters, *stored}):
        if key.rule_id.startswith(_NOT_REPLAYED):
            continue
        should_be, found = replay.counters.get(key, Tally()), stored.get(key, Tally())
        bills = replay.counter_bills.get(key, ())
        if not _is_same(found, should_be, _ROUNDED * len(bills) if key in replay.converted else 0):
            subject, proof = f"{key.rule_id} {key.period}", _transfers(bills, refs)
            amounts = (_share(should_be), _share(found))
            yield Break(BreakKind.EARNING_COUNTER, subject, *amounts, proof)


def _transfers(
    bill_ids: Iterable[str], refs: Mapping[str, tuple[TransferRef, ...]]
) -> tuple[TransferRef, ...]:
    """The transfers of the bills that changed what is to be proved, and of no others."""
    return tuple(ref for bill_id in bill_ids for ref in refs.get(bill_id, ()))


def _counted(basis: EarningBasis) -> Iterable[tuple[CounterKey, int]]:
    """By how much a sale counted what, in the weight of its points."""
    for each in basis.counted:
        for period in each.periods:
            yield CounterKey(each.rule_id, period), sum(each.weights)
    for bonus in basis.bonuses:
        for period in bonus.periods:
            yield CounterKey(bonus.rule_id, period), bonus.points * basis.denominator


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
        yield Break(BreakKind.LOT_TERMS, subject, expected, found, refs.get(lot.bill_id, ()))


def _share(part: Carry | Tally) -> str:
    return f"{part[0]}/{part[1]}"


def _is_same(part: Carry | Tally, other: Carry | Tally, slack: Fraction | int = 0) -> bool:
    """Whether two are the same part of a point; what is stored may be no fraction at all."""
    if part[1] < 1 or other[1] < 1:
        return False
    return abs(part[0] * other[1] - other[0] * part[1]) <= slack * part[1] * other[1]
