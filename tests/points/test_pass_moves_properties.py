"""What the chain owes on passes stays exact however they go from one member to another.

The price of a pass is shared over its units, rounded up: in two wallets it would be owed twice by
up to a fen. So no sequence may ever leave units of one pass in two wallets.
"""

import contextlib
from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import DomainError
from services.points.domain.assets import Asset
from services.points.domain.passes.passes import PassDefinition, PassValidity
from tests.fixtures.pass_moves import MovingPasses
from tests.fixtures.passes import DAY, build_definition

MEMBERS = [f"01920000-0000-7000-8000-00000000000{number}" for number in range(3)]
MOVES = ("merge", "undo", "undo", "hand_over")
KINDS = (
    *MOVES,
    *("sell", "use", "use", "reverse", "reverse", "hold", "hold", "use_held", "void"),
    *("refund", "expire", "sleep"),
)

# Prices that the units do not divide, so that a part in two wallets shows.
definitions = st.builds(
    build_definition,
    units=st.sampled_from([3, 7]),
    price_fen=st.sampled_from([100, 101, 9_999]),
    validity=st.sampled_from(PassValidity),
    validity_days=st.sampled_from([0, 4]),
)


class Act(NamedTuple):
    """Something that somebody tries; the numbers choose among whom and what there is."""

    kind: str
    member: int
    number: int


acts = st.lists(
    st.builds(Act, st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 5)),
    min_size=10,
    max_size=40,
)


class Life:
    """Three members who merge, part, and hand each other passes of which units are on hold."""

    def __init__(self, definition: PassDefinition) -> None:
        self.books = MovingPasses([definition], member_id=MEMBERS[0])
        for member in MEMBERS:
            self.books.wallet(member)
        self.day = DAY
        self.sales = [self.books.sell(member_id=member) for member in MEMBERS[:2]]
        self.uses: list[str] = []
        self.holds: list[str] = []

    def act(self, act: Act) -> None:
        """Does it, or raises a DomainError and has changed nothing."""
        books, member, number = self.books, MEMBERS[act.member], act.number
        by = {"member_id": member, "day": self.day}
        alone = [each for each in MEMBERS if books.wallet(each).merged_into is None]
        owner, *others = alone[act.member % len(alone) :] + alone[: act.member % len(alone)]
        match act.kind:
            case "sell":
                self.sales.append(books.sell(**by))
            case "use":
                self.uses.append(books.use(1 + number, **by)[0])
            case "reverse" if self.uses:
                books.reverse(self.uses[number % len(self.uses)], **by)
            case "hold":
                self.holds.append(books.hold(member, books.definition, 1 + number, self.day))
            case "use_held" if self.holds:
                hold_id = self.holds[-1 - number % len(self.holds)]
                used, _ = books.use(1, hold_id=hold_id, keep_rest=bool(number % 2), **by)
                self.uses.append(used)
            case "void" if self.holds:
                books.void(self.holds[number % len(self.holds)])
            case "refund":
                books.refund(self.sales[number % len(self.sales)], **by)
            case "expire":
                books.expire(owner, self.day)
            case "sleep":
                self.day += timedelta(days=1)
            case "merge" if others:
                books.merge(owner, others[number % len(others)], self.day)
            case "undo" if books.merges:
                books.undo(list(books.merges)[-1 - number % len(books.merges)], self.day)
            case "hand_over" if others:
                books.hand_over(owner, others[number % len(others)], self.day)

    def check(self) -> None:
        """What is booked as owed is what the units of all wallets are worth, and no more."""
        books = self.books
        assert books.split() == []
        assert books.balance("pass_liability") == books.owed_fen()
        kept_fen = books.balance("revenue") + books.balance("breakage")
        assert -books.balance("tender:cash") == kept_fen + books.owed_fen()
        left = sum(
            lot.remaining for wallet in books.wallets.values() for lot in wallet.lots.values()
        )
        assert books.balance("wallet", Asset.PASS) == left
        assert not books.balance("member_transfer", Asset.PASS)


class TestAnySequence:
    @given(definitions, acts)
    @settings(max_examples=500)
    def test_of_moves_uses_and_holds_owes_what_the_units_are_worth(
        self, definition: PassDefinition, sequence: list[Act]
    ) -> None:
        life = Life(definition)
        for act in sequence:
            owed_fen = life.books.owed_fen()
            with contextlib.suppress(DomainError):
                life.act(act)
            if act.kind in MOVES:
                assert life.books.owed_fen() == owed_fen
            life.check()


class TestAPassOfWhichAPartIsOnHold:
    @pytest.mark.parametrize("held", [1, 2, 3])
    def test_stays_whole_when_the_merge_that_brought_it_is_undone(self, held: int) -> None:
        books = MovingPasses([build_definition(units=3, price_fen=100)], member_id=MEMBERS[0])
        first, other = MEMBERS[:2]
        books.wallet(other)
        sold = books.sell()
        books.merge(first, other, DAY)
        hold_id = books.hold(other, books.definition, held, DAY)
        books.undo(next(iter(books.merges)), DAY)
        # Split, the parts would be owed at 34 and 67 of the 100 fen that were paid.
        assert (books.left(sold, first), books.left(sold, other)) == (0, 3)
        assert books.owed_fen() == books.balance("pass_liability") == 100
        books.use(held, hold_id=hold_id, member_id=other)
        assert books.owed_fen() == books.balance("pass_liability")
