"""What goes back when a merge is undone: services/points/domain/wallets/merge_reversal.py."""

from fractions import Fraction

import pytest

from pricing.earning import Carry, CounterKey, Tally
from services.points.domain.assets import Asset, BillKind
from services.points.domain.draft import Receipt
from services.points.domain.wallets.member_move import counterpart_id
from services.points.domain.wallets.moved import Moved
from services.points.messages.documents import read_receipt
from tests.fixtures.wallet_moves import Bench

GOES, STAYS, OTHER = (f"01920000-0000-7000-8000-00000000000{number}" for number in range(3))


@pytest.fixture
def bench() -> Bench:
    """Three members in memory."""
    return Bench([GOES, STAYS, OTHER])


class TestPartsOfLots:
    def test_what_came_back_to_a_moved_lot_goes_back_with_it(self, bench: Bench) -> None:
        bench.grant(GOES, Asset.POINTS, 30)
        bench.spend(GOES, Asset.POINTS, 10)
        bench.merge(GOES, STAYS)
        bench.give_back(0)  # as a return of the old sale does
        assert bench.wallets[STAYS].balance(Asset.POINTS) == 30
        bench.undo(*bench.merges[0])
        assert bench.wallets[GOES].balance(Asset.POINTS) == 30
        assert bench.wallets[STAYS].balance(Asset.POINTS) == 0

    def test_what_comes_back_after_the_undoing_is_the_members_own(self, bench: Bench) -> None:
        bench.grant(GOES, Asset.POINTS, 30)
        bench.spend(GOES, Asset.POINTS, 10)
        bench.merge(GOES, STAYS)
        bench.undo(*bench.merges[0])
        bench.give_back(0)
        assert bench.wallets[GOES].balance(Asset.POINTS) == 30

    def test_what_comes_back_to_a_lot_that_was_empty_goes_to_the_heir(self, bench: Bench) -> None:
        bench.grant(GOES, Asset.POINTS, 30)
        bench.spend(GOES, Asset.POINTS, 30)
        bench.merge(GOES, STAYS)
        bench.give_back(0)
        (lot,) = [lot for lot in bench.wallets[STAYS].lots.values() if lot.remaining]
        assert lot.key in bench.wallets[GOES].lots
        bench.undo(*bench.merges[0])  # and to whose it was when there is no heir any more
        assert bench.wallets[GOES].balance(Asset.POINTS) == 30

    def test_what_the_others_goods_gave_back_stays(self, bench: Bench) -> None:
        bench.grant(STAYS, Asset.POINTS, 30)
        bench.spend(STAYS, Asset.POINTS, 20)
        bench.points(STAYS, GOES, 10)
        bench.merge(GOES, STAYS)
        bench.give_back(0)
        assert bench.undo(*bench.merges[0]).stayed == Moved()
        assert bench.wallets[GOES].balance(Asset.POINTS) == 10
        assert bench.wallets[STAYS].balance(Asset.POINTS) == 20

    def test_what_came_back_and_was_spent_stayed(self, bench: Bench) -> None:
        bench.grant(GOES, Asset.POINTS, 30)
        bench.spend(GOES, Asset.POINTS, 10)
        bench.merge(GOES, STAYS)
        bench.give_back(0)
        bench.spend(STAYS, Asset.POINTS, 25)
        assert bench.undo(*bench.merges[0]).stayed == Moved(points=25)
        assert bench.wallets[GOES].balance(Asset.POINTS) == 5

    def test_what_came_back_follows_merges_in_a_row_and_back(self, bench: Bench) -> None:
        bench.grant(GOES, Asset.POINTS, 30)
        bench.spend(GOES, Asset.POINTS, 30)
        bench.merge(GOES, STAYS)
        bench.merge(STAYS, OTHER)
        bench.give_back(0)
        bench.undo(*bench.merges[1])
        assert bench.wallets[STAYS].balance(Asset.POINTS) == 30
        bench.undo(*bench.merges[0])
        assert bench.wallets[GOES].balance(Asset.POINTS) == 30

    def test_a_part_that_was_there_before_stays(self, bench: Bench) -> None:
        bench.grant(GOES, Asset.POINTS, 30)
        bench.points(GOES, STAYS, 8)
        bench.merge(GOES, STAYS)
        bench.spend(STAYS, Asset.POINTS, 3)
        receipt = bench.undo(*bench.merges[0])
        assert bench.wallets[GOES].balance(Asset.POINTS) == 22
        assert bench.wallets[STAYS].balance(Asset.POINTS) == 5
        assert receipt.stayed == Moved()


