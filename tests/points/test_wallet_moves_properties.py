"""Nothing is made and nothing lost by merging, undoing and transferring, to the lot."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.earning import Carry, CounterKey
from services.points.domain.assets import MEMBER_TRANSFER, Asset
from services.points.domain.books import Original
from tests.fixtures.wallet_moves import Bench, refused

MEMBERS = [f"01920000-0000-7000-8000-00000000000{number}" for number in range(4)]
EXPIRED, LATER = date(2026, 4, 30), date(2026, 12, 31)

members = st.integers(0, len(MEMBERS) - 1)
amounts = st.integers(1, 60)
assets = st.sampled_from([Asset.POINTS, Asset.PRINCIPAL, Asset.BONUS, Asset.PASS])
carries = st.one_of(
    st.builds(lambda n: Carry(n, 100), st.integers(0, 99)),
    st.builds(lambda n: Carry(n, 30), st.integers(0, 29)),
)


class Act(NamedTuple):
    """Something that happens; `other` and `number` mean what the kind makes of them."""

    kind: str
    member: int
    other: int
    number: int
    asset: Asset
    carry: Carry


ISSUES = ("grant", "earn", "fraction", "spend", "give_back", "owe", "count", "free")
CAPPED = (CounterKey("gift:mug", "always"), CounterKey("rice", "2026-05-01"))
KINDS = (*ISSUES, "merge", "undo", "card", "points")
acts = st.lists(
    st.builds(Act, st.sampled_from(KINDS), members, members, amounts, assets, carries),
    min_size=15,
    max_size=40,
)


def issue(bench: Bench, act: Act, member: str) -> Callable[[], None]:
    """What makes value or takes it away."""
    match act.kind:
        case "grant":
            expiry = (None, EXPIRED, LATER)[act.number % 3]
            return lambda: bench.grant(member, act.asset, act.number * 5, expiry)
        case "earn":
            return lambda: bench.earn(member, act.number)
        case "fraction":
            return lambda: bench.carry(member, act.carry)
        case "spend":
            return lambda: bench.spend(member, act.asset, act.number)
        case "give_back":
            return lambda: bench.give_back(act.number % len(bench.spent)) if bench.spent else None
        case "count" | "free":
            weight = act.number * (1 if act.kind == "count" else -1)
            key = CAPPED[act.other % 2]
            return lambda: bench.count(member, key, weight, act.carry.denominator)
        case _:
            return lambda: bench.owe(member, act.number)


def move(bench: Bench, act: Act, member: str, other: str) -> Callable[[], object]:
    """What may only move value."""
    match act.kind:
        case "merge":
            return lambda: bench.merge(member, other)
        case "undo":
            if not bench.merges:
                return lambda: None
            merge = bench.merges[act.number % len(bench.merges)]
            return lambda: bench.undo(*merge)
        case "card":
            both = bool(act.number % 2)
            return lambda: bench.card(member, other, points=both, passes=not both)
        case _:
            return lambda: bench.points(member, other, act.number)


def check_wallets(bench: Bench) -> None:
    """What must hold of each wallet at any time."""
    for wallet in bench.wallets.values():
        for asset in (Asset.POINTS, Asset.PRINCIPAL, Asset.BONUS):
            assert wallet.balance(asset) == sum(
                lot.remaining for lot in wallet.lots.values() if lot.asset is asset
            )
        assert all(0 <= lot.remaining <= lot.granted for lot in wallet.lots.values())
        assert wallet.debt_points >= 0
        assert wallet.sale_count >= 0
        assert 0 <= Fraction(*wallet.carry) < 1
        if wallet.merged_into is not None:
            assert not any(lot.remaining for lot in wallet.lots.values())
            assert not wallet.debt_points
            assert bench.books().wallet(wallet.member_id).merged_into is None


class TestAnySequence:
    @given(acts)
    @settings(max_examples=200)
    def test_of_moves_makes_nothing_and_loses_nothing(self, sequence: list[Act]) -> None:
        bench = Bench(MEMBERS)
        for act in sequence:
            member, other = MEMBERS[act.member], MEMBERS[act.other]
            if act.kind in ("merge", "undo", "card", "points"):
                if member == other and act.kind != "undo":
                    continue
                lots, worth = bench.lots(), bench.worth_points()
                others = {asset: bench.total(asset) for asset in Asset if asset != Asset.POINTS}
                purchases = sum(wallet.sale_count for wallet in bench.wallets.values())
                counts = counted(bench)
                whole = [state for state in map(bench.state, MEMBERS)]
                if refused(move(bench, act, member, other)):
                    assert [state for state in map(bench.state, MEMBERS)] == whole
                assert bench.worth_points() == worth
                assert {a: bench.total(a) for a in others} == others
                assert sum(wallet.sale_count for wallet in bench.wallets.values()) == purchases
                assert counted(bench) == counts
                changed = (bench.lots() - lots) + (lots - bench.lots())
                # Only a point made of two fractions, or broken up into them again.
                assert sum(changed.values()) <= 1
            else:
                refused(issue(bench, act, member))
            check_wallets(bench)
        assert between_wallets(list(bench.originals.values())) == {}
        assert expiry_dates(bench) == {}

    @given(acts, members, members)
    @settings(max_examples=200)
    def test_merge_and_undo_at_once_leave_everything_as_it_was(
        self, sequence: list[Act], goes: int, stays: int
    ) -> None:
        bench = Bench(MEMBERS)
        for act in sequence:
            member, other = MEMBERS[act.member], MEMBERS[act.other]
            if act.kind in ISSUES:
                refused(issue(bench, act, member))
            elif act.kind in ("card", "points") and member != other:
                refused(move(bench, act, member, other))
        if goes == stays:
            return
        before = [bench.state(member) for member in MEMBERS]
        bench.merge(MEMBERS[goes], MEMBERS[stays])
        receipt = bench.undo(*bench.merges[-1])
        assert [bench.state(member) for member in MEMBERS] == before
        assert receipt.stayed is not None
        assert not any(receipt.stayed[:-1])


def between_wallets(originals: Sequence[Original]) -> Counter[tuple[Asset, str | None]]:
    """What is under way between two wallets: nothing, when both bills are there."""
    under_way: Counter[tuple[Asset, str | None]] = Counter()
    for original in originals:
        for each in original.transfers:
            if each.credit_account == MEMBER_TRANSFER:
                under_way[each.asset, each.pass_id] += each.amount
            if each.debit_account == MEMBER_TRANSFER:
                under_way[each.asset, each.pass_id] -= each.amount
    return Counter({key: amount for key, amount in under_way.items() if amount})


def counted(bench: Bench) -> dict[CounterKey, Fraction]:
    """What caps count over all who answer for themselves: no move makes room in any."""
    alone = [wallet for wallet in bench.wallets.values() if wallet.merged_into is None]
    return {
        key: sum((bench.counted(wallet.member_id, key) for wallet in alone), start=Fraction(0))
        for key in CAPPED
    }


def expiry_dates(bench: Bench) -> dict[object, set[date | None]]:
    """Lots whose parts do not all have the same last day: there must be none."""
    found: dict[object, set[date | None]] = {}
    for wallet in bench.wallets.values():
        for key, lot in wallet.lots.items():
            found.setdefault(key, set()).add(lot.expiry_date)
    return {key: days for key, days in found.items() if len(days) > 1}
