"""The allocator: exact, capped, deterministic, for any input."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pricing.allocation import allocate, apportion
from pricing.errors import PricingError

AMOUNTS = st.integers(min_value=0, max_value=10**12)
CAPS = st.lists(AMOUNTS, max_size=40)


@st.composite
def wholes_and_caps(draw: st.DrawFn) -> tuple[int, list[int]]:
    """A whole that fits its lines, down to tiny ones where rounding bites."""
    caps = draw(st.lists(st.one_of(st.integers(0, 5), AMOUNTS), max_size=40))
    return draw(st.integers(0, sum(caps))), caps


class TestAllocate:
    def test_shares_by_largest_remainder(self) -> None:
        assert allocate(10, [30, 30, 30]) == [4, 3, 3]
        assert allocate(5, [100, 200, 300]) == [1, 2, 2]

    def test_gives_a_tie_to_the_earlier_line(self) -> None:
        assert allocate(1, [7, 7]) == [1, 0]

    def test_gives_nothing_to_a_line_without_room(self) -> None:
        assert allocate(9, [0, 9, 0, 1]) == [0, 8, 0, 1]

    def test_passes_on_what_a_capped_line_cannot_take(self) -> None:
        assert allocate(100, [10, 200, 200], weights=[8, 1, 1]) == [10, 45, 45]

    def test_fills_every_line_when_the_whole_is_the_sum(self) -> None:
        assert allocate(6, [1, 2, 3]) == [1, 2, 3]

    def test_shares_nothing_over_nothing(self) -> None:
        assert allocate(0, []) == []

    def test_refuses_more_than_the_lines_hold(self) -> None:
        with pytest.raises(PricingError) as refused:
            allocate(7, [1, 2, 3])
        assert refused.value.reason == "ALLOCATION_EXCEEDS_CAPS"
        assert refused.value.metadata == {"whole": "7", "room": "6"}

    def test_refuses_a_whole_that_only_lines_without_weight_could_hold(self) -> None:
        with pytest.raises(PricingError) as refused:
            allocate(2, [1, 9], weights=[1, 0])
        assert refused.value.reason == "ALLOCATION_EXCEEDS_CAPS"

    @pytest.mark.parametrize(
        ("whole", "caps", "weights"),
        [(-1, [1], None), (1, [-1, 5], None), (1, [5, 5], [2, -1])],
    )
    def test_refuses_negative_amounts(
        self, whole: int, caps: list[int], weights: list[int] | None
    ) -> None:
        with pytest.raises(PricingError) as refused:
            allocate(whole, caps, weights)
        assert refused.value.reason == "NEGATIVE_AMOUNT"

    def test_refuses_weights_of_another_length(self) -> None:
        with pytest.raises(ValueError, match="1 weights for 2 lines"):
            allocate(1, [1, 1], [1])

    @given(wholes_and_caps())
    def test_adds_up_within_the_caps(self, case: tuple[int, list[int]]) -> None:
        whole, caps = case
        parts = allocate(whole, caps)
        assert sum(parts) == whole
        assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))
        assert parts == allocate(whole, caps)

    @given(wholes_and_caps())
    def test_stays_within_one_unit_of_the_exact_share(self, case: tuple[int, list[int]]) -> None:
        whole, caps = case
        assume(whole)
        for part, cap in zip(allocate(whole, caps), caps, strict=True):
            assert whole * cap // sum(caps) <= part <= -(-whole * cap // sum(caps))

    @given(st.data(), CAPS)
    def test_adds_up_with_any_weights(self, data: st.DataObject, caps: list[int]) -> None:
        size = len(caps)
        weights = data.draw(st.lists(st.integers(0, 10**6), min_size=size, max_size=size))
        room = sum(cap for cap, weight in zip(caps, weights, strict=True) if weight)
        whole = data.draw(st.integers(0, room))
        parts = allocate(whole, caps, weights)
        assert sum(parts) == whole
        for part, cap, weight in zip(parts, caps, weights, strict=True):
            assert 0 <= part <= cap
            assert weight or not part


@st.composite
def cells_and_total(draw: st.DrawFn) -> tuple[list[int], int]:
    """Cells, down to tiny and empty ones, and a part of what they hold."""
    cells = draw(st.lists(st.one_of(st.integers(0, 5), AMOUNTS), max_size=12))
    return cells, draw(st.integers(0, sum(cells)))


class TestApportion:
    def test_shares_by_the_middle_of_each_unit(self) -> None:
        assert [apportion(total, [3, 1]) for total in range(5)] == [
            [0, 0],
            [1, 0],
            [2, 0],
            [2, 1],
            [3, 1],
        ]

    def test_gives_a_tie_to_the_earlier_cell(self) -> None:
        assert apportion(1, [7, 7]) == [1, 0]
        assert apportion(3, [2, 2, 2]) == [1, 1, 1]

    def test_takes_back_what_rounding_gave_too_much(self) -> None:
        assert apportion(5, [1] * 10) == [1] * 5 + [0] * 5

    def test_shares_nothing_over_nothing(self) -> None:
        assert apportion(0, []) == []
        assert apportion(0, [0, 4]) == [0, 0]

    def test_refuses_more_than_the_cells_hold(self) -> None:
        with pytest.raises(PricingError) as refused:
            apportion(7, [1, 2, 3])
        assert refused.value.reason == "ALLOCATION_EXCEEDS_CAPS"
        assert refused.value.metadata == {"whole": "7", "room": "6"}

    @pytest.mark.parametrize(("total", "cells"), [(-1, [1]), (1, [-1, 5])])
    def test_refuses_negative_amounts(self, total: int, cells: list[int]) -> None:
        with pytest.raises(PricingError) as refused:
            apportion(total, cells)
        assert refused.value.reason == "NEGATIVE_AMOUNT"

    @given(cells_and_total())
    def test_adds_up_within_the_cells(self, case: tuple[list[int], int]) -> None:
        cells, total = case
        parts = apportion(total, cells)
        assert sum(parts) == total
        assert all(0 <= part <= cell for part, cell in zip(parts, cells, strict=True))

    @given(CAPS)
    def test_is_whole_at_the_end(self, cells: list[int]) -> None:
        assert apportion(sum(cells), cells) == cells

    @given(st.data(), cells_and_total())
    def test_takes_nothing_back_when_the_total_grows(
        self, data: st.DataObject, case: tuple[list[int], int]
    ) -> None:
        cells, total = case
        less = data.draw(st.one_of(st.integers(0, total), st.integers(max(0, total - 3), total)))
        before, after = apportion(less, cells), apportion(total, cells)
        assert all(a <= b for a, b in zip(before, after, strict=True))

    @given(st.lists(st.integers(0, 9), max_size=7))
    def test_gives_one_unit_to_one_cell_each_time(self, cells: list[int]) -> None:
        shares = [apportion(total, cells) for total in range(sum(cells) + 1)]
        for before, after in pairwise(shares):
            steps = [b - a for a, b in zip(before, after, strict=True)]
            assert sorted(steps)[-1] == sum(steps) == 1
            assert min(steps) == 0 or len(steps) == 1

    @given(cells_and_total())
    def test_stays_near_the_exact_share(self, case: tuple[list[int], int]) -> None:
        cells, total = case
        assume(total)
        whole, filled = sum(cells), sum(1 for cell in cells if cell)
        for part, cell in zip(apportion(total, cells), cells, strict=True):
            # Twice the distance, times the whole, so that nothing is rounded.
            assert 2 * abs(part * whole - cell * total) <= max(1, filled - 1) * whole