class TestFractionsOfAPoint:
    def test_make_a_whole_point_and_are_broken_up_again(self, bench: Bench) -> None:
        bench.carry(GOES, Carry(2, 3))
        bench.carry(STAYS, Carry(3, 4))
        bench.merge(GOES, STAYS)
        assert bench.wallets[STAYS].balance(Asset.POINTS) == 1
        assert Fraction(*bench.wallets[STAYS].carry) == Fraction(5, 12)
        bench.undo(*bench.merges[0])
        assert Fraction(*bench.wallets[GOES].carry) == Fraction(2, 3)
        assert Fraction(*bench.wallets[STAYS].carry) == Fraction(3, 4)
        assert bench.wallets[STAYS].balance(Asset.POINTS) == 0

    def test_come_back_as_far_as_the_point_is_not_spent(self, bench: Bench) -> None:
        bench.carry(GOES, Carry(2, 3))
        bench.carry(STAYS, Carry(3, 4))
        bench.merge(GOES, STAYS)
        bench.spend(STAYS, Asset.POINTS, 1)
        bench.undo(*bench.merges[0])
        assert Fraction(*bench.wallets[GOES].carry) == Fraction(5, 12)
        assert Fraction(*bench.wallets[STAYS].carry) == 0

    def test_of_no_common_ground_lose_less_than_a_fraction(self, bench: Bench) -> None:
        fine, odd = 2**61 - 1, 2**61 + 1
        bench.carry(GOES, Carry(odd // 3, odd))
        bench.carry(STAYS, Carry(fine // 3, fine))
        before = bench.worth_points()
        bench.merge(GOES, STAYS)
        carry = bench.wallets[STAYS].carry
        assert carry.denominator <= 2**62
        assert 0 <= before - bench.worth_points() < Fraction(1, fine)

    def test_the_point_of_two_fractions_says_where_it_comes_from(self, bench: Bench) -> None:
        bench.carry(GOES, Carry(1, 2))
        bench.carry(STAYS, Carry(1, 2))
        bench.merge(GOES, STAYS)
        (lot,) = bench.wallets[STAYS].lots.values()
        assert (lot.rule_version, lot.bill_id) == ("carry@2", counterpart_id(bench.merges[0][0]))
        second = bench.originals[counterpart_id(bench.merges[0][0])]
        assert second.bill.kind is BillKind.MERGE

    def test_the_point_of_two_fractions_is_told_by_the_bill_that_granted_it(
        self, bench: Bench
    ) -> None:
        bench.carry(GOES, Carry(1, 2))
        bench.carry(STAYS, Carry(1, 2))
        first = bench.merge(GOES, STAYS)
        merge_id = bench.merges[0][0]
        second = bench.originals[counterpart_id(merge_id)].bill
        assert (second.points_earned, read_receipt(second.receipt).points_earned) == (1, 1)
        assert (bench.originals[merge_id].bill.points_earned, first.points_earned) == (0, 0)
        # Breaking it up again is no negative earning, as a clawback is none.
        assert bench.undo(*bench.merges[0]).points_earned == 0


class TestCounts:
    MUG = CounterKey("gift:mug", "always")

    def test_count_for_the_other_and_come_back(self, bench: Bench) -> None:
        bench.count(GOES, self.MUG, 2)
        bench.count(STAYS, self.MUG, 1)
        assert moved_of(bench.merge(GOES, STAYS)).tallies == 1
        assert bench.counted(STAYS, self.MUG) == 3
        bench.count(STAYS, self.MUG, 4)
        receipt = bench.undo(*bench.merges[0])
        assert bench.counted(STAYS, self.MUG) == 5
        assert bench.counted(GOES, self.MUG) == 2
        assert receipt.stayed == Moved()

    def test_that_were_freed_meanwhile_come_back_as_far_as_they_are_there(
        self, bench: Bench
    ) -> None:
        bench.count(GOES, self.MUG, 3)
        bench.merge(GOES, STAYS)
        bench.count(GOES, self.MUG, -2)  # as a return of what was bought before does
        bench.undo(*bench.merges[0])
        assert bench.counted(STAYS, self.MUG) == 0
        assert bench.counted(GOES, self.MUG) == 1

    def test_of_different_denominators_are_added_exactly(self, bench: Bench) -> None:
        bench.count(GOES, self.MUG, 1, 3)
        bench.count(STAYS, self.MUG, 1, 4)
        bench.merge(GOES, STAYS)
        assert bench.counted(STAYS, self.MUG) == Fraction(7, 12)
        bench.undo(*bench.merges[0])
        assert bench.counted(STAYS, self.MUG) == Fraction(1, 4)
        assert bench.counted(GOES, self.MUG) == Fraction(1, 3)

    def test_of_no_common_ground_never_make_room(self, bench: Bench) -> None:
        fine, odd = 2**61 - 1, 2**61 + 1
        bench.count(GOES, self.MUG, odd // 3, odd)
        bench.count(STAYS, self.MUG, fine // 3, fine)
        whole = bench.counted(GOES, self.MUG) + bench.counted(STAYS, self.MUG)
        bench.merge(GOES, STAYS)
        assert bench.wallets[STAYS].counters[self.MUG].denominator <= 2**62
        assert whole <= bench.counted(STAYS, self.MUG) < whole + Fraction(2, fine)
        bench.undo(*bench.merges[0])
        after = bench.counted(GOES, self.MUG) + bench.counted(STAYS, self.MUG)
        assert whole <= after < whole + Fraction(3, fine)

    def test_follow_merges_in_a_row_and_back(self, bench: Bench) -> None:
        for member, pieces in ((GOES, 1), (STAYS, 2), (OTHER, 4)):
            bench.count(member, self.MUG, pieces)
        bench.merge(GOES, STAYS)
        bench.merge(STAYS, OTHER)
        assert bench.counted(OTHER, self.MUG) == 7
        bench.undo(*bench.merges[1])
        bench.undo(*bench.merges[0])
        assert [bench.counted(m, self.MUG) for m in (GOES, STAYS, OTHER)] == [1, 2, 4]

    def test_of_a_merge_that_had_not_moved_them_are_left_alone(self, bench: Bench) -> None:
        """Merges of before: their receipts tell of no counts."""
        bench.merge(GOES, STAYS)
        bench.wallets[GOES].counters[self.MUG] = Tally(3)
        bench.count(STAYS, self.MUG, 2)
        bench.undo(*bench.merges[0])
        assert [bench.counted(m, self.MUG) for m in (GOES, STAYS)] == [3, 2]


def moved_of(receipt: Receipt) -> Moved:
    """What a receipt says was moved."""
    assert receipt.moved is not None
    return receipt.moved
