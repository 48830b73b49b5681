"""Returns undo earning exactly: any partition, any order, caps and bonuses included."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.earning import (
    BASE_PROGRAMME,
    NOTHING_CARRIED,
    BonusTaken,
    Caps,
    Carry,
    CounterKey,
    Counters,
    EarningBasis,
    EarningProgramme,
    Rounding,
    SaleFacts,
    Tally,
    earn,
    points_kept,
    returned_counter_keys,
    take_back,
    uncarry,
)
from tests.fixtures.builders_earning import (
    SALES,
    bonus,
    build_programme,
    build_sale,
    carries,
    earn_all,
    multiplier,
    programmes,
)

Left = tuple[int, ...]


@st.composite
def paths(draw: st.DrawFn, lines: int) -> list[Left]:
    """What is left of each line, return after return, from all to nothing."""
    sold = tuple(draw(st.lists(st.integers(1, 3000), min_size=lines, max_size=lines)))
    path = [sold]
    for _ in range(draw(st.integers(0, 3))):
        path.append(tuple(draw(st.integers(0, left)) for left in path[-1]))
    return [*path, (0,) * lines]


def return_along(
    basis: EarningBasis, path: list[Left], carry: Carry, counters: Counters
) -> tuple[int, Carry, Counters]:
    """All returns of one sale: points taken back, carry and counters after."""
    points = 0
    for before, after in pairwise(path):
        taken = take_back(basis, path[0], before, after, carry, counters)
        assert taken.points >= 0
        points += taken.points
        carry, counters = taken.carry, {**counters, **taken.counters}
    return points, carry, counters


class TestTakeBack:
    @given(programmes(), SALES, st.data())
    def test_undoes_a_sale_whatever_the_parts(
        self, programme: EarningProgramme, sale: SaleFacts, data: st.DataObject
    ) -> None:
        carried = data.draw(carries(programme.denominator))
        earned = earn(programme, sale, carried)
        path = data.draw(paths(len(sale.lines)))
        points, carry, counters = return_along(earned.basis, path, earned.carry, earned.counters)
        assert (points, carry) == (earned.points, carried)
        assert all(tally.weight == 0 for tally in counters.values())

    @given(programmes(), st.lists(SALES, min_size=2, max_size=4), st.data())
    def test_undoes_several_sales_in_any_order(
        self, programme: EarningProgramme, sales: list[SaleFacts], data: st.DataObject
    ) -> None:
        carried = data.draw(carries(programme.denominator))
        outcomes, carry, counters = earn_all(programme, sales, carried)
        queues: list[list[tuple[EarningBasis, Left, Left, Left]]] = []
        for earned, sale in zip(outcomes, sales, strict=True):
            path = data.draw(paths(len(sale.lines)))
            queues.append([(earned.basis, path[0], *pair) for pair in pairwise(path)])
        points = 0
        while queues := [queue for queue in queues if queue]:
            step = data.draw(st.sampled_from(queues)).pop(0)
            taken = take_back(*step, carry, counters)
            points += taken.points
            carry, counters = taken.carry, {**counters, **taken.counters}
        assert (points, carry) == (sum(earned.points for earned in outcomes), carried)
        assert all(tally.weight == 0 for tally in counters.values())

    @given(programmes(), SALES, st.data())
    def test_comes_to_the_same_by_any_way_to_the_same_rest(
        self, programme: EarningProgramme, sale: SaleFacts, data: st.DataObject
    ) -> None:
        earned = earn(programme, sale)
        path = data.draw(paths(len(sale.lines)))[:-1]
        by_parts = return_along(earned.basis, path, earned.carry, earned.counters)
        at_once = return_along(earned.basis, [path[0], path[-1]], earned.carry, earned.counters)
        assert by_parts == at_once

    @given(SALES, st.data())
    def test_comes_to_the_same_by_any_way_after_a_change_of_rate(
        self, sale: SaleFacts, data: st.DataObject
    ) -> None:
        earned = earn(data.draw(programmes()), sale)
        carry = data.draw(carries(70_001))
        counters = {key: tally.at(70_001) for key, tally in earned.counters.items()}
        path = data.draw(paths(len(sale.lines)))[: data.draw(st.integers(2, 5))]
        by_parts = return_along(earned.basis, path, carry, counters)
        assert by_parts == return_along(earned.basis, [path[0], path[-1]], carry, counters)

    def test_leaves_the_room_in_a_cap_that_one_return_leaves_after_a_change_of_rate(self) -> None:
        """Each of eleven pieces counted two thirds of a unit more than 6,666 at the new rate."""
        earned = earn(build_programme(fen_per_point=3, caps=Caps(day_points=5)), build_sale(11))
        key = CounterKey("base", "2026-05-01")
        counters = {key: earned.counters[key].at(20_000)}
        piece_by_piece = [(left,) for left in range(11, -1, -1)]
        for path in (piece_by_piece, [(11,), (0,)], [(11,), (7,), (2,), (0,)]):
            _, _, left = return_along(earned.basis, path, earned.carry, counters)
            assert left[key].weight == counters[key].weight - 11 * 20_000 // 3

    @given(programmes(capped=False), SALES, st.data())
    def test_leaves_what_a_sale_of_the_rest_would_have_earned(
        self, programme: EarningProgramme, sale: SaleFacts, data: st.DataObject
    ) -> None:
        keeps = data.draw(
            st.lists(st.integers(0, 1), min_size=len(sale.lines), max_size=len(sale.lines))
        )
        rest = build_sale(*[line for line, kept in zip(sale.lines, keeps, strict=True) if kept])
        earned, alone = earn(programme, sale), earn(programme, rest)
        sold = (1,) * len(keeps)
        taken = take_back(earned.basis, sold, sold, keeps, earned.carry)
        kept = earned.points - taken.points
        if programme.rounding is Rounding.CARRY:
            assert (kept, taken.carry) == (alone.points, alone.carry)
        else:
            assert alone.points - 1 <= kept <= alone.points

    def test_takes_from_the_carry_first(self) -> None:
        earned = earn(build_programme(), build_sale(1250, 30))
        taken = take_back(earned.basis, (1, 1), (1, 1), (1, 0), earned.carry)
        assert (taken.rate_points, taken.carry) == (0, Carry(500_000, 1_000_000))
        taken = take_back(earned.basis, (2, 1), (2, 0), (1, 0), taken.carry)
        assert (taken.rate_points, taken.carry) == (6, Carry(250_000, 1_000_000))

    def test_takes_a_bonus_when_its_minimum_is_no_longer_met(self) -> None:
        programme = build_programme(bonus("gift", 50, 1000))
        earned = earn(programme, build_sale(800, 400))
        kept = take_back(earned.basis, (4, 4), (4, 4), (4, 2), earned.carry)
        assert kept.bonuses == ()
        lost = take_back(earned.basis, (4, 4), (4, 2), (4, 1), kept.carry)
        assert lost.bonuses == (BonusTaken("gift@3", 50),)
        gone = take_back(earned.basis, (4, 4), (4, 1), (0, 0), lost.carry)
        assert gone.bonuses == ()

    def test_takes_no_more_than_a_cap_let_through(self) -> None:
        programme = build_programme(caps=Caps(day_points=10))
        earned = earn(programme, build_sale(1500, 500))
        assert earned.basis.weights == (7_500_000, 2_500_000)
        taken = take_back(earned.basis, (1, 1), (1, 1), (0, 1), earned.carry, earned.counters)
        assert taken.points == 8
        assert taken.carry == Carry(500_000, 1_000_000)
        key = CounterKey("base", "2026-05-01")
        assert taken.counters == {key: Tally(2_500_000, 1_000_000)}
        assert returned_counter_keys(earned.basis) == [key]

    def test_leaves_counters_alone_that_it_was_not_given(self) -> None:
        programme = build_programme(multiplier("x", 20_000, caps=Caps(5)), bonus("y", 1))
        earned = earn(programme, build_sale(100))
        assert take_back(earned.basis, (1,), (1,), (0,), earned.carry).counters == {}

    def test_takes_no_point_for_a_fen_that_the_refund_rounded_away(self) -> None:
        """A third of 9.50 is refunded with 3.16: what is left, 6.34, keeps its six points."""
        floored = build_programme(rounding=Rounding.FLOOR_PER_SALE)
        earned = earn(floored, build_sale(950))
        assert take_back(earned.basis, (3,), (3,), (2,), earned.carry).points == 3

    def test_frees_less_of_a_cap_whose_points_cost_more_now(self) -> None:
        rule = multiplier("x", 20_000, caps=Caps(5))
        earned = earn(build_programme(rule), build_sale(100))
        key = CounterKey("x", "2026-05-01")
        taken = take_back(earned.basis, (2,), (2,), (1,), earned.carry, {key: Tally(2, 3)})
        assert taken.counters == {key: Tally(1, 3)}

    def test_leaves_the_carry_alone_for_a_floored_sale(self) -> None:
        earned = earn(BASE_PROGRAMME, build_sale(1250))
        taken = take_back(earned.basis, (5,), (5,), (4,), Carry(7, 9))
        assert (taken.points, taken.carry) == (3, Carry(7, 9))

    @pytest.mark.parametrize(
        ("sold", "before", "after"),
        [((0,), (0,), (0,)), ((2,), (3,), (1,)), ((2,), (1,), (2,)), ((2,), (1,), (-1,))],
    )
    def test_refuses_impossible_quantities(self, sold: Left, before: Left, after: Left) -> None:
        basis = earn(build_programme(), build_sale(100)).basis
        with pytest.raises(ValueError, match="leaves 0"):
            take_back(basis, sold, before, after, NOTHING_CARRIED)


class TestPointsKept:
    @pytest.mark.parametrize(
        ("total", "remaining", "granted", "kept"),
        [(1250, 1250, 12, 12), (1250, 1200, 12, 11), (1250, 0, 12, 0), (0, 0, 0, 0), (3, 2, 1, 0)],
    )
    def test_is_in_proportion_rounded_down(
        self, total: int, remaining: int, granted: int, kept: int
    ) -> None:
        assert points_kept(total, remaining, granted) == kept


class TestUncarry:
    @given(st.data(), st.lists(st.integers(0, 10**12), min_size=1, max_size=6))
    def test_takes_the_parts_of_a_sale_as_it_takes_the_whole_at_another_rate(
        self, data: st.DataObject, parts: list[int]
    ) -> None:
        carried = data.draw(carries(data.draw(st.sampled_from((3, 30_000, 1_000_000)))))
        denominator = data.draw(st.sampled_from((7, 10_000, 1_000_000)))
        carry, points, before = carried, 0, 0
        for part in parts:
            taken, carry = uncarry(carry, part, denominator, before)
            points, before = points + taken, before + part
        assert (points, carry) == uncarry(carried, sum(parts), denominator)

    @given(st.data(), st.integers(0, 10**12))
    def test_gives_nobody_a_gain_from_a_change_of_rate(
        self, data: st.DataObject, weight: int
    ) -> None:
        old, new = data.draw(st.permutations((3, 10_000, 30_000)).map(lambda each: each[:2]))
        sale = build_sale(weight)
        first = earn(build_programme(fen_per_point=old), sale)
        second = earn(build_programme(fen_per_point=new), build_sale(0), first.carry)
        points, carry = uncarry(second.carry, sum(first.basis.weights), old * 10_000)
        # Back at nothing, or less than two units of weight below it.
        assert 0 <= (points - first.points) * carry.denominator - carry.numerator < 2
